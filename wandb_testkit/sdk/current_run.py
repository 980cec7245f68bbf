"""Owns the names of a run that only 0.31 has."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import TYPE_CHECKING

from wandb_testkit.sdk.code import artifact_name, is_code, is_of_wandb, program_path
from wandb_testkit.sdk.current_artifacts import CurrentArtifacts
from wandb_testkit.sdk.current_settings import Settings
from wandb_testkit.sdk.run import Run

if TYPE_CHECKING:
    from datetime import datetime

    from wandb_testkit.sdk.artifacts.artifact import Artifact

SHOW = "<button onClick=\"this.nextSibling.style.display='block';this.style.display='none';\">Display W&B run</button>"


@dataclass
class RunStatus:
    """How far the upload of a run is.

    Attributes:
        sync_items_total, sync_items_pending: Records, and how many of them the server does not have yet.
        sync_time: When the run was uploaded from a log; None if it was not.
    """

    sync_items_total: int = 0
    sync_items_pending: int = 0
    sync_time: datetime | None = None


class CurrentRun(CurrentArtifacts, Run):
    """A run with the names that only 0.31 has."""

    @property
    def settings(self) -> Settings:
        """A copy of the settings, complete: what has no value reads as its default. Changing it changes nothing."""
        path = self._path
        facts = {"entity": path.entity, "project": path.project, "run_id": path.run_id, "run_name": self.name}
        known = {**self._given, **facts, "mode": self._mode, "resumed": self.resumed}
        return Settings.of_run({name: value for name, value in known.items() if value is not None})

    @property
    def sync_dir(self) -> str:
        """The directory of the run: it exists; the files directory is below it."""
        return os.path.dirname(self.dir)

    @property
    def project_url(self) -> str | None:
        """The page of the project; offline there is none, and a warning says so."""
        return self._url_of("")

    @property
    def sweep_url(self) -> str | None:
        """The page of the sweep, "" outside of sweeps; offline there is none, and a warning says so."""
        return self._url_of(f"/sweeps/{self.sweep_id}") if self.offline or self.sweep_id else ""

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is not None:  # so that it is in the run's output, even where somebody catches it
            import traceback

            traceback.print_exception(kind, error, trace)
        super().__exit__(kind, error, trace)

    # ------------------------------------------------------------------ shown

    def display(self, height: int = 420, hidden: bool = False) -> bool:
        """Show the run in a notebook; False where there is none, or `silent` is set."""
        ipython = sys.modules.get("IPython")
        if ipython is None or self._given.get("silent") or not self._session.shell.is_notebook():
            return False
        shown = ipython.display
        shown.display(shown.HTML(self.to_html(height, hidden)))
        return True

    def to_html(self, height: int = 420, hidden: bool = False) -> str:
        """A frame with the run's page; for an offline run its name."""
        if self.url is None:
            import html

            return html.escape(repr(self))
        style = f"border:none;width:100%;height:{height}px;{'display:none;' if hidden else ''}"
        frame = f"<iframe src='{self.url}?jupyter=true' style='{style}'></iframe>"
        return f"{SHOW}{frame}" if hidden else frame

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:
        return {"text/html": self.to_html(hidden=True)}

    # ------------------------------------------------------------------ told

    def log_code(
        self,
        root: str | os.PathLike[str] | None = ".",
        name: str | None = None,
        include_fn: Callable[..., bool] = is_code,
        exclude_fn: Callable[..., bool] = is_of_wandb,
    ) -> Artifact | None:
        """Log code as an artifact of type "code".

        Args:
            root: Where to look for it.
            name: The name of the artifact.
            include_fn, exclude_fn: Take a path, or a path and the root; a file is code if the first says so and the
                second does not.
        Returns:
            The artifact; None, with a warning, if nothing was.
        """
        given = self._given.get("program_relpath") or program_path()
        kept = self._log_code(root, name or artifact_name(f"source-{self.project}-{given}"), include_fn, exclude_fn)
        if kept is not None:
            self._tell_server("code_path", kept.name)
        return kept

    def pin_config_keys(self, keys: Sequence[str] = ()) -> None:
        """Choose the keys of config that the run's page shows on top; they replace those chosen before."""
        self._must_be_active("pin_config_keys")
        self._tell_server("pinned_keys", list(keys))

    def write_logs(self, text: str) -> None:
        """Add lines to the run's output, as if they had been printed; after finish() nothing happens."""
        if not self._is_finished:
            self._lines().write(text if text.endswith("\n") else f"{text}\n", "write_logs")

    def status(self) -> RunStatus:
        """How far the upload is: all of it is done, because this sends what was held back."""
        self._must_be_active("status")
        self._flush()
        return RunStatus()
