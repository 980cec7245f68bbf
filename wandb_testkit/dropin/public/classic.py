"""Owns the public API of the classic drop-in: the names and signatures of wandb 0.10.33."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from wandb_testkit.dropin.public import files as files_module
from wandb_testkit.dropin.public import places
from wandb_testkit.dropin.public import projects as projects_module
from wandb_testkit.dropin.public import runs as runs_module
from wandb_testkit.dropin.public.api import BaseApi
from wandb_testkit.dropin.public.artifacts import (
    ArtifactCollections,
    Artifacts,
    ArtifactType,
    ArtifactTypes,
    find_artifact,
)
from wandb_testkit.dropin.public.artifacts import RunArtifacts as _RunArtifacts
from wandb_testkit.dropin.public.asking import normalized
from wandb_testkit.dropin.public.history import HistoryScan
from wandb_testkit.dropin.public.paging import WithLength
from wandb_testkit.dropin.public.sweeps import ClassicSweep
from wandb_testkit.dropin.public.using import declare_logged, declare_used
from wandb_testkit.records import RunPath

File = files_module.File
Project = projects_module.Project
Projects = projects_module.Projects
ProjectArtifactCollections = ArtifactCollections
Sweep = ClassicSweep


class Files(WithLength, files_module.Files):
    """Files as 0.10 has them."""


class RunArtifacts(WithLength, _RunArtifacts):
    """Versions of a run as 0.10 has them."""


class Run(runs_module.Run):
    """A run as 0.10 has it: `state` and `sweep` are plain attributes."""

    files_class = Files

    @property
    def sweep(self) -> ClassicSweep | None:
        """The sweep that it is a run of, None outside of sweeps; its runs are not read with it."""
        own = self.__dict__
        if "sweep" not in own:
            own["sweep"] = None
            if self._attrs.get("sweepName"):
                own["sweep"] = ClassicSweep(self._asker, self._entity, self.project, self._attrs["sweepName"])
        found: ClassicSweep | None = own["sweep"]
        return found

    @property
    def client(self) -> Any:
        """What it asks with."""
        return self._asker

    @normalized
    def logged_artifacts(self, per_page: int = 100) -> RunArtifacts:
        """The versions that it logged."""
        return RunArtifacts(self, "logged", per_page)

    @normalized
    def used_artifacts(self, per_page: int = 100) -> RunArtifacts:
        """The versions that it used."""
        return RunArtifacts(self, "used", per_page)

    @normalized
    def use_artifact(self, artifact: Any) -> Any:
        """Say that it used a version, found with Api.artifact().

        Raises:
            CommError: It is no artifact, or a draft.
        """
        return declare_used(self._asker, RunPath(self._entity, self.project, self.id), artifact)

    @normalized
    def log_artifact(self, artifact: Any, aliases: Any = None) -> Any:
        """Say that it logged a version, found with Api.artifact().

        Raises:
            CommError: It is no artifact, or a draft.
        """
        declare_logged(self._asker, RunPath(self._entity, self.project, self.id), artifact, aliases, ())
        return artifact

    @classmethod
    def create(cls, api: Any, run_id: Any = None, project: Any = None, entity: Any = None) -> runs_module.Run:
        """Make a run."""
        made: runs_module.Run = api._create_run(run_id, project, entity, "running")
        return made

    @normalized
    def files(self, names: Any = [], per_page: int = 50) -> Files:  # noqa: B006 - the signature is wandb's
        """Its files: with these names, there or not; without names those that are there."""
        return Files(self._asker, self, list(names), per_page)

    @normalized
    def scan_history(
        self, keys: Any = None, page_size: int = 1000, min_step: Any = None, max_step: Any = None
    ) -> HistoryScan | list[Any]:
        """Its whole history, page by page.

        Args:
            keys: Only rows that have all of these, and of them these alone; None: whole rows.
            min_step, max_step: Rows with `min_step <= _step < max_step`.
        """
        if keys is not None and not (isinstance(keys, list) and all(isinstance(key, str) for key in keys)):
            self._asker.session.terminal.line("keys must be specified in a list", level="error")
            return []
        stop = self.lastHistoryStep + 1
        if max_step is not None and max_step < stop:
            stop = max_step
        return HistoryScan(
            self, min_step=min_step or 0, stop_step=stop, keys=keys, page_size=page_size, shows_step=False
        )


class Runs(WithLength, runs_module.Runs):
    """Runs as 0.10 has them."""

    run_class = Run

    def __repr__(self) -> str:
        return f"<Runs {self.entity}/{self.project} ({len(self)})>"


class Api(BaseApi):
    """Reads and edits what the server has, as 0.10 does."""

    run_class = Run
    runs_class = Runs
    sweep_class = ClassicSweep
    not_modelled = frozenset(
        {
            *("reports", "sync_tensorboard", "VIEWER_QUERY"),
        }
    )

    def __init__(self, overrides: Any = {}) -> None:  # noqa: B006 - the signature is wandb's
        self._begin(overrides, None)

    @property
    def api_key(self) -> str | None:
        """The key that it asks with."""
        return self._asker.api_key

    @normalized
    def run(self, path: str = "") -> runs_module.Run:
        """A run by its path.

        Raises:
            CommError: There is none.
        """
        return self._run(path)

    def runs(
        self, path: str = "", filters: Mapping[str, Any] | None = None, order: str = "-created_at", per_page: int = 50
    ) -> runs_module.Runs:
        """The runs of a project that fit the filters, in order."""
        return self._runs_of(path, filters, order, per_page)

    @normalized
    def sweep(self, path: str = "") -> ClassicSweep:
        """A sweep by its path.

        Raises:
            CommError: There is none.
        """
        found = self._sweep(path)
        assert isinstance(found, ClassicSweep)
        return found

    def projects(self, entity: Any = None, per_page: int = 200) -> Projects:
        """The projects of an entity."""
        return self._projects_of(entity, per_page)

    @property
    def client(self) -> Any:
        """What it asks with."""
        return self._asker

    @normalized
    def artifact(self, name: str, type: str | None = None) -> Any:
        """A version by its name: "entity/project/name:alias", where entity and project may be left out.

        Raises:
            CommError: There is none, or it is of another type.
        """
        if name is None:
            raise ValueError("You must specify name= to fetch an artifact.")
        found = find_artifact(self._asker, *places.of_artifact(name, self._defaults()))
        if type is not None and found.type != type:
            raise ValueError(f"type {type} specified but this artifact is of type {found.type}")
        found._name = f"{found.name.partition(':')[0]}:{found.version}"  # whatever alias it was found by
        return found

    @normalized
    def artifact_types(self, project: str | None = None) -> ArtifactTypes:
        """The types of artifacts in a project."""
        return ArtifactTypes(self._asker, *places.of_project(project, self._defaults()))

    @normalized
    def artifact_type(self, type_name: str, project: str | None = None) -> ArtifactType:
        """A type of artifacts in a project."""
        return ArtifactType(self._asker, *places.of_project(project, self._defaults()), type_name)

    @normalized
    def artifact_versions(self, type_name: str, name: str, per_page: int = 50) -> Artifacts:
        """The versions of a collection.

        Raises:
            CommError: There is none.
        """
        entity, project, collection = places.of_artifact(name, self._defaults())
        kind = ArtifactType(self._asker, entity, project, type_name)
        return kind.collection(collection).versions(per_page=per_page)

    def create_run(self, **kwargs: Any) -> runs_module.Run:
        """Make a run: `run_id`, `project`, `entity`."""
        return Run.create(self, **kwargs)
