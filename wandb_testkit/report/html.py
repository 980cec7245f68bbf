"""Owns the page that a pytest session leaves behind: one file, no scripts, no network, readable on a telephone.

The runs are embedded as JSON beside what is shown of them, so that read_html() gets them back.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from html import escape
from html.parser import HTMLParser
from os import PathLike
from pathlib import Path
from typing import Any

from wandb_testkit.observation import RunView
from wandb_testkit.report.chart import Line
from wandb_testkit.report.data import Entry, RunData, clean, to_data
from wandb_testkit.report.figures import clip, count, figure, size
from wandb_testkit.report.style import CSS
from wandb_testkit.report.svg import line_chart, spark
from wandb_testkit.report.text import state, summary_line

DATA_ID = "wandb-testkit-runs"

STATIC = "default-src 'none'; style-src 'unsafe-inline'"
"""The policy of a page: whatever was logged, nothing is fetched and nothing runs."""

MAX_SPARKS = 3  # in a row of the table at the top
MAX_CHARTS = 24  # of one run


def write_html(path: str | PathLike[str], entries: Sequence[Entry]) -> None:
    """Write the page; directories above it are made."""
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    entries = [{**entry, "test": clean(entry["test"])} for entry in entries]
    path.write_text("".join(_page(entries)), encoding="utf-8")


def run_page(run: RunView) -> str:
    """A page of one run alone, as `%wandb` shows it in a notebook."""
    return "".join((*head("Run"), "<main><article>", *run_parts(to_data(run)), "</article></main>\n</body>\n</html>\n"))


def read_html(path: str | PathLike[str]) -> list[dict[str, Any]]:
    """The entries that a page was written from.

    Raises:
        ValueError: The file is no such page.
    """
    reader = _DataReader()
    reader.feed(Path(path).read_text(encoding="utf-8", errors="replace"))
    reader.close()
    if not reader.found:
        raise ValueError(f"{path} holds no recorded runs; expected a page that pytest --wandb-report=FILE.html wrote")
    entries: list[dict[str, Any]] = json.loads("".join(reader.found))
    return entries


class _DataReader(HTMLParser):
    """Collects the text of the element with the data."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self._inside = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._inside = tag == "script" and ("id", DATA_ID) in attrs

    def handle_endtag(self, tag: str) -> None:
        self._inside = False

    def handle_data(self, data: str) -> None:
        if self._inside:
            self.found.append(data)


def head(title: str, *, policy: str = STATIC, more_css: str = "") -> Iterator[str]:
    """Everything up to the body's content; `title` is HTML. The policy holds the page to its word."""
    yield (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="color-scheme" content="light dark">\n'
        f"<title>{title}</title>\n<style>{CSS}{more_css}</style>\n</head>\n<body>\n"
    )


def _page(entries: Sequence[Entry]) -> Iterator[str]:
    yield from head("Recorded runs")
    yield (f'<header><h1>Recorded runs</h1><p class="quiet">{escape(summary_line(entries))}</p></header>\n<main>\n')
    with_runs = [entry for entry in entries if entry["runs"]]
    if with_runs:
        yield from _overview(with_runs)
    for number, entry in enumerate(with_runs):
        yield from _test(number, entry)
    without = [entry for entry in entries if not entry["runs"]]
    if without:
        yield f"<details><summary>{count(len(without), 'test')} without a run</summary><ul>"
        yield from (f"<li>{badge(entry['outcome'])} <code>{escape(entry['test'])}</code></li>" for entry in without)
        yield "</ul></details>\n"
    yield f'</main>\n<script type="application/json" id="{DATA_ID}">{_embedded(entries)}</script>\n</body>\n</html>\n'


def _embedded(entries: Sequence[Entry]) -> str:
    # "<" is all that could end the element or begin a comment; within JSON text it may be written as an escape.
    return json.dumps(list(entries), allow_nan=False).replace("<", "\\u003c")


def _overview(entries: Sequence[Entry]) -> Iterator[str]:
    yield '<div class="wide" tabindex="0" role="region" aria-label="Overview"><table class="overview">'
    yield "<thead><tr><th>test<th>run<th>state<th>rows<th>metrics</tr></thead>"
    for number, entry in enumerate(entries):
        yield "<tbody>"
        for at, run in enumerate(entry["runs"]):
            test = "" if at else f'<a href="#t{number}">{_node_id(entry["test"])}</a> {_unusual(entry["outcome"])}'
            rows, _, unit = count(run["rows"], "row").partition(" ")
            yield (
                f'<tr><td class="test">{test}<td><a href="#t{number}r{at}"><code>{escape(run["id"])}</code></a>'
                f'<td>{badge(run["state"])}<td class="number">{rows}<span class="unit">{unit}</span>'
                f'<td class="sparks">{metric_sparks(run)}</tr>'
            )
        yield "</tbody>"
    yield "</table></div>\n"


def metric_sparks(run: RunData) -> str:
    """The first metrics of a run, each as a line with its name."""
    return "".join(metric_spark(key, metric) for key, metric in list(run["metrics"].items())[:MAX_SPARKS])


