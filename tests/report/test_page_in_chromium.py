"""The page of --wandb-report in a real browser: readable on a telephone and in the dark, by keyboard, deaf to names."""

from __future__ import annotations

from pathlib import Path

import pytest

import wandb_testkit as wt
from tests.browser import Browser
from wandb_testkit.report.data import Entry, to_data
from wandb_testkit.report.html import write_html

HOSTILE = "</script><script>window.ran=1</script><img src=x onerror='window.ran=1'>\u202e\x1b[31m"


def entries() -> list[Entry]:
    """Tests whose runs have everything that is shown, and names that nobody would choose."""
    with wt.fake(profile="current", environ={"WANDB_CONSOLE": "wrap"}) as fake:
        with fake.init(
            project="digits",
            id="plain",
            config={"lr": 0.1, "optimizer": {"name": "adam", "betas": [0.9, 0.99]}, "a long name " * 9: "word " * 60},
            tags=["nightly", "baseline"],
            notes="The first one that learns.",
        ) as run:
            for step in range(60):
                run.log({"loss": 1 / (step + 1), "val": {"accuracy": step / 60}, "lr": 0.1 * 0.9**step})
            run.summary["best_epoch"] = 41
            print("epoch 1\nepoch 2")
        with fake.init(project=HOSTILE[:20].replace("/", "-").replace("\\", "-"), id="hostile", name=HOSTILE) as run:
            run.config[HOSTILE] = HOSTILE
            run.log({HOSTILE: 1.0, "text": HOSTILE})
        runs = [to_data(run) for run in fake.runs]
    return [
        {"test": "tests/test_training.py::test_the_loss_falls", "outcome": "passed", "runs": runs[:1]},
        {"test": f"tests/test_names.py::test_it[{HOSTILE}]", "outcome": "failed", "runs": runs},
        {"test": "tests/test_other.py::test_without_a_run", "outcome": "passed", "runs": []},
    ]


@pytest.fixture
def url(chromium: Browser, tmp_path: Path) -> str:
    """The page, open."""
    path = tmp_path / "runs.html"
    write_html(path, entries())
    chromium.look(width=1200)
    chromium.said.clear()
    chromium.open(path.as_uri())
    return path.as_uri()


@pytest.mark.parametrize(("width", "dark"), [(1200, False), (1200, True), (400, False), (400, True)])
def test_the_page_fits_its_screen(chromium: Browser, url: str, width: int, dark: bool, tmp_path: Path) -> None:
    chromium.look(width=width, dark=dark)
    chromium.screenshot(tmp_path / "page.png")

    assert chromium.evaluate("document.documentElement.scrollWidth <= innerWidth")
    back = chromium.evaluate("getComputedStyle(document.body).backgroundColor")
    assert (back == "rgb(20, 23, 27)") is dark
    for part in ("test_the_loss_falls", "config", "val.accuracy", "best_epoch", "requests", "1 test without a run"):
        assert part in chromium.text()


def test_text_stands_out_from_its_ground(chromium: Browser, url: str) -> None:
    """A contrast of 4.5 to 1 (WCAG 2, AA) for every text, light and dark."""
    contrast = """
        [...document.querySelectorAll('body *')].filter((e) => e.getClientRects().length &&
            [...e.childNodes].some((n) => n.nodeType === 3 && n.textContent.trim())).map((e) => {
          const rgb = (c) => c.match(/[\\d.]+/g).map(Number);
          const light = (c) => { const [r, g, b] = rgb(c).map((v) => { v /= 255;
            return v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4; });
            return 0.2126*r + 0.7152*g + 0.0722*b; };
          let ground = e; while (ground && rgb(getComputedStyle(ground).backgroundColor)[3] === 0)
            ground = ground.parentElement;
          const ink = e instanceof SVGElement ? getComputedStyle(e).fill : getComputedStyle(e).color;
          const [a, b] = [ink, getComputedStyle(ground || document.body).backgroundColor].map(light);
          return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05); }).reduce((x, y) => Math.min(x, y), 21)"""
    for dark in (False, True):
        chromium.look(width=1200, dark=dark)

        assert chromium.evaluate(contrast) >= 4.5


def test_every_run_and_every_detail_is_reached_with_the_keyboard(chromium: Browser, url: str) -> None:
    wanted = chromium.evaluate("document.querySelectorAll('a[href], summary').length")
    reached, outlines = set(), set()
    for _ in range(wanted + 5):
        chromium.press("Tab")
        reached.add(
            chromium.evaluate("[...document.querySelectorAll('a[href], summary')].indexOf(document.activeElement)")
        )
        outlines.add(chromium.evaluate("getComputedStyle(document.activeElement).outlineStyle"))

    assert wanted > 4
    assert reached >= set(range(wanted))
    assert "solid" in outlines
    chromium.evaluate("document.querySelector('a[href=\"#t1r1\"]').focus()")
    chromium.press("Enter")
    chromium.wait_for("location.hash === '#t1r1'")


def test_nothing_that_was_logged_runs(chromium: Browser, url: str) -> None:
    assert chromium.evaluate("window.ran === undefined")
    assert chromium.evaluate("document.images.length") == 0
    assert "<script>window.ran=1</script>" in chromium.text()
    assert chromium.said == []
