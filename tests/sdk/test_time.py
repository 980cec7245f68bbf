"""Time under freezegun and time-machine, and without them: a run has the times of the world's clock (LOG-1)."""

from __future__ import annotations

import datetime
import itertools
import math
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import freezegun
import pytest
import time_machine

import wandb_testkit as wt
from wandb_testkit.profiles import CLASSIC, CURRENT, Profile

NOON = "2021-03-04 12:00:00.25"
NOON_S = datetime.datetime(2021, 3, 4, 12, tzinfo=datetime.timezone.utc).timestamp() + 0.25


@pytest.fixture
def zone(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], None]]:
    """Sets the time zone of the machine."""

    def move(name: str) -> None:
        monkeypatch.setenv("TZ", name)
        time.tzset()

    yield move
    monkeypatch.undo()
    time.tzset()


def whole(world: wt.World, seconds: float) -> float:
    """A time as rows of the profile have it."""
    return math.floor(seconds) if world.profile is CLASSIC else seconds


def times(world: wt.World) -> list[tuple[float, float]]:
    """`_timestamp` and `_runtime` of each row."""
    return [(row["_timestamp"], row["_runtime"]) for row in world.run.history.with_times()]


def created_at(world: wt.World) -> list[float]:
    """When the server made its runs and projects."""
    return [made.created_at for made in (*world.server.runs, *world.server.projects)]


def test_under_freezegun_every_time_is_exact(fake: wt.World) -> None:
    """LOG-1"""
    with freezegun.freeze_time(NOON) as frozen:
        run = fake.init()
        run.log({"a": 1})
        frozen.tick(1.5)
        run.log({"a": 2}, commit=False)
        frozen.tick(10)
        run.log({"a": 3})
        frozen.tick(2.25)
        run.finish()

    assert times(fake) == [
        (whole(fake, NOON_S), 0),
        (whole(fake, NOON_S + 11.5), whole(fake, 11.5)),
    ]
    assert run.start_time == NOON_S
    assert created_at(fake) == [NOON_S, NOON_S]
    (end,) = [record for record in fake.recorder.records if type(record).__name__ == "ExitRecord"]
    assert end.runtime == 13.75  # type: ignore[union-attr] # an ExitRecord


def test_a_frozen_clock_may_be_moved_forth_and_back(fake: wt.World) -> None:
    """LOG-1"""
    with freezegun.freeze_time(NOON) as frozen:
        run = fake.init()
        frozen.move_to("2021-03-05 12:00:00.25")
        run.log({"a": 1})
        frozen.move_to("2021-03-03 12:00:00.25")
        run.log({"a": 2})

    day = 24 * 3600
    assert times(fake) == [(whole(fake, NOON_S + day), day), (whole(fake, NOON_S - day), -day)]


def test_under_auto_tick_each_row_takes_one_tick(fake: wt.World) -> None:
    """LOG-1: the clock is read once a row"""
    with freezegun.freeze_time(NOON, auto_tick_seconds=2):
        run = fake.init()
        for a in range(4):
            run.log({"a": a})

    seconds = fake.run.history["_timestamp"]
    runtimes = fake.run.history["_runtime"]
    assert [later - earlier for earlier, later in itertools.pairwise(seconds)] == [2, 2, 2]
    assert [later - earlier for earlier, later in itertools.pairwise(runtimes)] == [2, 2, 2]
    assert runtimes[0] == seconds[0] - math.floor(run.start_time) if fake.profile is CLASSIC else runtimes[0] > 0


@pytest.mark.parametrize("library", ["freezegun", "time_machine"])
def test_a_clock_that_goes_on_from_another_day_is_followed(fake: wt.World, library: str) -> None:
    """LOG-1"""
    moved = (
        freezegun.freeze_time(NOON, tick=True)
        if library == "freezegun"
        else time_machine.travel(f"{NOON}+00:00", tick=True)
    )
    with moved:
        run = fake.init()
        run.log({"a": 1})
        later = time.time()

    ((timestamp, runtime),) = times(fake)
    assert math.floor(NOON_S) <= run.start_time <= timestamp + 1 <= later + 1 < NOON_S + 60
    assert 0 <= runtime < 60


def test_under_time_machine_every_time_is_exact(fake: wt.World) -> None:
    """LOG-1"""
    with time_machine.travel(f"{NOON}+00:00", tick=False) as traveller:
        run = fake.init()
        run.log({"a": 1})
        traveller.shift(datetime.timedelta(seconds=1.5))
        run.log({"a": 2})
        traveller.move_to("2021-03-05 12:00:00.25+00:00")
        run.log({"a": 3})

    day = 24 * 3600
    assert times(fake) == [
        (whole(fake, NOON_S), 0),
        (whole(fake, NOON_S + 1.5), whole(fake, 1.5)),
        (whole(fake, NOON_S + day), day),
    ]
    assert run.start_time == NOON_S
    assert created_at(fake) == [NOON_S, NOON_S]


def test_without_them_times_are_real(fake: wt.World) -> None:
    """LOG-1"""
    before = time.time()
    run = fake.init()
    run.log({"a": 1})
    after = time.time()

    ((timestamp, runtime),) = times(fake)
    assert before <= run.start_time <= after
    assert math.floor(before) <= timestamp <= after
    assert 0 <= runtime <= after - before
    assert all(before <= made <= after for made in created_at(fake))


def test_a_clock_that_was_frozen_is_real_afterwards(fake: wt.World) -> None:
    """LOG-1"""
    run = fake.init()
    with freezegun.freeze_time(NOON):
        run.log({"a": 1})
    before = time.time()
    run.log({"a": 2})

    seconds = fake.run.history["_timestamp"]
    assert seconds[0] == whole(fake, NOON_S)
    assert seconds[1] >= math.floor(before)


@pytest.mark.parametrize(
    ("name", "stamp"),
    [("UTC", "20210304_120000"), ("Asia/Kolkata", "20210304_173000"), ("Etc/GMT+12", "20210304_000000")],
)
def test_directories_are_named_in_local_time(
    make_world: Callable[..., wt.World], profile: Profile, zone: Callable[[str], None], name: str, stamp: str
) -> None:
    """DIR-1"""

    class Clock:
        def time(self) -> float:
            return NOON_S

    zone(name)
    run: Any = make_world(profile, clock=Clock()).init(id="abc")

    assert Path(run.dir).parent.name == f"run-{stamp}-abc"
    if profile is CURRENT:
        assert run.sync_dir == str(Path(run.dir).parent)


def test_freezeguns_time_zone_counts_for_directories(fake: wt.World, zone: Callable[[str], None]) -> None:
    """DIR-1"""
    zone("UTC")
    with freezegun.freeze_time(NOON, tz_offset=-5):
        folder = Path(fake.init(id="abc").dir).parent.name

    assert folder == "run-20210304_070000-abc"


def test_a_clock_of_the_worlds_own_is_asked_for_everything(
    make_world: Callable[..., wt.World], profile: Profile
) -> None:
    """LOG-1"""

    class Clock:
        now = 1000.0

        def time(self) -> float:
            return self.now

    clock = Clock()
    world = make_world(profile, clock=clock)
    run = world.init()
    clock.now = 1005
    run.log({"a": 1})
    with world.init(mode="offline", reinit=True) as offline:
        assert offline.start_time == 1005

    assert world.runs[0].history.with_times() == [{"_step": 0, "a": 1, "_timestamp": 1005, "_runtime": 5}]
    assert created_at(world) == [1000, 1000]
