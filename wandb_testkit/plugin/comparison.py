"""Owns how a failed `==` on what a run recorded is explained: which step or key is what, and what it should be.

History, tables and whole runs are known by their class. A config, a summary or a column is a plain value; it is known
by being equal to that of a run in a world at hand.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields
from typing import TYPE_CHECKING, Any, NamedTuple

from wandb_testkit.history_view import History
from wandb_testkit.matching import put, why_not
from wandb_testkit.observation import RunView
from wandb_testkit.table_view import TableView
from wandb_testkit.world import current

if TYPE_CHECKING:
    from wandb_testkit.plugin.worlds import Worlds

MAX_LINES = 5
"""Differences that are shown without -vv: pytest cuts an explanation after eight lines."""

MAX_NAMES = 2
"""Things that are equal to a value and are named; a row is often the summary as well."""

_NOTHING = object()


class _Named(NamedTuple):
    """What something is called, and the steps of its values where it is a column."""

    name: str
    steps: Sequence[int] = ()


def explain(left: object, right: object, runs: Sequence[RunView], *, everything: bool) -> list[str] | None:
    """The explanation of `left == right`, None where neither was recorded.

    Args:
        runs: Those at hand.
        everything: Whether all differences are shown (-vv).
    Returns:
        Lines for pytest: the first follows "assert".
    """
    if isinstance(left, RunView) and isinstance(right, RunView):
        return _shown("one run == another", list(_fields(right, left)), everything)
    named = _named(left, runs)
    expected, actual = right, left
    if named is None:
        named, expected, actual = _named(right, runs), left, right
    if named is None:
        return None
    lines = list(_lines(named, _one_by_one(expected), actual))
    return _shown(f"{named.name} == what was expected", lines, everything) if lines else None


def runs_at_hand(worlds: Worlds | None) -> list[RunView]:
    """The runs of the world in force, and before them those of the tests that are under way."""
    entered = [] if worlds is None else worlds.entered
    at_hand = dict.fromkeys((*(own.world for own in entered), current()))
    return [run for world in at_hand for run in world.runs]


def _shown(head: str, lines: list[str], everything: bool) -> list[str]:
    if everything or len(lines) <= MAX_LINES + 1:
        return [head, "", *lines]
    return [head, "", *lines[:MAX_LINES], f"... and {len(lines) - MAX_LINES} more differences; -vv shows them"]


# ---------------------------------------------------------------- what is what


def _named(value: object, runs: Sequence[RunView]) -> _Named | None:
    if isinstance(value, History):
        return _Named(f"history of run {value.run_id!r}")
    if not isinstance(value, (dict, list, TableView)) or not value:
        return None
    for run in reversed(runs):
        found = list(_of_run(value, run))
        if found:
            names = " or ".join(named.name for named in found[:MAX_NAMES])
            return found[0]._replace(name=f"{names} of run {run.id!r}")
    return None


def _of_run(value: object, run: RunView) -> Iterator[_Named]:
    """What of a run is equal to a value; of several things nobody knows which was meant."""
    if isinstance(value, TableView):
        for key, table in run.tables.items():
            if table == value:
                yield _Named(f"table {key!r}")
        return
    if isinstance(value, dict):
        for row in run.history:
            if row == value:
                yield _Named(f"row of step {row['_step']}")
        for name in ("config", "summary"):
            if getattr(run, name) == value:
                yield _Named(name)
        return
    keys = run.history.keys()
    for key in keys:
        if run.history[key] == value:
            yield _Named(f"history[{key!r}]", run.history.steps(key))
    for key, table in run.tables.items():
        if value in (table.data, table.rows):
            yield _Named(f"table {key!r}")


# ---------------------------------------------------------------- what is different


def _one_by_one(expected: Any) -> Any:
    """pytest.approx of several values as so many of one each, so that the one that differs can be told."""
    values, one = getattr(expected, "expected", None), getattr(expected, "_approx_scalar", None)
    if one is None:
        return expected
    if isinstance(values, Mapping):
        return {key: one(value) for key, value in values.items()}
    return [one(value) for value in values] if isinstance(values, (list, tuple)) else expected


def _lines(named: _Named, expected: Any, actual: Any) -> Iterator[str]:
    if isinstance(actual, TableView):
        if not isinstance(expected, TableView):
            yield f"is a table, should be {put(expected)}"
            return
        yield from _items("columns", expected.columns, actual.columns)
        yield from _cells(expected.data, actual.data, actual.columns)
    elif isinstance(actual, History):
        yield from _rows(expected, list(actual))
    elif isinstance(actual, Mapping):
        kind = named.name.partition(" of run ")[0]
        yield from _items(kind if kind in ("config", "summary") else "", expected, actual)
    elif named.name.startswith("table"):
        yield from _cells(expected, actual, None)
    else:
        yield from _values(expected, actual, named.steps)


def _fields(expected: RunView, actual: RunView) -> Iterator[str]:
    for field in fields(RunView):
        wanted, got = getattr(expected, field.name), getattr(actual, field.name)
        if not field.compare or wanted == got:
            continue
        if isinstance(got, History):
            yield from (f"history, {line}" for line in _rows(list(wanted), list(got)))
        elif isinstance(got, Mapping):
            yield from _items(field.name, wanted, got)
        else:
            yield f"{field.name} {why_not(wanted, got)}"


def _rows(expected: Any, actual: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    if not isinstance(expected, (list, tuple, History)) or not all(isinstance(row, Mapping) for row in expected):
        yield f"has {len(actual)} rows, should be {put(expected)}"
        return
    for step, wanted, got in _paired(list(expected), actual):
        if got is None:
            yield f"step {step} is missing, should be {put(_bare(wanted))}"
        elif wanted is None:
            yield f"step {step} should not be there: {put(_bare(got))}"
        elif wanted != got:
            yield from (f"step {step}: {line}" for line in _items("", wanted, got))


def _paired(
    expected: Sequence[Mapping[str, Any]], actual: Sequence[Mapping[str, Any]]
) -> Iterator[tuple[Any, Any, Any]]:
    """Rows side by side: by step where each row has one of its own, else in order."""
    wanted = {row.get("_step", _NOTHING): row for row in expected}
    got = {row.get("_step", _NOTHING): row for row in actual}
    if _NOTHING not in wanted and len(wanted) == len(expected) and len(got) == len(actual):
        for step in sorted({*wanted, *got}):
            yield step, wanted.get(step), got.get(step)
        return
    for at in range(max(len(expected), len(actual))):
        wanted_row = expected[at] if at < len(expected) else None
        row = actual[at] if at < len(actual) else None
        yield f"{row['_step'] if row is not None else '?'} (row {at})", wanted_row, row


def _items(name: str, expected: Any, actual: Any) -> Iterator[str]:
    """Where two mappings differ, nested ones by their innermost keys."""
    if not isinstance(expected, Mapping) or not isinstance(actual, Mapping):
        if expected != actual:
            yield f"{name} {why_not(expected, actual)}".lstrip()
        return
    for key in dict.fromkeys((*expected, *actual)):
        place = f"{name}[{key!r}]" if name else str(key)
        if key not in actual:
            yield f"{place} is missing, should be {put(expected[key])}"
        elif key not in expected:
            yield f"{place} is {put(actual[key])}, should not be there"
        elif expected[key] != actual[key]:
            yield from _items(place, expected[key], actual[key])


def _values(expected: Any, actual: Sequence[Any], steps: Sequence[int]) -> Iterator[str]:
    if not isinstance(expected, (list, tuple)):
        yield f"has {len(actual)} values, should be {put(expected)}"
        return
    if len(expected) != len(actual):
        yield f"has {len(actual)} values, should have {len(expected)}"
    for step, wanted, got in zip(steps, expected, actual, strict=False):
        if wanted != got:
            yield f"step {step}: {why_not(wanted, got)}"
    for step, got in zip(steps[len(expected) :], actual[len(expected) :], strict=True):
        yield f"step {step} should not be there: {put(got)}"
    for wanted in expected[len(actual) :]:
        yield f"is missing after step {steps[-1]}: {put(wanted)}"


def _cells(expected: Any, actual: Sequence[Any], columns: Sequence[Any] | None) -> Iterator[str]:
    if not isinstance(expected, (list, tuple)):
        yield f"has {len(actual)} rows, should be {put(expected)}"
        return
    if len(expected) != len(actual):
        yield f"has {len(actual)} rows, should have {len(expected)}"
    for at, (wanted, got) in enumerate(zip(expected, actual, strict=False)):
        if isinstance(wanted, (list, tuple)) and isinstance(got, (list, tuple)) and len(wanted) == len(got):
            names = columns or [f"column {number}" for number in range(len(got))]
            wanted, got = dict(zip(names, wanted, strict=True)), dict(zip(names, got, strict=True))
        yield from (f"row {at}: {line}" for line in _items("", wanted, got))
    for at, got in list(enumerate(actual))[len(expected) :]:
        yield f"row {at} should not be there: {put(got)}"
    for at, wanted in list(enumerate(expected))[len(actual) :]:
        yield f"row {at} is missing, should be {put(wanted)}"


def _bare(row: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in row.items() if key != "_step"}
