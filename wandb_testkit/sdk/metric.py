"""Owns define_metric(): what its arguments may be, and what it returns."""

from __future__ import annotations

from typing import Any

from wandb_testkit.errors import Error
from wandb_testkit.records import MetricRecord, RunPath

GOALS = {"min": "minimize", "max": "maximize"}
"""The first three letters of a goal, whatever their case, say which it is."""


class Metric:
    """A metric that was defined; its attributes tell how."""

    __slots__ = ("_record",)

    def __init__(self, record: MetricRecord) -> None:
        self._record = record

    @property
    def name(self) -> str:
        """Its name, or a pattern."""
        return self._record.name

    @property
    def step_metric(self) -> str | None:
        """The metric to draw it against."""
        return self._record.step_metric

    @property
    def step_sync(self) -> bool | None:
        """Whether rows without that metric get its last value; True unless said otherwise."""
        return self._record.step_sync

    @property
    def hidden(self) -> bool | None:
        """Whether it is left out of automatic plots."""
        return self._record.hidden

    @property
    def summary(self) -> tuple[str, ...]:
        """What the summary keeps of it; empty means the last value."""
        return self._record.summary

    @property
    def goal(self) -> str | None:
        """Whether less or more is better."""
        return self._record.goal

    def __repr__(self) -> str:
        return f"<Metric {self.name!r}>"


def metric_record(
    path: RunPath,
    words: tuple[str, ...],
    name: Any,
    step_metric: Any,
    step_sync: Any,
    hidden: Any,
    summary: Any,
    goal: Any,
    overwrite: Any,
) -> MetricRecord:
    """Check the arguments of define_metric() and make a record of them.

    Args:
        words: What `summary` may ask for.
    Raises:
        Error: A name that is no str or empty, a `*` that is not at the end, a summary or goal that does not exist, or
            anything but a bool where one is expected.
    """
    if not isinstance(name, str) or not name:
        raise Error(f"define_metric(name={name!r}): expected a metric name, a str that is not empty")
    if "*" in name[:-1]:
        raise Error(f"define_metric(name={name!r}): a '*' may only stand at the end")
    if isinstance(step_metric, Metric):
        step_metric = step_metric.name
    if step_metric is not None and not isinstance(step_metric, str):
        raise Error(f"define_metric(step_metric={step_metric!r}): expected a metric name or a Metric")
    for argument, value in (("step_sync", step_sync), ("hidden", hidden), ("overwrite", overwrite)):
        if value is not None and not isinstance(value, bool):
            raise Error(f"define_metric({argument}={value!r}): expected True or False")
    if summary is not None and not isinstance(summary, str):
        raise Error(f"define_metric(summary={summary!r}): expected words such as 'min' or 'min,max'")
    asked = tuple(summary.lower().split(",")) if summary else ()
    unknown = [word for word in asked if word not in words]
    if unknown:
        raise Error(f"define_metric(summary={summary!r}): {unknown[0]!r} is none of {', '.join(words)}")
    wanted = GOALS.get(goal[:3].lower()) if isinstance(goal, str) else None
    if goal is not None and wanted is None:
        raise Error(f"define_metric(goal={goal!r}): expected 'minimize' or 'maximize'")
    if step_sync is None and step_metric is not None:
        step_sync = True
    return MetricRecord(path, name, step_metric, step_sync, hidden, asked, wanted)
