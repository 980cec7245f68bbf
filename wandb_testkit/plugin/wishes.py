"""Owns what a test says in `@pytest.mark.wandb(...)`."""

from __future__ import annotations

from dataclasses import dataclass, fields

import pytest

from wandb_testkit.profiles import Profile, to_profile


@dataclass(frozen=True)
class Wishes:
    """The arguments of the marker; None means "as the run says".

    Attributes:
        profile: Which wandb.init() to play.
        strict: An unfinished run fails the test.
        allow_unfinished: An unfinished run is nothing to speak of.
    """

    profile: Profile | None = None
    strict: bool | None = None
    allow_unfinished: bool = False


def wishes_of(item: pytest.Item) -> Wishes:
    """Read the markers of a test; the closest one that names an argument decides it.

    Raises:
        pytest.fail.Exception: A marker has an argument that does not exist, or a profile that does not.
    """
    known = [field.name for field in fields(Wishes)]
    said: dict[str, object] = {}
    for mark in item.iter_markers("wandb"):
        strange = [repr(value) for value in mark.args] + [name for name in mark.kwargs if name not in known]
        if strange:
            pytest.fail(
                f"@pytest.mark.wandb does not take {', '.join(strange)}; it takes "
                f"{', '.join(f'{name}=' for name in known)} (all by keyword)",
                pytrace=False,
            )
        said = {**mark.kwargs, **said}
    if "profile" in said:
        try:
            said["profile"] = to_profile(str(said["profile"]))
        except ValueError as unknown:
            pytest.fail(f"@pytest.mark.wandb: {unknown}", pytrace=False)
    return Wishes(**said)  # type: ignore[arg-type]
