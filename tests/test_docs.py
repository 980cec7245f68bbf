"""Pages name what is there: every command with its options, every target of make, every name of the package."""

from __future__ import annotations

import importlib.util
import re

import click
import pytest

import wandb_testkit as wt
from tests.pages import DOCS, ROOT, text_of
from wandb_testkit.cli import main

PAGES = ["README.md", *sorted(path.relative_to(DOCS).as_posix() for path in DOCS.rglob("*.md"))]


def commands(text: str) -> list[list[str]]:
    """What stands in code behind `wandb-testkit`, word by word; of words with "|" between them each one."""
    lines = re.findall(r"(?:^(?: {4}|\$ )?|`)wandb-testkit ([^`\n#]*)", text, re.M)
    return [line.replace("\\|", "|").replace(" | ", "|").split() for line in lines]


def option_names(command: click.Command) -> set[str]:
    return {name for parameter in command.params for name in (*parameter.opts, *parameter.secondary_opts)} | {"--help"}


def unknown_words(words: list[str]) -> list[str]:
    """The command, if there is none of the name, or those of its options that it does not have."""
    command: click.Command = main
    context = click.Context(main)
    for word in words:
        if not isinstance(command, click.Group) or word.startswith("-"):
            break
        found = command.get_command(context, word)
        if found is None:
            return [word]
        command = found
    behind = words[: words.index("--")] if "--" in words else words
    options = [word.partition("=")[0] for word in behind if re.match(r"--?[a-z]", word)]
    return [option for option in options if option not in option_names(command)]


@pytest.mark.parametrize("page", PAGES)
def test_every_command_is_there_with_its_options(page: str) -> None:
    unknown = {" ".join(words): missing for words in commands(text_of(page)) if (missing := unknown_words(words))}

    assert unknown == {}


@pytest.mark.parametrize("page", PAGES)
def test_every_target_of_make_and_every_module_that_is_run_is_there(page: str) -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    text = text_of(page)

    targets = {
        target for target in re.findall(r"`make ([\w-]+)", text) if not re.search(rf"^{target}:", makefile, re.M)
    }
    modules = {name for name in re.findall(r"python -m ([\w.]+)", text) if importlib.util.find_spec(name) is None}

    assert (targets, modules) == (set(), set())


@pytest.mark.parametrize("page", PAGES)
def test_every_name_of_the_package_is_there(page: str) -> None:
    text = text_of(page)

    missing = [name for name in sorted(set(re.findall(r"\bwt\.([A-Za-z]\w*)", text))) if not hasattr(wt, name)]
    hands = sorted(set(re.findall(r"\bfake\.server\.([a-z]\w*)", text)))
    with wt.fake() as fake:
        missing += [f"server.{name}" for name in hands if not hasattr(fake.server, name)]

    assert missing == []
