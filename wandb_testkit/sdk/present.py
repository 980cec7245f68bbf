"""Owns the answer to "which process of the SDK is this?", for code that Python or IPython calls and not the kit.

The world in force knows; it stands above the SDK, and says here how to ask it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from wandb_testkit.sdk.session import Session


class Source(NamedTuple):
    """What a world tells.

    Attributes:
        session: The process that code under test runs in.
        page: A page in HTML of the run with this id, or of the last one if it is None; None where there is no run.
    """

    session: Callable[[], Session]
    page: Callable[[str | None], str | None]


_sources: list[Source] = []


def told_by(source: Source) -> None:
    """Ask this one from now on."""
    _sources[:] = [source]


def session() -> Session:
    """The session of the world in force."""
    return _sources[0].session()


def page(run_id: str | None) -> str | None:
    """The page of a run of the world in force."""
    return _sources[0].page(run_id)
