"""Resuming: which words find an earlier run, what becomes of it, and what the run looks like afterwards (RESUME)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

import wandb_testkit as wt
from wandb_testkit.profiles import CLASSIC, CURRENT, Profile
from wandb_testkit.records import KINDS, RunPath, RunRecord

ROWS: list[dict[str, Any]] = [{"_step": 0, "loss": 3}, {"_step": 1, "loss": 2}, {"_step": 2, "loss": 1}]


def earlier_run(world: wt.World, **given: Any) -> None:
    """Run "abc" of another process: three rows, finished."""
    run = world.init(id="abc", **given)
    for row in ROWS:
        run.log({"loss": row["loss"]})
    run.finish()
    world.session = world.process(environ={})


# ---------------------------------------------------------------------- the words


@pytest.mark.parametrize("resume", [None, False])
def test_classic_overwrites_a_run_that_is_not_resumed(classic: wt.World, resume: bool | None) -> None:
    """RESUME-1"""
    earlier_run(classic, config={"a": 1})

    run = classic.init(id="abc", config={"b": 2}, resume=resume)
    run.log({"acc": 0.5})
    run.finish()

    seen = classic.run
    assert (run.resumed, run.starting_step) == (False, 0)
    assert seen.history == [{"_step": 0, "acc": 0.5}]
    assert (seen.config, seen.summary) == ({"b": 2}, {"_step": 0, "acc": 0.5})


@pytest.mark.parametrize("resume", [None, False])
def test_current_appends_to_a_run_that_is_not_resumed(current: wt.World, resume: bool | None) -> None:
    """RESUME-1"""
    earlier_run(current, config={"a": 1})

    run = current.init(id="abc", config={"b": 2}, resume=resume)
    run.log({"acc": 0.5})
    run.finish()

    seen = current.run
    assert (run.resumed, run.starting_step) == (False, 0)
    assert seen.history == [*ROWS, {"_step": 0, "acc": 0.5}]
    assert (seen.config, seen.summary) == ({"b": 2}, {"_step": 0, "acc": 0.5})


def test_current_overwrites_when_the_server_tells_no_length(current: wt.World) -> None:
    """RESUME-1"""
    current.server.runs.reports_history_length = False
    earlier_run(current)

    run = current.init(id="abc")
    run.log({"acc": 0.5})

    assert current.run.history == [{"_step": 0, "acc": 0.5}]


@pytest.mark.parametrize("resume", ["allow", "must", "auto", True])
def test_a_run_that_exists_is_resumed(fake: wt.World, resume: bool | str) -> None:
    """RESUME-2, RESUME-4, RESUME-5"""
    earlier_run(fake)

    run = fake.init(id="abc", resume=resume)

    assert (run.id, run.resumed, run.starting_step) == ("abc", True, 3)
    assert fake.run.resumed_from == 3


@pytest.mark.parametrize("resume", ["allow", "never", "auto", True, None, False])
@pytest.mark.parametrize("run_id", ["abc", None])
def test_a_run_that_does_not_exist_is_made(fake: wt.World, resume: bool | str | None, run_id: str | None) -> None:
    """RESUME-2, RESUME-3, RESUME-5, RESUME-10"""
    run = fake.init(id=run_id, resume=resume)

    assert run.id == (run_id or run.id)
    assert (run.resumed, run.starting_step) == (False, 0)
    assert (fake.run.id, fake.run.resumed_from) == (run.id, None)


def test_never_refuses_a_run_that_exists_and_changes_nothing(fake: wt.World) -> None:
    """RESUME-3"""
    earlier_run(fake, config={"a": 1})
    before = (fake.run, fake.run.requests)

    with pytest.raises(wt.UsageError, match="testkit-user/uncategorized/abc already exists"):
        fake.init(id="abc", resume="never", config={"b": 1})

    assert (fake.run, fake.run.requests) == (before[0], [*before[1], "status"])


@pytest.mark.parametrize("run_id", ["abc", None])
def test_must_resume_refuses_a_missing_run(fake: wt.World, run_id: str | None) -> None:
    """RESUME-4"""
    with pytest.raises(wt.UsageError, match=f"testkit-user/uncategorized/{run_id or ''}.* does not exist"):
        fake.init(id=run_id, resume="must")

    assert fake.runs == []


@pytest.mark.parametrize("state", ["finished", "failed", "crashed", "running"])
@pytest.mark.parametrize(("resume", "is_resumed"), [("allow", True), ("must", True), (None, False)])
def test_the_state_of_the_earlier_run_does_not_matter(
    fake: wt.World, state: str, resume: str | None, is_resumed: bool
) -> None:
    """RESUME-6"""
    fake.server.add_run("abc", state=state, rows=[{"loss": 1}])

    run = fake.init(id="abc", resume=resume)

    assert (run.resumed, fake.run.state) == (is_resumed, "running")


@pytest.mark.parametrize("state", ["finished", "failed", "crashed", "running"])
def test_never_refuses_whatever_the_state(fake: wt.World, state: str) -> None:
    """RESUME-6"""
    fake.server.add_run("abc", state=state)

    with pytest.raises(wt.UsageError):
        fake.init(id="abc", resume="never")


def test_a_run_of_another_machine_is_resumed(fake: wt.World, make_world: Callable[..., wt.World]) -> None:
    """RESUME-6"""
    earlier_run(fake)
    elsewhere = make_world(fake.profile)
    fake.session = fake.process(environ={}, disk=elsewhere.disk, home=fake.home)

    assert fake.init(id="abc", resume="must").resumed is True


def test_a_record_that_never_started_exists_for_classic_only(classic: wt.World, current: wt.World) -> None:
    """RESUME (existence)"""
    for world in (classic, current):
        path = RunPath("testkit-user", "uncategorized", "abc")
        world.server.apply(RunRecord(path, config={"a": 1}), api_key=world.api_key)

    assert classic.init(id="abc", resume="must").resumed is True
    with pytest.raises(wt.UsageError, match="does not exist"):
        current.init(id="abc", resume="must")


# ---------------------------------------------------------------------- what a resumed run looks like


def test_history_goes_on_after_the_last_step(fake: wt.World) -> None:
    """RESUME-7a, RESUME-7b"""
    run = fake.init(id="abc")
    run.log({"loss": 1}, step=15)
    run.finish()
    fake.session = fake.process(environ={})

    run = fake.init(id="abc", resume="must")
    run.log({"loss": 0.5})
    run.finish()

    assert (run.resumed, run.starting_step, fake.run.resumed_from) == (True, 16, 16)
    assert fake.run.history == [{"_step": 15, "loss": 1}, {"_step": 16, "loss": 0.5}]


def test_a_run_without_rows_is_resumed_at_step_0(fake: wt.World) -> None:
    """RESUME-7a"""
    fake.init(id="abc").finish()

    run = fake.init(id="abc", resume="must")

    assert (run.resumed, run.starting_step) == (True, 0)


def test_step_of_a_resumed_run_is_right_at_once_in_classic(classic: wt.World) -> None:
    """RESUME-7c"""
    earlier_run(classic)

    run = classic.init(id="abc", resume="must")

    assert run.step == 3


def test_step_of_a_resumed_run_reads_0_until_the_first_log_in_current(current: wt.World) -> None:
    """RESUME-7c"""
    earlier_run(current)

    run = current.init(id="abc", resume="must")
    at_first = run.step
    run.log({"loss": 1})

    assert (at_first, run.step) == (0, 4)


def test_old_config_is_kept_and_what_is_given_now_wins(fake: wt.World) -> None:
    """RESUME-7d, E.1"""
    earlier_run(fake, config={"a": 1, "b": 1, "nested": {"x": 1, "y": 1}})

    run = fake.init(id="abc", resume="must", config={"b": 2, "nested": {"x": 2}})

    union = {"a": 1, "b": 2, "nested": {"x": 2}}
    assert dict(run.config.items()) == union
    assert fake.run.config == union
    assert "_wandb" not in run.config.keys()  # noqa: SIM118 - `in` looks at hidden keys too


def test_old_summary_is_readable_before_anything_is_logged(fake: wt.World) -> None:
    """RESUME-7e"""
    earlier_run(fake)

    run = fake.init(id="abc", resume="must")

    assert run.summary["loss"] == 1
    assert fake.run.summary == {"_step": 2, "loss": 1}


def test_what_is_given_now_replaces_the_old_and_the_rest_is_kept(fake: wt.World) -> None:
    """RESUME-7f, META-1"""
    old = {"name": "old", "notes": "old", "tags": ["old"], "group": "old", "job_type": "old"}
    earlier_run(fake, **old)

    fake.init(id="abc", resume="must", notes="new", group="new")

    seen = fake.run
    assert (seen.name, seen.notes, seen.tags, seen.group, seen.job_type) == ("old", "new", ("old",), "new", "old")


def test_classic_shows_only_the_old_name(classic: wt.World) -> None:
    """RESUME-7f"""
    earlier_run(classic, name="old", notes="old", tags=["old"], group="old", job_type="old")

    run = classic.init(id="abc", resume="must")

    assert (run.name, run.notes, run.tags, run.group, run.job_type) == ("old", None, (), "", "")


def test_current_shows_the_old_name_notes_and_tags(current: wt.World) -> None:
    """RESUME-7f"""
    earlier_run(current, name="old", notes="old", tags=["old"], group="old", job_type="old")

    run = current.init(id="abc", resume="must")

    assert (run.name, run.notes, run.tags, run.group, run.job_type) == ("old", "old", ("old",), "", "")


class SetClock:
    """A clock that tells what it was set to."""

    def __init__(self, now: float) -> None:
        self.now = now

    def time(self) -> float:
        return self.now


def test_runtime_goes_on_from_the_last_value(make_world: Callable[..., wt.World], profile: Profile) -> None:
    """RESUME-7g"""
    clock = SetClock(1000)
    world = make_world(profile, clock=clock)
    run = world.init(id="abc")
    clock.now = 1010
    run.log({"loss": 1})
    run.finish()
    clock.now = 5000
    run = world.init(id="abc", resume="must")
    clock.now = 5003
    run.log({"loss": 1})
    run.finish()

    assert world.run.history["_runtime"] == [10, 13]
    assert world.run.client["summary"]["_runtime"] == 13


def test_a_resumed_run_is_running_and_then_finished_again(fake: wt.World) -> None:
    """RESUME-7i"""
    fake.server.add_run("abc", state="crashed")

    run = fake.init(id="abc", resume="must")
    meanwhile = (fake.run.state, fake.run.exit_code)
    run.finish()

    assert meanwhile == ("running", None)
    assert (fake.run.state, fake.run.exit_code) == ("finished", 0)


def test_what_the_user_changes_in_a_resumed_run_reaches_the_record_by_records_only(fake: wt.World) -> None:
    """RESUME-7d, RESUME-7e: the old values are the server's, and the client has copies of its own"""
    fake.server.add_run("abc", config={"nested": {"x": 1}}, summary={"nested": {"x": 1}})

    run = fake.init(id="abc", resume="must")
    before = fake.run
    run.config["nested"]["x"] = 2
    run.summary["nested"]["x"] = 2

    assert (before.config, before.summary) == ({"nested": {"x": 1}}, {"nested": {"x": 1}})
    assert fake.run.summary == {"nested": {"x": 2}}


