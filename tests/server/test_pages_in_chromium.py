"""The pages in a real browser: live, readable on a telephone, and deaf to what was logged."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.browser import Browser
from tests.server.test_asgi import Running
from tests.server.test_pages import HOSTILE, KEY, log
from wandb_testkit.records import ExitRecord, HistoryRecord, OutputRecord, RunPath, RunRecord
from wandb_testkit.server.asgi import asgi_app
from wandb_testkit.server.pages.site import Site, served


@pytest.fixture
def site() -> Site:
    return served(None, None)


@pytest.fixture
def url(site: Site) -> Iterator[str]:
    server = Running(asgi_app(site))
    yield f"http://127.0.0.1:{server.port}"
    server.close()


@pytest.mark.parametrize(("width", "dark"), [(1200, False), (1200, True), (400, False), (400, True)])
def test_a_page_fits_its_screen(chromium: Browser, site: Site, url: str, width: int, dark: bool) -> None:
    path = log(site, "r1", config={"a long name " * 10: "a long value " * 40}, display_name="x" * 300)
    site.server.apply(OutputRecord(path, 0, ["word " * 200]), api_key=KEY)

    chromium.look(width=width, dark=dark)
    for where in ("/", "/testkit-user/digits", "/testkit-user/digits/runs/r1"):
        chromium.open(url + where)

        assert chromium.evaluate("document.documentElement.scrollWidth <= innerWidth")
        light = chromium.evaluate("getComputedStyle(document.body).backgroundColor")
        assert (light == "rgb(20, 23, 27)") is dark


def test_a_run_is_drawn_while_it_logs(chromium: Browser, site: Site, url: str) -> None:
    path = log(site, "r1", rows=2)
    site.server.apply(OutputRecord(path, 0, ["epoch 1"]), api_key=KEY)
    chromium.look(width=1200)
    chromium.open(f"{url}/testkit-user/digits/runs/r1")
    before = chromium.evaluate("document.querySelector('polyline').getAttribute('points')")
    chromium.evaluate("document.querySelector('article summary').focus()")
    chromium.press("Enter")  # opens the console

    rows = [{"_step": step, "loss": 5.0} for step in (2, 3)]
    site.server.apply(HistoryRecord(path, 2, rows, [0.0, 0.0], [0.0, 0.0]), api_key=KEY)
    site.server.apply(OutputRecord(path, 1, ["epoch 2"]), api_key=KEY)
    site.server.apply(ExitRecord(path, 0, 1.0), api_key=KEY)
    chromium.wait_for("document.querySelector('.badge').textContent === 'finished'")

    assert chromium.evaluate("document.querySelector('polyline').getAttribute('points')") != before
    assert "epoch 1\nepoch 2" in chromium.text()
    assert chromium.evaluate("document.querySelector('article details').open")
    assert chromium.evaluate("document.activeElement.textContent") == "console output, 2 lines"
    assert chromium.evaluate("document.getElementById('live').textContent") == "live"


def test_a_new_run_appears_in_the_list(chromium: Browser, site: Site, url: str) -> None:
    chromium.look(width=1200)
    chromium.open(url)
    assert "0 projects, 0 runs" in chromium.text()

    log(site, "r1")
    chromium.wait_for("document.querySelectorAll('tbody tr').length === 1")
    chromium.wait_for("document.body.innerText.includes('1 project, 1 run')")


def test_a_run_is_reached_with_the_keyboard(chromium: Browser, site: Site, url: str) -> None:
    log(site, "r1")
    chromium.look(width=1200)
    chromium.open(url)
    for _ in range(20):
        chromium.press("Tab")
        if chromium.evaluate("(document.activeElement.getAttribute('href') || '').endsWith('/runs/r1')"):
            break
    outline = chromium.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    chromium.press("Enter")

    chromium.wait_for("location.pathname === '/testkit-user/digits/runs/r1'")
    assert outline == "solid"


def test_one_signs_in_on_the_page_that_was_wanted_and_out_again(chromium: Browser, site: Site, url: str) -> None:
    for name in ("alice", "bob"):
        account = site.server.add_user(name)
        path = RunPath(name, "digits", f"of-{name}")
        site.server.apply(RunRecord(path, starts=True), api_key=account.api_key)

    def give(key: str) -> None:
        chromium.evaluate(f"document.getElementById('key').value = {key!r}")
        chromium.evaluate("document.querySelector('.enter button').click()")

    for width, dark in ((1200, False), (400, True)):
        chromium.look(width=width, dark=dark)
        chromium.open(f"{url}/alice/digits/runs/of-alice?before=1")
        assert "of-alice" not in chromium.text()
        give("short")
        chromium.wait_for("document.querySelector('.wrong') !== null")
        assert chromium.evaluate("document.documentElement.scrollWidth <= innerWidth")
        give(site.server.accounts.user("alice").keys[0].key)  # type: ignore[union-attr] # she is there
        chromium.wait_for("document.querySelector('.who') !== null")
        assert "seen as alice" in chromium.text()
        assert chromium.evaluate("location.pathname + location.search") == "/alice/digits/runs/of-alice?before=1"
        chromium.open(url)
        assert "bob" not in chromium.text()
        chromium.wait_for("document.getElementById('live').textContent === 'live'")
        assert chromium.evaluate("document.cookie") == ""
        chromium.evaluate("document.querySelector('.who button').click()")
        chromium.wait_for("document.querySelector('.enter') !== null")


def test_what_is_set_on_the_server_appears_while_one_looks(chromium: Browser, site: Site, url: str) -> None:
    chromium.look(width=400)
    chromium.open(url)
    site.server.fail("upload", nth=3, reply=503)

    chromium.wait_for("document.body.innerText.includes('upload number 3 is refused with 503')")
    assert chromium.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_nothing_that_was_logged_runs(chromium: Browser, site: Site, url: str) -> None:
    path = log(site, HOSTILE, display_name=HOSTILE, config={HOSTILE: HOSTILE}, notes=HOSTILE)
    site.server.apply(HistoryRecord(path, 3, [{"_step": 3, HOSTILE: HOSTILE}], [0.0], [0.0]), api_key=KEY)
    chromium.said.clear()
    chromium.look(width=1200)
    chromium.open(url)
    chromium.evaluate("window.alert = () => { window.ran = true; }")
    chromium.open(url + chromium.evaluate("document.querySelector('tbody a').getAttribute('href')"))
    log(site, HOSTILE, rows=5)
    chromium.wait_for("document.body.innerText.includes('5 rows')")

    assert chromium.evaluate("window.ran") is None
    assert chromium.evaluate("document.images.length") == 0
    assert chromium.said == []


def test_a_server_that_is_gone_is_told(chromium: Browser, site: Site) -> None:
    server = Running(asgi_app(site))
    chromium.look(width=1200)
    chromium.open(f"http://127.0.0.1:{server.port}/")
    server.close()

    chromium.wait_for("document.getElementById('live').textContent === 'the server is away'")


def test_the_page_is_whole_without_a_script(chromium: Browser, site: Site, url: str, tmp_path: Path) -> None:
    log(site, "r1")
    chromium.look(width=1200)
    chromium._ask("Emulation.setScriptExecutionDisabled", value=True)
    chromium.open(f"{url}/testkit-user/digits/runs/r1")
    shown = chromium.text()
    chromium._ask("Emulation.setScriptExecutionDisabled", value=False)

    assert "as of now; reload for news" in shown
    assert "History 3 rows" in shown
