"""What the page on assertions shows is run, and fails with the words that it shows."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

import wandb_testkit as wt
from tests.recorded import a_run

PAGE = Path(__file__).parents[1] / "docs" / "assertions.md"
TEXT = PAGE.read_text(encoding="utf-8")
PASSING = re.findall(r"^```python\n(.*?)^```", TEXT, re.M | re.S)
FAILING = re.findall(r"^```python fails\n(.*?)^```\n\n```text\n(.*?)^```", TEXT, re.M | re.S)


def names() -> dict[str, Any]:
    run = a_run()
    return {"wt": wt, "pytest": pytest, "run": run, "fake": type("Fake", (), {"run": run})}


def test_every_example_of_the_page_is_one_of_these() -> None:
    assert len(PASSING) + 2 * len(FAILING) == TEXT.count("\n```\n")


@pytest.mark.parametrize("example", PASSING, ids=range(len(PASSING)))
def test_an_example_passes(example: str) -> None:
    exec(example, names())


@pytest.mark.parametrize(("example", "message"), FAILING, ids=range(len(FAILING)))
def test_an_example_fails_in_the_words_of_the_page(example: str, message: str) -> None:
    with pytest.raises(AssertionError) as raised:
        exec(example, names())

    assert f"{raised.value}\n" == message