# ---------------------------------------------------------------------- refusals and order


@pytest.mark.parametrize("resume", [None, "allow", "never", "auto"])
def test_a_deleted_id_cannot_be_created(fake: wt.World, resume: str | None) -> None:
    """RESUME-8"""
    fake.server.add_run("abc")
    fake.server.delete_run("abc")

    with pytest.raises(wt.Error, match="deleted"):
        fake.init(id="abc", resume=resume)

    assert fake.runs == []


def test_must_says_that_a_deleted_run_does_not_exist(fake: wt.World) -> None:
    """RESUME-8"""
    fake.server.add_run("abc")
    fake.server.delete_run("abc")

    with pytest.raises(wt.UsageError, match="does not exist"):
        fake.init(id="abc", resume="must")


def test_the_resume_file_keeps_the_id_of_a_deleted_run(fake: wt.World) -> None:
    """RESUME-8, AUTO-9"""
    fake.server.add_run("abc")
    fake.server.delete_run("abc")

    with pytest.raises(wt.Error):
        fake.init(id="abc", resume="auto")

    assert fake.disk.read("wandb/wandb-resume.json") == b'{"run_id": "abc"}'


@pytest.mark.parametrize("mode", ["online", "offline", "disabled"])
@pytest.mark.parametrize("source", ["argument", "variable"])
def test_current_refuses_other_resume_words_in_every_mode(
    make_world: Callable[..., wt.World], source: str, mode: str
) -> None:
    """RESUME-9"""
    world = make_world(CURRENT, environ={"WANDB_RESUME": "maybe"} if source == "variable" else {})

    with pytest.raises(wt.ValidationError, match=r"resume\n.*'maybe'"):
        world.init(mode=mode, resume="maybe" if source == "argument" else None)


