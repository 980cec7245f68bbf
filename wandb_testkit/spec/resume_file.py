"""Owns the resume file `wandb-resume.json`: when it is there, when init() writes it, when it goes.

That finishing an active run removes it is told where runs are finished, in `reinit`. Source: spec.md D; C.1; C.3 step
5; C.4 step 3 and after step 6.
"""

from __future__ import annotations

from wandb_testkit.profiles import CLASSIC
from wandb_testkit.spec.cells import DIMENSIONS
from wandb_testkit.spec.table import DecisionTable, Facts, Rule

RESUME_FILE_EXISTS: DecisionTable[Facts] = DecisionTable(
    "resume file before the call",
    {"prior": DIMENSIONS[CLASSIC]["prior"]},
    (
        Rule(
            "AUTO-3",
            when={"prior": ("crashed", "running", "deleted")},
            then={"resume_file_exists": "yes"},
            source="AUTO-3, AUTO-6; C.2 F",
            says="The file is there when the last auto run of the directory has not ended well; no server is asked.",
        ),
        Rule(
            "AUTO-5",
            when={"prior": "finished"},
            then={"resume_file_exists": "no"},
            source="AUTO-5; C.2 F",
            says="A run that ended with exit code 0 took the file away.",
        ),
        Rule(
            "AUTO-2",
            when={"prior": ("absent", "elsewhere")},
            then={"resume_file_exists": "no"},
            source="AUTO-2; C.2 F",
            says="There is no file when no run was here before; one in another directory was not here.",
        ),
    ),
)

RESUME_FILE_WRITTEN: DecisionTable[Facts] = DecisionTable(
    "resume file",
    {"effective_resume": ("none", "auto", "allow", "must", "never")},
    (
        Rule(
            "AUTO-4.c",
            when={"effective_resume": "auto"},
            then={"resume_file": "written"},
            source="AUTO-4, AUTO-9; C.3 step 5, C.4 step 3",
            says="With auto the run's id is written to the resume file before the server is asked.",
        ),
        Rule(
            "AUTO-11",
            when={"effective_resume": ("none", "allow", "must", "never")},
            then={},
            source="AUTO-11; C.3 step 5, C.4 step 3",
            says="Without auto nothing is written to the resume file.",
        ),
    ),
)

CURRENT_RESUME_FILE_REMOVED: DecisionTable[Facts] = DecisionTable(
    "resume file after the start",
    {
        "kind": ("new", "resumed", "active", "dummy", "error"),
        "effective_resume": ("none", "auto", "allow", "must", "never", "invalid"),
        "resume_file_exists": ("no", "yes"),
    },
    (
        Rule(
            "AUTO-5.c",
            when={"kind": "new", "effective_resume": "none", "resume_file_exists": "yes"},
            then={"resume_file": "removed"},
            source="AUTO-5; C.4 after step 6",
            says="As soon as a run without resume has started, online or offline, the resume file is removed.",
        ),
        Rule(
            "AUTO-5.d",
            when={"kind": "new", "effective_resume": "none", "resume_file_exists": "no"},
            then={},
            source="AUTO-5; C.4 after step 6",
            says="A run without resume finds no resume file to remove.",
        ),
        Rule(
            "AUTO-5.e",
            when={"kind": "new", "effective_resume": ("auto", "allow", "must", "never", "invalid")},
            then={},
            source="AUTO-5, AUTO-11; C.4 after step 6",
            says="A new run with resume leaves the resume file as it is.",
        ),
        Rule(
            "AUTO-5.f",
            when={"kind": ("resumed", "active", "dummy", "error")},
            then={},
            source="AUTO-5, AUTO-9; C.4 after step 6",
            says="A call that starts no new run leaves the resume file as it is.",
        ),
    ),
)
