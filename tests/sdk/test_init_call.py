"""The call itself: what a plain init() gives, and what its failures look like and leave behind (INIT, ERR)."""

from __future__ import annotations

import logging
import multiprocessing
import re
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest

import wandb_testkit as wt
from wandb_testkit.profiles import CLASSIC, CURRENT, Profile


def test_a_plain_init_is_a_complete_call(fake: wt.World) -> None:
    """INIT-1"""
    run = fake.init()

    seen = fake.run
    assert re.fullmatch("[0-9a-z]{8}", run.id)
    assert (seen.id, seen.entity, seen.project, seen.name) == (run.id, run.entity, run.project, run.name)
    assert (seen.entity, seen.project, seen.state) == ("testkit-user", "uncategorized", "running")
    assert seen.name
    assert seen.mode == "online"


def test_a_training_and_an_evaluation_process_make_two_runs(fake: wt.World) -> None:
    """INIT-1"""
    fake.init()
    fake.session = fake.process(environ={})
    fake.init()

    first, second = fake.runs

    assert first.id != second.id


def test_init_returns_a_run_that_is_wandb_run(fake: wt.World) -> None:
    """INIT-2"""
    run = fake.init()

    assert isinstance(run, wt.Run)
    assert fake.session.run is run


def test_init_returns_the_disabled_run_in_disabled_mode(fake: wt.World) -> None:
    """INIT-2"""
    run = fake.init(mode="disabled")

    assert run is not None
    assert run.disabled is True
    assert fake.session.run is run


def test_the_memory_transport_spawns_nothing(fake: wt.World) -> None:
    """INIT-3"""
    before = (multiprocessing.active_children(), threading.enumerate())
    run = fake.init()
    run.log({"loss": 1})
    during = (multiprocessing.active_children(), threading.enumerate())
    run.finish()

    assert before == during == (multiprocessing.active_children(), threading.enumerate())


class Interrupting:
    """Tags that are interrupted by the user while they are read."""

    def __iter__(self) -> Iterator[str]:
        raise KeyboardInterrupt


@pytest.mark.parametrize(
    "arguments",
    [{"mode": "bogus"}, {"resume": "must"}, {"config": 3}, {"name": 3}],
    ids=["mode", "must", "config", "name"],
)
def test_what_stops_init_is_an_exception_and_changes_nothing(fake: wt.World, arguments: dict[str, Any]) -> None:
    """ERR-1"""
    with pytest.raises(Exception, match=r"."):
        fake.init(**arguments)

    assert fake.session.run is None
    assert fake.runs == []


def test_an_interrupt_by_the_user_passes_through(fake: wt.World) -> None:
    """ERR-1"""
    with pytest.raises(KeyboardInterrupt):
        fake.init(tags=Interrupting())


def test_classic_reports_a_problem_whose_cause_is_the_real_one(classic: wt.World) -> None:
    """ERR-2"""
    with pytest.raises(Exception, match=r"^problem$") as raised:
        classic.init(mode="bogus")

    assert type(raised.value) is Exception
    assert type(raised.value.__cause__) is TypeError
    assert classic.terminal.lines == [("error", "Abnormal program exit")]


def test_classic_lets_a_usage_error_through(classic: wt.World) -> None:
    """ERR-2"""
    with pytest.raises(wt.UsageError) as raised:
        classic.init(config={"a": 1}, config_include_keys=["a"], config_exclude_keys=["b"])

    assert raised.value.__cause__ is None
    assert classic.terminal.lines == []


def test_current_raises_the_original(current: wt.World) -> None:
    """ERR-2"""
    with pytest.raises(wt.ValidationError) as raised:
        current.init(mode="bogus")

    assert raised.value.__cause__ is None
    assert not isinstance(raised.value, wt.Error)


def argument(**arguments: Any) -> Callable[[wt.World], object]:
    return lambda world: world.init(**arguments)


def without_credentials(world: wt.World) -> object:
    world.home.api_key = None
    return world.init(force=True)


def with_a_short_key(world: wt.World) -> object:
    world.session = world.process(environ={"WANDB_API_KEY": "short"})
    return world.init()


def with_a_refused_key(world: wt.World) -> object:
    world.server.accounts.revoke(world.api_key)
    return world.init(force=True)


def with_a_dead_server(world: wt.World) -> object:
    world.server.fail(reply=0)
    return world.init(force=True)


def never_on_an_existing_run(world: wt.World) -> object:
    world.server.add_run("abc")
    return world.init(id="abc", resume="never")


def of_a_deleted_run(world: wt.World) -> object:
    world.server.add_run("abc")
    world.server.delete_run("abc")
    return world.init(id="abc")


def must_during_another_run(world: wt.World) -> object:
    world.init()
    return world.init(resume="must")


