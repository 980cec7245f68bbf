"""Owns a scan of a run's whole history, page by page."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from wandb_testkit.dropin.public import documents

if TYPE_CHECKING:
    from wandb_testkit.dropin.public.runs import Run

Row = dict[str, Any]


class HistoryScan:
    """Rows with `min_step <= _step < stop_step`; it is its own iterator, and starts anew with each `for`.

    Args:
        keys: Only rows that have all of these, and of them these alone; None: whole rows.
        shows_step: `_step` is there beside the keys.
    """

    def __init__(
        self, run: Run, *, min_step: int, stop_step: int, keys: list[str] | None, page_size: int, shows_step: bool
    ) -> None:
        self.run = run
        self.min_step = min_step
        self.keys = keys
        self.page_size = page_size
        self._stop_step = stop_step
        self._shows_step = shows_step
        self.page_offset = min_step
        self.scan_offset = 0
        self.rows: list[Row] = []

    @property
    def max_step(self) -> int:
        """The last step that it may reach."""
        return self._stop_step - 1

    def next(self) -> Row:
        """The next row."""
        return self.__next__()

    def __iter__(self) -> Iterator[Row]:
        self.page_offset, self.scan_offset, self.rows = self.min_step, 0, []
        return self

    def __next__(self) -> Row:
        while self.scan_offset >= len(self.rows):
            if self.page_offset >= self._stop_step:
                raise StopIteration
            self._load_next()
        self.scan_offset += 1
        return self.rows[self.scan_offset - 1]

    def _load_next(self) -> None:
        stop = min(self.page_offset + self.page_size, self._stop_step)
        bounds = {"minStep": int(self.page_offset), "maxStep": int(stop)}
        if self.keys is None:
            told = self.run._ask(documents.HISTORY_PAGE, **bounds, pageSize=int(self.page_size))
            self.rows = [json.loads(row) for row in told["history"]]
        else:
            # With _step among the keys the server reads the last step as one that is in (protocol.md 9.2).
            keys = ["_step", *(key for key in self.keys if key != "_step")] if self._shows_step else self.keys
            if "_step" in keys:
                bounds["maxStep"] -= 1
            spec = {"keys": keys, **bounds, "samples": int(self.page_size)}
            self.rows = self.run._ask(documents.SAMPLED_HISTORY, specs=[json.dumps(spec)])["sampledHistory"][0]
        self.page_offset += self.page_size
        self.scan_offset = 0
