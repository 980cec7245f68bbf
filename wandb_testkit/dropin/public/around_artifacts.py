"""Owns what an artifact finds of the public API: its collection, its files, its links, the runs around it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from wandb_testkit.artifact_records import ArtifactFileRequest
from wandb_testkit.dropin.public import documents
from wandb_testkit.dropin.public.asking import Asker
from wandb_testkit.dropin.public.files import CurrentFile
from wandb_testkit.dropin.public.paging import SizedPaginator
from wandb_testkit.records import RunPath

if TYPE_CHECKING:
    from wandb_testkit.dropin.public.runs import Run

NOWHERE = RunPath("", "", "")


class ArtifactFile(CurrentFile):
    """A file of an artifact."""

    def __init__(self, asker: Asker, attrs: Mapping[str, Any], artifact: Any) -> None:
        super().__init__(asker, attrs, None)
        self._artifact = artifact

    def _content(self) -> bytes | None:
        return self._asker.tell(ArtifactFileRequest(NOWHERE, self._artifact.id, self.name)).file


class ArtifactFiles(SizedPaginator[ArtifactFile]):
    """The files of a version, or those with these names."""

    document = documents.ARTIFACT_FILES
    where = ("project", "artifactCollection", "artifactMembership", "files")
    total = staticmethod(
        lambda response: response["project"]["artifactCollection"]["artifactMembership"]["files"]["totalCount"]
    )

    def __init__(self, asker: Asker, artifact: Any, names: list[str] | None = None, per_page: int = 50) -> None:
        self.artifact = artifact
        variables = {
            "entity": artifact.entity,
            "project": artifact.project,
            "collection": artifact.name.partition(":")[0],
            "alias": artifact.version,
            "fileNames": names,
        }
        super().__init__(asker, variables, per_page)

    @property
    def path(self) -> list[str]:
        """Entity, project and name of the version."""
        return [self.artifact.entity, self.artifact.project, self.artifact.name]

    def _convert(self, node: Mapping[str, Any]) -> ArtifactFile:
        return ArtifactFile(self._asker, node, self.artifact)

    def __repr__(self) -> str:
        return f"<ArtifactFiles {'/'.join(self.path)} ({len(self)})>"


class AroundArtifacts:
    """What the public API of both profiles tells artifacts of the SDK; BaseApi is one."""

    _asker: Asker
    run_class: type[Run]

    def collection_at(self, entity: str, project: str, name: str, type: str) -> Any:
        """A collection."""
        from wandb_testkit.dropin.public.artifacts import ArtifactType

        return ArtifactType(self._asker, entity, project, type, {"name": type}).collection(name)

    def links_of(self, artifact_id: str) -> list[tuple[str, str, str]]:
        """Entity, project and "name:v0" of each link."""
        told = self._asker.ask(documents.ARTIFACT_LINKS, {"id": artifact_id})["artifact"]["artifactMemberships"]
        found = []
        for node in (edge["node"] for edge in told["edges"]):
            collection = node["artifactCollection"]
            if collection["__typename"] == "ArtifactPortfolio":
                found.append((*_place(collection), f"{collection['name']}:v{node['versionIndex']}"))
        return found

    def files_of(self, artifact: Any, names: list[str] | None, per_page: int, start: str | None) -> ArtifactFiles:
        """Its files.

        Raises:
            NotModelledError: They should not begin at the start.
        """
        from wandb_testkit.dropin.public.current import _must_begin_at_the_start

        _must_begin_at_the_start(start)
        return ArtifactFiles(self._asker, artifact, names, per_page)

    def users_of(self, artifact_id: str) -> list[Run]:
        """The runs that used it."""
        found: list[Run] = []
        cursor: str | None = None
        while True:
            asked = {"id": artifact_id, "cursor": cursor}
            told = self._asker.ask(documents.ARTIFACT_USED_BY, asked)["artifact"]["usedBy"]
            found += [self._run_at(edge["node"]) for edge in told["edges"]]
            if not told["pageInfo"]["hasNextPage"]:
                return found
            cursor = told["pageInfo"]["endCursor"]

    def maker_of(self, artifact_id: str) -> Run | None:
        """The run that logged it, None if none did."""
        told = self._asker.ask(documents.ARTIFACT_CREATED_BY, {"id": artifact_id})["artifact"]["createdBy"] or {}
        return self._run_at(told) if told.get("__typename") == "Run" else None

    def _run_at(self, told: Mapping[str, Any]) -> Run:
        return self.run_class(self._asker, *_place(told), told["name"])


def _place(told: Mapping[str, Any]) -> tuple[str, str]:
    return told["project"]["entity"]["name"], told["project"]["name"]
