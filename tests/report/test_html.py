from __future__ import annotations

from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from wandb_testkit.artifact_view import ArtifactView
from wandb_testkit.observation import RunView
from wandb_testkit.report.data import clean, to_data
from wandb_testkit.report.html import read_html, write_html

MakeRun = Callable[..., RunView]

HOSTILE = (
    '"><script>alert(1)</script>',
    "</script><img src=x onerror=alert(1)>",
    "' onload='alert(1)",
    "<!-- <script>",
    "]]></style><svg/onload=alert(1)>",
    "&lt;b&gt;",
    "</title></svg></p></table><iframe src='//example.com'>",
    "\x1b[31m\x00\u2028\u202e\ud800",
)


class Outline(HTMLParser):
    """Every element of a page with its attributes, and all text outside of scripts and styles."""

    VOID = frozenset({"meta", "wbr"})

    def __init__(self, page: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, tuple[tuple[str, str | None], ...]]] = []
        self.text: list[str] = []
        self._open: list[str] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, tuple(attrs)))
        if tag not in self.VOID:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        # Cells and rows may be left open in HTML.
        while self._open.pop() != tag:
            pass

    def handle_data(self, data: str) -> None:
        if not {"script", "style"} & set(self._open):
            self.text.append(data)


def written(tmp_path: Path, entries: list[dict[str, Any]]) -> str:
    path = tmp_path / "report.html"
    write_html(path, entries)
    return path.read_text(encoding="utf-8")


def entries_with(make_run: MakeRun, text: str) -> list[dict[str, Any]]:
    """The same runs whatever the text: it stands wherever a user's text can stand."""
    run = make_run(
        [{text: 1.0, "nested": {text: 2.0}, "other": text}, {text: 0.5}],
        id=text,
        entity=text,
        project=text,
        config={text: text, "list": [text]},
        summary={text: text},
        tags=(text,),
        group=text,
        job_type=text,
        notes=text,
        files={text: b"content"},
        artifacts={
            text: ArtifactView(text, "v0", text, (text,), text, {text: text}, text, 1, {text: b""}, {text: text})
        },
        alerts=[{text: text}],
        warnings=[text],
        output=[text],
    )
    return [
        {"test": f"tests/test_a.py::test_b[{text}]", "outcome": "failed", "runs": [to_data(run)]},
        {"test": text, "outcome": "passed", "runs": []},
    ]


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_no_text_of_a_user_becomes_an_element_or_an_attribute(make_run: MakeRun, tmp_path: Path, text: str) -> None:
    def shape(page: str) -> list[tuple[str, list[str]]]:
        # Lines may break after "_" and "/", so the number of these elements depends on the text.
        return [(tag, [name for name, _ in attrs]) for tag, attrs in Outline(page).elements if tag != "wbr"]

    harmless = written(tmp_path, entries_with(make_run, "harmless"))
    hostile = written(tmp_path, entries_with(make_run, text))

    assert shape(hostile) == shape(harmless)


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_what_was_written_is_read_back(make_run: MakeRun, tmp_path: Path, text: str) -> None:
    entries = entries_with(make_run, clean(text))

    written(tmp_path, entries)

    assert read_html(tmp_path / "report.html") == entries


def test_the_page_shows_names_and_values_as_they_are(make_run: MakeRun, tmp_path: Path) -> None:
    entries = entries_with(make_run, "a<b> & 'c'")

    text = "".join(Outline(written(tmp_path, entries)).text)

    assert text.count("a<b> & 'c'") > 15


def test_the_page_needs_nothing_else(make_run: MakeRun, tmp_path: Path) -> None:
    outline = Outline(written(tmp_path, entries_with(make_run, "text")))

    scripts = [dict(attrs) for tag, attrs in outline.elements if tag == "script"]
    links = {value for _, attrs in outline.elements for name, value in attrs if name in ("href", "src")}
    assert scripts == [{"type": "application/json", "id": "wandb-testkit-runs"}]
    assert links == {"#t0", "#t0r0"}


@pytest.mark.parametrize("value", [1.7e308, -1.7e308, 5e-324, 0.0, float("nan"), float("inf"), True, 10**300], ids=str)
def test_extreme_values_are_drawn_within_the_picture(make_run: MakeRun, tmp_path: Path, value: float) -> None:
    run = make_run([{"loss": value, "both": value}, {"both": -value}])

    page = written(tmp_path, [{"test": "test_a", "outcome": "passed", "runs": [to_data(run)]}])

    places = [
        float(number)
        for _, attrs in Outline(page).elements
        for name, text in attrs
        if name in ("cx", "cy", "x", "y", "x1", "x2", "y1", "y2", "points")
        for number in (text or "").replace(",", " ").split()
    ]
    assert all(0 <= place <= 320 for place in places)


def test_a_page_without_runs_is_a_page(tmp_path: Path) -> None:
    written(tmp_path, [])

    assert read_html(tmp_path / "report.html") == []


def test_a_file_that_is_no_report_is_refused_by_name(tmp_path: Path) -> None:
    other = tmp_path / "other.html"
    other.write_text("<html><script>1</script></html>")

    with pytest.raises(ValueError, match=r"other\.html holds no recorded runs; expected a page that pytest"):
        read_html(other)
