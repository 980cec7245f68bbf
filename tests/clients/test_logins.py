"""login(): real clients of both profiles, and the reference beside them (A.4)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tests.clients.conftest import VERSIONS, Client
from wandb_testkit.profiles import CLASSIC, CURRENT, Profile
from wandb_testkit.world import World, fake

KEY, OLD = "k" * 40, "m" * 40
BOTH = (CLASSIC, CURRENT)

REAL: Mapping[Profile, str] = {CLASSIC: "0.10.33", CURRENT: "0.31.0"}


class Case(NamedTuple):
    """One login on a machine of its own; {host} is the server as the profile names it in a netrc file."""

    arguments: dict[str, Any] = {}
    netrc: str | None = None
    env: dict[str, str] = {}
    profiles: tuple[Profile, ...] = BOTH


CASES: Mapping[str, Case] = {
    "nothing": Case(),
    "key": Case({"key": KEY}),
    "key again": Case({"key": KEY}, f"# mine\nmachine {{host}}\n  login user\n  password {OLD}\n"),
    "key beside others": Case({"key": KEY}, "machine example.org login me password secret\n"),
    "short key": Case({"key": "short"}),
    "key with a prefix": Case({"key": f"local-{KEY}"}),
    "long key": Case({"key": "k" * 41}),
    "wrong characters": Case({"key": "k" * 39 + "!"}, profiles=(CURRENT,)),
    "key of the machine": Case({}, f"machine {{host}} login user password {OLD}\n"),
    "default of the machine": Case({}, f"default login user password {OLD}\n"),
    "short key of the machine": Case({}, "machine {host} login user password short\n"),
    "no key of the machine": Case({}, "machine {host} login user\n", profiles=(CURRENT,)),
    "another machine": Case({}, f"machine example.org login user password {OLD}\n"),
    "unreadable": Case({}, "nonsense\n"),
    "variable": Case({}, env={"WANDB_API_KEY": KEY}),
    "variable and key": Case({"key": OLD}, env={"WANDB_API_KEY": KEY}),
    "relogin": Case({"relogin": True}, f"machine {{host}} login user password {OLD}\n"),
    "force": Case({"force": True}),
    "offline": Case({}, env={"WANDB_MODE": "offline"}),
    "disabled": Case({}, env={"WANDB_MODE": "disabled"}),
    "offline with a key": Case({"key": KEY}, env={"WANDB_MODE": "offline"}),
    "anonymous never": Case({"anonymous": "never"}, profiles=(CLASSIC,)),
    "anonymous must": Case({"anonymous": "must"}, profiles=(CLASSIC,)),
    "anonymous in current": Case({"anonymous": "must", "key": KEY}, profiles=(CURRENT,)),
    "no verification": Case({"key": "r" * 40, "verify": False}, profiles=(CURRENT,)),
    "refused": Case({"key": "r" * 40}),
    "no prompt": Case({"prompt": False}, profiles=(CURRENT,)),
    "token and key": Case({}, env={"WANDB_API_KEY": KEY, "WANDB_IDENTITY_TOKEN_FILE": "x"}, profiles=(CURRENT,)),
}


def machine_of(profile: Profile, url: str) -> str:
    netloc = url.partition("//")[2]
    return netloc.partition(":")[0] if profile is CLASSIC else netloc


@pytest.mark.parametrize(
    ("profile", "name"),
    [(profile, name) for name, case in CASES.items() for profile in case.profiles if REAL[profile] in VERSIONS],
    ids=str,
)
def test_a_login_does_what_the_real_one_does(world: World, profile: Profile, name: str, tmp_path: Path) -> None:
    """A.4, ANON-2, ANON-9

    0.31.0 leaves a netrc file that others may read as it is; ours is private once we have written to it (test_home.py).
    """
    case = CASES[name]
    world.server.accounts.revoke("r" * 40)
    netrc = None if case.netrc is None else case.netrc.replace("{host}", machine_of(profile, world.url))
    given = {"arguments": case.arguments, "netrc": netrc, "env": case.env}
    real = Client(REAL[profile], world, tmp_path).play("login.py", json.dumps(given), env={"WANDB_API_KEY": ""}).told

    assert our_login(profile, case.arguments, netrc, {"WANDB_BASE_URL": world.url, **case.env}, tmp_path) == real


def our_login(
    profile: Profile, arguments: dict[str, Any], netrc: str | None, environ: dict[str, str], directory: Path
) -> dict[str, Any]:
    """What fixtures/scripts/clients/login.py does and tells, in a world."""
    home = directory / "ours"
    home.mkdir()
    path = home / ".netrc"
    if netrc is not None:
        path.write_text(netrc)
        path.chmod(0o600)
    told: dict[str, Any] = {}
    with fake(profile=profile, environ=environ, home=home, notebook=False) as ours:
        ours.server.accounts.revoke("r" * 40)
        try:
            told["returned"] = ours.login(**arguments)
        except Exception as error:
            told["error"] = type(error).__name__
        settings = ours.home.settings()
    told["netrc"] = path.read_text() if path.exists() else None
    told["mode"] = oct(path.stat().st_mode & 0o777) if path.exists() else None
    told["settings"] = sorted(f"{name} = {value}" for name, value in settings.items())
    return told


@pytest.mark.skipif("0.31.0" not in VERSIONS, reason="older clients know no identity tokens")
def test_a_real_client_logs_in_with_an_identity_token(world: World, tmp_path: Path) -> None:
    """A.4"""
    token = ".".join(("h" * 20, "p" * 20, "s" * 20))
    (tmp_path / "token").write_text(token)
    world.server.add_user("service", api_key=token)
    env = {"WANDB_API_KEY": "", "WANDB_IDENTITY_TOKEN_FILE": str(tmp_path / "token")}

    told = Client("0.31.0", world, tmp_path).play("arguments.py", "{}", 1, env=env).told

    assert told["error"] is None
    assert world.run.entity == "service"
