"""Owns wandb.agent() with a function: it carries out the runs of a sweep, one after the other, in this very thread.

A real agent runs the function in a thread of its own and asks the server every 5 seconds. This one asks when it has
nothing to do and, where the sweep has `early_terminate`, after each row, so that the same rows stop the same runs.
Source: protocol.md 10; SWEEP-1.
"""

from __future__ import annotations

import json
import math
import os
import sys
import time
import traceback
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from wandb_testkit.dropin.public import documents
from wandb_testkit.dropin.public.asking import Asker
from wandb_testkit.dropin.sweeping import forget_environment, remember_place
from wandb_testkit.errors import CommError, NotModelledError
from wandb_testkit.ports import Transport
from wandb_testkit.records import HistoryRecord, Record, Result, SummaryRecord
from wandb_testkit.sdk.session import Session
from wandb_testkit.world import current

FLAPPING_S = 60
FLAPPING_FAILURES = 3
MAX_INITIAL_FAILURES = 5
"""When a real agent gives up on a function that fails."""

WAIT_S = 0.05
"""Between two questions of an agent that is told to wait: a paused sweep, a local controller. A real one waits 5."""


class SweepStopped(Exception):
    """Raised inside of a function whose run the sweep has stopped, as the agent of wandb raises an Exception there."""


def carry_out(
    sweep_id: str,
    function: Callable[[], Any] | None,
    entity: str | None,
    project: str | None,
    count: int | None,
    max_consecutive_failed_runs: int | None = None,
) -> None:
    """Carry out runs of a sweep until it has no more, or `count` are done.

    Raises:
        TypeError: `function` is not callable.
        CommError: There is no such sweep.
        NotModelledError: There is no function: a program would have to be started.
    """
    limit = max_consecutive_failed_runs
    if limit is not None:
        if isinstance(limit, bool) or not isinstance(limit, int):
            raise TypeError("max_consecutive_failed_runs must be an integer or None")
        if limit < 1:
            raise ValueError("max_consecutive_failed_runs must be at least 1")
    if function is None:
        raise NotModelledError(
            "agent() without a function starts the program that the sweep's config names, which is not part of this "
            "version of the kit: give function=, or run a real agent against fake.url"
        )
    if not callable(function):
        raise TypeError("function parameter must be callable!")
    Agent(current().session, sweep_id, function, entity, project, count, math.inf if limit is None else limit).run()