def an_id_in_use(world: wt.World) -> object:
    world.init(id="abc")
    return world.init(id="abc", reinit="create_new")


@pytest.mark.parametrize(
    ("profile", "fails", "expected"),
    [
        (CURRENT, argument(mode="bogus"), wt.ValidationError),
        (CURRENT, argument(id="a/b"), wt.UsageError),
        (CURRENT, argument(project="a/b"), wt.UsageError),
        (CURRENT, without_credentials, wt.UsageError),
        (CURRENT, with_a_short_key, wt.AuthenticationError),
        (CURRENT, with_a_refused_key, wt.CommError),
        (CURRENT, with_a_dead_server, wt.CommError),
        (CURRENT, argument(resume="must"), wt.UsageError),
        (CURRENT, never_on_an_existing_run, wt.UsageError),
        (CURRENT, of_a_deleted_run, wt.CommError),
        (CURRENT, must_during_another_run, wt.Error),
        (CURRENT, an_id_in_use, wt.ServerResponseError),
        (CLASSIC, argument(mode="bogus"), Exception),
        (CLASSIC, without_credentials, wt.UsageError),
        (CLASSIC, with_a_refused_key, wt.UsageError),
        (CLASSIC, with_a_dead_server, wt.UsageError),
        (CLASSIC, argument(resume="must"), wt.UsageError),
        (CLASSIC, never_on_an_existing_run, wt.UsageError),
        (CLASSIC, of_a_deleted_run, wt.UsageError),
    ],
)
def test_each_failure_has_the_class_of_its_profile(
    make_world: Callable[..., wt.World],
    profile: Profile,
    fails: Callable[[wt.World], object],
    expected: type[Exception],
) -> None:
    """ERR-3"""
    world = make_world(profile)

    with pytest.raises(Exception, match=r".") as raised:
        fails(world)

    assert type(raised.value) is expected


def test_after_a_failure_the_next_init_works(fake: wt.World) -> None:
    """ERR-4"""
    handlers = list(logging.getLogger("wandb").handlers)
    with pytest.raises(wt.UsageError):
        fake.init(resume="must", id="nope")

    run = fake.init()
    run.log({"loss": 1})
    run.finish()

    assert fake.run.history == [{"_step": 0, "loss": 1}]
    assert logging.getLogger("wandb").handlers == handlers


def test_a_failure_leaves_wandb_run_as_it_was(fake: wt.World) -> None:
    """ERR-4"""
    dummy = fake.init(mode="disabled")

    with pytest.raises(wt.UsageError):
        fake.init(resume="must", id="nope")

    assert fake.session.run is dummy


def test_a_failure_after_reinit_has_finished_the_previous_run_leaves_none(fake: wt.World) -> None:
    """ERR-4"""
    fake.init(id="first")

    with pytest.raises(wt.UsageError):
        fake.init(resume="must", id="nope", reinit=True)

    assert fake.session.run is None
    assert fake.run.state == "finished"


@pytest.mark.parametrize("mode", ["online", "offline"])
def test_current_keeps_the_id_of_a_failed_init_taken(current: wt.World, mode: str) -> None:
    """ERR-4"""
    with pytest.raises(wt.UsageError):
        current.init(resume="must", id="nope")

    with pytest.raises(wt.ServerResponseError, match="'nope' is in use"):
        current.init(id="nope", mode=mode)

    assert current.init(id="nope", mode="disabled").id == "nope"


def test_current_takes_no_id_when_it_fails_before_the_server(current: wt.World) -> None:
    """ERR-4"""
    with pytest.raises(wt.ValidationError):
        current.init(id="free", mode="bogus")

    assert current.init(id="free").id == "free"


def test_classic_frees_the_id_of_a_failed_init(classic: wt.World) -> None:
    """ERR-4"""
    with pytest.raises(wt.UsageError):
        classic.init(resume="must", id="nope")

    assert classic.init(id="nope").id == "nope"


@pytest.mark.parametrize("reply", [0, 409, 500])
@pytest.mark.parametrize(("profile", "expected"), [(CLASSIC, wt.UsageError), (CURRENT, wt.CommError)], ids=str)
def test_a_server_that_fails_the_create_request_is_reported_at_once(
    make_world: Callable[..., wt.World], profile: Profile, expected: type[Exception], reply: int
) -> None:
    """ERR-5"""
    world = make_world(profile)
    world.server.fail("run", reply=reply, message="the disk is full")

    with pytest.raises(expected, match="the disk is full") as raised:
        world.init()

    assert type(raised.value) is expected
    assert world.runs == []


def test_a_server_that_is_dead_at_the_login_is_not_yet_an_error_in_classic(classic: wt.World) -> None:
    """ERR-5, FORCE-1"""
    classic.server.fail(reply=0)

    run = classic.init()

    assert run.offline is True
