"""Owns when a recorded value is what somebody expected, and how to tell the two apart in words.

numpy is not imported: its scalars and arrays are known by what they can do.
"""

from __future__ import annotations

import difflib
import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

MAX_TEXT = 120
MAX_CELLS = 5
MAX_KEYS = 12

Cell = tuple[int, Any]
"""A `_step`, and a value."""


def matches(expected: Any, actual: Any) -> bool:
    """Whether a value is what was expected.

    A mapping matches one that has at least its items, a type its instances, a function what it says yes to, NaN
    another NaN; a tuple or an array the list that was logged of it. Everything else decides by `==`.
    """
    if isinstance(expected, type):
        return isinstance(actual, expected)
    if isinstance(expected, Mapping):
        return isinstance(actual, Mapping) and not differences(expected, actual)
    expected = _plain(expected)
    if isinstance(expected, float) and math.isnan(expected):
        return isinstance(actual, float) and math.isnan(actual)
    if isinstance(expected, (list, tuple)) and isinstance(actual, (list, tuple)):
        return len(expected) == len(actual) and all(map(matches, expected, actual))
    if isinstance(actual, bool) is not isinstance(expected, bool) and isinstance(expected, (bool, int, float)):
        return False  # True is logged where 1 was meant, or the other way round
    if _is_predicate(expected):
        return bool(expected(actual))
    return bool(expected == actual)


def differences(expected: Mapping[str, Any], actual: Mapping[str, Any], name: str = "") -> list[tuple[str, str]]:
    """Where a mapping is not what was expected: the key as it was asked for, and a sentence.

    Args:
        name: Of the mapping, for the sentences; "" for a row, whose keys speak for themselves.
    """
    found = []
    for key, value in expected.items():
        is_there, got = found_at(actual, key)
        if not is_there:
            found.append((key, _missing(actual, key, name)))
        elif isinstance(value, Mapping) and isinstance(got, Mapping):
            place = f"{name}[{key!r}]" if name else key
            found += [(key, line) for _, line in differences(value, got, place)]
        elif not matches(value, got):
            place = f"{name}[{key!r}]" if name else f"{key} of step {actual['_step']}" if "_step" in actual else key
            found.append((key, f"{place} {why_not(value, got)}"))
    return found


def why_not(expected: Any, actual: Any) -> str:
    """`is 0.3, should be 0.1`, with the types where they are what is wrong."""
    if isinstance(expected, type):
        return f"is {put(actual)} ({_a(actual)}), should be of type {expected.__name__}"
    if _is_predicate(_plain(expected)):
        return f"is {put(actual)}, which {put(expected)} does not accept"
    if isinstance(actual, float) and math.isnan(actual):
        return f"is NaN, should be {put(expected)}"
    plain = _plain(expected)
    is_number = isinstance(plain, (int, float)) and not isinstance(plain, bool)
    is_list = isinstance(plain, (list, tuple)) and isinstance(actual, (list, tuple))
    is_alike = type(plain) is type(actual) or is_list or (is_number and type(actual) in (int, float))
    if is_alike or _says_no_type(plain):
        return f"is {put(actual)}, should be {put(expected)}{_first_difference(plain, actual)}"
    return f"is {put(actual)} ({_a(actual)}), should be {put(expected)} ({_a(expected)})"


def found_at(values: Mapping[str, Any], key: str) -> tuple[bool, Any]:
    """Whether a key is there, and its value; a dotted one also reaches into nested values."""
    if key in values:
        return True, values[key]
    here: Any = values
    for part in key.split("."):
        if not isinstance(here, Mapping) or part not in here:
            return False, None
        here = here[part]
    return "." in key, here


def cells_of(rows: Iterable[Mapping[str, Any]], key: str) -> list[Cell]:
    """The steps and values of one key."""
    found = ((row["_step"], found_at(row, key)) for row in rows)
    return [(step, value) for step, (is_there, value) in found if is_there]


def never_was(key: str, expected: Any, cells: Sequence[Cell]) -> str:
    """Why no value of a key is what was expected; of numbers, the nearest one."""
    plain = _plain(expected)
    if _is_predicate(plain):
        return f"{put(expected)} accepts no value of {key}"
    if isinstance(expected, type):
        return f"no value of {key} is of type {expected.__name__}; it was {_a(cells[-1][1])}"
    wanted = getattr(plain, "expected", plain)  # pytest.approx
    numbers = [cell for cell in cells if type(cell[1]) in (int, float) and not math.isnan(cell[1])]
    if type(wanted) in (int, float) and numbers:
        step, nearest = min(numbers, key=lambda cell: abs(cell[1] - wanted))
        return f"{key} was never {put(expected)}; the nearest is {put(nearest)} at step {step}"
    step, last = cells[-1]
    return f"{key} was never {put(expected)}: at step {step} it {why_not(expected, last)}"


