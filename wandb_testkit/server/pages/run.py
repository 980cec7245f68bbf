"""Owns the page of one run: what the reports show of it, and its rows, files, console and requests."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from html import escape
from urllib.parse import quote

from wandb_testkit.observation import RunView
from wandb_testkit.report.data import RunData, clean, plain
from wandb_testkit.report.figures import clip, count, figure, size
from wandb_testkit.report.html import run_parts
from wandb_testkit.server.pages.runs import clock
from wandb_testkit.server.pages.seen import Told

ROWS_ON_A_PAGE = 50

MAX_COLUMNS = 24
"""Of the table of rows; the others are named below it."""


def run_article(data: RunData) -> Iterator[str]:
    """Config, summary, a chart for each metric, console, alerts."""
    yield '<article data-part="run">'
    yield from run_parts({**data, "files": {}})  # they have a part of their own, where they can be fetched
    yield "</article>\n"


def rows_part(run: RunView, href: str, before: int | None) -> Iterator[str]:
    """The history as a table: the latest rows, or those before a line."""
    end = len(run.history) if before is None else min(before, len(run.history))
    start = max(end - ROWS_ON_A_PAGE, 0)
    rows = run.history[start:end]
    if not len(run.history):
        return
    columns = list(dict.fromkeys(key for row in rows for key in row if key != "_step"))
    shown, left = columns[:MAX_COLUMNS], columns[MAX_COLUMNS:]
    yield '<section data-part="rows" id="rows">'
    yield f'<h2>History <span class="quiet">{count(len(run.history), "row")}</span></h2>'
    yield '<div class="wide" tabindex="0" role="region" aria-label="History"><table class="rows">'
    heads = "".join(f"<th>{escape(clip(clean(key), 60))}" for key in shown)
    yield f"<thead><tr><th>step{heads}</tr></thead><tbody>"
    for row in reversed(rows):
        cells = "".join(f"<td>{escape(_cell(row[key])) if key in row else ''}" for key in shown)
        yield f'<tr><th scope="row">{escape(figure(plain(row["_step"])))}{cells}</tr>'
    yield "</tbody></table></div>"
    if left:
        yield f'<p class="quiet">not shown: {escape(clip(", ".join(map(clean, left)), 500))}</p>'
    yield from _pages(href, start, end, len(run.history))
    yield "</section>\n"


def files_part(run: RunView, href: str) -> Iterator[str]:
    """Files with their size, to be downloaded; those that the client wrote of its own accord last."""
    by_client: Mapping[str, bytes] = run.client["files"]
    files = [(name, content, "") for name, content in run.files.items()]
    files += [(name, content, "by the client") for name, content in by_client.items()]
    if not files:
        return
    yield f'<section data-part="files"><h2>Files <span class="quiet">{count(len(files), "file")}</span></h2>'
    yield '<div class="wide" tabindex="0" role="region" aria-label="Files"><table class="rows"><tbody>'
    for name, content, whose in files:
        where = "/".join(quote(part, safe="", errors="surrogatepass") for part in name.split("/"))
        yield (
            f'<tr><td><a href="{escape(f"{href}/files/{where}")}" download>{escape(clip(clean(name), 120))}</a>'
            f'<td class="number">{size(len(content))}<td class="quiet">{whose}</tr>'
        )
    yield "</tbody></table></div></section>\n"


def requests_part(counts: Mapping[str, int], latest: Sequence[Told]) -> Iterator[str]:
    """What clients sent for the run since the server started."""
    if not counts:
        return
    summed = ", ".join(f"{number:,} {kind}" for kind, number in counts.items())
    yield '<section data-part="requests"><h2>Requests <span class="quiet">since the server started</span></h2>'
    yield f"<p>{escape(clip(clean(summed), 500))}</p>"
    yield f"<details><summary>the latest {len(latest)}</summary>"
    yield '<div class="wide" tabindex="0"><table class="rows"><tbody>'
    for told in reversed(latest):
        said = escape(clip(clean(told.refusal), 300)) or "accepted"
        yield f'<tr><td>{clock(told.at)}<td>{escape(clip(clean(told.kind), 80))}<td class="word">{said}</tr>'
    yield "</tbody></table></div></details></section>\n"


def _pages(href: str, start: int, end: int, all: int) -> Iterator[str]:
    if (start, end) == (0, all):
        return
    yield '<p class="pages">'
    if end < all:
        yield f'<a href="{escape(href)}#rows">latest</a>'
        later = min(end + ROWS_ON_A_PAGE, all)
        yield f'<a href="{escape(href)}?before={later}#rows">later</a>'
    if start > 0:
        yield f'<a href="{escape(href)}?before={start}#rows">earlier</a>'
    yield f'<span class="quiet">lines {start:,} to {end - 1:,}</span></p>'


def _cell(value: object) -> str:
    return clip(figure(plain(value)), 120)
