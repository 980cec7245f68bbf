"""Owns the names of a run that only 0.10 has."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from wandb_testkit.sdk.classic_artifacts import ClassicArtifacts
from wandb_testkit.sdk.code import is_below_wandb, is_python
from wandb_testkit.sdk.metric import Metric
from wandb_testkit.sdk.run import Run

if TYPE_CHECKING:
    from wandb_testkit.sdk.artifacts.artifact import Artifact
    from wandb_testkit.sdk.classic_history import History


class ClassicRun(ClassicArtifacts, Run):
    """A run with the names that only 0.10 has."""

    @property
    def history(self) -> History:
        """The rows, from the side that writes them; old code does so, new code calls log()."""
        made: History | None = self.__dict__.get("_classic_history")
        if made is None:
            from wandb_testkit.sdk.classic_history import History  # only who asks pays for it

            made = self.__dict__["_classic_history"] = History(self)
        return made

    @property
    def mode(self) -> str:
        """ "run" or "dryrun", for old users (MODE-7)."""
        return "dryrun" if self.offline else "run"

    def log(
        self, data: dict[str, Any], step: int | None = None, commit: bool | None = None, sync: bool | None = None
    ) -> None:
        """Log one row; `sync` is accepted and has no effect."""
        if step is not None or commit is not None or not self._history.add(data):
            self._log_carefully(data, step, commit)

    def define_metric(  # type: ignore[override]
        self,
        name: str,
        step_metric: str | Metric | None = None,
        step_sync: bool | None = None,
        hidden: bool | None = None,
        summary: str | None = None,
        goal: str | None = None,
        overwrite: bool | None = None,
        **kwargs: Any,
    ) -> Metric:
        """Say how a metric is to be summarised and drawn; `goal` says what the best value is, other names warn."""
        for argument in kwargs:
            text = f"define_metric({argument}=...): there is no such argument, it is passed over"
            self._session.warn("unhandled_argument", text, run=self._path)
        return self._define(name, step_metric, step_sync, hidden, summary, goal, overwrite)

    def save(  # type: ignore[override]
        self, glob_str: str | bytes | None = None, base_path: str | None = None, policy: str = "live"
    ) -> bool | list[str]:
        """Keep files with the run; without a pattern nothing is done, and old code hears True."""
        if glob_str is None:
            self._session.warn("save_without_pattern", "save() without a pattern saves nothing", run=self._path)
            return True
        if not isinstance(glob_str, (str, bytes)):
            raise ValueError(f"save({glob_str!r}): expected a str, got {type(glob_str).__name__}")
        return super().save(glob_str, base_path, policy)

    def watch(  # type: ignore[override]
        self,
        models: Any,
        criterion: Any = None,
        log: str | None = "gradients",
        log_freq: int = 100,
        idx: int | None = None,
    ) -> None:
        """Log histograms of the gradients and parameters of torch models, and keep their graphs."""
        self._watch(models, log, log_freq, idx, True)

    def join(self, exit_code: int | None = None) -> None:
        """An old name of finish() (FINISH-7)."""
        self.finish(exit_code)

    def get_url(self) -> str | None:
        """The page of the run; offline there is none, and a warning says so (MODE-3)."""
        return self._url_of(f"/runs/{self.id}")

    def get_project_url(self) -> str | None:
        """The page of the project; offline as get_url()."""
        return self._url_of("")

    def get_sweep_url(self) -> str | None:
        """The page of the sweep, "" outside of sweeps; offline as get_url()."""
        return self._url_of(f"/sweeps/{self.sweep_id}") if self.offline or self.sweep_id else ""

    def project_name(self) -> str:
        """The project."""
        return self.project

    def log_code(
        self,
        root: str | None = ".",
        name: str | None = None,
        include_fn: Callable[[str], bool] = is_python,
        exclude_fn: Callable[[str], bool] = is_below_wandb,
    ) -> Artifact | None:
        """Log code as an artifact of type "code"; None, with a warning, if there is none."""
        return self._log_code(root, name or f"source-{self.id}", include_fn, exclude_fn)

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:
        frame = f'<iframe src="{self.url or ""}" style="border:none;width:100%;height:400px"></iframe>'
        return {"text/html": f"<h1>Run({self.id})</h1>{frame}"}
