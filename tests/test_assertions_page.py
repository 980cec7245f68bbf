"""What the page on assertions shows is run from top to bottom, and fails with the words that it shows."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.pages import blocks, text_of

TEXT = text_of("assertions.md")
START, *PASSING = blocks(TEXT, "python")
FAILING = re.findall(r"^```python fails\n(.*?)^```\n\n```text\n(.*?)^```", TEXT, re.M | re.S)


@pytest.fixture(scope="module")
def names() -> dict[str, Any]:
    """What the first example has made."""
    made: dict[str, Any] = {}
    exec(START, made)
    return made


def test_every_example_of_the_page_is_one_of_these() -> None:
    assert 1 + len(PASSING) + 2 * len(FAILING) == TEXT.count("\n```\n")


@pytest.mark.parametrize("example", PASSING, ids=range(len(PASSING)))
def test_an_example_passes(example: str, names: dict[str, Any]) -> None:
    exec(example, dict(names))


@pytest.mark.parametrize(("example", "message"), FAILING, ids=range(len(FAILING)))
def test_an_example_fails_in_the_words_of_the_page(example: str, message: str, names: dict[str, Any]) -> None:
    with pytest.raises(AssertionError) as raised:
        exec(example, dict(names))

    assert f"{raised.value}\n" == message
