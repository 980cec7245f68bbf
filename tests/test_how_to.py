"""The examples of docs/how-to and docs/pytest.md are run as they stand; bad ones fail as the page says."""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.pages import DOCS, blocks, not_printed, text_of

PAGES = [*sorted((DOCS / "how-to").glob("*.md")), DOCS / "pytest.md"]


class Example(NamedTuple):
    """One file that a page shows.

    Attributes:
        name: What the first line says: "# test_train.py", or "# test_wrong.py fails".
        is_to_fail: Whether the test in it is a bad example.
        text: What is in it.
    """

    name: str
    is_to_fail: bool
    text: str

    @property
    def tests(self) -> int:
        return len(re.findall(r"^(?:    )?def test_", self.text, re.M))


def examples(page: Path) -> list[Example]:
    blocks = re.findall(r"^```python\n# (\S+\.py)( fails)?\n(.*?)^```", page.read_text(encoding="utf-8"), re.M | re.S)
    return [Example(name, bool(fails), text) for name, fails, text in blocks]


def written(pytester: pytest.Pytester, files: list[Example]) -> None:
    for example in files:
        pytester.path.joinpath(example.name).write_text(example.text, encoding="utf-8")


@pytest.mark.parametrize("page", PAGES, ids=[page.stem for page in PAGES])
def test_the_examples_of_a_page_pass(pytester: pytest.Pytester, page: Path) -> None:
    files = [example for example in examples(page) if not example.is_to_fail]
    written(pytester, files)

    result = pytester.runpytest_subprocess("--wandb-fake", "-p", "no:cacheprovider", "-W", "error")

    tests = sum(example.tests for example in files)
    assert tests > 0
    result.assert_outcomes(passed=tests)


WITH_BAD_EXAMPLES = [page for page in PAGES if any(example.is_to_fail for example in examples(page))]


@pytest.mark.parametrize("page", WITH_BAD_EXAMPLES, ids=[page.stem for page in WITH_BAD_EXAMPLES])
def test_bad_examples_fail_with_the_message_of_the_page(pytester: pytest.Pytester, page: Path) -> None:
    bad = [example for example in examples(page) if example.is_to_fail]
    written(pytester, examples(page))

    result = pytester.runpytest_subprocess("--wandb-fake", "-p", "no:cacheprovider", *[example.name for example in bad])

    output = "\n".join(result.outlines)
    outcomes = result.parseoutcomes()
    assert outcomes.get("failed", 0) + outcomes.get("errors", 0) + outcomes.get("error", 0) == sum(
        example.tests for example in bad
    )
    assert not_printed(page.read_text(encoding="utf-8"), output) == []


def test_one_warning_is_made_a_failure_as_the_page_on_the_plugin_says(pytester: pytest.Pytester) -> None:
    (ini,) = blocks(text_of("pytest.md"), "ini")
    pytester.makeini(ini)
    pytester.makepyfile("import wandb\n\n\ndef test_it():\n    wandb.init()\n")

    result = pytester.runpytest_subprocess("--wandb-fake", "-p", "no:cacheprovider")

    result.assert_outcomes(passed=1, errors=1)
    result.stdout.fnmatch_lines(["*UnfinishedRunWarning*"])


def test_every_page_is_in_the_index() -> None:
    index = (DOCS / "README.md").read_text(encoding="utf-8")

    pages = {path.relative_to(DOCS).as_posix() for path in DOCS.rglob("*.md")} - {"README.md"}

    assert set(re.findall(r"\]\(([\w/-]+\.md)\)", index)) == pages


@pytest.mark.parametrize("page", sorted(DOCS.rglob("*.md")), ids=lambda page: page.stem)
def test_links_lead_somewhere(page: Path) -> None:
    links = re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8"))

    assert [link for link in links if not (page.parent / link).exists()] == []
