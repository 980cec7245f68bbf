"""Whose run it is: credentials, the offline fallback, anonymous accounts (A.4, LOGIN, FORCE, ANON)."""

from __future__ import annotations

import builtins
from collections.abc import Callable
from typing import Any

import pytest

import wandb_testkit as wt
from wandb_testkit.profiles import CLASSIC, CURRENT, Profile
from wandb_testkit.records import AnonymousAccountRequest, ViewerRequest

OTHER_KEY = "k" * 40


def logged_out(world: wt.World) -> None:
    world.home.api_key = None


def refused(world: wt.World) -> None:
    world.server.accounts.revoke(world.api_key)


def unreachable(world: wt.World) -> None:
    world.server.fail(reply=0)


TROUBLES = [logged_out, refused, unreachable]
Trouble = Callable[[wt.World], None]


def anonymous_accounts_made(world: wt.World) -> int:
    return sum(type(record) is AnonymousAccountRequest for record in world.recorder.records)


# ---------------------------------------------------------------------- credentials


def test_the_key_of_the_machine_is_used(fake: wt.World) -> None:
    """A.4"""
    assert fake.init().entity == "testkit-user"


def test_the_key_variable_beats_the_key_of_the_machine(make_world: Callable[..., wt.World], profile: Profile) -> None:
    """A.4"""
    world = make_world(profile, environ={"WANDB_API_KEY": OTHER_KEY})
    world.server.add_user("other", api_key=OTHER_KEY)

    assert world.init().entity == "other"


def test_the_key_given_to_login_beats_the_variable(make_world: Callable[..., wt.World], profile: Profile) -> None:
    """A.4"""
    world = make_world(profile, environ={"WANDB_API_KEY": "v" * 40})
    world.server.add_user("variable", api_key="v" * 40)
    world.server.add_user("other", api_key=OTHER_KEY)

    world.login(key=OTHER_KEY)

    assert world.init().entity == "other"


def test_current_refuses_a_short_key_before_any_request(make_world: Callable[..., wt.World]) -> None:
    """A.4"""
    world = make_world(CURRENT, environ={"WANDB_API_KEY": "short"})

    with pytest.raises(wt.AuthenticationError, match="40 or more characters, has 5"):
        world.init()

    assert (world.recorder.records, world.recorder.refusals) == ([], [])


def test_a_short_key_fails_only_at_a_request_in_classic(make_world: Callable[..., wt.World]) -> None:
    """A.4"""
    world = make_world(CLASSIC, environ={"WANDB_API_KEY": "short"})

    with pytest.raises(wt.UsageError, match="not accepted"):
        world.init(force=True)

    assert [type(refusal.record) for refusal in world.recorder.refusals] == [ViewerRequest]


# ---------------------------------------------------------------------- FORCE


@pytest.mark.parametrize("trouble", TROUBLES)
@pytest.mark.parametrize("force", [None, False])
def test_without_force_classic_makes_an_offline_run_with_a_warning(
    classic: wt.World, trouble: Trouble, force: bool | None
) -> None:
    """FORCE-1"""
    trouble(classic)

    run = classic.init(force=force)

    assert (run.offline, classic.run.mode) == (True, "offline")
    assert [notice.message for notice in classic.recorder.warnings if "offline mode [FORCE-1]" in notice.message]


@pytest.mark.parametrize(
    ("trouble", "error"), [(logged_out, wt.UsageError), (refused, wt.CommError), (unreachable, wt.CommError)]
)
@pytest.mark.parametrize("force", [None, False, True])
def test_current_raises_whatever_force_says(
    current: wt.World, trouble: Trouble, error: type[Exception], force: bool | None
) -> None:
    """FORCE-1, FORCE-2"""
    trouble(current)

    with pytest.raises(error) as raised:
        current.init(force=force)

    assert type(raised.value) is error
    assert current.runs == []


