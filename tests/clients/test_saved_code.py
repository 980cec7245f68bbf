"""Which real clients save the entry script, and where, beside what the kit does: argument, variables, preference."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

import wandb_testkit as wt
from tests.clients.conftest import SCRIPTS, Client
from wandb_testkit.observation import RunView
from wandb_testkit.world import World

pytestmark = pytest.mark.needs_client

SCRIPT = "saved_code.py"
SAVE = {"WANDB_SAVE_CODE": "true"}
DISABLE = {"WANDB_DISABLE_CODE": "true"}

CASES: list[tuple[bool | None, dict[str, str], bool | None]] = [
    (None, {}, True),
    (None, SAVE, None),
    (None, SAVE, False),
    (None, DISABLE, True),
    (True, {}, None),
    (True, {}, False),
    (True, DISABLE, None),
    (False, {}, True),
]
"""Preference of the account, variables, argument: every row of CODE-1 on which the profiles agree or differ."""


def code_of(run: RunView) -> tuple[list[str], str]:
    """The names of code among the files, and where the server was told that it is."""
    files = [name for name in run.files if name.startswith("code/")]
    return files, run.client["config"].get("code_path", "")


@pytest.mark.parametrize(("prefers", "variables", "argument"), CASES)
def test_the_entry_script_is_saved_as_by_the_real_client(
    world: World,
    client: Client,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    prefers: bool | None,
    variables: dict[str, str],
    argument: bool | None,
) -> None:
    """CODE-1"""
    if client.version not in ("0.10.33", "0.31.0"):
        pytest.skip(f"{client.version} is neither profile's version")
    world.server.set_code_saving(prefers)

    # Without the facts of the machine 0.31 saves no code; and it asks for the preference only to tell who is logged in.
    slow = dict.fromkeys(("WANDB_DISABLE_CODE", "WANDB_X_DISABLE_MACHINE_INFO", "WANDB_SILENT"))
    played = client.play(SCRIPT, json.dumps(argument), env={**slow, **variables}, is_own=True)

    assert played.exit_code == 0, played.output
    profile = "classic" if client.version == "0.10.33" else "current"
    shutil.copy(SCRIPTS / SCRIPT, tmp_path)
    monkeypatch.chdir(tmp_path)
    with wt.fake(profile=profile, environ={"WANDB_PROGRAM": SCRIPT, **variables}) as ours:
        ours.server.set_code_saving(prefers)
        ours.init(save_code=argument).finish()
        assert code_of(ours.run) == code_of(world.run)
