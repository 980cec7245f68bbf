"""What init() makes of values: the same script with the real client and with the drop-in of its profile."""

from __future__ import annotations

import json
import os
import runpy
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.clients.conftest import SCRIPTS, VERSIONS, Client
from wandb_testkit.dropin.install import install
from wandb_testkit.profiles import CLASSIC, CURRENT, Profile
from wandb_testkit.world import World, fake

pytestmark = pytest.mark.needs_client

PROFILE_OF = {"0.10.33": CLASSIC, "0.31.0": CURRENT}
"""The versions that the profiles play."""

DIFFERENT: dict[Profile, dict[tuple[str, str], str]] = {
    CLASSIC: {
        ("config", "int key"): "a key that is no str is a TypeError, where the client stumbles over .strip (CONFIG-5)",
    },
    CURRENT: {
        ("config", "int key"): "a key that is no str is a TypeError, where the client stumbles over .strip (CONFIG-5)",
        ("init", "big"): "an int beyond 64 bits comes back from the client's service as a float",
        ("update", "complex"): "the client keeps the object beside the text it sends, as long as the process lives",
    },
}
"""What the drop-in does otherwise, on purpose, and why."""


@pytest.fixture
def profile(client: Client) -> Profile:
    if client.version not in PROFILE_OF:
        pytest.skip(f"no profile plays {client.version}")  # between the two, clients are neither
    return PROFILE_OF[client.version]


@pytest.fixture
def ours(profile: Profile, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Runs a script with the drop-in and gives what it told."""
    for name in [name for name in os.environ if name.startswith("WANDB_")]:
        monkeypatch.delenv(name)
    place = tmp_path / "ours"
    place.mkdir()
    monkeypatch.chdir(place)

    def play(script: str, capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
        with install(profile=profile), fake(profile=profile):
            runpy.run_path(str(SCRIPTS / script), run_name="__main__")
        line = next(line for line in capsys.readouterr().out.splitlines() if line.startswith("RESULT "))
        told: dict[str, Any] = json.loads(line[7:])
        return told

    yield play
    sys.modules.pop("wandb", None)


def by_case(told: dict[str, Any]) -> dict[tuple[str, str], Any]:
    """One entry for each case of each kind."""
    return {
        (kind, name): entry
        for kind, entries in told.items()
        for name, entry in (entries.items() if kind != "missing file" else [("", entries)])
    }


def test_config_and_tags_are_what_the_client_makes_of_them(
    client: Client, profile: Profile, ours: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    """CONFIG-1, CONFIG-2, CONFIG-4, CONFIG-5, TAGS-1"""
    played = client.play("config_values.py")
    assert played.exit_code == 0, played.output

    real, mine = by_case(played.told), by_case(ours("config_values.py", capsys))

    different = {case: (real[case], mine[case]) for case in real if real[case] != mine[case]}
    assert {case: pair for case, pair in different.items() if case not in DIFFERENT[profile]} == {}
    assert set(different) == set(DIFFERENT[profile])


def without_advice(text: str) -> list[str]:
    """The lines of a message that are pydantic's and not an address of it, nor our advice."""
    return [line for line in text.splitlines() if not line.startswith("    ")]


@pytest.mark.skipif("0.31.0" not in VERSIONS, reason="0.31.0 is not among the clients that were asked for")
def test_what_is_wrong_is_told_in_the_words_of_the_client(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """ERR-3, A.1"""
    played = Client("0.31.0", world, tmp_path).play("wrong_settings.py", env={"WANDB_MODE": "offline"})
    assert played.exit_code == 0, played.output
    with install(profile=CURRENT), fake(profile=CURRENT, environ={}):
        runpy.run_path(str(SCRIPTS / "wrong_settings.py"), run_name="__main__")
    told = json.loads(next(line[7:] for line in capsys.readouterr().out.splitlines() if line.startswith("RESULT ")))

    real, mine = by_case(played.told), by_case(told)

    assert {case: entry["class"] for case, entry in mine.items()} == {
        case: entry["class"] for case, entry in real.items()
    }
    assert {case: entry["details"] for case, entry in mine.items()} == {
        case: entry["details"] for case, entry in real.items()
    }
    assert {case: without_advice(entry["text"]) for case, entry in mine.items() if entry["details"]} == {
        case: without_advice(entry["text"]) for case, entry in real.items() if entry["details"]
    }
