"""What docs/serve.md shows is run."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.pages import blocks, text_of
from tests.server.test_serve import Served
from wandb_testkit.cli import main

PAGE = text_of("serve.md")


@pytest.mark.parametrize("number", range(len(blocks(PAGE, "python"))))
def test_an_example_runs_as_it_stands(number: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)

    exec(compile(blocks(PAGE, "python")[number], "docs/serve.md", "exec"), {})


def test_the_server_greets_as_the_page_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    server = Served("--port", "0", "--store", "runs.db")
    said = server.greeting.replace(server.url, "http://127.0.0.1:8080")
    server.stop()

    _, shown = blocks(PAGE, "console")[0].split("--store runs.db\n")
    assert said == shown


def test_what_it_says_to_a_running_server_is_said_and_answered_as_it_stands(tmp_path: Path) -> None:
    server = Served("--port", "0", "--store", str(tmp_path / "runs.db"))
    lines = next(block for block in blocks(PAGE, "console") if "knobs fail" in block).splitlines()

    for line, after in zip(lines, [*lines[1:], "$"], strict=True):
        if not line.startswith("$"):
            continue
        words = line.removeprefix("$ wandb-testkit ").partition("#")[0].split()
        result = CliRunner().invoke(main, [*words[:1], "--url", server.url, *words[1:]])
        assert result.exit_code == 0, result.output
        assert after.startswith("$") or result.output == f"{after}\n"
    curl = next(block for block in blocks(PAGE, "console") if "curl" in block)
    body = re.findall(r"'(\{.*\})'", curl)[0]
    status, answer = server.ask("POST", "/-/faults", body.encode(), content_type="application/json")
    server.stop()

    assert status == 201
    assert json.loads(answer)["nth"] == 3


def test_every_option_that_it_names_exists() -> None:
    told = "".join(CliRunner().invoke(main, [command, "--help"]).output for command in ("serve", "knobs"))

    options = set(re.findall(r"wandb-testkit serve.*?(--[\w-]+)|`(--[\w-]+)`", PAGE))

    assert {option for pair in options for option in pair if option} <= set(re.findall(r"--[\w-]+", told))
    assert {"WANDB_TESTKIT_API_KEY", "WANDB_TESTKIT_STORE"} <= set(re.findall(r"WANDB_TESTKIT_\w+", PAGE))
