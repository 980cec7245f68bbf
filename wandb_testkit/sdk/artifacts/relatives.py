"""Owns what belongs to an artifact that has been logged: its collections, files, links, and the runs around it.

All of it are objects of the public API, in the shape of the profile. Source: observed with 0.31.0 and 0.10.33.
"""

from __future__ import annotations

from typing import Any, TypeVar

from wandb_testkit.artifact_records import ArtifactRequest
from wandb_testkit.records import RunPath
from wandb_testkit.sdk import present
from wandb_testkit.sdk.artifacts.contents import ArtifactContents
from wandb_testkit.sdk.artifacts.states import when_logged

S = TypeVar("S", bound="ArtifactRelatives")


class ArtifactRelatives(ArtifactContents):
    """What belongs to an artifact."""

    @property
    @when_logged
    def collection(self) -> Any:
        """The collection in which it was found: an `ArtifactCollection` of the public API."""
        return present.public_api().collection_at(self.entity, self.project, _bare(self.name), self.type)

    @property
    @when_logged
    def source_collection(self) -> Any:
        """The collection that it was logged to."""
        where = (self.source_entity, self.source_project, _bare(self.source_name))
        return present.public_api().collection_at(*where, self.type)

    @property
    @when_logged
    def linked_artifacts(self: S) -> list[S]:
        """Its links, as artifacts; a link has none."""
        if self.is_link:
            return []
        places = present.public_api().links_of(self._known().id)
        found = [
            self._deliver(ArtifactRequest(RunPath(entity, project, ""), name)).artifact
            for entity, project, name in places
        ]
        return [self._again(info) for info in found if info is not None]

    @when_logged
    def files(self, names: list[str] | None = None, per_page: int = 50, start: str | None = None) -> Any:
        """Its files and references, or those with these names: an `ArtifactFiles` of the public API."""
        return present.public_api().files_of(self, names, per_page, start)

    @when_logged
    def used_by(self) -> list[Any]:
        """The runs that used it: `Run`s of the public API."""
        return present.public_api().users_of(self._known().id)

    @when_logged
    def logged_by(self) -> Any:
        """The run that logged it: a `Run` of the public API; None if none did."""
        return present.public_api().maker_of(self._known().id)


def _bare(name: str) -> str:
    return name.partition(":")[0]
