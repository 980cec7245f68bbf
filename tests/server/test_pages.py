"""What a served server shows: every run, whatever it is called, to those who may see it."""

from __future__ import annotations

import base64
import math
import re
from html.parser import HTMLParser
from typing import Any

import pytest

from wandb_testkit.records import ExitRecord, FilesRecord, HistoryRecord, OutputRecord, RunPath, RunRecord
from wandb_testkit.server.pages.site import Site, served
from wandb_testkit.server.pages.viewers import Viewer
from wandb_testkit.wire.http import Request, Response

HOSTILE = "\"><script>alert(1)</script><img src=x onerror=alert(2)>'&amp;\x1b[31m\u202e"
KEY = "testkit0" * 5


class Tags(HTMLParser):
    """Every tag of a page, and its attributes."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))


@pytest.fixture
def site() -> Site:
    return served(None, None)


def get(site: Site, path: str, method: str = "GET", **headers: str) -> Response:
    path, _, query = path.partition("?")
    named = {"host": "127.0.0.1:8080", **{name.replace("_", "-"): value for name, value in headers.items()}}
    return site.handle(Request(method, path, query, named, b"", "http://127.0.0.1:8080"))


def page(site: Site, path: str, **headers: str) -> str:
    response = get(site, path, **headers)
    assert response.status == 200, response.body.decode()
    return response.body.decode()


def text(html: str) -> str:
    """What a reader without a script sees."""
    return " ".join(re.sub(r"<(script|style)>.*?</\1>|<[^>]*>", " ", html, flags=re.S).split())


def log(site: Site, run_id: str, rows: int = 3, **more: Any) -> RunPath:
    """A run as a client would leave it."""
    path = RunPath("testkit-user", "digits", run_id)
    apply = site.server.apply
    apply(RunRecord(path, starts=True, **more), api_key=KEY)
    logged = [{"_step": step, "loss": 1 / (step + 1), "odd": math.nan} for step in range(rows)]
    apply(HistoryRecord(path, 0, logged, [0.0] * rows, [0.0] * rows), api_key=KEY)
    return path


def test_an_empty_server_says_how_to_point_a_client_at_it(site: Site) -> None:
    shown = text(page(site, "/"))

    assert "0 projects, 0 runs" in shown
    assert f"export WANDB_BASE_URL=http://127.0.0.1:8080 export WANDB_API_KEY={KEY}" in shown


def test_the_first_page_lists_projects_and_runs_the_newest_first(site: Site) -> None:
    log(site, "one", display_name="first try")
    log(site, "two")
    site.server.add_run("gone", project="digits")
    site.server.delete_run("gone")
    site.server.add_run("three", project="letters", state="crashed")

    shown = text(page(site, "/"))

    assert "2 projects, 3 runs" in shown
    assert shown.index("testkit-user/letters") < shown.index("three crashed") < shown.index("testkit-user/digits")
    assert shown.index("two") < shown.index("first try one running 3")
    assert "gone" not in shown


def test_a_run_is_found_where_real_clients_say_it_is(site: Site) -> None:
    path = log(site, "r1", config={"lr": 0.1}, tags=("a",), notes="why")
    site.server.apply(OutputRecord(path, 0, ["epoch 1", "epoch 2"]), api_key=KEY)
    site.server.apply(FilesRecord(path, {"media/a.txt": b"content"}), api_key=KEY)
    site.server.apply(FilesRecord(path, {"wandb-metadata.json": b"{}"}, by_client=True), api_key=KEY)
    site.server.apply(ExitRecord(path, 0, 1.0), api_key=KEY)

    html = page(site, "/testkit-user/digits/runs/r1")
    shown = text(html)

    for expected in (
        "testkit-user/digits/r1 finished",
        "lr 0.1",
        "epoch 1 epoch 2",
        "media/a.txt 7 B",
        "wandb-metadata.json 2 B by the client",
        "1 run, 1 history, 1 output, 2 files, 1 exit",
        "History 3 rows",
        "step loss odd 2 0.3333 NaN 1 0.5 NaN 0 1 NaN",
    ):
        assert expected in shown
    assert html.count("<svg viewBox") == 2
    assert get(site, "/testkit-user/digits/runs/r1/files/media/a.txt").body == b"content"


def test_a_file_is_downloaded_and_never_shown(site: Site) -> None:
    path = log(site, "r1")
    site.server.apply(FilesRecord(path, {"evil ü.html": b"<script>alert(1)</script>"}), api_key=KEY)

    response = get(site, "/testkit-user/digits/runs/r1/files/evil%20%C3%BC.html")

    assert response.headers["Content-Type"] == "application/octet-stream"
    assert response.headers["Content-Disposition"] == "attachment; filename*=UTF-8''evil%20%C3%BC.html"
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in response.headers["Content-Security-Policy"]
    assert get(site, "/testkit-user/digits/runs/r1/files/other").status == 404


@pytest.mark.parametrize("where", ["/", "/testkit-user/digits", "run"])
def test_whatever_was_logged_is_text(site: Site, where: str) -> None:
    path = log(
        site, HOSTILE, display_name=HOSTILE, config={HOSTILE: {HOSTILE: HOSTILE}}, notes=HOSTILE, tags=(HOSTILE,)
    )
    row = {"_step": 3, HOSTILE: HOSTILE, f"{HOSTILE}2": 1.0}
    site.server.apply(HistoryRecord(path, 3, [row], [0.0], [0.0]), api_key=KEY)
    site.server.apply(FilesRecord(path, {HOSTILE.replace("/", ""): b""}), api_key=KEY)
    site.server.apply(OutputRecord(path, 0, [HOSTILE]), api_key=KEY)
    overview = page(site, "/")
    (href,) = re.findall(r'<td class="name"><a href="([^"]*)"', overview)

    html = page(site, href if where == "run" else where)

    tags = Tags(html).tags
    assert [tag for tag, _ in tags].count("script") == 1
    assert not {"img", "iframe", "form"} & {tag for tag, _ in tags}
    assert not any(name.startswith("on") for _, attributes in tags for name in attributes)
    assert "\x1b" not in html
    assert "\u202e" not in html


def test_a_page_fetches_nothing_and_runs_its_own_script_alone(site: Site) -> None:
    log(site, "r1")
    response = get(site, "/testkit-user/digits/runs/r1")
    html = response.body.decode()
    policy = response.headers["Content-Security-Policy"]

    assert f'content="{policy}"' in html
    assert policy.startswith("default-src 'none'; style-src 'unsafe-inline'; connect-src 'self'")
    assert not re.findall(r'\b(?:src|srcset)=|url\(|@import|href="(?!/)', html)


def test_what_has_not_changed_is_not_sent_again(site: Site) -> None:
    log(site, "r1")
    where = "/testkit-user/digits/runs/r1"
    tag = get(site, where).headers["ETag"]

    same = get(site, where, if_none_match=tag)
    log(site, "r1", rows=4)
    other = get(site, where, if_none_match=tag)

    assert (same.status, same.body) == (304, b"")
    assert other.status == 200
    assert "History 4 rows" in text(other.body.decode())


def test_artifacts_of_a_run_are_shown_as_they_come(site: Site) -> None:
    log(site, "r1")
    where = "/testkit-user/digits/runs/r1"
    before = text(page(site, where))

    site.server.add_artifact("weights", {"a.bin": b"1"}, type="model", project="digits", run_id="r1")
    first = text(page(site, where))
    site.server.add_artifact("weights", {"a.bin": b"2"}, type="model", project="digits", run_id="r1")
    second = text(page(site, where))

    assert "weights" not in before
    assert "model v0, latest: 1 file, 1 B; logged" in first
    assert "model v1, latest: 1 file, 1 B; logged" in second


def test_long_histories_and_projects_are_shown_in_pages(site: Site) -> None:
    path = log(site, "long", rows=120)
    for number in range(130):
        site.server.add_run(f"n{number}", project="many")

    latest, earlier, first = (
        text(page(site, f"/{path.entity}/{path.project}/runs/long{query}"))
        for query in ("", "?before=70", "?before=20")
    )
    newer, older = (text(page(site, f"/testkit-user/many{query}")) for query in ("", "?page=2"))

    assert "lines 70 to 119" in latest
    assert "latest later earlier lines 20 to 69" in earlier
    assert "latest later lines 0 to 19" in first
    assert ("n129" in newer, "n30" in newer, "n29" in newer) == (True, True, False)
    assert ("n29" in older, "n0" in older, "n30" in older) == (True, True, False)
    assert "all 130 runs" in text(page(site, "/"))


@pytest.mark.parametrize("path", ["/nothing", "/a/b", "/a/b/runs/c", "/a/b/c/d", "/testkit-user/digits/runs/nope"])
def test_a_page_that_is_not_there_says_which_are(site: Site, path: str) -> None:
    log(site, "r1")

    response = get(site, path)

    assert response.status == 404
    assert b"/{entity}/{project}/runs/{id}" in response.body


def test_the_api_is_beside_the_pages(site: Site) -> None:
    assert get(site, "/graphql").status == 501
    assert get(site, "/storage/a/b/c/d").status == 403
    assert get(site, "/", "POST").status == 501


def test_refused_requests_are_told(site: Site) -> None:
    get(site, "/nothing/at/all", "POST")

    shown = text(page(site, "/"))

    assert "1 request refused lately" in shown
    assert "POST /nothing/at/all 501: POST /nothing/at/all is not part of the fake." in shown


def test_pages_of_a_server_with_a_key_ask_for_it() -> None:
    site = served("k" * 40, None)
    good, bad = (base64.b64encode(f"any:{key}".encode()).decode() for key in ("k" * 40, "x" * 40))

    refused = get(site, "/")

    assert refused.status == 401
    assert refused.headers["WWW-Authenticate"].startswith("Basic")
    assert get(site, "/", authorization=f"Basic {bad}").status == 401
    assert get(site, "/a/b/runs/c/files/d").status == 401
    shown = page(site, "/", authorization=f"Basic {good}", host="runs.example.com")
    assert "k" * 40 not in shown


@pytest.mark.parametrize(
    ("host", "status"),
    [("127.0.0.1:1", 200), ("localhost", 200), ("[::1]:8080", 200), ("evil.example:8080", 403), ("127.0.0.1.x", 403)],
)
def test_a_server_without_a_key_is_not_read_under_a_foreign_name(site: Site, host: str, status: int) -> None:
    assert get(site, "/", host=host).status == status


def test_a_foreign_page_cannot_use_the_api_through_a_browser(site: Site) -> None:
    """A page of evil.example whose name leads to 127.0.0.1 is of the same origin as this server, for a browser."""
    response = get(site, "/graphql", "POST", host="evil.example", origin="http://evil.example")

    assert response.status == 403


def test_what_is_remembered_of_clients_is_bounded(site: Site) -> None:
    path = log(site, "r1")
    for line in range(300):
        site.server.apply(OutputRecord(path, line, ["x"]), api_key=KEY)
        site.server.apply(OutputRecord(RunPath("testkit-user", "digits", f"no{line}"), 0, ["x"]), api_key=KEY)

    seen = site._seen

    counts, latest = seen.of_run(path)
    assert (counts["output"], len(latest)) == (300, 100)
    assert len(seen.refused_lately(Viewer(site.server))) == 100
    assert len(seen._runs) == 1
