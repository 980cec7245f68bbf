"""Which tests hold a clause, and where the package names it."""

from __future__ import annotations

from pathlib import Path

import pytest

from wandb_testkit.clausebook.holding import checkout, claims, held, mistaken
from wandb_testkit.clausebook.places import Place, places

TESTS = '''
"""Steps; the text above speaks of LOG-1.

Source: LOG-2, LOG-3.

And more, such as LOG-4.
"""

import pytest

CASES = [("META-1", 1), ("after META-2", 2)]
OTHERS = ["MODE-1"]


def test_by_docstring() -> None:
    """RESUME-1 to RESUME-3"""


@pytest.mark.parametrize(("clause", "n"), CASES, ids=[f"{clause}" for clause, _ in CASES])
def test_by_table(clause: str, n: int) -> None:
    # AUTO-1 is not held by a comment.
    assert "AUTO-2"


@pytest.mark.parametrize("n", [pytest.param(1, id="ID-3")])
async def test_by_id(n: int) -> None: ...


def test_TAGS_1_by_name() -> None: ...


def test_what_is_refused(fake) -> None:
    """SHARED-1"""
    with pytest.raises(wt.NotModelledError):
        fake.init()


def helper() -> None:
    """AUTO-3"""


class TestGroup:
    """AUTO-4 is talk.

    Source: AUTO-5
    """

    @pytest.mark.parametrize("n", [1])
    def test_inside(self, n: int) -> None:
        """AUTO-66"""
'''


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "tests" / "sdk").mkdir(parents=True)
    (tmp_path / "tests" / "sdk" / "test_steps.py").write_text(TESTS, encoding="utf-8")
    (tmp_path / "tests" / "sdk" / "helpers.py").write_text("raise RuntimeError('never imported')", encoding="utf-8")
    return tmp_path


def test_a_test_holds_what_it_claims(root: Path) -> None:
    file = "tests/sdk/test_steps.py::"
    by_all = [
        f"{file}{name}"
        for name in (
            "test_by_docstring",
            "test_by_table",
            "test_by_id",
            "test_TAGS_1_by_name",
            "TestGroup::test_inside",
        )
    ]

    assert held(claims(root)) == {
        "RESUME-1": [f"{file}test_by_docstring"],
        "RESUME-2": [f"{file}test_by_docstring"],
        "RESUME-3": [f"{file}test_by_docstring"],
        "META-1": [f"{file}test_by_table"],
        "ID-3": [f"{file}test_by_id"],
        "TAGS-1": [f"{file}test_TAGS_1_by_name"],
        "AUTO-5": [f"{file}TestGroup::test_inside"],
        "LOG-2": by_all,
        "LOG-3": by_all,
    }


def test_a_claim_of_a_clause_that_does_not_exist_is_noticed(root: Path) -> None:
    assert mistaken(claims(root)) == [("AUTO-66", "tests/sdk/test_steps.py::TestGroup::test_inside")]


def test_tests_that_cannot_be_imported_are_read_all_the_same(root: Path) -> None:
    (root / "tests" / "test_broken.py").write_text("import nothing_of_that_name\n\n\ndef test_a():\n    'ID-4'\n")

    assert held(claims(root))["ID-4"] == ["tests/test_broken.py::test_a"]


def test_places_are_lines_that_name_a_clause_outside_of_the_list_itself(tmp_path: Path) -> None:
    for file, text in {
        "sdk/log.py": '"""Owns rows.\n\nSource: LOG-1 to LOG-2.\n"""\nX = 1  # LOG-2\n',
        "spec/chapters/rows.py": "# LOG-1",
        "cli.py": "# LOG-1",
    }.items():
        (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / file).write_text(text, encoding="utf-8")

    assert places(tmp_path) == {
        "LOG-1": [Place("sdk/log.py", 3)],
        "LOG-2": [Place("sdk/log.py", 3), Place("sdk/log.py", 5)],
    }


def test_the_checkout_is_the_one_that_the_package_stands_in(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)

    assert checkout() == Path(__file__).resolve().parents[2]
