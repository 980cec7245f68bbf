"""Owns runs of mode "shared": several processes write to one, so that none of them knows its step.

Source: SHARED-1.
"""

from __future__ import annotations

from typing import Any

from wandb_testkit.errors import ServerResponseError
from wandb_testkit.sdk.current_run import CurrentRun


class SharedRun(CurrentRun):
    """A run that other processes may write to as well; it counts its rows from 0, behind those that are there."""

    @property
    def step(self) -> int:
        """Nobody knows it.

        Raises:
            ServerResponseError: Always.
        """
        raise ServerResponseError(
            f"the step of run {self.id!r} cannot be read in shared mode [SHARED-1]: other processes log to it as well"
        )

    def log(self, data: dict[str, Any], step: int | None = None, commit: bool | None = None) -> None:
        """Log one row; `step` has no effect but a warning."""
        if step is not None:
            self._session.warn(
                "step_ignored",
                f"log(step={step!r}) has no effect in shared mode [SHARED-1]; log the x-axis as a metric of its own, "
                "and name it by define_metric()",
                run=self._path,
            )
        super().log(data, None, commit)
