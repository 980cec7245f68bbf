"""Owns the clauses on resuming: the words of resume, and the resume file that auto keeps."""

from __future__ import annotations

from wandb_testkit.spec.chapters.clause import BOTH, Clause

RESUME = "RESUME"
AUTO = "AUTO"

CLAUSES = (
    Clause(
        "RESUME-1",
        RESUME,
        BOTH,
        "None and False never resume: resumed False, starting step 0. If the id exists, classic overwrites the run: "
        "config, summary and rows are the new ones only. Current appends if the server tells a history length: the "
        "new rows follow the old ones and count from 0, config and summary are replaced.",
        ("seed", "o10x", "o31"),
        leaves_open=True,
    ),
    Clause(
        "RESUME-2",
        RESUME,
        BOTH,
        "allow: if the id exists the run is resumed, else there is a new run with that id; without an id, a new run.",
        ("seed", "o10x", "o31"),
    ),
    Clause(
        "RESUME-3",
        RESUME,
        BOTH,
        "never: if the id exists init() raises, the record is not changed, and no create request is sent; else there "
        "is a new run.",
        ("seed", "o10x", "o31"),
    ),
    Clause(
        "RESUME-4",
        RESUME,
        BOTH,
        "must: if the id exists the run is resumed; if it does not, or there is no id at all, init() raises and "
        "nothing is created.",
        ("seed", "o10x", "o31"),
    ),
    Clause(
        "RESUME-5",
        RESUME,
        BOTH,
        "auto and True go by the resume file (AUTO-1 to AUTO-11); with an id given they act as allow with that id.",
        ("seed", "o10x", "o31", "ruling"),
    ),
    Clause(
        "RESUME-6",
        RESUME,
        BOTH,
        "The state of the earlier run (finished, failed, crashed, still running) and its machine do not matter for "
        "allow, must, never and None.",
        ("o10x", "o31", "ruling"),
    ),
    Clause(
        "RESUME-7",
        RESUME,
        BOTH,
        "A resumed run goes on at the step after its last row, its rows follow the old ones, and old config and "
        "summary are there, with what is given now on top. Name, notes, tags, group and job type change only where "
        "given; _runtime goes on; the state is running again. In current run.step reads 0 until the first log().",
        ("o10x", "o31", "r31"),
    ),
    Clause(
        "RESUME-8",
        RESUME,
        BOTH,
        'A deleted id: must raises "does not exist", None, allow, never and auto raise because the server refuses to '
        "create it; nothing is created, and with auto the resume file keeps the id.",
        ("o31", "ruling"),
    ),
    Clause(
        "RESUME-9",
        RESUME,
        BOTH,
        "Any other resume text is a ValidationError in current, in every mode and also from WANDB_RESUME. Classic "
        "takes it as the run id if no id argument is given, and resumes as allow; the empty text is allow without an "
        "id; words are case-sensitive; from WANDB_RESUME it acts as allow and names no run.",
        ("o31", "o10x"),
    ),
    Clause(
        "RESUME-10",
        RESUME,
        BOTH,
        "run.resumed is a bool, and False in every case in which no run was resumed, also offline.",
        ("o10x", "o31"),
    ),
    Clause(
        "RESUME-11",
        RESUME,
        BOTH,
        "The existence query comes before the request that creates or changes the record, and is not sent when resume"
        " is None.",
        ("o10x", "o31"),
    ),
    Clause(
        "RESUME-12",
        RESUME,
        BOTH,
        "If the stored config or summary of the earlier run cannot be read, must raises; in classic allow and auto go"
        " on as resumed with what could be read.",
        ("r33",),
        leaves_open=True,
    ),
    Clause(
        "RESUME-13",
        RESUME,
        BOTH,
        "Offline, resume is neither enforced nor reported: a new local run with the effective id, step 0, resumed "
        "False, no error for must or never, and no request.",
        ("o10x", "o31"),
    ),
    Clause(
        "AUTO-1",
        AUTO,
        BOTH,
        'The resume file is wandb-resume.json in the run\'s wandb directory, and holds one JSON object {"run_id": '
        '"<id>"}.',
        ("o10x", "o31"),
    ),
    Clause(
        "AUTO-2",
        AUTO,
        BOTH,
        '"Same machine" means the same wandb directory, and nothing else is compared. With another project the id of '
        "the file is used for a new run there.",
        ("o10x", "o31"),
    ),
    Clause(
        "AUTO-3",
        AUTO,
        BOTH,
        '"Crashed" means that the file is still there: the last auto run of the directory has not ended with exit '
        "code 0. The server is not asked for the state, and a run that is still running counts as crashed.",
        ("o10x", "o31", "ruling"),
    ),
    Clause(
        "AUTO-4",
        AUTO,
        BOTH,
        "With auto the id is the given one, else the file's, else a generated one; it is written to the file before "
        "the server is asked; then as allow. If the file names another id than the given one, a warning names both "
        "and the given one is written.",
        ("o10x", "o31"),
    ),
    Clause(
        "AUTO-5",
        AUTO,
        BOTH,
        "Classic: the file goes when any run of the directory ends with exit code 0, and at no other time. Current: "
        "the same on finish() and on leaving a with block, and as soon as a run with resume unset has started, but "
        "not when a process ends well without finish().",
        ("o10x", "o31"),
    ),
    Clause(
        "AUTO-6",
        AUTO,
        BOTH,
        "finish() with another exit code, an exception in a with block (also SystemExit(0) and KeyboardInterrupt), "
        "sys.exit with another code, an uncaught exception and a kill keep the file.",
        ("o10x", "o31"),
    ),
    Clause(
        "AUTO-7",
        AUTO,
        BOTH,
        "Two runs in one process, the second with auto and reinit=True: classic finishes the first one, which removes"
        " the file, and then looks at the file, so the second gets a new id; current reads the file first (C.4 step "
        "6).",
        ("ruling",),
    ),
    Clause(
        "AUTO-8",
        AUTO,
        BOTH,
        'A damaged file (no JSON, no object, no "run_id", an id that is null or empty) counts as absent and is '
        "overwritten with the new id. In current an id that ID-3 forbids is a UsageError and the file stays as it is.",
        ("ruling", "o31"),
        leaves_open=True,
    ),
    Clause(
        "AUTO-9",
        AUTO,
        BOTH,
        "A failed init() with auto leaves the file as the tables say: written for an error of the server step, "
        "unchanged for an error of the login or of an argument; absent if reinit finished a run first.",
        ("ruling",),
    ),
    Clause(
        "AUTO-10",
        AUTO,
        BOTH,
        "The directory is made if needed, and the file is written under a temporary name and renamed.",
        ("ruling",),
    ),
    Clause("AUTO-11", AUTO, BOTH, "never, must and allow neither read nor write the file.", ("o10x", "o31")),
)
