"""wandb.agent() without a function: the program that the sweep's config names, in both profiles."""

from __future__ import annotations

import importlib
import json
import os
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from wandb_testkit.dropin.install import install
from wandb_testkit.errors import UsageError
from wandb_testkit.profiles import CURRENT
from wandb_testkit.world import World, fake

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="children need a socket with a place on the disk")

SWEEP = {
    "program": "train.py",
    "method": "grid",
    "metric": {"name": "loss", "goal": "minimize"},
    "parameters": {"lr": {"values": [1, 2, 3]}},
}

TRAIN = """
    import json, sys, wandb
    run = wandb.init()
    run.log({"loss": run.config["lr"], "given": json.dumps(sys.argv[1:])})
"""


@pytest.fixture(params=["classic", "current"])
def world(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    monkeypatch.chdir(tmp_path)
    with fake(profile=request.param, environ={}) as world, install(profile=request.param):
        yield world
    assert {path.name for path in tmp_path.iterdir()} <= {"train.py", "__pycache__"}


@pytest.fixture
def wandb(world: World) -> Any:
    return importlib.import_module("wandb")


def program(code: str) -> None:
    Path("train.py").write_text(textwrap.dedent(code))


def given(world: World) -> Any:
    return json.loads(world.run.history["given"][0])


def test_an_agent_starts_the_program_for_each_run(world: World, wandb: Any) -> None:
    program(TRAIN)

    sweep_id = wandb.sweep(SWEEP, project="p")
    wandb.agent(sweep_id)

    assert [(run.config, run.history["loss"]) for run in world.runs] == [({"lr": lr}, [lr]) for lr in (1, 2, 3)]
    assert [json.loads(run.history["given"][0]) for run in world.runs] == [[f"--lr={lr}"] for lr in (1, 2, 3)]
    assert {(run.sweep, str(run.state), run.project) for run in world.runs} == {(sweep_id, "finished", "p")}
    assert str(world.server.sweeps[sweep_id].state) == "FINISHED"
    assert "WANDB_SWEEP_ID" not in os.environ


def test_an_agent_does_as_many_runs_as_it_is_told(world: World, wandb: Any) -> None:
    program(TRAIN)

    wandb.agent(wandb.sweep(SWEEP, project="p"), count=1)

    assert len(world.runs) == 1


def test_a_program_that_fails_fails_its_run_and_after_three_the_agent_gives_up(world: World, wandb: Any) -> None:
    program("import sys, wandb\nwandb.init()\nsys.exit(5)")
    sweep = {**SWEEP, "parameters": {"lr": {"values": [1, 2, 3, 4, 5]}}}

    wandb.agent(wandb.sweep(sweep, project="p"))

    assert [(str(run.state), run.exit_code) for run in world.runs] == [("failed", 5)] * 3
    assert ("error", "Detected 3 failed runs in the first 60 seconds, shutting down.") in world.terminal.lines


def test_the_command_of_a_sweep_says_how_the_program_is_started(
    world: World, wandb: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STAGE", "ci")
    program(TRAIN)
    macros = ["${args_no_hyphens}", "${args_json}", "stage=${envvar:STAGE}", "${args_no_equals}", "${args_json_file}"]
    sweep = {**SWEEP, "command": ["${env}", "${interpreter}", "${program}", *macros]}

    wandb.agent(wandb.sweep(sweep, project="p"), count=1)

    *plain, file = given(world)
    more = {"classic": ["stage=${envvar:STAGE}"], "current": ["stage=ci", "--lr", "1"]}[str(world.profile)]
    assert plain == ["lr=1", '{"lr": 1}', *more]
    assert file.endswith(f"config-{world.run.id}.json")


def test_flags_and_hydra_have_macros_of_their_own(wandb: Any, world: World) -> None:
    if world.profile is not CURRENT:
        pytest.skip("0.10 has no such macros")
    program(TRAIN)
    parameters = {"lr": {"values": [1]}, "on": {"value": True}, "off": {"value": False}}
    macros = ["${args_no_boolean_flags}", "${args_append_hydra}", "${args_override_hydra}"]
    sweep = {**SWEEP, "parameters": parameters, "command": ["${interpreter}", "${program}", *macros]}

    wandb.agent(wandb.sweep(sweep, project="p"), count=1)

    flags = {"--lr=1", "--on"}
    hydra = {f"{sign}{name}" for sign in ("+", "++") for name in ("lr=1", "on=True", "off=False")}
    assert set(given(world)) == flags | hydra


def test_early_termination_ends_a_program(world: World, wandb: Any) -> None:
    program(
        """
        import signal, wandb
        run = wandb.init()
        for step in range(10):
            run.log({"loss": run.config["lr"]})
        if run.config["lr"] == 100:
            signal.pause()
        """
    )
    sweep = {
        **SWEEP,
        "parameters": {"lr": {"values": [1, 1.5, 2, 2.5, 3, 100]}},
        "early_terminate": {"type": "hyperband", "min_iter": 2, "eta": 2},
    }

    wandb.agent(wandb.sweep(sweep, project="p"))

    assert [run.config["lr"] for run in world.runs] == [1, 1.5, 2, 2.5, 3, 100]
    assert str(world.runs[0].state) == "finished"
    assert str(world.runs[-1].state) == "killed"


def test_ctrl_c_lets_the_program_end_and_then_the_agent(world: World, wandb: Any) -> None:
    program(
        """
        import os, signal, wandb
        run = wandb.init()
        os.kill(os.getppid(), signal.SIGINT)
        run.log({"loss": 1})
        """
    )

    wandb.agent(wandb.sweep(SWEEP, project="p"))

    assert [(str(run.state), run.history["loss"]) for run in world.runs] == [("finished", [1])]
    assert any("ctrl-c received" in text for _, text in world.terminal.lines)


def test_a_signal_is_forwarded_to_the_program_where_that_is_asked_for(world: World, wandb: Any) -> None:
    if world.profile is not CURRENT:
        pytest.skip("0.10 has no forward_signals")
    program(
        """
        import os, signal, wandb
        run = wandb.init()
        signal.signal(signal.SIGTERM, lambda *_: None)
        os.kill(os.getppid(), signal.SIGTERM)
        run.log({"loss": 1})
        """
    )

    wandb.agent(wandb.sweep(SWEEP, project="p"), forward_signals=True)

    assert [str(run.state) for run in world.runs] == ["finished"]


def test_a_sweep_without_a_program_is_refused(world: World, wandb: Any) -> None:
    sweep = {key: value for key, value in SWEEP.items() if key != "program"}

    with pytest.raises(UsageError, match="has no program: put program:"):
        wandb.agent(wandb.sweep(sweep, project="p"))

    assert world.runs == []
