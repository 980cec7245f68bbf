"""The clauses as data: all that spec.md has, each once, and found by their numbers."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from wandb_testkit import spec
from wandb_testkit.profiles import CLASSIC, CURRENT
from wandb_testkit.spec import Clause, clause, clauses

ABOVE = Path(__file__).resolve().parents[2].parents
PAGE = next((path for above in ABOVE if (path := above / "shared" / "spec.md").is_file()), None)
"""spec.md stands beside the checkout, in a folder of its own."""

with_page = pytest.mark.skipif(PAGE is None, reason="the text of the spec, shared/spec.md, is not beside this checkout")

RULINGS_IN_PROSE = {"F.2": range(1, 26), "F.3": range(1, 9)}
"""F.2 and F.3 are numbered in running text, where other numbers with a full stop could stand as well."""


def section(text: str, heading: str) -> str:
    """What stands below a heading, up to the next one of the same or a higher rank."""
    rank = heading.split(" ")[0]
    below = text.split(f"\n{heading}", 1)[1]
    return re.split(rf"\n#{{1,{len(rank)}}} ", below)[0]


def ids_of_the_page(text: str) -> set[str]:
    ids = set(re.findall(r"^- \*\*([A-Z]+-\d+)\*\*", text, re.M))
    parameters = section(text, "### A.1 ")
    ids |= {
        "A.1",
        *(f"A.1.{name}" for name in re.findall(r"^\| ([a-z_]+) \|", parameters, re.M) if name != "parameter"),
    }
    ids |= set(re.findall(r"^### (A\.[2-4]|C\.[56]|E\.[12])\b", text, re.M))
    ids |= set(re.findall(r"^\| (DEV-\d+) \|", section(text, "### F.1 "), re.M))
    for part, numbers in RULINGS_IN_PROSE.items():
        prose = section(text, f"### {part} ")
        found = {int(number) for number in re.findall(r"(?:^|\s)(\d+)\. ", prose)}
        assert set(numbers) <= found
        assert max(numbers) + 1 not in found
        ids |= {f"{part}.{number}" for number in numbers}
    return ids


@with_page
def test_every_clause_of_the_page_is_there_and_no_other() -> None:
    assert PAGE is not None

    assert {clause.id for clause in clauses()} == ids_of_the_page(PAGE.read_text(encoding="utf-8"))


@with_page
def test_a_clause_leaves_something_open_where_the_page_says_unspec() -> None:
    assert PAGE is not None
    text = PAGE.read_text(encoding="utf-8")
    bodies = re.findall(r"^- \*\*([A-Z]+-\d+)\*\*(.*?)(?=^- \*\*|^#|\n\n)", text, re.M | re.S)

    assert {id for id, body in bodies if "UNSPEC" in body} == {
        clause.id for clause in clauses() if clause.leaves_open and re.fullmatch(r"[A-Z]+-\d+", clause.id)
    }


def test_a_number_is_given_once() -> None:
    ids = [clause.id for clause in clauses()]

    assert len(ids) == len(set(ids)) == 240


def test_chapters_are_not_torn_apart() -> None:
    chapters = [clause.chapter for clause in clauses()]
    begun = [chapter for at, chapter in enumerate(chapters) if at == 0 or chapters[at - 1] != chapter]

    assert len(begun) == len(set(begun))


@pytest.mark.parametrize("known", clauses(), ids=lambda known: known.id)
def test_a_clause_says_something_in_whole_sentences(known: Clause) -> None:
    assert known.profiles in ((CLASSIC,), (CURRENT,), (CLASSIC, CURRENT))
    assert known.sources
    assert known.sentence == " ".join(known.sentence.split())
    assert known.sentence.endswith((".", '"'))
    assert len(known.sentence) <= 420


def test_a_sentence_that_names_other_clauses_names_clauses_that_exist() -> None:
    ids = {clause.id for clause in clauses()}
    named = {name for clause in clauses() for name in re.findall(r"\b[A-Z]{2,}-\d+\b|\b[ACE]\.\d\b", clause.sentence)}

    assert named - ids == {"C.4"}  # a list of rules, told by the tables of `wandb-testkit spec`


def test_a_clause_is_found_by_its_number() -> None:
    found = clause("RESUME-4")

    assert found == (
        "RESUME-4",
        "RESUME",
        (CLASSIC, CURRENT),
        "must: if the id exists the run is resumed; if it does not, or there is no id at all, init() raises and "
        "nothing is created.",
        ("seed", "o10x", "o31"),
        False,
    )
    assert spec.clauses()[0].id == "A.1"


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ("RESUME-40", "its family goes from RESUME-1 to RESUME-13"),
        ("RESUME", "its family goes from RESUME-1 to RESUME-13"),
        ("resume-4", "did you mean RESUME-4?"),
        ("A.1.mod", "A.1.mode"),
        ("loss", "clauses are called like RESUME-4, A.1.mode or F.2.9"),
    ],
)
def test_a_number_that_nobody_has_is_refused_with_those_that_are_alike(asked: str, told: str) -> None:
    with pytest.raises(LookupError) as caught:
        clause(asked)

    assert f"no clause is called {asked!r}" in str(caught.value)
    assert told in str(caught.value)
