"""The page as text: whole without a script, and deaf to what targets printed."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from tests.conformance.made import report, result
from wandb_testkit.conformance.page import DATA_ID, write_page
from wandb_testkit.conformance.page_script import SCRIPT
from wandb_testkit.conformance.results import Outcome, Report
from wandb_testkit.profiles import CLASSIC

HOSTILE = (
    "</script><script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "<!-- <script>",
    "' onload='alert(1)",
    "\x1b[31m\x00\u202e\ud800",
    "</dialog></table><iframe src='//example.com'>",
)


class Seen(HTMLParser):
    """The elements of a page, its texts, and its data."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[str] = []
        self.script: dict[str | None, str] = {}
        self.text = ""
        self._inside: str | None = ""
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [name for name, _ in attrs]
        if tag == "script":
            self._inside = dict(attrs).get("id")

    def handle_endtag(self, tag: str) -> None:
        if tag == "script":
            self._inside = ""

    def handle_data(self, data: str) -> None:
        if self._inside == "":
            self.text += data
        else:
            self.script[self._inside] = self.script.get(self._inside, "") + data


def page_of(tmp_path: Path, *reports: Report) -> str:
    write_page(tmp_path / "new" / "matrix.html", reports)
    return (tmp_path / "new" / "matrix.html").read_text(encoding="utf-8")


def data_of(page: str) -> Any:
    return json.loads(Seen(page).script[DATA_ID])


def test_the_matrix_is_there_without_a_script(tmp_path: Path) -> None:
    page = page_of(
        tmp_path,
        report(result("resume/a"), result("resume/b", Outcome.FAIL), target="ours", version="2.0"),
        report(result("resume/a", Outcome.SKIP, reason="no"), target="old", version="0.1", profile=CLASSIC),
    )
    text = " ".join(Seen(page).text.split())

    assert "Conformance to wandb.init()" in text
    assert "1 clause · 2 targets" in text
    assert re.search(r"ours 2.0 current ?50% ?current ?1 ?1 ?2\.0 ?3\.11\.4 ?2026-11-26", text), text
    assert "RESUME-4must: if the id exists the run is resumed" in text
    assert 'class="o-FAIL" data-told="1 of 2 cases" aria-label="fail, 1 of 2 cases">✗</button>' in page
    assert 'aria-label="skip, 1 of 1 case">' in page


def test_nothing_that_a_target_printed_becomes_html(tmp_path: Path) -> None:
    quiet = Seen(page_of(tmp_path, report(result("a/b", Outcome.FAIL, expected="e", got="g", script="s"))))
    texts = dict(zip(("expected", "got", "reason"), HOSTILE, strict=False))
    lines = {"differences": HOSTILE, "crossed": HOSTILE, "script": HOSTILE[0] + HOSTILE[5]}
    loud = Seen(
        page_of(
            tmp_path,
            report(
                result("a/b", Outcome.FAIL, **texts, **lines),
                target=HOSTILE[1],
                version=HOSTILE[0],
            ),
        )
    )

    assert (loud.tags, loud.attributes) == (quiet.tags, quiet.attributes)
    assert loud.script[None] == SCRIPT
    assert HOSTILE[1] in loud.text


def test_texts_are_in_the_page_once(tmp_path: Path) -> None:
    script = "import wandb  # the same for everybody"
    failed = result("a/b", Outcome.FAIL, script=script, expected="the very same", got="something")

    page = page_of(tmp_path, *(report(failed, target=f"t{number}") for number in range(5)))

    assert page.count(script) == 1
    assert page.count("the very same") == 1


def test_a_clause_that_the_spec_does_not_have_is_shown_as_such(tmp_path: Path) -> None:
    page = page_of(tmp_path, report(result("a/b", Outcome.PASS, "RESUME-99")))

    assert "Not in this version of the spec" in Seen(page).text
    assert data_of(page)["clauses"][0]["id"] == "RESUME-99"


def test_targets_stand_best_first_and_current_before_classic(tmp_path: Path) -> None:
    half = report(result("a/b"), result("a/c", Outcome.FAIL), target="half")
    claims_little = report(result("a/b"), result("a/c", Outcome.SKIP, reason="no"), target="little")
    whole = report(result("a/b"), result("a/c"), target="whole")
    old = report(result("a/b"), target="old", profile=CLASSIC)

    page = page_of(tmp_path, old, half, claims_little, whole)

    assert [target["anchor"] for target in data_of(page)["targets"]] == [
        "whole-1.2-current",
        "half-1.2-current",
        "little-1.2-current",
        "old-1.2-classic",
    ]


def test_a_page_of_no_reports_is_a_page(tmp_path: Path) -> None:
    assert "0 clauses · 0 targets" in Seen(page_of(tmp_path)).text
