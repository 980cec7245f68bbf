"""Owns which public API a profile has."""

from __future__ import annotations

from wandb_testkit.dropin.public.api import BaseApi
from wandb_testkit.profiles import CURRENT, Profile


def api_of(profile: Profile) -> BaseApi:
    """The public API of the world in force, in the shape of its profile.

    Raises:
        UsageError: There is no key.
    """
    if profile is CURRENT:
        from wandb_testkit.dropin.public import current

        return current.Api()
    from wandb_testkit.dropin.public import classic

    return classic.Api()
