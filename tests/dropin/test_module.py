"""What code that says `import wandb` sees: names, the run of the process, and what it says without one."""

from __future__ import annotations

import importlib
import inspect
import pickle
from collections.abc import Callable
from typing import Any

import pytest

from wandb_testkit import errors
from wandb_testkit.dropin.install import install
from wandb_testkit.profiles import CLASSIC, CURRENT, Profile
from wandb_testkit.world import World, fake


def test_it_is_a_module_with_a_file_and_a_spec(wandb: Any) -> None:
    assert inspect.ismodule(wandb) is True
    assert inspect.getfile(wandb) == wandb.__file__ == wandb.__spec__.origin
    assert wandb.__spec__.loader is wandb.__loader__
    assert wandb.__package__ == wandb.__name__ == "wandb"
    assert "drop-in" in wandb.__doc__
    assert "wandb" in repr(wandb)


def test_init_log_config_summary_finish_reach_the_world(wandb: Any, world: World) -> None:
    run = wandb.init(project="digits", config={"lr": 0.1})
    assert wandb.run is run
    assert wandb.config is run.config
    assert wandb.summary is run.summary
    wandb.config.epochs = 2
    for loss in (0.5, 0.25):
        wandb.log({"loss": loss})
    wandb.define_metric("loss", summary="min")
    wandb.summary["best"] = 0.25
    wandb.finish()

    assert wandb.run is None
    view = world.run
    assert (view.project, view.config, view.history["loss"]) == ("digits", {"lr": 0.1, "epochs": 2}, [0.5, 0.25])
    assert view.summary["best"] == 0.25
    assert view.exit_code == 0


def test_finish_passes_the_exit_code_on(wandb: Any, world: World) -> None:
    wandb.init(project="p")
    wandb.finish(exit_code=3)

    assert world.run.exit_code == 3


def test_finish_without_a_run_does_nothing(wandb: Any) -> None:
    assert wandb.finish() is None


def test_join_is_an_old_name_of_finish(wandb: Any, world: World) -> None:
    wandb.init(project="p")
    wandb.join()

    assert world.run.state == "finished"


@pytest.mark.parametrize("after_a_run", [False, True], ids=["before init", "after finish"])
def test_without_a_run_everything_tells_to_call_init(wandb: Any, profile: Profile, after_a_run: bool) -> None:
    if after_a_run:
        wandb.init(project="p")
        wandb.finish()
    item = "wandb.{}['lr']" if profile is CURRENT else 'wandb.{}["lr"]'

    def message(call: Callable[[], object]) -> str:
        with pytest.raises(wandb.Error) as caught:
            call()
        return str(caught.value)

    before = "You must call wandb.init() before "
    assert wandb.run is None
    assert message(lambda: wandb.config.lr) == before + "wandb.config.lr"
    assert message(lambda: wandb.config["lr"]) == before + item.format("config")
    assert message(lambda: wandb.summary.lr) == before + "wandb.summary.lr"
    assert message(lambda: wandb.summary["lr"]) == before + item.format("summary")
    assert message(lambda: setattr(wandb.config, "lr", 1)) == before + "wandb.config.lr"
    assert message(lambda: wandb.config.__setitem__("lr", 1)) == before + item.format("config")
    assert message(lambda: wandb.config.update({"lr": 1})) == before + "wandb.config.update"
    assert message(lambda: wandb.log({"a": 1})) == before + "wandb.log()"
    assert message(lambda: wandb.save("model.pt")) == before + "wandb.save()"
    assert message(lambda: wandb.define_metric("a")) == before + "wandb.define_metric()"


def test_watch_without_a_run_fails_as_in_wandb(wandb: Any, profile: Profile) -> None:
    expected = {CLASSIC: ValueError, CURRENT: errors.Error}[profile]

    with pytest.raises(expected, match="before"):
        wandb.watch(object())


def test_what_stands_for_config_can_be_looked_at(wandb: Any) -> None:
    assert not hasattr(wandb.config, "__wrapped__")
    assert not hasattr(wandb.config, "_items")
    assert "no run" in repr(wandb.config)


def test_a_disabled_run_is_what_the_names_point_to_until_it_is_finished(wandb: Any) -> None:
    run = wandb.init(mode="disabled", config={"lr": 0.1})
    assert wandb.run is run
    assert wandb.config["lr"] == 0.1
    wandb.log({"loss": 0.5})
    assert wandb.summary["loss"] == 0.5
    wandb.finish()

    assert wandb.run is None
    with pytest.raises(wandb.Error):
        wandb.log({"loss": 0.5})


def test_a_run_is_an_instance_of_the_classes_that_code_asks_for(wandb: Any, profile: Profile) -> None:
    old = importlib.import_module("wandb.wandb_run")
    RunDisabled = wandb.sdk.lib.RunDisabled

    run = wandb.init(project="p")
    assert isinstance(run, wandb.sdk.wandb_run.Run)
    assert isinstance(run, old.Run)
    assert not isinstance(run, RunDisabled)
    wandb.finish()
    disabled = wandb.init(mode="disabled")

    assert isinstance(disabled, RunDisabled) is (profile is CLASSIC)
    assert isinstance(disabled, wandb.sdk.wandb_run.Run) is (profile is CURRENT)


def test_exceptions_are_the_kits_own_and_can_be_pickled(wandb: Any) -> None:
    assert wandb.Error is wandb.errors.Error is errors.Error
    assert issubclass(wandb.errors.CommError, wandb.Error)

    for error in (wandb.Error("no"), wandb.CommError("no", ValueError("x")), wandb.UsageError("no")):
        again = pickle.loads(pickle.dumps(error))
        assert (type(again), again.args, again.message) == (type(error), error.args, error.message)


