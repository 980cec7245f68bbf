"""What the README shows is run."""

from __future__ import annotations

import importlib
import json
import re

import pytest

import wandb_testkit as wt
from tests.clients.results import with_tables
from tests.mutants.every import ALL
from tests.pages import ROOT, blocks, not_printed, text_of
from wandb_testkit import spec
from wandb_testkit.cli import main
from wandb_testkit.errors import NotModelledAttributeError, NotModelledError
from wandb_testkit.profiles import Profile
from wandb_testkit.verification.products import whole
from wandb_testkit.verification.programs import PROGRAM_PRODUCTS

README = text_of("README.md")


def test_the_example_passes_as_it_stands(pytester: pytest.Pytester) -> None:
    (example,) = blocks(README, "python")
    pytester.makepyfile(test_example=example)

    result = pytester.runpytest_subprocess("--wandb-fake", "-p", "no:cacheprovider")

    result.assert_outcomes(passed=1)


def test_the_example_notices_a_wrong_loss_and_shows_it_as_it_says(pytester: pytest.Pytester) -> None:
    (example,) = blocks(README, "python")
    pytester.makepyfile(test_example=example.replace("1 / (epoch + 1)", "1 / (epoch + 2)"))

    result = pytester.runpytest_subprocess("--wandb-fake", "-p", "no:cacheprovider")

    result.assert_outcomes(failed=1)
    assert not_printed(README.replace("pj10yacp", "..."), "\n".join(result.outlines)) == []


def test_the_tables_of_real_clients_are_those_of_the_stored_results() -> None:
    assert with_tables(README) == README, "run: python -m tests.clients.results"


def test_the_figures_are_those_of_the_kit() -> None:
    programs = sum(whole(profile, product) for profile in Profile for product in PROGRAM_PRODUCTS)
    quotient = sum(whole(profile, "quotient") for profile in Profile)
    everything = json.loads((ROOT / "fixtures/agreement/full-product.json").read_text(encoding="utf-8"))
    real = json.loads((ROOT / "fixtures/agreement/wandb-0.31.0.json").read_text(encoding="utf-8"))

    assert f"All {len(spec.clauses())} [clauses]" in README
    assert f"({quotient:,} inits, each in a world of its own)" in README
    assert f"all {everything['cells']:,} reachable cells" in README
    assert f"{len(ALL)} planted bugs" in README
    assert f"does in {real['agreeing']} cells" in README
    assert f"{programs:,} programs" in README
    assert (everything["complaints"], real["complaints"]) == ([], [])


def test_every_command_of_the_kit_is_listed() -> None:
    (listed,) = re.findall(r"^\| `wandb-testkit` \| (.*) \|$", README, re.M)

    assert {name.strip("`") for name in listed.split(", ")} == set(main.commands)


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("registries", "create_registry"),
        ("reports", "reports"),
        ("automations", "automations"),
        ("run queues", "run_queue"),
        ("jobs", "job"),
    ],
)
def test_what_is_said_to_be_refused_is_refused(words: str, name: str) -> None:
    refused = README.partition("Refused by name until it is: ")[2].partition("Not heard by")[0]
    with wt.fake(profile="current", environ={}), wt.install(profile="current"):
        api = importlib.import_module("wandb").Api()

        assert words in refused
        with pytest.raises(NotModelledAttributeError):
            getattr(api, name)


def test_the_setting_launch_is_refused_as_it_says() -> None:
    assert "the setting `launch`" in README
    with wt.fake(profile="current", environ={}) as fake, pytest.raises(NotModelledError, match="launch"):
        fake.init(settings={"launch": True})
