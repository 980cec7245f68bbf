"""Real clients of several generations log runs: what the server has of them is what the script says."""

from __future__ import annotations

import math
from typing import Any

import pytest

from tests.clients.conftest import Client
from wandb_testkit.observation import RunView
from wandb_testkit.wire.http import Request, Response
from wandb_testkit.world import World

pytestmark = pytest.mark.needs_client


def resumed_run(world: World, client: Client, mode: str) -> tuple[RunView, dict[str, Any]]:
    client.play("resume.py", "r1", "none", 2)
    told = client.play("resume.py", "r1", mode, 1).told
    return world.run, told


@pytest.mark.behaviour("online run")
def test_an_online_run_is_recorded_as_the_script_says(world: World, client: Client) -> None:
    played = client.play("online.py", "r1")

    run = world.run
    assert played.exit_code == 0, played.output
    assert not world.recorder.refusals
    assert (run.id, run.project, run.name, run.group, run.job_type) == ("r1", "p", "my name", "g", "train")
    assert (run.notes, set(run.tags)) == ("my notes", {"a", "b"})
    assert (run.state, run.exit_code) == ("finished", 0)
    assert run.config == {"lr": 0.1, "net": {"depth": 3}, "late": True}
    assert run.history[:3] == [{"_step": i, "loss": 1 / (i + 1), "m/n": i, "d": {"e": i}} for i in range(3)]
    assert run.history.steps("odd") == [3]
    assert math.isnan(run.history["odd"][0])
    assert run.history[4:] == [{"_step": 9, "late": 1}]
    assert run.summary["loss"] == {"min": pytest.approx(1 / 3)}
    assert (run.summary["best"], run.summary["late"], run.summary["_step"]) == (7, 1, 9)
    assert run.files == {"f.txt": b"hi"}
    assert "a line of the user" in run.output
    assert run.client["metrics"]["loss"].summary == ("min",)
    assert {"config.yaml", "requirements.txt", "wandb-summary.json"} <= set(run.client["files"])


@pytest.mark.behaviour("failing script")
def test_an_exception_fails_the_run(world: World, client: Client) -> None:
    played = client.play("fail.py", "r1")

    run = world.run
    assert played.exit_code == 1
    assert (run.state, run.exit_code) == ("failed", 1)
    assert run.history == [{"_step": 0, "a": 1}]


@pytest.mark.behaviour("resume=must, allow")
@pytest.mark.parametrize("mode", ["must", "allow"])
def test_a_resumed_run_goes_on_behind_its_last_row(world: World, client: Client, mode: str) -> None:
    run, told = resumed_run(world, client, mode)

    assert told == {"error": None, "resumed": True}
    assert run.history == [{"_step": 0, "by_none": 0}, {"_step": 1, "by_none": 1}, {"_step": 2, f"by_{mode}": 0}]
    assert run.config == {"none": 1, mode: 1}
    assert run.resumed_from == 2
    assert (run.state, run.exit_code) == ("finished", 0)


@pytest.mark.behaviour("resume=never")
def test_never_resume_refuses_a_run_that_exists(world: World, client: Client) -> None:
    run, told = resumed_run(world, client, "never")

    assert told == {"error": "UsageError"}
    assert run.history == [{"_step": 0, "by_none": 0}, {"_step": 1, "by_none": 1}]


@pytest.mark.behaviour("resume=must, no such run")
def test_must_resume_refuses_a_run_that_does_not_exist(world: World, client: Client) -> None:
    played = client.play("resume.py", "r1", "must", 1)

    assert played.told == {"error": "UsageError"}
    assert world.runs == []


@pytest.mark.behaviour("started again without resume")
def test_without_resume_old_clients_overwrite_history_and_newer_ones_append(world: World, client: Client) -> None:
    """trap 8"""
    run, told = resumed_run(world, client, "none")

    old = [] if client.overwrites else [{"_step": 0, "by_none": 0}, {"_step": 1, "by_none": 1}]
    assert told == {"error": None, "resumed": False}
    assert run.history == [*old, {"_step": 0, "by_none": 0}]
    assert run.resumed_from is None


@pytest.mark.behaviour("id of a deleted run")
def test_a_deleted_run_id_is_refused(world: World, client: Client) -> None:
    """trap 9"""
    if client.repeats_after_410:
        pytest.xfail(
            "before 0.15 a client repeats after a 410 until it gives up (protocol.md trap 9): init takes half a minute"
        )
    client.play("resume.py", "r1", "none", 1)
    world.server.delete_run("r1")

    told = client.play("resume.py", "r1", "none", 1).told

    assert told == {"error": "CommError"}
    assert world.runs == []


