"""Runs that begin at a moment of another run, or of their own past (FORK)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

import wandb_testkit as wt
from wandb_testkit.profiles import CLASSIC, CURRENT
from wandb_testkit.records import KINDS

MakeWorld = Callable[..., wt.World]

ROWS = [{"_step": step, "a": step} for step in range(5)]


def with_parent(world: wt.World) -> wt.World:
    world.server.add_run("A", rows=ROWS, config={"x": 1}, tags=["t"], name="parent")
    return world


def asked(world: wt.World) -> list[str]:
    return [KINDS[type(record)] for record in world.recorder.records]


# ---------------------------------------------------------------------- fork_from


def test_a_fork_is_a_run_of_its_own_that_goes_on_behind_the_step(current: wt.World) -> None:
    """FORK-1, A.1.fork_from"""
    with_parent(current)

    with current.init(id="B", fork_from="A?_step=2", config={"y": 2}) as run:
        seen = (run.id, run.resumed, run.starting_step, run.step)
        run.log({"a": 9})
        assert run.step == 4

    parent, fork = current.runs
    assert seen == ("B", False, 3, 0)
    assert fork.history == [{"_step": 3, "a": 9}]
    assert (fork.config, fork.tags, fork.resumed_from) == ({"y": 2}, (), None)
    assert parent.history == ROWS
    assert (parent.config, str(parent.state)) == ({"x": 1}, "finished")


def test_a_fork_tells_what_it_is_a_fork_of(current: wt.World) -> None:
    """FORK-1"""
    with_parent(current)

    current.init(fork_from="A?_step=2").config.update({"z": 1})

    parent, fork = current.runs
    assert (parent.forked_from, fork.forked_from) == (None, ("A", 2))
    assert fork.client["config"]["branch_point"] == {"run_id": "A", "step": 2}


def test_a_fork_asks_nothing_about_the_other_run(current: wt.World) -> None:
    """FORK-1"""
    run = current.init(fork_from="nobody?_step=3")

    assert (run.starting_step, len(run.id)) == (4, 8)
    assert asked(current) == ["viewer", "run"]


@pytest.mark.parametrize("environ", [{}, {"WANDB_RUN_ID": "A"}])
def test_a_fork_cannot_have_the_id_of_the_other_run(make_world: MakeWorld, environ: dict[str, str]) -> None:
    """FORK-1"""
    world = make_world(CURRENT, environ=environ)

    with pytest.raises(wt.ValidationError, match="'A'"):
        world.init(fork_from="A?_step=2", **({} if environ else {"id": "A"}))

    assert world.recorder.records == []


# ---------------------------------------------------------------------- resume_from


def test_a_run_is_rewound_and_goes_on_behind_the_step(current: wt.World) -> None:
    """FORK-2, A.1.resume_from"""
    with_parent(current)

    with current.init(resume_from="A?_step=2", config={"y": 2}) as run:
        seen = (run.id, run.name, run.resumed, run.starting_step, dict(run.config.items()), list(run.summary.keys()))
        shown = (run.tags, run.notes)
        run.log({"a": 9})

    rewound = current.run
    assert seen == ("A", "parent", False, 3, {"x": 1, "y": 2}, [])
    assert shown == ((), None)
    assert rewound.history == [*ROWS[:3], {"_step": 3, "a": 9}]
    assert (rewound.config, rewound.tags, rewound.state) == ({"x": 1, "y": 2}, ("t",), "finished")
    assert rewound.summary == {"a": 9, "_step": 3}
    assert (rewound.resumed_from, rewound.forked_from) == (3, None)
    assert rewound.client["config"]["branch_point"] == {"run_id": "A", "step": 2}


def test_the_server_is_asked_to_rewind_before_the_run_starts(current: wt.World) -> None:
    """FORK-2"""
    with_parent(current)

    current.init(resume_from="A?_step=2")

    assert asked(current)[:3] == ["viewer", "rewind", "run"]


def test_a_step_behind_the_end_forgets_nothing(current: wt.World) -> None:
    """FORK-2"""
    with_parent(current)

    with current.init(resume_from="A?_step=99") as run:
        run.log({"a": 9})

    assert current.run.history == [*ROWS, {"_step": 100, "a": 9}]


def test_a_run_that_is_not_there_cannot_be_rewound(current: wt.World) -> None:
    """FORK-2"""
    with pytest.raises(wt.CommError, match="failed to rewind run: run testkit-user/uncategorized/A does not exist"):
        current.init(resume_from="A?_step=2")

    assert (current.runs, current.session.run) == ([], None)


def test_a_server_that_does_not_answer_rewinds_nothing(current: wt.World) -> None:
    """FORK-2, ERR-5"""
    with_parent(current)
    current.server.fail("rewind", reply=0)

    with pytest.raises(wt.CommError, match="failed to rewind run"):
        current.init(resume_from="A?_step=2")

    assert current.run.history == ROWS


@pytest.mark.parametrize("environ", [{}, {"WANDB_RUN_ID": "B"}])
def test_a_run_that_is_rewound_keeps_its_id(make_world: MakeWorld, environ: dict[str, str]) -> None:
    """FORK-2, F.3.5"""
    world = make_world(CURRENT, environ=environ)

    with pytest.raises(wt.ValidationError, match=r"'A'.*'B'"):
        world.init(resume_from="A?_step=2", **({} if environ else {"id": "B"}))


def test_the_id_may_be_given_along_with_resume_from(current: wt.World) -> None:
    """FORK-2"""
    with_parent(current)

    assert current.init(id="A", resume_from="A?_step=1").starting_step == 2


# ---------------------------------------------------------------------- both

FORK, REWIND = {"fork_from": "A?_step=1"}, {"resume_from": "A?_step=1"}


@pytest.mark.parametrize(
    "arguments",
    [
        *[{**way, "resume": word} for way in (FORK, REWIND) for word in ("allow", "must", "never", "auto", True)],
        {**FORK, **REWIND},
    ],
)
def test_a_run_begins_in_one_way(current: wt.World, arguments: dict[str, Any]) -> None:
    """FORK-3"""
    with pytest.raises(wt.ValidationError, match="exclude each other"):
        current.init(**arguments)

    assert current.recorder.records == []


@pytest.mark.parametrize("way", [FORK, REWIND])
def test_resume_false_counts_as_none(current: wt.World, way: dict[str, str]) -> None:
    """FORK-3"""
    assert with_parent(current).init(**way, resume=False).starting_step == 2


def test_the_resume_variable_counts_too(make_world: MakeWorld) -> None:
    """FORK-3"""
    world = make_world(CURRENT, environ={"WANDB_RESUME": "allow"})

    with pytest.raises(wt.ValidationError, match="exclude each other"):
        world.init(fork_from="A?_step=1")


@pytest.mark.parametrize("name", ["fork_from", "resume_from"])
@pytest.mark.parametrize(
    "text", ["A", "", "A?loss=1", "A?_step=x", "A?_step=", "?_step=1", "A?_step=1&loss=2", "A?_step=nan", "A/b?_step=1"]
)
def test_a_bad_moment_is_refused_with_an_example(current: wt.World, name: str, text: str) -> None:
    """FORK-3"""
    with pytest.raises(wt.ValidationError, match=rf"(?s){name}\n.*\?_step=123"):
        current.init(mode="disabled", **{name: text})


@pytest.mark.parametrize(("number", "start"), [("1.5", 2), ("0", 1), ("-1", 0), ("1e1", 11), ("007", 8)])
def test_a_step_is_cut_to_a_whole_number(current: wt.World, number: str, start: int) -> None:
    """FORK-3"""
    assert current.init(fork_from=f"A?_step={number}").starting_step == start


@pytest.mark.parametrize("value", [3, None, False])
def test_what_is_no_text_counts_as_not_given(current: wt.World, value: Any) -> None:
    """FORK-3"""
    assert current.init(fork_from=value).starting_step == 0


@pytest.mark.parametrize("way", [FORK, REWIND])
def test_classic_knows_neither(classic: wt.World, way: dict[str, str]) -> None:
    """FORK-3"""
    with pytest.raises(TypeError):
        classic.init(**way)


@pytest.mark.parametrize(("name", "run_id"), [("WANDB_FORK_FROM", None), ("WANDB_RESUME_FROM", "A")])
def test_the_variables_say_the_same(make_world: MakeWorld, name: str, run_id: str | None) -> None:
    """FORK-1, FORK-2, A.3"""
    world = with_parent(make_world(CURRENT, environ={name: "A?_step=1"}))

    run = world.init()

    assert (run.starting_step, run.id == "A") == (2, run_id == "A")


def test_a_bad_variable_is_an_error(make_world: MakeWorld) -> None:
    """FORK-3, A.3"""
    with pytest.raises(wt.ValidationError, match=r"(?s)fork_from\n.*'A'"):
        make_world(CURRENT, environ={"WANDB_FORK_FROM": "A"}).init()


def test_settings_say_the_same(current: wt.World) -> None:
    """FORK-1, A.2"""
    assert current.init(settings={"fork_from": "A?_step=1"}).starting_step == 2


@pytest.mark.parametrize(("way", "run_id"), [(FORK, None), (REWIND, "A")])
def test_the_starting_step_is_honoured_offline(current: wt.World, way: dict[str, str], run_id: str | None) -> None:
    """RESUME-13, FORK-1, FORK-2"""
    with current.init(mode="offline", **way) as run:
        run.log({"a": 1})

    assert (run.id == "A", run.resumed, run.starting_step) == (run_id == "A", False, 2)
    assert current.run.history == [{"_step": 2, "a": 1}]
    assert current.recorder.records == []


def test_a_run_that_nobody_rewinds_has_the_name_that_it_is_given(current: wt.World) -> None:
    """FORK-2: offline no server is asked, so there is no older name that could stay."""
    current.init(mode="offline", resume_from="run?_step=0", name="mine").finish()

    assert (current.run.id, current.run.name) == ("run", "mine")


def test_a_disabled_run_has_the_id_too_and_starts_at_nought(current: wt.World) -> None:
    """FORK-2, DISABLED-2"""
    run = current.init(mode="disabled", resume_from="A?_step=2")

    assert (run.id, run.starting_step) == ("A", 0)


def test_a_fork_ends_what_auto_remembers(current: wt.World) -> None:
    """FORK-1, AUTO-5"""
    current.init(resume="auto").finish(1)

    current.init(fork_from="A?_step=1")

    assert current.disk.read("wandb/wandb-resume.json") is None


# ---------------------------------------------------------------------- shared


def test_a_shared_run_acts_as_online_with_a_warning(current: wt.World) -> None:
    """SHARED-1"""
    run = current.init(mode="shared", id="S", config={"a": 1}, tags=["t"])

    assert (run.offline, run.disabled, run.resumed, run.starting_step) == (False, False, False, 0)
    assert current.session.told == ["shared_experimental"]
    assert (current.run.mode, current.run.config, current.run.tags) == ("online", {"a": 1}, ("t",))


def test_the_step_of_a_shared_run_cannot_be_read(current: wt.World) -> None:
    """SHARED-1"""
    run = current.init(mode="shared")

    with pytest.raises(wt.ServerResponseError, match="shared mode"):
        _ = run.step


def test_the_step_of_a_shared_log_has_no_effect_but_a_warning(current: wt.World) -> None:
    """SHARED-1"""
    with current.init(mode="shared") as run:
        run.log({"a": 1}, step=10)
        run.log({"a": 2})

    assert current.run.history == [{"_step": 0, "a": 1}, {"_step": 1, "a": 2}]
    assert current.session.told == ["shared_experimental", "step_ignored"]


def test_a_second_shared_run_of_an_id_appends_its_rows(current: wt.World) -> None:
    """SHARED-1, RESUME-1"""
    for number, tags in ((1, ["t"]), (2, None)):
        with current.init(mode="shared", id="S", config={f"c{number}": 1}, tags=tags) as run:
            run.log({"a": number})

    assert current.run.history == [{"_step": 0, "a": 1}, {"_step": 0, "a": 2}]
    assert (current.run.config, current.run.tags, current.run.resumed_from) == ({"c2": 1}, ("t",), None)


def test_a_shared_run_may_be_resumed(current: wt.World) -> None:
    """SHARED-1, RESUME-2"""
    with current.init(mode="shared", id="S") as first:
        first.log({"a": 1})

    run = current.init(mode="shared", id="S", resume="allow")

    assert (run.resumed, run.starting_step) == (True, 1)


def test_the_mode_variable_makes_a_shared_run_too(make_world: MakeWorld) -> None:
    """SHARED-1, MODE-2"""
    world = make_world(CURRENT, environ={"WANDB_MODE": "shared"})

    with pytest.raises(wt.ServerResponseError):
        _ = world.init().step
    world.session = world.process(environ={"WANDB_MODE": "shared"})
    assert world.init(mode="offline").offline is True


def test_a_shared_run_needs_a_login(make_world: MakeWorld) -> None:
    """SHARED-1, FORCE-1"""
    with pytest.raises(wt.UsageError, match="API key"):
        make_world(CURRENT, logged_in=False).init(mode="shared")


def test_classic_knows_no_shared_mode(make_world: MakeWorld) -> None:
    """SHARED-1"""
    with pytest.raises(Exception, match=r"^problem$") as raised:
        make_world(CLASSIC).init(mode="shared")

    assert type(raised.value.__cause__) is TypeError
