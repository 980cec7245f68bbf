"""Owns the collections of a whole project, of whatever type."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from wandb_testkit.dropin.public import documents
from wandb_testkit.dropin.public.artifacts import ArtifactCollection
from wandb_testkit.dropin.public.asking import Asker
from wandb_testkit.dropin.public.paging import SizedPaginator


class ProjectArtifactCollections(SizedPaginator[ArtifactCollection]):
    """The collections of a project that fit the filters."""

    document = documents.PROJECT_COLLECTIONS
    where = ("project", "artifactCollections")
    total = staticmethod(lambda response: response["project"]["artifactCollections"]["totalCount"])

    def __init__(
        self,
        asker: Asker,
        entity: str,
        project: str,
        filters: Mapping[str, Any] | None = None,
        order: str | None = None,
        per_page: int = 50,
    ) -> None:
        self.entity, self.project = entity, project
        chosen = json.dumps(dict(filters)) if filters else None
        super().__init__(asker, {"entity": entity, "project": project, "filters": chosen, "order": order}, per_page)

    def _convert(self, node: Mapping[str, Any]) -> ArtifactCollection:
        kind = node["defaultArtifactType"]["name"]
        return ArtifactCollection(self._asker, self.entity, self.project, kind, node)

    def _what(self) -> str:
        return f"project {self.entity}/{self.project}"
