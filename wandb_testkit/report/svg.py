"""Owns the drawing of one metric as an SVG picture; its colours come from the page's style sheet."""

from __future__ import annotations

import sys
from html import escape

from wandb_testkit.report.chart import Bounds, Line, bounds, segments
from wandb_testkit.report.figures import figure, share, ticks

WIDTH, HEIGHT = 320, 150
LEFT, RIGHT, TOP, BOTTOM = 48, 10, 8, 20  # margins; labels stand in the left and the lower one

_FLOAT_MAX = sys.float_info.max

MAX_DOTS = 40  # with more points a line alone is easier to read


def line_chart(line: Line, title: str) -> str:
    """An `<svg>` element: grid, labels, line, and a dot with a tooltip per point where there are few.

    `title` is what a screen reader says.
    """
    frame = bounds([line])
    parts = [f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{escape(title)}">']
    if frame is None:
        parts.append(f'<text class="none" x="{WIDTH // 2}" y="{HEIGHT // 2}">no finite values</text>')
    else:
        frame = _with_room(frame)
        parts += _grid(frame)
        parts += _curve(line, frame)
    parts.append("</svg>")
    return "".join(parts)


def spark(line: Line, title: str) -> str:
    """The line alone, as high as a line of text."""
    frame = bounds([line])
    parts = [f'<svg class="spark" viewBox="0 0 80 20" role="img" aria-label="{escape(title)}">']
    if frame is not None:
        for segment in segments(line):
            points = [
                (2 + 76 * share(step, frame.left, frame.right), 18 - 16 * share(value, frame.low, frame.high))
                for step, value in segment
            ]
            if len(points) == 1:
                parts.append(f'<circle class="dot" cx="{points[0][0]:.1f}" cy="{points[0][1]:.1f}" r="2"/>')
            else:
                parts.append(_polyline(points))
    parts.append("</svg>")
    return "".join(parts)


def _with_room(frame: Bounds) -> Bounds:
    """A level line would lie on the frame's edge: give it room above and below."""
    if frame.low != frame.high:
        return frame
    room = abs(frame.low) / 2 or 1.0
    return frame._replace(low=max(frame.low - room, -_FLOAT_MAX), high=min(frame.high + room, _FLOAT_MAX))


def _grid(frame: Bounds) -> list[str]:
    parts = []
    for tick in ticks(frame.low, frame.high, 4):
        y = _y(tick, frame)
        parts.append(f'<line class="grid" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y:.1f}" y2="{y:.1f}"/>')
        parts.append(f'<text class="y" x="{LEFT - 6}" y="{y + 3.5:.1f}">{escape(figure(tick))}</text>')
    for tick in ticks(frame.left, frame.right, 6):
        if tick == round(tick):  # steps are whole
            x = _x(tick, frame)
            parts.append(f'<text class="x" x="{x:.1f}" y="{HEIGHT - 5}">{escape(figure(tick))}</text>')
    return parts


def _curve(line: Line, frame: Bounds) -> list[str]:
    parts = []
    few = len(line.steps) <= MAX_DOTS
    for segment in segments(line):
        points = [(_x(step, frame), _y(value, frame)) for step, value in segment]
        if len(points) > 1:
            parts.append(_polyline(points))
        if few or len(points) == 1:
            for (x, y), (step, value) in zip(points, segment, strict=True):
                tip = f"step {figure(step)}: {value!r}"
                parts.append(
                    f'<circle class="dot" cx="{x:.1f}" cy="{y:.1f}" r="2.5"><title>{escape(tip)}</title></circle>'
                )
    return parts


def _polyline(points: list[tuple[float, float]]) -> str:
    return '<polyline class="curve" points="{}"/>'.format(" ".join(f"{x:.1f},{y:.1f}" for x, y in points))


def _x(step: float, frame: Bounds) -> float:
    return LEFT + (WIDTH - LEFT - RIGHT) * share(step, frame.left, frame.right)


def _y(value: float, frame: Bounds) -> float:
    return HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * share(value, frame.low, frame.high)
