"""Owns resuming: what the word means, what the server knows of the id, and what follows from the two.

`CLASSIC_RESUME` and `CURRENT_RESUME` are C.5. Source: spec.md RESUME, ID-4, ANON-7; C.3 steps 0, 7; C.4 steps 0, 8.
"""

from __future__ import annotations

from wandb_testkit.profiles import CLASSIC
from wandb_testkit.spec.cells import DIMENSIONS
from wandb_testkit.spec.table import DecisionTable, Facts, Rule

_WORDS = DIMENSIONS[CLASSIC]
_EFFECTIVE = ("none", "auto", "allow", "must", "never")

_VALID_WORDS: tuple[Rule[Facts], ...] = (
    Rule(
        "RESUME-1",
        when={"resume": ("unset", "false")},
        then={"effective_resume": "none"},
        source="RESUME-1, C.6; C.2 R; F.2.7",
        says="Without resume, or with resume=False, nothing is resumed.",
    ),
    Rule(
        "RESUME-5",
        when={"resume": ("true", "auto")},
        then={"effective_resume": "auto"},
        source="RESUME-5; C.2 R",
        says="resume=True is resume='auto'.",
    ),
    Rule(
        "RESUME-2",
        when={"resume": "allow"},
        then={"effective_resume": "allow"},
        source="RESUME-2; C.2 R",
        says="resume='allow' is a word of its own.",
    ),
    Rule(
        "RESUME-4",
        when={"resume": "must"},
        then={"effective_resume": "must"},
        source="RESUME-4; C.2 R",
        says="resume='must' is a word of its own.",
    ),
    Rule(
        "RESUME-3",
        when={"resume": "never"},
        then={"effective_resume": "never"},
        source="RESUME-3; C.2 R",
        says="resume='never' is a word of its own.",
    ),
)

CLASSIC_RESUME_WORD: DecisionTable[Facts] = DecisionTable(
    "word of resume",
    {"resume": _WORDS["resume"]},
    (
        *_VALID_WORDS,
        Rule(
            "RESUME-9.c",
            when={"resume": "invalid"},
            then={"effective_resume": "allow"},
            source="RESUME-9; C.3 step 0",
            says="Any other text acts as 'allow'.",
        ),
    ),
)

CURRENT_RESUME_WORD: DecisionTable[Facts] = DecisionTable(
    "word of resume",
    {"resume": _WORDS["resume"]},
    (
        *_VALID_WORDS,
        Rule(
            "RESUME-9",
            when={"resume": "invalid"},
            then={"effective_resume": "invalid"},
            source="RESUME-9; C.4 step 0",
            says="Any other text is not a word of resume.",
        ),
    ),
)

CURRENT_VALIDATION: DecisionTable[Facts] = DecisionTable(
    "validation",
    {"effective_resume": (*_EFFECTIVE, "invalid")},
    (
        Rule(
            "RESUME-9.b",
            when={"effective_resume": "invalid"},
            # The settings are refused as a whole, so no mode is in force yet.
            then={"kind": "error", "error": "VALIDATION", "mode": "-"},
            source="RESUME-9, ERR-3; C.4 step 0",
            says="An unknown word of resume raises, in every mode.",
        ),
        Rule(
            "RESUME-9.c",
            when={"effective_resume": _EFFECTIVE},
            then={},
            source="C.4 step 0",
            says="A known word of resume is accepted.",
        ),
    ),
)

_KNOWN_RULES: tuple[Rule[Facts], ...] = (
    Rule(
        "RESUME-2.b",
        when={"owner": "user", "run_id": ("given", "file"), "prior": "absent"},
        then={"on_server": "absent"},
        source="RESUME-2, AUTO-4; C.3 step 7",
        says="No earlier run has the id.",
    ),
    Rule(
        "RESUME-6",
        when={
            "owner": "user",
            "run_id": ("given", "file"),
            "prior": ("finished", "crashed", "running", "elsewhere"),
        },
        then={"on_server": "exists"},
        source="RESUME-6; C.3 step 7 exists",
        says="The earlier run exists, in whatever state it is and on whatever machine it ran.",
    ),
    Rule(
        "RESUME-8",
        when={"owner": "user", "run_id": ("given", "file"), "prior": "deleted"},
        then={"on_server": "deleted"},
        source="RESUME-8, ID-6; C.3 step 7 tomb",
        says="The earlier run was deleted, and its id cannot be used again.",
    ),
)

CLASSIC_ON_SERVER: DecisionTable[Facts] = DecisionTable(
    "what the server knows of the id",
    {
        "owner": ("user", "anonymous"),
        "run_id": ("given", "hint", "file", "generated"),
        "prior": _WORDS["prior"],
    },
    (
        *_KNOWN_RULES,
        Rule(
            "ID-2.b",
            when={"owner": "user", "run_id": ("hint", "generated")},
            then={"on_server": "absent"},
            source="ID-2, C.1; C.3 step 7 known",
            says="Nobody has used a generated id before, nor (in a cell) a resume word that was taken as an id.",
        ),
        Rule(
            "ANON-7",
            when={"owner": "anonymous"},
            then={"on_server": "absent"},
            source="ANON-7, ID-4; C.3 step 7 known",
            says="For an anonymous account the user's runs do not exist.",
        ),
    ),
)

