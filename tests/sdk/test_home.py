"""The home directory of a world: its own, in memory until a path is asked for; keys and user settings in it (A.4)."""

from __future__ import annotations

import netrc
import os
import stat
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

import wandb_testkit as wt
from wandb_testkit.profiles import CLASSIC, CURRENT, Profile
from wandb_testkit.sdk import netrc_file

KEY = "k" * 40
MINE = "m" * 40

MakeWorld = Callable[..., wt.World]

WRITTEN_BY_HAND = f"""# mine
machine example.org login me password secret # a comment

machine api.wandb.ai
  login user
  password {MINE}
# the other one
machine other.example.com
  login you
  password secret
macdef init
  cd /tmp

"""


def entries(path: Path) -> dict[str, tuple[str, str | None]]:
    """Login and password by machine, as the standard library reads them."""
    return {machine: (login, password) for machine, (login, _, password) in netrc.netrc(str(path)).hosts.items()}


@pytest.fixture
def home(tmp_path: Path) -> Path:
    directory = tmp_path / "home"
    directory.mkdir()
    return directory


def test_a_world_has_a_home_of_its_own_in_memory(fake: wt.World) -> None:
    """A.4"""
    assert fake.home.api_key == fake.api_key
    assert fake.disk.read("home/.netrc") is not None


def test_a_home_becomes_a_directory_when_somebody_asks_for_its_path(fake: wt.World) -> None:
    """A.4"""
    path = Path(fake.home.path)

    assert entries(path / ".netrc") == {"default": ("user", fake.api_key)}
    assert stat.S_IMODE((path / ".netrc").stat().st_mode) == 0o600
    fake.login(key=KEY)
    assert KEY in (path / ".netrc").read_text()


def test_a_home_that_is_named_is_used(make_world: MakeWorld, profile: Profile, home: Path) -> None:
    """A.4"""
    (home / ".netrc").write_text(f"machine api.wandb.ai login user password {MINE}\n")
    world = make_world(profile, home=home)
    world.server.add_user("mine", api_key=MINE)

    assert world.init().entity == "mine"


def test_a_home_without_a_key_is_logged_out_and_nothing_is_written_to_it(
    make_world: MakeWorld, profile: Profile, home: Path
) -> None:
    """A.4"""
    world = make_world(profile, home=home)

    if profile is CLASSIC:
        assert world.init().offline is True
    else:
        with pytest.raises(wt.UsageError):
            world.init()
    assert list(home.iterdir()) == []


@pytest.mark.parametrize("logged_in", [True, False])
def test_a_home_that_is_named_decides_whether_somebody_is_logged_in(home: Path, logged_in: bool) -> None:
    """A.4"""
    with pytest.raises(ValueError, match="leave logged_in out"):
        wt.fake(home=home, logged_in=logged_in)


def test_a_new_entry_keeps_everything_else(make_world: MakeWorld, profile: Profile, home: Path) -> None:
    """A.4"""
    (home / ".netrc").write_text(WRITTEN_BY_HAND)

    make_world(profile, home=home).login(key=KEY, host="https://api.wandb.ai")

    old = f"machine api.wandb.ai\n  login user\n  password {MINE}\n"
    new = f"machine api.wandb.ai\n  login user\n  password {KEY}\n"
    assert (home / ".netrc").read_text() == WRITTEN_BY_HAND.replace(old, "") + new
    assert stat.S_IMODE((home / ".netrc").stat().st_mode) == 0o600


def test_an_entry_at_the_end_without_a_line_break_stays_whole() -> None:
    """A.4"""
    written = netrc_file.with_entry(b"machine a login b password c", "d", "e")

    assert written == b"machine a login b password c\nmachine d\n  login user\n  password e\n"
    assert netrc_file.passwords(written) == {"a": "c", "d": "e"}


@pytest.mark.parametrize(
    ("base_url", "classic", "current"),
    [
        ("https://api.wandb.ai", "api.wandb.ai", "api.wandb.ai"),
        ("http://localhost:8080", "localhost", "localhost:8080"),
        ("http://[::1]:8080/", "::1", "[::1]:8080"),
        ("https://wandb.example.com/path", "wandb.example.com", "wandb.example.com"),
    ],
)
def test_the_entry_of_a_server_is_named_as_the_generation_names_it(
    make_world: MakeWorld, home: Path, base_url: str, classic: str, current: str
) -> None:
    """A.4"""
    for profile, machine in ((CLASSIC, classic), (CURRENT, current)):
        (home / ".netrc").write_text(f"machine {machine}\n  login user\n  password {MINE}\n")
        world = make_world(profile, home=home, environ={"WANDB_BASE_URL": base_url})
        world.server.add_user("mine", api_key=MINE)

        assert world.init().entity == "mine"
        world.session = world.process(environ={"WANDB_BASE_URL": base_url})
        world.login(key=KEY)
        assert entries(home / ".netrc") == {machine: ("user", KEY)}


def test_current_finds_the_key_of_its_server_under_the_older_name(make_world: MakeWorld, home: Path) -> None:
    """A.4"""
    (home / ".netrc").write_text(f"machine api.wandb.ai login user password {MINE}\n")

    assert make_world(CURRENT, home=home).login() is True


