"""Owns how recorded runs get onto a server, for code that reads runs through the public API."""

from __future__ import annotations

import copy

from wandb_testkit.observation import RunView
from wandb_testkit.records import RunPath, RunRecord
from wandb_testkit.server.app import FakeServer
from wandb_testkit.server.artifact_logging import log_artifact
from wandb_testkit.server.artifacts import NewArtifact


def replay(server: FakeServer, recorded: RunView) -> None:
    """Put a recorded run on a server as it was, with its times, files and artifacts; an entity that is new is a team.

    Raises:
        ValueError: A run with that path exists already.
    """
    server.settle()
    run = copy.deepcopy(recorded)
    path = RunPath(run.entity or server.accounts.default.entity, run.project, run.id)
    if server.runs.find(path) is not None:
        raise ValueError(f"run {path} exists already; delete_run() it first, or replay into another world")
    if server.accounts.named(path.entity) is None:
        server.add_team(path.entity)
    start = RunRecord(
        path,
        starts=True,
        display_name=run.name,
        notes=run.notes,
        tags=run.tags or None,
        group=run.group,
        job_type=run.job_type,
        config=run.config,
    )
    with server.lock:
        server.runs.upsert(start, path, server.accounts.default)
        stored = server.runs.find(path)
        assert stored is not None, path
        rows = run.history.with_times()
        stored.timestamps = [row.pop("_timestamp") for row in rows]
        stored.runtimes = [row.pop("_runtime") for row in rows]
        stored.rows = rows
        stored.config = {**run.config, "_wandb": run.client.get("config", {})}
        stored.summary = {**run.summary, **run.client.get("summary", {})}
        stored.metrics = dict(run.client.get("metrics", {}))
        stored.files = dict(run.files)
        stored.output = list(run.output)
        stored.alerts = list(run.alerts)
        stored.resumed_from = run.resumed_from
        stored.awaits_first_row = False
        stored.started_by = None
        stored.state, stored.exit_code = run.state, run.exit_code
        for name in run.artifacts:
            for view in run.artifacts.versions(name):
                entity, project, short = _place(path, name)
                new = NewArtifact(
                    entity,
                    project,
                    short,
                    view.type,
                    description=view.description,
                    metadata=view.metadata,
                    aliases=view.aliases,
                )
                by = stored if view.logged else None
                made = log_artifact(
                    server.artifacts, new, view.files, view.references, user=server.accounts.default.entity, run=by
                )
                if view.used:
                    stored.touch(made, "used")
                server.projects.ensure(entity, project)
    if server.keeper is not None:
        server.keeper.keep(everything=True)


def _place(path: RunPath, name: str) -> tuple[str, str, str]:
    """Entity, project and name of an artifact, whose own are left out where they are those of the run."""
    *place, short = name.split("/")
    return (place[0], place[1], short) if len(place) == 2 else (path.entity, path.project, short)
