"""Worlds leave no reference cycles behind: whoever runs thousands of them pays for none that is gone."""

from __future__ import annotations

import gc
import importlib
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import islice
from typing import Any

import pytest

import wandb_testkit as wt
from wandb_testkit.profiles import CLASSIC, CURRENT, Profile
from wandb_testkit.spec.cells import cell_at, is_reachable, size
from wandb_testkit.verification import complaint

PROFILES = [CLASSIC, CURRENT]


def left_behind(play: Callable[[], object]) -> Counter[str]:
    """The objects of ours that only the collector would find, by type, after something was done a second time."""
    play()  # what is made once, and kept, is there now
    gc.collect()
    gc.disable()
    try:
        play()
        gc.set_debug(gc.DEBUG_SAVEALL)
        gc.collect()
        return Counter(type(one).__qualname__ for one in gc.garbage if type(one).__module__.startswith("wandb_testkit"))
    finally:
        gc.set_debug(0)
        gc.garbage.clear()
        gc.enable()


@contextmanager
def world(profile: Profile, **arguments: Any) -> Iterator[wt.World]:
    with wt.fake(profile=profile, environ={}, directory="", **arguments) as fake:
        yield fake


def train(fake: wt.World, **arguments: Any) -> Any:
    run = fake.init(config={"lr": 0.1}, **arguments)
    run.log({"loss": 1.0})
    run.log({"loss": {"train": 0.5}}, step=3)
    run.summary["best"] = {"loss": 0.5}
    run.config.update({"depth": 3})
    run.define_metric("loss", summary="min")
    return run


@pytest.mark.parametrize("profile", PROFILES, ids=str)
@pytest.mark.parametrize("transport", ["memory", "loopback", "process"])
def test_a_world_with_a_run_goes_by_itself(profile: Profile, transport: str) -> None:
    def play() -> None:
        with world(profile, transport=transport) as fake:
            train(fake).finish()
            assert fake.run.history["loss"] == [1.0, {"train": 0.5}]

    assert left_behind(play) == {}


@pytest.mark.parametrize("profile", PROFILES, ids=str)
@pytest.mark.parametrize("arguments", [{"mode": "offline"}, {"mode": "disabled"}, {"resume": "allow"}], ids=str)
def test_so_does_one_whose_run_is_of_another_kind(profile: Profile, arguments: dict[str, Any]) -> None:
    def play() -> None:
        with world(profile) as fake:
            train(fake, **arguments).finish()

    assert left_behind(play) == {}


@pytest.mark.parametrize("profile", PROFILES, ids=str)
def test_so_does_one_that_is_closed_while_its_runs_are_active(profile: Profile) -> None:
    def play() -> None:
        fake = wt.fake(profile=profile, environ={}, directory="").enter()
        train(fake)
        fake.init(mode="disabled", reinit=True)
        fake.process(environ={}).clock.time()
        fake.close()

    assert left_behind(play) == {}


@pytest.mark.parametrize("profile", PROFILES, ids=str)
@pytest.mark.parametrize("notebook", [False, True], ids=["script", "notebook"])
def test_so_does_one_whose_init_fails(profile: Profile, notebook: bool) -> None:
    def play() -> None:
        with world(profile, notebook=notebook) as fake:
            train(fake)
            with pytest.raises(Exception, match="must"):
                fake.init(id="nobody", resume="must", reinit=True)
            with pytest.raises(Exception, match=r"resume|problem"):
                fake.init(resume=3, reinit=True)

    assert left_behind(play) == {}


@pytest.mark.parametrize("profile", PROFILES, ids=str)
def test_so_does_one_whose_server_fails(profile: Profile) -> None:
    def play() -> None:
        with world(profile) as fake:
            run = train(fake)
            fault = fake.server.fail("history", reply=500)
            run.log({"loss": 2})
            fake.server.heal(fault)
            fake.server.fail(reply=0)
            with pytest.raises(Exception, match=r"ERR-3|problem|COMM|failed"):
                fake.init(reinit=True)

    assert left_behind(play) == {}


@pytest.mark.parametrize("profile", PROFILES, ids=str)
def test_so_does_one_of_the_drop_in(profile: Profile) -> None:
    def play() -> None:
        with wt.install(profile=profile) as fake:
            wandb = importlib.import_module("wandb")
            wandb.init(project="p", settings=wandb.Settings())
            wandb.log({"loss": 1, "weights": wandb.Histogram([1, 2, 3])})
            wandb.finish()
            assert [run.state for run in wandb.Api().runs("p")] == ["finished"]
            assert len(fake.runs) == 1

    assert left_behind(play) == {}


@pytest.mark.parametrize("profile", PROFILES, ids=str)
def test_so_do_those_of_cells(profile: Profile) -> None:
    numbers = range(0, size(profile, "quotient"), 1_709)
    cells = list(islice(filter(is_reachable, (cell_at(profile, "quotient", number) for number in numbers)), 40))

    def play() -> None:
        assert [told for cell in cells if (told := complaint(cell, profile))] == []

    assert left_behind(play) == {}


@pytest.mark.parametrize("profile", PROFILES, ids=str)
def test_what_outlives_its_world_can_be_read(profile: Profile) -> None:
    with world(profile) as fake:
        run = train(fake, mode="offline")
        run.finish()
        seen = fake.run
    recorder, server = fake.recorder, fake.server
    del fake
    gc.collect()

    assert (run.config["lr"], run.config["depth"], run.id) == (0.1, 3, seen.id)
    assert seen.history == [{"_step": 0, "loss": 1.0}, {"_step": 3, "loss": {"train": 0.5}}]
    assert seen.config == {"lr": 0.1, "depth": 3}
    assert recorder.runs == [seen]
    assert server.fail("history") is not None
    with pytest.raises(Exception, match=r"config after finish\(\).*LOG-6"):
        run.config["depth"] = 4
    with pytest.raises(Exception, match=r"log after finish\(\).*LOG-6"):
        run.log({"loss": 3})
