"""Owns the public API of the current drop-in: the names and signatures of wandb 0.31.0."""

from __future__ import annotations

from typing import Any

from wandb_testkit.dropin.public import documents, files, places
from wandb_testkit.dropin.public import projects as projects_module
from wandb_testkit.dropin.public import runs as runs_module
from wandb_testkit.dropin.public.api import BaseApi
from wandb_testkit.dropin.public.artifacts import (
    ArtifactCollection,
    ArtifactCollections,
    Artifacts,
    ArtifactType,
    ArtifactTypes,
    find_artifact,
)
from wandb_testkit.dropin.public.artifacts import (
    RunArtifacts as RunArtifacts,
)
from wandb_testkit.dropin.public.asking import normalized
from wandb_testkit.dropin.public.current_runs import Run, Runs
from wandb_testkit.dropin.public.members import Team, User
from wandb_testkit.dropin.public.project_collections import ProjectArtifactCollections as ProjectArtifactCollections
from wandb_testkit.dropin.public.projects import CurrentProject as Project
from wandb_testkit.dropin.public.projects import CurrentProjects as Projects
from wandb_testkit.dropin.public.registries import Registries, Registry, organization_of, registry_of
from wandb_testkit.dropin.public.sweeps import CurrentSweep as Sweep
from wandb_testkit.errors import CommError, Error, NotModelledError

File = files.CurrentFile
Files = files.CurrentFiles


