"""Owns the drawing of lines with characters: braille dots, two across and four down in each.

A cell knows which line was drawn in it last, so that who prints it may give it that line's colour.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import NamedTuple

from wandb_testkit.report.data import finite
from wandb_testkit.report.figures import figure, share

_BLANK = 0x2800
_DOTS = ((0x01, 0x08), (0x02, 0x10), (0x04, 0x20), (0x40, 0x80))  # by row and column within a cell


class Line(NamedTuple):
    """One line of a chart; a value that is no finite number is a gap."""

    steps: Sequence[float]
    values: Sequence[object]


class Cell(NamedTuple):
    """One character, and the line it belongs to; None for axes and blanks."""

    character: str
    line: int | None = None


class Bounds(NamedTuple):
    """What a chart shows of each axis."""

    left: float
    right: float
    low: float
    high: float


def bounds(lines: Sequence[Line]) -> Bounds | None:
    """The smallest and largest step and value; None if there is nothing to draw."""
    points = [point for line in lines for segment in segments(line) for point in segment]
    if not points:
        return None
    steps, values = [step for step, _ in points], [value for _, value in points]
    return Bounds(min(steps), max(steps), min(values), max(values))


def segments(line: Line) -> list[list[tuple[float, float]]]:
    """The line cut at its gaps."""
    result: list[list[tuple[float, float]]] = [[]]
    for step, value in zip(line.steps, line.values, strict=True):
        number = finite(value)
        if number is not None:
            result[-1].append((step, number))
        elif result[-1]:
            result.append([])
    return [segment for segment in result if segment]


def draw(lines: Sequence[Line], width: int, height: int, *, ascii_only: bool = False) -> list[list[Cell]]:
    """A chart with labelled axes.

    Args:
        lines: Later ones are drawn over earlier ones.
        width: Characters across, labels included.
        height: Characters down for the lines themselves; the axis below takes two more.
        ascii_only: Use nothing that an old console cannot show.
    Returns:
        Rows of cells, `height` + 2 of them, each at most `width` long.
    """
    frame = bounds(lines)
    if frame is None:
        return [[Cell(character) for character in "no finite values"[:width]]]
    labels = [""] * height
    labels[-1] = figure(frame.low)
    if frame.high != frame.low:
        labels[0] = figure(frame.high)
    margin = max(map(len, labels)) + 1
    columns = width - margin - 1
    cells = _cells(lines, frame, columns, height, ascii_only)
    tick, side, corner, floor = ("+", "|", "+", "-") if ascii_only else ("┤", "│", "└", "─")
    rows = []
    for label, row in zip(labels, cells, strict=True):
        rows.append([*map(Cell, f"{label:>{margin - 1}} "), Cell(tick if label else side), *row])
    rows.append([*map(Cell, " " * margin), Cell(corner), *map(Cell, floor * columns)])
    left, right = figure(frame.left), "" if frame.left == frame.right else figure(frame.right)
    rows.append([*map(Cell, " " * (margin + 1) + left + right.rjust(columns - len(left)))])
    return rows


def _cells(lines: Sequence[Line], frame: Bounds, columns: int, rows: int, ascii_only: bool) -> list[list[Cell]]:
    bits = [[0] * columns for _ in range(rows)]
    owner: list[list[int | None]] = [[None] * columns for _ in range(rows)]
    for number, line in enumerate(lines):
        for segment in segments(line):
            dots = [_dot(step, value, frame, columns, rows) for step, value in segment]
            for x, y in _joined(dots):
                bits[y // 4][x // 2] |= _DOTS[y % 4][x % 2]
                owner[y // 4][x // 2] = number
    return [
        [
            Cell(" ", None) if not mask else Cell("*" if ascii_only else chr(_BLANK + mask), line)
            for mask, line in zip(masks, owners, strict=True)
        ]
        for masks, owners in zip(bits, owner, strict=True)
    ]


def _dot(step: float, value: float, frame: Bounds, columns: int, rows: int) -> tuple[int, int]:
    across = 0.0 if frame.left == frame.right else share(step, frame.left, frame.right)
    up = share(value, frame.low, frame.high)
    return round(across * (2 * columns - 1)), round((1 - up) * (4 * rows - 1))


def _joined(dots: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """The dots and, between each two, those of a straight line."""
    joined = [dots[0]]
    for (x0, y0), (x1, y1) in itertools.pairwise(dots):
        reach = max(abs(x1 - x0), abs(y1 - y0), 1)
        joined += [(round(x0 + (x1 - x0) * i / reach), round(y0 + (y1 - y0) * i / reach)) for i in range(1, reach + 1)]
    return joined
