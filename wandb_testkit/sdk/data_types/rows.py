"""Owns what log() makes of media, tables, plots and data frames: their files, and the dicts that stand in the row.

Source: observed with 0.31.0; which classes a profile has is its MediaRules.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from wandb_testkit.records import Row
from wandb_testkit.sdk.data_types.libraries import is_data_frame, is_of_matplotlib, library_of
from wandb_testkit.sdk.data_types.rules import MediaRules
from wandb_testkit.sdk.data_types.wb_value import BatchableMedia, Media, WBValue
from wandb_testkit.sdk.plots.chart import Chart

if TYPE_CHECKING:
    from wandb_testkit.sdk.run import Run

TABLES = ("table", "partitioned-table", "joined-table")


def as_row(run: Run, data: Mapping[Any, Any], given: int | None, rules: MediaRules) -> dict[Any, Any]:
    """The data of one log() call, with dicts in the place of media; `given` is its `step`."""
    row = dict(data)
    charts = _take_charts(row, "")
    for key, chart in charts.items():
        row.update(chart.logged(run, key))
    return _converted(run, row, rules.step(run.step, given), rules)


def in_summary(run: Run, key: str, value: Any, rules: MediaRules) -> Any:
    """What the summary keeps of a value that is set by hand."""
    return _value(run, key, value, "summary", rules)


def _converted(run: Run, row: Mapping[Any, Any], step: int | str, rules: MediaRules) -> dict[Any, Any]:
    return {
        key: _converted(run, value, step, rules)
        if isinstance(value, dict)
        else _value(run, str(key), value, step, rules)
        for key, value in row.items()
    }


def _value(run: Run, key: str, value: Any, step: int | str, rules: MediaRules) -> Any:
    if is_data_frame(value):
        value = rules.table(value)
    elif is_of_matplotlib(value) or library_of(value) == "plotly":
        value = rules.plot(value)
    elif isinstance(value, (list, tuple, range)) and value and all(isinstance(one, WBValue) for one in value):
        first = value[0]
        if isinstance(first, BatchableMedia) and all(isinstance(one, type(first)) for one in value):
            return _several(run, key, value, step, rules)
        return [_value(run, key, one, step, rules) for one in value]
    if not isinstance(value, WBValue):
        return value
    if isinstance(value, Media) and not value.is_bound():
        if value._log_type in TABLES:
            rules.keep_table(run, key, value)
        if value._log_type == "table" or value._log_type not in TABLES:
            value.bind_to_run(run, key, step)
    row = value.to_json(run)
    if getattr(value, "log_mode", None) == "INCREMENTAL":
        value._last_logged_idx = len(value.data) - 1
    return row


def _several(run: Run, key: str, values: Any, step: int | str, rules: MediaRules) -> Row:
    kind = type(values[0])
    limit = getattr(kind, "MAX_ITEMS", len(values))
    if limit < len(values):
        logging.warning("Only %s %s will be uploaded.", limit, kind.__name__)
    kept = list(values[:limit])
    for number, one in enumerate(kept):
        one.bind_to_run(run, key, step, rules.mark(number))
    row: Row = kind.seq_to_json(kept, run, key, step)
    return row


def _take_charts(row: dict[Any, Any], above: str) -> dict[str, Chart]:
    """Take the charts out of a row; those of nested dicts are called by their whole path."""
    charts: dict[str, Chart] = {}
    for key, value in list(row.items()):
        name = f"{above}.{key}" if above else key
        if isinstance(value, Chart):
            charts[name] = row.pop(key)
        elif isinstance(value, dict):
            row[key] = nested = dict(value)
            charts.update(_take_charts(nested, name))
    return charts