class Agent:
    """One agent at work."""

    def __init__(
        self,
        session: Session,
        sweep_id: str,
        function: Callable[[], Any],
        entity: str | None,
        project: str | None,
        count: int | None,
        max_consecutive: float,
    ) -> None:
        self._session = session
        self._function = function
        self._count = count
        self._max_consecutive = max_consecutive
        *place, self._sweep_id = sweep_id.strip("/ ").split("/")
        named_entity, named_project = [None, None, *place][-2:]
        remember_place(session, named_entity or entity, named_project or project)
        self._asker = Asker(session)
        self._failures = self._consecutive = 0
        self._began = time.monotonic()

    def run(self) -> None:
        """Do what the server says, until it says no more."""
        given = self._session.of_process()
        entity = given.get("entity") or self._asker.ask(documents.VIEWER, {})["viewer"]["entity"]
        where = {"entity": entity, "project": given.get("project") or "uncategorized", "sweep": self._sweep_id}
        self._agent = self._asker.ask(documents.CREATE_AGENT, {**where, "host": "localhost"})["createAgent"]["agent"]
        asked = {"entity": entity, "project": where["project"], "name": self._sweep_id}
        sweep = self._asker.ask(documents.SWEEP, asked)["project"]["sweep"]
        self._stops_early = "early_terminate" in sweep["config"]
        done = 0
        is_waiting = False
        while True:
            commands = self._heartbeat({})
            if not commands:
                if not is_waiting:
                    self._tell("Sweep Agent: Waiting for job.")
                is_waiting = True
                time.sleep(WAIT_S)
                continue
            is_waiting = False
            if commands[0]["type"] == "exit":
                self._tell("Sweep Agent: Exiting.")
                return
            done += 1
            if self._carry_out(commands[0], done) or done == self._count:
                self._session.teardown()
                return

    # ------------------------------------------------------------------ one run

    def _carry_out(self, job: Mapping[str, Any], done: int) -> bool:
        """Carry out one run, and tell whether the agent gives up."""
        run_id, config = job["run_id"], job["args"]
        try:
            with self._surroundings_of(run_id, config), self._heeding(run_id):
                self._tell(f"Agent Starting Run: {run_id} with config:")
                for name, item in config.items():
                    self._tell(f"\t{name}: {item['value']}")
                try:
                    self._function()
                except SweepStopped:
                    self._session.finish(exit_code=1)
                    return False
                except Exception as error:
                    traceback.print_exception(type(error), error, error.__traceback__, file=sys.stderr)
                    self._session.finish(exit_code=1)
                    return self._has_failed(run_id, error, done)
                self._session.finish()
        except KeyboardInterrupt:
            self._session.finish(exit_code=1)
            self._tell("Ctrl + C detected. Stopping sweep.")
            return True
        self._consecutive = 0
        return False

    def _has_failed(self, run_id: str, error: Exception, done: int) -> bool:
        self._failures += 1
        self._consecutive += 1
        self._tell(f"Run {run_id} errored: {error}", "error")
        if self._consecutive >= self._max_consecutive:
            self._tell(f"Detected {self._consecutive} consecutive failed runs, killing sweep.", "error")
            return True
        variable = self._session.variable
        if variable("WANDB_AGENT_DISABLE_FLAPPING") == "true":
            return True  # so does wandb 0.31
        if self._failures >= FLAPPING_FAILURES and time.monotonic() - self._began < FLAPPING_S:
            self._tell(
                f"Detected {FLAPPING_FAILURES} failed runs in the first {FLAPPING_S} seconds, killing sweep.", "error"
            )
            self._tell("To disable this check set WANDB_AGENT_DISABLE_FLAPPING=true")
            return True
        most = int(variable("WANDB_AGENT_MAX_INITIAL_FAILURES") or MAX_INITIAL_FAILURES)
        if most < self._failures and self._failures >= done:
            self._tell(f"Detected {most} failed runs in a row at start, killing sweep.", "error")
            self._tell("To change this value set WANDB_AGENT_MAX_INITIAL_FAILURES=val")
            return True
        return False

    @contextmanager
    def _surroundings_of(self, run_id: str, config: Mapping[str, Any]) -> Iterator[None]:
        """The process as a run of the sweep finds it: torn down, with the run's variables and a file of parameters."""
        session = self._session
        path = f"wandb/sweep-{self._sweep_id}/config-{run_id}.yaml"
        session.disk.write(path, json.dumps({"wandb_version": 1, **config}).encode())  # JSON is YAML
        values = {"WANDB_RUN_ID": run_id, "WANDB_SWEEP_ID": self._sweep_id, "WANDB_SWEEP_PARAM_PATH": path}
        before = {name: os.environ.get(name) for name in values}
        session.teardown()
        environ = session._environ
        session.set_variables(values)
        os.environ.update(values)  # for code that asks whether it is part of a sweep
        try:
            yield
        finally:
            for name, value in before.items():
                os.environ.pop(name, None) if value is None else os.environ.__setitem__(name, value)
            session._environ = environ
            forget_environment(session)

    @contextmanager
    def _heeding(self, run_id: str) -> Iterator[None]:
        """After each row the server is asked whether the run is to stop, where the sweep may say so."""
        if not self._stops_early:
            yield
            return
        session = self._session
        connect, rows = session.connect, session.batch_rows

        def connect_heeding(api_key: str | None) -> Transport:
            return Heeding(connect(api_key), run_id, lambda: self._is_to_stop(run_id))

        session.connect, session.batch_rows = connect_heeding, 1
        try:
            yield
        finally:
            session.connect, session.batch_rows = connect, rows

    def _is_to_stop(self, run_id: str) -> bool:
        told = self._heartbeat({run_id: True})
        return any(command["type"] == "stop" and command["run_id"] == run_id for command in told)

    # ------------------------------------------------------------------ the server, and the user

    def _heartbeat(self, alive: Mapping[str, bool]) -> list[dict[str, Any]]:
        variables = {"id": self._agent["id"], "runState": json.dumps(alive)}
        try:
            told = self._asker.ask(documents.AGENT_HEARTBEAT, variables)
        except CommError:
            self._tell("Sweep was deleted or agent was not found. Stopping sweep.", "error")
            return [{"type": "exit"}]
        return list(json.loads(told["agentHeartbeat"]["commands"]))

    def _tell(self, text: str, level: str = "info") -> None:
        self._session.terminal.line(text, level=level)


class Heeding:
    """A transport after whose rows somebody is asked whether the run is to stop."""

    def __init__(self, inner: Transport, run_id: str, is_to_stop: Callable[[], bool]) -> None:
        self._inner = inner
        self._run_id = run_id
        self._is_to_stop = is_to_stop
        self._has_row = False

    def deliver(self, record: Record) -> Result:
        """Send a record and wait for its answer."""
        result = self._inner.deliver(record)
        self._heed(record)
        return result

    def publish(self, record: Record) -> None:
        """Send a record that needs no answer.

        Raises:
            SweepStopped: The run is to stop: once the row and the summary that it leads to have been sent.
        """
        self._inner.publish(record)
        self._heed(record)

    def close(self) -> None:
        """End."""
        self._inner.close()

    def _heed(self, record: Record) -> None:
        if isinstance(record, HistoryRecord) and record.path.run_id == self._run_id:
            self._has_row = True
        elif isinstance(record, SummaryRecord) and self._has_row:
            self._has_row = False
            if self._is_to_stop():
                raise SweepStopped(f"run {self._run_id} is stopped by its sweep")