class Api(BaseApi):
    """Reads and edits what the server has, as 0.31 does."""

    run_class = Run
    runs_class = Runs
    projects_class = Projects
    sweep_class = Sweep
    not_modelled = frozenset(
        {
            *("automation", "automations", "create_automation", "delete_automation", "update_automation"),
            *("integrations", "slack_integrations", "webhook_integrations"),
            *("create_custom_chart", "create_registry", "organization"),
            *("create_run_queue", "run_queue", "upsert_run_queue", "queued_run", "job", "list_jobs"),
            *("reports", "sync_tensorboard"),
        }
    )

    def __init__(
        self, overrides: dict[str, Any] | None = None, timeout: int | None = None, api_key: str | None = None
    ) -> None:
        self._begin(overrides, api_key)
        self._timeout = timeout
        self._viewer: User | None = None

    @property
    def api_key(self) -> str | None:
        """The key that it asks with."""
        return self._asker.api_key

    @property
    def viewer(self) -> User:
        """The user whose key it is."""
        if self._viewer is None:
            self._viewer = User(self._asker, self._asker.ask(documents.VIEWER, {})["viewer"], self.api_key)
        return self._viewer

    @normalized
    def run(self, path: str = "") -> runs_module.Run:
        """A run by its path.

        Raises:
            CommError: There is none.
        """
        return self._run(path)

    def runs(
        self,
        path: str | None = None,
        filters: dict[str, Any] | None = None,
        order: str = "+created_at",
        per_page: int = 50,
        include_sweeps: bool = False,
        lazy: bool = True,
    ) -> runs_module.Runs:
        """The runs of a project that fit the filters, in order.

        Args:
            include_sweeps, lazy: Accepted, and of no effect: sweeps and all fields are there.
        """
        return self._runs_of(path, filters, order, per_page)

    @normalized
    def sweep(self, path: str = "") -> Sweep:
        """A sweep by its path.

        Raises:
            CommError: There is none.
        """
        found = self._sweep(path)
        assert isinstance(found, Sweep)
        return found

    def project(self, name: str, entity: str | None = None) -> Project:
        """A project by its name, there or not."""
        return Project(self._asker, entity or self._defaults().entity, name, {})

    def projects(self, entity: str | None = None, per_page: int = 200) -> projects_module.Projects:
        """The projects of an entity."""
        return self._projects_of(entity, per_page)

    @normalized
    def artifact(self, name: str, type: str | None = None) -> Any:
        """A version by its name: "entity/project/name:alias", where entity and project may be left out.

        Raises:
            CommError: There is none, or it is of another type.
        """
        defaults = self._defaults()
        found = find_artifact(self._asker, *places.of_artifact(name, defaults), own_entity=defaults.entity)
        if type is not None and found.type != type:
            raise ValueError(f"type {type} specified but this artifact is of type {found.type}")
        return found

    def artifact_exists(self, name: str, type: str | None = None) -> bool:
        """Whether there is such a version."""
        try:
            self.artifact(name, type)
        except CommError:
            return False
        return True

    @normalized
    def artifacts(
        self,
        type_name: str,
        name: str,
        order: str | None = None,
        per_page: int = 50,
        tags: list[str] | None = None,
        start: str | None = None,
    ) -> Artifacts:
        """The versions of a collection."""
        _must_begin_at_the_start(start)
        return Artifacts(
            self._asker,
            *places.of_artifact(name, self._defaults()),
            type_name,
            order=order,
            per_page=per_page,
            tags=tags,
        )

    @normalized
    def artifact_versions(self, type_name: str, name: str, per_page: int = 50) -> Artifacts:
        """The old name of artifacts()."""
        return self.artifacts(type_name, name, per_page=per_page)

    @normalized
    def artifact_types(self, project: str | None = None, start: str | None = None) -> ArtifactTypes:
        """The types of artifacts in a project."""
        _must_begin_at_the_start(start)
        return ArtifactTypes(self._asker, *places.of_project(project, self._defaults()))

    @normalized
    def artifact_type(self, type_name: str, project: str | None = None) -> ArtifactType:
        """A type of artifacts in a project."""
        return ArtifactType(self._asker, *places.of_project(project, self._defaults()), type_name)

    @normalized
    def artifact_collections(
        self,
        project_name: str,
        type_name: str,
        order: str | None = None,
        per_page: int = 50,
        start: str | None = None,
    ) -> ArtifactCollections:
        """The collections of a type."""
        _must_begin_at_the_start(start)
        where = places.of_project(project_name, self._defaults())
        return ArtifactCollections(self._asker, *where, type_name, order, per_page)

    @normalized
    def artifact_collection(self, type_name: str, name: str) -> ArtifactCollection:
        """A collection by its type and name.

        Raises:
            CommError: There is none.
        """
        entity, project, collection = places.of_artifact(name, self._defaults())
        return ArtifactType(self._asker, entity, project, type_name).collection(collection)

    def artifact_collection_exists(self, name: str, type: str) -> bool:
        """Whether there is such a collection."""
        try:
            self.artifact_collection(type, name)
        except CommError:
            return False
        return True

    def registries(
        self,
        organization: str | None = None,
        filter: dict[str, Any] | None = None,
        order: str | None = None,
        per_page: int = 100,
        start: str | None = None,
    ) -> Registries:
        """The registries of an organization that fit the filter; without one, of the user's.

        Raises:
            ValueError: The user is in none, or in several.
        """
        whose = organization or organization_of(self._asker, self._defaults().entity)
        return Registries(self._asker, whose, filter, order, per_page, start)

    def registry(self, name: str, organization: str | None = None) -> Registry:
        """A registry by its name.

        Raises:
            ValueError: There is none.
        """
        return registry_of(self._asker, organization or organization_of(self._asker, self._defaults().entity), name)

    def from_path(self, path: str) -> Any:
        """A project, run or sweep by its path.

        Raises:
            Error: It is a path of none of these.
        """
        parts = path.strip("/ ").split("/")
        if len(parts) <= 2:
            entity, name = places.of_project(path, self._defaults())
            return self.project(name, entity)
        if len(parts) == 3 or (len(parts) == 4 and parts[2].startswith("run")):
            return self.run(path)
        if len(parts) == 4 and parts[2].startswith("sweep"):
            return self.sweep(path)
        raise Error("Invalid path, should be TEAM/PROJECT/TYPE/ID where TYPE is runs or sweeps")

    def create_run(
        self, *, run_id: str | None = None, project: str | None = None, entity: str | None = None
    ) -> runs_module.Run:
        """Make a run."""
        return self._create_run(run_id, project, entity, "running")

    def create_project(self, name: str, entity: str) -> None:
        """Make a project."""
        self._asker.ask(documents.CREATE_PROJECT, {"name": name, "entity": entity})

    def user(self, username_or_email: str) -> User | None:
        """A user, None if there is none of this name."""
        return next(iter(self.users(username_or_email)), None)

    def users(self, username_or_email: str) -> list[User]:
        """The users of this name or email."""
        found = self._asker.ask(documents.USERS, {"query": username_or_email})["users"] or {"edges": []}
        return [User(self._asker, edge["node"], self.api_key) for edge in found["edges"]]

    def create_user(self, email: str, admin: bool | None = False) -> User:
        """Make a user."""
        return User.create(self, email, admin)

    def team(self, team: str) -> Team:
        """A team by its name."""
        return Team(self._asker, team)

    def create_team(self, team: str, admin_username: str | None = None) -> Team:
        """Make a team."""
        return Team.create(self, team, admin_username)


def _must_begin_at_the_start(start: str | None) -> None:
    if start is not None:
        raise NotModelledError("start= is not part of this version of the kit; leave it out")