@pytest.mark.parametrize("word", ["maybe", "ALLOW", "true"])
def test_classic_takes_another_word_as_the_id_and_allows(classic: wt.World, word: str) -> None:
    """RESUME-9"""
    classic.server.add_run(word, rows=[{"loss": 1}])

    run = classic.init(resume=word)

    assert (run.id, run.resumed) == (word, True)


def test_classic_prefers_the_id_argument_to_the_hint(classic: wt.World) -> None:
    """RESUME-9"""
    classic.server.add_run("abc")

    run = classic.init(resume="maybe", id="abc")

    assert (run.id, run.resumed) == ("abc", True)


def test_classic_takes_an_empty_word_as_allow_without_id(make_world: Callable[..., wt.World]) -> None:
    """RESUME-9"""
    world = make_world(CLASSIC, environ={"WANDB_RUN_ID": "abc"})
    world.server.add_run("abc")

    run = world.init(resume="")

    assert (run.id, run.resumed) == ("abc", True)


@pytest.mark.parametrize(
    ("word", "is_resumed", "is_remembered"),
    [
        ("auto", True, True),
        ("allow", True, False),
        ("must", True, False),
        ("maybe", True, False),
        ("true", True, False),
        ("ALLOW", True, False),
        ("", False, False),
    ],
)
def test_classic_takes_the_variable_as_it_is(
    make_world: Callable[..., wt.World], word: str, is_resumed: bool, is_remembered: bool
) -> None:
    """RESUME-9, C.6"""
    world = make_world(CLASSIC, environ={"WANDB_RESUME": word})
    world.server.add_run("abc", rows=[{"loss": 1}])

    run = world.init(id="abc")

    assert (run.id, run.resumed) == ("abc", is_resumed)
    assert (world.disk.read("wandb/wandb-resume.json") is not None) is is_remembered


