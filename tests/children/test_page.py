"""What the page on processes shows is run."""

from __future__ import annotations

import pytest

from tests.children.test_suites import PLAIN
from tests.pages import blocks, text_of


def test_the_example_passes(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PYTEST_ADDOPTS", raising=False)
    (example,) = blocks(text_of("children.md"), "python")
    pytester.makepyfile(example)

    result = pytester.runpytest_subprocess(*PLAIN, "--wandb-fake", timeout=100)

    result.assert_outcomes(passed=1)
