"""What init() does while a run is active (REINIT)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

import wandb_testkit as wt
from wandb_testkit.profiles import CURRENT, Profile
from wandb_testkit.records import ExitRecord

FINISHING: dict[str, list[Any]] = {"classic": [True, 1, "yes"], "current": [True, "finish_previous", "true"]}
RETURNING: dict[str, list[Any]] = {"classic": [None, False], "current": [None, False, "return_previous", "default"]}


ANY: dict[str, list[Any]] = {
    "classic": [None, False, True],
    "current": [None, False, True, "default", "return_previous", "finish_previous", "create_new"],
}


def words(table: dict[str, list[Any]]) -> list[tuple[Profile, Any]]:
    """A profile and a word that means the same in it, over and over."""
    return [(profile, word) for profile in Profile for word in table[profile.value]]


@pytest.mark.parametrize(("profile", "reinit"), [case for case in words(ANY) if case[1] != "create_new"])
def test_without_an_active_run_reinit_has_no_effect(fake: wt.World, reinit: Any) -> None:
    """REINIT-1"""
    run = fake.init(id="abc", reinit=reinit)

    assert fake.session.run is run
    assert (fake.run.id, fake.run.state) == ("abc", "running")


@pytest.mark.parametrize(("profile", "reinit"), words(RETURNING))
def test_the_active_run_is_returned_and_everything_else_ignored(fake: wt.World, reinit: Any) -> None:
    """REINIT-2"""
    run = fake.init(id="abc", config={"a": 1}, tags=["a"])
    before = fake.run

    again = fake.init(id="other", config={"b": 1}, tags=["b"], resume="never", mode="offline", reinit=reinit)

    assert again is run
    assert fake.session.run is run
    assert dict(run.config.items()) == {"a": 1}
    assert fake.run == before
    assert fake.run.requests == before.requests


def test_classic_returns_the_active_run_even_with_must(classic: wt.World) -> None:
    """REINIT-2"""
    run = classic.init()

    assert classic.init(resume="must", id="nope") is run


def test_current_refuses_must_while_a_run_is_active(current: wt.World) -> None:
    """REINIT-2, ERR-3"""
    run = current.init(id="abc")

    with pytest.raises(wt.Error, match=r"'must'.*run 'abc' is active") as raised:
        current.init(resume="must", id="abc")

    assert type(raised.value) is wt.Error
    assert current.session.run is run
    assert current.run.state == "running"


@pytest.mark.parametrize("bad", [{"mode": "bogus"}, {"config": 3}, {"tags": [1]}])
def test_bad_values_raise_although_the_active_run_would_be_returned(fake: wt.World, bad: dict[str, Any]) -> None:
    """REINIT-2"""
    run = fake.init()

    with pytest.raises(Exception, match=r"problem|mode|config|tags"):
        fake.init(**bad)

    assert fake.session.run is run
    assert fake.run.state == "running"


def test_current_returns_the_latest_unfinished_run(current: wt.World) -> None:
    """REINIT-2"""
    first = current.init()
    second = current.init(reinit="create_new")

    again = current.init()
    second.finish()
    then = current.init()

    assert (again, then) == (second, first)
    assert current.session.run is first


@pytest.mark.parametrize(("profile", "reinit"), words(FINISHING))
def test_the_active_run_is_finished_first(fake: wt.World, reinit: Any) -> None:
    """REINIT-3"""
    first = fake.init(id="first")
    first.log({"loss": 1}, commit=False)

    second = fake.init(id="second", reinit=reinit)

    assert second is not first
    assert fake.session.run is second
    assert [(run.id, run.state, run.exit_code, len(run.history)) for run in fake.runs] == [
        ("first", "finished", 0, 1),
        ("second", "running", None, 0),
    ]


@pytest.mark.parametrize("reinit", [True, "finish_previous"])
def test_current_finishes_all_active_runs_oldest_first(current: wt.World, reinit: bool | str) -> None:
    """REINIT-3"""
    for run_id in ("a", "b", "c"):
        current.init(id=run_id, reinit="create_new")

    current.init(id="d", reinit=reinit)

    ended = [record.path.run_id for record in current.recorder.records if isinstance(record, ExitRecord)]
    assert ended == ["a", "b", "c"]
    assert [run.id for run in current.session.active] == ["d"]


@pytest.mark.parametrize("reinit", [True, False, "yes", "true", "no", "1"])
def test_current_reads_words_as_a_bool_and_warns(current: wt.World, reinit: bool | str) -> None:
    """REINIT-3, A.1"""
    current.init(reinit=reinit)

    assert current.session.told == ["reinit_bool"]


def test_in_a_notebook_unset_finishes_and_false_returns(make_world: Callable[..., wt.World], profile: Profile) -> None:
    """REINIT-4"""
    world = make_world(profile, notebook=True)
    first = world.init()

    returned = world.init(reinit=False)
    second = world.init()

    assert returned is first
    assert second is not first
    assert [run.state for run in world.runs] == ["finished", "running"]


def test_current_default_acts_as_unset_in_a_notebook(make_world: Callable[..., wt.World]) -> None:
    """REINIT-4"""
    world = make_world(CURRENT, notebook=True)
    world.init()

    world.init(reinit="default")

    assert [run.state for run in world.runs] == ["finished", "running"]


@pytest.mark.parametrize(("profile", "reinit"), words(ANY))
def test_disabled_shadows_the_active_run_and_does_not_end_it(fake: wt.World, reinit: Any) -> None:
    """REINIT-5, INIT-2"""
    real = fake.init()

    dummy = fake.init(mode="disabled", reinit=reinit)
    shadowing = fake.session.run
    again = fake.init()

    assert dummy.disabled is True
    assert shadowing is dummy
    assert again is real
    assert fake.session.run is dummy
    assert fake.run.state == "running"


def test_a_disabled_run_is_not_active(fake: wt.World) -> None:
    """REINIT-6"""
    first = fake.init(mode="disabled")
    second = fake.init(mode="disabled")

    real = fake.init(id="abc")

    assert first is not second
    assert fake.session.run is real
    assert fake.run.id == "abc"


def test_create_new_stands_beside_the_others(current: wt.World) -> None:
    """REINIT-7, INIT-2"""
    first = current.init(id="first")

    second = current.init(id="second", reinit="create_new")
    second.log({"loss": 2})
    wandb_run: Any = current.session.run
    wandb_run.log({"loss": 1})

    assert current.session.run is first
    assert [(run.id, run.history["loss"]) for run in current.runs] == [("first", [1]), ("second", [2])]


def test_create_new_does_not_become_wandb_run_even_if_it_is_the_only_one(current: wt.World) -> None:
    """REINIT-7"""
    current.init(reinit="create_new")

    assert current.session.run is None


def test_the_id_of_an_active_run_is_in_use(current: wt.World) -> None:
    """REINIT-7"""
    current.init(id="abc")

    with pytest.raises(wt.ServerResponseError, match="'abc' is in use"):
        current.init(id="abc", reinit="create_new")


def test_the_loop_of_the_reference_page_makes_ten_runs(fake: wt.World) -> None:
    """REINIT-8"""
    for x in range(10):
        with fake.init(project="my-projo", reinit=True) as run:
            for y in range(100):
                run.log({"metric": x + y})

    runs = fake.runs
    assert len({run.id for run in runs}) == 10
    assert [(run.project, run.state, run.exit_code) for run in runs] == [("my-projo", "finished", 0)] * 10
    assert [run.history for run in runs] == [[{"_step": y, "metric": x + y} for y in range(100)] for x in range(10)]


def test_a_finished_run_is_not_active(fake: wt.World) -> None:
    """REINIT-8"""
    first = fake.init()
    first.finish()

    second = fake.init()

    assert second is not first
    assert [run.state for run in fake.runs] == ["finished", "running"]


@pytest.mark.parametrize("resume", ["allow", "must"])
def test_the_active_run_itself_can_be_finished_and_resumed(fake: wt.World, resume: str) -> None:
    """REINIT-9"""
    first = fake.init(id="abc")
    first.log({"loss": 1})

    second = fake.init(id="abc", reinit=True, resume=resume)
    second.log({"loss": 2})

    assert second is not first
    assert (second.resumed, second.starting_step) == (True, 1)
    assert fake.run.history == [{"_step": 0, "loss": 1}, {"_step": 1, "loss": 2}]


def test_never_refuses_the_active_run_that_reinit_has_just_finished(fake: wt.World) -> None:
    """REINIT-9"""
    fake.init(id="abc")

    with pytest.raises(wt.UsageError, match="already exists"):
        fake.init(id="abc", reinit=True, resume="never")

    assert (fake.run.state, fake.session.run) == ("finished", None)


def test_returning_the_active_run_has_no_side_effects_in_classic(classic: wt.World) -> None:
    """REINIT-10"""
    classic.init(id="abc")
    before = (len(classic.recorder.records), dict(classic.disk.files_below("wandb")))

    classic.init(resume="auto")

    assert (len(classic.recorder.records), dict(classic.disk.files_below("wandb"))) == before


def test_current_rewrites_the_resume_file_when_it_returns_the_active_run(current: wt.World) -> None:
    """REINIT-10"""
    current.init(id="abc")

    current.init(id="other", resume="auto")

    assert current.disk.read("wandb/wandb-resume.json") == b'{"run_id": "other"}'
