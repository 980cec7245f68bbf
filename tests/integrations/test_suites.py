"""Suites of real integrations, with a mock and with the kit: a bug is planted that the mock version does not see."""

from __future__ import annotations

import re

import pytest

from tests.integrations.suites import NAMES, PAGE, lines, run

pytest.importorskip("torch", reason="make test-integrations installs it")


@pytest.mark.parametrize("version", ["mock", "kit"])
@pytest.mark.parametrize("name", NAMES)
def test_both_versions_are_green(name: str, version: str) -> None:
    outcome = run(name, version, planted=False)

    assert outcome.passed > 0, outcome.output
    assert outcome.failed == 0, outcome.output


@pytest.mark.parametrize("name", NAMES)
def test_the_mock_version_is_green_with_the_bug(name: str) -> None:
    outcome = run(name, "mock", planted=True)

    assert outcome.passed > 0, outcome.output
    assert outcome.failed == 0, outcome.output


@pytest.mark.parametrize("name", NAMES)
def test_the_version_with_the_kit_is_red_with_the_bug(name: str) -> None:
    outcome = run(name, "kit", planted=True)

    assert outcome.failed > 0, outcome.output


def test_the_page_shows_what_the_kit_says() -> None:
    (shown,) = re.findall(r"^```text\n(.*?)^```", PAGE.read_text(encoding="utf-8"), re.M | re.S)

    output = run("optuna_callback", "kit", planted=True).output

    lines_shown = shown.splitlines()
    assert lines_shown
    assert [line for line in lines_shown if not re.search(".*".join(map(re.escape, line.split("..."))), output)] == []


@pytest.mark.parametrize("name", NAMES)
def test_the_version_with_the_kit_is_half_as_long_or_better(name: str) -> None:
    assert lines(name, "kit") <= lines(name, "mock") / 2
