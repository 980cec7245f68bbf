"""The public API of real clients reads and edits what a client of the same version, or a test, put on the server."""

from __future__ import annotations

from typing import Any

import pytest

from tests.clients.conftest import Client
from wandb_testkit.world import World

pytestmark = pytest.mark.needs_client


@pytest.mark.behaviour("Api: read, edit, delete")
def test_the_public_api_reads_edits_and_deletes_runs(world: World, client: Client) -> None:
    user = world.server.accounts.default.entity
    rows: list[dict[str, Any]] = [{"loss": 1.0, "d": {"e": 1}}, {"loss": 0.5}, {"loss": 0.25}]
    world.server.add_run("first", project="p", rows=rows, config={"lr": 0.1}, name="my name", tags=["a"])
    world.server.add_run("second", project="p", rows=[{"loss": 0.125}], config={"lr": 0.9}, state="crashed")
    world.server.add_run("third", project="p")
    client.play("file_to.py", user, "first")

    played = client.play("api.py", user)

    told = played.told
    assert played.exit_code == 0, played.output
    assert (told["state"], told["name"], told["tags"]) == ("finished", "my name", ["a"])
    assert (told["config"], told["loss"], told["last step"]) == ({"lr": 0.1}, 0.25, 2)
    assert [row["loss"] for row in told["history"]] == [1.0, 0.5, 0.25]
    assert told["history of keys"] == [{"_step": i, "loss": 0.5**i} for i in range(3)]
    assert [row["loss"] for row in told["scan"]] == [1.0, 0.5, 0.25]
    assert [row["loss"] for row in told["scan of keys"]] == [1.0, 0.5, 0.25]
    assert (told["files"], told["file"]) == (["f.txt"], "hi")
    assert told["all"] == ["first", "second", "third"]
    assert told["finished"] == ["first", "third"]
    assert told["slow"] == ["first"]
    assert told["best first"] == ["second", "first", "third"]
    assert told["no such run"]
    first, second = world.runs
    assert (first.tags, first.config, first.state) == (("a", "edited"), {"lr": 0.1, "new": 2}, "finished")
    assert (first.summary["loss"], first.summary["added"]) == (0.25, 5)
    assert first.history["loss"] == [1.0, 0.5, 0.25]
    assert second.id == "second"


@pytest.mark.behaviour("Api: filters, order, samples, stop")
def test_the_public_api_chooses_samples_and_stops_runs(world: World, client: Client) -> None:
    user = world.server.accounts.default.entity
    states = {"r2": "running", "r3": "failed"}
    for number in range(1, 5):
        world.server.add_run(
            f"r{number}",
            project="p",
            rows=[{"loss": step / 2} for step in range(30 if number == 1 else number)],
            config={"lr": number / 10},
            summary={"loss": 5 - number},
            state=states.get(f"r{number}", "finished"),
            name=f"run {number}",
            tags=["even"] if number % 2 == 0 else [],
        )

    played = client.play("api_runs.py", user)

    assert played.exit_code == 0, played.output
    told = played.told
    assert told["filters"] == {
        "state": ["r3"],
        "config": ["r3"],
        "less": ["r1", "r2"],
        "summary": ["r1", "r2", "r3"],
        "tags": ["r2", "r4"],
        "name": ["r1", "r3"],
        "id": ["r2"],
        "or": ["r1", "r4"],
        "and": ["r4"],
        "none": [],
    }
    assert told["order"] == {
        "oldest": ["r1", "r2", "r3", "r4"],
        "newest": ["r4", "r3", "r2", "r1"],
        "config": ["r4", "r3", "r2", "r1"],
        "summary": ["r4", "r3", "r2", "r1"],
    }
    assert (told["pages"], told["count"]) == (["r1", "r2", "r3", "r4"], 4)
    assert (told["sampled"], len(told["sampled keys"]), told["scan"]) == (10, 5, 30)
    assert (told["sampled keys"][0], told["sampled keys"][-1]) == (0, 14.5)
    assert told["between"] == [5, 6, 7, 8]
    assert told["left"] == ["r1", "r2", "r4"]
    first, second, _ = world.runs
    assert (first.name, first.notes, first.summary["best"], first.state) == ("renamed", "edited", 1, "finished")
    assert second.state == "running"
    (asked,) = [run.stop_is_requested for run in world.server.runs if run.path.run_id == "r2"]
    assert asked is bool(told.get("stopped"))
