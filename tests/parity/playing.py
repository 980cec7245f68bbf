"""Runs one script twice: with the drop-in module, and with the real wandb against the loopback server."""

from __future__ import annotations

import os
import pickle
import re
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.clients.conftest import QUICK
from tests.parity.comparing import Outcome, outcome, plain
from tests.parity.environment import python
from tests.parity.furnishing import furnish
from tests.parity.subjects import PARITY_CURRENT, ROOT, Subject
from wandb_testkit.observation import RunView
from wandb_testkit.offline_runs import read_offline
from wandb_testkit.profiles import CLASSIC
from wandb_testkit.records import UnknownRequest
from wandb_testkit.sdk.current import CURRENT
from wandb_testkit.world import fake

PRODUCT_URL = CURRENT.login.app_url(CURRENT.login.base_url)
"""Where the pages are that the drop-in tells of; those of the loopback server are taken for them."""

LOSES_ON_PURPOSE = ("steps that go back", "what the server refuses")
"""What the docstring of a script says that loses data on purpose."""

TIMEOUT_S = 240
"""A real client takes seconds, on a busy machine many."""

_ERROR = re.compile(r"^[A-Za-z_][\w.]*(Error|Exception|Interrupt|Warning|Exit|CommError|UsageError)\b")


def play_with_dropin(script: Path, subject: Subject = PARITY_CURRENT) -> Outcome:
    """The script with `import wandb` being the drop-in module.

    Raises:
        RuntimeError: The process itself failed, or data were lost and the script does not say so.
    """
    with tempfile.TemporaryDirectory(prefix="wandb-testkit-parity-") as folder:
        told = Path(folder) / "told"
        home = Path(folder) / "home"
        home.mkdir()
        command = ["-m", "tests.parity.dropin_process", str(subject.profile), str(script), str(told)]
        done = _run(subject, command, home, {"PYTHONPATH": str(ROOT)})
        if not told.exists():
            raise RuntimeError(f"{script.name}: nothing was told by the process of the drop-in:\n{done.stderr}")
        error, runs, lost = pickle.loads(told.read_bytes())
    if lost and not any(words in script.read_text(encoding="utf-8") for words in LOSES_ON_PURPOSE):
        raise RuntimeError(f"{script.name}: {lost}")
    return outcome(done.returncode, error, done.stdout, runs, str(home))


def play_with_client(script: Path, subject: Subject = PARITY_CURRENT) -> Outcome:
    """The script with the real client.

    Raises:
        RuntimeError: It asked for what the fake server does not know.
    """
    with fake(profile=subject.profile) as world, tempfile.TemporaryDirectory(prefix="wandb-testkit-parity-") as home:
        furnish(world)
        done = _run(subject, [str(script)], Path(home), {"WANDB_BASE_URL": world.url, "WANDB_API_KEY": world.api_key})
        world_url = world.url
        offline = [read_offline(path) for path in sorted(Path(home).glob("wandb/offline-run-*"))]
        runs = [{**plain(run), **_foretold(run, subject)} for run in (*world.runs, *offline)]
        unknown = [
            f"{entry.record.request}: {entry.refusal.message}"
            for entry in world.recorder.refusals
            if isinstance(entry.record, UnknownRequest)
        ]
    if unknown:
        raise RuntimeError(f"{script.name}: wandb asked for what the fake server does not know:\n" + "\n".join(unknown))
    return outcome(done.returncode, _raised(done), done.stdout.replace(world_url, PRODUCT_URL), runs, home)


def _foretold(run: RunView, subject: Subject) -> dict[str, Any]:
    """What spec.md foretells of the client, as the profile has it (DEV-1)."""
    return {"job_type": "train"} if subject.profile is CLASSIC and run.job_type is None else {}


def _raised(done: subprocess.CompletedProcess[str]) -> str:
    """The last line of the traceback that ended a process."""
    if "Traceback (most recent call last):" not in done.stderr or not done.returncode:
        return ""
    lines = [line for line in done.stderr.splitlines() if _ERROR.match(line)]
    return lines[-1].strip() if lines else done.stderr.strip().splitlines()[-1]


def _run(subject: Subject, command: list[str], home: Path, more: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    environ = {
        **{name: os.environ[name] for name in ("PATH", "SYSTEMROOT") if name in os.environ},
        "HOME": str(home),
        "USERPROFILE": str(home),
        "WANDB_CONFIG_DIR": str(home / ".config" / "wandb"),
        "MPLBACKEND": "Agg",
        "PYTHONHASHSEED": "0",
        **QUICK,
        **more,
    }
    return subprocess.run(
        [str(python(subject)), "-W", "ignore", *command],
        cwd=home,
        env=environ,
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        timeout=TIMEOUT_S,
        check=False,
    )
