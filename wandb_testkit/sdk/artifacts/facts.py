"""Owns what an artifact is: names, texts, aliases, sizes and times, most of them known once it has been logged."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta, timezone
from typing import Any, TypeVar
from urllib.parse import quote

from wandb_testkit.artifact_records import ArtifactRequest
from wandb_testkit.sdk import present
from wandb_testkit.sdk.artifacts import checks
from wandb_testkit.sdk.artifacts.manifest import Manifest
from wandb_testkit.sdk.artifacts.metadata import friendly
from wandb_testkit.sdk.artifacts.names import REGISTRY_PREFIX, is_registry
from wandb_testkit.sdk.artifacts.standing import NOWHERE, ArtifactStanding
from wandb_testkit.sdk.artifacts.states import ArtifactTTL, when_logged

S = TypeVar("S", bound="ArtifactFacts")

INHERIT_S = -1
FOR_EVER_S = -2
"""Times to live that are none (protocol.md trap 15)."""


class ArtifactFacts(ArtifactStanding):
    """What an artifact is."""

    @property
    def id(self) -> str | None:
        """Its id on the server, None for a draft."""
        return None if self._info is None or self.is_draft() else self._info.id

    @property
    def name(self) -> str:
        """ "model" of a draft, then "model:v0"."""
        return self._name

    @property
    def source_name(self) -> str:
        """The name under which it was logged; of a link another one."""
        return self._source_name

    @property
    def type(self) -> str:
        """Such as "model"."""
        return self._type

    @property
    def description(self) -> str | None:
        """What the user says of it."""
        return self._description

    @description.setter
    def description(self, description: str | None) -> None:
        self._description = description

    @property
    def metadata(self) -> dict[str, Any]:
        """What the user says of it, key by key; save() sends a change."""
        return self._metadata

    @metadata.setter
    def metadata(self, metadata: dict[str, Any]) -> None:
        self._metadata = self.checked_metadata(metadata)

    def checked_metadata(self, given: Any) -> dict[str, Any]:
        """Metadata as JSON has it."""
        return checks.metadata(friendly(given))

    @property
    def manifest(self) -> Manifest:
        """What is in it."""
        return self._manifest_now()

    def _manifest_now(self) -> Manifest:
        if self._manifest is None:
            self._manifest = Manifest.from_json(self._known().manifest)
        return self._manifest

    @property
    def digest(self) -> str:
        """Of the manifest, in hex."""
        return self._info.digest if self._manifest is None and self._info is not None else self.manifest.digest()

    @property
    def size(self) -> int:
        """Bytes of all files, and of references as far as their size is known."""
        return self._info.size if self._manifest is None and self._info is not None else self.manifest.size()

    @property
    def distributed_id(self) -> str | None:
        """Under which several writers work on it."""
        return self._distributed_id

    @distributed_id.setter
    def distributed_id(self, distributed_id: str | None) -> None:
        self._distributed_id = distributed_id

    @property
    def incremental(self) -> bool:
        """Whether what it holds is added to the latest version."""
        return self._incremental

    @property
    def ttl(self) -> timedelta | None:
        """How long it lives, None for ever.

        Raises:
            ArtifactNotLoggedError: It has no time of its own, and what it inherits is not known yet.
        """
        ttl_s = self._ttl_s
        if ttl_s == INHERIT_S or (ttl_s is None and self.is_draft()):
            raise self.too_early("ttl")
        if ttl_s is None:
            ttl_s = self._known().ttl_s
        return timedelta(seconds=ttl_s) if ttl_s > 0 else None

    @ttl.setter
    def ttl(self, ttl: timedelta | ArtifactTTL | None) -> None:
        if self._type == "wandb-history":
            raise ValueError("Cannot set artifact TTL for type wandb-history")
        if self.is_link:
            raise ValueError(
                "Cannot set TTL for link artifact. Unlink the artifact first then set the TTL for the source artifact"
            )
        if ttl is None:
            self._ttl_s = FOR_EVER_S
        elif isinstance(ttl, ArtifactTTL):
            self._ttl_s = INHERIT_S
        elif ttl.total_seconds() <= 0:
            raise ValueError(f"Artifact TTL Duration has to be positive. ttl: {ttl.total_seconds()}")
        else:
            self._ttl_s = int(ttl.total_seconds())

    @property
    @when_logged
    def entity(self) -> str:
        """Whose it is."""
        return self._known().path.entity

    @property
    @when_logged
    def project(self) -> str:
        """Where it is."""
        return self._known().path.project

    @property
    @when_logged
    def version(self) -> str:
        """Such as "v0"."""
        return self._known().version

    @property
    def qualified_name(self) -> str:
        """ "entity/project/name:v0"."""
        return f"{self.entity}/{self.project}/{self.name}"

    @property
    @when_logged
    def source_entity(self) -> str:
        """Whose it was logged to be."""
        return self._known().source.entity

    @property
    @when_logged
    def source_project(self) -> str:
        """Where it was logged."""
        return self._known().source.project

    @property
    @when_logged
    def source_version(self) -> str:
        """The version as which it was logged."""
        return self._known().source_version

    @property
    def source_qualified_name(self) -> str:
        """ "entity/project/name:v0" under which it was logged."""
        return f"{self.source_entity}/{self.source_project}/{self.source_name}"

    @property
    def is_link(self) -> bool:
        """Whether it was found through a link."""
        info = self._info
        return info is not None and (info.path.entity, info.path.project, info.name) != (
            info.source.entity,
            info.source.project,
            info.source_name,
        )

    @property
    @when_logged
    def source_artifact(self: S) -> S:
        """The artifact that a link leads to."""
        if not self.is_link:
            return self
        found = self._deliver(ArtifactRequest(NOWHERE, "", self._known().id)).artifact
        assert found is not None
        return self._again(found)

    @property
    @when_logged
    def aliases(self) -> list[str]:
        """Its aliases; save() sends a change."""
        return self._aliases

    @aliases.setter
    @when_logged
    def aliases(self, aliases: Iterable[str]) -> None:
        self._aliases = checks.names_of_aliases(aliases)

    @property
    @when_logged
    def tags(self) -> list[str]:
        """Its tags; save() sends a change."""
        return self._tags

    @tags.setter
    @when_logged
    def tags(self, tags: Iterable[str]) -> None:
        self._tags = checks.names_of_tags(tags)

    @property
    @when_logged
    def commit_hash(self) -> str:
        """A text that no other version has."""
        return self._known().id

    @property
    @when_logged
    def file_count(self) -> int:
        """How many files and references it has."""
        return len(self.manifest.entries)

    @property
    @when_logged
    def created_at(self) -> str:
        """When it was logged, in the form of ISO 8601."""
        return _moment(self._known().created_at)

    @property
    @when_logged
    def updated_at(self) -> str:
        """When it was changed last."""
        return _moment(self._known().updated_at)

    @property
    @when_logged
    def linked_at(self) -> str | None:
        """When it was linked, None of what is no link."""
        moment = self._known().linked_at
        return None if moment is None else _moment(moment)

    @property
    def use_as(self) -> None:
        """Nothing; deprecated."""
        present.session().warn("use_as", "The use_as property of Artifact is deprecated.")

    @property
    @when_logged
    def history_step(self) -> int | None:
        """The last row of history that its run had logged by then."""
        step = self._known().history_step
        return None if step is None else max(0, step - 1)

    @property
    @when_logged
    def url(self) -> str:
        """Its page."""
        name, _, version = self.name.partition(":")
        base = self._way().base_url
        if self.is_link and (is_registry(self.project) or self.type == "model" or self.project == "model-registry"):
            where = quote(f"{self.entity}/{self.project}/{name}", safe="")
            shown = f"selectionPath={where}&view=membership&version={self.version}"
            if is_registry(self.project):
                return f"{base}/orgs/{self.entity}/registry/{self.project.removeprefix(REGISTRY_PREFIX)}?{shown}"
            return f"{base}/{self.entity}/registry/model?{shown}"
        return f"{base}/{self.entity}/{self.project}/artifacts/{quote(self.type)}/{quote(name)}/{version}"


def _moment(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, tz=timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
