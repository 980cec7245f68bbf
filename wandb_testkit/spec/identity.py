"""Owns the run id: who names it, and which one it is.

Source: spec.md ID-1, ID-2, RESUME-9, AUTO-4; C.3 steps 0 and 4; C.4 step 2.
"""

from __future__ import annotations

from wandb_testkit.profiles import CLASSIC
from wandb_testkit.spec.cells import DIMENSIONS
from wandb_testkit.spec.table import DecisionTable, Facts, Rule

_WORDS = DIMENSIONS[CLASSIC]
_RESUME_WORDS = tuple(word for word in _WORDS["resume"] if word != "invalid")

CLASSIC_NAMED: DecisionTable[Facts] = DecisionTable(
    "who names the run",
    {"resume": _WORDS["resume"], "id": _WORDS["id"]},
    (
        Rule(
            "ID-1",
            when={"id": ("arg", "both_equal", "both_diff")},
            then={"named": "given"},
            source="ID-1, RESUME-9; C.3 step 4; F.2.9",
            says="The id argument names the run; it beats WANDB_RUN_ID and a resume word that is an id.",
        ),
        Rule(
            "ID-1.b",
            when={"id": "env", "resume": _RESUME_WORDS},
            then={"named": "given"},
            source="ID-1, ID-5; C.3 step 4",
            says="Without the argument, WANDB_RUN_ID names the run.",
        ),
        Rule(
            "RESUME-9",
            when={"id": ("none", "env"), "resume": "invalid"},
            then={"named": "hint"},
            source="RESUME-9, ID-1; C.3 step 0",
            says="Without the argument, a resume word that is none of the four is the run id; it beats WANDB_RUN_ID.",
        ),
        Rule(
            "ID-1.c",
            when={"id": "none", "resume": _RESUME_WORDS},
            then={"named": "nobody"},
            source="ID-1; C.3 step 4",
            says="Neither the argument nor WANDB_RUN_ID names the run.",
        ),
    ),
)

CURRENT_NAMED: DecisionTable[Facts] = DecisionTable(
    "who names the run",
    {"id": _WORDS["id"]},
    (
        Rule(
            "ID-1",
            when={"id": ("arg", "both_equal", "both_diff")},
            then={"named": "given"},
            source="ID-1; C.4 step 2; F.2.9",
            says="The id argument names the run; it beats WANDB_RUN_ID.",
        ),
        Rule(
            "ID-1.b",
            when={"id": "env"},
            then={"named": "given"},
            source="ID-1, ID-5; C.4 step 2",
            says="Without the argument, WANDB_RUN_ID names the run.",
        ),
        Rule(
            "ID-1.c",
            when={"id": "none"},
            then={"named": "nobody"},
            source="ID-1; C.4 step 2",
            says="Neither the argument nor WANDB_RUN_ID names the run.",
        ),
    ),
)

_GIVEN: Rule[Facts] = Rule(
    "ID-1.d",
    when={"named": "given"},
    then={"run_id": "given"},
    source="ID-1, AUTO-4; C.3 step 4, C.4 step 2",
    says="A given id is the run's id, also against the resume file.",
)
_HINT: Rule[Facts] = Rule(
    "RESUME-9.b",
    when={"named": "hint"},
    then={"run_id": "hint"},
    source="RESUME-9, ID-1; C.3 step 4",
    says="A resume word that was taken as an id is the run's id.",
)
_FROM_FILE: Rule[Facts] = Rule(
    "AUTO-4",
    when={"named": "nobody", "effective_resume": "auto", "resume_file_exists": "yes"},
    then={"run_id": "file"},
    source="AUTO-3, AUTO-4, RESUME-5; C.3 step 4, C.4 step 2",
    says="With auto and no given id, the run that the resume file names is the one to go on with.",
)
_NO_FILE: Rule[Facts] = Rule(
    "AUTO-4.b",
    when={"named": "nobody", "effective_resume": "auto", "resume_file_exists": "no"},
    then={"run_id": "generated"},
    source="AUTO-4, ID-2; C.3 step 4, C.4 step 2",
    says="With auto, no given id and no resume file, the id is generated.",
)
_GENERATED: Rule[Facts] = Rule(
    "ID-2",
    when={"named": "nobody", "effective_resume": ("none", "allow", "must", "never")},
    then={"run_id": "generated"},
    source="ID-1, ID-2, AUTO-11; C.3 step 4, C.4 step 2",
    says="Without a given id, and without auto, the id is generated and nobody looks at the resume file.",
)

CLASSIC_RUN_ID: DecisionTable[Facts] = DecisionTable(
    "run id",
    {
        "named": ("given", "hint", "nobody"),
        "effective_resume": ("none", "auto", "allow", "must", "never"),
        "resume_file_exists": ("no", "yes"),
    },
    (_GIVEN, _HINT, _FROM_FILE, _NO_FILE, _GENERATED),
)

CURRENT_RUN_ID: DecisionTable[Facts] = DecisionTable(
    "run id",
    {
        "named": ("given", "nobody"),
        "effective_resume": ("none", "auto", "allow", "must", "never"),
        "resume_file_exists": ("no", "yes"),
    },
    (_GIVEN, _FROM_FILE, _NO_FILE, _GENERATED),
)
