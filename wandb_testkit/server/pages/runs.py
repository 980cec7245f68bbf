"""Owns the list of runs: of all projects, or of one."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from html import escape
from urllib.parse import quote

from wandb_testkit.observation import RunState
from wandb_testkit.report.data import RunData, clean
from wandb_testkit.report.figures import clip, count
from wandb_testkit.report.html import badge, metric_sparks
from wandb_testkit.server.pages.seen import Told
from wandb_testkit.server.stored_run import StoredRun

NEWEST = 25
"""As many runs of each project are on the first page."""

ON_A_PAGE = 100
"""Of one project."""

Project = tuple[str, str]


def projects(runs: Iterable[StoredRun]) -> dict[Project, list[StoredRun]]:
    """The runs that are not deleted, newest first, by project; the project with the newest run first."""
    found: dict[Project, list[StoredRun]] = {}
    for run in reversed(list(runs)):
        if run.state is not RunState.DELETED:
            found.setdefault((run.path.entity, run.path.project), []).append(run)
    return found


def project_href(project: Project) -> str:
    """Where a project is shown; real clients print the same."""
    return "/" + "/".join(quote(part, safe="", errors="surrogatepass") for part in project)


def run_href(run: StoredRun) -> str:
    """Where a run is shown; real clients print the same."""
    return f"{project_href(run.path[:2])}/runs/{quote(run.path.run_id, safe='', errors='surrogatepass')}"


def client_part(origin: str, api_key: str | None, said: str, *, is_open: bool) -> Iterator[str]:
    """How to point a client at this server; the key is shown where it is no secret, else what it is."""
    key = api_key or "..."
    lines = f"export WANDB_BASE_URL={origin}\nexport WANDB_API_KEY={key}"
    yield f'<details class="client" data-part="client"{" open" if is_open else ""}>'
    yield f"<summary>Point a wandb client at this server</summary><pre>{escape(lines)}</pre>"
    yield '<p class="quiet">'
    yield escape(said)
    yield "</p></details>\n"


def project_part(project: Project, runs: Sequence[StoredRun], data: Mapping[StoredRun, RunData], *, all: int) -> str:
    """One project with some of its runs; `all` is how many it has."""
    name = clean("/".join(project))
    href = escape(project_href(project))
    more = f'<p class="pages"><a href="{href}">all {all:,} runs</a></p>' if all > len(runs) else ""
    return (
        f'<section data-part="{escape(name)}"><h2><a href="{href}">{escape(name)}</a> '
        f'<span class="quiet">{count(all, "run")}</span></h2>{"".join(_table(runs, data))}{more}</section>\n'
    )


def refusals_part(told: Sequence[Told]) -> Iterator[str]:
    """What was refused lately; a client may have said no more than a warning about it."""
    if told:
        yield f'<details data-part="refused"><summary>{count(len(told), "request")} refused lately</summary>'
        yield '<div class="wide" tabindex="0"><table class="rows"><tbody>'
        yield from (
            f"<tr><td>{clock(one.at)}<td>{escape(clip(clean(one.kind), 80))}"
            f'<td class="word">{escape(clip(clean(one.refusal), 300))}</tr>'
            for one in reversed(told)
        )
        yield "</tbody></table></div></details>\n"


def clock(seconds: float) -> str:
    """A time as an element that says the same to people and machines, in UTC."""
    moment = time.gmtime(seconds)
    return (
        f'<time datetime="{time.strftime("%Y-%m-%dT%H:%M:%SZ", moment)}">'
        f"{time.strftime('%d %b %H:%M:%S', moment)}</time>"
    )


def _table(runs: Sequence[StoredRun], data: Mapping[StoredRun, RunData]) -> Iterator[str]:
    yield '<div class="wide"><table class="overview">'
    yield "<thead><tr><th>run<th>state<th>rows<th>metrics<th>made, UTC</tr></thead><tbody>"
    for run in runs:
        shown = data[run]
        rows, _, unit = count(shown["rows"], "row").partition(" ")
        name = clip(str(shown["name"] or shown["id"]), 80)
        run_id = "" if name == shown["id"] else f' <code class="quiet">{escape(clip(shown["id"], 40))}</code>'
        yield (
            f'<tr><td class="name"><a href="{escape(run_href(run))}">{escape(name)}</a>{run_id}'
            f'<td>{badge(shown["state"])}<td class="number">{rows}<span class="unit">{unit}</span>'
            f'<td class="sparks">{metric_sparks(shown)}<td class="when">{clock(run.created_at)}</tr>'
        )
    yield "</tbody></table></div>"
