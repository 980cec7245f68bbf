"""Helpers of the drop-in that libraries call: require, attach, env, util, telemetry, the old internal Api."""

from __future__ import annotations

import argparse
import datetime
import importlib
import json
import os
import sys
import threading
from pathlib import Path
from typing import Any

import pytest

from wandb_testkit.dropin.install import install
from wandb_testkit.errors import NotModelledAttributeError, UnsupportedError, UsageError
from wandb_testkit.profiles import CURRENT, Profile
from wandb_testkit.world import World, fake


@pytest.fixture
def current() -> Any:
    with fake(profile="current", environ={}), install(profile="current"):
        yield importlib.import_module("wandb")


def test_require_takes_what_is_the_default_now_and_refuses_the_rest(current: Any) -> None:
    current.require("core")
    current.require(["service", "require"])

    with pytest.raises(UnsupportedError, match="unsupported requirement: launch"):
        current.require("launch")


def test_attach_finds_an_active_run_of_the_process(current: Any) -> None:
    first = current.init(project="p", id="first")
    second = current.init(project="p", id="second", reinit="create_new")

    assert current.attach("second") is second
    assert current.run is second
    assert current._attach(run=first) is first
    with pytest.raises(UsageError, match="the active runs of this process are first, second"):
        current.attach("third")
    with pytest.raises(UsageError, match="must be specified"):
        current.attach()


def test_env_reads_the_worlds_environment_and_sets_it_for_the_process_alone(wandb: Any, world: World) -> None:
    assert (wandb.env.PROJECT, wandb.env.DISABLE_SSL) == ("WANDB_PROJECT", "WANDB_INSECURE_DISABLE_SSL")
    assert wandb.env.get_project(env={"WANDB_PROJECT": "other"}) == "other"

    wandb.env.set_project("p")
    own: dict[str, str] = {}
    wandb.env.set_entity("ann", env=own)

    assert (wandb.env.get_project(), own) == ("p", {"WANDB_ENTITY": "ann"})
    assert "WANDB_PROJECT" not in os.environ
    with wandb.init() as run:
        assert run.project == "p"


def test_json_dumps_safer_says_what_json_cannot_and_refuses_what_nothing_stands_for(wandb: Any) -> None:
    said = {"day": datetime.date(2026, 1, 2), "bytes": b"x", "function": len}

    told = json.loads(wandb.util.json_dumps_safer(said))

    assert told == {"day": "2026-01-02", "bytes": "x", "function": "builtins.len"}
    for value in (object(), slice(1, 2)):
        with pytest.raises(TypeError, match="not JSON serializable"):
            wandb.util.json_dumps_safer(value)


def test_only_0_31_has_json_for_sets(wandb: Any, profile: Profile) -> None:
    if profile is CURRENT:
        assert json.loads(wandb.util.json_dumps_safer({1})) == [1]
    else:
        with pytest.raises(TypeError, match="not JSON serializable"):
            wandb.util.json_dumps_safer({1})


def test_sizes_are_read_and_written_as_people_do(wandb: Any) -> None:
    sizes = [wandb.util.to_human_size(size) for size in (0, 999, 1500, 2_000_000)]

    assert sizes == ["0.0B", "999.0B", "1.5KB", "2.0MB"]
    assert wandb.util.from_human_size("1.5KB") == 1500
    assert wandb.util.from_human_size("2KiB", units=wandb.util.POW_2_BYTES) == 2048
    with pytest.raises(ValueError, match="size 'many apples'"):
        wandb.util.from_human_size("many apples")


def test_a_function_is_called_once_a_module_has_been_imported(wandb: Any, tmp_path: Path) -> None:
    (tmp_path / "imported_later.py").write_text("x = 1")
    seen = []
    wandb.util.add_import_hook("imported_later", lambda: seen.append(sys.modules["imported_later"].x))
    sys.path.insert(0, str(tmp_path))
    try:
        assert seen == []
        importlib.import_module("imported_later")
    finally:
        sys.path.remove(str(tmp_path))
        sys.modules.pop("imported_later", None)
        hook = next(finder for finder in sys.meta_path if isinstance(finder, wandb.util.ImportMetaHook))
        hook.on_import.pop("imported_later")

    assert seen == [1]


