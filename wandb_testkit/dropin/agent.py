"""Owns wandb.agent() with a function: it carries out the runs of a sweep, one after the other, in this very thread.

A real agent runs the function in a thread of its own and asks the server every 5 seconds. This one asks when it has
nothing to do and, where the sweep has `early_terminate`, after each row, so that the same rows stop the same runs.
Source: protocol.md 10; SWEEP-1.
"""

from __future__ import annotations

import os
import sys
import time
import traceback
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from wandb_testkit.dropin import sweep_agent
from wandb_testkit.dropin.sweep_agent import FLAPPING_FAILURES, FLAPPING_S, MAX_INITIAL_FAILURES
from wandb_testkit.dropin.sweeping import forget_environment
from wandb_testkit.ports import Transport
from wandb_testkit.records import HistoryRecord, Record, Result, SummaryRecord
from wandb_testkit.sdk.session import Session
from wandb_testkit.world import current


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
    """Carry out runs of a sweep with a function until it has no more, or `count` are done.

    Raises:
        TypeError: `function` is not callable.
        CommError: There is no such sweep.
    """
    if not callable(function):
        raise TypeError("function parameter must be callable!")
    Agent(current().session, sweep_id, function, entity, project, count, max_consecutive_failed_runs).run()


class Agent(sweep_agent.SweepAgent):
    """One agent at work."""

    def __init__(
        self,
        session: Session,
        sweep_id: str,
        function: Callable[[], Any],
        entity: str | None,
        project: str | None,
        count: int | None,
        limit: int | None,
    ) -> None:
        super().__init__(session, sweep_id, entity, project, count, limit)
        self._function = function

    def run(self) -> None:
        """Do what the server says, until it says no more."""
        self._stops_early = bool(self._take_part().get("early_terminate"))
        for done, job in enumerate(self._jobs(), 1):
            if self._carry_out(job, done) or done == self._count:
                self._session.teardown()
                return
        self._tell("Sweep Agent: Exiting.")

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
        path = self._parameters_file(run_id, config)
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
