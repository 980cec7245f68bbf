"""Owns the runs of the public API as wandb 0.31.0 has them."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

from wandb_testkit.dropin.public import documents
from wandb_testkit.dropin.public import runs as runs_module
from wandb_testkit.dropin.public.artifacts import RunArtifacts
from wandb_testkit.dropin.public.asking import normalized
from wandb_testkit.dropin.public.exports import DownloadHistoryResult, download_exports
from wandb_testkit.dropin.public.files import CurrentFiles as Files
from wandb_testkit.dropin.public.history import HistoryScan
from wandb_testkit.dropin.public.logs import ConsoleLogs
from wandb_testkit.dropin.public.sweeps import CurrentSweep as Sweep
from wandb_testkit.dropin.public.using import declare_logged, declare_used
from wandb_testkit.records import RunPath

ENDED = ("finished", "crashed", "failed")
POLL_S = 5.0
"""So often a real client asks whether a run has ended."""


class Run(runs_module.Run):
    """A run as 0.31 has it."""

    files_class = Files

    @classmethod
    def create(
        cls,
        api: Any,
        run_id: str | None = None,
        project: str | None = None,
        entity: str | None = None,
        state: str = "running",
    ) -> runs_module.Run:
        """Make a run."""
        made: runs_module.Run = api._create_run(run_id, project, entity, state)
        return made

    @property
    def config(self) -> dict[str, Any]:
        """Its config; what is changed is on the server after update()."""
        config: dict[str, Any] = self._attrs["config"]
        return config

    @property
    def rawconfig(self) -> dict[str, Any]:
        """Its config with what the client keeps in it."""
        return dict(self._attrs["rawconfig"])

    @property
    def summary_metrics(self) -> dict[str, Any]:
        """Its summary as a dict."""
        return dict(self._attrs["summaryMetrics"])

    @property
    def system_metrics(self) -> dict[str, Any]:
        """The last sample of the machine."""
        return dict(self._attrs["systemMetrics"])

    @property
    def metadata(self) -> dict[str, Any] | None:
        """What the client told of machine and program, None where it told nothing."""
        content = self._asker.file(RunPath(self._entity, self.project, self.id), "wandb-metadata.json")
        return None if content is None else dict(json.loads(content))

    @property
    def sweep_name(self) -> str | None:
        """The id of the sweep that it is a run of."""
        name: str | None = self._attrs.get("sweepName")
        return name

    @property
    def sweep(self) -> Sweep | None:
        """The sweep that it is a run of, None outside of sweeps."""
        if self._sweep is None and self.sweep_name:
            self._sweep = Sweep(self._asker, self._entity, self.project, self.sweep_name)
        found: Sweep | None = self._sweep
        return found

    def load_full_data(self, force: bool = False) -> dict[str, Any]:
        """All of its fields, asked for anew if `force`; none is left out here."""
        return self.load(force=force)

    @normalized
    def files(self, names: list[str] | None = None, pattern: str | None = None, per_page: int = 50) -> Files:
        """Its files: with these names, there or not; without names those that are there, or fit the pattern.

        Raises:
            CommError: Names and a pattern are given.
        """
        return Files(self._asker, self, names or [], per_page, pattern)

    @normalized
    def scan_history(
        self,
        keys: list[str] | None = None,
        page_size: int = 1_000,
        min_step: int = 0,
        max_step: int | None = None,
        use_cache: bool = True,
    ) -> HistoryScan:
        """Its whole history, page by page.

        Args:
            keys: Only rows that have all of these, and of them these and `_step` alone; None: whole rows.
            min_step, max_step: Rows with `min_step <= _step < max_step`.
            use_cache: Accepted, and of no effect.
        Raises:
            CommError: `keys` is no list of strings.
        """
        if keys is not None and not isinstance(keys, list):
            raise ValueError("keys must be specified in a list")
        if keys and not all(isinstance(key, str) for key in keys):
            raise ValueError("keys argument must be a list of strings")
        stop = self.lastHistoryStep + 1
        if max_step is not None and max_step < stop:
            stop = max_step
        return HistoryScan(self, min_step=min_step, stop_step=stop, keys=keys, page_size=page_size, shows_step=True)

    def beta_scan_history(
        self,
        keys: list[str] | None = None,
        page_size: int = 1_000,
        min_step: int = 0,
        max_step: int | None = None,
        use_cache: bool = True,
    ) -> HistoryScan:
        """The old name of scan_history()."""
        return self.scan_history(keys, page_size, min_step, max_step, use_cache)

    @normalized
    def logged_artifacts(self, per_page: int = 100) -> RunArtifacts:
        """The versions that it logged."""
        return RunArtifacts(self, "logged", per_page)

    @normalized
    def used_artifacts(self, per_page: int = 100) -> RunArtifacts:
        """The versions that it used."""
        return RunArtifacts(self, "used", per_page)

    @normalized
    def use_artifact(self, artifact: Any, use_as: str | None = None) -> Any:
        """Say that it used a version, found with Api.artifact().

        Args:
            use_as: Accepted, and of no effect.
        Raises:
            CommError: It is no artifact, or a draft.
        """
        return declare_used(self._asker, RunPath(self._entity, self.project, self.id), artifact)

    @normalized
    def log_artifact(self, artifact: Any, aliases: Any = None, tags: Any = None) -> Any:
        """Say that it logged a version, found with Api.artifact().

        Raises:
            CommError: It is no artifact, a draft, or of another project.
        """
        path = RunPath(self._entity, self.project, self.id)
        declare_logged(self._asker, path, artifact, aliases, tags, only_of_project=True)
        return artifact

    def console_logs(self, *, per_page: int = 1000, last: int | None = None) -> ConsoleLogs:
        """What it printed; the last lines alone with `last`."""
        return ConsoleLogs(self, per_page, last)

    @normalized
    def stop(self) -> None:
        """Ask it to stop, as the button of its page does."""
        self._asker.ask(documents.STOP_RUN, {"id": self.storage_id})

    @normalized
    def update_state(self, state: str) -> bool:
        """Have it wait for an agent again ("pending"), or give it up ("failed"); whether that was done.

        Raises:
            CommError: It is part of a sweep, or in a state from which it cannot become so.
        """
        asked = {"id": self.storage_id, "state": state}
        told = self._asker.ask(documents.UPDATE_RUN_STATE, asked)["updateRunState"]
        if told["success"]:
            self._state = self._attrs["state"] = state
        return bool(told["success"])

    def download_history_exports(
        self, download_dir: Path | str, require_complete_history: bool = True
    ) -> DownloadHistoryResult:
        """Download the files that its history was exported to: a run of the fake has none.

        Raises:
            IncompleteRunHistoryError: It has rows, and all of them are wanted.
        """
        return download_exports(self.lastHistoryStep >= 0, require_complete_history)

    @normalized
    def wait_until_finished(self) -> None:
        """Wait until it has ended, well or not."""
        while True:
            self._state = self._attrs["state"] = self._ask(documents.RUN_STATE)["state"]
            if self._state in ENDED:
                return
            time.sleep(POLL_S)


class Runs(runs_module.Runs):
    """Runs as 0.31 has them."""

    run_class = Run

    def upgrade_to_full(self) -> None:
        """Read all fields of each run: none is left out here."""

    @normalized
    def histories(
        self,
        samples: int = 500,
        keys: list[str] | None = None,
        x_axis: str = "_step",
        format: str = "default",
        stream: str = "default",
    ) -> Any:
        """The histories of all of them, with `run_id` in each row.

        Args:
            format: "default" (a list of dicts), "pandas" or "polars".
        Raises:
            CommError: There is no such format, or its library is not installed.
        """
        if format not in ("default", "pandas", "polars"):
            raise ValueError(f"Invalid format: {format}. Must be one of 'default', 'pandas', 'polars'")
        rows = [
            {**row, "run_id": run.id}
            for run in self
            for row in run.history(samples=samples, keys=keys, x_axis=x_axis, pandas=False, stream=stream)
        ]
        if format == "default":
            return rows
        from importlib import import_module

        frame = import_module(format).DataFrame(rows)
        return frame[sorted(frame.columns)] if format == "pandas" else frame.select(sorted(frame.columns))
