"""The clauses as people see them: the command, the page in HTML, the page in docs."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.report.test_html import HOSTILE, Outline
from wandb_testkit import cli
from wandb_testkit.clausebook import holding, text, trace
from wandb_testkit.clausebook.html import write_page
from wandb_testkit.clausebook.places import Place
from wandb_testkit.clausebook.trace import Trace, traces
from wandb_testkit.profiles import CLASSIC, CURRENT
from wandb_testkit.spec import Clause, clause, clauses

ROOT = Path(__file__).resolve().parents[2]

ONE = Clause("X-1", "X: one", (CLASSIC,), "It is so.", ("seed",), leaves_open=True)
TWO = Clause("X-2", "X: one", (CURRENT,), "It is not so.", ("o31",))
TRACES = [
    Trace(ONE, (Place("sdk/x.py", 3),), (Place("spec/x.py", 4),), ("tests/test_x.py::test_a",)),
    Trace(TWO, (), (), ()),
]


def invoke(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(cli.main, ["spec", *arguments])
    return result.exit_code, result.output


@pytest.fixture
def without_tests(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if the package had been installed from its wheel, and the command run somewhere else."""
    monkeypatch.setattr(trace, "checkout", lambda: None)


def test_a_listing_shows_sentence_places_and_tests() -> None:
    lines = text.listing(TRACES).splitlines()

    assert lines[:13] == [
        "X: one",
        "======",
        "",
        "X-1  classic  [seed]",
        "  It is so. A part is left open.",
        "  code   sdk/x.py:3",
        "  spec   spec/x.py:4",
        "  tests  tests/test_x.py::test_a",
        "",
        "X-2  current  [o31]",
        "  It is not so.",
        "  code   none",
        "  spec   none",
    ]
    assert " ".join(lines[15:]) == holding.RULE


def test_a_long_listing_says_how_much_it_leaves_out() -> None:
    tests = tuple(f"tests/test_x.py::test_{n}" for n in range(text.MAX_LINES + 3))
    many = [Trace(ONE, (), (), tests)] * (text.FEW + 1)

    assert "         and 3 more" in text.listing(many).splitlines()
    assert "and 3 more" not in text.listing(many[:1])


def test_clauses_and_families_can_be_named() -> None:
    exit_code, output = invoke("RESUME-4", "tags", "F.2.9")

    assert exit_code == 0
    assert re.findall(r"^([A-Z][\w.-]*\d)  ", output, re.M) == ["RESUME-4", "TAGS-1", "F.2.9"]
    assert clause("RESUME-4").sentence in " ".join(output.split())
    assert "tests/sdk/test_resuming.py::test_must_resume_refuses_a_missing_run" in output
    assert re.search(r"sdk/steps\.py:\d+", output)


def test_a_profile_leaves_out_the_clauses_of_the_other() -> None:
    _, output = invoke("--profile", "current", "ANON")

    assert re.findall(r"^([A-Z]+-\d+)  ", output, re.M) == ["ANON-9"]


def test_a_clause_that_nobody_has_is_refused() -> None:
    exit_code, output = invoke("RESUME-40")

    assert exit_code == 1
    assert "no clause is called 'RESUME-40': its family goes from RESUME-1 to RESUME-13" in output


def test_missing_clauses_are_listed_and_fail(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trace, "traces", lambda: TRACES)

    assert invoke("--missing") == (1, f"{'X-2':24}It is not so.\n1 of 2 clauses have no test\n")
    assert invoke("--missing", "--profile", "classic") == (0, "0 of 1 clauses have no test\n")


@pytest.mark.usefixtures("without_tests")
def test_without_a_checkout_it_says_that_there_are_no_tests_to_look_at(tmp_path: Path) -> None:
    assert invoke("RESUME-4")[1].endswith(f"\n{text.NO_TESTS}\n")
    assert invoke("--missing") == (1, f"Error: {text.NO_TESTS}\n")
    assert invoke("--html", str(tmp_path / "page.html"))[0] == 0
    assert text.NO_TESTS in "".join(Outline((tmp_path / "page.html").read_text(encoding="utf-8")).text)


def test_the_whole_page_takes_no_choice() -> None:
    exit_code, output = invoke("--clauses", "--markdown", "--profile", "classic")

    assert exit_code == 2
    assert "prints the whole page" in output


def test_the_page_in_docs_is_what_the_command_prints() -> None:
    page = ROOT / "docs" / "clauses.md"

    told = "make it anew: wandb-testkit spec --clauses --markdown > docs/clauses.md"
    assert page.read_text(encoding="utf-8") == invoke("--clauses", "--markdown")[1], told


def test_the_html_page_has_every_clause_once(tmp_path: Path) -> None:
    write_page(tmp_path / "new" / "page.html", traces(ROOT))
    outline = Outline((tmp_path / "new" / "page.html").read_text(encoding="utf-8"))

    shown = [dict(attributes)["id"] for tag, attributes in outline.elements if tag == "article"]
    assert shown == [clause.id for clause in clauses()]


def test_the_html_page_is_told_apart_by_profile_and_by_tests(tmp_path: Path) -> None:
    write_page(tmp_path / "page.html", TRACES)
    page = (tmp_path / "page.html").read_text(encoding="utf-8")

    assert '<article id="X-1" class="classic held">' in page
    assert '<article id="X-2" class="current missing">' in page
    assert 'body:has(#profile [value="classic"]:checked) article:not(.classic) { display: none; }' in page
    assert "2 clauses; 1 speak of classic; 1 speak of current; 1 have a test, 1 have none" in page


def test_what_can_be_chosen_has_a_label_and_nothing_runs_or_is_fetched(tmp_path: Path) -> None:
    write_page(tmp_path / "page.html", TRACES)
    page = (tmp_path / "page.html").read_text(encoding="utf-8")
    tags = [tag for tag, _ in Outline(page).elements]

    assert tags.count("select") == tags.count("label") == 3
    assert not {"script", "link", "img", "iframe"} & set(tags)
    assert "default-src 'none'" in page
    assert "http" not in page.replace("http-equiv", "")


@pytest.mark.parametrize("hostile", HOSTILE)
def test_a_text_cannot_add_elements_to_the_page(tmp_path: Path, hostile: str) -> None:
    outlines = []
    for words in ("plain", hostile.encode("utf-8", "replace").decode("utf-8")):
        strange = Clause("X-1", words, (CLASSIC,), words, (words,))
        write_page(tmp_path / "page.html", [Trace(strange, (Place(words, 1),), (), (words,))])
        page = Outline((tmp_path / "page.html").read_text(encoding="utf-8"))
        outlines.append([(tag, attributes) for tag, attributes in page.elements if tag != "wbr"])

    assert outlines[0] == outlines[1]
