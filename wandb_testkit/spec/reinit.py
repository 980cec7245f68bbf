"""Owns the meeting with an active run: it is returned, finished, or left alone.

A disabled run is never active. Source: spec.md REINIT, AUTO-5, AUTO-7; C.3 step 2; C.4 steps 5 and 6.
"""

from __future__ import annotations

from wandb_testkit.profiles import CLASSIC, CURRENT
from wandb_testkit.spec.cells import DIMENSIONS
from wandb_testkit.spec.table import DecisionTable, Facts, Rule

_ACTIVE = DIMENSIONS[CLASSIC]["active"]
_NOTEBOOK = DIMENSIONS[CLASSIC]["notebook"]

_RETURNED: Facts = {
    "kind": "active",
    "run_id": "active",
    "start": "active",
    "mode": "active",
    "owner": "active",
    "previous": "returned",
}

CLASSIC_REINIT: DecisionTable[Facts] = DecisionTable(
    "reinit",
    {"reinit": DIMENSIONS[CLASSIC]["reinit"], "notebook": _NOTEBOOK},
    (
        Rule(
            "REINIT-2",
            when={"reinit": "false"},
            then={"if_active": "return"},
            source="REINIT-2, REINIT-4; C.3 step 2 fin",
            says="With reinit=False an active run is returned, also in a notebook.",
        ),
        Rule(
            "REINIT-2.b",
            when={"reinit": "unset", "notebook": "no"},
            then={"if_active": "return"},
            source="REINIT-2; C.3 step 2 fin",
            says="Without reinit, in a script, an active run is returned.",
        ),
        Rule(
            "REINIT-3",
            when={"reinit": "true"},
            then={"if_active": "finish"},
            source="REINIT-3; C.3 step 2 fin",
            says="With reinit=True an active run is finished.",
        ),
        Rule(
            "REINIT-4",
            when={"reinit": "unset", "notebook": "yes"},
            then={"if_active": "finish"},
            source="REINIT-4; C.3 step 2 fin",
            says="Without reinit, in a notebook, an active run is finished.",
        ),
    ),
)

CURRENT_REINIT: DecisionTable[Facts] = DecisionTable(
    "reinit",
    {"reinit": DIMENSIONS[CURRENT]["reinit"], "notebook": _NOTEBOOK},
    (
        Rule(
            "REINIT-2",
            when={"reinit": ("false", "return_previous")},
            then={"if_active": "return"},
            source="REINIT-2, REINIT-4; C.4 step 6.4",
            says="With reinit=False or 'return_previous' an active run is returned, also in a notebook.",
        ),
        Rule(
            "REINIT-2.b",
            when={"reinit": ("unset", "default"), "notebook": "no"},
            then={"if_active": "return"},
            source="REINIT-2; C.4 step 6.4",
            says="Without reinit or with 'default', in a script, an active run is returned.",
        ),
        Rule(
            "REINIT-3",
            when={"reinit": ("true", "finish_previous")},
            then={"if_active": "finish"},
            source="REINIT-3; C.4 step 6.1",
            says="With reinit=True or 'finish_previous' all active runs are finished.",
        ),
        Rule(
            "REINIT-4",
            when={"reinit": ("unset", "default"), "notebook": "yes"},
            then={"if_active": "finish"},
            source="REINIT-4; C.4 step 6.1",
            says="Without reinit or with 'default', in a notebook, all active runs are finished.",
        ),
        Rule(
            "REINIT-7",
            when={"reinit": "create_new"},
            then={"if_active": "create_new"},
            source="REINIT-7; C.4 step 6.2",
            says="With reinit='create_new' the new run stands next to the active ones.",
        ),
    ),
)

CLASSIC_ACTIVE: DecisionTable[Facts] = DecisionTable(
    "active run",
    {"active": _ACTIVE, "if_active": ("return", "finish"), "resume_file_exists": ("no", "yes")},
    (
        Rule(
            "REINIT-1",
            when={"active": "none"},
            then={},
            source="REINIT-1, REINIT-8; C.3 step 2",
            says="When no run is active, reinit has no effect.",
        ),
        Rule(
            "REINIT-6",
            when={"active": "dummy"},
            then={},
            source="REINIT-6; C.3 step 2",
            says="A disabled run is not active, so a real run starts after it without reinit.",
        ),
        Rule(
            "REINIT-2.c",
            when={"active": ("other", "same"), "if_active": "return"},
            then=_RETURNED,
            source="REINIT-2, REINIT-10; C.3 step 2; F.2.15; DEV-12",
            says="The active run itself is returned; all other arguments are ignored, and nothing is sent or written.",
        ),
        Rule(
            "REINIT-3.b",
            when={"active": ("other", "same"), "if_active": "finish", "resume_file_exists": "no"},
            then={"previous": "finished"},
            source="REINIT-3, REINIT-9; C.3 step 2",
            says="The active run is finished with exit code 0.",
        ),
        Rule(
            "AUTO-7",
            when={"active": ("other", "same"), "if_active": "finish", "resume_file_exists": "yes"},
            then={"previous": "finished", "resume_file": "removed", "resume_file_exists": "no"},
            source="AUTO-7, AUTO-5, REINIT-3, REINIT-9; C.3 step 2; DEV-17",
            says="The active run is finished with exit code 0, and that removes the resume file of the directory.",
        ),
    ),
)

