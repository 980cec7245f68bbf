"""Owns the process that a target runs in: many cases one after the other, and a new one when it hangs or crashes.

A target that is known by its reference is loaded in a fresh interpreter, which runs this module; any other one is
forked off, where the system can do that. Cases are judged there, so nothing that a target shows has to travel.
"""

from __future__ import annotations

import contextlib
import json
import multiprocessing
import os
import secrets
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from multiprocessing.connection import Client, Connection, Listener
from pathlib import Path
from typing import Any, NamedTuple

from wandb_testkit.conformance.case import Case
from wandb_testkit.conformance.judging import failed
from wandb_testkit.conformance.known import KnownFailure, entry_of
from wandb_testkit.conformance.results import CaseResult
from wandb_testkit.conformance.target import Target, WrongTargetError, load
from wandb_testkit.conformance.verdict import judge

START_TIMEOUT_S = 120.0
"""How long a target may take to be there: an environment may have to be made."""

SECONDS_MORE = 1.0
"""What a case may take beyond its own time, for a target that minds the time itself."""

MAX_PRINTED = 600  # characters of what a process printed before it died


PROGRAM_TIMES = 100
"""How many times as long a case of programs may take as one with a script: they are several, and are shrunk."""


class _Running(NamedTuple):
    """A process that serves: how to talk to it, how to learn its end, and what it printed."""

    connection: Any
    pid: int
    exit_code: Callable[[float], int | None]
    output: Path | None


class TargetProcess:
    """The process of one target; close() ends it.

    Args:
        known: Its known failures, which tell of cases that hang.
    """

    def __init__(self, target: Target, known: Sequence[KnownFailure] = ()) -> None:
        self.target = target
        self._known = known
        self._running: _Running | None = None

    def judge(self, case: Case) -> CaseResult:
        """Run a case; one that hangs, or takes the process down with it, has failed.

        Raises:
            WrongTargetError: The target cannot be loaded in a process of its own, or found there that it is declared
                wrongly.
        """
        if not case.needs <= self.target.claimed:
            return judge(case, self.target)  # it is passed over, and needs no process for that
        running = self._running or self._start()
        began = time.perf_counter()
        try:
            timeout_s, tries = self._patience(case)
            running.connection.send((case, tries))
            times = PROGRAM_TIMES if case.grown else tries
            if not running.connection.poll(timeout_s * times + SECONDS_MORE):
                self._kill()
                reason = f"no answer within {timeout_s:g} s; the process was ended"
                return failed(case, self.target, reason, seconds=time.perf_counter() - began)
            found: CaseResult | WrongTargetError = running.connection.recv()
        except (EOFError, OSError):
            reason = f"the process ended by itself, {self._end()}"
            return failed(case, self.target, reason, seconds=time.perf_counter() - began)
        if isinstance(found, WrongTargetError):
            self._kill()
            raise found
        return found

    def close(self) -> None:
        """End the process; a target that has something to close does that."""
        if self._running is not None:
            with contextlib.suppress(OSError):
                self._running.connection.close()  # the end of the file tells it to end
            self._running.exit_code(self.target.timeout_s)
            self._kill()

    def _patience(self, case: Case) -> tuple[float, int]:
        """Seconds that a case may take, and how often it is tried: what is known to fail need not do so twice."""
        entry = entry_of(case.id, self._known)
        if entry is None:
            return self.target.timeout_s, self.target.tries
        return entry.timeout_s or self.target.timeout_s, 1

    def _start(self) -> _Running:
        running = self._running = _loaded(self.target) if self.target.reference else _forked(self.target)
        try:
            told = running.connection.recv() if running.connection.poll(START_TIMEOUT_S) else "it took too long"
        except (EOFError, OSError):
            told = self._end()
        if told:
            self._kill()
            raise WrongTargetError(f"target {self.target.name!r} could not be started in a process of its own: {told}")
        return running

    def _kill(self) -> None:
        running, self._running = self._running, None
        if running is None:
            return
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(running.pid, signal.SIGKILL) if hasattr(os, "killpg") else os.kill(running.pid, signal.SIGTERM)
        running.exit_code(SECONDS_MORE)
        with contextlib.suppress(OSError):
            running.connection.close()
        if running.output is not None:
            running.output.unlink(missing_ok=True)

    def _end(self) -> str:
        """How the process ended, and what it printed last."""
        running = self._running
        if running is None:
            return "it could not be started"
        code = running.exit_code(SECONDS_MORE)
        printed = "" if running.output is None else running.output.read_text(encoding="utf-8", errors="replace").strip()
        self._kill()
        ended = "its connection closed"
        if code is not None:
            ended = f"signal {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"
        return f"{ended}\n{printed[-MAX_PRINTED:]}".rstrip()