CURRENT_ON_SERVER: DecisionTable[Facts] = DecisionTable(
    "what the server knows of the id",
    {"owner": ("user",), "run_id": ("given", "file", "generated"), "prior": _WORDS["prior"]},
    (
        *_KNOWN_RULES,
        Rule(
            "ID-2.b",
            when={"owner": "user", "run_id": "generated"},
            then={"on_server": "absent"},
            source="ID-2; C.4 step 8",
            says="Nobody has used a generated id before.",
        ),
    ),
)

_ANSWER_DOMAIN: dict[str, tuple[str, ...]] = {
    "effective_resume": _EFFECTIVE,
    "on_server": ("absent", "exists", "deleted"),
}
_CREATED: Facts = {"kind": "new", "server": "created"}
_CONTINUED: Facts = {"kind": "resumed", "resumed": "yes", "start": "last+1", "server": "continued"}

_ANSWERS: tuple[Rule[Facts], ...] = (
    Rule(
        "RESUME-1.b",
        when={"effective_resume": "none", "on_server": "absent"},
        then=_CREATED,
        source="INIT-1, RESUME-1; C.3 step 7.6; C.5",
        says="Without resume, and no run of that id, a new run is made.",
    ),
    Rule(
        "RESUME-2.c",
        when={"effective_resume": "allow", "on_server": "absent"},
        then=_CREATED,
        source="RESUME-2; C.3 step 7.6; C.5",
        says="With allow, and no run of that id, a new run is made.",
    ),
    Rule(
        "RESUME-2.d",
        when={"effective_resume": "allow", "on_server": "exists"},
        then=_CONTINUED,
        source="RESUME-2, RESUME-7; C.3 step 7.5; C.5",
        says="With allow, a run that exists is resumed after its last step.",
    ),
    Rule(
        "RESUME-5.b",
        when={"effective_resume": "auto", "on_server": "absent"},
        then=_CREATED,
        source="RESUME-5, AUTO-4; C.3 step 7.6; C.5",
        says="With auto, and no run of that id, a new run is made.",
    ),
    Rule(
        "RESUME-5.c",
        when={"effective_resume": "auto", "on_server": "exists"},
        then=_CONTINUED,
        source="RESUME-5, RESUME-7, AUTO-4; C.3 step 7.5; C.5; F.2.5",
        says="With auto, a run that exists is resumed after its last step.",
    ),
    Rule(
        "RESUME-3.b",
        when={"effective_resume": "never", "on_server": "absent"},
        then=_CREATED,
        source="RESUME-3; C.3 step 7.6; C.5",
        says="With never, and no run of that id, a new run is made.",
    ),
    Rule(
        "RESUME-3.c",
        when={"effective_resume": "never", "on_server": "exists"},
        then={"kind": "error", "error": "NEVER_EXISTS"},
        source="RESUME-3; C.3 step 7.2; C.5",
        says="With never, a run that exists makes init() raise, and the run is not changed.",
    ),
    Rule(
        "RESUME-4.b",
        when={"effective_resume": "must", "on_server": ("absent", "deleted")},
        then={"kind": "error", "error": "MUST_ABSENT"},
        source="RESUME-4, RESUME-8; C.3 step 7.1; C.5",
        says="With must, a run that does not exist, or no longer, makes init() raise, and nothing is created.",
    ),
    Rule(
        "RESUME-4.c",
        when={"effective_resume": "must", "on_server": "exists"},
        then=_CONTINUED,
        source="RESUME-4, RESUME-7; C.3 step 7.5; C.5",
        says="With must, a run that exists is resumed after its last step.",
    ),
    Rule(
        "RESUME-8.b",
        when={"effective_resume": ("none", "auto", "allow", "never"), "on_server": "deleted"},
        then={"kind": "error", "error": "DELETED"},
        source="RESUME-8, ID-6; C.3 step 7.3; C.5",
        says="The id of a deleted run cannot be used again, so init() raises and nothing is created.",
    ),
)

CLASSIC_RESUME: DecisionTable[Facts] = DecisionTable(
    "resume",
    _ANSWER_DOMAIN,
    (
        Rule(
            "RESUME-1.c",
            when={"effective_resume": "none", "on_server": "exists"},
            then={"kind": "new", "server": "overwritten"},
            source="RESUME-1; C.3 step 7.4; C.5",
            says="Without resume, a run that exists is overwritten by a new one of the same id.",
        ),
        *_ANSWERS,
    ),
)

CURRENT_RESUME: DecisionTable[Facts] = DecisionTable(
    "resume",
    _ANSWER_DOMAIN,
    (
        Rule(
            "RESUME-1.c",
            when={"effective_resume": "none", "on_server": "exists"},
            then={"kind": "new", "server": "appended"},
            source="RESUME-1; C.4 step 8; C.5; F.4.1",
            says="Without resume, a run that exists gets the new rows after its old ones, with steps from 0 again.",
        ),
        *_ANSWERS,
    ),
)