def test_functions_can_be_pickled(wandb: Any) -> None:
    for function in (wandb.log, wandb.init, wandb.finish):
        assert pickle.loads(pickle.dumps(function)) is function


def test_a_name_is_the_same_object_each_time(wandb: Any, profile: Profile) -> None:
    first = [wandb.log, wandb.init, wandb.Settings, wandb.errors, wandb.sdk.wandb_run.Run]

    with fake(profile=profile):
        wandb.init(project="p")
        again = [wandb.log, wandb.init, wandb.Settings, wandb.errors, wandb.sdk.wandb_run.Run]
        wandb.finish()

    assert all(a is b for a, b in zip(first, again, strict=True))


def test_the_world_in_force_decides_what_run_is(wandb: Any, profile: Profile) -> None:
    outer = wandb.init(project="outer")
    with fake(profile=profile):
        assert wandb.run is None
        inner = wandb.init(project="inner")
        assert wandb.run is inner
        wandb.finish()

    assert wandb.run is outer
    wandb.finish()


def test_a_world_of_the_other_profile_is_given_arguments_by_name(wandb: Any, profile: Profile) -> None:
    other = CLASSIC if profile is CURRENT else CURRENT
    with fake(profile=other, directory="") as world:
        wandb.init(*(("team", "digits") if profile is CURRENT else ("eval", None, {"lr": 1})), mode="offline")
        wandb.log({"loss": 1})
        wandb.finish()

    expected = {CURRENT: ("team", "digits", {}), CLASSIC: ("", "uncategorized", {"lr": 1})}[profile]
    assert (world.run.entity, world.run.project, world.run.config) == expected


def test_an_argument_that_the_profile_does_not_have_is_a_type_error(wandb: Any, profile: Profile) -> None:
    with pytest.raises(TypeError, match=r"init\(\) got an unexpected keyword argument"):
        wandb.init(**{"resume_from" if profile is CLASSIC else "magic": None})


def test_login_tells_whether_there_are_credentials(wandb: Any, profile: Profile) -> None:
    assert wandb.login() is True
    with fake(profile=profile, logged_in=False, environ={}):
        with pytest.raises(wandb.UsageError, match="API key"):
            wandb.login()
        assert wandb.login(key="k" * 40, relogin=True) is True


def test_login_with_a_host_makes_it_the_server_of_later_runs(wandb: Any) -> None:
    wandb.login(host="https://wandb.example.org")
    run = wandb.init(project="p")

    assert run.url.startswith("https://wandb.example.org/")
    wandb.finish()


def test_login_warns_that_anonymous_has_no_effect(wandb: Any, world: World, profile: Profile) -> None:
    wandb.login(anonymous="allow")

    assert (world.session.told == ["anonymous_ignored"]) is (profile is CURRENT)


def test_setup_gives_settings_to_later_runs(wandb: Any, world: World) -> None:
    wandb.setup(wandb.Settings(project="digits"))
    wandb.init()
    wandb.finish()

    assert world.run.project == "digits"


def test_teardown_ends_every_run_where_there_is_one(wandb: Any, world: World, profile: Profile) -> None:
    wandb.init(project="p")
    if profile is CLASSIC:
        assert not hasattr(wandb, "teardown")
        wandb.finish()
        return
    wandb.teardown(exit_code=2)

    assert wandb.run is None
    assert world.run.exit_code == 2


def test_lines_go_to_the_terminal_of_the_world(wandb: Any, world: World) -> None:
    wandb.termlog("started")
    wandb.termwarn("careful", repeat=False)
    wandb.termwarn("careful", repeat=False)
    wandb.termerror("broken")
    wandb.termerror("broken")

    assert world.terminal.lines == [
        ("info", "started"),
        ("warning", "careful"),
        ("error", "broken"),
        ("error", "broken"),
    ]


def test_a_line_is_shown_again_in_another_world(wandb: Any, profile: Profile) -> None:
    wandb.termwarn("careful", repeat=False)
    with fake(profile=profile) as other:
        wandb.termwarn("careful", repeat=False)

    assert other.terminal.lines == [("warning", "careful")]


def test_generate_id_makes_ids() -> None:
    with install(profile=CLASSIC), fake(profile=CLASSIC):
        ids = {importlib.import_module("wandb.util").generate_id() for _ in range(50)}
    with install(profile=CURRENT), fake(profile=CURRENT):
        generate_id = importlib.import_module("wandb.sdk.lib.runid").generate_id
        assert [len(generate_id(n)) for n in (0, 5, 8, 30)] == [0, 5, 8, 30]
    assert len(ids) == 50
    assert all(len(run_id) == 8 and run_id.isalnum() and run_id.islower() | run_id.isdigit() for run_id in ids)


def test_reload_takes_back_what_was_assigned(wandb: Any) -> None:
    log = wandb.log
    wandb.log = wandb.extra = wandb.run = wandb.__version__ = "mine"

    assert importlib.reload(wandb) is wandb
    assert wandb.log is log
    assert wandb.run is None
    assert wandb.__version__ != "mine"
    assert not hasattr(wandb, "extra")
    assert wandb.errors.Error is wandb.Error


def test_an_error_inside_the_world_is_seen_as_it_is(wandb: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> None:
        raise AttributeError("the world is broken")

    monkeypatch.setattr("wandb_testkit.world.current", broken)

    with pytest.raises(AttributeError, match="the world is broken"):
        _ = wandb.run
