"""Owns the projects of the public API."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from wandb_testkit.dropin.public import documents
from wandb_testkit.dropin.public.artifacts import ArtifactTypes
from wandb_testkit.dropin.public.asking import Asker
from wandb_testkit.dropin.public.attrs import Attrs, frame, shown_as
from wandb_testkit.dropin.public.members import User
from wandb_testkit.dropin.public.paging import Paginator
from wandb_testkit.dropin.public.project_collections import ProjectArtifactCollections
from wandb_testkit.dropin.public.sweeps import Sweeps


class Project(Attrs):
    """A project; asked for when somebody reads more than its name."""

    def __init__(self, asker: Asker, entity: str, project: str, attrs: Mapping[str, Any]) -> None:
        super().__init__(attrs)
        self._asker = asker
        self._is_loaded = bool(attrs)
        self.name = project
        self.entity = entity

    def artifacts_types(self, per_page: int = 50) -> ArtifactTypes:
        """Its types of artifacts."""
        return ArtifactTypes(self._asker, self.entity, self.name, per_page)

    @property
    def path(self) -> list[str]:
        """Entity and name."""
        return [self.entity, self.name]

    def __repr__(self) -> str:
        return f"<Project {'/'.join(self.path)}>"

    def __getattr__(self, name: str) -> Any:
        if not name.startswith("_") and not self._is_loaded:
            self._load()
        return super().__getattr__(name)

    def _load(self) -> None:
        told = self._asker.ask(documents.PROJECT, {"name": self.name, "entity": self.entity})
        self._attrs = dict(told["project"] or {})
        self._is_loaded = True


@shown_as("Project")
class CurrentProject(Project):
    """A project as 0.31 has it."""

    @property
    def id(self) -> str:
        """Its id on the server.

        Raises:
            ValueError: There is no such project.
        """
        if not self._is_loaded:
            self._load()
        if "id" not in self._attrs:
            raise ValueError(f"Project {self.name} not found")
        return str(self._attrs["id"])

    @property
    def owner(self) -> User:
        """Who made it.

        Raises:
            ValueError: That is not known.
        """
        if "user" not in self._attrs:
            self._load()
        if not self._attrs.get("user"):
            raise ValueError(f"No user found for project {self.name}")
        return User(self._asker, self._attrs["user"])

    @property
    def url(self) -> str:
        """Its page."""
        return f"{self._asker.app_url}{'/'.join(self.path)}/workspace"

    def collections(
        self, filters: Mapping[str, Any] | None = None, order: str | None = None, per_page: int = 50
    ) -> ProjectArtifactCollections:
        """Its collections of artifacts that fit the filters, in order."""
        return ProjectArtifactCollections(self._asker, self.entity, self.name, filters, order, per_page)

    def sweeps(self, per_page: int = 50, filters: dict[str, Any] | None = None, order: str | None = None) -> Sweeps:
        """Its sweeps."""
        return Sweeps(self._asker, self.entity, self.name, per_page=per_page, filters=filters)

    def to_html(self, height: int = 420, hidden: bool = False) -> str:
        """A frame with its page."""
        return frame(self.url, height, hidden, "project")

    def _repr_html_(self) -> str:
        return self.to_html()


class Projects(Paginator[Project]):
    """The projects of an entity."""

    document = documents.PROJECTS
    where = ("models",)
    project_class: type[Project] = Project

    def __init__(self, asker: Asker, entity: str, per_page: int = 50) -> None:
        self.entity = entity
        super().__init__(asker, {"entity": entity}, per_page)

    @property
    def length(self) -> int | None:
        """None: the server does not tell how many there are."""
        return None

    def _convert(self, node: Mapping[str, Any]) -> Project:
        return self.project_class(self._asker, self.entity, node["name"], node)

    def __repr__(self) -> str:
        return f"<Projects {self.entity}>"


@shown_as("Projects")
class CurrentProjects(Projects):
    """Projects as 0.31 has them."""

    project_class = CurrentProject