def test_libraries_ask_the_user_of_the_world(profile: Profile) -> None:
    if profile is not CURRENT:
        pytest.skip("0.10 has no terminput")
    with fake(profile=profile, answers=["maybe", "y", "7", "2"]) as world, install(profile=profile):
        term = importlib.import_module("wandb.errors.term")
        util = importlib.import_module("wandb.util")

        assert term.confirm("Really?")
        assert util.prompt_choices(["a", "b"]) == "b"
        assert ("warning", "Invalid choice") in world.terminal.lines
    with fake(profile=profile), pytest.raises(term.NotATerminalError):
        term.terminput("Name: ")


def test_a_module_that_is_not_installed_is_none_or_an_error(wandb: Any) -> None:
    assert wandb.util.get_module("json") is json
    assert wandb.util.get_module("no_such_module") is None
    with pytest.raises(wandb.Error, match="needs it"):
        wandb.util.get_module("no_such_module", required="this needs it")


def test_what_libraries_tell_of_themselves_is_kept_apart(wandb: Any, world: World) -> None:
    telemetry = importlib.import_module("wandb.sdk.lib.telemetry")
    run = wandb.init(project="p")
    with telemetry.context(run) as told:
        told.feature.lightgbm_wandb_callback = True
    with wandb.wandb_lib.telemetry.context() as told:
        told.imports_init.torch = True
        assert told.feature.anything is False
    run._label(repo="mine", code_version="1")
    run.finish()
    with telemetry.context() as told:
        told.feature.late = True

    view = world.run
    assert view.config == {}
    assert view.client["config"]["label"] == {"repo": "mine", "code_version": "1"}
    assert view.client["config"]["telemetry"] == {"feature.lightgbm_wandb_callback": True, "imports_init.torch": True}


def test_functions_are_called_by_the_name_of_an_event(wandb: Any) -> None:
    seen: list[Any] = []
    wandb.trigger.register("on_step", seen.append)
    wandb.trigger.call("on_step", 1)
    wandb.trigger.unregister("on_step", seen.append)
    wandb.trigger.call("on_step", 2)

    assert seen == [1]


def test_parse_config_reads_flags(wandb: Any) -> None:
    flags = argparse.Namespace(lr=0.1, name="x")

    assert wandb.helper.parse_config(flags, exclude=["name"]) == {"lr": 0.1}
    assert wandb.helper.parse_config({"a": 1, "b": 2}, include=("b",)) == {"b": 2}
    with pytest.raises(UsageError, match="at most only one"):
        wandb.helper.parse_config({}, exclude=["a"], include=["b"])


def test_the_old_internal_api_tells_whose_key_there_is_and_refuses_the_rest(wandb: Any, world: World) -> None:
    assert wandb.api.api_key == world.api_key
    assert wandb.api.viewer()["entity"] == world.server.accounts.default.entity
    assert wandb.api.settings("base_url") == world.session.base_url()
    with pytest.raises(NotModelledAttributeError, match=r"use wandb\.Api\(\)"):
        _ = wandb.api.upsert_run


def test_a_printer_shows_lines_on_the_worlds_terminal(current: Any) -> None:
    printer = importlib.import_module("wandb.sdk.lib.printer").new_printer()

    printer.display(["one", "two"], level="warn")

    from wandb_testkit.world import current as world

    terminal: Any = world().terminal
    assert terminal.lines[-2:] == [("warning", "one"), ("warning", "two")]


def test_a_name_that_wandb_has_and_the_kit_has_not_is_refused_as_such(current: Any) -> None:
    with pytest.raises(NotModelledAttributeError, match=r"wandb 0\.31\.0 has it, and this version of the kit has not"):
        _ = current.profiler


def test_a_controller_of_ones_own_chooses_and_an_agent_carries_out() -> None:
    config = {
        "method": "custom",
        "controller": {"type": "local"},
        "metric": {"name": "loss", "goal": "minimize"},
        "parameters": {"lr": {"values": [1, 2, 3]}},
    }
    with fake(profile="current", environ={}) as world, install(profile="current"):
        wandb = importlib.import_module("wandb")
        controller = wandb.controller(config, project="p")
        sweeps = importlib.import_module("sweeps")  # the server has imported it, whose warnings are not the test's
        values = [3, 1]
        controller.configure_search(
            lambda config, runs: sweeps.SweepRun(config={"lr": {"value": values[len(runs)]}}) if len(runs) < 2 else None
        )
        controlling = threading.Thread(target=controller.run, kwargs={"print_status": False})
        controlling.start()

        def train() -> None:
            wandb.init().log({"loss": wandb.config.lr})

        wandb.agent(controller.sweep_id, function=train, project="p")
        controlling.join(60)

        assert [run.config for run in world.runs] == [{"lr": 3}, {"lr": 1}]
        assert controller.done() is True
