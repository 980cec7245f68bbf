"""Owns the runs in a terminal: a table, and a small chart for each metric. rich is imported when it is used."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from wandb_testkit.report.chart import Line, draw
from wandb_testkit.report.data import Entry, RunData, to_data
from wandb_testkit.report.figures import clip, count, figure, listing, pairs
from wandb_testkit.report.text import runs_section, summary_line

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    from wandb_testkit.observation import RunView

MAX_RUNS = 40  # rows of the table
MAX_CHARTS = 12
MAX_LINES = 6  # in one chart: as many as there are colours
CHART_HEIGHT = 8
MAX_CHART_WIDTH = 60
MAX_PAIR = 30  # characters of one key and value of the config; paths and texts are for the page
CHART_WIDTH = 38  # or more: two beside each other in 80 columns
CONFIG_FROM = 100  # columns: in a narrower terminal the table leaves the config out

_COLOURS = ("cyan", "yellow", "magenta", "green", "blue", "red")
_STATE_STYLES = {"finished": "green", "failed": "red", "crashed": "red", "running": "yellow"}


class _Shown(NamedTuple):
    entry: Entry
    run: RunData


def show(entries: Sequence[Entry], console: Console) -> None:
    """Print the runs of some tests: a table, then one chart per metric with the runs as its lines."""
    shown = [_Shown(entry, run) for entry in entries for run in entry["runs"]]
    console.print(summary_line(entries), highlight=False, markup=False)
    if not shown:
        return
    runs = [run for _, run in shown]
    usual = _usual_config(runs)
    console.print(_table(shown[:MAX_RUNS], usual, with_config=console.width >= CONFIG_FROM))
    if len(shown) > MAX_RUNS:
        console.print(f"... and {count(len(shown) - MAX_RUNS, 'more run')}", highlight=False, markup=False)
    said = {key: value for key, value in usual.items() if value is not None}
    if said:
        line = "config, where the table says nothing else: " + "  ".join(pairs(said))
        console.print(line, highlight=False, markup=False, style="dim")
    _show_charts(runs, console)


def show_runs(runs: Sequence[RunView], console: Console) -> None:
    """Print runs that belong to no test: a few lines each, then one chart per metric."""
    console.print(runs_section(runs), highlight=False, markup=False, soft_wrap=True)
    if runs:
        console.print()
        _show_charts([to_data(run) for run in runs], console)


def sentence(node_id: str) -> str:
    """The name of a test as the sentence it is: `tests/test_a.py::test_losses_fall[sgd]` is "losses fall [sgd]"."""
    path, bracket, parameters = node_id.partition("[")
    name = path.rpartition("::")[2].removeprefix("test_").replace("_", " ")
    return f"{name} [{parameters}" if bracket else name


def _usual_config(runs: Sequence[RunData]) -> dict[str, Any]:
    """What most runs have in their config: said once, it need not fill the table."""
    usual = {}
    for key in dict.fromkeys(key for run in runs for key in run["config"]):
        values = [figure(run["config"].get(key)) for run in runs]
        most, times = Counter(values).most_common(1)[0]
        if times * 2 > len(runs) > 2:
            usual[key] = runs[values.index(most)]["config"].get(key)
    return usual


def _table(shown: Sequence[_Shown], usual: Mapping[str, Any], *, with_config: bool) -> Table:
    from rich import box
    from rich.table import Table
    from rich.text import Text

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, header_style="bold")
    table.add_column("test", overflow="fold", min_width=18)
    table.add_column("run", overflow="fold", min_width=8)
    table.add_column("state", min_width=10)
    table.add_column("rows", justify="right", min_width=4)
    if with_config:
        table.add_column("config", overflow="fold", min_width=20)
    table.add_column("summary", overflow="fold", min_width=22)
    before = None
    for entry, run in shown:
        name = Text(sentence(entry["test"]) if entry is not before else "")
        if entry["outcome"] != "passed" and name:
            name.append(f" {entry['outcome'].upper()}", style="bold red")
        config = [pair for pair in pairs(_unusual(run["config"], usual)) if len(pair) <= MAX_PAIR]
        # What the code has put there by itself comes first: last values of metrics can be read from the charts.
        summary = {key: value for key, value in run["summary"].items() if key[:1] != "_"}
        results = sorted(summary, key=lambda key: key in run["metrics"])
        table.add_row(
            name,
            Text(run["id"]),
            Text(_short_state(run), style=_STATE_STYLES.get(run["state"], "")),
            Text(str(run["rows"])),
            *([Text(listing(sorted(config, key=len), 60))] if with_config else []),
            Text(listing(pairs({key: summary[key] for key in results}), 44)),
        )
        before = entry
    return table


def _unusual(config: Mapping[str, Any], usual: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in config.items() if value != usual.get(key)}


def _short_state(run: RunData) -> str:
    return f"{run['state']} ({run['exit_code']})" if run["exit_code"] else str(run["state"])


def _show_charts(runs: Sequence[RunData], console: Console) -> None:
    from rich.table import Table

    metrics = list(dict.fromkeys(key for run in runs for key in run["metrics"]))
    across = max(1, (console.width + 2) // (CHART_WIDTH + 2))
    width = min((console.width + 2) // across - 2, MAX_CHART_WIDTH)
    grid = Table.grid(padding=(0, 2, 1, 0))
    charts = [_chart(key, runs, width, console) for key in metrics[:MAX_CHARTS]]
    for start in range(0, len(charts), across):
        grid.add_row(*charts[start : start + across])
    console.print(grid)
    if len(metrics) > MAX_CHARTS:
        left = listing(metrics[MAX_CHARTS:], max(20, console.width - 20))
        console.print(f"metrics not drawn: {left}", highlight=False, markup=False)


def _chart(key: str, runs: Sequence[RunData], width: int, console: Console) -> Text:
    from rich.text import Text

    with_key = [run for run in runs if key in run["metrics"]]
    longest = sorted(with_key, key=lambda run: -int(run["metrics"][key]["count"]))[:MAX_LINES]
    lines = [Line(run["metrics"][key]["steps"], run["metrics"][key]["values"]) for run in longest]
    number = count(len(with_key), "run")
    if len(with_key) > MAX_LINES:
        number = f"the longest {MAX_LINES} of {number}"
    text = Text(clip(key, width - len(number) - 3), style="bold")
    text.append(f" ({number})\n", style="not bold dim")
    for row in draw(lines, width, CHART_HEIGHT, ascii_only=console.options.ascii_only):
        for cell in row:
            text.append(cell.character, style="not bold" if cell.line is None else f"not bold {_COLOURS[cell.line]}")
        text.append("\n")
    text.right_crop(1)
    return text