def test_the_entry_of_another_server_is_no_login(make_world: MakeWorld, profile: Profile, home: Path) -> None:
    """A.4"""
    (home / ".netrc").write_text(f"machine wandb.example.com login user password {MINE}\n")

    with pytest.raises(wt.UsageError, match="API key"):
        make_world(profile, home=home).login()


def test_the_netrc_variable_names_another_file(make_world: MakeWorld, profile: Profile, tmp_path: Path) -> None:
    """A.4"""
    path = tmp_path / "keys"
    path.write_text(f"machine api.wandb.ai login user password {MINE}\n")
    world = make_world(profile, environ={"NETRC": str(path)})
    world.server.add_user("mine", api_key=MINE)

    assert world.init().entity == "mine"


def test_current_writes_to_the_file_that_the_variable_names(
    make_world: MakeWorld, profile: Profile, tmp_path: Path
) -> None:
    """A.4"""
    path = tmp_path / "keys"
    world = make_world(profile, environ={"NETRC": str(path)}, logged_in=False)

    world.login(key=KEY)

    assert path.exists() is (profile is CURRENT)
    assert (world.home.api_key == KEY) is (profile is CLASSIC)


def test_the_netrc_variable_does_not_lead_to_the_real_home(
    make_world: MakeWorld, profile: Profile, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A.4"""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    world = make_world(profile, environ={"NETRC": os.path.join(tmp_path, ".netrc")}, logged_in=False)

    world.login(key=KEY)

    assert list(tmp_path.iterdir()) == []
    assert world.home.api_key == KEY


def test_a_windows_netrc_is_read_where_it_is_the_only_one(make_world: MakeWorld, profile: Profile, home: Path) -> None:
    """A.4"""
    (home / "_netrc").write_text(f"machine api.wandb.ai login user password {MINE}\n")

    assert make_world(profile, home=home).login() is True


@pytest.mark.parametrize("content", [b"machine", b"nonsense here\n", b"\xff\xfe\x00"])
def test_a_file_that_is_no_netrc_file_is_passed_over_with_a_warning(
    make_world: MakeWorld, profile: Profile, home: Path, content: bytes
) -> None:
    """A.4"""
    (home / ".netrc").write_bytes(content)
    world = make_world(profile, home=home)

    with pytest.raises(wt.UsageError):
        world.login()

    assert world.session.told == ["netrc_unreadable"]
    assert str(home) in world.terminal.lines[0][1]


def test_an_entry_without_a_key_is_no_login(make_world: MakeWorld, profile: Profile, home: Path) -> None:
    """A.4"""
    (home / ".netrc").write_text("machine api.wandb.ai login user\n")

    with pytest.raises(wt.UsageError):
        make_world(profile, home=home).login()


def test_current_refuses_a_stored_key_of_the_wrong_form(make_world: MakeWorld, home: Path) -> None:
    """A.4"""
    (home / ".netrc").write_text("machine api.wandb.ai login user password short\n")

    with pytest.raises(wt.AuthenticationError, match=r"the key in .*\.netrc must have 40"):
        make_world(CURRENT, home=home).init()


def test_the_settings_file_is_the_last_place_to_look_for_a_key(
    make_world: MakeWorld, profile: Profile, home: Path
) -> None:
    """A.4"""
    (home / ".config" / "wandb").mkdir(parents=True)
    (home / ".config" / "wandb" / "settings").write_text(f"[default]\napi_key = {MINE}\n")
    world = make_world(profile, home=home)
    world.server.add_user("mine", api_key=MINE)

    assert world.init().entity == "mine"


def test_an_anonymous_key_is_kept_and_said_to_be_one(make_world: MakeWorld, home: Path) -> None:
    """ANON-4"""
    world = make_world(CLASSIC, home=home)
    first = world.init(anonymous="allow")
    first.finish()
    world.session = world.process(environ={})

    second = world.init(anonymous="must")

    assert (first.entity, second.entity) == ("anonymous-1", "anonymous-1")
    assert (home / ".config" / "wandb" / "settings").read_text() == "[default]\nanonymous = true\n\n"
    assert entries(home / ".netrc") == {"api.wandb.ai": ("user", world.home.api_key)}


@pytest.mark.parametrize("content", ["no section\n", "[default\n", ""])
def test_a_settings_file_that_cannot_be_read_says_nothing(make_world: MakeWorld, home: Path, content: str) -> None:
    """ANON-4"""
    (home / ".config" / "wandb").mkdir(parents=True)
    (home / ".config" / "wandb" / "settings").write_text(content)

    assert make_world(CLASSIC, home=home).home.anonymous is False


def test_the_files_of_a_world_with_a_root_are_below_it(make_world: MakeWorld, profile: Profile, tmp_path: Path) -> None:
    """A.4"""
    make_world(profile, root=tmp_path).login(key=KEY)

    assert KEY in (tmp_path / "home" / ".netrc").read_text()


@pytest.mark.skipif(sys.version_info < (3, 11), reason="the standard library of 3.10 reads no quoted words")
@pytest.mark.parametrize("password", ["with a blank", 'with "quotes"', "with#hash", "back\\slash"])
def test_a_password_is_read_as_it_was_written(password: str) -> None:
    """A.4"""
    assert netrc_file.passwords(netrc_file.with_entry(b"", "a", password)) == {"a": password}
