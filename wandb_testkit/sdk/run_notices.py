"""Owns what a run tells beside rows and files: alerts, that it is about to be preempted, what its program prints.

Source: LOG-6; protocol.md 3.2, 4.5, 4.9.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wandb_testkit.records import OutputRecord, PreemptingRecord, RunPath
from wandb_testkit.sdk.alert import AlertLevel, alert_record
from wandb_testkit.sdk.console import SILENT, Console

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import timedelta

    from wandb_testkit.ports import Transport
    from wandb_testkit.sdk.behaviour import Behaviour
    from wandb_testkit.sdk.session import Session


class RunNotices:
    """What a run tells at once; `Run` adds the rest."""

    if TYPE_CHECKING:
        _behaviour: Behaviour
        _console: Console | None
        _given: Mapping[str, Any]
        _output_lines: int
        _path: RunPath
        _session: Session
        _transport: Transport

        @property
        def id(self) -> str: ...
        def _must_be_active(self, what: str) -> None: ...
        def _flush(self) -> None: ...

    def alert(
        self,
        title: str,
        text: str,
        level: str | AlertLevel | None = None,
        wait_duration: float | timedelta | None = None,
    ) -> None:
        """Tell the owner of the run something; it is recorded, nobody is written to.

        Args:
            level: INFO (as None), WARN or ERROR, as text or AlertLevel.
            wait_duration: How long the next alert of this title is held back: seconds or a timedelta; a minute if None.
        Raises:
            TypeError: Title or text is no str.
            ValueError: There is no such level.
            ValueError, TypeError: `wait_duration` is no time span.
        """
        self._must_be_active("alert")
        record = alert_record(self._path, title, text, level, wait_duration, self._behaviour.wrong_wait_duration)
        self._flush()
        self._transport.publish(record)

    def mark_preempting(self) -> None:
        """Tell the server that the machine is about to be taken away: if the run fails now, it was preempted."""
        self._must_be_active("mark_preempting")
        self._flush()
        self._transport.publish(PreemptingRecord(self._path))

    # ------------------------------------------------------------------ console

    def _listen_if_asked(self) -> None:
        """Hear what the program prints, if the setting `console` asks for it."""
        if self._given.get("console") in SILENT:
            return
        for stream in self._lines().listen():
            text = f"sys.{stream} lets nobody listen: what is printed there is not part of the run's output"
            self._session.warn("console_not_heard", text, run=self._path)

    def _lines(self) -> Console:
        if self._console is None:
            self.__dict__["_console"] = Console(self._output_lines)
        return self._console  # type: ignore[return-value]

    def _publish_output(self) -> None:
        if self._console is not None:
            first_line, lines = self._console.take()
            if lines:
                self._transport.publish(OutputRecord(self._path, first_line, lines))
