"""A module with a wandb-like API as a target, and what is said to those who declare one wrongly."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from wandb_testkit.actions import EndProcess, Finish, Init, Kill, Log, LogOut, Look, Script, StartProcess
from wandb_testkit.conformance.target import Target, WrongTargetError
from wandb_testkit.observation import RunState
from wandb_testkit.targets.module import module_target
from wandb_testkit.targets.stored_run import stored_run

THIRD_PARTY = Path(__file__).parents[2] / "fixtures" / "thirdparty"

MakeTarget = Callable[..., Target]


@pytest.fixture
def make_target(monkeypatch: pytest.MonkeyPatch) -> Iterator[MakeTarget]:
    """Makes targets of the tracker in fixtures/thirdparty, and ends their processes."""
    monkeypatch.syspath_prepend(str(THIRD_PARTY))
    made: list[Target] = []

    tracker = importlib.import_module("jsonl_tracker")

    def make(**more: Any) -> Target:
        given = {
            "capabilities": ["run_ids", "stored_runs"],
            "runs": lambda folder: tracker.runs(folder / "runs"),
            "environ": {"JSONL_TRACKER_DIR": "{folder}/runs"},
            **more,
        }
        made.append(module_target("jsonl_tracker", **given))
        return made[-1]

    yield make
    for target in made:
        assert target.close is not None
        target.close()


def test_a_script_is_played_in_processes_of_the_module(make_target: MakeTarget) -> None:
    script: Script = (
        StartProcess("first"),
        Init("earlier", {"project": "p", "id": "a", "config": {"lr": 0.1}, "tags": ["x"]}),
        Log("earlier", {"loss": 2}),
        EndProcess(3),
        StartProcess("second"),
        Init("run", {"project": "p", "id": "a", "resume": "must"}),
        Log("run", {"loss": 1}),
        Look("run"),
        Finish("run"),
        Init("other", {"project": "p", "id": "b"}),
        Kill(),
    )

    seen = make_target().carry_out(script)

    assert [(init.error, init.run_id, init.resumed, init.starting_step) for init in seen.inits] == [
        ("", "a", False, 0),
        ("", "a", True, 1),
        ("", "b", False, 0),
    ]
    assert [(run.id, run.state, run.exit_code, list(run.history)) for run in seen.runs] == [
        ("a", RunState.FINISHED, 0, [{"loss": 2, "_step": 0}, {"loss": 1, "_step": 1}]),
        ("b", RunState.RUNNING, None, []),
    ]
    (look,) = seen.actions
    assert (look.at, look.shown["config"], look.shown["summary"]) == (7, {"lr": 0.1}, {"loss": 1, "_step": 1})
    assert (look.shown["tags"], look.shown["step"]) == (("x",), 2)


def test_scripts_know_nothing_of_each_other(make_target: MakeTarget) -> None:
    target = make_target()
    script: Script = (Init("run", {"project": "p", "id": "a", "resume": "never"}),)

    first, second = target.carry_out(script), target.carry_out(script)

    assert first == second
    assert second.inits[0].error == ""


def test_what_a_process_raises_is_noted(make_target: MakeTarget) -> None:
    seen = make_target().carry_out((Init("run", {"resume": "must"}), Log("run", {"loss": 1}), Init("next", {"x": 1})))

    assert [(init.error, init.returned, init.wandb_run) for init in seen.inits] == [
        ("UsageError", "", ""),
        ("TypeError", "", ""),
    ]
    assert seen.actions == ()


def test_the_version_is_that_of_the_distribution_or_the_module(make_target: MakeTarget) -> None:
    assert make_target().version == "0.3.0"
    assert make_target(version="7").version == "7"
    assert module_target("click", capabilities=[]).version.startswith("8.")


def test_what_is_done_to_a_server_cannot_be_played(make_target: MakeTarget) -> None:
    with pytest.raises(ValueError, match=r"LogOut\(\) is done to a server, which a module does not have"):
        make_target().carry_out((LogOut(),))


def test_a_module_that_ends_its_process_says_what_it_printed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "ends_itself.py").write_text("print('no licence'); raise SystemExit(3)")
    monkeypatch.syspath_prepend(str(tmp_path))
    target = module_target("ends_itself", version="1", capabilities=[])
    assert target.close is not None

    with pytest.raises(EOFError, match="has ended: no licence"):
        target.carry_out((Init("run"),))

    target.close()


@pytest.mark.parametrize(
    ("module", "given", "said"),
    [
        ("no_such_tracker", {}, "there is no module 'no_such_tracker'; install it here, or write python="),
        ("statistics", {}, r"module_target\('statistics'\): which version\? Write version='1\.2\.3'"),
        ("json", {"capabilities": ["resum"]}, "capability 'resum' does not exist: did you mean 'resume'"),
        ("json", {"capabilities": "resume"}, r"write a collection, \['resume'\]"),
        ("json", {"capabilities": ["login", "warnings"]}, "a module cannot show login, warnings; take that out"),
        ("json", {"capabilities": ["stored_runs"]}, "stored_runs needs runs=, a function that takes a folder"),
        ("json", {"version": "1", "profile": "modern"}, "profile 'modern' does not exist"),
    ],
)
def test_wrong_declarations_are_told_what_to_write(module: str, given: dict[str, Any], said: str) -> None:
    with pytest.raises(WrongTargetError, match=said):
        module_target(module, **{"capabilities": [], **given})


def test_the_version_can_be_asked_of_another_interpreter(tmp_path: Path) -> None:
    with pytest.raises(WrongTargetError, match=r"which version\?.*PackageNotFoundError"):
        module_target("no_such_tracker", capabilities=[], python=sys.executable)


def test_what_a_stored_run_leaves_out_is_empty() -> None:
    run = stored_run({"id": "a", "project": "p", "exit_code": 1, "history": [{"_step": 0, "x": 1, "_timestamp": 9.0}]})

    assert (run.path, run.state, list(run.history), run.tags) == ("/p/a", "failed", [{"_step": 0, "x": 1}], ())
    assert stored_run({"id": "a", "project": "p"}).state is RunState.RUNNING
