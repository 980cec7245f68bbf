"""Owns artifacts as the public API finds them: types, collections, versions, and those of a run."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import TYPE_CHECKING, Any

from wandb_testkit.artifact_records import ArtifactRequest
from wandb_testkit.dropin.public import documents
from wandb_testkit.dropin.public.asking import Asker, normalized
from wandb_testkit.dropin.public.attrs import Attrs
from wandb_testkit.dropin.public.paging import Paginator, SizedPaginator
from wandb_testkit.errors import CommError
from wandb_testkit.records import RunPath

if TYPE_CHECKING:
    from wandb_testkit.dropin.public.runs import Run
    from wandb_testkit.sdk.artifacts.artifact import Artifact


def find_artifact(
    asker: Asker, entity: str, project: str, name: str, artifact_id: str = "", *, own_entity: str = ""
) -> Artifact:
    """A version by its name, "name:alias" or "name:v0" (without either the latest), or by its id.

    Args:
        own_entity: Whose organization a registry belongs to that is named without one; "": it is named.
    Raises:
        CommError: There is none.
    """
    from wandb_testkit.sdk.artifacts.names import is_registry
    from wandb_testkit.sdk.artifacts.registries import with_organization
    from wandb_testkit.sdk.artifacts.standing import Line

    session = asker.session
    line = Line(session.connect(asker.api_key), session.base_url())
    asked = name if ":" in name or artifact_id else f"{name}:latest"
    path = RunPath(entity, project, "")
    if own_entity:
        path = path._replace(entity="") if entity == own_entity and is_registry(project) else path
        path = with_organization(path, own_entity, session.of_process().get("organization"), line.transport.deliver)
    result = line.transport.deliver(ArtifactRequest(path, asked, artifact_id))
    if result.refusal is not None:
        raise CommError(result.refusal.message)
    if result.artifact is None:
        raise CommError(f"artifact {asked!r} not found in '{entity}/{project}'")
    kind = session.behaviour.media().artifact
    found: Artifact = kind.known_as(result.artifact, line, "" if artifact_id else asked)
    return found


class Artifacts(SizedPaginator[Any]):
    """The versions of a collection, the latest first; only those with all `tags`."""

    document = documents.ARTIFACTS
    where = ("project", "artifactType", "artifactCollection", "artifacts")
    total = staticmethod(
        lambda response: response["project"]["artifactType"]["artifactCollection"]["artifacts"]["totalCount"]
    )

    def __init__(
        self,
        asker: Asker,
        entity: str,
        project: str,
        collection_name: str,
        type: str,
        order: str | None = None,
        per_page: int = 50,
        tags: Iterable[str] | None = None,
    ) -> None:
        self.entity, self.project, self.collection_name, self.type = entity, project, collection_name, type
        self._tags = frozenset(tags or ())
        variables = {"entity": entity, "project": project, "type": type, "collection": collection_name, "order": order}
        super().__init__(asker, variables, per_page)

    def convert_objects(self) -> list[Any]:
        """The versions of the last page."""
        versions = [edge["version"] for edge in self._connection()["edges"]]
        found = [
            find_artifact(self._asker, self.entity, self.project, f"{self.collection_name}:{version}")
            for version in versions
        ]
        return [artifact for artifact in found if self._tags <= set(artifact.tags)]

    def _what(self) -> str:
        return f"artifact collection {self.entity}/{self.project}/{self.collection_name} of type {self.type!r}"

    def __repr__(self) -> str:
        return f"<Artifacts {self.entity}/{self.project}/{self.collection_name} ({len(self)})>"


class RunArtifacts(SizedPaginator[Any]):
    """The versions that a run logged, or used."""

    def __init__(self, run: Run, mode: str, per_page: int = 100) -> None:
        self.run, self.mode = run, mode
        field = {"logged": "outputArtifacts", "used": "inputArtifacts"}[mode]
        self.document = documents.RUN_ARTIFACTS[mode]
        self.where = ("project", "run", field)
        self.total = lambda response: response["project"]["run"][field]["totalCount"]
        super().__init__(run._asker, run._variables(), per_page)

    def _convert(self, node: Mapping[str, Any]) -> Any:
        return find_artifact(self._asker, "", "", "", node["id"])

    def __repr__(self) -> str:
        return f"<RunArtifacts {'/'.join(self.run.path)} {self.mode} ({len(self)})>"


class ArtifactCollection(Attrs):
    """A collection of versions: name, type, description, tags, aliases; save() sends what was changed."""

    def __init__(self, asker: Asker, entity: str, project: str, type: str, attrs: Mapping[str, Any]) -> None:
        super().__init__(attrs)
        self._asker = asker
        self.entity, self.project = entity, project
        self._saved_type = self._type = type
        self._saved_name: str = attrs["name"]
        self.name: str = attrs["name"]
        self.description: str | None = attrs["description"]
        self._saved_tags = [edge["node"]["name"] for edge in attrs["tags"]["edges"]]
        self.tags: Collection[str] = list(self._saved_tags)

    @property
    def type(self) -> str:
        """The type of its versions."""
        return self._type

    @type.setter
    def type(self, type: str) -> None:
        if not self.is_sequence():
            raise ValueError("Type can only be changed if the artifact collection is a sequence.")
        self._type = type

    @property
    def aliases(self) -> list[str]:
        """The aliases of its versions."""
        return [edge["node"]["alias"] for edge in self._attrs["aliases"]["edges"]]

    def is_sequence(self) -> bool:
        """Whether its versions are logged to it, and not linked."""
        return bool(self._attrs["__typename"] == "ArtifactSequence")

    def artifacts(self, per_page: int = 50, start: str | None = None) -> Artifacts:
        """Its versions."""
        where = (self._asker, self.entity, self.project, self._saved_name, self._saved_type)
        return Artifacts(*where, per_page=per_page)

    def versions(self, per_page: int = 50) -> Artifacts:
        """Its versions."""
        return self.artifacts(per_page)

    @normalized
    def save(self) -> None:
        """Send what was changed: name, description, type, tags.

        Raises:
            CommError: The server refuses, or a type is W&B's own.
        """
        if self._type != self._saved_type:
            self._check_types(f"Failed to save artifact collection {self.name!r}: ")
        document = documents.UPDATE_SEQUENCE if self.is_sequence() else documents.UPDATE_PORTFOLIO
        self._asker.ask(document, {"id": self.id, "name": self.name, "description": self.description})
        self._saved_name = self.name
        if self._type != self._saved_type:
            self._move()
        before, now = {*self._saved_tags}, {*self.tags}
        for change, tags in (
            (documents.ADD_COLLECTION_TAGS, now - before),
            (documents.DELETE_COLLECTION_TAGS, before - now),
        ):
            if tags:
                where = {"entity": self.entity, "project": self.project, "name": self.name}
                self._asker.ask(change, {**where, "tags": [{"tagName": tag} for tag in sorted(tags)]})
        self._saved_tags = sorted(now)

    @normalized
    def change_type(self, new_type: str) -> None:
        """Give its versions another type; the old name of setting `type` and save().

        Raises:
            CommError: It is no sequence, or a type is W&B's own.
        """
        text = "ArtifactCollection.change_type(type) is deprecated, use ArtifactCollection.save() instead."
        self._asker.session.warn("change_type", text)
        if not self.is_sequence():
            raise ValueError("Artifact collection needs to be a sequence")
        self._type = new_type
        self._check_types("")
        line = f"Changing artifact collection type of {self._saved_type!r} to {new_type!r}"
        self._asker.session.terminal.line(line, level="info")
        self._move()

    @normalized
    def delete(self) -> None:
        """Delete it: the versions of a sequence with it, of a portfolio no more than the links."""
        document = documents.DELETE_SEQUENCE if self.is_sequence() else documents.DELETE_PORTFOLIO
        self._asker.ask(document, {"id": self.id})

    def _check_types(self, prefix: str) -> None:
        from wandb_testkit.sdk.artifacts.checks import artifact_type

        try:
            artifact_type(self._type, self.name)
        except ValueError as error:
            raise ValueError(f"{prefix}{error}") from error
        try:
            artifact_type(self._saved_type, self.name)
        except ValueError as error:
            text = f"{prefix}The current type {self._saved_type!r} is an internal type and cannot be changed."
            raise ValueError(text) from error

    def _move(self) -> None:
        self._asker.ask(documents.MOVE_SEQUENCE, {"id": self.id, "type": self._type})
        self._saved_type = self._type

    def __repr__(self) -> str:
        return f"<ArtifactCollection {self.name} ({self.type})>"


class ArtifactCollections(SizedPaginator[ArtifactCollection]):
    """The collections of a type."""

    document = documents.ARTIFACT_COLLECTIONS
    where = ("project", "artifactType", "artifactCollections")
    total = staticmethod(lambda response: response["project"]["artifactType"]["artifactCollections"]["totalCount"])

    def __init__(
        self, asker: Asker, entity: str, project: str, type_name: str, order: str | None = None, per_page: int = 50
    ) -> None:
        self.entity, self.project, self.type_name = entity, project, type_name
        variables = {"entity": entity, "project": project, "type": type_name, "order": order}
        super().__init__(asker, variables, per_page)

    def _convert(self, node: Mapping[str, Any]) -> ArtifactCollection:
        return ArtifactCollection(self._asker, self.entity, self.project, self.type_name, node)

    def _what(self) -> str:
        return f"artifact type {self.type_name}"

    def __repr__(self) -> str:
        return f"<ArtifactCollections {self.type_name} ({len(self)})>"


class ArtifactType(Attrs):
    """A type of artifacts in a project.

    Raises:
        ValueError: There is no such type.
    """

    def __init__(
        self, asker: Asker, entity: str, project: str, type_name: str, attrs: Mapping[str, Any] | None = None
    ) -> None:
        self._asker = asker
        self.entity, self.project, self.type = entity, project, type_name
        super().__init__(attrs or self._load())

    def _load(self) -> Mapping[str, Any]:
        asked = {"entity": self.entity, "project": self.project, "type": self.type}
        project = self._asker.ask(documents.ARTIFACT_TYPE, asked)["project"] or {}
        found = project.get("artifactType")
        if found is None:
            raise ValueError(f"Could not find artifact type {self.type}")
        return dict(found)

    def collections(self, order: str | None = None, per_page: int = 50) -> ArtifactCollections:
        """Its collections."""
        return ArtifactCollections(self._asker, self.entity, self.project, self.type, order, per_page)

    def collection(self, name: str) -> ArtifactCollection:
        """A collection by its name.

        Raises:
            ValueError: There is none.
        """
        asked = {"entity": self.entity, "project": self.project, "type": self.type, "collection": name}
        found = self._asker.ask(documents.ARTIFACT_COLLECTION, asked)["project"]["artifactType"]["artifactCollection"]
        if found is None:
            raise ValueError(f"Could not find artifact collection {name} of type {self.type}")
        return ArtifactCollection(self._asker, self.entity, self.project, self.type, found)

    def __repr__(self) -> str:
        return f"<ArtifactType {self.type}>"


class ArtifactTypes(Paginator[ArtifactType]):
    """The types of artifacts in a project."""

    document = documents.ARTIFACT_TYPES
    where = ("project", "artifactTypes")

    def __init__(self, asker: Asker, entity: str, project: str, per_page: int = 50) -> None:
        self.entity, self.project = entity, project
        super().__init__(asker, {"entity": entity, "project": project}, per_page)

    def _convert(self, node: Mapping[str, Any]) -> ArtifactType:
        return ArtifactType(self._asker, self.entity, self.project, node["name"], node)

    def _what(self) -> str:
        return f"project {self.entity}/{self.project}"

    def __repr__(self) -> str:
        return f"<ArtifactTypes {self.entity}/{self.project}>"