def stretch(cells: Sequence[Cell], step: int | None = None) -> str:
    """`0.5 (step 2), 0.3 (step 3), 0.1 (step 4)`: the cells around a step, or the last ones."""
    first = max(len(cells) - MAX_CELLS, 0)
    if step is not None:
        at = min(range(len(cells)), key=lambda index: abs(cells[index][0] - step))
        first = max(min(at - MAX_CELLS // 2, first), 0)
    shown = cells[first : first + MAX_CELLS]
    before = "... " if first else ""
    after = " ..." if first + MAX_CELLS < len(cells) else ""
    return before + ", ".join(f"{put(value)} (step {at})" for at, value in shown) + after


def near_keys(key: str, known: Sequence[str], introduction: str) -> str:
    """`its keys are 'loss', 'acc'. Did you mean 'loss'?`"""
    if not known:
        return f"{introduction} none."
    near = difflib.get_close_matches(key, known, n=1)
    first = sorted(known, key=lambda name: name not in near)[:MAX_KEYS]  # the one that may be meant is never left out
    listed = ", ".join(map(repr, first)) + (f" and {len(known) - MAX_KEYS} more" if len(known) > MAX_KEYS else "")
    return f"{introduction} {listed}." + (f" Did you mean {near[0]!r}?" if near else "")


def put(value: Any) -> str:
    """A value in one short line; a function by its name."""
    if isinstance(value, type):
        return value.__name__
    if _is_predicate(value):
        return str(getattr(value, "__qualname__", None) or repr(value)).replace("<locals>.", "")
    if isinstance(value, float) and math.isnan(value):
        return "NaN"
    plain = _plain(value)
    text = repr(plain if isinstance(plain, (bool, int, float)) else value)
    text = " ".join(text.split())
    return text if len(text) <= MAX_TEXT else f"{text[: MAX_TEXT - 3]}..."


def paths_of(values: Mapping[str, Any], above: str = "") -> list[str]:
    """The dotted path of every value that is no mapping."""
    paths = []
    for key, value in values.items():
        paths += paths_of(value, f"{above}{key}.") if isinstance(value, Mapping) else [f"{above}{key}"]
    return paths


def _missing(actual: Mapping[str, Any], key: str, name: str) -> str:
    """Which part of a key is not there, and what is in its place."""
    here, reached = actual, name
    parts = [key] if key in actual or "." not in key else key.split(".")
    for part in parts:
        inner = here.get(part)
        if part not in here:
            break
        reached = f"{reached}[{part!r}]" if reached else part
        if not isinstance(inner, Mapping):
            return f"{reached} is {put(inner)}, so there is nothing at {key!r}"
        here = inner
    known = [name for name in here if name != "_step"]
    where = reached or (f"the row of step {actual['_step']}" if "_step" in actual else "it")
    deeper = [path for path in paths_of(actual) if path.endswith(f".{key}")]
    if deeper:
        return f"{where} has no {part!r}, but there is {deeper[0]!r}: {put(found_at(actual, deeper[0])[1])}"
    return f"{where} has no {part!r}; {near_keys(part, known, 'there are' if len(known) != 1 else 'there is')}"


def _first_difference(expected: Any, actual: Any) -> str:
    if not isinstance(expected, (list, tuple)) or not isinstance(actual, (list, tuple)):
        return ""
    if len(expected) != len(actual):
        return f": it has {len(actual)} items, not {len(expected)}"
    at = next(at for at, (wanted, got) in enumerate(zip(expected, actual, strict=True)) if not matches(wanted, got))
    return f": item {at} {why_not(expected[at], actual[at])}"


def _plain(value: Any) -> Any:
    """numpy's scalars and arrays, and tensors, as Python's own values."""
    as_list = getattr(value, "tolist", None)
    return as_list() if callable(as_list) and not isinstance(value, type) else value


def _is_predicate(value: Any) -> bool:
    return callable(value) and not isinstance(value, type)


def _says_no_type(value: Any) -> bool:
    """What decides by rules of its own: pytest.approx, unittest.mock.ANY, a matcher."""
    return type(value).__module__.partition(".")[0] not in ("builtins", "numpy")


def _a(value: Any) -> str:
    name = type(value).__name__
    return f"{'an' if name[0] in 'aeiouAEIOU' else 'a'} {name}"
