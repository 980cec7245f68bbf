"""The table of names: whole, resolvable, and the same as its page."""

from __future__ import annotations

import importlib
import importlib.util
from pathlib import Path
from typing import Any

import pytest

from wandb_testkit.dropin import names, originals, real_names
from wandb_testkit.profiles import CLASSIC, CURRENT, Profile
from wandb_testkit.world import BEHAVIOURS

PAGE = Path(__file__).parents[2] / names.PAGE


def modules_of(profile: Profile) -> list[str]:
    """Those of the profile, without those whose names need a library that is not installed here."""
    return [
        module
        for module in names.NAMES
        if names.has_module(module, profile)
        and (module not in names.NEEDS or importlib.util.find_spec(names.NEEDS[module]) is not None)
    ]


def test_the_page_is_what_the_table_says() -> None:
    assert PAGE.read_text() == real_names.markdown(), "python -m wandb_testkit.dropin.names > docs/names.md"


def test_every_name_of_the_profile_is_there_and_listed(wandb: Any, profile: Profile) -> None:
    wandb.init(project="p", mode="offline")
    for fullname in modules_of(profile):
        module = importlib.import_module(fullname)
        for name in names.names_of(fullname, profile):
            assert hasattr(module, name), f"{fullname}.{name}"
            assert name in dir(module), f"{fullname}.{name}"


def test_a_name_of_the_other_profile_only_is_not_there(wandb: Any, profile: Profile) -> None:
    others = [
        (fullname, name)
        for fullname in modules_of(profile)
        for name, entry in names.NAMES[fullname].items()
        if profile not in entry.profiles
    ]

    assert others
    for fullname, name in others:
        module = importlib.import_module(fullname)
        assert not hasattr(module, name), f"{fullname}.{name}"
        assert name not in dir(module), f"{fullname}.{name}"


def test_every_module_has_its_parent_in_the_table() -> None:
    for fullname in names.NAMES:
        assert fullname == "wandb" or fullname.rpartition(".")[0] in names.NAMES


def test_a_name_has_one_source_wherever_it_stands() -> None:
    for name in ("Run", "Settings", "Config", "Summary", "Error", "CommError", "UsageError", "init", "finish", "login"):
        sources = {
            table[name].source
            for module, table in names.NAMES.items()
            if name in table and not module.startswith("wandb.apis")  # their Run is another
        }
        assert len(sources) == 1, name


def test_a_star_import_brings_no_name_that_is_refused() -> None:
    for profile in names.STAR:
        assert set(names.star_of("wandb", profile)) == set(names.STAR[profile]) & set(names.names_of("wandb", profile))


def test_versions_are_those_that_the_profiles_play() -> None:
    assert {p: b.version for p, b in BEHAVIOURS.items()} == originals.VERSIONS


@pytest.mark.parametrize(
    ("version", "profile"),
    [
        ("0.8.36", CLASSIC),
        ("0.10.33", CLASSIC),
        ("0.12.21", CLASSIC),
        ("0.12.2rc1", CLASSIC),
        ("0.13.0", CURRENT),
        ("0.13rc1", CURRENT),
        ("0.31.0", CURRENT),
        ("1.0", CURRENT),
        (None, CURRENT),
        ("unknown", CURRENT),
    ],
)
def test_profile_of_an_installed_version(version: str | None, profile: Profile) -> None:
    assert originals.profile_of(version) is profile
