"""Owns how syrupy keeps a run as a snapshot (extra: snapshots); other libraries take `stable_view.stable(run)`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from syrupy.extensions.amber import AmberSnapshotExtension

from wandb_testkit.history_view import History
from wandb_testkit.observation import RunView
from wandb_testkit.stable_view import stable


class RunSnapshotExtension(AmberSnapshotExtension):
    """Snapshots of runs, alone or among other values: `snapshot.use_extension(RunSnapshotExtension)`.

    A run is kept without times, ids and names that the server gave; any other value as by syrupy itself.
    """

    def serialize(self, data: Any, **kwargs: Any) -> str:
        """The text that is kept."""
        return super().serialize(_with_stable_runs(data), **kwargs)


def _with_stable_runs(value: Any) -> Any:
    if isinstance(value, RunView):
        return stable(value)
    if isinstance(value, History):
        return list(value)
    if type(value) in (list, tuple):
        return type(value)(map(_with_stable_runs, value))
    if isinstance(value, Mapping) and type(value) is dict:
        return {key: _with_stable_runs(item) for key, item in value.items()}
    return value