@pytest.mark.parametrize("trouble", TROUBLES)
def test_with_force_classic_raises_and_leaves_nothing(classic: wt.World, trouble: Trouble) -> None:
    """FORCE-2"""
    remembered = b'{"run_id": "abc"}'
    classic.disk.write("wandb/wandb-resume.json", remembered)
    trouble(classic)

    with pytest.raises(wt.UsageError, match="force=True"):
        classic.init(force=True, resume="auto")

    assert (classic.runs, classic.session.run) == ([], None)
    assert classic.disk.files_below("wandb") == {"wandb-resume.json": remembered}


@pytest.mark.parametrize("mode", ["online", "offline", "disabled"])
def test_force_has_no_effect_where_no_login_is_needed_or_it_works(fake: wt.World, mode: str) -> None:
    """FORCE-3"""
    if mode != "online":
        logged_out(fake)

    run = fake.init(mode=mode, force=True)

    assert run.disabled is (mode == "disabled")
    assert [seen.mode for seen in fake.runs] == ([] if mode == "disabled" else [mode])


def test_nobody_is_asked_without_a_terminal(make_world: Callable[..., wt.World], monkeypatch: Any) -> None:
    """FORCE-4"""

    def ask(prompt: str = "") -> str:
        raise AssertionError(f"the user was asked {prompt!r}")

    monkeypatch.setattr(builtins, "input", ask)
    monkeypatch.setattr("getpass.getpass", ask)

    run = make_world(CLASSIC, logged_in=False).init()

    assert run.offline is True


@pytest.mark.parametrize("resume", ["must", "never", "auto"])
def test_the_offline_fallback_comes_before_the_resume_steps(classic: wt.World, resume: str) -> None:
    """FORCE-5"""
    classic.server.add_run("abc", rows=[{"loss": 1}])
    logged_out(classic)

    run = classic.init(id="abc", resume=resume)

    assert (run.offline, run.resumed, run.starting_step) == (True, False, 0)


# ---------------------------------------------------------------------- ANON


@pytest.mark.parametrize("anonymous", [None, "never", "false"])
@pytest.mark.parametrize("trouble", [logged_out, refused])
def test_never_makes_no_anonymous_account(classic: wt.World, trouble: Trouble, anonymous: str | None) -> None:
    """ANON-1"""
    trouble(classic)

    run = classic.init(anonymous=anonymous)

    assert run.offline is True
    assert anonymous_accounts_made(classic) == 0


def test_a_stored_anonymous_key_counts_as_logged_in_even_with_never(classic: wt.World) -> None:
    """ANON-1, ANON-4"""
    logged_out(classic)
    classic.init(anonymous="allow").finish()
    classic.session = classic.process(environ={})

    run = classic.init(anonymous="never")

    assert (run.offline, run.entity) == (False, "anonymous-1")
    assert anonymous_accounts_made(classic) == 1


@pytest.mark.parametrize("anonymous", ["allow", "true"])
def test_allow_uses_the_account_that_is_logged_in(classic: wt.World, anonymous: str) -> None:
    """ANON-2"""
    run = classic.init(anonymous=anonymous)

    assert run.entity == "testkit-user"
    assert anonymous_accounts_made(classic) == 0


@pytest.mark.parametrize("anonymous", ["allow", "true", "must"])
def test_allow_and_must_make_an_anonymous_account_for_who_is_not_logged_in(classic: wt.World, anonymous: str) -> None:
    """ANON-2, ANON-3"""
    logged_out(classic)

    run = classic.init(anonymous=anonymous)

    assert (run.offline, run.entity, classic.run.entity) == (False, "anonymous-1", "anonymous-1")
    assert anonymous_accounts_made(classic) == 1


def test_must_makes_an_anonymous_account_even_if_logged_in_and_keeps_the_real_key(classic: wt.World) -> None:
    """ANON-3"""
    run = classic.init(anonymous="must")
    run.finish()
    classic.session = classic.process(environ={})
    later = classic.init()

    assert (run.entity, later.entity) == ("anonymous-1", "testkit-user")
    assert classic.home.api_key == classic.api_key


def test_must_uses_an_anonymous_key_that_is_there_already(classic: wt.World) -> None:
    """ANON-3"""
    logged_out(classic)
    classic.init(anonymous="allow").finish()
    classic.session = classic.process(environ={})

    run = classic.init(anonymous="must")

    assert run.entity == "anonymous-1"
    assert anonymous_accounts_made(classic) == 1


