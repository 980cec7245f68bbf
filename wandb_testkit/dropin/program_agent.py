"""Owns wandb.agent() without a function: it starts the program of the sweep's config for each run, as a child process.

The child is a process that the test has started, so its runs end in the test's world (wandb_testkit/children). The
interpreter is the one that runs the test, where a real agent takes the `python` that is found first.
Source: protocol.md 10; SWEEP-1.
"""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from types import FrameType
from typing import Any

from wandb_testkit.dropin import sweep_agent
from wandb_testkit.dropin.sweep_agent import FLAPPING_FAILURES, FLAPPING_S, MAX_INITIAL_FAILURES
from wandb_testkit.errors import UsageError
from wandb_testkit.world import current

DEFAULT_COMMAND = ("${env}", "${interpreter}", "${program}", "${args}")

KILL_DELAY_S = 30
"""So long a run that was asked to stop may take (WANDB_AGENT_KILL_DELAY)."""

NOT_FORWARDED = frozenset({"SIGKILL", "SIGSTOP", "SIGCHLD"})
"""Signals that cannot be caught, and the one that tells of the child itself."""

_MACRO = re.compile(r"^\$\{(\w+)\}$")
_VARIABLE = re.compile(r"\$\{envvar:([A-Z0-9_]*)\}")

Parameters = Mapping[str, Any]

CLASSIC_MACROS: dict[str, Callable[[Parameters], list[str]]] = {
    "args": lambda values: [f"--{name}={value}" for name, value in values.items()],
    "args_no_hyphens": lambda values: [f"{name}={value}" for name, value in values.items()],
    "args_json": lambda values: [json.dumps(dict(values))],
}
"""What 0.10 puts in place of `${args}` and others."""

MACROS: dict[str, Callable[[Parameters], list[str]]] = {
    **CLASSIC_MACROS,
    "args_no_equals": lambda values: [part for name, value in values.items() for part in (f"--{name}", str(value))],
    "args_no_boolean_flags": lambda values: [
        f"--{name}" if value is True else f"--{name}={value}" for name, value in values.items() if value is not False
    ],
    "args_append_hydra": lambda values: [f"+{name}={value}" for name, value in values.items()],
    "args_override_hydra": lambda values: [f"++{name}={value}" for name, value in values.items()],
}
"""What 0.31 puts in their place."""


