"""Rulings of section F as programs: what the oracle predicts and what the reference implementation shows.

The last ones are of places where the text is silent and wandb 0.31.0 was asked.
Each program is one in which another reading of the reference page, or a real client, would show something else.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from wandb_testkit.actions import (
    Action,
    CutNetwork,
    DefineMetric,
    DeleteRun,
    EndProcess,
    Finish,
    Init,
    Kill,
    Log,
    LogOut,
    RevokeKey,
    SetSummary,
    StartProcess,
    UpdateConfig,
)
from wandb_testkit.observation import InitSeen, Observation
from wandb_testkit.profiles import CLASSIC, CURRENT, Profile
from wandb_testkit.spec import predict, same
from wandb_testkit.targets.reference import ReferenceTarget

BOTH = (CLASSIC, CURRENT)
CLASSIC_ONLY = (CLASSIC,)
CURRENT_ONLY = (CURRENT,)
TARGET = ReferenceTarget()

See = Callable[[Observation], Any]


def last(*fields: str) -> See:
    """Fields of the last init()."""
    return _of(lambda seen: seen.inits[-1], fields)


def first_run(*fields: str) -> See:
    """Fields of the first run."""
    return _of(lambda seen: seen.runs[0], fields)


def _of(which: Callable[[Observation], Any], fields: tuple[str, ...]) -> See:
    def see(seen: Observation) -> Any:
        values = tuple(getattr(which(seen), field) for field in fields)
        return values[0] if len(values) == 1 else values

    return see


def errors(seen: Observation) -> list[str]:
    return [init.error for init in seen.inits]


def owner(seen: Observation) -> str:
    """Whose the run of the last init() is, in one word."""
    entity = seen.inits[-1].entity
    return "anonymous" if entity.startswith("anonymous") else "local" if not entity else "user"


def fell_back(seen: Observation) -> list[tuple[str, frozenset[str]]]:
    return [(init.mode, init.warnings) for init in seen.inits]


def went_on(seen: Observation) -> tuple[bool, int]:
    """The last init() resumed, and at which step."""
    return seen.inits[-1].resumed, seen.inits[-1].starting_step


def looked_in_anonymous(seen: Observation) -> tuple[str, bool]:
    """The error of the last init(), and whether every request about runs named an anonymous entity."""
    init: InitSeen = seen.inits[-1]
    asked = [entity for kind, entity, _ in init.asked if kind in ("status", "run")]
    return init.error, bool(asked) and all(entity.startswith("anonymous") for entity in asked)


FELL_BACK = ("offline", frozenset({"offline_fallback"}))
AUTO: dict[str, Any] = {"resume": "auto"}
ONTO_Q = Init("c", {"id": "q", "fork_from": "p?_step=0"})
AUTO_P: dict[str, Any] = {"id": "p", "resume": "auto"}
EARLIER = (Init("a", {"id": "p", "config": {"x": 1}}), Log("a", {"loss": 1}), Finish("a"))
THREE_PROCESSES = (
    *(LogOut(), StartProcess("one"), Init("a")),
    *(RevokeKey(), StartProcess("two"), Init("b")),
    *(CutNetwork(), StartProcess("three"), Init("c")),
)

# clause, profiles, program, what is looked at, what it has to be
RULINGS: list[tuple[str, tuple[Profile, ...], tuple[Action, ...], See, Any]] = [
    ("DEV-1", CLASSIC_ONLY, (Init("a"),), first_run("job_type"), "train"),
    (
        "DEV-4",
        CLASSIC_ONLY,
        (*EARLIER, DeleteRun("p"), Init("b", {"id": "p"}), CutNetwork(), Init("c")),
        errors,
        ["", "UsageError", "UsageError"],
    ),
    (
        "DEV-5",
        CLASSIC_ONLY,
        (StartProcess("main", env={"WANDB_MODE": "offline"}), Init("a", {"mode": "online"})),
        last("error", "mode"),
        ("", "online"),
    ),
    ("DEV-6", CLASSIC_ONLY, (LogOut(), Init("a", {"force": False})), fell_back, [FELL_BACK]),
    ("DEV-7", CLASSIC_ONLY, (LogOut(), Init("a", {"anonymous": "allow"})), owner, "anonymous"),
    ("DEV-8", CLASSIC_ONLY, (Init("a", {"anonymous": "must"}),), owner, "anonymous"),
    (
        "DEV-9",
        CLASSIC_ONLY,
        (LogOut(), Init("d", {"mode": "disabled"}), Init("a", {"force": True})),
        errors,
        ["", "UsageError"],
    ),
    ("DEV-9", CLASSIC_ONLY, (Init("a"), LogOut(), Init("b", {"force": True})), last("error", "returned"), ("", "a")),
    ("DEV-10", CLASSIC_ONLY, (Init("a"), Init("d", {"mode": "disabled"}), Init("b")), last("returned"), "a"),
    *(
        (
            "DEV-11",
            CLASSIC_ONLY,
            (Init("a", {"id": "p"}), Log("a", {"x": 1}), Init("b", {"id": "p", "resume": word, "reinit": True})),
            went_on,
            (True, 1),
        )
        for word in ("allow", "must")
    ),
    (
        "DEV-12",
        CLASSIC_ONLY,
        (Init("a", AUTO_P), Init("b", {"id": "q", "resume": "auto"})),
        last("returned", "resume_file", "asked"),
        ("a", ("p", "p"), ()),
    ),
    (
        "DEV-13",
        CLASSIC_ONLY,
        (Init("a", {"config": {"x": 1}, "allow_val_change": True}), UpdateConfig("a", {"x": 2}), Finish("a")),
        lambda seen: (seen.actions, seen.runs[0].config),
        ((), {"x": 2}),
    ),
    (
        "DEV-14",
        CLASSIC_ONLY,
        (Init("a", AUTO_P), Kill(), Init("d", {"mode": "disabled", "id": "q", "resume": "auto"})),
        last("is_dummy", "resume_file"),
        (True, ("p", "p")),
    ),
    (
        "DEV-17",
        CLASSIC_ONLY,
        (Init("a", AUTO_P), Init("b", {"resume": "auto", "reinit": True})),
        lambda seen: (
            seen.inits[-1].resumed,
            seen.inits[-1].run_id != "p",
            seen.inits[-1].resume_file == ("p", seen.inits[-1].run_id),
        ),
        (False, True, True),
    ),
    (
        "F.2.1",
        CLASSIC_ONLY,
        (
            Init("a", {"id": "p", "config": {"x": 1}, "job_type": "eval", "notes": "n", "tags": ["t"], "group": "g"}),
            *(Log("a", {"loss": 1}), Log("a", {"loss": 2}), Finish("a")),
            *(Init("b", {"id": "p", "config": {"y": 2}}), Log("b", {"acc": 3})),
        ),
        first_run("config", "summary", "history", "job_type", "notes", "tags", "group"),
        ({"y": 2}, {"_step": 0, "acc": 3}, [{"_step": 0, "acc": 3}], "train", "n", ("t",), "g"),
    ),
    ("F.2.2", BOTH, (Init("a", AUTO_P), Finish("a", 1), Init("b", AUTO)), last("run_id", "resumed"), ("p", True)),
    (
        "F.2.3",
        BOTH,
        (Init("a", AUTO_P), Kill(), StartProcess("other", directory="there"), Init("b", AUTO)),
        lambda seen: (seen.inits[-1].run_id == "p", seen.inits[-1].resumed),
        (False, False),
    ),
    (
        "F.2.4",
        BOTH,
        (Init("a", {"id": "p"}), Kill(), Init("b", AUTO)),
        lambda seen: (seen.inits[-1].run_id == "p", seen.inits[-1].resumed),
        (False, False),
    ),
    (
        "F.2.4",
        BOTH,
        (Init("a", AUTO_P), Kill(), Init("b", {"id": "q"}), Finish("b"), Init("c", AUTO)),
        lambda seen: (seen.inits[-1].run_id == "p", seen.inits[-1].resumed),
        (False, False),
    ),
    ("F.2.5", BOTH, (*EARLIER, Init("b", AUTO_P)), went_on, (True, 1)),
    ("F.2.6", BOTH, (Init("a", {"resume": "must"}), Init("b", {"resume": "never"})), errors, ["UsageError", ""]),
    ("F.2.7", BOTH, (*EARLIER, Init("b", {"id": "p", "resume": False})), went_on, (False, 0)),
    ("F.2.8", CLASSIC_ONLY, (Init("a", {"resume": "bogus"}),), last("run_id"), "bogus"),
    ("F.2.8", CURRENT_ONLY, (Init("a", {"resume": "bogus"}),), last("error"), "ValidationError"),
    (
        "F.2.9",
        BOTH,
        (StartProcess("main", env={"WANDB_RUN_ID": "q"}), Init("a", {"id": "p"})),
        last("run_id", "warnings"),
        ("p", frozenset()),
    ),
    ("F.2.10", BOTH, (*EARLIER, Init("b", {"id": "p", "resume": "never"}), Init("c")), errors, ["", "UsageError", ""]),
    ("F.2.11", CLASSIC_ONLY, THREE_PROCESSES, fell_back, [FELL_BACK] * 3),
    ("F.2.12", CLASSIC_ONLY, (Init("a", {"anonymous": "must"}),), owner, "anonymous"),
    ("F.2.13", CLASSIC_ONLY, (LogOut(), Init("a", {"anonymous": "allow", "force": True})), owner, "anonymous"),
    ("F.2.14", BOTH, (Init("a"), Init("b")), last("error", "returned"), ("", "a")),
    (
        "F.2.15",
        CLASSIC_ONLY,
        (Init("a"), Init("b", {"id": "q", "resume": "must"})),
        last("error", "returned"),
        ("", "a"),
    ),
    ("F.2.15", CURRENT_ONLY, (Init("a"), Init("b", {"id": "q", "resume": "must"})), last("error"), "Error"),
    (
        "F.2.16",
        BOTH,
        (Init("d", {"mode": "disabled"}), Init("a", {"mode": "offline"}), Finish("a"), Init("b")),
        lambda seen: [(init.is_dummy, init.returned) for init in seen.inits],
        [(True, "d"), (False, "a"), (False, "b")],
    ),
    (
        "F.2.18",
        CLASSIC_ONLY,
        (*EARLIER, Init("b", {"id": "p", "resume": "must", "anonymous": "must"})),
        looked_in_anonymous,
        ("UsageError", True),
    ),
    (
        "F.2.20",
        BOTH,
        (
            *EARLIER,
            Init("b", {"id": "q", "resume": "must", "mode": "offline"}),
            Finish("b"),
            Init("c", {"id": "p", "resume": "never", "mode": "offline"}),
        ),
        errors,
        ["", "", ""],
    ),
    (
        "F.2.21",
        BOTH,
        (StartProcess("shell", notebook=True), Init("a"), Init("b")),
        lambda seen: [str(run.state) for run in seen.runs],
        ["finished", "running"],
    ),
    ("F.3.1", CURRENT_ONLY, (LogOut(), Init("a", {"force": False})), last("error"), "UsageError"),
    (
        "F.3.2",
        CURRENT_ONLY,
        (Init("a", {"config": {"x": 1}, "allow_val_change": True}), UpdateConfig("a", {"x": 2})),
        lambda seen: (seen.actions[-1].error, seen.runs[0].config),
        ("ConfigError", {"x": 1}),
    ),
    ("F.3.3", CURRENT_ONLY, (Init("a"), Init("b", {"resume": "must"})), last("error"), "Error"),
    (
        "F.3.4",
        CURRENT_ONLY,
        (*EARLIER, Init("b", {"id": "p"}), Log("b", {"loss": 2})),
        first_run("history"),
        [{"_step": 0, "loss": 1}, {"_step": 0, "loss": 2}],
    ),
    (
        "F.3.6",
        CURRENT_ONLY,
        (Init("a", AUTO_P), EndProcess(0), Init("b", AUTO)),
        last("run_id", "resumed"),
        ("p", True),
    ),
    ("F.3.7", CURRENT_ONLY, (Init("a", {"anonymous": None}),), last("warnings"), frozenset({"anonymous_ignored"})),
    (
        "FORK-1",
        CURRENT_ONLY,
        (*EARLIER, StartProcess("two", env={"WANDB_RUN_ID": "q"}), Init("b", {"fork_from": "p?_step=0"})),
        last("run_id", "starting_step"),
        ("q", 1),
    ),
    (
        "FORK-2",
        CURRENT_ONLY,
        (*EARLIER, StartProcess("two", env={"WANDB_RUN_ID": "q"}), Init("b", {"resume_from": "p?_step=0"})),
        last("error"),
        "ValidationError",
    ),
    (
        "FORK-2",
        CURRENT_ONLY,
        (Init("a", {"id": "p", "name": "old"}), Finish("a"), Init("b", {"resume_from": "p?_step=7", "name": "new"})),
        first_run("name", "resumed_from", "summary"),
        ("old", 8, {}),
    ),
    (
        "FORK-1",
        CURRENT_ONLY,
        (*EARLIER, Init("b", {"id": "q", "tags": ["t"]}), Log("b", {"x": 1}), Finish("b"), ONTO_Q, Log("c", {"y": 1})),
        lambda seen: (seen.inits[-1].starting_step, seen.runs[1].history, seen.runs[1].tags, seen.runs[1].resumed_from),
        (1, [{"_step": 0, "x": 1}, {"_step": 1, "y": 1}], ("t",), None),
    ),
    (
        "SUMMARY-1",
        CURRENT_ONLY,
        (
            Init("a"),
            Log("a", {"x": None}),
            Log("a", {"x": 4}),
            DefineMetric("a", "x", summary="min,max,mean,first,last"),
            Log("a", {"x": 2}),
        ),
        first_run("summary"),
        {"_step": 2, "x": {"min": 2, "max": 4, "mean": 3.0, "first": None, "last": 2}},
    ),
    (
        "SUMMARY-1",
        CURRENT_ONLY,
        (
            Init("a"),
            Log("a", {"x": None}),
            DefineMetric("a", "x", summary="min,max,mean,first,last"),
            Log("a", {"y": 1}),
        ),
        first_run("summary"),
        {"_step": 1, "y": 1},
    ),
    (
        "SUMMARY-1",
        CURRENT_ONLY,
        (Init("a"), Log("a", {"x": 4}), DefineMetric("a", "x", summary="min,max,mean,first,last"), Log("a", {"y": 1})),
        first_run("summary"),
        {"_step": 1, "x": 4, "y": 1},
    ),
    (
        "SUMMARY-1",
        CURRENT_ONLY,
        (Init("a"), Log("a", {"x": 4}), DefineMetric("a", "x", summary="none"), Log("a", {"x": 2})),
        first_run("summary"),
        {"_step": 1, "x": 4},
    ),
    (
        "SUMMARY-1",
        CURRENT_ONLY,
        (
            Init("a"),
            DefineMetric("a", "x", summary="min,max,mean,first,last"),
            Log("a", {"x": 4}),
            SetSummary("a", {"x": 9}),
            Log("a", {"x": 2}),
        ),
        first_run("summary"),
        {"_step": 1, "x": 2},
    ),
    (
        "SHARED-1",
        CURRENT_ONLY,
        (Init("a", {"mode": "shared"}), Log("a", {"x": 1}, step=5), Log("a", {"x": 2}, step=3)),
        first_run("history"),
        [{"_step": 0, "x": 1}, {"_step": 1, "x": 2}],
    ),
]


@pytest.mark.parametrize(
    ("profile", "program", "see", "wanted"),
    [
        pytest.param(profile, program, see, wanted, id=f"{clause}-{profile}-{at}")
        for at, (clause, profiles, program, see, wanted) in enumerate(RULINGS)
        for profile in profiles
    ],
)
def test_oracle_and_implementation_follow_the_ruling(
    profile: Profile, program: tuple[Action, ...], see: See, wanted: Any
) -> None:
    predicted, shown = predict(program, profile), TARGET.run(program, profile)

    assert see(predicted) == wanted
    assert see(shown) == wanted
    assert same(predicted, shown) == []
