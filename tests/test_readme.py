"""What the README shows is run."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.clients.results import with_tables

README = Path(__file__).parents[1] / "README.md"


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", README.read_text(encoding="utf-8"), re.M | re.S)


def test_the_example_passes_as_it_stands(pytester: pytest.Pytester) -> None:
    (example,) = blocks("python")
    pytester.makepyfile(test_example=example)

    result = pytester.runpytest_subprocess("--wandb-fake", "-p", "no:cacheprovider")

    result.assert_outcomes(passed=1)


def test_the_example_notices_a_wrong_loss(pytester: pytest.Pytester) -> None:
    (example,) = blocks("python")
    pytester.makepyfile(test_example=example.replace("1 / (epoch + 1)", "1 / (epoch + 2)"))

    result = pytester.runpytest_subprocess("--wandb-fake", "-p", "no:cacheprovider")

    result.assert_outcomes(failed=1)


def test_every_command_it_names_exists() -> None:
    text = README.read_text(encoding="utf-8")
    makefile = (README.parent / "Makefile").read_text(encoding="utf-8")

    targets = set(re.findall(r"`make (\w+)`", text))

    assert targets >= {"demo", "test"}
    assert all(re.search(rf"^{target}:", makefile, re.M) for target in targets)


def test_the_tables_of_real_clients_are_those_of_the_stored_results() -> None:
    text = README.read_text(encoding="utf-8")

    assert with_tables(text) == text, "run: python -m tests.clients.results"