@pytest.mark.parametrize("status", [500, 429])
def test_rows_are_stored_once_when_a_file_stream_has_to_be_repeated(world: World, client: Client, status: int) -> None:
    world.server.fail("file_stream", nth=1, reply=status)

    client.play("online.py", "r1")

    assert world.run.history.steps("loss") == [0, 1, 2]
    assert world.run.state == "finished"
    assert [one.status for one in world.recorder.exchanges if one.path.endswith("file_stream")][:2] == [status, 200]


@pytest.mark.behaviour("alert")
def test_an_alert_is_kept(world: World, client: Client) -> None:
    client.play("alert.py")

    assert world.run.alerts == [{"title": "title", "text": "text", "level": "WARN", "wait_s": 60.0}]


@pytest.mark.behaviour("offline, then sync")
def test_an_offline_run_is_uploaded_by_sync(world: World, client: Client) -> None:
    played = client.play("offline.py")

    run = world.run
    assert played.exit_code == 0, played.output
    assert (run.id, run.config, run.state) == ("r1", {"lr": 0.1}, "finished")
    assert run.history == [{"_step": i, "a": i} for i in range(3)]


@pytest.mark.behaviour("stop from outside")
def test_a_run_that_is_asked_to_stop_is_interrupted(
    world: World, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """trap 13"""
    handle = world.server.handle

    def stopping_once_it_logs(request: Request) -> Response:
        """Ask for the stop when the first row has arrived: init() is over then, and its user can be interrupted."""
        response = handle(request)
        if any(run.rows for run in world.server.runs):
            world.server.stop_run("r1")
        return response

    monkeypatch.setattr(world.server, "handle", stopping_once_it_logs)
    played = client.play("stop.py", env={"WANDB_X_FILE_STREAM_TRANSMIT_INTERVAL": "1"})

    assert played.told == {"stopped": True}, played.output


@pytest.mark.behaviour("system metrics")
def test_samples_of_the_machine_are_kept_beside_the_history(world: World, client: Client) -> None:
    """protocol.md 4.4"""
    loud = dict.fromkeys(("WANDB__DISABLE_STATS", "WANDB_X_DISABLE_STATS", "WANDB_X_DISABLE_MACHINE_INFO"))
    played = client.play("machine.py", 3, env={**loud, "WANDB_X_STATS_SAMPLING_INTERVAL": "1"})

    run = world.run
    assert played.exit_code == 0, played.output
    assert run.history["a"] == [0, 1, 2]
    samples = run.client["stats"]
    assert samples
    assert all({"_timestamp", "_runtime"} <= set(sample) for sample in samples)
    assert any(key.startswith("system.") for key in samples[0])
    assert not [key for key in run.summary if key.startswith("system.")]


@pytest.mark.behaviour("edits of name, notes, tags, config")
def test_edits_of_a_running_run_arrive(world: World, client: Client) -> None:
    played = client.play("edits.py")

    run = world.run
    assert played.exit_code == 0, played.output
    assert (run.name, run.notes, set(run.tags)) == ("after", "after", {"a", "b"})
    assert run.config == {"lr": 0.2, "late": [1, 2]}
    assert (run.state, run.history["loss"]) == ("finished", [1, 2])


@pytest.mark.behaviour("resume=auto")
def test_auto_resume_continues_the_run_of_a_process_that_failed(world: World, client: Client) -> None:
    played = client.play("auto.py")

    run = world.run
    assert played.exit_code == 0, played.output
    assert run.history == [{"_step": 0, "by": "first"}, {"_step": 1, "by": "second"}]
    assert (run.state, run.resumed_from) == ("finished", 1)


@pytest.mark.behaviour("anonymous")
def test_an_anonymous_run_is_on_an_account_made_on_the_fly(world: World, client: Client) -> None:
    """trap 17"""
    played = client.play("anonymous.py", env={"WANDB_API_KEY": None})

    if not client.has_anonymous:
        assert played.told == {"error": "UsageError"}, played.output
        pytest.skip("the client has no anonymous runs any more: a UsageError asks for a key")
    run = world.run
    assert played.told == {"error": None}, played.output
    assert (run.entity, run.history["a"]) == ("anonymous-1", [1])
