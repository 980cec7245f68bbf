"""resume="auto": the resume file, what writes and removes it, and what it leads to (AUTO)."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import wandb_testkit as wt
from wandb_testkit.profiles import CLASSIC, Profile

FILE = "wandb/wandb-resume.json"


def remembered(world: wt.World) -> str | None:
    content = world.disk.read(FILE)
    return None if content is None else str(json.loads(content)["run_id"])


def killed(world: wt.World) -> None:
    """The process dies without a word, and another one starts on the same machine."""
    world.session = world.process(environ={})


def test_the_file_holds_one_object_with_the_id(fake: wt.World) -> None:
    """AUTO-1"""
    fake.init(id="abc", resume="auto")

    content = fake.disk.read("wandb/wandb-resume.json")

    assert content is not None
    assert json.loads(content) == {"run_id": "abc"}


@pytest.mark.parametrize("folder", ["wandb", ".wandb"])
def test_the_file_is_in_the_wandb_directory_below_dir(fake: wt.World, tmp_path: Path, folder: str) -> None:
    """AUTO-1, E.2: `.wandb` is preferred if it exists"""
    if folder == ".wandb":
        (tmp_path / folder).mkdir()

    fake.init(id="abc", resume="auto", dir=tmp_path)

    assert json.loads((tmp_path / folder / "wandb-resume.json").read_text()) == {"run_id": "abc"}


def test_another_directory_is_another_machine(fake: wt.World, tmp_path: Path) -> None:
    """AUTO-2"""
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    fake.init(id="abc", resume="auto", dir=tmp_path / "a")
    killed(fake)

    elsewhere = fake.init(resume="auto", dir=tmp_path / "b")
    fake.session = fake.process(environ={})
    here = fake.init(resume="auto", dir=tmp_path / "a")

    assert (elsewhere.id == "abc", elsewhere.resumed) == (False, False)
    assert (here.id, here.resumed) == ("abc", True)


def test_with_another_project_a_new_run_of_that_id_is_created_there(fake: wt.World) -> None:
    """AUTO-2"""
    fake.init(id="abc", project="one", resume="auto")
    killed(fake)

    run = fake.init(project="two", resume="auto")

    assert (run.id, run.project, run.resumed) == ("abc", "two", False)


def test_a_run_that_is_still_running_counts_as_crashed(fake: wt.World) -> None:
    """AUTO-3"""
    fake.init(id="abc", resume="auto")
    killed(fake)

    run = fake.init(resume="auto")

    assert (run.id, run.resumed) == ("abc", True)


def test_the_file_is_written_before_the_server_is_asked(fake: wt.World) -> None:
    """AUTO-4, AUTO-9"""
    fake.server.fail("status", reply=500)

    with pytest.raises(wt.Error):
        fake.init(id="abc", resume="auto")

    assert remembered(fake) == "abc"


def test_an_id_that_the_server_does_not_know_makes_a_new_run(fake: wt.World) -> None:
    """AUTO-4"""
    fake.disk.write(FILE, b'{"run_id": "abc"}')

    run = fake.init(resume="auto")

    assert (run.id, run.resumed) == ("abc", False)


def test_another_id_that_is_given_wins_with_a_warning(fake: wt.World) -> None:
    """AUTO-4"""
    fake.disk.write(FILE, b'{"run_id": "old"}')

    run = fake.init(resume="auto", id="new")

    (warning,) = [notice.message for notice in fake.recorder.warnings]
    assert ("'old'" in warning, "'new'" in warning) == (True, True)
    assert (run.id, remembered(fake)) == ("new", "new")


def test_the_same_id_given_again_is_no_reason_to_warn(fake: wt.World) -> None:
    """AUTO-4"""
    fake.disk.write(FILE, b'{"run_id": "abc"}')

    fake.init(resume="auto", id="abc")

    assert fake.recorder.warnings == []


@pytest.mark.parametrize("word", ["auto", True])
def test_a_run_that_ends_well_removes_the_file(fake: wt.World, word: str | bool) -> None:
    """AUTO-5"""
    fake.init(resume=word).finish()

    assert remembered(fake) is None


def test_leaving_a_with_block_removes_the_file(fake: wt.World) -> None:
    """AUTO-5"""
    with fake.init(resume="auto"):
        during = remembered(fake)

    assert during is not None
    assert remembered(fake) is None


def test_classic_removes_the_file_at_the_end_of_any_run_of_the_directory(classic: wt.World) -> None:
    """AUTO-5"""
    classic.init(id="abc", resume="auto")
    killed(classic)
    plain = classic.init()
    meanwhile = remembered(classic)
    plain.finish()

    assert (meanwhile, remembered(classic)) == ("abc", None)


@pytest.mark.parametrize("mode", ["online", "offline"])
def test_current_removes_the_file_when_a_run_without_resume_starts(current: wt.World, mode: str) -> None:
    """AUTO-5"""
    current.init(id="abc", resume="auto")
    killed(current)

    current.init(mode=mode)

    assert remembered(current) is None


def test_a_plain_run_that_is_killed_leaves_the_file_in_classic(classic: wt.World) -> None:
    """AUTO-5"""
    classic.init(id="abc", resume="auto")
    killed(classic)
    classic.init()
    killed(classic)

    assert classic.init(resume="auto").id == "abc"


def test_a_process_that_ends_normally_removes_the_file_in_classic_only(classic: wt.World, current: wt.World) -> None:
    """AUTO-5"""
    for world in (classic, current):
        world.init(id="abc", resume="auto")
        world.finish_unfinished()
        killed(world)

    assert (remembered(classic), remembered(current)) == (None, "abc")
    assert [world.run.state for world in (classic, current)] == ["finished", "finished"]


def finished_with_1(world: wt.World, run: Any) -> None:
    run.finish(1)


def raised_in_with(error: BaseException) -> Any:
    def end(world: wt.World, run: Any) -> None:
        with pytest.raises(type(error)), run:
            raise error

    end.__name__ = f"raised_{type(error).__name__}_in_with"
    return end


def was_killed(world: wt.World, run: Any) -> None:
    killed(world)


@pytest.mark.parametrize(
    "end",
    [
        finished_with_1,
        raised_in_with(ValueError()),
        raised_in_with(SystemExit(0)),
        raised_in_with(KeyboardInterrupt()),
        was_killed,
    ],
)
def test_a_run_that_does_not_end_well_is_resumed_by_the_next(
    fake: wt.World, end: Callable[[wt.World, Any], None]
) -> None:
    """AUTO-6, AUTO-3"""
    run = fake.init(id="abc", resume="auto")
    run.log({"loss": 1})
    end(fake, run)

    again = fake.init(resume="auto")

    assert (again.id, again.resumed, again.starting_step) == ("abc", True, 1)


def test_classic_finishes_first_and_then_looks_at_the_file(classic: wt.World) -> None:
    """AUTO-7"""
    first = classic.init(id="abc", resume="auto")

    second = classic.init(resume="auto", reinit=True)

    assert second.id != first.id
    assert remembered(classic) == second.id


def test_current_reads_the_file_first_and_loses_it_by_the_finish(current: wt.World) -> None:
    """AUTO-7"""
    current.init(id="abc", resume="auto")

    second = current.init(resume="auto", reinit=True)

    assert (second.id, second.resumed) == ("abc", True)
    assert remembered(current) is None


@pytest.mark.parametrize(
    "content",
    [
        b"not json",
        b'"text"',
        b"{}",
        b'{"run_id": null}',
        b'{"run_id": ""}',
        b"",
        b"\xff",
        b"5",
        b"null",
        b"[" * 100_000,
    ],
)
def test_a_damaged_file_is_as_good_as_none(fake: wt.World, content: bytes) -> None:
    """AUTO-8, DEV-18"""
    fake.disk.write(FILE, content)

    run = fake.init(resume="auto")

    assert run.resumed is False
    assert remembered(fake) == run.id


def test_classic_takes_a_list_in_the_file_for_damage(classic: wt.World) -> None:
    """AUTO-8"""
    classic.disk.write(FILE, b"[1]")

    run = classic.init(resume="auto")

    assert remembered(classic) == run.id


def test_current_refuses_an_id_in_the_file_that_no_id_may_be(current: wt.World) -> None:
    """AUTO-8"""
    current.disk.write(FILE, b'{"run_id": "a/b"}')

    with pytest.raises(wt.UsageError, match="'a/b'"):
        current.init(resume="auto")

    assert remembered(current) == "a/b"


@pytest.mark.parametrize("arguments", [{"mode": "bogus"}, {"config": 3}])
def test_a_bad_argument_leaves_the_file_as_it_was(fake: wt.World, arguments: dict[str, Any]) -> None:
    """AUTO-9"""
    fake.disk.write(FILE, b'{"run_id": "abc"}')

    with pytest.raises(Exception, match=r"problem|mode|config"):
        fake.init(resume="auto", id="new", **arguments)

    assert remembered(fake) == "abc"


def test_a_failed_login_leaves_the_file_as_it_was(make_world: Callable[..., wt.World], profile: Profile) -> None:
    """AUTO-9"""
    world = make_world(profile, logged_in=False)
    world.disk.write(FILE, b'{"run_id": "abc"}')

    with pytest.raises(wt.UsageError):
        world.init(resume="auto", id="new", force=True)

    assert remembered(world) == "abc"


def test_in_classic_a_finish_by_reinit_takes_the_file_away_before_a_failed_login(classic: wt.World) -> None:
    """AUTO-9"""
    classic.init(id="abc", resume="auto")
    classic.home.api_key = None

    with pytest.raises(wt.UsageError):
        classic.init(resume="auto", reinit=True, force=True)

    assert remembered(classic) is None


def test_in_current_a_server_error_after_reinit_leaves_no_file(current: wt.World) -> None:
    """AUTO-9"""
    current.init(id="abc", resume="auto")
    current.server.fail("status", reply=500)

    with pytest.raises(wt.CommError):
        current.init(resume="auto", reinit=True)

    assert remembered(current) is None


def test_the_directory_is_made_and_nothing_else_is_left_in_it(fake: wt.World, tmp_path: Path) -> None:
    """AUTO-10"""
    run: Any = fake.init(id="abc", resume="auto", dir=tmp_path)

    own = {Path(run.dir).parent.name, "latest-run", "debug.log", "debug-internal.log"}
    assert {path.name for path in (tmp_path / "wandb").iterdir()} - own == {"wandb-resume.json"}


def test_the_file_is_never_half_written(fake: wt.World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """AUTO-10"""
    fake.init(id="abc", resume="auto", dir=tmp_path).finish(1)
    monkeypatch.setattr("os.replace", lambda *paths: pytest.fail("the disk is full"))

    with pytest.raises(pytest.fail.Exception):
        fake.init(id="other", resume="auto", dir=tmp_path)

    assert json.loads((tmp_path / "wandb" / "wandb-resume.json").read_text()) == {"run_id": "abc"}


@pytest.mark.parametrize("resume", ["allow", "must", "never"])
def test_the_other_words_neither_read_nor_write_the_file(fake: wt.World, resume: str) -> None:
    """AUTO-11"""
    fake.disk.write(FILE, b'{"run_id": "abc"}')
    if resume == "must":
        fake.server.add_run("other")

    run = fake.init(resume=resume, id="other")

    assert (run.id, remembered(fake)) == ("other", "abc")


def test_allow_without_id_does_not_look_into_the_file(fake: wt.World) -> None:
    """AUTO-11"""
    fake.disk.write(FILE, b'{"run_id": "abc"}')

    run = fake.init(resume="allow")

    assert run.id != "abc"


def test_a_missing_dir_gives_way_to_the_temporary_directory_in_classic(
    make_world: Callable[..., wt.World], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """AUTO-1, DIR-2"""
    temporary = tmp_path / "tmp"
    temporary.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(temporary))
    world = make_world(CLASSIC)

    world.init(id="abc", resume="auto", dir=tmp_path / "missing")

    assert (temporary / "wandb" / "wandb-resume.json").exists()
    assert not (tmp_path / "missing").exists()