def _loaded(target: Target) -> _Running:
    key = secrets.token_bytes(16)
    with Listener(("127.0.0.1", 0), authkey=key) as door:
        handle, name = tempfile.mkstemp(prefix="wandb-testkit-conform-", suffix=".log")
        process = subprocess.Popen(
            [sys.executable, "-m", __name__],
            stdin=subprocess.PIPE,
            stdout=handle,
            stderr=handle,
            start_new_session=True,
        )
        os.close(handle)
        assert process.stdin is not None
        told = {
            "address": door.address,
            "key": key.hex(),
            "path": sys.path,
            "reference": target.reference,
            "profile": target.known_profile,
        }
        with contextlib.suppress(BrokenPipeError), process.stdin:
            process.stdin.write(json.dumps(told).encode())
        connection = _accepted(door, process)
    return _Running(connection, process.pid, lambda seconds: _wait(process, seconds), Path(name))


def _accepted(door: Listener, process: subprocess.Popen[bytes]) -> Connection[Any, Any]:
    """The connection of the process; one that ends before it comes in has none."""
    listening: socket.socket = door._listener._socket  # type: ignore[attr-defined] # there is no other way to wait for it
    listening.settimeout(0.2)
    until = time.monotonic() + START_TIMEOUT_S
    while True:
        try:
            connection = door.accept()
            break
        except TimeoutError:
            if process.poll() is not None or time.monotonic() > until:
                ours, theirs = multiprocessing.Pipe()
                theirs.close()
                return ours
    return connection


def _wait(process: subprocess.Popen[bytes], seconds: float) -> int | None:
    try:
        return process.wait(seconds)
    except subprocess.TimeoutExpired:
        return None


def _forked(target: Target) -> _Running:
    if "fork" not in multiprocessing.get_all_start_methods():
        raise WrongTargetError(
            f"target {target.name!r} can have no process of its own here: this system has no fork(), so name the "
            "target as MODULE:NAME, or run it with in_process=True"
        )
    context = multiprocessing.get_context("fork")
    ours, theirs = context.Pipe()
    process = context.Process(target=_serve, args=(theirs, target, ours), name=f"conformance of {target.name}")
    process.start()
    theirs.close()
    assert process.pid is not None

    def exit_code(seconds: float) -> int | None:
        process.join(seconds)
        return process.exitcode

    return _Running(ours, process.pid, exit_code, None)


def _serve(connection: Any, target: Target, other: Any = None) -> None:
    """In the process: judge what is sent, until there is nothing more."""
    if other is not None:
        other.close()
        if hasattr(os, "setpgid"):
            os.setpgid(0, 0)
    connection.send("")
    try:
        while True:
            case, tries = connection.recv()
            connection.send(_judged(case, target, tries))
    except (EOFError, OSError):
        pass
    finally:
        if target.close is not None:
            target.close()


def _judged(case: Case, target: Target, tries: int) -> CaseResult | WrongTargetError:
    try:
        return judge(case, target, tries)
    except WrongTargetError as error:
        return error


def main() -> None:
    """Load the target that standard input tells of, and judge cases on it."""
    told = json.loads(sys.stdin.buffer.read())
    sys.path[:] = told["path"]
    connection = Client(tuple(told["address"]), authkey=bytes.fromhex(told["key"]))
    _serve(connection, load(told["reference"], told["profile"]))


if __name__ == "__main__":
    main()