def metric_spark(key: str, metric: Mapping[str, Any]) -> str:
    """One metric as a line with its name."""
    label = escape(clip(key, 24))
    return f'<span class="metric">{spark(_line(metric), key)}<span class="quiet">{label}</span></span>'


def _test(number: int, entry: Entry) -> Iterator[str]:
    yield f'<section id="t{number}"><h2>{_node_id(entry["test"])} {badge(entry["outcome"])}</h2>\n'
    for at, run in enumerate(entry["runs"]):
        yield f'<article id="t{number}r{at}">'
        yield from run_parts(run)
        yield "</article>\n"
    yield "</section>\n"


def run_parts(run: RunData) -> Iterator[str]:
    """What there is to be seen of a run, as HTML below its heading."""
    facts = [count(run["rows"], "row")]
    facts += [f"{noun} {run[key]}" for key, noun in (("group", "group"), ("job_type", "job type")) if run[key]]
    if run["resumed_from"] is not None:
        facts.append(f"resumed at step {run['resumed_from']}")
    if run["mode"] != "online":
        facts.append(run["mode"])
    tags = "".join(f'<span class="tag">{escape(str(tag))}</span>' for tag in run["tags"])
    yield f"<h3><code>{escape(run['path'])}</code> {badge(state(run), run['state'])}</h3>"
    yield f'<p class="quiet">{escape(" · ".join(facts))} {tags}</p>'
    if run["notes"]:
        yield f'<p class="notes">{escape(str(run["notes"]))}</p>'
    yield from (f'<p class="warning">{escape(str(warning))}</p>' for warning in run["warnings"])
    yield from _charts(run)
    yield '<div class="columns">'
    yield from value_table("config", run["config"])
    yield from value_table("summary", {key: value for key, value in run["summary"].items() if key[:1] != "_"})
    yield from value_table("other values", {key: value["last"] for key, value in run["values"].items()})
    files = {name: f"{size(file['size'])}, sha256 {file['sha256'][:12]}" for name, file in run["files"].items()}
    yield from value_table("files", files)
    yield from value_table("artifacts", {name: _artifact(artifact) for name, artifact in run["artifacts"].items()})
    yield from value_table("requests", run.get("requests", {}))  # pages of earlier versions have none
    yield "</div>"
    for title, lines in (("alerts", run["alerts"]), ("console output", run["output"])):
        if lines:
            text = "\n".join(line if isinstance(line, str) else figure(line) for line in lines)
            yield f"<details><summary>{title}, {count(len(lines), 'line')}</summary><pre>{escape(text)}</pre></details>"


def _charts(run: RunData) -> Iterator[str]:
    metrics = list(run["metrics"].items())
    if not metrics:
        return
    yield '<div class="charts">'
    for key, metric in metrics[:MAX_CHARTS]:
        ends = f"{figure(metric['first'])} → {figure(metric['last'])}"
        yield (
            f'<figure><figcaption><b>{escape(clip(key, 60))}</b> <span class="quiet">{escape(ends)}</span></figcaption>'
            f"{line_chart(_line(metric), f'{key}: {ends}')}</figure>"
        )
    yield "</div>"
    if len(metrics) > MAX_CHARTS:
        yield f'<p class="quiet">{count(len(metrics) - MAX_CHARTS, "metric")} more not drawn</p>'


def _artifact(artifact: Mapping[str, Any]) -> str:
    did = " and ".join(verb for verb in ("logged", "used") if artifact[verb])
    names = ", ".join((artifact["version"], *artifact["aliases"]))
    contents = [count(artifact["file_count"], "file"), size(artifact["size"])]
    if artifact["references"]:
        contents.insert(1, count(len(artifact["references"]), "reference"))
    return f"{artifact['type']} {names}: {', '.join(contents)}; {did}"


def value_table(title: str, values: Mapping[str, Any]) -> Iterator[str]:
    """Names and values; nothing where there are none."""
    if values:
        yield f"<div><h4>{title}</h4><table>"
        yield from (
            f'<tr><th scope="row">{escape(key)}<td>{escape(figure(value))}</tr>' for key, value in values.items()
        )
        yield "</table></div>"


def _line(metric: Mapping[str, Any]) -> Line:
    return Line(metric["steps"], metric["values"])


def badge(text: str, kind: str = "") -> str:
    """A word in a coloured frame; `kind`, if it is not the word itself, chooses the colour."""
    kind = kind or text
    known = kind if kind in ("passed", "finished", "failed", "crashed", "error", "running") else "other"
    return f'<span class="badge {known}">{escape(text)}</span>'


def _unusual(outcome: str) -> str:
    return "" if outcome == "passed" else badge(outcome)


def _node_id(node_id: str) -> str:
    """The file small, the name large, and places where a long line may break."""
    file, colons, name = node_id.partition("::")
    if not colons:
        return _breakable(node_id)
    return f'<span class="file">{_breakable(file)}::</span>{_breakable(name)}'


def _breakable(text: str) -> str:
    return escape(text).replace("_", "_<wbr>").replace("/", "/<wbr>")
