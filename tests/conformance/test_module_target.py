"""A module with a wandb-like API as a target, and what is said to those who declare one wrongly."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from wandb_testkit.actions import EndProcess, Finish, Init, Kill, Log, LogOut, Look, Script, StartProcess
from wandb_testkit.conformance import CASES, Outcome, judge, run
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

    with pytest.raises(
        WrongTargetError, match=r"SystemExit: 3 \(ends_itself.py, line 1\); it printed: no licence; see"
    ):
        target.carry_out((Init("run"),))


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


@pytest.fixture
def modules(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[MakeTarget]:
    """Makes a target of a module that has this text."""
    monkeypatch.syspath_prepend(str(tmp_path))

    made: list[Target] = []

    def make(text: str, **more: Any) -> Target:
        (tmp_path / "their_module.py").write_text(text, encoding="utf-8")
        sys.modules.pop("their_module", None)
        made.append(module_target("their_module", **{"capabilities": ["run_ids"], "version": "1", **more}))
        return made[-1]

    yield make
    for target in made:
        assert target.close is not None
        target.close()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "import nothing_there",
            r"No module named 'nothing_there' \(their_module.py, line 1\); see to it that `import",
        ),
        ("\nraise RuntimeError('set THEIR_DB')", r"RuntimeError: set THEIR_DB \(their_module.py, line 2\)"),
        ("raise SystemExit(3)", r"SystemExit: 3 \(their_module.py, line 1\)"),
        ("x = 1", r"the module cannot be used: it has no init\(\)"),
    ],
)
def test_a_module_that_cannot_be_used_ends_the_run_and_says_why(modules: MakeTarget, text: str, said: str) -> None:
    with pytest.raises(WrongTargetError, match=said):
        run(modules(text), chapters=["identity"])


def test_a_module_that_is_not_there_is_told_also_where_each_process_imports_it() -> None:
    target = module_target("no_such_module", capabilities=["run_ids"], version="1", late=True)

    with pytest.raises(WrongTargetError, match=r"the module cannot be used: there is no module 'no_such_module'"):
        run(target, in_process=True, chapters=["identity"])


def test_an_import_that_fails_in_a_process_of_a_script_costs_that_case(modules: MakeTarget) -> None:
    target = modules("raise RuntimeError('set THEIR_DB')", late=True)

    report = run(target, in_process=True, chapters=["identity"])

    reasons = {one.reason for one in report.results if one.outcome is Outcome.FAIL}
    assert reasons == {
        "a process of the script cannot import 'their_module': RuntimeError: set THEIR_DB (their_module.py, line 1)"
    }


def test_a_module_whose_version_is_asked_is_told_when_it_cannot_be_imported(modules: MakeTarget) -> None:
    with pytest.raises(
        WrongTargetError, match="the module cannot be imported: RuntimeError: set THEIR_DB; make `import"
    ):
        modules("raise RuntimeError('set THEIR_DB')", version=None)


def test_an_interpreter_that_is_not_there_is_told() -> None:
    with pytest.raises(WrongTargetError, match=r"python='/nowhere/python'.*there is no such interpreter"):
        module_target("json", capabilities=["run_ids"], python="/nowhere/python")


REFUSAL = "identity/an-id-that-is-no-text-is-refused"


@pytest.mark.parametrize(
    ("init", "told"),
    [
        ("def init(project=None): pass", "got TypeError: init() got an unexpected keyword argument 'id'"),
        (
            "def init(**kwargs): raise ValueError('no')",
            "got ValueError: no; init(project='p') raises ValueError, too",
        ),
        ("def init(**kwargs): return object()", "expected an error, got no error"),
    ],
)
def test_what_says_nothing_about_the_value_is_no_refusal(modules: MakeTarget, init: str, told: str) -> None:
    """Without error classes any error is one, but it has to be about what was asked."""
    (case,) = (case for case in CASES if case.id == REFUSAL)

    found = judge(case, modules(init))

    assert found.outcome is Outcome.FAIL
    assert any(told in line for line in found.differences), found.differences


def test_any_error_about_the_value_is_a_refusal_where_no_classes_are_claimed(modules: MakeTarget) -> None:
    (case,) = (case for case in CASES if case.id == REFUSAL)
    text = "def init(id=None, **kwargs):\n    if not isinstance(id, (str, type(None))): raise KeyError(id)\n"

    assert judge(case, modules(text)).outcome is Outcome.PASS
    assert judge(case, modules(text, capabilities=["run_ids", "error_classes"])).outcome is Outcome.FAIL