def test_the_variable_never_refuses_as_a_word_in_classic(make_world: Callable[..., wt.World]) -> None:
    """RESUME-9, C.6"""
    world = make_world(CLASSIC, environ={"WANDB_RESUME": "never"})
    world.server.add_run("abc")

    with pytest.raises(wt.UsageError, match="already exists"):
        world.init(id="abc")


@pytest.mark.parametrize(("profile", "is_resumed"), [(CLASSIC, False), (CURRENT, True)], ids=str)
def test_resume_false_beats_the_variable_in_classic_only(
    make_world: Callable[..., wt.World], profile: Profile, is_resumed: bool
) -> None:
    """C.6, A.2"""
    world = make_world(profile, environ={"WANDB_RESUME": "allow"})
    world.server.add_run("abc", rows=[{"loss": 1}])

    assert world.init(id="abc", resume=False).resumed is is_resumed


def test_the_resume_argument_beats_the_variable(make_world: Callable[..., wt.World], profile: Profile) -> None:
    """C.6, A.2"""
    world = make_world(profile, environ={"WANDB_RESUME": "never"})
    world.server.add_run("abc", rows=[{"loss": 1}])

    assert world.init(id="abc", resume="allow").resumed is True


@pytest.mark.parametrize("resume", ["allow", "must", "never", "auto"])
def test_the_existence_query_comes_before_the_create_request(fake: wt.World, resume: str) -> None:
    """RESUME-11"""
    if resume != "never":
        fake.server.add_run("abc")

    fake.init(id="abc", resume=resume)

    assert fake.run.requests[:2] == ["status", "run"]


@pytest.mark.parametrize("resume", [None, False])
def test_no_existence_query_is_sent_without_resume(fake: wt.World, resume: bool | None) -> None:
    """RESUME-11"""
    fake.server.add_run("abc")

    fake.init(id="abc", resume=resume)

    assert fake.run.requests == ["run"]