CURRENT_ACTIVE: DecisionTable[Facts] = DecisionTable(
    "active run",
    {
        "active": _ACTIVE,
        "if_active": ("return", "finish", "create_new"),
        "effective_resume": ("none", "auto", "allow", "must", "never"),
        "resume_file_exists": ("no", "yes"),
    },
    (
        Rule(
            "REINIT-1",
            when={"active": "none"},
            then={},
            source="REINIT-1, REINIT-8; C.4 step 6",
            says="When no run is active, reinit finishes nothing and returns nothing.",
        ),
        Rule(
            "REINIT-6",
            when={"active": "dummy"},
            then={},
            source="REINIT-6; C.4 step 6",
            says="A disabled run is not active, so a real run starts after it without reinit.",
        ),
        Rule(
            "REINIT-3.b",
            when={
                "active": ("other", "same"),
                "if_active": "finish",
                "effective_resume": ("none", "allow", "must", "never"),
                "resume_file_exists": "no",
            },
            then={"previous": "finished"},
            source="REINIT-3, REINIT-9; C.4 step 6.1",
            says="All active runs are finished.",
        ),
        Rule(
            "AUTO-5.b",
            when={
                "active": ("other", "same"),
                "if_active": "finish",
                "effective_resume": ("none", "allow", "must", "never"),
                "resume_file_exists": "yes",
            },
            then={"previous": "finished", "resume_file": "removed", "resume_file_exists": "no"},
            source="AUTO-5, REINIT-3; C.4 step 6.1",
            says="All active runs are finished, and that removes the resume file of the directory.",
        ),
        Rule(
            "AUTO-7",
            when={"active": ("other", "same"), "if_active": "finish", "effective_resume": "auto"},
            then={"previous": "finished", "resume_file": "removed", "resume_file_exists": "no"},
            source="AUTO-7, AUTO-5, AUTO-9; C.4 step 6.1; DEV-17",
            says="All active runs are finished, and that removes the resume file just written for the new run.",
        ),
        Rule(
            "REINIT-7.b",
            when={"active": "other", "if_active": "create_new"},
            then={"previous": "untouched"},
            source="REINIT-7; C.4 step 6.2",
            says="The active run goes on beside the new one.",
        ),
        Rule(
            "REINIT-7.c",
            when={"active": "same", "if_active": "create_new"},
            then={"kind": "error", "error": "ID_IN_USE", "previous": "untouched"},
            source="REINIT-7, ERR-3; C.4 step 6.2",
            says="The id of an active run cannot be used a second time.",
        ),
        Rule(
            "REINIT-2.c",
            when={
                "active": ("other", "same"),
                "if_active": "return",
                "effective_resume": ("none", "auto", "allow", "never"),
            },
            then=_RETURNED,
            source="REINIT-2, REINIT-10; C.4 step 6.4",
            says="The active run itself is returned, and all other arguments are ignored.",
        ),
        Rule(
            "REINIT-2.d",
            when={"active": ("other", "same"), "if_active": "return", "effective_resume": "must"},
            then={"kind": "error", "error": "ACTIVE_MUST", "previous": "untouched"},
            source="REINIT-2, ERR-3; C.4 step 6.3; F.2.15",
            says="resume='must' raises when an active run would have been returned.",
        ),
    ),
)

CURRENT_REINIT_BOOL: DecisionTable[Facts] = DecisionTable(
    "reinit as a bool",
    {"reinit": DIMENSIONS[CURRENT]["reinit"]},
    (
        Rule(
            "REINIT-3.c",
            when={"reinit": ("true", "false")},
            then={"reinit_bool": "yes"},
            source="C.4 step 5",
            says="A bool for reinit brings a warning, once a new run is going to be made.",
        ),
        Rule(
            "REINIT-3.d",
            when={"reinit": ("unset", "default", "return_previous", "finish_previous", "create_new")},
            then={},
            source="C.4 step 5",
            says="The words for reinit bring no warning.",
        ),
    ),
)
