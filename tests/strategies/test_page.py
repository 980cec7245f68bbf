"""The examples of docs/strategies.md are run as they stand."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable
from typing import Any

import pytest

from tests.pages import blocks, text_of
from wandb_testkit import strategies

PAGE = text_of("strategies.md")
ROW = r"^\| `(\w+)\(\)` \|.*\| ([^|]*) \|$"


def options_of(strategy: Callable[..., Any]) -> list[str]:
    parameters = inspect.signature(strategy).parameters.values()
    return [parameter.name for parameter in parameters if parameter.kind is parameter.KEYWORD_ONLY]


def examples() -> dict[str, str]:
    """Name of a file -> what the page says is in it."""
    found = {}
    for block in blocks(PAGE, "python"):
        first, _, text = block.partition("\n")
        found[first.removeprefix("# ")] = text
    return found


def test_every_example_passes(pytester: pytest.Pytester) -> None:
    files = examples()
    for name, text in files.items():
        pytester.path.joinpath(name).write_text(text, encoding="utf-8")
    pytester.makeconftest(
        """
        from hypothesis import settings
        settings.register_profile("page", max_examples=15, stateful_step_count=8, deadline=None, database=None)
        settings.load_profile("page")
        """
    )

    result = pytester.runpytest_subprocess("-p", "no:cacheprovider", "-p", "no:randomly")

    result.assert_outcomes(passed=sum(name.startswith("test_") for name in files))


def test_the_page_names_every_strategy_and_its_options() -> None:
    table = {name: re.findall(r"`(\w+)`", options) for name, options in re.findall(ROW, PAGE, re.M)}

    assert sorted([*table, "RunLifecycle"]) == sorted(strategies.__all__)
    assert table == {name: options_of(getattr(strategies, name)) for name in table}