class ProgramAgent(sweep_agent.SweepAgent):
    """One agent at work.

    Attributes:
        macros: What is put in place of `${args}` and others.
        fills_variables: Whether `${envvar:NAME}` is filled in.
        forward_signals: Hand signals that this process gets on to the program.
        term_timeout: So many seconds programs may take to end after that, before they are killed; None: any number.
    """

    macros: Mapping[str, Callable[[Parameters], list[str]]] = MACROS
    fills_variables = True
    forward_signals = False
    term_timeout: float | None = None

    def run(self) -> None:
        """Do what the server says, until it says no more.

        Raises:
            CommError: There is no such sweep.
            UsageError: Its config names no program.
        """
        config = self._take_part()
        command = config.get("command")
        self._command = [str(part) for part in command] if command and isinstance(command, list) else DEFAULT_COMMAND
        if "${program}" in self._command and not config.get("program"):
            raise UsageError(
                f"sweep {self._sweep_id} has no program: put program: (or command:) into its config, or give "
                "function= to wandb.agent()"
            )
        for done, job in enumerate(self._jobs()):
            if self._carry_out(job, done) or done + 1 == self._count:
                return

    # ------------------------------------------------------------------ one run

    def _carry_out(self, job: Mapping[str, Any], done: int) -> bool:
        """Carry out one run, and tell whether the agent gives up."""
        run_id = job["run_id"]
        command, environ = self._prepared(job)
        self._tell(f"Agent Starting Run: {run_id} with config:")
        for name, item in job["args"].items():
            self._tell(f"\t{name}: {item['value']}")
        process = self._started(command, environ)
        try:
            with self._forwarding(process):
                exit_code = self._waited(process, run_id)
        except KeyboardInterrupt:
            self._interrupted(process)
            return True
        finally:
            _kill(process)
        self._session.teardown(exit_code)
        return self._has_failed(run_id, exit_code, done)

    def _prepared(self, job: Mapping[str, Any]) -> tuple[list[str], dict[str, str]]:
        """The command, and the environment of its process."""
        session, run_id, config = self._session, job["run_id"], job["args"]
        values = {name: item["value"] for name, item in config.items()}
        parameters = self._parameters_file(run_id, config)
        folder = os.path.abspath(session.disk.real_path(os.path.dirname(parameters)))
        environ = {name: value for name, value in os.environ.items() if not name.startswith("WANDB_")}
        environ |= session.environ
        environ |= {
            "WANDB_RUN_ID": run_id,
            "WANDB_SWEEP_ID": self._sweep_id,
            "WANDB_SWEEP_PARAM_PATH": os.path.join(folder, os.path.basename(parameters)),
        }
        told = {name: fill(values) for name, fill in self.macros.items()}
        told["env"] = [] if os.name == "nt" else ["/usr/bin/env"]
        told["interpreter"] = [sys.executable]
        told["program"] = [str(job["program"])]
        if "${args_json_file}" in self._command:
            path = os.path.join(folder, f"config-{run_id}.json")
            with open(path, "w", encoding="utf-8") as file:
                json.dump(values, file)
            told["args_json_file"] = [path]
        command: list[str] = []
        for part in self._command:
            filled = _VARIABLE.sub(_value_of(environ), part) if self.fills_variables else part
            macro = _MACRO.match(filled)
            command += told.get(macro[1], []) if macro else [filled]
        return command, environ

    def _started(self, command: list[str], environ: Mapping[str, str]) -> subprocess.Popen[bytes]:
        """The process, in a group of its own: a Ctrl-C at the terminal is the agent's; it has nothing to read."""
        group: dict[str, Any] = {}
        if sys.version_info >= (3, 11):
            group["process_group"] = 0
        elif os.name != "nt":
            group["preexec_fn"] = os.setpgrp
        self._session.flush()
        return subprocess.Popen(command, env=dict(environ), stdin=subprocess.DEVNULL, **group)

    def _waited(self, process: subprocess.Popen[bytes], run_id: str) -> int:
        """The exit code; meanwhile the server is asked whether the run is to stop."""
        stopped_at: float | None = None
        delay = float(self._session.variable("WANDB_AGENT_KILL_DELAY") or KILL_DELAY_S)
        while True:
            with suppress(subprocess.TimeoutExpired):
                return process.wait(sweep_agent.WAIT_S)
            for command in self._heartbeat({run_id: True}):
                if command["type"] == "exit":  # the sweep is gone: what runs may end
                    return process.wait()
                if command["type"] == "stop" and stopped_at is None:
                    stopped_at = time.monotonic()
                    process.terminate()
            if stopped_at is not None and time.monotonic() > stopped_at + delay:
                process.kill()

    def _has_failed(self, run_id: str, exit_code: int, done: int) -> bool:
        """Take note of how a run has ended, and tell whether the agent gives up."""
        if exit_code <= 0:  # a signal is no failure
            self._consecutive = 0
            return False
        self._failures += 1
        self._consecutive += 1
        if self._consecutive >= self._max_consecutive:
            self._tell(f"Detected {self._consecutive} consecutive failed runs, shutting down.", "error")
            return True
        variable = self._session.variable
        is_early = time.monotonic() - self._began < FLAPPING_S
        if variable("WANDB_AGENT_DISABLE_FLAPPING") != "true" and is_early and self._failures >= FLAPPING_FAILURES:
            text = f"Detected {FLAPPING_FAILURES} failed runs in the first {FLAPPING_S} seconds, shutting down."
            self._tell(text, "error")
            self._tell("To disable this check set WANDB_AGENT_DISABLE_FLAPPING=true")
            return True
        most = int(variable("WANDB_AGENT_MAX_INITIAL_FAILURES") or MAX_INITIAL_FAILURES)
        if self._failures >= done and most <= self._failures:
            self._tell(f"Detected {most} failed runs in a row, shutting down.", "error")
            self._tell("To change this value set WANDB_AGENT_MAX_INITIAL_FAILURES=val")
            return True
        return False

    # ------------------------------------------------------------------ signals

    def _interrupted(self, process: subprocess.Popen[bytes]) -> None:
        """Wait for the program after a Ctrl-C; a second one ends it, a third one kills it."""
        self._tell("ctrl-c received. Waiting for runs to end. Send ctrl-c again to terminate them.")
        for step in (None, process.terminate, process.kill):
            if step is not None:
                step()
            try:
                process.wait(self.term_timeout if self.forward_signals else None)
            except KeyboardInterrupt:
                self._tell("Terminating and syncing runs. Send shutdown signal again to kill.")
            except subprocess.TimeoutExpired:
                text = f"Child runs took longer than {self.term_timeout} seconds to end. Attempting to kill them."
                self._tell(text)
                process.kill()
            else:
                return

    @contextmanager
    def _forwarding(self, process: subprocess.Popen[bytes]) -> Iterator[None]:
        """Signals that this process gets are the program's too, where that is asked for."""
        before: dict[signal.Signals, Any] = {}

        def forward(number: int, frame: FrameType | None) -> None:
            process.send_signal(number)
            known = before.get(signal.Signals(number))
            if callable(known):
                known(number, frame)
            elif known is signal.SIG_DFL and number in (signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT):
                raise KeyboardInterrupt

        if self.forward_signals:
            for one in signal.Signals:
                if one.name not in NOT_FORWARDED:
                    with suppress(OSError, ValueError):  # not here, or not in this thread
                        before[one] = signal.signal(one, forward)
        try:
            yield
        finally:
            for one, known in before.items():
                signal.signal(one, known)


class ClassicProgramAgent(ProgramAgent):
    """An agent as 0.10 has it."""

    macros = CLASSIC_MACROS
    fills_variables = False


def carry_out(
    kind: type[ProgramAgent],
    sweep_id: str,
    entity: str | None,
    project: str | None,
    count: int | None,
    *,
    max_consecutive_failed_runs: int | None = None,
    forward_signals: bool = False,
    term_timeout: float | None = None,
) -> None:
    """Carry out runs of a sweep with its program until it has no more, or `count` are done.

    Raises:
        CommError: There is no such sweep.
        UsageError: Its config names no program.
    """
    agent = kind(current().session, sweep_id, entity, project, count, max_consecutive_failed_runs)
    agent.forward_signals, agent.term_timeout = forward_signals, term_timeout
    agent.run()


def _value_of(environ: Mapping[str, str]) -> Callable[[re.Match[str]], str]:
    """The value of a variable; one that is not set is its own name, as in wandb."""
    return lambda found: environ.get(found[1], found[1])


def _kill(process: subprocess.Popen[bytes]) -> None:
    """Leave no process behind."""
    if process.poll() is None:
        process.kill()
        process.wait()
