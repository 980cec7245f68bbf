"""The examples of docs/strategies.md are run as they stand."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from wandb_testkit import strategies

PAGE = Path(__file__).parents[2] / "docs" / "strategies.md"


def examples() -> dict[str, str]:
    """Name of a file -> what the page says is in it."""
    blocks = re.findall(r"^```python\n# (\S+)\n(.*?)^```", PAGE.read_text(encoding="utf-8"), re.M | re.S)
    return dict(blocks)


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


def test_the_page_names_every_strategy() -> None:
    table = re.findall(r"^\| `(\w+)\(\)` \|", PAGE.read_text(encoding="utf-8"), re.M)

    assert sorted([*table, "RunLifecycle"]) == sorted(strategies.__all__)
