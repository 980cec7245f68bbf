"""Worlds: the stack, the environment, what two of them share (nothing), faults and other hands of a test."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import freezegun
import pytest
import time_machine

import wandb_testkit as wt
from wandb_testkit.profiles import CLASSIC, Profile


@pytest.fixture(autouse=True)
def _no_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    """Worlds look into the surrounding environment by default."""
    for name in [name for name in os.environ if name.startswith("WANDB_")]:
        monkeypatch.delenv(name)


@pytest.fixture
def fake(profile: Profile) -> Iterator[wt.World]:
    with wt.fake(profile=profile, directory="") as world:
        yield world


# ---------------------------------------------------------------------- the stack


def test_the_innermost_world_is_in_force() -> None:
    before = wt.current()
    with wt.fake() as outer:
        in_outer = wt.current()
        with wt.fake() as inner:
            in_inner = wt.current()
        back_in_outer = wt.current()

    assert (in_outer, in_inner, back_in_outer) == (outer, inner, outer)
    assert wt.current() is before


@pytest.mark.parametrize("order", [(0, 1, 2), (0, 2, 1), (1, 0, 2), (1, 2, 0), (2, 0, 1), (2, 1, 0)])
def test_worlds_leave_by_identity_in_whatever_order(order: tuple[int, ...]) -> None:
    before = wt.current()
    worlds = [wt.fake().enter() for _ in range(3)]

    seen = []
    left = list(worlds)
    for index in order:
        worlds[index].close()
        left.remove(worlds[index])
        seen.append(wt.current() is (left[-1] if left else before))

    assert seen == [True] * 3


def test_closing_a_world_twice_closes_no_other() -> None:
    with wt.fake() as outer:
        inner = wt.fake().enter()
        inner.close()
        inner.close()

        assert wt.current() is outer


def test_a_world_leaves_on_an_error_too() -> None:
    before = wt.current()

    with pytest.raises(ValueError, match="mine"), wt.fake():
        raise ValueError("mine")

    assert wt.current() is before


def test_without_a_world_there_is_an_implicit_one() -> None:
    world = wt.current()
    with wt.fake():
        pass

    run = wt.init(project="p")
    run.log({"loss": 1})
    run.finish()

    assert wt.current() is world
    assert world.runs[-1].history == [{"_step": 0, "loss": 1}]


def test_init_speaks_to_the_world_in_force() -> None:
    with wt.fake() as outer:
        wt.init(project="outer")
        with wt.fake() as inner:
            wt.init(project="inner")

        assert (outer.run.project, inner.run.project) == ("outer", "inner")


def test_init_takes_no_positions_where_the_order_is_another_one() -> None:
    with wt.fake(profile="current"), pytest.raises(TypeError, match=r"by position.*by keyword"):
        wt.init("job")


def test_threads_see_the_innermost_world() -> None:
    seen = []
    with wt.fake() as world:
        thread = threading.Thread(target=lambda: seen.append((wt.current(), wt.init(project="p"))))
        thread.start()
        thread.join()

        assert world.run.project == "p"
        assert [current for current, _ in seen] == [world]
        assert world.session.run is seen[0][1]


def test_a_world_that_ends_ends_its_runs() -> None:
    with wt.fake() as world:
        run = wt.init()
        run.log({"loss": 1}, commit=False)

    assert (world.run.state, world.run.exit_code, world.run.history["loss"]) == ("finished", 0, [1])


def test_a_world_that_ends_with_an_error_fails_its_runs() -> None:
    def end_badly() -> None:
        with world:
            wt.init()
            raise ValueError("mine")

    world = wt.fake()
    with pytest.raises(ValueError, match="mine"):
        end_badly()

    assert (world.run.state, world.run.exit_code) == ("failed", 1)


# ---------------------------------------------------------------------- two worlds share nothing


def test_two_worlds_at_once_share_nothing(profile: Profile, tmp_path: Path) -> None:
    with wt.fake(profile=profile, environ={}) as first, wt.fake(profile=profile, environ={}, logged_in=False) as second:
        first.server.add_user("somebody")
        first.server.fail("history")
        run = first.init(id="abc", resume="auto", config={"a": 1})
        first.terminal.line("hello", level="info")
        offline = second.init(mode="offline", id="abc")
        offline.log({"loss": 1})

        assert (first.session.run, second.session.run) == (run, offline)
        assert [[seen.id for seen in world.runs] for world in (first, second)] == [["abc"], ["abc"]]
        assert second.run.history == [{"_step": 0, "loss": 1}]
        assert second.disk.read("wandb/wandb-resume.json") is None
        assert (second.home.api_key, second.terminal.lines) == (None, [])
        assert second.recorder.refusals == []
        assert run.dir != offline.dir


def test_the_same_machine_may_be_shared_by_two_processes(fake: wt.World) -> None:
    fake.init(id="abc", resume="auto")
    first = fake.session
    fake.session = fake.process(environ={})
    again = fake.init(resume="auto")

    assert (again.id, again.resumed) == ("abc", True)
    assert first.run is not again


# ---------------------------------------------------------------------- environment


def test_the_environment_is_read_at_the_first_init_and_not_before(fake: wt.World, monkeypatch: Any) -> None:
    monkeypatch.setenv("WANDB_NAME", "set after the world was made")
    first = fake.init(reinit=True)
    monkeypatch.setenv("WANDB_NAME", "set too late")
    second = fake.init(reinit=True)

    assert (first.name, second.name) == ("set after the world was made",) * 2


def test_login_reads_the_environment_too(fake: wt.World, monkeypatch: Any) -> None:
    fake.login()
    monkeypatch.setenv("WANDB_NAME", "too late")

    assert fake.init().name != "too late"


def test_a_given_environment_stands_for_the_surrounding_one(profile: Profile, monkeypatch: Any) -> None:
    monkeypatch.setenv("WANDB_NAME", "surrounding")

    with wt.fake(profile=profile, environ={"WANDB_NOTES": "given"}) as world:
        run = world.init()

    assert (run.name == "surrounding", run.notes) == (False, "given")


def test_a_key_that_nobody_registered_is_the_default_users(fake: wt.World, monkeypatch: Any) -> None:
    monkeypatch.setenv("WANDB_API_KEY", "x" * 40)

    assert fake.init().entity == "testkit-user"


# ---------------------------------------------------------------------- fake.run


def test_the_only_run_is_fake_run(fake: wt.World) -> None:
    fake.init(id="abc")

    assert fake.run == fake.runs[0]


def test_without_a_run_fake_run_says_what_to_do(fake: wt.World) -> None:
    fake.init(mode="disabled")

    with pytest.raises(wt.RunLookupError, match=r"no run was recorded.*disabled mode.*init\(\)"):
        _ = fake.run


def test_with_several_runs_fake_run_lists_them(fake: wt.World) -> None:
    fake.init(id="first", project="p").finish()
    fake.init(id="second", project="p").finish(1)

    with pytest.raises(wt.RunLookupError) as raised:
        _ = fake.run

    assert str(raised.value).splitlines() == [
        "2 runs were recorded, so .run is ambiguous; choose one of .runs:",
        "  runs[0] <RunView testkit-user/p/first: finished, exit code 0, 0 rows>",
        "  runs[1] <RunView testkit-user/p/second: failed, exit code 1, 0 rows>",
    ]


def test_a_world_shows_what_it_is(fake: wt.World, profile: Profile) -> None:
    fake.init()

    assert repr(fake) == f"<World of profile {profile}, 1 run>"


# ---------------------------------------------------------------------- faults


def test_the_nth_row_is_lost_and_the_others_arrive(fake: wt.World) -> None:
    fake.server.fail(on="history", nth=2, reply=429)
    run = fake.init()
    for loss in range(4):
        run.log({"loss": loss})
    run.finish()

    (refused,) = fake.recorder.refusals
    assert refused.refusal.status == 429
    assert fake.run.history["loss"] == [0, 2, 3]


def test_a_fault_counts_from_when_it_was_armed(fake: wt.World) -> None:
    run = fake.init()
    run.log({"loss": 0})
    run.log({"loss": 1})
    fake.server.fail(on="history", nth=1)
    run.log({"loss": 2})
    run.log({"loss": 3})

    assert fake.run.history["loss"] == [0, 1, 3]


def test_a_fault_meets_rows_of_processes_that_start_later(fake: wt.World) -> None:
    fake.server.fail(on="history", nth=2)
    fake.session = fake.process(environ={})
    run = fake.init()
    for loss in range(3):
        run.log({"loss": loss})

    assert fake.run.history["loss"] == [0, 2]


def test_a_fault_without_a_number_meets_every_record_until_it_is_healed(fake: wt.World) -> None:
    run = fake.init()
    fault = fake.server.fail(on="history", reply=500, message="the disk is full")
    run.log({"loss": 0})
    run.log({"loss": 1})
    fake.server.heal(fault)
    run.log({"loss": 2})

    assert [refused.refusal.message for refused in fake.recorder.refusals] == ["the disk is full"] * 2
    assert fake.run.history["loss"] == [2]


def test_healing_one_fault_keeps_the_others(fake: wt.World) -> None:
    first = fake.server.fail(on="summary")
    fake.server.fail(on="config")
    fake.server.heal(first)
    run = fake.init()
    run.summary["a"] = 1
    run.config["b"] = 1

    assert (fake.run.summary, fake.run.config) == ({"a": 1}, {})


def test_healing_without_a_name_heals_all(fake: wt.World) -> None:
    fake.server.fail(reply=0)
    fake.server.fail(on="run")
    fake.server.heal()

    assert fake.init().offline is False


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"on": "histroy"}, "'histroy'.*history"),
        ({"nth": 0}, "nth=0.*from 1"),
        ({"nth": -1}, "nth=-1.*from 1"),
    ],
)
def test_a_fault_that_could_never_happen_is_refused(fake: wt.World, arguments: dict[str, Any], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        fake.server.fail(**arguments)

    assert fake.init().offline is False


def test_faults_do_not_meet_offline_runs(fake: wt.World) -> None:
    fake.server.fail(reply=0)
    run = fake.init(mode="offline")
    run.log({"loss": 1})

    assert fake.run.history["loss"] == [1]


# ---------------------------------------------------------------------- other hands


def test_a_user_has_a_key_and_teams(fake: wt.World) -> None:
    account = fake.server.add_user("somebody", teams=("team",))
    fake.session = fake.process(environ={"WANDB_API_KEY": account.api_key})
    own = fake.init(reinit=True)
    teams = fake.init(entity="team", reinit=True)

    assert (own.entity, teams.entity) == ("somebody", "team")
    assert len(account.api_key) == 40


def test_a_team_has_members(fake: wt.World) -> None:
    other = fake.server.add_user("other")
    fake.server.add_team("team", members=("other",))

    with pytest.raises(wt.Error, match="'testkit-user' may write to 'testkit-user', not to entity 'team'"):
        fake.init(entity="team")
    fake.session = fake.process(environ={"WANDB_API_KEY": other.api_key})

    assert fake.init(entity="team").entity == "team"


def test_a_team_of_nobody_is_refused_by_name(fake: wt.World) -> None:
    with pytest.raises(ValueError, match=r"team 'team' cannot have members \['nobody'\].*add_user"):
        fake.server.add_team("team", members=("nobody",))


def test_a_run_may_be_there_already(fake: wt.World) -> None:
    fake.server.add_run(
        "abc",
        project="p",
        rows=[{"loss": 2}, {"loss": 1, "_step": 5}],
        config={"a": 1},
        state="failed",
        name="old",
        tags=("t",),
    )

    seen = fake.run
    assert seen.history == [{"_step": 0, "loss": 2}, {"_step": 5, "loss": 1}]
    assert (seen.path, seen.config, seen.summary) == ("testkit-user/p/abc", {"a": 1}, {"_step": 5, "loss": 1})
    assert (seen.state, seen.exit_code, seen.name, seen.tags) == ("failed", 1, "old", ("t",))


def test_what_add_run_was_given_is_the_tests_no_more(fake: wt.World) -> None:
    config: dict[str, Any] = {"nested": {"x": 1}}
    rows: list[dict[str, Any]] = [{"nested": {"x": 1}}]

    fake.server.add_run("abc", config=config, rows=rows)
    config["nested"]["x"] = 2
    rows[0]["nested"]["x"] = 2

    assert fake.run.config == {"nested": {"x": 1}}
    assert fake.run.history["nested"] == [{"x": 1}]


def test_a_run_that_is_there_already_cannot_be_added_again(fake: wt.World) -> None:
    fake.server.add_run("abc")

    with pytest.raises(ValueError, match=r"testkit-user/uncategorized/abc exists already.*delete_run"):
        fake.server.add_run("abc")


def test_a_deleted_run_is_gone(fake: wt.World) -> None:
    fake.server.add_run("abc")

    fake.server.delete_run("abc")

    assert fake.runs == []


def test_a_crashed_run_is_one_that_the_server_has_given_up(fake: wt.World) -> None:
    run = fake.init(id="abc")
    run.log({"loss": 1})

    fake.server.crash_run("abc")

    assert (fake.run.state, fake.run.exit_code, fake.run.history["loss"]) == ("crashed", None, [1])


def test_a_run_that_is_not_there_is_named_with_those_that_are(fake: wt.World) -> None:
    fake.server.add_run("abc", project="p")

    for act in (fake.server.delete_run, fake.server.crash_run):
        with pytest.raises(LookupError, match="no run with id 'abd' here; runs on this server: testkit-user/p/abc"):
            act("abd")


@pytest.mark.parametrize("hand", ["delete_run", "crash_run", "stop_run"])
def test_what_befalls_a_run_befalls_that_of_the_named_entity_alone(fake: wt.World, hand: str) -> None:
    for entity in ("ours", "theirs"):
        fake.server.add_run("abc", entity=entity, project="p", state="running")
    (ours, theirs) = fake.server.runs

    getattr(fake.server, hand)("abc", entity="theirs", project="p")

    assert (str(ours.state), ours.stop_is_requested) == ("running", False)
    assert (str(theirs.state), theirs.stop_is_requested) != ("running", False)


def test_one_of_two_runs_of_the_same_id_is_chosen_by_project(fake: wt.World) -> None:
    for project in ("p", "q"):
        fake.server.add_run("abc", project=project)

    with pytest.raises(LookupError, match="2 runs with id 'abc'"):
        fake.server.delete_run("abc")
    fake.server.delete_run("abc", project="p")

    assert fake.run.project == "q"


def test_a_revoked_key_is_refused(fake: wt.World) -> None:
    fake.server.accounts.revoke(fake.api_key)

    with pytest.raises(wt.Error, match="not accepted"):
        fake.init(force=True)


# ---------------------------------------------------------------------- clocks


@pytest.fixture
def elsewhere(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A machine whose local time is not UTC."""
    monkeypatch.setenv("TZ", "America/New_York")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


