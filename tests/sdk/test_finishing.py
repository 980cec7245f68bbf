"""The end of a run (FINISH)."""

from __future__ import annotations

from typing import Any

import pytest

import wandb_testkit as wt
from wandb_testkit.records import ExitRecord


@pytest.mark.parametrize(
    ("exit_code", "state", "recorded"),
    [(None, "finished", 0), (0, "finished", 0), (1, "failed", 1), (255, "failed", 255)],
)
def test_the_end_is_reported_once_with_the_exit_code(
    fake: wt.World, exit_code: int | None, state: str, recorded: int
) -> None:
    """FINISH-1"""
    run = fake.init()

    run.finish(exit_code)

    assert (fake.run.state, fake.run.exit_code) == (state, recorded)
    assert sum(type(record) is ExitRecord for record in fake.recorder.records) == 1


def test_all_data_is_on_the_server_before_the_end_is_reported(fake: wt.World) -> None:
    """FINISH-1"""
    run = fake.init()
    run.log({"loss": 1})
    run.log({"loss": 2}, commit=False)
    run.summary["best"] = 1
    run.config["late"] = 1

    run.finish()

    seen = fake.run
    assert seen.requests[-1] == "exit"
    assert (seen.history["loss"], seen.summary, seen.config) == (
        [1, 2],
        {"_step": 1, "loss": 2, "best": 1},
        {"late": 1},
    )


def test_wandb_run_is_none_afterwards(fake: wt.World) -> None:
    """FINISH-2"""
    fake.init().finish()

    assert fake.session.run is None


def test_finishing_another_run_unsets_wandb_run_in_classic_only(classic: wt.World, current: wt.World) -> None:
    """FINISH-2"""
    for world in (classic, current):
        run = world.init()
        world.init(mode="disabled")
        run.finish()

    assert classic.session.run is None
    assert current.session.run is not None


def test_current_keeps_wandb_run_when_a_run_beside_it_ends(current: wt.World) -> None:
    """FINISH-2"""
    first = current.init()
    second = current.init(reinit="create_new")

    second.finish()

    assert current.session.run is first


def test_a_second_finish_does_nothing_in_particular_not_to_another_run(fake: wt.World) -> None:
    """FINISH-3, DEV-15"""
    first = fake.init()
    first.finish()
    second = fake.init()

    first.finish(1)

    assert fake.session.run is second
    assert [(run.state, run.exit_code) for run in fake.runs] == [("finished", 0), ("running", None)]


def test_a_with_block_that_ends_normally_ends_the_run(fake: wt.World) -> None:
    """FINISH-4"""
    with fake.init() as run:
        run.log({"loss": 1})

    assert (fake.run.state, fake.run.exit_code, fake.session.run) == ("finished", 0, None)


@pytest.mark.parametrize("error", [ValueError("mine"), SystemExit(0), SystemExit(3), KeyboardInterrupt()])
def test_an_exception_in_a_with_block_ends_the_run_with_1_and_goes_on(fake: wt.World, error: BaseException) -> None:
    """FINISH-4"""
    with pytest.raises(type(error)) as raised, fake.init():
        raise error

    assert raised.value is error
    assert (fake.run.state, fake.run.exit_code) == ("failed", 1)


def test_a_run_may_be_finished_inside_its_with_block(fake: wt.World) -> None:
    """FINISH-3, FINISH-4"""
    with fake.init() as run:
        run.finish(3)

    assert (fake.run.state, fake.run.exit_code) == ("failed", 3)


@pytest.mark.parametrize(("exit_code", "is_there"), [(0, False), (None, False), (1, True)])
def test_the_end_removes_the_resume_file_if_it_is_a_good_one(
    fake: wt.World, exit_code: int | None, is_there: bool
) -> None:
    """FINISH-6, AUTO-5"""
    fake.init(resume="auto").finish(exit_code)

    assert (fake.disk.read("wandb/wandb-resume.json") is not None) is is_there


def test_join_is_an_old_name_of_finish_in_classic(classic: wt.World, current: wt.World) -> None:
    """FINISH-7"""
    run: Any = classic.init()

    run.join(2)

    assert (classic.run.state, classic.run.exit_code) == ("failed", 2)
    assert not hasattr(current.init(), "join")


def test_a_finished_run_still_tells_who_it_was(fake: wt.World) -> None:
    """FINISH-1"""
    run = fake.init(id="abc", project="p", name="mine", config={"a": 1})
    run.log({"loss": 1})
    run.finish()

    assert (run.id, run.project, run.name, run.path, dict(run.config)) == (
        "abc",
        "p",
        "mine",
        "testkit-user/p/abc",
        {"a": 1},
    )
