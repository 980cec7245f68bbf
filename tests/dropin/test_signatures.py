"""The drop-in's functions, classes and methods take what wandb's do, but for a few, each with its reason."""

from __future__ import annotations

import json
import re
import sys

import pytest

from tests.dropin import real_signatures
from wandb_testkit.dropin import originals
from wandb_testkit.profiles import Profile

NOBODY_MAKES = "nobody makes one but wandb itself"
MEDIA = "log() calls it, and nobody else; the first argument is given by position"
ONE_CLASS = "one class serves both profiles: what 0.31 takes besides does nothing here"

KNOWN = {
    r"wandb\.apis\.public(\.\w+)?\.(ArtifactType\.collections|ArtifactCollection\.artifacts)": (
        "collections are not chosen by filters, nor read from the middle"
    ),
    r"wandb\.apis\.public\.normalize_exceptions": "it is a decorator",
    r"wandb\.(Config|wandb_run\.Run|Run|viz\.CustomChart)": NOBODY_MAKES,
    r"wandb\.sdk\.(Summary|wandb_run\.Run|wandb_metric\.Metric)": NOBODY_MAKES,
    r"wandb\.apis\.(public|paginator|attrs)(\.[a-z_]+)?\.[A-Z]\w+": NOBODY_MAKES,
    r"wandb\.sdk\.artifacts\..*|wandb\.data_types\.BatchableMedia": NOBODY_MAKES,
    r"wandb\.Settings(\.update)?": "settings are given by name, and each name is checked",
    r".*\.(bind_to_run|to_json|captions|guess_mode)": MEDIA,
    r"wandb\.Artifact\..*": ONE_CLASS,
    r"wandb\.(errors\.|sdk\.lib\.config_util\.)?\w*Error": ONE_CLASS,
    r"wandb\.sdk\.lib\.telemetry\..*": "0.10 has messages of protobuf there, which nobody makes",
    r"wandb\.InternalApi\.settings": "it belongs to the inside of wandb",
}
"""Patterns of names -> why their parameters are others."""


@pytest.fixture(scope="module", params=list(Profile), ids=str)
def compared(request: pytest.FixtureRequest) -> tuple[int, dict[str, tuple[str, str]]]:
    return real_signatures.differing(request.param)


def test_signatures_are_those_of_wandb_but_for_those_with_a_reason(
    compared: tuple[int, dict[str, tuple[str, str]]],
) -> None:
    count, others = compared

    assert {name: told for name, told in others.items() if not any(re.fullmatch(known, name) for known in KNOWN)} == {}
    assert count > 500
    assert len(others) / count < 0.13


def test_every_reason_is_still_needed() -> None:
    others = [name for profile in Profile for name in real_signatures.differing(profile)[1]]

    assert [known for known in KNOWN if not any(re.fullmatch(known, name) for name in others)] == []


@pytest.mark.skipif(
    originals.installed_version() not in originals.VERSIONS.values(),
    reason=f"needs wandb {' or '.join(originals.VERSIONS.values())} in this interpreter",
)
def test_the_stored_signatures_are_what_wandb_has() -> None:
    profile = next(p for p, version in originals.VERSIONS.items() if version == originals.installed_version())
    stored = json.loads(real_signatures.FILE.read_text(encoding="utf-8"))[str(profile)]

    assert real_signatures.real(sys.executable) == stored
