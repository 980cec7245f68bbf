"""Owns the console of a run as the public API shows it."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any, NamedTuple

from wandb_testkit.dropin.public import documents
from wandb_testkit.dropin.public.paging import Paginator

if TYPE_CHECKING:
    from wandb_testkit.dropin.public.runs import Run


class ConsoleLogLine(NamedTuple):
    """One line: its number, when it came, "error" or no level, the label of its writer, its text."""

    number: int
    timestamp: datetime | None
    level: str
    label: str
    content: str


class ConsoleLogs(Paginator[ConsoleLogLine]):
    """The lines that a run printed; the last ones alone with `last`."""

    document = documents.LOG_LINES
    where = ("project", "run", "logLines")

    def __init__(self, run: Run, per_page: int = 1000, last: int | None = None) -> None:
        self.run = run
        self._last = last
        super().__init__(run._asker, run._variables(last=last), per_page)

    def update_variables(self) -> None:
        """Set the variables for the next page; the last lines come at once."""
        if self._last is None:
            super().update_variables()

    @property
    def more(self) -> bool:
        """Whether there are more pages."""
        return self.last_response is None if self._last is not None else super().more

    def _convert(self, node: Mapping[str, Any]) -> ConsoleLogLine:
        return ConsoleLogLine(
            node["number"], _time(node["timestamp"]), node["level"] or "", node["label"] or "", node["line"]
        )


def _time(text: str | None) -> datetime | None:
    """What the server says of a time, in UTC; None if it says none."""
    with suppress(ValueError):
        if text:
            return datetime.fromisoformat(text.replace("Z", "+00:00")).astimezone(timezone.utc)
    return None
