"""Owns what a server keeps of one sweep and of its agents."""

from __future__ import annotations

from enum import Enum
from typing import Any

from wandb_testkit.server.stored_run import StoredRun


class SweepState(str, Enum):
    """Where a sweep stands; compares equal to its own text (protocol.md 10)."""

    PENDING = "PENDING"
    RUNNING = "RUNNING"
    PAUSED = "PAUSED"
    FINISHED = "FINISHED"
    CANCELED = "CANCELED"

    def __str__(self) -> str:
        return self.value


OVER = (SweepState.FINISHED, SweepState.CANCELED)


class StoredAgent:
    """Who carries out runs of a sweep.

    Attributes:
        name: Its id, unique on the server.
        host: The machine it told.
        run_ids: The runs that it was given, in order.
        has_left: It was told to exit.
    """

    __slots__ = ("created_at", "has_left", "heartbeat_at", "host", "name", "run_ids", "sweep")

    def __init__(self, name: str, host: str, sweep: StoredSweep, created_at: float) -> None:
        self.name = name
        self.host = host
        self.sweep = sweep
        self.run_ids: list[str] = []
        self.created_at = self.heartbeat_at = created_at
        self.has_left = False

    def __repr__(self) -> str:
        return f"<agent {self.name} on {self.host!r}, {len(self.run_ids)} runs>"


class StoredSweep:
    """One sweep.

    Attributes:
        id, entity, project: Its key.
        config: As the client gave it; `yaml` is the text of it.
        state: A SweepState.
        warnings: What is wrong with the config, and does not keep the sweep from running.
        runs: Its runs, in order of creation; those of it that were deleted are gone.
        parameters: Those that were chosen, by the id of their run.
        agents: Who asked for runs, in order.
        stopping: Ids of the runs that its agents are told to stop.
        controller, scheduler: What a local controller and the server tell each other (protocol.md 10).
    """

    __slots__ = (
        "agents",
        "config",
        "controller",
        "created_at",
        "description",
        "display_name",
        "entity",
        "id",
        "parameters",
        "project",
        "runs",
        "scheduler",
        "state",
        "stopping",
        "updated_at",
        "warnings",
        "yaml",
    )

    def __init__(self, sweep_id: str, entity: str, project: str, created_at: float) -> None:
        self.id = sweep_id
        self.entity = entity
        self.project = project
        self.config: dict[str, Any] = {}
        self.yaml = "{}\n"
        self.state = SweepState.PENDING
        self.warnings: list[str] = []
        self.runs: list[StoredRun] = []
        self.agents: list[StoredAgent] = []
        self.parameters: dict[str, dict[str, Any]] = {}
        self.stopping: set[str] = set()
        self.controller: dict[str, Any] = {}
        self.scheduler: dict[str, Any] = {}
        self.display_name: str | None = None
        self.description: str | None = None
        self.created_at = self.updated_at = created_at

    def __repr__(self) -> str:
        return f"<sweep {self.path}: {self.method}, {self.state}, {len(self.runs)} runs>"

    @property
    def path(self) -> str:
        """`entity/project/id`."""
        return f"{self.entity}/{self.project}/{self.id}"

    @property
    def method(self) -> str:
        """How parameters are chosen: grid, random, bayes, or custom."""
        return str(self.config.get("method"))

    @property
    def metric(self) -> str | None:
        """The name of the metric that the sweep is about, None where it has none."""
        metric = self.config.get("metric")
        name = metric.get("name") if isinstance(metric, dict) else None
        return name if isinstance(name, str) else None

    @property
    def maximizes(self) -> bool:
        """Whether the metric should be large; small is the default."""
        metric = self.config.get("metric")
        return isinstance(metric, dict) and metric.get("goal") == "maximize"

    @property
    def is_controlled_by_client(self) -> bool:
        """Whether a local controller schedules the runs, and not the server."""
        controller = self.config.get("controller")
        return isinstance(controller, dict) and controller.get("type") == "local"

    @property
    def run_cap(self) -> int | None:
        """As many runs it has at most, None for no limit."""
        cap = self.config.get("run_cap")
        return cap if isinstance(cap, int) else None

    @property
    def best_run(self) -> StoredRun | None:
        """The run with the best last value of the metric, None as long as there is no value."""
        having = [(value, run) for run in self.runs if (value := self._value(run)) is not None]
        if not having:
            return None
        return (max if self.maximizes else min)(having, key=lambda pair: pair[0])[1]

    @property
    def best_value(self) -> float | None:
        """The value of the metric that the best run has."""
        best = self.best_run
        return None if best is None else self._value(best)

    def _value(self, run: StoredRun) -> float | None:
        """The last value of the metric; no number and NaN are none."""
        value: Any = run.summary
        for key in (self.metric,) if self.metric in run.summary else (self.metric or "").split("."):
            value = value.get(key) if isinstance(value, dict) else None
        if isinstance(value, bool) or not isinstance(value, (int, float)) or value != value:
            return None
        return value