def test_an_anonymous_key_is_kept_for_the_next_process(classic: wt.World) -> None:
    """ANON-4"""
    logged_out(classic)
    first = classic.init(anonymous="must")
    classic.session = classic.process(environ={})
    second = classic.init(anonymous="must")

    assert (first.entity, second.entity) == ("anonymous-1", "anonymous-1")
    assert first.id != second.id


def test_the_url_of_an_anonymous_run_carries_the_key(classic: wt.World) -> None:
    """ANON-5"""
    url = str(classic.init(anonymous="must", id="abc", project="p").url)
    account = classic.server.accounts.of(url.partition("?apiKey=")[2])

    assert url.startswith("https://wandb.ai/anonymous-1/p/runs/abc?apiKey=")
    assert account is not None
    assert account.entity == "anonymous-1"


def test_the_url_of_a_users_run_carries_no_key(classic: wt.World) -> None:
    """ANON-5"""
    assert "apiKey" not in str(classic.init().url)


def test_an_anonymous_login_satisfies_force(classic: wt.World) -> None:
    """ANON-6"""
    logged_out(classic)

    assert classic.init(anonymous="allow", force=True).entity == "anonymous-1"


@pytest.mark.parametrize("anonymous", ["allow", "must"])
def test_where_no_account_can_be_made_force_decides(classic: wt.World, anonymous: str) -> None:
    """ANON-6"""
    logged_out(classic)
    unreachable(classic)

    with pytest.raises(wt.UsageError):
        classic.init(anonymous=anonymous, force=True)

    assert classic.init(anonymous=anonymous).offline is True


def test_a_refused_key_makes_no_anonymous_account_with_allow(classic: wt.World) -> None:
    """ANON-6"""
    refused(classic)

    assert classic.init(anonymous="allow").offline is True
    assert anonymous_accounts_made(classic) == 0


def test_the_users_runs_do_not_exist_for_an_anonymous_owner(classic: wt.World) -> None:
    """ANON-7"""
    classic.server.add_run("abc")

    with pytest.raises(wt.UsageError, match="anonymous-1/uncategorized/abc"):
        classic.init(id="abc", resume="must", anonymous="must")


def test_resuming_as_anonymous_makes_a_run_of_the_anonymous_owner(classic: wt.World) -> None:
    """ANON-7"""
    classic.server.add_run("abc", rows=[{"a": 1}])

    run = classic.init(id="abc", resume="allow", anonymous="must")
    run.log({"a": 2})
    run.finish()
    again = classic.init(id="abc", resume="must", anonymous="must")

    users, anonymous = classic.runs
    assert (run.resumed, again.resumed) == (False, True)
    assert users.history == [{"_step": 0, "a": 1}]
    assert anonymous.history == [{"_step": 0, "a": 2}]
    assert (users.entity, anonymous.entity) == ("testkit-user", "anonymous-1")


def test_an_anonymous_key_that_is_refused_is_no_login(classic: wt.World) -> None:
    """ANON-6, FORCE-1"""
    logged_out(classic)
    classic.init(anonymous="allow").finish()
    classic.server.accounts.revoke(classic.home.api_key or "")
    classic.session = classic.process(environ={})

    assert classic.init(anonymous="must").offline is True
    assert anonymous_accounts_made(classic) == 1


def test_the_server_is_not_told_the_host_of_an_anonymous_run(classic: wt.World) -> None:
    """ANON-5"""
    classic.init(anonymous="must")

    assert "host" not in classic.run.client["facts"]


@pytest.mark.parametrize("mode", ["offline", "disabled"])
def test_a_wrong_argument_is_not_looked_at_where_no_login_is_needed(classic: wt.World, mode: str) -> None:
    """ANON-8"""
    assert classic.init(mode=mode, anonymous="bogus") is not None


