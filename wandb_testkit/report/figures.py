"""Owns how numbers, and things that are counted or named, are put into few characters."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from wandb_testkit.report.data import finite

_BARS = "▁▂▃▄▅▆▇█"


def figure(value: Any) -> str:
    """A value in as few characters as a reader needs: numbers to four digits, text as it is."""
    if value is None or isinstance(value, (bool, str)):
        return str(value)
    if isinstance(value, (int, float)):
        return f"{value:.0f}" if value == round(value) and abs(value) < 1e9 else f"{value:.4g}"
    return json.dumps(value, ensure_ascii=False)


def count(number: int, noun: str) -> str:
    """`1 row`, `2 rows`."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def size(number: int) -> str:
    """A number of bytes: `812 B`, `4.1 kB`, `23 MB`."""
    amount = float(number)
    for unit in ("B", "kB", "MB", "GB"):
        if amount < 1000 or unit == "GB":
            break
        amount /= 1000
    return f"{amount:.0f} {unit}" if unit == "B" or amount >= 10 else f"{amount:.1f} {unit}"


def clip(text: str, width: int) -> str:
    """One line of at most `width` characters."""
    line = " ".join(text.split())
    return line if len(line) <= width else line[: max(width - 3, 0)] + "..."


def listing(items: Sequence[str], width: int) -> str:
    """As many whole items as fit on a line, and how many did not."""
    line = ""
    for at, item in enumerate(items):
        longer = f"{line}  {item}" if line else item
        left = len(items) - at - 1
        ending = f"  +{left} more" if left else ""
        if len(longer) + len(ending) > width:
            rest = f"  +{left + 1} more"
            return f"{line}{rest}" if line else clip(item, width - len(ending)) + ending
        line = longer
    return line


def pairs(values: Mapping[str, Any]) -> list[str]:
    """`key=value` for each item."""
    return [f"{key}={clip(figure(value), 40)}" for key, value in values.items()]


def sparkline(values: Sequence[Any], width: int) -> str:
    """The course of a metric in one line: at most `width` bars, a dot where there is no number."""
    buckets = min(width, len(values))
    means = [_mean(values[i * len(values) // buckets : (i + 1) * len(values) // buckets]) for i in range(buckets)]
    numbers = [mean for mean in means if mean is not None]
    if not numbers:
        return "·" * buckets
    low, high = min(numbers), max(numbers)
    return "".join("·" if mean is None else _bar(mean, low, high) for mean in means)


def share(value: float, low: float, high: float) -> float:
    """Where a value lies between two others, from 0 to 1; halfway if there is no distance between them."""
    # Halved first, because the distance of two floats may be more than a float can hold.
    distance = high / 2 - low / 2
    return (value / 2 - low / 2) / distance if distance else 0.5


def ticks(low: float, high: float, most: int) -> list[float]:
    """Round numbers between two limits, at most `most` of them, evenly spaced."""
    span = high / 2 - low / 2
    if not span or most < 2:
        return [low]
    magnitude = 10.0 ** math.floor(math.log10(span))
    for factor in (0.1, 0.2, 0.5, 1, 2, 5, 10, 20):
        step = factor * magnitude
        if not step or not math.isfinite(step):
            continue
        first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
        if last - first < most:
            return [i * step for i in range(first, last + 1)]
    return [low, high]


def _mean(values: Iterable[Any]) -> float | None:
    numbers = [number for value in values if (number := finite(value)) is not None]
    return sum(number / len(numbers) for number in numbers) if numbers else None


def _bar(value: float, low: float, high: float) -> str:
    return _BARS[round(share(value, low, high) * (len(_BARS) - 1))]
