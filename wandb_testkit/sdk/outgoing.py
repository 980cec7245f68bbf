"""Owns what of a run goes to the server: whether it may still be changed, what the server does not know, its rows.

The parts of a run (history, config, summary) share it instead of knowing the run: so they go with the last who holds
them. Source: LOG-6, SUMMARY-1, CONFIG-7.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wandb_testkit.ports import Transport
from wandb_testkit.records import HistoryRecord, Row, RunPath, SummaryRecord
from wandb_testkit.sdk.folding import Folding
from wandb_testkit.sdk.stopwatch import Stopwatch
from wandb_testkit.sdk.summary import fold_rows
from wandb_testkit.sdk.values import copied

if TYPE_CHECKING:
    from wandb_testkit.sdk.session import Session


class Outgoing:
    """What of one run is on its way.

    Attributes:
        values: The values of its summary, which rows are folded into.
        is_finished: It has ended, and nothing of it may change.
        config_is_new, summary_is_new: The server has an older one.
    """

    __slots__ = (
        "_folding",
        "_path",
        "_session",
        "_stopwatch",
        "_transport",
        "config_is_new",
        "is_finished",
        "summary_is_new",
        "values",
    )

    def __init__(
        self,
        session: Session,
        transport: Transport,
        path: RunPath,
        stopwatch: Stopwatch,
        folding: Folding,
        values: dict[str, Any],
    ) -> None:
        self._session = session
        self._transport = transport
        self._path = path
        self._stopwatch = stopwatch
        self._folding = folding
        self.values = values
        self.is_finished = False
        self.config_is_new = False
        self.summary_is_new = False

    def must_be_active(self, what: str) -> None:
        """Refuse what cannot be done to a run that has ended.

        Raises:
            Exception: It has; the profile's class.
        """
        if self.is_finished:
            raise self._session.behaviour.finished_error(
                f"{what} after finish(): run {self._path.run_id!r} is finished [LOG-6]. Start a new run with init()"
            )

    def config_changed(self) -> None:
        """The server's config is out of date."""
        self.config_is_new = True
        if self._session.is_outlived:
            self._session.flush_run(self)

    def summary_changed(self) -> None:
        """The server's summary is out of date."""
        self.summary_is_new = True
        if self._session.is_outlived:
            self._session.flush_run(self)

    def warn(self, kind: str, text: str) -> None:
        """Tell the user something about the run."""
        self._session.warn(kind, text, run=self._path)

    def summary_after_finish(self) -> None:
        """Warn whoever reads the summary of a run that has ended, where the profile shows it empty then."""
        self.warn(
            "summary_after_finish",
            f"summary of run {self._path.run_id!r} is empty: the run is finished [SUMMARY-2]. Read it before finish()",
        )

    def publish_summary(self) -> None:
        """Send the summary as it is now."""
        self.summary_is_new = False
        self._transport.publish(SummaryRecord(self._path, copied(self.values)))

    def publish_rows(
        self, first_line: int, rows: list[Row], timestamps: list[float], keys: set[str], is_awaited: bool
    ) -> bool:
        """Send a batch of rows, and the summary that they make.

        Args:
            keys: Every key that some row has, but for `_step`.
            is_awaited: Wait for the answer.
        Returns:
            Whether they have arrived, as far as is known.
        """
        runtimes = self._stopwatch.at_all(timestamps)
        if self._session.behaviour.row.whole_seconds:
            runtimes = [int(t) for t in runtimes]
            timestamps = [int(t) for t in timestamps]
        values = self.values
        if self._folding.complete(rows):
            self.config_is_new = True
        fold_rows(values, rows, keys, self._folding)
        values["_timestamp"] = timestamps[-1]
        values["_runtime"] = runtimes[-1]
        record = HistoryRecord(self._path, first_line, rows, timestamps, runtimes)
        has_arrived = True
        if is_awaited:
            has_arrived = self._transport.deliver(record).refusal is None
        else:
            self._transport.publish(record)
        self.publish_summary()
        return has_arrived
