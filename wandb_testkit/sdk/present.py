"""Owns the answer to "which process of the SDK is this?", for code that Python or IPython calls and not the kit.

The world in force knows; it stands above the SDK, and says here how to ask it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

if TYPE_CHECKING:
    from wandb_testkit.sdk.session import Session


class PublicApi(Protocol):
    """What objects of the SDK ask of the public API: of a version by its id, or by the version itself."""

    def collection_at(self, entity: str, project: str, name: str, type: str) -> Any:
        """A collection."""

    def links_of(self, artifact_id: str) -> list[tuple[str, str, str]]:
        """Entity, project and "name:v0" of each link."""

    def files_of(self, artifact: Any, names: list[str] | None, per_page: int, start: str | None) -> Any:
        """Its files."""

    def users_of(self, artifact_id: str) -> list[Any]:
        """The runs that used it."""

    def maker_of(self, artifact_id: str) -> Any:
        """The run that logged it, None if none did."""


class Source(NamedTuple):
    """What a world tells.

    Attributes:
        session: The process that code under test runs in.
        page: A page in HTML of the run with this id, or of the last one if it is None; None where there is no run.
        public_api: The public API of that process, in the shape of its profile.
    """

    session: Callable[[], Session]
    page: Callable[[str | None], str | None]
    public_api: Callable[[], PublicApi]


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


def public_api() -> PublicApi:
    """The public API of the world in force."""
    return _sources[0].public_api()
