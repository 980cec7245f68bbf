"""Owns what is changed of an artifact that has been logged: texts and aliases, links, its end, its next version."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, TypeVar

from wandb_testkit.artifact_records import DeleteArtifactRecord, EditArtifactRecord, LinkArtifactRecord
from wandb_testkit.sdk import present
from wandb_testkit.sdk.artifacts import checks
from wandb_testkit.sdk.artifacts.manifest import Manifest
from wandb_testkit.sdk.artifacts.names import target_of
from wandb_testkit.sdk.artifacts.registries import with_organization
from wandb_testkit.sdk.artifacts.relatives import ArtifactRelatives
from wandb_testkit.sdk.artifacts.states import when_logged

S = TypeVar("S", bound="ArtifactEdits")


class ArtifactEdits(ArtifactRelatives):
    """What is changed of an artifact."""

    def save(self, project: str | None = None, settings: Any = None) -> None:
        """Send what was changed of an artifact that has been logged; log a draft to the active run.

        Args:
            project, settings: Of the run of job type "auto" that logs a draft where no run is active.
        Raises:
            CommError: The server refuses.
        """
        if self.is_draft():
            self._log_draft(project, settings)
            return
        info = self._known()
        edited = self._deliver(
            EditArtifactRecord(
                info.path,
                info.id,
                info.name,
                description=self._description,
                metadata=self.checked_metadata(self._metadata),
                ttl_s=self._ttl_s,
                aliases_added=tuple(sorted({*self._aliases} - {*info.aliases})),
                aliases_deleted=tuple(sorted({*info.aliases} - {*self._aliases})),
                tags_added=tuple(sorted({*self._tags} - {*info.tags})),
                tags_deleted=tuple(sorted({*info.tags} - {*self._tags})),
            )
        ).artifact
        if edited is not None:
            self._learn(edited)

    def _log_draft(self, project: str | None, settings: Any) -> None:
        session = present.session()
        if session.active:
            session.active[-1].log_artifact(self)
            return
        from wandb_testkit.sdk.init import init  # who logs to a run has loaded it

        arguments = session.behaviour.arguments(
            project=project, job_type="auto", settings={"silent": True} if settings is None else settings
        )
        with init(session, arguments) as run:
            run.log_artifact(self)

    @when_logged
    def delete(self, delete_aliases: bool = False) -> None:
        """Delete it; of a link only the link.

        Raises:
            CommError: It has aliases, and they are not to go with it.
        """
        info = self._known()
        unlinked = info.name if self.is_link else ""
        self._deliver(DeleteArtifactRecord(info.path, info.id, delete_aliases, unlinked))

    @when_logged
    def unlink(self) -> None:
        """Take a link away.

        Raises:
            ValueError: It is none.
        """
        if not self.is_link:
            raise ValueError(
                f"Artifact {self.qualified_name!r} is not a linked artifact and cannot be unlinked.  To delete it, use "
                "'Artifact.delete' instead."
            )
        self.delete()

    def link(self: S, target_path: str, aliases: Iterable[str] | None = None) -> S:
        """Link it to a collection, and return the link."""
        self.wait()
        info = self._known()
        path, name = target_of(target_path, info.source._replace(run_id=""))
        preferred = present.session().of_process().get("organization")
        path = with_organization(path, info.source.entity, preferred, self._deliver)
        linked = self._deliver(
            LinkArtifactRecord(path, info.id, name, tuple(checks.names_of_aliases(aliases)))
        ).artifact
        assert linked is not None
        return self._again(linked)

    @when_logged
    def new_draft(self: S) -> S:
        """A draft with the same content, to be changed and logged as the next version."""
        kind = self.__class__
        draft = kind.__new__(kind)
        draft._begin(self.source_name.partition(":")[0], self.type, self.description, self.metadata)
        draft._base_id = self.id
        draft._manifest = Manifest.from_json(self.manifest.to_manifest_json())
        for entry in draft._manifest.entries.values():
            if entry.ref is None:
                entry.content = self.content_of(self.manifest.entries[entry.path])
        return draft

    @when_logged
    def json_encode(self) -> dict[str, Any]:
        """What config keeps of it."""
        return {
            "_type": "artifactVersion",
            "_version": "v0",
            "id": self.id,
            "version": self.source_version,
            "sequenceName": self.source_name.partition(":")[0],
            "usedAs": None,
        }
