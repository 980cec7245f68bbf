"""Owns the processes of a world: how each is started, how its records travel, and what they hold back arrives.

A world knows its processes and they do not know it, so it goes with the last who holds it.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

from wandb_testkit.children.starting import CHILDREN
from wandb_testkit.ports import Clock, Observer, Terminal, Transport
from wandb_testkit.sdk.behaviour import Behaviour
from wandb_testkit.sdk.home import Home
from wandb_testkit.sdk.process_end import ProcessEnd
from wandb_testkit.sdk.session import Session
from wandb_testkit.surroundings import GivenShell, InterpreterShell, RandomIds, WorldDisk
from wandb_testkit.transport.offline import OfflineTransport

if TYPE_CHECKING:
    from wandb_testkit.children.line import ParentLine
    from wandb_testkit.wiring import Line


class Processes:
    """Every process of a world, and the line that they share.

    Args:
        behaviour: What the profile decides.
        terminal: Where they tell their user.
        directory: The real directory that they run in (Session).
    """

    def __init__(self, behaviour: Behaviour, clock: Clock, terminal: Terminal, directory: str | None) -> None:
        self._behaviour = behaviour
        self._clock = clock
        self._terminal = terminal
        self._directory = directory
        self._sessions: list[Session] = []

    def travel(self, line: Line, observer: Observer) -> None:
        """Say how their records travel, and who is told what else they do; comes before the first one starts."""
        self._line = line
        self._observer = observer
        self._batch_rows = line.batch_rows

    def start(
        self,
        *,
        environ: Mapping[str, str] | None,
        notebook: bool | None,
        disk: WorldDisk,
        home: Home,
        process_end: ProcessEnd | None = None,
    ) -> Session:
        """One more process.

        Args:
            environ: Its environment variables; None means os.environ, read at its first init() or login().
            notebook: Whether an IPython shell runs it; None means "look".
            process_end: What tells of its end, None for one that is only played.
        """
        session = Session(
            self._behaviour,
            connect=self._connect,
            connect_offline=partial(self._connect_offline, disk),
            observer=self._observer,
            clock=self._clock,
            ids=RandomIds(),
            environ=(lambda: os.environ) if environ is None else (lambda: environ),
            disk=disk,
            terminal=self._terminal,
            shell=InterpreterShell() if notebook is None else GivenShell(notebook=notebook),
            home=home,
            directory=self._directory,
            process_end=process_end,
        )
        session.batch_rows = self._batch_rows
        session.is_outlived = self._line.batch_rows == 1
        self._sessions.append(session)
        return session

    def flush(self) -> None:
        """Let everything that is held back or under way arrive."""
        self.flush_rows()
        self._line.settle()
        CHILDREN.settle()

    def flush_rows(self) -> None:
        """Let what active runs hold back be published."""
        for session in self._sessions:
            session.flush()

    def arm(self, is_armed: bool) -> None:
        """Faults are armed from now on, or are not: rows go one by one while they are."""
        self.flush()
        self._line.is_armed = is_armed
        self._hold_back(1 if is_armed else self._line.batch_rows)

    def default_project(self) -> str:
        """Where a run goes that names no project, as the first process would have it (A.1.project, PROJ-1)."""
        return self._sessions[0].default_project()

    def end(self, exit_code: int) -> list[str]:
        """All end with this exit code (FINISH-5); the paths of the runs that were active."""
        unfinished = [run for session in self._sessions for run in session.active]
        for session in self._sessions:
            session.end_process(exit_code)
        return [run.path for run in unfinished]

    def kill(self) -> None:
        """All are killed: their runs are left as they are."""
        for session in self._sessions:
            session.kill()

    def end_line(self) -> None:
        """Nothing travels any more."""
        self._line.close()

    def close(self) -> None:
        """The world goes: libraries, loggers and shells are as they were."""
        for session in self._sessions:
            session.close()
        self._sessions.clear()

    # ------------------------------------------------------------------ children

    def log_of_child(self, run_id: str, row: dict[str, Any], step: int | None, commit: bool | None) -> bool:
        """Log a row that a forked child logged to a run of this process (LOG-7); False if the run is over."""
        for session in self._sessions:
            for run in session.active:
                if run.id == run_id:
                    run.log(row, step=step, commit=commit)
                    return True
        return False

    def be_in(self, line: ParentLine) -> None:
        """They are in the world of the parent process."""
        for session in self._sessions:
            session.log_in_parent = line.log
            session.is_outlived = True
        self._hold_back(line.batch_rows)

    def become_child(self, line: ParentLine) -> None:
        """This process is a forked child now: the line is its own, and the runs are its parent's."""
        self._line = line
        self.be_in(line)
        for session in self._sessions:
            session.become_forked_child()

    # ------------------------------------------------------------------ inside

    def _hold_back(self, rows: int) -> None:
        self._batch_rows = rows
        for session in self._sessions:
            session.batch_rows = rows

    def _connect(self, api_key: str | None) -> Transport:
        self.flush()  # a process that connects now may ask about what another one has logged (FINISH-5)
        return self._line.connect(api_key)

    def _connect_offline(self, disk: WorldDisk, run_dir: str, run_id: str) -> Transport:
        return OfflineTransport(self._line.connect_offline(), disk, run_dir, run_id)
