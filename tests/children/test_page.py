"""What the page on processes shows is run."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.children.test_suites import PLAIN

PAGE = Path(__file__).parents[2] / "docs" / "children.md"


def test_the_example_passes(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PYTEST_ADDOPTS", raising=False)
    (example,) = re.findall(r"^```python\n(.*?)^```", PAGE.read_text(encoding="utf-8"), re.M | re.S)
    pytester.makepyfile(example)

    result = pytester.runpytest_subprocess(*PLAIN, "--wandb-fake", timeout=100)

    result.assert_outcomes(passed=1)
