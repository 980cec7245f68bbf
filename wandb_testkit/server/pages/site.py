"""Owns the pages that a served server has beside its API: which there are, and who may see them.

They are found where real clients say that they are: `/entity/project/runs/id`. Whoever has the key sees everything; a
server without a key is for its own machine alone, so a browser must have come to it by a name of that machine: a page
of somebody else must not read it by a name of its own.
"""

from __future__ import annotations

import hashlib
import hmac
import os
from collections.abc import Iterator
from html import escape
from operator import is_not
from typing import NamedTuple
from urllib.parse import parse_qs, quote, unquote, urlsplit

from wandb_testkit.records import RunPath
from wandb_testkit.report.data import RunData, clean, to_data
from wandb_testkit.report.figures import count
from wandb_testkit.report.html import head
from wandb_testkit.server.accounts import DEFAULT_KEY, Accounts
from wandb_testkit.server.app import FakeServer
from wandb_testkit.server.pages import live
from wandb_testkit.server.pages.run import files_part, requests_part, rows_part, run_article
from wandb_testkit.server.pages.runs import (
    NEWEST,
    ON_A_PAGE,
    client_part,
    project_href,
    project_part,
    projects,
    refusals_part,
    run_href,
)
from wandb_testkit.server.pages.seen import Seen
from wandb_testkit.server.store import Store
from wandb_testkit.server.stored_run import StoredRun
from wandb_testkit.wire.http import Request, Response, api_key_of

LOCAL_NAMES = frozenset({"127.0.0.1", "localhost", "::1"})

OF_THE_API = frozenset(
    {"graphql", "files", "storage", "sdk", "artifacts", "artifactsV2", "artifact-storage", "service-redirect"}
)
"""First parts of paths that are never pages."""

PLACES = ("/", "/authorize", "/{entity}/{project}", "/{entity}/{project}/runs/{id}")

MAX_REMEMBERED = 200
"""As many runs are remembered as they were last shown."""


class Site:
    """A server, its pages, and its store.

    Args:
        server: The server; its observer is `seen`.
        api_key: The key that pages ask for, None if everybody may see them.
        store: The store of the server, None if it has none.
    """

    def __init__(self, server: FakeServer, seen: Seen, api_key: str | None, store: Store | None = None) -> None:
        self.server = server
        self._store = store
        self._seen = seen
        self._api_key = api_key
        self._shown: dict[RunPath, _Shown] = {}

    def handle(self, request: Request) -> Response:
        """Answer one request: with a page, or as the server does."""
        is_page = self._is_page(request)
        refusal = self._refusal(request, is_page=is_page)
        if refusal is not None:
            return refusal
        return self._page(request) if is_page else self.server.handle(request)

    def close(self) -> None:
        """Let the store go, if there is one; nothing is accepted any more."""
        if self._store is not None:
            self._store.close()
            self._store = None

    # ------------------------------------------------------------------ who may

    def _is_page(self, request: Request) -> bool:
        first = request.path.split("/")[1] if "/" in request.path else ""
        return request.method in ("GET", "HEAD") and unquote(first) not in OF_THE_API

    def _refusal(self, request: Request, *, is_page: bool) -> Response | None:
        if self._api_key is None:
            is_browser = is_page or "origin" in request.headers
            host = urlsplit(f"//{request.headers.get('host', '127.0.0.1')}").hostname
            if is_browser and host not in LOCAL_NAMES:
                said = (
                    f"This server has no key, and is for its own machine: it is not reached as {host!r} by a browser."
                )
                return _text(403, said)
            return None
        given = (api_key_of(request.headers) or "").encode("utf-8", "replace")
        if is_page and not hmac.compare_digest(given, self._api_key.encode()):
            said = "This server asks for its API key: any user name, and the key as password."
            return _text(401, said, {"WWW-Authenticate": 'Basic realm="wandb-testkit", charset="UTF-8"'})
        return None

    # ------------------------------------------------------------------ what there is

    def _page(self, request: Request) -> Response:
        parts = [unquote(part, errors="surrogatepass") for part in request.path.split("/")[1:]]
        query = {key: values[0] for key, values in parse_qs(request.query).items()}
        content: Iterator[str] | None = None
        if parts in ([""], ["authorize"]):
            content = self._overview(request, asks_for_key=parts == ["authorize"])
        elif len(parts) == 2:
            content = self._project((parts[0], parts[1]), _number(query.get("page")) or 1)
        elif len(parts) >= 4 and parts[2] == "runs":
            run = self.server.runs.find(RunPath(parts[0], parts[1], parts[3]))
            if run is not None and len(parts) == 4:
                content = self._run(run, _number(query.get("before")))
            elif run is not None and len(parts) > 5 and parts[4] == "files":
                return _file(run, "/".join(parts[5:]))
        if content is None:
            known = ", ".join(PLACES)
            return _text(404, f"There is no page {clean(request.path)}. Pages are {known}.")
        return _tagged(request, "".join(content))

    def _overview(self, request: Request, *, asks_for_key: bool) -> Iterator[str]:
        with self.server.lock:
            found = projects(self.server.runs)
        runs = sum(map(len, found.values()))
        key = None if self._api_key else DEFAULT_KEY
        yield from self._top("Runs", f"{count(len(found), 'project')}, {count(runs, 'run')}", [])
        yield from client_part(request.origin, key, is_open=asks_for_key or not runs)
        yield from refusals_part(self._seen.refused_lately)
        for project, all in found.items():
            newest = all[:NEWEST]
            yield project_part(project, newest, {run: self._data(run) for run in newest}, all=len(all))
        yield _BOTTOM

    def _project(self, project: tuple[str, str], page: int) -> Iterator[str] | None:
        with self.server.lock:
            all = projects(self.server.runs).get(project)
        return None if all is None else self._runs_of(project, all, page)

    def _runs_of(self, project: tuple[str, str], all: list[StoredRun], page: int) -> Iterator[str]:
        name, href = clean("/".join(project)), escape(project_href(project))
        first = (page - 1) * ON_A_PAGE
        shown = all[first : first + ON_A_PAGE]
        yield from self._top(escape(name), count(len(all), "run"), [("/", "all projects")])
        yield project_part(project, shown, {run: self._data(run) for run in shown}, all=len(all))
        yield '<p class="pages" data-part="pages">'
        if page > 1:
            yield f'<a href="{href}?page={page - 1}">newer</a>'
        if first + ON_A_PAGE < len(all):
            yield f'<a href="{href}?page={page + 1}">older</a>'
        yield f"</p>{_BOTTOM}"

    def _run(self, run: StoredRun, before: int | None) -> Iterator[str]:
        view, href = run.view([], []), run_href(run)
        data = self._data(run)
        project = (run.path.entity, run.path.project)
        above = [("/", "all projects"), (project_href(project), clean("/".join(project)))]
        yield from self._top(escape(str(data["name"] or data["id"])), "", above)
        yield from run_article(data)
        yield from files_part(view, href)
        yield from requests_part(*self._seen.of_run(run.path))
        yield from rows_part(view, href, before)
        yield _BOTTOM

    def _top(self, title: str, said: str, above: list[tuple[str, str]]) -> Iterator[str]:
        yield from head(f"{title} · wandb-testkit", policy=live.POLICY, more_css=live.CSS)
        links = " / ".join(f'<a href="{escape(href)}">{escape(name)}</a>' for href, name in above)
        yield f'<header>{f"<nav>{links}</nav>" if links else ""}<div class="bar"><h1 data-part="title">{title}</h1>'
        yield '<span class="live" id="live" role="status">as of now; reload for news</span></div>'
        yield f'<p class="quiet" data-part="said">{said}</p></header>\n<main>\n'

    def _data(self, run: StoredRun) -> RunData:
        """The run as it is shown; made anew only when something has changed."""
        view = run.view([], [])
        marks = [getattr(run, name) for name in _SHOWN_OF_A_RUN]
        known = self._shown.pop(run.path, None)
        grown = [len(view.history), *((how, one.sequence.updated_at) for one, how in run.touched.items())]
        if known is None or known.grown != grown or any(map(is_not, known.marks, marks)):
            known = _Shown(marks, grown, to_data(view))
        self._shown[run.path] = known
        if len(self._shown) > MAX_REMEMBERED:
            del self._shown[next(iter(self._shown))]
        return known.data


