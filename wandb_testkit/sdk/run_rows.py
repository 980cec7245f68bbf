"""Owns what a run does with rows: log() and define_metric().

Source: LOG-1 to LOG-7, SUMMARY-1. What the profiles do differently is read from the session's Behaviour.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from wandb_testkit.records import Row, RunPath
from wandb_testkit.sdk.metric import Metric, metric_record
from wandb_testkit.sdk.values import NoJsonError, placed, to_json

if TYPE_CHECKING:
    from wandb_testkit.ports import Transport
    from wandb_testkit.sdk.behaviour import Behaviour, RowRules
    from wandb_testkit.sdk.folding import Folding
    from wandb_testkit.sdk.history import OpenHistory
    from wandb_testkit.sdk.outgoing import Outgoing
    from wandb_testkit.sdk.session import Session
    from wandb_testkit.sdk.summary import Summary


class RunRows:
    """The rows of a run; `Run` adds the rest."""

    if TYPE_CHECKING:
        _behaviour: Behaviour
        _folding: Folding
        _given: Mapping[str, Any]
        _history: OpenHistory
        _is_forked: bool
        _outgoing: Outgoing
        _path: RunPath
        _row_rules: RowRules
        _session: Session
        _summary: Summary
        _transport: Transport

        @property
        def id(self) -> str: ...
        def _must_be_active(self, what: str) -> None: ...
        def _without_media(self, data: Mapping[Any, Any], step: int | None) -> Mapping[Any, Any]: ...

    # ------------------------------------------------------------------ log

    def log(self, data: dict[str, Any], step: int | None = None, commit: bool | None = None) -> None:
        """Log one row.

        Args:
            data: Keys are str, values JSON or what the profile makes JSON of; nested dicts are kept nested.
            step: Absolute `_step`; without `commit` the row stays open for more of that step.
            commit: Close the row (True unless `step` is given).
        Raises:
            ValueError, TypeError: Data is no dict, has a key that is no str, or a value that JSON cannot say.
        Source: LOG-1 to LOG-7.
        """
        if step is not None or commit is not None or not self._history.add(data):
            self._log_carefully(data, step, commit)

    def _log_carefully(self, data: dict[str, Any], step: int | None, commit: bool | None) -> None:
        self._must_be_active("log")
        rules = self._row_rules
        if self._is_forked:
            rules.forked(self, self._read_row(data), step, commit)
            return
        row = self._read_row(data, step)
        history = self._history
        with history.lock:
            self._must_be_active("log")  # another thread may have finished the run meanwhile
            self.__dict__["_has_logged"] = True
            if step is not None and history.numbers_rows:
                step = self._step_beside_tensorboard(step)
            if step is not None:
                number = rules.read_step(step)
                if not history.go_to(number):
                    self._dropped(data, number)
                    return
            is_empty = not row and not rules.empty_is_written
            if not is_empty:
                history.hold(row)
            if commit if commit is not None else step is None:
                if is_empty and history.pending is None:
                    history.step += 1
                else:
                    history.commit()

    def _step_beside_tensorboard(self, step: Any) -> Any:
        """What `step=` still means where tensorboard is synchronised (TB-1)."""
        if "step_with_tensorboard" not in self._session.told:
            self._session.warn(
                "step_with_tensorboard",
                f"log(step={step!r}): rows are numbered one by one while tensorboard is synchronised [TB-1]. Log the "
                "step as a metric, and name it in define_metric()",
                run=self._path,
            )
        return step if self._behaviour.events().step_counts else None

    def _read_row(self, data: Any, step: Any = None) -> Row:
        rules = self._row_rules
        if not isinstance(data, Mapping):
            raise rules.wrong_row(
                f"log() takes a dict of metric names and values; got {data!r} of type {type(data).__name__} [LOG-5]. "
                "Give the value a name: log({'loss': ...})"
            )
        for key in data:
            if not isinstance(key, str):
                raise rules.wrong_row(
                    f"log() takes str keys; got {key!r} of type {type(key).__name__} [LOG-5]. Write {str(key)!r}"
                )
        row: Row = {}
        for key, value in self._without_media(data, step).items():
            try:
                row[key] = plain = to_json(value, rules.fallback)
            except NoJsonError as error:
                raise placed(error, "log(): row", (key,), value, rules.fallback) from None
            if plain is None or type(plain) is dict:
                self._folding.has_nested = True
        row.pop("_step", None)
        rules.tidy(row)
        return row

    def _dropped(self, data: Mapping[str, Any], step: int) -> None:
        text = (
            f"log({dict(data)!r}, step={step}) of run {self.id!r} was dropped: "
            f"the run is at step {self._history.step}, and steps cannot go back [LOG-3]. "
            "Log in order of step, or leave step out"
        )
        self._session.told.append("row_dropped")
        self._session.terminal.line(text, level="warning")
        self._session.observer.dropped(self._path, text)

    # ------------------------------------------------------------------ define_metric

    def define_metric(
        self,
        name: str,
        step_metric: str | Metric | None = None,
        step_sync: bool | None = None,
        hidden: bool | None = None,
        summary: str | None = None,
        overwrite: bool | None = None,
    ) -> Metric:
        """Say how a metric is to be summarised and drawn.

        Args:
            name: The metric; a trailing `*` makes it a pattern.
            step_metric: The metric to draw it against.
            summary: What to keep: min, max, mean, best, first, last, none, copy, several separated by commas.
        Raises:
            Error: A name or summary that does not exist.
        """
        return self._define(name, step_metric, step_sync, hidden, summary, None, overwrite)

    def _define(
        self, name: Any, step_metric: Any, step_sync: Any, hidden: Any, summary: Any, goal: Any, overwrite: Any
    ) -> Metric:
        self._must_be_active("define_metric")
        words = self._behaviour.summary.words
        asked = metric_record(self._path, words, name, step_metric, step_sync, hidden, summary, goal, overwrite)
        with self._history.lock:
            self._history.flush()  # what was logged before is summarised the old way
            defined = self._folding.define(asked, overwrites=bool(overwrite))
            self._transport.publish(defined)
            self._outgoing.summary_changed()
            self._outgoing.config_changed()
        return Metric(asked)