def test_under_freezegun_times_are_exact(fake: wt.World, elsewhere: None) -> None:
    with freezegun.freeze_time("2021-03-04 05:06:07.25") as frozen:
        run = fake.init(id="abc")
        folder = Path(run.dir).parent.name
        run.log({"loss": 1})
        frozen.tick(2.5)
        run.log({"loss": 1})

    whole = fake.profile is CLASSIC
    assert folder == "run-20210304_050607-abc"
    assert fake.run.history["_timestamp"] == ([1614834367, 1614834369] if whole else [1614834367.25, 1614834369.75])
    assert fake.run.history["_runtime"] == ([0, 2] if whole else [0.0, 2.5])
    assert run.start_time == 1614834367.25


def test_under_time_machine_times_are_exact(fake: wt.World, elsewhere: None) -> None:
    with time_machine.travel("2021-03-04 05:06:07.25+00:00", tick=False) as traveller:
        run = fake.init(id="abc")
        folder = Path(run.dir).parent.name
        run.log({"loss": 1})
        traveller.shift(2.5)
        run.log({"loss": 1})

    whole = fake.profile is CLASSIC
    assert folder == "run-20210304_000607-abc"  # New York's time, which time-machine leaves alone
    assert fake.run.history["_timestamp"] == ([1614834367, 1614834369] if whole else [1614834367.25, 1614834369.75])
    assert fake.run.history["_runtime"] == ([0, 2] if whole else [0.0, 2.5])


def test_a_world_made_before_time_was_frozen_tells_frozen_time(fake: wt.World) -> None:
    run = fake.init()

    with freezegun.freeze_time("2021-03-04"):
        run.log({"loss": 1})

    assert fake.run.history["_timestamp"] == [1614816000]


def test_a_clock_of_the_tests_own_is_asked(profile: Profile) -> None:
    class Clock:
        def time(self) -> float:
            return 1000.0

    with wt.fake(profile=profile, clock=Clock()) as world:
        world.init().log({"loss": 1})

        assert world.run.history["_timestamp"] == [1000]
