"""The pages of the decision tables are those that the tables make."""

from __future__ import annotations

from pathlib import Path

import pytest

from wandb_testkit.profiles import CLASSIC, CURRENT, Profile
from wandb_testkit.spec import markdown

DOCS = Path(__file__).parents[2] / "docs"


@pytest.mark.parametrize("profile", [CLASSIC, CURRENT], ids=str)
def test_the_page_in_docs_is_what_the_command_prints(profile: Profile) -> None:
    page = DOCS / f"spec-{profile}.md"

    told = f"make it anew: wandb-testkit spec --profile {profile} --markdown > docs/{page.name}"
    assert page.read_text(encoding="utf-8") == markdown(profile), told
