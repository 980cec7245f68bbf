"""Owns the pages that a served server has beside its API: which there are, and who may see them.

They are found where real clients say that they are: `/entity/project/runs/id`. What is shown to whom is said in
`viewers`. A server without a key is for its own machine alone, so a browser must have come to it by a name of that
machine: a page of somebody else must not read it by a name of its own.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Mapping
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
from wandb_testkit.server.pages.control import ROOM, control
from wandb_testkit.server.pages.knobs import knobs_part
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
from wandb_testkit.server.pages.sign_in import ASKING, sign_in_page, who_part
from wandb_testkit.server.pages.viewers import KEY_IN_A_LINK, Viewer, Viewers, asked_for, comes_from_elsewhere
from wandb_testkit.server.store import Store
from wandb_testkit.server.stored_run import StoredRun
from wandb_testkit.wire.http import Request, Response

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
        self._viewers = Viewers(server, asks_for_key=api_key is not None)
        self._shown: dict[RunPath, _Shown] = {}

    def handle(self, request: Request) -> Response:
        """Answer one request: with a page, or as the server does."""
        first = unquote(request.path.split("/")[1]) if "/" in request.path else ""
        is_page = request.method in ("GET", "HEAD") and first not in OF_THE_API
        refusal = self._refusal(request, is_for_people=is_page or first == ROOM)
        if refusal is not None:
            return refusal
        if first == ROOM:
            return self._of_the_house(request)
        return self._seen_by_somebody(request) if is_page else self.server.handle(request)

    @property
    def may_wait(self) -> bool:
        """Whether an answer may be held back."""
        return self.server.may_wait

    def body_limit(self, request: Request) -> int:
        """How many bytes the body of a request may have."""
        return self.server.body_limit(request)

    def close(self) -> None:
        """Let the store go, if there is one; nothing is accepted any more, and no answer is held back."""
        self.server.release_answers()
        if self._store is not None:
            self._store.close()
            self._store = None

    # ------------------------------------------------------------------ who may

    def _refusal(self, request: Request, *, is_for_people: bool) -> Response | None:
        """Why a browser may not do this here, or None."""
        if self._api_key is None:
            is_browser = is_for_people or "origin" in request.headers
            host = _name_of(request.headers.get("host", "127.0.0.1"))
            if is_browser and host not in LOCAL_NAMES:
                said = (
                    f"This server has no key, and is for its own machine: it is not reached as {host!r} by a browser."
                )
                return _text(403, said)
        if request.method not in ("GET", "HEAD") and comes_from_elsewhere(request):
            return _text(403, "A page of another server has sent this, and may not.")
        return None

    def _of_the_house(self, request: Request) -> Response:
        """Signing in and out, and what is set on the server."""
        what = (request.method, request.path)
        if what == ("POST", f"/{ROOM}/login"):
            return self._viewers.sign_in(request) or self._asking(request, is_refused=True)
        if what == ("POST", f"/{ROOM}/logout"):
            return self._viewers.sign_out(request)
        if not self._viewers.runs_the_server(request):
            return _text(401, "This server asks for the key that it was started with.", ASKING)
        return control(self.server, request)

    def _seen_by_somebody(self, request: Request) -> Response:
        by_link = self._viewers.by_link(request)
        if by_link is not None:
            return by_link
        viewer = self._viewers.of(request)
        if viewer is not None:
            return self._page(request, viewer)
        has_key = "authorization" in request.headers or KEY_IN_A_LINK in request.query
        return self._asking(request, is_refused=has_key)

    def _asking(self, request: Request, *, is_refused: bool) -> Response:
        """What is told to who has no key: browsers get a form, others the word of HTTP for it."""
        if "text/html" not in request.headers.get("accept", ""):
            said = "This server asks for an API key: any user name, and the key as password."
            return _text(401, said, ASKING)
        after = asked_for(request) if request.method == "POST" else f"{request.path}?{request.query}"
        return _html(401, "".join(sign_in_page(after, is_refused=is_refused)))

    # ------------------------------------------------------------------ what there is

    def _page(self, request: Request, viewer: Viewer) -> Response:
        parts = [unquote(part, errors="surrogatepass") for part in request.path.split("/")[1:]]
        query = {key: values[0] for key, values in parse_qs(request.query).items()}
        content: Iterator[str] | None = None
        if parts in ([""], ["authorize"]):
            content = self._overview(request, viewer, asks_for_key=parts == ["authorize"])
        elif len(parts) == 2:
            content = self._project((parts[0], parts[1]), _number(query.get("page")) or 1, viewer)
        elif len(parts) >= 4 and parts[2] == "runs" and viewer.may_see(parts[0], parts[1]):
            run = self.server.runs.find(RunPath(parts[0], parts[1], parts[3]))
            if run is not None and len(parts) == 4:
                content = self._run(run, _number(query.get("before")), viewer)
            elif run is not None and len(parts) > 5 and parts[4] == "files":
                return _file(run, "/".join(parts[5:]))
        if content is None:
            known = ", ".join(PLACES)
            return _text(404, f"There is no page {clean(request.path)}. Pages are {known}.")
        return _tagged(request, "".join(content))

    def _overview(self, request: Request, viewer: Viewer, *, asks_for_key: bool) -> Iterator[str]:
        with self.server.lock:
            there = projects(self.server.runs)
        found = {project: runs for project, runs in there.items() if viewer.may_see(*project)}
        runs = sum(map(len, found.values()))
        key = DEFAULT_KEY if self._api_key is None and viewer.sees_all else None
        yield from self._top("Runs", f"{count(len(found), 'project')}, {count(runs, 'run')}", [], viewer)
        whose = "The key is the one this server was given." if viewer.sees_all else "The key is yours."
        said = "Any key of 40 or more characters is accepted." if key else whose
        yield from client_part(request.origin, key, said, is_open=asks_for_key or not runs)
        yield from knobs_part(self.server)
        yield from refusals_part(self._seen.refused_lately(viewer))
        for project, all in found.items():
            newest = all[:NEWEST]
            yield project_part(project, newest, {run: self._data(run) for run in newest}, all=len(all))
        yield _BOTTOM

    def _project(self, project: tuple[str, str], page: int, viewer: Viewer) -> Iterator[str] | None:
        with self.server.lock:
            all = projects(self.server.runs).get(project) if viewer.may_see(*project) else None
        return None if all is None else self._runs_of(project, all, page, viewer)

    def _runs_of(self, project: tuple[str, str], all: list[StoredRun], page: int, viewer: Viewer) -> Iterator[str]:
        name, href = clean("/".join(project)), escape(project_href(project))
        first = (page - 1) * ON_A_PAGE
        shown = all[first : first + ON_A_PAGE]
        yield from self._top(escape(name), count(len(all), "run"), [("/", "all projects")], viewer)
        yield project_part(project, shown, {run: self._data(run) for run in shown}, all=len(all))
        yield '<p class="pages" data-part="pages">'
        if page > 1:
            yield f'<a href="{href}?page={page - 1}">newer</a>'
        if first + ON_A_PAGE < len(all):
            yield f'<a href="{href}?page={page + 1}">older</a>'
        yield f"</p>{_BOTTOM}"

    def _run(self, run: StoredRun, before: int | None, viewer: Viewer) -> Iterator[str]:
        view, href = run.view([], []), run_href(run)
        data = self._data(run)
        project = (run.path.entity, run.path.project)
        above = [("/", "all projects"), (project_href(project), clean("/".join(project)))]
        yield from self._top(escape(str(data["name"] or data["id"])), "", above, viewer)
        yield from run_article(data)
        yield from files_part(view, href)
        yield from requests_part(*self._seen.of_run(run.path))
        yield from rows_part(view, href, before)
        yield _BOTTOM

    def _top(self, title: str, said: str, above: list[tuple[str, str]], viewer: Viewer) -> Iterator[str]:
        yield from head(f"{title} · wandb-testkit", policy=live.POLICY, more_css=live.CSS)
        links = " / ".join(f'<a href="{escape(href)}">{escape(name)}</a>' for href, name in above)
        yield f'<header>{f"<nav>{links}</nav>" if links else ""}<div class="bar"><h1 data-part="title">{title}</h1>'
        yield '<span class="live" id="live" role="status">as of now; reload for news</span></div>'
        yield f'<p class="quiet" data-part="said">{said}</p>{who_part(viewer)}</header>\n<main>\n'

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
    tag = f'"{hashlib.sha256(page.encode("utf-8", "replace")).hexdigest()[:32]}"'
    if request.headers.get("if-none-match") == tag:
        return Response(304, b"", {"ETag": tag, "Content-Security-Policy": live.POLICY, **_CAREFUL})
    return _html(200, page, {"ETag": tag})


def _html(status: int, page: str, headers: dict[str, str] | None = None) -> Response:
    told = {"Content-Type": "text/html; charset=utf-8", "Content-Security-Policy": live.POLICY, **_CAREFUL}
    return Response(status, page.encode("utf-8", "replace"), {**told, **(headers or {})})


def _text(status: int, text: str, headers: Mapping[str, str] | None = None) -> Response:
    body = f"{text}\n".encode("utf-8", "replace")
    return Response(status, body, {"Content-Type": "text/plain; charset=utf-8", **_CAREFUL, **(headers or {})})


_CAREFUL = {
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
}


def _name_of(host: str) -> str | None:
    """The name in a Host header, None where it cannot be read."""
    try:
        return urlsplit(f"//{host}").hostname
    except ValueError:
        return None


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdigit() and 0 < len(text) < 10 else None
