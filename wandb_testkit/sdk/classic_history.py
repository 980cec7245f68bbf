"""Owns run.history of 0.10, which old code writes rows with, and its hooks on torch models.

It is a face of the run's own history: what is written here is logged. Source: observed with 0.10.33.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from wandb_testkit.errors import Error, NotModelledAttributeError
from wandb_testkit.records import Row
from wandb_testkit.sdk import watch

if TYPE_CHECKING:
    from wandb_testkit.sdk.classic_run import ClassicRun


class History:
    """The rows of a run, from the side that writes them.

    What a real one has besides is refused by name.
    """

    def __init__(self, run: ClassicRun) -> None:
        self._run = run
        self._torch: TorchHistory | None = None

    @property
    def compute(self) -> bool:
        """Whether hooks on models log."""
        hooks = self._run._hooks
        return hooks is None or hooks.is_logging

    @compute.setter
    def compute(self, is_logging: bool) -> None:
        self._run._watcher().is_logging = is_logging

    @property
    def start_time(self) -> float:
        """When the run began, in seconds since the epoch."""
        return self._run.start_time

    @property
    def torch(self) -> TorchHistory:
        """Hooks that log what is in torch models."""
        if self._torch is None:
            self._torch = TorchHistory(self)
        return self._torch

    def add(self, d: Row) -> None:
        """Log a row: that of the last calls with `_row_update`, if there is one."""
        self._run.log(d)

    @property
    def _step(self) -> int:
        return self._run.step

    @property
    def _data(self) -> Row:
        """What the next row has so far."""
        history = self._run._history
        with history.lock:
            return dict(history.pending or {})

    def _row_add(self, row: Row) -> None:
        self._run.log(row)

    def _row_update(self, row: Row) -> None:
        self._run.log(row, commit=False)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        raise NotModelledAttributeError(
            f"run.history.{name} is not part of wandb_testkit; there are add(), compute, start_time, torch, _data, "
            "_row_add(), _row_update() and _step. Log rows with run.log().",
            name=name,
            obj=self,
        )


class TorchHistory:
    """Hooks on torch models, by name; what they see is part of the run's next row.

    Raises:
        Error: torch is not imported in this process.
    """

    def __init__(self, history: History) -> None:
        if "torch" not in sys.modules:
            raise Error("run.history.torch hooks into torch models, and torch is not imported in this process")
        self._history = history

    @property
    def _watcher(self) -> watch.Watcher:
        return self._history._run._watcher()

    def add_log_hooks_to_pytorch_module(
        self,
        module: Any,
        name: str | None = None,
        prefix: str = "",
        log_parameters: bool = True,
        log_gradients: bool = True,
        log_freq: int = 0,
        jupyter_run: Any = None,
    ) -> None:
        """Log histograms of a model's parameters after it is used, and of gradients when they are there.

        Args:
            name: What keys have between "parameters/" or "gradients/" and the name of the parameter, after `prefix`.
            log_freq: Every so many times.
            jupyter_run: Accepted, and of no effect.
        Raises:
            ValueError: There are hooks of that name already.
        """
        what = {"parameters": log_parameters, "gradients": log_gradients}
        self._watcher.hook(module, f"{prefix}{name or ''}", log_freq, **what)

    def log_tensor_stats(self, tensor: Any, name: str) -> None:
        """Make the histogram of a tensor, or of those in a list, a part of the next row.

        Raises:
            TypeError: It is no tensor.
        """
        if isinstance(tensor, (list, tuple)):
            while isinstance(tensor[0], (list, tuple)):  # the first of a list tells of all
                tensor = [one for several in tensor for one in several]
            tensor = sys.modules["torch"].cat([one.reshape(-1) for one in tensor])
        if not hasattr(tensor, "shape"):
            raise TypeError(f"Expected Tensor, not {type(tensor).__module__}.{type(tensor).__name__}")
        self._watcher.log(name, tensor)

    def unhook_all(self) -> None:
        """Take all hooks off."""
        self._watcher.unhook_all()

    def unhook(self, name: str) -> None:
        """Take one off, such as "gradients/0.weight".

        Raises:
            KeyError: There is none of that name.
        """
        self._watcher.unhook(name)
