"""Owns small functions of the drop-in: require, attach, the old internal Api, config of flags."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from typing import Any

from wandb_testkit.dropin.calls import show_line
from wandb_testkit.dropin.public import documents
from wandb_testkit.dropin.public.asking import Asker
from wandb_testkit.errors import NotModelledAttributeError, UnsupportedError, UsageError
from wandb_testkit.sdk.config import mapping_of
from wandb_testkit.sdk.credentials import find_key
from wandb_testkit.world import current

NO_OP = ("service", "core")
"""Features that are the default now."""


def require(requirement: str | Iterable[str] | None = None, experiment: str | Iterable[str] | None = None) -> None:
    """Ask for a feature: those that are the default now are told so.

    Raises:
        UnsupportedError: There is no such feature.
    """
    asked = requirement or experiment or ()
    unknown = ""
    for item in (asked,) if isinstance(asked, str) else asked:
        feature = item.split("@", 1)[0].split(":", 1)[0]
        if feature in NO_OP:
            show_line(f"`wandb.require({feature!r})` is a no-op as it is now the default behavior.", "warning")
        elif feature != "require":
            unknown = f"require() unsupported requirement: {feature}"
            show_line(unknown, "warning")
    if unknown:
        raise UnsupportedError(unknown)


def attach(attach_id: str | None = None, run_id: str | None = None, *, run: Any = None) -> Any:
    """The run of this id that is active in this process; it becomes wandb.run.

    Raises:
        UsageError: Not exactly one of id and run is given, or no such run is active.
    """
    wanted = attach_id or run_id
    if (wanted is None) == (run is None):
        raise UsageError("Either (`attach_id` or `run_id`) or `run` must be specified")
    session = current().session
    found = [active for active in session.active if active is run or active.id == wanted]
    if not found:
        known = ", ".join(active.id for active in session.active) or "none"
        raise UsageError(f"Unable to attach to run {wanted or run!r}: the active runs of this process are {known}")
    session.run = found[-1]
    return found[-1]


def ensure_configured() -> None:
    """Nothing is left to be configured."""


def termsetup(settings: Any, logger: Any) -> None:
    """Take note of nothing: the world's terminal is set up."""


def patched() -> dict[str, list[Any]]:
    """What wandb has patched, by library: here nothing is, beyond the life of a world."""
    return {"tensorboard": [], "keras": [], "gym": []}


def patched_libraries(profile: object) -> dict[str, list[Any]]:
    """`wandb.patched`."""
    return patched()


def parse_config(params: Any, exclude: Any = None, include: Any = None) -> dict[Any, Any]:
    """The values of a mapping, of argparse's or absl's flags, or of a config file; only those that are asked for.

    Raises:
        UsageError: Both `exclude` and `include` are given.
    """
    if exclude and include:
        raise UsageError("Expected at most only one of exclude or include")
    session = current().session
    values = dict(mapping_of(params, session.behaviour.config, session.files))
    if include:
        values = {key: value for key, value in values.items() if key in include}
    return {key: value for key, value in values.items() if key not in (exclude or ())}


class InternalApi:
    """`wandb.api`: whose key there is, and the settings of the process.

    Raises:
        NotModelledAttributeError: Any other of its names is read.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self._environ = os.environ

    @property
    def api_key(self) -> str | None:
        """The key that the process uses, None if there is none."""
        return find_key(current().session)

    @property
    def is_authenticated(self) -> bool:
        """Whether there is a key."""
        return self.api_key is not None

    @property
    def default_entity(self) -> str | None:
        """Where the account writes unless told otherwise."""
        entity: str | None = self.viewer().get("entity")
        return entity

    def viewer(self) -> dict[str, Any]:
        """The user whose key it is."""
        return dict(Asker(current().session).ask(documents.VIEWER, {})["viewer"] or {})

    def settings(self, key: str | None = None, section: str | None = None) -> Any:
        """The settings that say where runs go: all, or one."""
        session = current().session
        given: Mapping[str, Any] = session.of_process()
        values = {
            "entity": given.get("entity"),
            "project": given.get("project"),
            "section": "default",
            "run": given.get("run_id"),
            "base_url": session.base_url(),
            "ignore_globs": list(given.get("ignore_globs") or ()),
            "git_remote": "origin",
        }
        return values if key is None else values[key]

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        raise NotModelledAttributeError(
            f"wandb.api.{name} belongs to the inside of wandb, and is not part of the kit; use wandb.Api()", name=name
        )


def internal_api(profile: object) -> InternalApi:
    """`wandb.api`."""
    return InternalApi()
