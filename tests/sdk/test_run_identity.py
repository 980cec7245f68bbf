"""Who a run is: id, project, name and entity, and what init() writes into its record (ID, PROJ, NAME, ENT, META)."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from typing import Any

import pytest

import wandb_testkit as wt
from wandb_testkit.profiles import CLASSIC, CURRENT, Profile

GENERATED = re.compile("[0-9a-z]{8}")


@pytest.mark.parametrize(
    ("argument", "variable", "expected"),
    [
        ("abc", None, "abc"),
        (None, "abc", "abc"),
        ("abc", "abc", "abc"),
        ("abc", "other", "abc"),
    ],
    ids=["arg", "env", "both_equal", "both_different"],
)
def test_the_id_is_the_argument_else_the_variable(
    make_world: Callable[..., wt.World], profile: Profile, argument: str | None, variable: str | None, expected: str
) -> None:
    """ID-1"""
    world = make_world(profile, environ={} if variable is None else {"WANDB_RUN_ID": variable})

    run = world.init(id=argument)

    assert (run.id, world.run.id) == (expected, expected)


def test_without_an_id_one_is_generated(fake: wt.World) -> None:
    """ID-1, ID-2"""
    assert GENERATED.fullmatch(fake.init().id)


def test_classic_takes_the_hint_before_the_variable_and_after_the_argument(make_world: Callable[..., wt.World]) -> None:
    """ID-1, RESUME-9"""
    world = make_world(CLASSIC, environ={"WANDB_RUN_ID": "variable"})

    hinted = world.init(resume="hint")
    hinted.finish()
    given = world.init(resume="hint", id="argument")

    assert (hinted.id, given.id) == ("hint", "argument")


def test_with_auto_the_resume_file_comes_after_argument_and_variable(
    make_world: Callable[..., wt.World], profile: Profile
) -> None:
    """ID-1, AUTO-4"""
    world = make_world(profile)
    world.disk.write("wandb/wandb-resume.json", b'{"run_id": "file"}')
    from_file = world.init(resume="auto")
    world.session = world.process(environ={"WANDB_RUN_ID": "variable"})
    from_variable = world.init(resume="auto")
    world.session = world.process(environ={"WANDB_RUN_ID": "variable"})
    from_argument = world.init(resume="auto", id="argument")

    assert [run.id for run in (from_file, from_variable, from_argument)] == ["file", "variable", "argument"]


def test_generated_ids_do_not_repeat_whatever_the_seed(fake: wt.World) -> None:
    """ID-2"""
    ids = set()
    for _ in range(200):
        random.seed(1)
        ids.add(fake.init(mode="offline", reinit=True).id)

    assert len(ids) == 200
    assert all(GENERATED.fullmatch(run_id) for run_id in ids)


@pytest.mark.parametrize("run_id", ["a b", "50%", "a\\b", "schön", "x" * 300, "UPPER", "a.b-c_d"])
def test_ids_that_both_profiles_accept(fake: wt.World, run_id: str) -> None:
    """ID-3"""
    assert fake.init(id=run_id).id == run_id


@pytest.mark.parametrize("run_id", [" a", "a ", "a:b", "a;b", "a,b", "a#b", "a?b", "a'b"])
def test_ids_that_only_classic_accepts(classic: wt.World, current: wt.World, run_id: str) -> None:
    """ID-3"""
    assert classic.init(id=run_id).id == run_id
    with pytest.raises(wt.UsageError, match=re.escape(repr(run_id))):
        current.init(id=run_id)


def test_an_empty_id_is_not_given_in_classic_and_an_error_in_current(classic: wt.World, current: wt.World) -> None:
    """ID-3, A.2"""
    assert GENERATED.fullmatch(classic.init(id="").id)
    with pytest.raises(wt.UsageError):
        current.init(id="")


def test_an_empty_id_variable_is_not_given_in_classic_and_an_error_in_current(
    make_world: Callable[..., wt.World],
) -> None:
    """ID-3, A.2"""
    environ = {"WANDB_RUN_ID": ""}

    assert GENERATED.fullmatch(make_world(CLASSIC, environ=environ).init().id)
    with pytest.raises(wt.UsageError):
        make_world(CURRENT, environ=environ).init()


def test_a_slash_in_an_id_is_an_error_in_current(current: wt.World) -> None:
    """ID-3"""
    with pytest.raises(wt.UsageError, match="'a/b'"):
        current.init(id="a/b")


@pytest.mark.parametrize(
    ("profile", "reported"), [(CLASSIC, "problem"), (CURRENT, r"run_id\n  Input should be a valid string")]
)
def test_an_id_that_is_no_str_is_an_error(make_world: Callable[..., wt.World], profile: Profile, reported: str) -> None:
    """ID-3"""
    with pytest.raises(Exception, match=reported):
        make_world(profile).init(id=3)


def test_the_same_id_in_another_project_is_another_run(fake: wt.World) -> None:
    """ID-4"""
    fake.init(id="abc", project="one").finish()
    with pytest.raises(wt.UsageError, match="two/abc"):
        fake.init(id="abc", project="two", resume="must")
    fake.session = fake.process(environ={})

    fake.init(id="abc", project="two", resume="never")

    assert [run.path for run in fake.runs] == ["testkit-user/one/abc", "testkit-user/two/abc"]


def test_the_same_id_under_another_owner_is_another_run(fake: wt.World) -> None:
    """ID-4"""
    fake.server.add_team("team")
    fake.init(id="abc").finish()

    with pytest.raises(wt.UsageError, match="team/uncategorized/abc"):
        fake.init(id="abc", entity="team", resume="must")


def test_the_id_variable_applies_to_every_init_of_the_process(
    make_world: Callable[..., wt.World], profile: Profile
) -> None:
    """ID-5"""
    world = make_world(profile, environ={"WANDB_RUN_ID": "abc"})

    first = world.init()
    first.finish()
    second = world.init()

    assert (first.id, second.id) == ("abc", "abc")
    assert [run.id for run in world.runs] == ["abc"]


@pytest.mark.parametrize("resume", [None, "allow", "never", "auto", "must"])
def test_the_id_of_a_deleted_run_cannot_be_used_again(fake: wt.World, resume: str | None) -> None:
    """ID-6, RESUME-8"""
    fake.server.add_run("abc")
    fake.server.delete_run("abc")

    with pytest.raises(wt.Error):
        fake.init(id="abc", resume=resume)

    assert fake.runs == []


def test_a_run_without_project_is_uncategorized(fake: wt.World) -> None:
    """PROJ-1"""
    assert fake.init().project == "uncategorized"


def test_an_offline_run_without_project_has_none_in_classic(classic: wt.World, current: wt.World) -> None:
    """PROJ-1"""
    assert classic.init(mode="offline").project == ""
    assert current.init(mode="offline").project == "uncategorized"


def test_two_runs_may_have_the_same_name(fake: wt.World) -> None:
    """NAME-1"""
    fake.init(name="twin").finish()
    second = fake.init(name="twin", resume="allow")

    assert second.resumed is False
    assert [run.name for run in fake.runs] == ["twin", "twin"]


def test_the_server_names_an_online_run(fake: wt.World) -> None:
    """NAME-2"""
    run = fake.init()

    assert re.fullmatch(r"[a-z]+-[a-z]+-1", str(run.name))
    assert fake.run.name == run.name


def test_an_offline_run_has_no_name_unless_given(fake: wt.World) -> None:
    """NAME-2"""
    unnamed = fake.init(mode="offline")
    unnamed.finish()
    named = fake.init(mode="offline", name="mine")

    assert (unnamed.name, named.name) == (None, "mine")
    assert [run.name for run in fake.runs] == [None, "mine"]


def test_the_entity_is_the_argument_else_the_variable_else_the_servers(
    make_world: Callable[..., wt.World], profile: Profile
) -> None:
    """ENT-1"""
    world = make_world(profile, environ={"WANDB_ENTITY": "from-variable"})
    for team in ("from-argument", "from-variable"):
        world.server.add_team(team)
    from_argument = world.init(entity="from-argument", project="p", id="a")
    from_argument.finish()
    from_variable = world.init(project="p", id="b")
    world.session = world.process(environ={})
    from_server = world.init(project="p", id="c")

    assert [run.path for run in (from_argument, from_variable, from_server)] == [
        "from-argument/p/a",
        "from-variable/p/b",
        "testkit-user/p/c",
    ]
    assert [run.path for run in world.runs] == [run.path for run in (from_argument, from_variable, from_server)]


def test_the_url_follows_the_entity(fake: wt.World) -> None:
    """ENT-1"""
    fake.server.add_team("team")

    run = fake.init(entity="team", project="proj", id="abc")

    pages = {CLASSIC: "https://wandb.ai", CURRENT: "https://forge.coreweave.com/wandb"}[fake.profile]
    assert run.url == f"{pages}/team/proj/runs/abc"
    assert run.entity == "team"


def test_an_entity_that_the_account_may_not_write_to_is_refused_by_name(fake: wt.World) -> None:
    """ENT-1"""
    fake.server.add_user("stranger")

    with pytest.raises(wt.Error, match="'testkit-user' may write to 'testkit-user', not to entity 'stranger'"):
        fake.init(entity="stranger")


GIVEN: dict[str, Any] = {
    "job_type": "eval",
    "group": "fold-1",
    "notes": "first line\nsecond line",
    "tags": ["b", "a", "b"],
    "name": "mine",
    "config": {"lr": 0.1},
}


def test_what_init_is_given_is_in_the_record_when_it_returns(fake: wt.World) -> None:
    """META-1"""
    run = fake.init(**GIVEN)

    seen = fake.run
    recorded = {name: getattr(seen, name) for name in GIVEN}
    assert recorded == {**GIVEN, "tags": ("b", "a", "b")}
    assert (run.job_type, run.group, run.notes, run.tags, run.name) == (
        "eval",
        "fold-1",
        "first line\nsecond line",
        ("b", "a", "b"),
        "mine",
    )


def test_runs_share_a_group_by_its_text_only(fake: wt.World) -> None:
    """META-1"""
    for group in ("fold-1", "fold-1", None):
        fake.init(group=group).finish()

    assert [run.group for run in fake.runs] == ["fold-1", "fold-1", None]


@pytest.mark.parametrize("resume", [None, "allow"])
def test_what_is_not_given_keeps_its_old_value(fake: wt.World, resume: str | None) -> None:
    """META-1, RESUME-1, RESUME-7f"""
    fake.init(id="abc", **GIVEN).finish()

    fake.init(id="abc", resume=resume, job_type="eval")

    seen = fake.run
    assert (seen.group, seen.notes, seen.tags, seen.name) == (
        "fold-1",
        "first line\nsecond line",
        ("b", "a", "b"),
        "mine",
    )


@pytest.mark.parametrize("mode", ["online", "offline"])
def test_classic_gives_a_new_run_the_job_type_train(classic: wt.World, mode: str) -> None:
    """META-2"""
    run = classic.init(mode=mode)

    assert (run.job_type, classic.run.job_type) == ("train", "train")


def test_classic_gives_the_default_job_type_to_the_offline_fallback_too(
    make_world: Callable[..., wt.World],
) -> None:
    """META-2, FORCE-1"""
    world = make_world(CLASSIC, logged_in=False)

    run = world.init()

    assert (run.offline, run.job_type, world.run.job_type) == (True, "train", "train")


@pytest.mark.parametrize(
    ("options", "environ"),
    [({"job_type": "eval"}, {}), ({"settings": {"run_job_type": "eval"}}, {}), ({}, {"WANDB_JOB_TYPE": "eval"})],
    ids=["argument", "settings", "variable"],
)
def test_a_job_type_that_somebody_gave_stands(
    make_world: Callable[..., wt.World], profile: Profile, options: dict[str, Any], environ: dict[str, str]
) -> None:
    """META-2"""
    world = make_world(profile, environ=environ)

    run = world.init(**options)

    assert (run.job_type, world.run.job_type) == ("eval", "eval")


def test_classic_gives_a_resumed_run_no_job_type(classic: wt.World) -> None:
    """META-2, RESUME-7f"""
    classic.init(id="abc", job_type="eval").finish()

    run = classic.init(id="abc", resume="must")

    assert (run.job_type, classic.run.job_type) == ("", "eval")


def test_classic_keeps_none_as_the_job_type_of_a_resumed_run(classic: wt.World) -> None:
    """META-2"""
    classic.server.add_run("abc")

    run = classic.init(id="abc", resume="must")

    assert (run.job_type, classic.run.job_type) == ("", None)


def test_classic_replaces_the_job_type_of_an_overwritten_run(classic: wt.World) -> None:
    """META-2"""
    classic.init(id="abc", job_type="eval").finish()

    run = classic.init(id="abc")

    assert (run.job_type, classic.run.job_type) == ("train", "train")


def test_classic_does_not_touch_the_job_type_of_a_returned_run(classic: wt.World) -> None:
    """META-2, REINIT-2"""
    run = classic.init(job_type="eval")

    again = classic.init()

    assert again is run
    assert (again.job_type, classic.run.job_type) == ("eval", "eval")


def test_current_has_no_default_job_type(current: wt.World) -> None:
    """META-2"""
    run = current.init()

    assert (run.job_type, current.run.job_type) == ("", None)
