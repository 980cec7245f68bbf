"""The page in a real browser: filters, the sentence of a clause, the details of a cell, with mouse and keyboard."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.browser import Browser
from tests.conformance.made import drawn, report, result
from tests.conformance.test_page import HOSTILE
from wandb_testkit.conformance.page import write_page
from wandb_testkit.conformance.results import MAX_TEXT, Outcome
from wandb_testkit.profiles import CLASSIC, CURRENT

FAILED = result(
    "resume/must-missing",
    Outcome.FAIL,
    "RESUME-4",
    expected="init 'a': error: UsageError",
    got="init 'a': error: ",
    crossed=("init 'a': RunRecord u/a",),
    script="import wandb\nwandb.init(id='a', resume='must')\n",
)
OURS = report(
    FAILED,
    result("resume/must-existing", Outcome.PASS, "RESUME-4"),
    result("offline/plain", Outcome.SKIP, "MODE-2", reason="the target does not claim offline"),
    result("log/rows", Outcome.KNOWN, "LOG-1", "LOG-2", reason="rows are kept by the minute"),
    target="ours",
    version="2.0",
)
OLD = report(result("resume/must-missing", Outcome.PASS, "RESUME-4"), target="old", version="0.1", profile=CLASSIC)

ROWS = "[...document.querySelectorAll('tr.clause')].filter((row) => !row.closest('[hidden]'))"
SHOWN = f"{ROWS}.map((row) => row.querySelector('b').textContent)"
FOCUSED = "document.activeElement.closest('tr').querySelector('b').textContent"


@pytest.fixture
def url(chromium: Browser, tmp_path: Path) -> str:
    """The page of two targets, open."""
    write_page(tmp_path / "matrix.html", [OURS, OLD])
    chromium.look(width=1200)
    chromium.said.clear()
    chromium.open((tmp_path / "matrix.html").as_uri())
    return (tmp_path / "matrix.html").as_uri()


def choose(chromium: Browser, selector: str, value: str) -> None:
    chromium.evaluate(
        f"(() => {{ const list = document.querySelector('{selector}'); list.value = '{value}'; "
        "list.dispatchEvent(new Event('change', {bubbles: true})); })()"
    )


def click(chromium: Browser, clause: str, inner: str) -> None:
    chromium.evaluate(
        f"{ROWS}.find((row) => row.querySelector('b').textContent === '{clause}').querySelector('{inner}').click()"
    )


@pytest.mark.parametrize(("width", "dark"), [(1200, False), (1200, True), (400, False), (400, True)])
def test_the_page_fits_its_screen(chromium: Browser, tmp_path: Path, width: int, dark: bool) -> None:
    weights = [5, 1, 1, 1, 1, 1, 1]
    targets = [drawn(f"a target with a long name {number}", "1.0", CURRENT, weights) for number in range(12)]
    write_page(tmp_path / "matrix.html", [*targets, drawn("old", "0.1", CLASSIC, weights)])

    chromium.look(width=width, dark=dark)
    chromium.open((tmp_path / "matrix.html").as_uri())

    assert chromium.evaluate("document.documentElement.scrollWidth <= innerWidth")
    colour = chromium.evaluate("getComputedStyle(document.body).backgroundColor")
    assert (colour == "rgb(20, 23, 27)") is dark
    assert chromium.evaluate("document.querySelector('.filters').offsetHeight > 0")


def test_outcomes_chapters_profiles_and_words_filter_the_clauses(chromium: Browser, url: str) -> None:
    assert chromium.evaluate(SHOWN) == ["RESUME-4", "MODE-2", "LOG-1", "LOG-2"]

    chromium.evaluate("document.querySelector('input[value=FAIL]').click()")
    assert chromium.evaluate(SHOWN) == ["RESUME-4"]
    assert "1 of 4 clauses" in chromium.text()

    chromium.evaluate("document.querySelector('input[value=KNOWN]').click()")
    assert chromium.evaluate(SHOWN) == ["RESUME-4", "LOG-1", "LOG-2"]

    choose(chromium, "#profile", "classic")
    assert chromium.evaluate(SHOWN) == []
    assert "No clause is left" in chromium.text()

    chromium.evaluate("document.querySelector('[type=reset]').click()")
    chromium.wait_for(f"{SHOWN}.length === 4")

    choose(chromium, "#chapter", "1")
    assert chromium.evaluate(SHOWN) == ["MODE-2"]
    choose(chromium, "#chapter", "all")

    chromium.evaluate("document.querySelector('#find').value = 'exists MUST'")
    chromium.evaluate("document.querySelector('#find').dispatchEvent(new Event('input'))")
    assert chromium.evaluate(SHOWN) == ["RESUME-4"]
    assert chromium.said == []


def test_a_click_on_a_cell_shows_expected_got_and_script(chromium: Browser, url: str) -> None:
    click(chromium, "RESUME-4", "td:nth-child(2) button")

    shown = chromium.evaluate("document.querySelector('dialog').innerText")
    assert chromium.evaluate("document.querySelector('dialog').open")
    assert "RESUME-4 on ours 2.0 (current)" in shown
    assert "must: if the id exists the run is resumed" in shown
    for part in (FAILED.case, FAILED.expected, FAILED.got.strip(), FAILED.script.strip(), *FAILED.crossed):
        assert part in shown
    assert shown.index("resume/must-missing") < shown.index("resume/must-existing")  # what failed comes first
    assert chromium.evaluate("location.hash") == "#RESUME-4/ours-2.0-current"

    chromium.press("Escape")
    chromium.wait_for("!document.querySelector('dialog').open && location.hash === ''")


def test_an_address_leads_to_a_cell(chromium: Browser, url: str) -> None:
    chromium.open("about:blank#")
    chromium.open(f"{url}#LOG-2/ours-2.0-current")

    chromium.wait_for("document.querySelector('dialog').open")
    assert "rows are kept by the minute" in chromium.evaluate("document.querySelector('dialog').innerText")


def test_a_clause_tells_its_sentence_and_what_every_target_does(chromium: Browser, url: str) -> None:
    chromium.evaluate(
        "document.querySelector('tr.clause th button').dispatchEvent(new MouseEvent('mouseover', {bubbles: true}))"
    )
    tip = chromium.evaluate("document.getElementById('tip').innerText")
    assert tip.startswith("RESUME-4")
    assert "must: if the id exists the run is resumed" in tip
    assert "source: " in tip

    click(chromium, "RESUME-4", "th button")
    shown = chromium.evaluate("document.querySelector('dialog').innerText")
    assert "ours 2.0 (current)\tfail 1 of 2 cases" in shown
    assert "old 0.1 (classic)\tpass 1 of 1 case" in shown

    chromium.evaluate("document.querySelector('dialog .targets button').click()")
    assert "RESUME-4 on ours 2.0" in chromium.evaluate("document.querySelector('dialog h2').textContent")


def test_everything_is_reached_with_the_keyboard(chromium: Browser, url: str) -> None:
    for _ in range(20):
        chromium.press("Tab")
        if chromium.evaluate("document.activeElement.matches('.matrix button')"):
            break
    assert chromium.evaluate(FOCUSED) == "RESUME-4"
    assert "must: if the id exists" in chromium.evaluate("document.getElementById('tip').innerText")
    assert chromium.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"

    chromium.press("Escape")
    assert chromium.evaluate("document.getElementById('tip').hidden")
    chromium.press("ArrowDown")
    assert chromium.evaluate(FOCUSED) == "MODE-2"
    chromium.press("ArrowRight")
    chromium.press("ArrowUp")
    assert chromium.evaluate("document.activeElement.className") == "o-FAIL"

    chromium.press("Enter")
    chromium.wait_for("document.querySelector('dialog').open")
    chromium.press("Escape")
    chromium.wait_for("!document.querySelector('dialog').open")
    assert chromium.evaluate("document.activeElement.className") == "o-FAIL"  # the focus comes back

    stops = "[...document.querySelectorAll('.matrix button')].filter((button) => button.tabIndex === 0).length"
    assert chromium.evaluate(stops) == 1  # the tab key passes by in one step


def test_nothing_that_a_target_printed_runs(chromium: Browser, tmp_path: Path) -> None:
    bad = " ".join(HOSTILE)
    found = result(
        "resume/bad",
        Outcome.FAIL,
        reason=bad,
        expected=bad + "x " * MAX_TEXT,
        got=bad,
        crossed=HOSTILE,
        script=HOSTILE[0],
    )
    write_page(tmp_path / "matrix.html", [report(found, target=HOSTILE[1], version=HOSTILE[0])])
    chromium.look(width=1200)
    chromium.said.clear()
    chromium.open((tmp_path / "matrix.html").as_uri())
    chromium.evaluate("window.alert = () => { window.ran = true; }")
    click(chromium, "RESUME-4", "td button")

    shown = chromium.evaluate("document.querySelector('dialog').innerText")
    assert HOSTILE[0] in shown
    assert "characters)" in shown  # the huge value, cut
    assert chromium.evaluate("window.ran") is None
    assert chromium.evaluate("document.images.length + document.querySelectorAll('iframe').length") == 0
    assert chromium.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert chromium.said == []


def test_without_scripts_the_page_says_so(chromium: Browser, url: str) -> None:
    chromium._ask("Emulation.setScriptExecutionDisabled", value=True)
    chromium.open(url + "?again")
    shown = chromium.text()
    chromium._ask("Emulation.setScriptExecutionDisabled", value=False)

    assert "opened without scripts" in shown
    assert "RESUME-4" in shown
