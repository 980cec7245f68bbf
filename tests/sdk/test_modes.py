"""The mode of a run: which one is in force, and what online and offline mean (MODE)."""

from __future__ import annotations

import os
import re
from collections.abc import Callable

import pytest

import wandb_testkit as wt
from wandb_testkit.profiles import CLASSIC, CURRENT, Profile


def mode_of(run: wt.Run | wt.Dummy) -> str:
    return "disabled" if run.disabled else "offline" if run.offline else "online"


@pytest.mark.parametrize(
    ("word", "mode"),
    [
        (None, "online"),
        ("online", "online"),
        ("run", "online"),
        ("offline", "offline"),
        ("dryrun", "offline"),
        ("disabled", "disabled"),
    ],
)
@pytest.mark.parametrize("source", ["argument", "variable"])
def test_words_for_modes(
    make_world: Callable[..., wt.World], profile: Profile, word: str | None, mode: str, source: str
) -> None:
    """MODE-1"""
    environ = {"WANDB_MODE": word} if source == "variable" and word is not None else {}

    run = make_world(profile, environ=environ).init(mode=word if source == "argument" else None)

    assert mode_of(run) == mode


@pytest.mark.parametrize("variable", [None, "online", "offline", "disabled"])
@pytest.mark.parametrize("argument", [None, "online", "offline", "disabled"])
def test_the_argument_beats_the_variable(
    make_world: Callable[..., wt.World], profile: Profile, argument: str | None, variable: str | None
) -> None:
    """MODE-2"""
    world = make_world(profile, environ={} if variable is None else {"WANDB_MODE": variable})

    run = world.init(mode=argument)

    assert mode_of(run) == (argument or variable or "online")


@pytest.mark.parametrize("word", ["ONLINE", "", "off", "true"])
@pytest.mark.parametrize(("profile", "error"), [(CLASSIC, Exception), (CURRENT, wt.ValidationError)], ids=str)
def test_other_words_are_errors(
    make_world: Callable[..., wt.World], profile: Profile, error: type[Exception], word: str
) -> None:
    """MODE-1, A.1: case-sensitive, and "" is bad"""
    with pytest.raises(error, match=r"problem|mode\n  Input should be") as raised:
        make_world(profile).init(mode=word)

    assert type(raised.value) is error


@pytest.mark.parametrize(("profile", "error"), [(CLASSIC, Exception), (CURRENT, wt.ValidationError)], ids=str)
def test_an_empty_variable_is_an_error_even_with_an_argument(
    make_world: Callable[..., wt.World], profile: Profile, error: type[Exception]
) -> None:
    """A.2"""
    with pytest.raises(error, match=r"problem|mode\n  Input should be"):
        make_world(profile, environ={"WANDB_MODE": ""}).init(mode="offline")


def test_an_offline_run_needs_neither_server_nor_credentials(
    make_world: Callable[..., wt.World], profile: Profile
) -> None:
    """MODE-3"""
    world = make_world(profile, logged_in=False)
    world.server.fail(reply=0)

    with world.init(mode="offline", id="abc", config={"a": 1}) as run:
        run.log({"loss": 1})
        run.summary["best"] = 1

    seen = world.run
    assert (run.offline, run.url, run.entity) == (True, None, "")
    assert (seen.mode, seen.state, seen.entity, seen.requests) == ("offline", "finished", "", [])
    assert seen.history == [{"_step": 0, "loss": 1}]
    assert (seen.config, seen.summary) == ({"a": 1}, {"_step": 0, "best": 1, "loss": 1})
    assert (world.recorder.records, world.recorder.refusals) == ([], [])


def test_an_offline_run_has_the_entity_that_was_given(fake: wt.World) -> None:
    """MODE-3"""
    assert fake.init(mode="offline", entity="team", project="p", id="abc").path == "team/p/abc"


def test_the_directory_of_an_offline_run_says_so(fake: wt.World) -> None:
    """MODE-3"""
    run = fake.init(mode="offline", id="abc")

    folder = os.path.basename(os.path.dirname(run.dir))

    assert re.fullmatch(r"offline-run-\d{8}_\d{6}-abc", folder)


def test_classic_warns_when_the_url_of_an_offline_run_is_asked_for(classic: wt.World) -> None:
    """MODE-3"""
    run = classic.init(mode="offline")

    assert run.get_url() is None
    assert classic.run.warnings == ["URL not available in offline run"]


def test_an_online_run_is_visible_when_init_returns(fake: wt.World) -> None:
    """MODE-4"""
    run = fake.init(id="abc")

    folder = os.path.basename(os.path.dirname(run.dir))

    assert re.fullmatch(r"run-\d{8}_\d{6}-abc", folder)
    assert (run.offline, fake.run.id, fake.run.mode) == (False, "abc", "online")


def test_disabled_beats_everything_else(make_world: Callable[..., wt.World], profile: Profile) -> None:
    """MODE-5, FORCE-3, ANON-8"""
    world = make_world(profile, logged_in=False)
    world.server.fail(reply=0)

    run = world.init(mode="disabled", resume="must", id="nope", force=True, anonymous="must")

    assert run.disabled is True
    assert world.runs == []


def test_each_run_has_a_mode_of_its_own(fake: wt.World) -> None:
    """MODE-6"""
    modes = []
    for mode in ("offline", "online", "disabled", "online"):
        run = fake.init(mode=mode)
        modes.append(mode_of(run))
        run.finish()

    assert modes == ["offline", "online", "disabled", "online"]
    assert [run.mode for run in fake.runs] == ["offline", "online", "online"]


@pytest.mark.parametrize(("mode", "word"), [("online", "run"), ("offline", "dryrun")])
def test_classic_runs_tell_their_mode_in_the_old_words(classic: wt.World, mode: str, word: str) -> None:
    """MODE-7"""
    assert classic.init(mode=mode).mode == word


def test_current_runs_have_no_mode(current: wt.World) -> None:
    """MODE-7"""
    assert not hasattr(current.init(), "mode")
