"""Owns the public API of the classic drop-in: the names and signatures of wandb 0.10.33."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from wandb_testkit.dropin.public import files as files_module
from wandb_testkit.dropin.public import projects as projects_module
from wandb_testkit.dropin.public import runs as runs_module
from wandb_testkit.dropin.public.api import BaseApi
from wandb_testkit.dropin.public.asking import normalized
from wandb_testkit.dropin.public.files import Files
from wandb_testkit.dropin.public.history import HistoryScan
from wandb_testkit.dropin.public.sweeps import ClassicSweep

File = files_module.File
Project = projects_module.Project
Projects = projects_module.Projects
Sweep = ClassicSweep


class Run(runs_module.Run):
    """A run as 0.10 has it: `state` and `sweep` are plain attributes."""

    not_modelled = frozenset({"client", "log_artifact", "logged_artifacts", "use_artifact", "used_artifacts"})

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


class Runs(runs_module.Runs):
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
            *("artifact", "artifact_type", "artifact_types", "artifact_versions"),
            *("client", "reports", "sync_tensorboard", "VIEWER_QUERY"),
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

    def create_run(self, **kwargs: Any) -> runs_module.Run:
        """Make a run: `run_id`, `project`, `entity`."""
        return Run.create(self, **kwargs)