@pytest.mark.parametrize("resume", ["must", "never", "allow", "auto", None])
def test_offline_neither_enforces_nor_reports_resume(fake: wt.World, resume: str | None) -> None:
    """RESUME-13, RESUME-10"""
    fake.server.add_run("abc", rows=[{"loss": 1}])
    fake.server.fail(reply=0)

    run = fake.init(id="abc", resume=resume, mode="offline")
    run.log({"loss": 2})
    run.finish()

    local = fake.runs[1]
    assert (run.id, run.resumed, run.starting_step, local.resumed_from) == ("abc", False, 0, None)
    assert local.history == [{"_step": 0, "loss": 2}]
    assert (local.mode, local.requests) == ("offline", [])


# ---------------------------------------------------------------------- what cannot be read (RESUME-12)


def with_damage(world: wt.World, **damage: str) -> wt.World:
    world.server.add_run("abc", rows=[{"loss": 1}, {"loss": 2}], config={"old": 1}, summary={"best": 3})
    world.server.corrupt_run("abc", **damage)
    return world


DAMAGES = [{"config": "{"}, {"summary": "nonsense"}, {"config": "{]", "summary": "["}]


@pytest.mark.parametrize("damage", DAMAGES)
def test_must_does_not_resume_what_cannot_be_read(fake: wt.World, profile: Profile, damage: dict[str, str]) -> None:
    """RESUME-12, ERR-3"""
    error = wt.UsageError if profile is CLASSIC else wt.Error

    with pytest.raises(wt.Error, match=f"its stored {' and '.join(damage)} cannot be read") as raised:
        with_damage(fake, **damage).init(id="abc", resume="must")

    assert type(raised.value) is error
    assert "run" not in [KINDS[type(record)] for record in fake.recorder.records]
    assert fake.run.state == "finished"


@pytest.mark.parametrize("resume", ["allow", "auto"])
@pytest.mark.parametrize(
    ("damage", "config", "summary"),
    [
        (DAMAGES[0], {"new": 1}, {}),
        (DAMAGES[1], {"old": 1, "new": 1}, {}),
        (DAMAGES[2], {"new": 1}, {}),
    ],
)
def test_classic_resumes_with_what_can_be_read(
    classic: wt.World, resume: str, damage: dict[str, str], config: dict[str, Any], summary: dict[str, Any]
) -> None:
    """RESUME-12"""
    run = with_damage(classic, **damage).init(id="abc", resume=resume, config={"new": 1})

    assert (run.resumed, run.starting_step, dict(run.config.items())) == (True, 2, config)
    assert {key: run.summary[key] for key in run.summary.keys()} == summary  # noqa: SIM118
    run.log({"loss": 3})
    run.finish()
    assert classic.run.history["loss"] == [1, 2, 3]
    assert (classic.run.config, classic.run.state) == (config, "finished")


@pytest.mark.parametrize("resume", ["allow", "auto"])
def test_current_does_not_resume_what_cannot_be_read_either_way(current: wt.World, resume: str) -> None:
    """RESUME-12"""
    with pytest.raises(wt.Error, match="cannot be read"):
        with_damage(current, config="{").init(id="abc", resume=resume)


def test_never_need_not_read_it(fake: wt.World) -> None:
    """RESUME-12, RESUME-3"""
    with pytest.raises(wt.UsageError, match="already exists"):
        with_damage(fake, config="{").init(id="abc", resume="never")


def test_without_resume_it_is_written_anew(fake: wt.World) -> None:
    """RESUME-12, RESUME-1"""
    with_damage(fake, config="{", summary="{").init(id="abc", config={"new": 1}).finish()

    assert fake.init(id="abc", resume="must").resumed is True


def test_the_server_is_damaged_with_what_is_no_json_only(fake: wt.World) -> None:
    """RESUME-12"""
    fake.server.add_run("abc")

    with pytest.raises(ValueError, match=r"config='\{\}'.*that is JSON"):
        fake.server.corrupt_run("abc", config="{}")
    with pytest.raises(ValueError, match=r"summary=''.*clients read as nothing"):
        fake.server.corrupt_run("abc", summary="")
    with pytest.raises(ValueError, match=r"give the text"):
        fake.server.corrupt_run("abc")
    with pytest.raises(LookupError, match="no run with id 'other'"):
        fake.server.corrupt_run("other", config="{")
