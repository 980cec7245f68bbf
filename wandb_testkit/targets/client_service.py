"""Owns the process that has imported a real client, and the way its forks are talked to.

A line of JSON each way over loopback; each fork comes in with the service's token.
"""

from __future__ import annotations

import json
import os
import secrets
import signal
import socket
import subprocess
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

PROGRAM = Path(__file__).with_name("client_program.py")

ANSWER_TIMEOUT_S = 180.0
"""An old client that is refused repeats for half a minute before it gives up (protocol.md 6.3)."""

LOOK_S = 0.2
"""How often somebody who waits looks whether there is still somebody to wait for."""

LOCK_LOOK_S = 0.02
"""The same for a lock."""

MAX_SAID = 1_000  # characters of what a process said before it ended

INIT_TIMEOUT_S = 5
"""Of newer clients, in whole seconds: how long they ask a server that does not answer (ERR-5)."""

QUIET = {
    "WANDB_DISABLE_GIT": "true",
    "WANDB_DISABLE_CODE": "true",
    "WANDB_ERROR_REPORTING": "false",
    "WANDB_CONSOLE": "off",
    "WANDB_START_METHOD": "thread",
    "WANDB__DISABLE_META": "true",
    "WANDB__DISABLE_STATS": "true",
    "WANDB_X_DISABLE_META": "true",
    "WANDB_X_DISABLE_STATS": "true",
    "WANDB_X_DISABLE_MACHINE_INFO": "true",
    "WANDB_INIT_TIMEOUT": str(INIT_TIMEOUT_S),
    "WANDB_X_FILE_STREAM_TRANSMIT_INTERVAL": "1",
}
"""Settings that make a client quick and say nothing about what init() means (protocol.md 6.4)."""


class NotImportedError(Exception):
    """The module is not there, or its import fails; the text says how, and where in it."""


def wait_for_all(output: Path, seconds: float) -> bool:
    """Return once a process has ended and whatever it has started: they hold the lock on the file they print to.

    Returns:
        Whether they have, within so many seconds.
    """
    import fcntl  # not everywhere, but wherever there is a fork

    ends = time.monotonic() + seconds
    with output.open("rb") as file:
        while True:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                if time.monotonic() > ends:
                    return False
                time.sleep(LOCK_LOOK_S)
            else:
                return True


class Channel:
    """The other end of a process: a line of JSON each way."""

    def __init__(self, connection: socket.socket) -> None:
        connection.settimeout(ANSWER_TIMEOUT_S)
        self._connection = connection
        self._file = connection.makefile("rwb")
        self._pid = 0

    def is_of(self, token: str) -> bool:
        """Whether the first line has the token; it tells which process this is."""
        line = self.read()
        self._pid = line.get("pid", 0)
        return bool(line.get("token") == token)

    def be_patient(self, seconds: float) -> None:
        """Wait so long for an answer."""
        self._connection.settimeout(seconds)

    def ask(self, line: Mapping[str, Any]) -> dict[str, Any]:
        """Send a line and wait for the answer."""
        self.tell(line)
        return self.read()

    def tell(self, line: Mapping[str, Any]) -> None:
        """Send a line that is not answered."""
        self._file.write(json.dumps(line).encode() + b"\n")
        self._file.flush()

    def read(self) -> dict[str, Any]:
        """The next line.

        Raises:
            EOFError: The process has ended.
            TimeoutError: It does not answer.
            NotImportedError: It could not import the module, and says so.
        """
        text = self._file.readline()
        if not text:
            raise EOFError("the client's process has ended")
        answer: dict[str, Any] = json.loads(text)
        if answer.get("not_imported"):
            raise NotImportedError(answer["not_imported"])
        return answer

    def wait_for_end(self) -> None:
        """Return when the process has ended, whatever it says until then."""
        with suppress(OSError):
            while self._file.readline():
                pass

    def kill(self) -> None:
        """End the process, also one that never answers."""
        if self._pid:
            with suppress(ProcessLookupError):
                os.kill(self._pid, signal.SIGKILL)

    def close(self) -> None:
        with suppress(OSError):
            self._file.close()
        self._connection.close()


class Service:
    """The process that has imported the client, and the door that forks of it come in through."""

    def __init__(
        self,
        python: Path,
        folder: Path,
        module: str = "wandb",
        environ: Mapping[str, str] = QUIET,
        *,
        late: bool = False,
    ) -> None:
        self._token = secrets.token_hex(16)
        self._door = socket.create_server(("127.0.0.1", 0), backlog=64)
        self._door.settimeout(LOOK_S)
        port = self._door.getsockname()[1]
        self._said = folder / "service.log"
        self._output = self._said.open("wb")
        needed = {name: os.environ[name] for name in ("PATH", "LANG") if name in os.environ}
        self._process = subprocess.Popen(
            [str(python), str(PROGRAM), "127.0.0.1", str(port), self._token, module, *(["late"] if late else [])],
            cwd=folder,
            env={**needed, "HOME": str(folder), **environ},
            stdin=subprocess.DEVNULL,
            stdout=self._output,
            stderr=subprocess.STDOUT,
        )
        try:
            self._control = self._accept()
        except BaseException:
            self._end()
            raise
        try:
            self.version = self._control.read()["version"]
        except NotImportedError as why:
            self.close()
            said = self._said.read_text(encoding="utf-8", errors="replace").strip()
            raise NotImportedError(f"{why}; it printed: {said[-MAX_SAID:]}" if said else str(why)) from None

    def _accept(self) -> Channel:
        until = time.monotonic() + ANSWER_TIMEOUT_S
        while True:
            try:
                connection, _ = self._door.accept()
            except TimeoutError:
                if self._process.poll() is not None:
                    said = self._said.read_text(encoding="utf-8", errors="replace").strip()
                    raise EOFError(f"the process of the client has ended: {said[-MAX_SAID:]}") from None
                if time.monotonic() > until:
                    raise
                continue
            channel = Channel(connection)
            if channel.is_of(self._token):
                return channel
            channel.close()

    def fork(self, line: Mapping[str, Any]) -> Channel:
        """A new process of a script."""
        self._control.tell(line)
        return self._accept()

    def close(self) -> None:
        self._control.close()
        self._end()

    def _end(self) -> None:
        self._process.terminate()
        self._process.wait()
        self._door.close()
        self._output.close()
