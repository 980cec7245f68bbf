"""Owns what a server keeps of one run, and how it is shown as a RunView.

Dicts and lists that a view may hold are never changed in place, but for growing at the end: config and summary are
replaced whole, and a stream that must change its past becomes a new list.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, cast

from wandb_testkit.artifact_view import NO_ARTIFACTS, Artifacts
from wandb_testkit.history_view import History
from wandb_testkit.observation import TIME_KEYS, RunState, RunView
from wandb_testkit.records import MetricRecord, Row, RunPath, RunRecord
from wandb_testkit.wire.metrics import defined_metrics

if TYPE_CHECKING:
    from wandb_testkit.server.stored_artifact import StoredArtifact

CLIENT_KEY = "_wandb"
"""The config and summary key in which clients keep what no user wrote (CONFIG-12)."""

ALIVE = (RunState.RUNNING, RunState.PREEMPTING)
"""States of a run whose client is still there."""

LOCAL = "local"


class Stream(NamedTuple):
    """A history that a run had: rows and their times."""

    rows: list[Row]
    timestamps: list[float]
    runtimes: list[float]


class StoredRun:
    """One run record.

    `owner` is "user", "anonymous" or "local" (spec.md 0.3), `user` the name of who made it, `created_at` seconds since
    the epoch. `past` is the history that the present one took the place of, `started_by` the record that began the run
    while nothing has been written since: by them what is delivered late, or again, is known.
    """

    __slots__ = (
        "alerts",
        "asked_about",
        "awaits_first_row",
        "client_files",
        "config",
        "created_at",
        "display_name",
        "exit_code",
        "facts",
        "files",
        "group",
        "job_type",
        "metrics",
        "notes",
        "output",
        "owner",
        "past",
        "path",
        "resumed_from",
        "rewound_to",
        "rows",
        "runtimes",
        "started",
        "started_by",
        "state",
        "stats",
        "stop_is_requested",
        "summary",
        "tags",
        "timestamps",
        "touched",
        "unreadable",
        "user",
        "watched",
    )

    def __init__(self, path: RunPath, display_name: str | None, owner: str, created_at: float) -> None:
        self.path = path
        self.display_name = display_name
        self.owner = owner
        self.user = ""
        self.state = RunState.RUNNING
        self.exit_code: int | None = None
        self.config: dict[str, Any] = {}
        self.summary: dict[str, Any] = {}
        self.rows: list[Row] = []
        self.timestamps: list[float] = []
        self.runtimes: list[float] = []
        self.output: list[str] = []
        self.tags: tuple[str, ...] = ()
        self.group: str | None = None
        self.job_type: str | None = None
        self.notes: str | None = None
        self.files: dict[str, bytes] = {}
        self.client_files: dict[str, bytes] = {}
        self.facts: dict[str, Any] = {}
        self.stats: list[Row] = []
        self.alerts: list[dict[str, Any]] = []
        self.created_at = created_at
        self.metrics: dict[str, MetricRecord] = {}
        self.touched: dict[StoredArtifact, str] = {}
        self.watched: list[dict[str, Any]] = []
        self.resumed_from: int | None = None
        self.started = False
        self.awaits_first_row = False
        self.asked_about = False
        self.rewound_to: int | None = None
        self.stop_is_requested = False
        self.unreadable: dict[str, str] = {}
        self.past = Stream([], [], [])
        self.started_by: RunRecord | None = None

    def next_step(self) -> int:
        """`_step` of the last row + 1, 0 without rows (RESUME-7a)."""
        return cast(int, self.rows[-1]["_step"]) + 1 if self.rows else 0

    def corrupt(self, name: str, text: str) -> None:
        """Keep config or summary as a text that is no JSON, until it is written again (RESUME-12)."""
        setattr(self, name, {})
        self.unreadable = {**self.unreadable, name: text}

    def is_written(self, name: str) -> None:
        """Config or summary is whole again."""
        if self.unreadable:
            self.unreadable = {other: text for other, text in self.unreadable.items() if other != name}

    def rewind(self, last_step: float) -> None:
        """Forget the rows after a step (protocol.md 5.4)."""
        self.past = Stream(self.rows, self.timestamps, self.runtimes)
        kept = [number for number, row in enumerate(self.rows) if row["_step"] <= last_step]
        self.timestamps = [self.timestamps[number] for number in kept]
        self.runtimes = [self.runtimes[number] for number in kept]
        self.rows = [self.rows[number] for number in kept]
        self.asked_about = True
        self.rewound_to = int(last_step) + 1

    def touch(self, artifact: StoredArtifact, how: str) -> None:
        """Note that the run "logged" or "used" a version; what is touched last stands last."""
        before = self.touched.pop(artifact, "")
        self.touched[artifact] = before if how in before else f"{before} {how}".lstrip()

    def _artifacts(self) -> Artifacts:
        if not self.touched:
            return NO_ARTIFACTS
        from wandb_testkit.server.stored_artifact import artifacts_of  # only runs with artifacts pay for them

        return artifacts_of(self.path, self.touched)

    def view(self, requests: list[str], warnings: list[str]) -> RunView:
        """The run as a frozen value; the recorder adds what it saw pass by."""
        config, summary = self.config, self.summary
        return RunView(
            id=self.path.run_id,
            entity=self.path.entity,
            project=self.path.project,
            name=self.display_name,
            state=self.state,
            exit_code=self.exit_code,
            config={key: value for key, value in config.items() if key != CLIENT_KEY},
            summary={key: value for key, value in summary.items() if key not in TIME_KEYS and key != CLIENT_KEY},
            history=History(self.rows, self.timestamps, self.runtimes, self.path.run_id),
            tags=self.tags,
            group=self.group,
            job_type=self.job_type,
            notes=self.notes,
            resumed_from=self.resumed_from,
            files=self.files,
            artifacts=self._artifacts(),
            output=self.output,
            alerts=self.alerts,
            warnings=warnings,
            requests=[] if self.owner == LOCAL else requests,  # a server may know a run of the same path
            mode="offline" if self.owner == LOCAL else "online",
            sweep=self.facts.get("sweep"),
            client={
                "config": config.get(CLIENT_KEY, {}),
                "summary": {key: summary[key] for key in (*TIME_KEYS, CLIENT_KEY) if key in summary},
                "metrics": self.metrics or defined_metrics(config.get(CLIENT_KEY), self.path),
                "watched": self.watched,
                "stats": self.stats,
                "files": self.client_files,
                "facts": self.facts,
            },
        )
