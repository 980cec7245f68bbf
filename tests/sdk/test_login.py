"""login() of the two generations, and the menu that a terminal shows (A.4, FORCE-4)."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import wandb_testkit as wt
from wandb_testkit.profiles import CLASSIC, CURRENT, Profile
from wandb_testkit.records import AnonymousAccountRequest, ViewerRequest

KEY = "k" * 40
HOSTS = {CLASSIC: "api.wandb.ai", CURRENT: "api.forge.coreweave.com"}

MakeWorld = Callable[..., wt.World]


def asked_for(world: wt.World, kind: type) -> int:
    return sum(type(record) is kind for record in world.recorder.records)


def netrc_of(world: wt.World) -> bytes | None:
    return world.home.disk.read(world.home.at("~/.netrc"))


def shown(world: wt.World, level: str) -> list[str]:
    return [text for at, text in world.terminal.lines if at == level]


# ---------------------------------------------------------------------- credentials that are there


def test_login_finds_the_credentials_of_the_machine(fake: wt.World) -> None:
    """A.4"""
    assert fake.login() is True


def test_login_without_credentials_and_terminal_is_an_error(make_world: MakeWorld, profile: Profile) -> None:
    """A.4, FORCE-4"""
    with pytest.raises(wt.UsageError, match=r"API key.*wandb\.login\("):
        make_world(profile, logged_in=False).login()


def test_relogin_passes_over_what_is_there(fake: wt.World) -> None:
    """A.4"""
    with pytest.raises(wt.UsageError, match="API key"):
        fake.login(relogin=True)


def test_without_a_prompt_current_says_that_there_are_none(make_world: MakeWorld) -> None:
    """A.4"""
    world = make_world(CURRENT, logged_in=False)

    assert world.login(prompt=False, host="https://wandb.example.com") is False
    assert world.session.base_url() == "https://api.forge.coreweave.com"


def test_login_with_a_key_writes_it_for_the_next_process(make_world: MakeWorld, profile: Profile) -> None:
    """A.4"""
    world = make_world(profile, logged_in=False)
    world.server.add_user("other", api_key=KEY)

    assert world.login(key=KEY) is True

    assert netrc_of(world) == f"machine {HOSTS[profile]}\n  login user\n  password {KEY}\n".encode()
    world.session = world.process(environ={})
    assert world.init().entity == "other"


def test_a_key_given_to_init_is_used_and_not_written(make_world: MakeWorld, profile: Profile) -> None:
    """A.4"""
    world = make_world(profile, logged_in=False)
    world.server.add_user("other", api_key=KEY)

    run = world.init(settings={"api_key": KEY})

    assert (run.entity, netrc_of(world)) == ("other", None)


def test_login_after_init_has_no_effect_but_a_warning(fake: wt.World, profile: Profile) -> None:
    """A.4"""
    fake.init()

    assert fake.login(key=KEY) is (profile is CLASSIC)
    assert fake.session.told == ["login_after_init"]


@pytest.mark.parametrize(("mode", "classic_says"), [("disabled", True), ("offline", False)])
def test_login_needs_no_key_where_no_server_is_asked(
    make_world: MakeWorld, profile: Profile, mode: str, classic_says: bool
) -> None:
    """A.4, LOGIN-2"""
    world = make_world(profile, logged_in=False, environ={"WANDB_MODE": mode})

    assert world.login() is (profile is CLASSIC and classic_says)
    assert world.recorder.records == []


# ---------------------------------------------------------------------- the form of a key


@pytest.mark.parametrize(
    ("key", "says"),
    [
        ("short", "40 or more characters, has 5"),
        ("local-short", "40 or more characters, has 5"),
        ("k" * 39 + "!", "letters A-Z, digits and underscores"),
    ],
)
def test_current_refuses_a_key_of_the_wrong_form_in_words(current: wt.World, key: str, says: str) -> None:
    """A.4, ERR-3"""
    with pytest.raises(wt.AuthenticationError, match=says):
        current.login(key=key)

    assert (current.recorder.records, current.recorder.refusals) == ([], [])


@pytest.mark.parametrize("key", ["short", "k" * 41, "local-" + "k" * 39])
def test_classic_refuses_a_key_that_has_not_forty_characters(classic: wt.World, key: str) -> None:
    """A.4"""
    before = netrc_of(classic)

    with pytest.raises(ValueError, match="40 characters"):
        classic.login(key=key)

    assert netrc_of(classic) == before


@pytest.mark.parametrize("key", ["local-" + "k" * 40, "k" * 40])
def test_a_prefix_of_a_server_of_ones_own_does_not_count(fake: wt.World, key: str) -> None:
    """A.4"""
    assert fake.login(key=key) is True


@pytest.mark.parametrize("key", ["header.payload.signature", "k" * 64])
def test_current_takes_tokens_and_longer_keys(current: wt.World, key: str) -> None:
    """A.4"""
    assert current.login(key=key, verify=False) is True


# ---------------------------------------------------------------------- verify


def test_current_verifies_a_key_before_it_takes_it(current: wt.World) -> None:
    """A.4"""
    current.server.accounts.revoke(KEY)
    before = netrc_of(current)

    with pytest.raises(wt.AuthenticationError, match="not accepted"):
        current.login(key=KEY)

    assert netrc_of(current) == before
    assert current.init().entity == "testkit-user"


@pytest.mark.parametrize("trouble", ["revoked", "unreachable"])
def test_current_verifies_what_is_there(current: wt.World, trouble: str) -> None:
    """A.4"""
    if trouble == "revoked":
        current.server.accounts.revoke(current.api_key)
    else:
        current.server.fail(reply=0)

    with pytest.raises(wt.AuthenticationError, match=r"not accepted by https://api\.forge"):
        current.login()

    assert current.login(verify=False) is True


def test_classic_does_not_verify(classic: wt.World) -> None:
    """A.4"""
    classic.server.accounts.revoke(KEY)

    assert classic.login(key=KEY) is True
    assert asked_for(classic, ViewerRequest) == 0


# ---------------------------------------------------------------------- host


def test_a_host_is_kept_for_later_processes(fake: wt.World) -> None:
    """A.4"""
    assert fake.login(host="https://wandb.example.com/", key=KEY) is True

    assert fake.home.settings() == {"base_url": "https://wandb.example.com"}
    assert fake.init(project="p", id="abc").url == "https://wandb.example.com/testkit-user/p/runs/abc"
    assert b"machine wandb.example.com\n" in (netrc_of(fake) or b"")


def test_the_usual_host_is_not_written_down(fake: wt.World, profile: Profile) -> None:
    """A.4"""
    fake.login(host="https://wandb.example.com")
    fake.session = fake.process(environ={})
    fake.login(host=f"https://{HOSTS[profile]}")

    assert fake.home.settings() == {}


@pytest.mark.parametrize(
    ("host", "says"),
    [
        ("nonsense", "no address"),
        ("https://wandb.ai", r"did you mean 'https://api\.wandb\.ai'"),
        ("http://api.wandb.ai", "http is not secure"),
    ],
)
def test_current_refuses_what_is_no_address_of_a_server(current: wt.World, host: str, says: str) -> None:
    """A.4"""
    with pytest.raises(ValueError, match=says):
        current.login(host=host)


# ---------------------------------------------------------------------- anonymous


@pytest.mark.parametrize("anonymous", ["allow", "must", "true"])
def test_classic_logs_in_as_an_anonymous_account(make_world: MakeWorld, anonymous: str) -> None:
    """ANON-2, ANON-3, ANON-4"""
    world = make_world(CLASSIC, logged_in=False)

    assert world.login(anonymous=anonymous) is True

    assert world.init().entity == "anonymous-1"
    assert world.home.anonymous is True


def test_must_logs_in_anonymously_even_if_logged_in(classic: wt.World) -> None:
    """ANON-3"""
    before = netrc_of(classic)

    classic.login(anonymous="must")

    assert (classic.init().entity, netrc_of(classic), classic.home.anonymous) == ("anonymous-1", before, False)


def test_never_makes_no_account_at_login(make_world: MakeWorld) -> None:
    """ANON-1"""
    world = make_world(CLASSIC, logged_in=False)

    with pytest.raises(wt.UsageError):
        world.login(anonymous="never")

    assert asked_for(world, AnonymousAccountRequest) == 0


def test_a_wrong_word_is_refused_by_login(classic: wt.World) -> None:
    """ANON-8"""
    with pytest.raises(TypeError, match="anonymous='bogus'"):
        classic.login(anonymous="bogus")


@pytest.mark.parametrize("anonymous", ["must", None])
def test_anonymous_has_no_effect_but_a_warning_at_login(make_world: MakeWorld, anonymous: str | None) -> None:
    """ANON-9"""
    world = make_world(CURRENT, logged_in=False)

    assert world.login(key=KEY, anonymous=anonymous) is True

    assert world.session.told == ["anonymous_ignored"]
    assert world.init().entity == "testkit-user"


def test_a_real_key_ends_being_anonymous(make_world: MakeWorld, profile: Profile) -> None:
    """ANON-4"""
    world = make_world(profile, logged_in=False)
    world.home.anonymous = True

    world.login(key=KEY)

    assert world.home.anonymous is False


# ---------------------------------------------------------------------- the menu (FORCE-4)

NEW, EXISTING, OFFLINE, DASHBOARD = (
    "Create a W&B account",
    "Use an existing W&B account",
    "Don't visualize my results",
    "Private W&B dashboard, no account required",
)


def menu_of(world: wt.World) -> list[str]:
    return [text[4:] for text in shown(world, "info") if text.startswith("(")]


@pytest.mark.parametrize(
    ("profile", "arguments", "menu"),
    [
        (CLASSIC, {}, [NEW, EXISTING, OFFLINE]),
        (CLASSIC, {"anonymous": "never"}, [NEW, EXISTING, OFFLINE]),
        (CLASSIC, {"anonymous": "allow"}, [DASHBOARD, NEW, EXISTING, OFFLINE]),
        (CLASSIC, {"anonymous": "allow", "force": True}, [DASHBOARD, EXISTING]),
        (CURRENT, {}, [NEW, EXISTING, OFFLINE]),
    ],
)
def test_the_menu_offers_what_the_generation_offers(
    make_world: MakeWorld, profile: Profile, arguments: dict[str, Any], menu: list[str]
) -> None:
    """FORCE-4"""
    number = str(menu.index(EXISTING) + 1)
    world = make_world(profile, logged_in=False, answers=[number, KEY])
    world.server.add_user("other", api_key=KEY)

    run = world.init(**arguments)

    assert menu_of(world) == menu
    assert (run.offline, run.entity) == (False, "other")
    assert world.home.api_key == KEY


def test_with_force_only_an_existing_account_is_left_and_no_menu_is_shown(
    make_world: MakeWorld, profile: Profile
) -> None:
    """FORCE-4"""
    world = make_world(profile, logged_in=False, answers=[KEY])

    run = world.init(force=True)

    assert (menu_of(world), run.offline) == ([], False)


def test_who_does_not_want_to_see_results_makes_the_process_offline(make_world: MakeWorld, profile: Profile) -> None:
    """FORCE-4"""
    world = make_world(profile, logged_in=False, answers=["3"])

    first = world.init()
    first.finish()
    second = world.init()  # nobody is asked again

    assert (first.offline, second.offline) == (True, True)
    assert "offline_fallback" not in world.session.told


def test_the_private_dashboard_is_an_anonymous_account(make_world: MakeWorld) -> None:
    """FORCE-4, ANON-2"""
    world = make_world(CLASSIC, logged_in=False, answers=["1"])

    assert world.init(anonymous="allow").entity == "anonymous-1"


def test_must_asks_nobody(make_world: MakeWorld) -> None:
    """FORCE-4, ANON-3"""
    assert make_world(CLASSIC, logged_in=False, answers=[]).init(anonymous="must").entity == "anonymous-1"


def test_a_new_account_is_sent_to_the_page_where_accounts_are_made(make_world: MakeWorld, profile: Profile) -> None:
    """FORCE-4"""
    world = make_world(profile, logged_in=False, answers=["1", KEY])

    world.init()

    assert [text for text in shown(world, "info") if "/authorize?signup=true" in text]


def test_a_wrong_choice_is_asked_for_again(make_world: MakeWorld, profile: Profile) -> None:
    """FORCE-4"""
    world = make_world(profile, logged_in=False, answers=["0", "4", "x", "", "3"])

    world.init()

    assert shown(world, "warning") == ["Invalid choice"] * (4 if profile is CLASSIC else 3)


def test_current_asks_again_for_a_key_that_is_none(make_world: MakeWorld) -> None:
    """FORCE-4"""
    world = make_world(CURRENT, logged_in=False, answers=["2", "short", "2", KEY])

    world.init()

    assert [text for text in shown(world, "error") if "40 or more characters, has 5" in text]


def test_current_asks_again_for_a_key_that_the_server_refuses_at_login(make_world: MakeWorld) -> None:
    """FORCE-4"""
    world = make_world(CURRENT, logged_in=False, answers=["2", "r" * 40, "2", KEY])
    world.server.accounts.revoke("r" * 40)

    assert world.login() is True
    assert world.home.api_key == KEY


def test_classic_takes_no_key_that_is_none(make_world: MakeWorld) -> None:
    """FORCE-4, ERR-3"""
    world = make_world(CLASSIC, logged_in=False, answers=["2", "short"])

    with pytest.raises(wt.UsageError, match="40 characters"):
        world.init()

    assert (world.runs, netrc_of(world)) == ([], None)


def test_a_notebook_offers_an_account_that_exists_at_once_in_classic(make_world: MakeWorld) -> None:
    """FORCE-4"""
    world = make_world(CLASSIC, logged_in=False, notebook=True, answers=[KEY])

    assert (world.init().offline, menu_of(world)) == (False, [])


def test_who_has_credentials_is_not_asked(make_world: MakeWorld, profile: Profile) -> None:
    """FORCE-4, FORCE-3"""
    assert make_world(profile, answers=[]).init().offline is False


def test_a_missing_answer_says_what_was_asked(make_world: MakeWorld, profile: Profile) -> None:
    """FORCE-4"""
    world = make_world(profile, logged_in=False, answers=["1"])

    with pytest.raises(wt.AnswersError, match=r"(?s)Paste.*all 1 answer .*had been given.*\(1\) Create"):
        world.init()


def test_an_answer_that_nobody_asked_for_says_so_at_the_end(profile: Profile) -> None:
    """FORCE-4"""
    with (
        pytest.raises(wt.AnswersError, match=r"1 of the 2 answers .* never asked for"),
        wt.fake(profile=profile, environ={}, logged_in=False, notebook=False, answers=["3", "left"]) as world,
    ):
        world.init()


# ---------------------------------------------------------------------- identity tokens


def test_the_token_of_an_identity_is_used_in_the_place_of_a_key(make_world: MakeWorld, tmp_path: Path) -> None:
    """A.4"""
    token = "t" * 20 + "." + "p" * 20 + "." + "s" * 20
    (tmp_path / "token").write_text(f"{token}\n")
    world = make_world(CURRENT, logged_in=False, environ={"WANDB_IDENTITY_TOKEN_FILE": str(tmp_path / "token")})
    world.server.add_user("service", api_key=token)

    assert world.init().entity == "service"


def test_a_key_and_an_identity_token_exclude_each_other(make_world: MakeWorld, tmp_path: Path) -> None:
    """A.4"""
    world = make_world(CURRENT, environ={"WANDB_API_KEY": KEY, "WANDB_IDENTITY_TOKEN_FILE": str(tmp_path / "token")})

    with pytest.raises(wt.AuthenticationError, match="WANDB_API_KEY and WANDB_IDENTITY_TOKEN_FILE"):
        world.init()
    assert world.init(mode="offline").offline is True


@pytest.mark.parametrize("content", [None, "", "\n"])
def test_a_token_file_without_a_token_is_an_error(make_world: MakeWorld, tmp_path: Path, content: str | None) -> None:
    """A.4"""
    path = tmp_path / "token"
    if content is not None:
        path.write_text(content)
    world = make_world(CURRENT, logged_in=False, environ={"WANDB_IDENTITY_TOKEN_FILE": str(path)})

    with pytest.raises(wt.AuthenticationError, match="identity token file"):
        world.init()


def test_classic_knows_no_identity_tokens(make_world: MakeWorld, tmp_path: Path) -> None:
    """A.4"""
    world = make_world(CLASSIC, environ={"WANDB_API_KEY": KEY, "WANDB_IDENTITY_TOKEN_FILE": str(tmp_path)})

    assert world.init().offline is False