_SHOWN_OF_A_RUN = tuple(name for name in StoredRun.__slots__ if name not in ("timestamps", "runtimes", "stats"))


class _Shown(NamedTuple):
    """A run as it was last shown, what it was made from, and what of that changes in place."""

    marks: list[object]
    grown: list[object]
    data: RunData


_BOTTOM = f"</main>\n<script>{live.SCRIPT}</script>\n</body>\n</html>\n"


def served(api_key: str | None, store: str | os.PathLike[str] | None) -> Site:
    """A new server with pages.

    Args:
        api_key: The key that it accepts and that its pages ask for; None accepts every key.
        store: The file that it keeps its state in, None for memory alone.
    Raises:
        StoreError: The file cannot be used.
    """
    seen = Seen()
    server = FakeServer(seen, lambda is_armed: None)
    server.accounts = Accounts(api_key=api_key or DEFAULT_KEY, is_open=api_key is None)
    return Site(server, seen, api_key, None if store is None else Store(server, store))


def _file(run: StoredRun, name: str) -> Response:
    content = run.files.get(name)
    content = run.client_files.get(name) if content is None else content
    if content is None:
        return _text(404, f"Run {clean(str(run.path))} has no file {clean(name)!r}.")
    shown = quote(name.rpartition("/")[2], safe="", errors="replace")
    headers = {
        "Content-Type": "application/octet-stream",
        "Content-Disposition": f"attachment; filename*=UTF-8''{shown}",
        "Content-Security-Policy": "sandbox; default-src 'none'",
    }
    return Response(200, content, {**headers, **_CAREFUL})


def _tagged(request: Request, page: str) -> Response:
    body = page.encode("utf-8", "replace")
    tag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    headers = {"ETag": tag, "Content-Security-Policy": live.POLICY, **_CAREFUL}
    if request.headers.get("if-none-match") == tag:
        return Response(304, b"", headers)
    return Response(200, body, {"Content-Type": "text/html; charset=utf-8", **headers})


def _text(status: int, text: str, headers: dict[str, str] | None = None) -> Response:
    body = f"{text}\n".encode("utf-8", "replace")
    return Response(status, body, {"Content-Type": "text/plain; charset=utf-8", **_CAREFUL, **(headers or {})})


_CAREFUL = {
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
}


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdigit() and 0 < len(text) < 10 else None
