"""What is true of a server's state whatever it was sent; tests that send nonsense check it afterwards."""

from __future__ import annotations

import json

from wandb_testkit.observation import RunState
from wandb_testkit.server.files import name_refusal
from wandb_testkit.world import World


def check_state(world: World) -> None:
    """Every run, stream, file and project is one that can be read, listed and resumed.

    Raises:
        AssertionError: Something is not.
    """
    server = world.server
    stored = {run.path: run for run in server.runs}
    shown = {view.path for view in world.runs}
    assert shown == {str(path) for path, run in stored.items() if run.state is not RunState.DELETED}
    for path, run in stored.items():
        assert run.path == path
        assert all(path)
        assert isinstance(run.state, RunState)
        assert len(run.rows) == len(run.timestamps) == len(run.runtimes)
        assert len(run.past.rows) == len(run.past.timestamps) == len(run.past.runtimes)
        assert all(type(row["_step"]) is int for row in run.rows)
        assert all(isinstance(line, str) for line in run.output)
        assert all(isinstance(sample, dict) for sample in run.stats)
        assert all(isinstance(tag, str) for tag in run.tags)
        assert not any(name_refusal(name) for name in (*run.files, *run.client_files))
        assert all(isinstance(content, bytes) for content in (*run.files.values(), *run.client_files.values()))
        assert run.exit_code is None or type(run.exit_code) is int
        assert server.projects.find(path.entity, path.project) is not None
        status = server.runs.status(path).status
        assert (status is None) == (run.state is RunState.DELETED)
        json.dumps([run.config, run.summary, run.rows, run.stats, run.output, run.tags, run.facts, run.alerts])
    for view in world.runs:
        repr(view)
