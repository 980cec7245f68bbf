"""The oracle on programs picked by hand: clauses of spec.md read as prose, and cells through the judge of the tables.

What is compared is what the clause says; `same` and the agreement tests compare the rest.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from wandb_testkit.actions import (
    Action,
    Alert,
    CutNetwork,
    DefineMetric,
    DeleteRun,
    EditRun,
    EndProcess,
    Finish,
    Init,
    Kill,
    Log,
    LogIn,
    LogOut,
    Look,
    MarkPreempting,
    RestoreNetwork,
    RevokeKey,
    SaveFile,
    SetSummary,
    StartProcess,
    UpdateConfig,
)
from wandb_testkit.observation import Observation
from wandb_testkit.profiles import CLASSIC, CURRENT, Profile
from wandb_testkit.spec import (
    Unspecified,
    cell_at,
    expected,
    is_reachable,
    predict,
    problems,
    program,
    same,
    size,
    story,
)
from wandb_testkit.spec.beyond_cells import added_tables
from wandb_testkit.spec.judgement import disagreements
from wandb_testkit.spec.model import USER
from wandb_testkit.spec.script_of_cell import script_of

BOTH = (CLASSIC, CURRENT)
CLASSIC_ONLY = (CLASSIC,)
CURRENT_ONLY = (CURRENT,)
PROFILES = pytest.mark.parametrize("profile", BOTH, ids=str)

LOGGED: tuple[Action, ...] = (
    Init("a", {"id": "p", "config": {"a": 1}}),
    *(Log("a", {"x": x}) for x in range(3)),
    Finish("a"),
)
"""A run with three rows that has ended."""

See = Callable[[Observation], Any]


def rows(at: int = 0) -> See:
    return lambda seen: [dict(row) for row in seen.runs[at].history]


def run(field: str, at: int = 0) -> See:
    return lambda seen: getattr(seen.runs[at], field)


def init(field: str, at: int = -1) -> See:
    return lambda seen: getattr(seen.inits[at], field)


def raised(at: int = -1) -> See:
    return lambda seen: seen.actions[at].error if seen.actions else ""


def shown(name: str) -> See:
    return lambda seen: seen.actions[-1].shown[name]


# clause, profiles, program, what is looked at, what it has to be
CLAUSES: list[tuple[str, tuple[Profile, ...], tuple[Action, ...], See, Any]] = [
    (
        "INIT-1",
        BOTH,
        (StartProcess("train"), Init("a"), StartProcess("evaluate"), Init("b")),
        lambda seen: [str(one.state) for one in seen.runs],
        ["running", "running"],
    ),
    (
        "LOG-1",
        BOTH,
        (Init("a"), Log("a", {"x": 1}), Log("a", {"x": 2})),
        rows(),
        [{"_step": 0, "x": 1}, {"_step": 1, "x": 2}],
    ),
    (
        "LOG-2",
        BOTH,
        (Init("a"), Log("a", {"x": 1}, commit=False), Log("a", {"y": 2})),
        rows(),
        [{"_step": 0, "x": 1, "y": 2}],
    ),
    ("LOG-2.b", BOTH, (Init("a"), Log("a", {"x": 1}, commit=False)), rows(), []),
    (
        "LOG-3",
        BOTH,
        (Init("a"), Log("a", {"x": 1}, step=5), Log("a", {"y": 2}, step=5), Log("a", {"x": 3}, step=7), Finish("a")),
        rows(),
        [{"_step": 5, "x": 1, "y": 2}, {"_step": 7, "x": 3}],
    ),
    (
        "LOG-3.b",
        BOTH,
        (Init("a"), Log("a", {"x": 1}, step=5, commit=True), Log("a", {"x": 2}, step=5)),
        lambda seen: (rows()(seen), seen.actions[0].warnings),
        ([{"_step": 5, "x": 1}], {"row_dropped"}),
    ),
    ("LOG-4", CLASSIC_ONLY, (Init("a"), Log("a", {}), Log("a", {"x": 1})), rows(), [{"_step": 1, "x": 1}]),
    (
        "LOG-4.b",
        CURRENT_ONLY,
        (Init("a"), Log("a", {}), Log("a", {"x": 1})),
        rows(),
        [{"_step": 0}, {"_step": 1, "x": 1}],
    ),
    ("LOG-4.c", BOTH, (Init("a"), Log("a", {"x": 1}, commit=False), Finish("a")), rows(), [{"_step": 0, "x": 1}]),
    ("LOG-6", CLASSIC_ONLY, (Init("a"), Finish("a"), Log("a", {"x": 1})), raised(), "Exception"),
    ("LOG-6.b", CURRENT_ONLY, (Init("a"), Finish("a"), Log("a", {"x": 1})), raised(), "UsageError"),
    ("LOG-6.c", CURRENT_ONLY, (Init("a"), Finish("a"), DefineMetric("a", "x")), raised(), "UsageError"),
    (
        "SUMMARY-1",
        BOTH,
        (Init("a"), Log("a", {"x": 1, "y": 2}), Log("a", {"x": 3}), Log("a", {"y": 9}, commit=False), Look("a")),
        shown("summary"),
        {"_step": 1, "x": 3, "y": 2},
    ),
    (
        "SUMMARY-1.b",
        BOTH,
        (Init("a"), Log("a", {"x": 1}), SetSummary("a", {"x": 5}), Log("a", {"y": 1})),
        run("summary"),
        {"_step": 1, "x": 5, "y": 1},
    ),
    ("SUMMARY-1.c", CURRENT_ONLY, (Init("a"), Log("a", {"x": 1}), Log("a", {"x": None})), run("summary"), {"_step": 1}),
    ("SUMMARY-2", CURRENT_ONLY, (Init("a"), Log("a", {"x": 1}), Finish("a"), Look("a")), shown("summary"), {}),
    (
        "protocol.md 4.3",
        BOTH,
        (Init("a"), DefineMetric("a", "x", "min,mean"), Log("a", {"x": 3}), Log("a", {"x": 1})),
        run("summary"),
        {"_step": 1, "x": {"min": 1, "mean": 2.0}},
    ),
    (
        "CONFIG-6",
        BOTH,
        (Init("a", {"config": {"x": 1, "y": 2}, "config_exclude_keys": ["x"]}),),
        run("config"),
        {"y": 2},
    ),
    ("CONFIG-7", BOTH, (Init("a", {"config": {"x": 1}}), UpdateConfig("a", {"x": 2})), raised(), "ConfigError"),
    ("CONFIG-7.b", BOTH, (Init("a", {"config": {"x": 1}}), UpdateConfig("a", {"x": 2})), run("config"), {"x": 1}),
    ("CONFIG-7.c", BOTH, (Init("a", {"config": {"x": 1}}), UpdateConfig("a", {"x": 2}, True)), run("config"), {"x": 2}),
    (
        "CONFIG-7.d",
        BOTH,
        (Init("a", {"config": {"x": 1}}), UpdateConfig("a", {"y": 2})),
        run("config"),
        {"x": 1, "y": 2},
    ),
    ("CONFIG-7.e", CURRENT_ONLY, (Init("a"), Finish("a"), UpdateConfig("a", {"x": 1})), raised(), "UsageError"),
    (
        "CONFIG-9",
        CLASSIC_ONLY,
        (Init("a", {"config": {"x": 1}, "allow_val_change": True}), UpdateConfig("a", {"x": 2})),
        run("config"),
        {"x": 2},
    ),
    (
        "CONFIG-9.b",
        CURRENT_ONLY,
        (Init("a", {"config": {"x": 1}, "allow_val_change": True}), UpdateConfig("a", {"x": 2})),
        raised(),
        "ConfigError",
    ),
    (
        "CONFIG-12",
        CURRENT_ONLY,
        (Init("a", {"config": {"d": {"x": 1}}}), UpdateConfig("a", {"d": {"y": 2}}, True), Look("a")),
        lambda seen: (shown("config")(seen), run("config")(seen)),
        ({"d": {"y": 2}}, {"d": {"x": 1, "y": 2}}),
    ),
    (
        "RESUME-7",
        BOTH,
        (
            *(Init("a", {"id": "p", "config": {"old": 1}}), Log("a", {"x": 1}, step=15), Finish("a")),
            *(Init("b", {"id": "p", "resume": "must", "config": {"new": 2}}), Log("b", {"x": 2})),
        ),
        lambda seen: (init("starting_step")(seen), rows()(seen), run("config")(seen), run("resumed_from")(seen)),
        (16, [{"_step": 15, "x": 1}, {"_step": 16, "x": 2}], {"old": 1, "new": 2}, 16),
    ),
    (
        "RESUME-7c",
        CURRENT_ONLY,
        (Init("a", {"id": "p"}), Log("a", {"x": 1}), Finish("a"), Init("b", {"id": "p", "resume": "allow"}), Look("b")),
        shown("step"),
        0,
    ),
    (
        "RESUME-7e",
        BOTH,
        (Init("a", {"id": "p"}), Log("a", {"x": 1}), Finish("a"), Init("b", {"id": "p", "resume": "allow"}), Look("b")),
        shown("summary"),
        {"_step": 0, "x": 1},
    ),
    (
        "RESUME-7f",
        BOTH,
        (
            *(Init("a", {"id": "p", "tags": ["x"], "notes": "n", "group": "g"}), Finish("a")),
            Init("b", {"id": "p", "resume": "allow", "tags": ["y"]}),
        ),
        lambda seen: (run("tags")(seen), run("notes")(seen), run("group")(seen)),
        (("y",), "n", "g"),
    ),
    (
        "RESUME-1",
        CLASSIC_ONLY,
        (
            Init("a", {"id": "p", "notes": "n"}),
            Log("a", {"x": 1}),
            Finish("a"),
            Init("b", {"id": "p"}),
            Log("b", {"y": 1}),
        ),
        lambda seen: (rows()(seen), run("summary")(seen), run("notes")(seen)),
        ([{"_step": 0, "y": 1}], {"_step": 0, "y": 1}, "n"),
    ),
    (
        "RESUME-1.b",
        CURRENT_ONLY,
        (Init("a", {"id": "p"}), Log("a", {"x": 1}), Finish("a"), Init("b", {"id": "p"}), Log("b", {"y": 1})),
        rows(),
        [{"_step": 0, "x": 1}, {"_step": 0, "y": 1}],
    ),
    (
        "ID-4",
        BOTH,
        (Init("a", {"id": "p", "project": "x"}), Finish("a"), Init("b", {"id": "p", "resume": "must"})),
        init("message"),
        "resume='must', but the run does not exist",
    ),
    (
        "ID-6",
        BOTH,
        (Init("a", {"id": "p"}), Finish("a"), DeleteRun("p"), Init("b", {"id": "p"})),
        init("message"),
        "the run was deleted",
    ),
    (
        "META-2",
        CLASSIC_ONLY,
        (
            *(Init("a", {"id": "p", "job_type": "eval"}), Finish("a")),
            *(Init("b", {"id": "p", "resume": "allow"}), Look("b")),
        ),
        lambda seen: (run("job_type")(seen), shown("job_type")(seen)),
        ("eval", ""),
    ),
    ("META-2.b", CLASSIC_ONLY, (Init("a", {"mode": "offline"}),), run("job_type"), "train"),
    (
        "TAGS-1",
        BOTH,
        (Init("a", {"tags": ["x", "x"]}), EditRun("a", tags=("x", "x", "y"))),
        run("tags"),
        ("x", "x", "y"),
    ),
    ("A.2", BOTH, (StartProcess("one", env={"WANDB_TAGS": "x,y"}), Init("a", {"tags": ["z"]})), run("tags"), ("z",)),
    (
        "AUTO-3",
        BOTH,
        (Init("a", {"resume": "auto"}), Log("a", {"x": 1}), Kill(), Init("b", {"resume": "auto"})),
        lambda seen: (len(seen.runs), init("resumed")(seen), init("starting_step")(seen)),
        (1, True, 1),
    ),
    (
        "AUTO-2",
        BOTH,
        (
            Init("a", {"resume": "auto"}),
            Kill(),
            StartProcess("other", directory="there"),
            Init("b", {"resume": "auto"}),
        ),
        lambda seen: (len(seen.runs), init("resumed")(seen)),
        (2, False),
    ),
    (
        "AUTO-4",
        BOTH,
        (Init("a", {"id": "p", "resume": "auto"}), Kill(), Init("b", {"id": "q", "resume": "auto"})),
        lambda seen: (init("warnings")(seen), init("resume_file")(seen)),
        ({"other_id_remembered"}, ("p", "q")),
    ),
    (
        "AUTO-5",
        CLASSIC_ONLY,
        (Init("a", {"id": "p", "resume": "auto"}), Kill(), Init("b", {"id": "q"}), Finish("b"), Init("c")),
        init("resume_file"),
        (None, None),
    ),
    (
        "AUTO-5.b",
        CURRENT_ONLY,
        (Init("a", {"id": "p", "resume": "auto"}), EndProcess(0), Init("b", {"resume": "auto"})),
        lambda seen: (init("resumed")(seen), init("run_id")(seen)),
        (True, "p"),
    ),
    (
        "AUTO-6",
        BOTH,
        (Init("a", {"id": "p", "resume": "auto"}), EndProcess(3), Init("b", {"resume": "auto"})),
        lambda seen: (seen.inits[-1].resume_file[0], init("resumed")(seen)),
        ("p", True),
    ),
    (
        "FINISH-1",
        BOTH,
        (Init("a"), Finish("a", 3)),
        lambda seen: (str(run("state")(seen)), run("exit_code")(seen)),
        ("failed", 3),
    ),
    (
        "FINISH-2",
        CLASSIC_ONLY,
        (Init("a"), Init("d", {"mode": "disabled"}), Finish("a"), Look("d")),
        shown("wandb_run"),
        "",
    ),
    (
        "FINISH-2.b",
        CURRENT_ONLY,
        (Init("a"), Init("d", {"mode": "disabled"}), Finish("a"), Look("d")),
        shown("wandb_run"),
        "d",
    ),
    ("FINISH-3", BOTH, (Init("a"), Finish("a"), Init("b"), Finish("a"), Look("b")), shown("wandb_run"), "b"),
    (
        "FINISH-5",
        BOTH,
        (Init("a"), EndProcess(2)),
        lambda seen: (str(run("state")(seen)), run("exit_code")(seen)),
        ("failed", 2),
    ),
    (
        "FINISH-5.b",
        BOTH,
        (Init("a"), Log("a", {"x": 1}), Kill()),
        lambda seen: (str(run("state")(seen)), rows()(seen)),
        ("running", [{"_step": 0, "x": 1}]),
    ),
    (
        "RESUME-13",
        BOTH,
        (
            Init("a", {"mode": "offline", "id": "p"}),
            Finish("a"),
            Init("b", {"mode": "offline", "id": "p", "resume": "must"}),
        ),
        lambda seen: (len(seen.runs), init("resumed")(seen)),
        (2, False),
    ),
    (
        "REINIT-2",
        BOTH,
        (Init("a"), Init("b", {"tags": ["x"]}), Log("b", {"x": 1})),
        lambda seen: (init("returned")(seen), run("tags")(seen), rows()(seen)),
        ("a", (), [{"_step": 0, "x": 1}]),
    ),
    (
        "REINIT-3",
        CURRENT_ONLY,
        (Init("a"), Init("b", {"reinit": "create_new"}), Init("c", {"reinit": "finish_previous"})),
        lambda seen: [str(one.state) for one in seen.runs],
        ["finished", "finished", "running"],
    ),
    (
        "REINIT-7",
        CURRENT_ONLY,
        (
            Init("a", {"id": "p"}),
            Init("b", {"reinit": "create_new", "id": "q"}),
            Init("c", {"reinit": "create_new", "id": "p"}),
        ),
        lambda seen: (init("error")(seen), init("wandb_run")(seen)),
        ("ServerResponseError", "a"),
    ),
    (
        "REINIT-5",
        BOTH,
        (Init("a"), Init("d", {"mode": "disabled"}), Init("b")),
        lambda seen: (init("returned")(seen), init("wandb_run")(seen)),
        ("a", "d"),
    ),
    (
        "ERR-2",
        CLASSIC_ONLY,
        (Init("a", {"mode": "bogus"}),),
        lambda seen: (init("error")(seen), init("message")(seen)),
        ("Exception", "problem"),
    ),
    (
        "ERR-4",
        CURRENT_ONLY,
        (Init("a", {"id": "p", "resume": "must"}), Init("b", {"id": "p", "mode": "offline"})),
        init("error"),
        "ServerResponseError",
    ),
    ("ERR-4.b", CLASSIC_ONLY, (Init("a", {"id": "p", "resume": "must"}), Init("b", {"id": "p"})), init("error"), ""),
    ("ERR-5", CLASSIC_ONLY, (Init("a"), Finish("a"), CutNetwork(), Init("b")), init("error"), "UsageError"),
    (
        "FORCE-1",
        CLASSIC_ONLY,
        (LogOut(), Init("a")),
        lambda seen: (init("mode")(seen), init("warnings")(seen)),
        ("offline", {"offline_fallback"}),
    ),
    (
        "FORCE-1.b",
        CURRENT_ONLY,
        (RevokeKey(), Init("a"), LogIn(), Init("b"), StartProcess("next"), Init("c")),
        lambda seen: [one.error for one in seen.inits],
        ["CommError", "CommError", ""],  # a process keeps to the key that it has logged in with (A.4)
    ),
    (
        "FORCE-1.c",
        CURRENT_ONLY,
        (CutNetwork(), Init("a"), RestoreNetwork(), Init("b")),
        lambda seen: [one.error for one in seen.inits],
        ["CommError", ""],
    ),
    (
        "ANON-4",
        CLASSIC_ONLY,
        (LogOut(), Init("a", {"anonymous": "allow"}), Finish("a"), Kill(), Init("b")),
        lambda seen: seen.inits[0].entity == seen.inits[1].entity == "anonymous-1",
        True,
    ),
    (
        "DISABLED-4",
        BOTH,
        (Init("d", {"mode": "disabled"}), Log("d", {"x": 1}, commit=False), Finish("d"), Log("d", {"x": 2}), Look("d")),
        lambda seen: (seen.runs, shown("summary")(seen)),
        ((), {"x": 2}),
    ),
    (
        "RESUME-9",
        CLASSIC_ONLY,
        (Init("a", {"resume": "p"}), Log("a", {"x": 1}), Finish("a"), Init("b", {"resume": "p"})),
        lambda seen: (init("run_id")(seen), init("resumed")(seen)),
        ("p", True),
    ),
    (
        "C.6",
        CURRENT_ONLY,
        (StartProcess("one", env={"WANDB_RESUME": "must"}), Init("a", {"resume": False})),
        init("error"),
        "UsageError",
    ),
    (
        "FORK-1",
        CURRENT_ONLY,
        (*LOGGED, Init("b", {"fork_from": "p?_step=1"}), Log("b", {"x": 9}), Finish("b")),
        lambda seen: [
            (seen.inits[1].resumed, seen.inits[1].starting_step, seen.inits[1].run_id != "p"),
            [run.forked_from for run in seen.runs],
            [[dict(row) for row in run.history] for run in seen.runs],
            [kind for kind, _, _ in seen.inits[1].asked],
        ],
        [
            (False, 2, True),
            [None, ("p", 1)],
            [[{"_step": 0, "x": 0}, {"_step": 1, "x": 1}, {"_step": 2, "x": 2}], [{"_step": 2, "x": 9}]],
            ["viewer", "run"],
        ],
    ),
    (
        "FORK-2",
        CURRENT_ONLY,
        (*LOGGED, Init("b", {"resume_from": "p?_step=0", "config": {"n": 1}}), Log("b", {"x": 9}), Finish("b")),
        lambda seen: [
            (seen.inits[1].run_id, seen.inits[1].resumed, seen.inits[1].starting_step),
            seen.runs[0].config,
            [dict(row) for row in seen.runs[0].history],
            [kind for kind, _, _ in seen.inits[1].asked],
        ],
        [
            ("p", False, 1),
            {"a": 1, "n": 1},
            [{"_step": 0, "x": 0}, {"_step": 1, "x": 9}],
            ["viewer", "rewind", "run"],
        ],
    ),
    (
        "FORK-2.absent",
        CURRENT_ONLY,
        (Init("a", {"resume_from": "p?_step=0"}),),
        lambda seen: [(one.error, one.message) for one in seen.inits],
        [("CommError", "failed to rewind run: there is none")],
    ),
    (
        "FORK-3",
        CURRENT_ONLY,
        (
            Init("a", {"fork_from": "p?_step=0", "resume": "allow"}),
            Init("b", {"fork_from": "p?_step=0", "resume_from": "p?_step=0"}),
            Init("c", {"fork_from": "p?_step=0", "id": "p"}),
            Init("d", {"resume_from": "p?_step=0", "id": "q"}),
            Init("e", {"fork_from": "p"}),
            Init("f", {"fork_from": "p?_step=1.5", "resume": False}),
        ),
        lambda seen: [(one.error, one.starting_step) for one in seen.inits],
        [*[("ValidationError", 0)] * 5, ("", 2)],
    ),
    ("FORK-3.classic", CLASSIC_ONLY, (Init("a", {"fork_from": "p?_step=0"}),), init("error"), "TypeError"),
    (
        "RESUME-13.fork",
        CURRENT_ONLY,
        (Init("a", {"resume_from": "p?_step=4", "mode": "offline"}), Log("a", {"x": 1}), Finish("a")),
        lambda seen: (seen.inits[0].starting_step, [dict(row) for row in seen.runs[0].history]),
        (5, [{"_step": 5, "x": 1}]),
    ),
    (
        "SHARED-1",
        CURRENT_ONLY,
        (Init("a", {"mode": "shared"}), Look("a")),
        lambda seen: (seen.inits[0].mode, seen.inits[0].warnings, seen.actions[0].shown["step"]),
        ("online", frozenset({"shared_experimental"}), "raises"),
    ),
    ("SHARED-1.classic", CLASSIC_ONLY, (Init("a", {"mode": "shared"}),), init("error"), "Exception"),
    (
        "SWEEP-1, CONFIG-10",
        BOTH,
        (
            StartProcess("one", sweep={"lr": 1}),
            Init("a", {"config": {"lr": 5, "n": 2}}),
            UpdateConfig("a", {"lr": 9, "m": 3}, allow_val_change=True),
        ),
        lambda seen: (seen.runs[0].config, seen.actions[0].warnings),
        ({"lr": 1, "n": 2, "m": 3}, frozenset({"locked_key"})),
    ),
    (
        "SWEEP-1 nested",
        BOTH,
        (StartProcess("one", sweep={"net": {"x": 1}}), Init("a", {"config": {"net": {"y": 2}}})),
        lambda seen: seen.runs[0].config["net"]["x"],
        1,
    ),
    (
        "ID-4",
        BOTH,
        (
            Init("a", {"id": "p"}),
            Finish("a"),
            LogIn("ann"),
            StartProcess("two"),
            Init("b", {"id": "p", "resume": "allow"}),
            Finish("b"),
            LogIn(),
            StartProcess("three"),
            Init("c", {"id": "p", "resume": "must"}),
        ),
        lambda seen: [(run.entity, run.id) for run in seen.runs] + [one.resumed for one in seen.inits],
        [(USER, "p"), ("ann", "p"), False, False, True],
    ),
    (
        "protocol.md 4.9",
        BOTH,
        (Init("a", {"id": "p"}), MarkPreempting("a"), Finish("a", 1), Init("b", {"id": "q"}), MarkPreempting("b")),
        lambda seen: [str(run.state) for run in seen.runs],
        ["preempted", "preempting"],
    ),
    (
        "LOG-6 of notices",
        CURRENT_ONLY,
        (
            Init("a"),
            Alert("a", "t", "x"),
            SaveFile("a", "d/f.txt", "x"),
            Finish("a"),
            Alert("a", "u"),
            SaveFile("a", "g"),
        ),
        lambda seen: (seen.runs[0].alerts, seen.runs[0].files, [one.error for one in seen.actions]),
        ([{"title": "t", "text": "x", "level": "INFO"}], {"d/f.txt": b"x"}, ["UsageError", "UsageError"]),
    ),
    (
        "protocol.md 4.1",
        CLASSIC_ONLY,
        (Init("a"), DefineMetric("a", "loss", "best", goal="minimize"), Log("a", {"loss": 2}), Log("a", {"loss": 3})),
        lambda seen: seen.runs[0].summary["loss"],
        {"best": 2},
    ),
]


@pytest.mark.parametrize(
    ("profile", "script", "see", "wanted"),
    [
        pytest.param(profile, script, see, wanted, id=f"{clause}-{profile}")
        for clause, profiles, script, see, wanted in CLAUSES
        for profile in profiles
    ],
)
def test_the_oracle_says_what_the_clause_says(
    profile: Profile, script: tuple[Action, ...], see: See, wanted: Any
) -> None:
    assert see(predict(script, profile)) == wanted


@pytest.mark.parametrize(
    ("why", "profile", "script"),
    [
        pytest.param(
            "logged nothing",
            CLASSIC,
            (
                Init("a", {"id": "p"}),
                Log("a", {"x": 1}),
                Finish("a"),
                Init("b", {"id": "p"}),
                Finish("b"),
                Init("c", {"id": "p", "resume": "allow"}),
            ),
            id="RESUME-1",
        ),
        pytest.param("unreachable", CURRENT, (Init("a"), CutNetwork(), Log("a", {"x": 1})), id="a dead server"),
        pytest.param(
            "taken the run over",
            CLASSIC,
            (
                StartProcess("one"),
                Init("a", {"id": "p"}),
                StartProcess("two"),
                Init("b", {"id": "p"}),
                StartProcess("one"),
                Finish("a"),
            ),
            id="two writers",
        ),
        pytest.param(
            "CONFIG-7", CLASSIC, (Init("a", {"config": {"x": 1}}), UpdateConfig("a", {"x": 2, "y": 3})), id="CONFIG-7"
        ),
        pytest.param("teams", CLASSIC, (Init("a", {"entity": "team"}),), id="teams"),
        pytest.param("after finish", CLASSIC, (Init("a"), Finish("a"), Alert("a", "t")), id="LOG-6"),
        pytest.param(
            "had a value before",
            CURRENT,
            (
                Init("a"),
                SetSummary("a", {"loss": None}),
                Log("a", {"loss": "x"}),
                DefineMetric("a", "loss", summary="last"),
            ),
            id="metric-text",
        ),
        pytest.param(
            "step metric",
            CURRENT,
            (Init("a"), DefineMetric("a", "loss", step_metric="epoch"), Log("a", {"loss": 1})),
            id="step_metric",
        ),
        pytest.param(
            "locked key",
            CURRENT,
            (StartProcess("one", sweep={"lr": 1}), Init("a", {"mode": "disabled"}), UpdateConfig("a", {"lr": 2})),
            id="DISABLED-6",
        ),
    ],
)
def test_the_oracle_does_not_guess_what_the_text_leaves_open(
    why: str, profile: Profile, script: tuple[Action, ...]
) -> None:
    with pytest.raises(Unspecified, match=why):
        predict(script, profile)


@PROFILES
def test_the_oracle_and_the_tables_agree_through_the_same_judge(profile: Profile) -> None:
    lines = []
    numbers = range(0, size(profile, "quotient"), 19)  # prime to every dimension, so that all pairs of words come by
    for cell in filter(is_reachable, (cell_at(profile, "quotient", number) for number in numbers)):
        seen = predict(script_of(cell, profile), profile)
        lines += [f"{cell}: {line}" for line in disagreements(cell, profile, expected(cell, profile), seen, user=USER)]

    assert lines == []


@PROFILES
def test_the_tables_that_no_cell_reaches_decide_their_domain(profile: Profile) -> None:
    added = added_tables(profile)

    assert {"server after the login", "fork or rewind"} & {table.name for table in added}
    assert [line for table in added for line in problems(table)] == []


def test_the_story_of_a_script_names_the_rules_of_each_init() -> None:
    rules = story((Init("a", {"id": "p"}), Finish("a"), Init("b", {"id": "p", "resume": "must"})), CLASSIC)

    assert rules["a"][-1].id == "INIT-2"
    assert "RESUME-4.c" in [rule.id for rule in rules["b"]]


def test_a_script_reads_like_a_program() -> None:
    script = (
        StartProcess("one", env={"WANDB_MODE": "offline"}),
        Init("a", {"id": "p"}),
        Log("a", {"x": 1}, step=3),
        Kill(),
    )

    assert program(script).splitlines() == [
        "# process 'one': in directory 'here', WANDB_MODE=offline",
        "a = wandb.init(id='p')",
        "a.log({'x': 1}, step=3)",
        "# the process is killed",
    ]


@PROFILES
def test_a_prediction_agrees_with_itself_and_with_no_other(profile: Profile) -> None:
    one = predict((Init("a"), Log("a", {"x": 1}), Init("b", {"reinit": True})), profile)
    other = predict((Init("a"), Log("a", {"x": 2}), Init("b", {"reinit": True})), profile)

    assert same(one, one) == []
    assert len(same(one, other)) == 2  # history and summary


def test_a_placeholder_stands_for_one_thing_only() -> None:
    twice = predict((Init("a"), Finish("a"), Init("b")), CLASSIC)
    once = predict((Init("a", {"id": "x"}), Finish("a"), Init("b", {"id": "x"})), CLASSIC)

    assert any("run_id" in line for line in same(twice, once))


def test_an_id_that_a_real_dummy_has_is_one_that_was_made() -> None:
    """DISABLED-2: 22 letters, large and small, and digits"""
    predicted = predict((Init("d", {"mode": "disabled"}),), CLASSIC)
    (seen,) = predicted.inits

    observed = Observation((replace(seen, run_id="Ru7arrBKNjAgbCw7ke6aDc"),), ())

    assert same(predicted, observed) == []


@pytest.mark.parametrize(
    ("message", "differs"), [("problem\nwhat led to it", False), ("problem", False), ("no problem", True)]
)
def test_the_cause_of_a_problem_may_stand_beside_it(message: str, differs: bool) -> None:
    """ERR-1"""
    predicted = predict((Init("run", {"mode": "bogus"}),), CLASSIC)
    (seen,) = predicted.inits

    observed = Observation((replace(seen, message=message),), ())

    assert seen.message == "problem"
    assert bool(same(predicted, observed)) is differs