@pytest.mark.parametrize("mode", ["online", "offline", "disabled"])
def test_a_wrong_variable_is_an_error_in_every_mode(make_world: Callable[..., wt.World], mode: str) -> None:
    """ANON-8"""
    with pytest.raises(Exception, match=r"^problem$") as raised:
        make_world(CLASSIC, environ={"WANDB_ANONYMOUS": "bogus"}).init(mode=mode)

    assert type(raised.value.__cause__) is TypeError


def test_a_wrong_argument_is_an_error_online(classic: wt.World) -> None:
    """ANON-8"""
    with pytest.raises(Exception, match=r"^problem$") as raised:
        classic.init(anonymous="bogus")

    assert "anonymous='bogus'" in str(raised.value.__cause__)


@pytest.mark.parametrize("anonymous", ["never", "allow", "must", "bogus", None, 3])
def test_anonymous_has_no_effect_but_a_warning_in_current(current: wt.World, anonymous: Any) -> None:
    """ANON-9"""
    run = current.init(anonymous=anonymous)

    assert (run.entity, run.offline) == ("testkit-user", False)
    assert current.session.told == ["anonymous_ignored"]
    assert anonymous_accounts_made(current) == 0


def test_the_anonymous_variable_has_no_effect_but_a_warning_in_current(make_world: Callable[..., wt.World]) -> None:
    """ANON-9"""
    world = make_world(CURRENT, environ={"WANDB_ANONYMOUS": "must"})

    run = world.init()

    assert run.entity == "testkit-user"
    assert world.session.told == ["anonymous_ignored"]


def test_without_anonymous_there_is_no_warning(current: wt.World) -> None:
    """ANON-9"""
    current.init()

    assert current.session.told == []


# ---------------------------------------------------------------------- LOGIN


@pytest.mark.parametrize("trouble", TROUBLES)
def test_returning_the_active_run_needs_no_login_in_classic(classic: wt.World, trouble: Trouble) -> None:
    """LOGIN-1"""
    run = classic.init()
    trouble(classic)

    assert classic.init(force=True) is run


@pytest.mark.parametrize("trouble", TROUBLES)
def test_a_disabled_run_or_reinit_does_not_skip_the_login_in_classic(classic: wt.World, trouble: Trouble) -> None:
    """LOGIN-1"""
    classic.init()
    trouble(classic)
    # The viewer of a key is asked once a process (LOGIN-2): another process has to ask again.
    classic.session = classic.process(environ={})
    classic.init(mode="disabled")

    with pytest.raises(wt.UsageError, match="force=True"):
        classic.init(force=True)


def test_reinit_logs_in_again_in_classic(classic: wt.World) -> None:
    """LOGIN-1"""
    classic.init()
    logged_out(classic)

    with pytest.raises(wt.UsageError, match="force=True"):
        classic.init(force=True, reinit=True)

    assert classic.run.state == "finished"


def test_the_login_comes_first_in_current(current: wt.World) -> None:
    """LOGIN-1"""
    run = current.init(mode="offline")
    logged_out(current)

    with pytest.raises(wt.UsageError, match="API key"):
        current.init()

    assert current.session.run is run


def test_current_keeps_to_the_key_that_the_process_has_logged_in_with(current: wt.World) -> None:
    """A.4"""
    current.init().finish()
    logged_out(current)

    assert current.init().offline is False
    current.session = current.process(environ={})
    with pytest.raises(wt.UsageError, match="API key"):
        current.init()


def test_teardown_forgets_the_key_of_the_process(current: wt.World) -> None:
    """A.4"""
    current.init().finish()
    logged_out(current)
    current.session.teardown()

    with pytest.raises(wt.UsageError, match="API key"):
        current.init()


def test_classic_asks_for_the_account_once_a_process_and_key(classic: wt.World) -> None:
    """LOGIN-2"""
    for _ in range(3):
        classic.init(reinit=True)

    assert sum(type(record) is ViewerRequest for record in classic.recorder.records) == 1


@pytest.mark.parametrize("mode", ["offline", "disabled"])
def test_offline_and_disabled_inits_ask_for_no_account(fake: wt.World, mode: str) -> None:
    """LOGIN-2"""
    fake.init(mode=mode)

    assert (fake.recorder.records, fake.recorder.refusals) == ([], [])
