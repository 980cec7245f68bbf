"""What scripts for `wandb.Api()` (fixtures/scripts/clients) find and leave: of real clients and the drop-in alike."""

from __future__ import annotations

from typing import Any

from wandb_testkit.world import World


def add_runs_to_read(world: World) -> str:
    """Put the runs there that api.py reads, edits and deletes; the entity that they are of."""
    rows: list[dict[str, Any]] = [{"loss": 1.0, "d": {"e": 1}}, {"loss": 0.5}, {"loss": 0.25}]
    world.server.add_run("first", project="p", rows=rows, config={"lr": 0.1}, name="my name", tags=["a"])
    world.server.add_run("second", project="p", rows=[{"loss": 0.125}], config={"lr": 0.9}, state="crashed")
    world.server.add_run("third", project="p")
    return world.server.accounts.default.entity


def check_what_was_read(told: dict[str, Any], world: World) -> None:
    """What api.py tells, and what it leaves on the server."""
    assert (told["state"], told["name"], told["tags"]) == ("finished", "my name", ["a"])
    assert (told["config"], told["loss"], told["last step"]) == ({"lr": 0.1}, 0.25, 2)
    assert [row["loss"] for row in told["history"]] == [1.0, 0.5, 0.25]
    assert told["history of keys"] == [{"_step": i, "loss": 0.5**i} for i in range(3)]
    assert [row["loss"] for row in told["scan"]] == [1.0, 0.5, 0.25]
    assert [row["loss"] for row in told["scan of keys"]] == [1.0, 0.5, 0.25]
    assert (told["files"], told["file"]) == (["f.txt"], "hi")
    assert told["all"] == ["first", "second", "third"]
    assert (told["finished"], told["slow"]) == (["first", "third"], ["first"])
    assert told["best first"] == ["second", "first", "third"]
    assert told["no such run"]
    first, second = world.runs
    assert (first.tags, first.config, first.state) == (("a", "edited"), {"lr": 0.1, "new": 2}, "finished")
    assert (first.summary["loss"], first.summary["added"]) == (0.25, 5)
    assert first.history["loss"] == [1.0, 0.5, 0.25]
    assert second.id == "second"


def add_runs_to_choose_from(world: World) -> str:
    """Put the runs there that api_runs.py chooses among; the entity that they are of."""
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
    return world.server.accounts.default.entity


def check_what_was_chosen(told: dict[str, Any], world: World) -> None:
    """What api_runs.py tells, and what it leaves on the server."""
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


FOUND_BY_0_10 = {
    "artifact": ["data:v0", "v0", "dataset", {"n": 1}, ["latest"]],
    "versions": ["v0"],
    "types": ["dataset"],
    "type": "dataset",
    "collections": ["data"],
    "logged": ["data:v0"],
    "used": ["data:v0"],
    "refused": ["CommError"] * 4,
}
"""What find_artifacts.py tells, with 0.10.33."""

FOUND_BY_0_31 = {
    **FOUND_BY_0_10,
    "artifact": ["data:latest", "v0", "dataset", {"n": 1}, ["latest"]],
    "refused": [*["CommError"] * 3, "ValueError"],
}
"""What it tells with 0.31.0."""
