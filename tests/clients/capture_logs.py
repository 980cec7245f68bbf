"""Writes fixtures/transaction_logs/: the directory that a real client of one version leaves of an offline run.

    python -m tests.clients.capture_logs 0.31.0 0.15.12

Redacted on the way: what a client says of the machine, its user and its paths.
"""

from __future__ import annotations

import datetime
import getpass
import json
import platform
import shutil
import sys
import tempfile
from pathlib import Path

from tests.clients.conftest import Client
from wandb_testkit.server.files import CLIENT_FILES
from wandb_testkit.wire.record_codec import parsed
from wandb_testkit.wire.transaction_log import Payload, framed, payloads
from wandb_testkit.world import fake

FIXTURES = Path(__file__).parents[2] / "fixtures" / "transaction_logs"
SCRIPT = "offline_run.py"
TOLD_OF_THE_USER = frozenset({"wandb-summary.json", "output.log"})
"""Files of the client's own accord that say nothing of the machine."""


def capture(version: str, into: Path) -> None:
    """Run the script, and keep what it leaves."""
    with fake(profile="current") as world, tempfile.TemporaryDirectory() as directory:
        played = Client(version, world, Path(directory)).play(SCRIPT, 2)
        (run_dir,) = Path(directory).glob("*/wandb/offline-run-*")
        log = redacted((run_dir / "run-r1.wandb").read_bytes())
        secrets = (directory, platform.node(), f"/{getpass.getuser()}", str(Path.home()))
        assert not [secret for secret in secrets if secret.encode() in log], played.output
        shutil.rmtree(into, ignore_errors=True)
        (into / "files").mkdir(parents=True)
        (into / "run-r1.wandb").write_bytes(log)
        for file in sorted((run_dir / "files").iterdir()):
            is_secret = file.name in CLIENT_FILES - TOLD_OF_THE_USER
            (into / "files" / file.name).write_bytes(b"redacted\n" if is_secret else file.read_bytes())
    header = {"client": version, "date": datetime.date.today().isoformat(), "script": SCRIPT}
    (into / "header.json").write_text(json.dumps(header, indent=1) + "\n", encoding="utf-8")


def redacted(log: bytes) -> bytes:
    """The same log without what differs from machine to machine, or must not be told."""
    kept = bytearray()
    for payload in payloads(log):
        assert isinstance(payload, Payload), payload
        message = parsed(payload.data)
        if message.WhichOneof("record_type") == "environment":
            message.environment.Clear()
            message.environment.host = "host"
            message.environment.program = SCRIPT
        elif message.WhichOneof("record_type") == "run":
            message.run.host = "host"
        kept += framed(message.SerializeToString(), len(kept))
    return bytes(kept)


def main() -> None:
    """Capture every version that is named."""
    for version in sys.argv[1:]:
        capture(version, FIXTURES / version)


if __name__ == "__main__":
    main()
