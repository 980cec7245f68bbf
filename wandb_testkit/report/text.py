"""Owns the runs as plain text: the section that a failing test shows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from wandb_testkit.observation import RunView
from wandb_testkit.report.data import Entry, RunData, to_data
from wandb_testkit.report.figures import clip, count, figure, listing, pairs, size, sparkline

WIDTH = 100
MAX_RUNS = 5
MAX_METRICS = 12
MAX_WARNINGS = 5

_INDENT = "  "
_LABEL = 10  # columns of the word that says what a line is about


def runs_section(runs: Sequence[RunView]) -> str:
    """The runs of a test, a few lines each, at most 100 columns wide; what is left out is counted."""
    if not runs:
        return "no runs were recorded"
    lines: list[str] = []
    for run in runs[:MAX_RUNS]:
        lines += map(_bounded, _run_lines(to_data(run)))
    if len(runs) > MAX_RUNS:
        lines.append(f"... and {count(len(runs) - MAX_RUNS, 'more run')}")
    return "\n".join(lines)


def summary_line(entries: Sequence[Entry]) -> str:
    """`12 tests reported (11 passed, 1 failed), 14 runs (12 finished, 2 failed)`; who has nothing to show is not."""
    runs = [run for entry in entries for run in entry["runs"]]
    parts = []
    tests = [entry["outcome"] for entry in entries]
    states = [run["state"] for run in runs]
    for noun, words in ((count(len(tests), "test") + " reported", tests), (count(len(states), "run"), states)):
        counted = ", ".join(f"{number} {word}" for word, number in Counter(words).most_common())
        parts.append(noun + (f" ({counted})" if counted else ""))
    return ", ".join(parts)


def run_line(run: RunData) -> str:
    """`entity/project/id  failed (exit code 1)  3 rows`, and how else the run was special."""
    parts = [run["path"], state(run), count(run["rows"], "row")]
    if run["resumed_from"] is not None:
        parts.append(f"resumed at step {run['resumed_from']}")
    if run["mode"] != "online":
        parts.append(run["mode"])
    return "  ".join(parts)


def state(run: RunData) -> str:
    """`finished`, `failed (exit code 1)`, `running`."""
    code = run["exit_code"]
    return run["state"] if not code else f"{run['state']} (exit code {code})"


def _run_lines(run: RunData) -> Iterator[str]:
    yield run_line(run)
    # The keys of the history are shown as metrics, with their last value.
    by_hand = {key: value for key, value in run["summary"].items() if key not in run["metrics"] and key[:1] != "_"}
    for label, items in (
        ("tags", run["tags"]),
        ("config", pairs(run["config"])),
        ("summary", pairs(by_hand)),
        ("files", [f"{name} ({size(file['size'])})" for name, file in run["files"].items()]),
    ):
        if items:
            yield _labelled(label, listing(items, WIDTH - _LABEL - len(_INDENT)))
    yield from _metric_lines(run)
    for warning in run["warnings"][:MAX_WARNINGS]:
        yield _labelled("warning", clip(warning, WIDTH - _LABEL - len(_INDENT)))
    if len(run["warnings"]) > MAX_WARNINGS:
        yield _labelled("warning", f"... and {len(run['warnings']) - MAX_WARNINGS} more")


def _metric_lines(run: RunData) -> Iterator[str]:
    shown = list(run["metrics"].items())[:MAX_METRICS]
    name_width = max((min(len(key), 30) for key, _ in shown), default=0)
    for key, metric in shown:
        course = f"{figure(metric['first'])} -> {figure(metric['last'])}"
        if metric["min"] is not None:
            course += f"  min {figure(metric['min'])}, max {figure(metric['max'])}"
        line = f"{clip(key, 30):{name_width}}  {sparkline(metric['values'], 24)}  {course}"
        if metric["count"] != run["rows"]:
            line += f"  ({count(metric['count'], 'value')})"
        yield f"{_INDENT}{line}"
    left = [*list(run["metrics"])[MAX_METRICS:], *run["values"]]
    if left:
        yield _labelled("also", listing(left, WIDTH - _LABEL - len(_INDENT)))


def _labelled(label: str, text: str) -> str:
    return f"{_INDENT}{label:{_LABEL}}{text}"


def _bounded(line: str) -> str:
    line = line.replace("\n", " ")
    return line if len(line) <= WIDTH else line[: WIDTH - 3] + "..."
