"""The reference page of wandb.init(), sentence by sentence, as profile classic keeps it.

Each docstring begins with the part of the page that it is about and what the page says there; below stand the clauses
that rule it, and the functions that carry it out. `docs/reference-page.md` is made of them
(`python -m tests.sdk.reference_page`).
"""

from __future__ import annotations

import argparse
import importlib
import inspect
import json
import logging
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import wandb_testkit as wt
from wandb_testkit.profiles import CLASSIC
from wandb_testkit.sdk import init as wandb_init
from wandb_testkit.sdk.init import _WandbInit

MakeWorld = Callable[..., wt.World]

PARAMETERS = [
    *("job_type", "dir", "config", "project", "entity", "reinit", "tags", "group", "name", "notes", "magic"),
    *("config_exclude_keys", "config_include_keys", "anonymous", "mode", "allow_val_change", "resume", "force"),
    *("tensorboard", "sync_tensorboard", "monitor_gym", "save_code", "id", "settings"),
]


def config_of(world: wt.World) -> dict[str, Any]:
    return dict(world.run.config)


# ---------------------------------------------------------------------- init


def test_the_signature() -> None:
    """init: job_type, dir, config ... settings, all None by default; Union[Run, Dummy] is returned

    A.1: world.init
    """
    with wt.install(profile="classic"), wt.fake(profile=CLASSIC, environ={}, directory=""):
        wandb: Any = importlib.import_module("wandb")

        for init in (wt.init, wandb.init):
            signature = inspect.signature(init)
            assert list(signature.parameters) == PARAMETERS
            assert {parameter.default for parameter in signature.parameters.values()} == {None}
            assert all(issubclass(one, (wt.Run, wt.Dummy)) for one in signature.return_annotation.__args__)


def test_a_process_is_spawned() -> None:
    """init: Spawns a new process to start or resume a run locally and communicate with a wandb server.

    INIT-3: transport.process.ServiceProcess
    """
    with wt.fake(profile=CLASSIC, transport="process", environ={}, directory="") as world:
        run = world.init(id="abc")
        children = Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()
        run.log({"metric": 1})
        run.finish()

    assert len(children) >= 1
    assert (world.run.id, world.run.history["metric"]) == ("abc", [1])


def test_init_comes_before_log() -> None:
    """init: Should be called before any calls to wandb.log.

    INIT-2: dropin.classic.log
    """
    with wt.install(profile="classic"), wt.fake(profile=CLASSIC, environ={}, directory=""):
        wandb: Any = importlib.import_module("wandb")

        with pytest.raises(wandb.Error, match=r"wandb\.init\(\) before wandb\.log"):
            wandb.log({"loss": 1})


def test_a_run_is_returned(classic: wt.World) -> None:
    """init: Returns a Run object.

    INIT-2: sdk.steps._run
    """
    assert isinstance(classic.init(), wt.Run)


def test_a_dummy_is_returned_in_disabled_mode(classic: wt.World) -> None:
    """init: -> Union[Run, Dummy]

    MODE-5, DISABLED-1: sdk.classic.return_dummy
    """
    assert isinstance(classic.init(mode="disabled"), wt.Dummy)
    assert classic.runs == []


def test_an_exception_is_raised_if_there_is_a_problem(classic: wt.World) -> None:
    """init: Raises Exception: if problem.

    ERR-1, ERR-2: sdk.classic.report
    """
    with pytest.raises(Exception, match=r"^problem$") as raised:
        classic.init(name=3)

    assert type(raised.value) is Exception
    assert str(raised.value.__cause__) == "name=3: expected a str, got int [A.1]; give text"


def test_basic_usage(classic: wt.World) -> None:
    """init: Basic usage: wandb.init()

    INIT-1: sdk.init.init
    """
    classic.init()

    assert classic.run.state == "running"


def test_several_runs_from_the_same_script(classic: wt.World) -> None:
    """init: Launch multiple runs from the same script: for x in range(10): with wandb.init(project="my-projo") as run:
    ...

    INIT-1, FINISH-1: sdk.run.Run
    """
    for x in range(10):
        with classic.init(project="my-projo") as run:
            for y in range(100):
                run.log({"metric": x + y})

    assert [run.project for run in classic.runs] == ["my-projo"] * 10
    assert [run.history["metric"] for run in classic.runs] == [[x + y for y in range(100)] for x in range(10)]
    assert len({run.id for run in classic.runs}) == 10


# ---------------------------------------------------------------------- config


def test_config_is_a_dict(classic: wt.World) -> None:
    """config: config (dict, ...): Sets the config parameters (typically hyperparameters) to store with the run.

    A.1.config, CONFIG-1: sdk.config_sources.starting_config
    """
    classic.init(config={"lr": 0.1, "layers": [1, 2]})

    assert config_of(classic) == {"lr": 0.1, "layers": [1, 2]}


def test_config_is_a_namespace_of_argparse(classic: wt.World) -> None:
    """config: config (argparse): will load the key value pairs into the runs config object.

    CONFIG-2: sdk.config.mapping_of
    """
    parser = argparse.ArgumentParser()
    parser.add_argument("--lr", type=float)

    classic.init(config=parser.parse_args(["--lr", "0.5"]))

    assert config_of(classic) == {"lr": 0.5}


def test_config_is_flags_of_absl(classic: wt.World) -> None:
    """config: config (absl.flags): will load the key value pairs into the runs config object.

    CONFIG-3: sdk.config.mapping_of
    """
    from absl import flags

    values: Any = flags.FlagValues()  # type: ignore[no-untyped-call]
    flags.DEFINE_float("lr", 0.25, "learning rate", flag_values=values)
    values(["train.py"])

    classic.init(config=values)

    assert config_of(classic) == {"lr": 0.25}


def test_config_is_the_name_of_a_yaml_file(make_world: MakeWorld, tmp_path: Path) -> None:
    """config: If str: will look for a yaml file that includes config parameters and load them into the run's config
    object.

    CONFIG-4: sdk.config_files.read_config_file
    """
    (tmp_path / "params.yaml").write_text("lr:\n  desc: learning rate\n  value: 0.75\n")
    world = make_world(CLASSIC, directory=tmp_path)

    world.init(config="params.yaml")

    assert config_of(world) == {"lr": 0.75}


def test_wandb_config_is_that_of_the_run() -> None:
    """config: See also wandb.config.

    CONFIG-1: dropin.tree.DropInRoot
    """
    with wt.install(profile="classic"), wt.fake(profile=CLASSIC, environ={}, directory=""):
        wandb: Any = importlib.import_module("wandb")

        wandb.init(config={"lr": 0.1})

        assert wandb.config.lr == 0.1


def test_some_keys_of_config_are_not_stored(classic: wt.World) -> None:
    """config_exclude_keys: string keys to exclude storing in W&B when specifying config.

    A.1.config_exclude_keys, CONFIG-6: sdk.config.chosen
    """
    classic.init(config={"lr": 0.1, "secret": 1}, config_exclude_keys=["secret"])

    assert config_of(classic) == {"lr": 0.1}


def test_only_some_keys_of_config_are_stored(classic: wt.World) -> None:
    """config_include_keys: string keys to include storing in W&B when specifying config.

    A.1.config_include_keys, CONFIG-6: sdk.config.chosen
    """
    classic.init(config={"lr": 0.1, "secret": 1}, config_include_keys=["lr"])

    assert config_of(classic) == {"lr": 0.1}


@pytest.mark.parametrize("is_notebook", [True, False])
def test_config_may_be_changed_in_notebooks(make_world: MakeWorld, is_notebook: bool) -> None:
    """allow_val_change: allow config values to be changed after setting. Defaults to true in jupyter and false
    otherwise.

    A.1.allow_val_change, CONFIG-7, CONFIG-9: sdk.steps._run, sdk.config.Config
    """
    world = make_world(CLASSIC, notebook=is_notebook)
    run = world.init(config={"lr": 0.1})
    if not is_notebook:
        with pytest.raises(wt.ConfigError):
            run.config.lr = 0.2
        run.finish()
        run = world.init(config={"lr": 0.1}, allow_val_change=True)

    run.config.lr = 0.2

    assert world.runs[-1].config == {"lr": 0.2}


@pytest.mark.parametrize(
    "magic", [True, {"sgd": {"lr": 2}}, '{"sgd": {"lr": 2}}', "magic.yaml"], ids=["bool", "dict", "json", "yaml"]
)
def test_magic(make_world: MakeWorld, tmp_path: Path, magic: Any) -> None:
    """magic: magic configuration as bool, dict, json string, yaml filename.

    A.1.magic, MAGIC-1, MAGIC-2: sdk.magic.read_magic
    """
    (tmp_path / "magic.yaml").write_text("sgd: {lr: 2}\n")
    world = make_world(CLASSIC, directory=tmp_path)

    world.init(magic=magic)

    # True switches it on, and says nothing that could be kept.
    assert config_of(world) == ({} if magic is True else {"magic": {"sgd": {"lr": 2}}})


# ---------------------------------------------------------------------- what describes a run


def test_job_type(classic: wt.World) -> None:
    """job_type: The type of job running, defaults to 'train'

    A.1.job_type, META-2: sdk.steps._start_record
    """
    classic.init(job_type="eval").finish()
    classic.init()

    assert [run.job_type for run in classic.runs] == ["eval", "train"]


def test_dir(make_world: MakeWorld, tmp_path: Path) -> None:
    """dir: An absolute path to a directory where metadata will be stored.

    A.1.dir, LOGSETUP-3: sdk.init._WandbInit
    """
    make_world(CLASSIC).init(dir=str(tmp_path), id="abc")

    (directory,) = tmp_path.glob("wandb/run-*-abc")
    assert (directory / "logs" / "debug.log").is_file()


def test_project_and_entity(classic: wt.World) -> None:
    """project, entity: W&B Project. W&B Entity.

    A.1.project, A.1.entity: sdk.steps.start_online
    """
    classic.server.add_team("team", members=["testkit-user"])

    classic.init(project="digits", entity="team", id="abc")

    assert classic.run.path == "team/digits/abc"


def test_reinit(classic: wt.World) -> None:
    """reinit: Allow multiple calls to init in the same process.

    A.1.reinit, REINIT-2, REINIT-3: sdk.classic.return_or_finish_active
    """
    first = classic.init()
    again = classic.init()
    second = classic.init(reinit=True)

    assert again is first
    assert second is not first
    assert [run.state for run in classic.runs] == ["finished", "running"]


def test_tags(classic: wt.World) -> None:
    """tags: A list of tags to apply to the run.

    A.1.tags, TAGS-1: sdk.steps._start_record
    """
    classic.init(tags=["nightly", "gpu"])

    assert classic.run.tags == ("nightly", "gpu")


def test_group(classic: wt.World) -> None:
    """group: A unique string shared by all runs in a given group.

    A.1.group, META-1: sdk.steps._start_record
    """
    for _ in range(2):
        classic.init(group="folds").finish()

    assert [run.group for run in classic.runs] == ["folds", "folds"]


def test_name(classic: wt.World) -> None:
    """name: A display name for the run which does not have to be unique.

    A.1.name: sdk.steps._start_record
    """
    for _ in range(2):
        classic.init(name="baseline").finish()

    assert [run.name for run in classic.runs] == ["baseline", "baseline"]
    assert len({run.id for run in classic.runs}) == 2


def test_notes(classic: wt.World) -> None:
    """notes: A multiline string associated with the run.

    A.1.notes, META-1: sdk.steps._start_record
    """
    classic.init(notes="first line\nsecond line")

    assert classic.run.notes == "first line\nsecond line"


def test_an_id_is_unique_in_its_project(classic: wt.World) -> None:
    """id: A globally unique (per project) identifier for the run. This is primarily used for resuming.

    A.1.id, ID-1, ID-2: sdk.steps.choose_id
    """
    for project in ("one", "other"):
        classic.init(project=project, id="abc").finish()

    assert [run.path for run in classic.runs] == ["testkit-user/one/abc", "testkit-user/other/abc"]


@pytest.mark.parametrize("settings", [wt.Settings(run_notes="why"), {"run_notes": "why"}], ids=["Settings", "dict"])
def test_settings(classic: wt.World, settings: Any) -> None:
    """settings: Union[Settings, Dict[str, Any], None]

    A.1.settings: sdk.settings.given
    """
    classic.init(settings=settings)

    assert classic.run.notes == "why"


# ---------------------------------------------------------------------- logins and modes


@pytest.mark.parametrize(
    ("anonymous", "logged_in", "whose"),
    [
        (None, False, None),
        ("never", False, None),
        ("allow", False, "anonymous-1"),
        ("allow", True, "testkit-user"),
        ("must", True, "anonymous-1"),
    ],
)
def test_anonymous(make_world: MakeWorld, anonymous: str | None, logged_in: bool, whose: str | None) -> None:
    """anonymous: Can be "allow", "must", or "never". Controls whether anonymous logging is allowed. Defaults to never.

    A.1.anonymous, ANON-1, ANON-2, ANON-3: sdk.classic_login.log_in_or_go_offline
    """
    world = make_world(CLASSIC, logged_in=logged_in)

    run = world.init(anonymous=anonymous)

    assert (None if run.offline else run.entity) == whose


@pytest.mark.parametrize(
    ("mode", "comes_to"), [(None, "online"), ("online", "online"), ("offline", "offline"), ("disabled", "")]
)
def test_mode(classic: wt.World, mode: str | None, comes_to: str) -> None:
    """mode: Can be "online", "offline" or "disabled". Defaults to online.

    A.1.mode, MODE-1, MODE-3, MODE-5: sdk.classic.normalise
    """
    classic.init(mode=mode)

    assert [run.mode for run in classic.runs] == [comes_to] * bool(comes_to)


def test_force(make_world: MakeWorld) -> None:
    """force: If true, will cause script to crash if user can't or isn't logged in to a wandb server.

    A.1.force, FORCE-2: sdk.classic_login.log_in_or_go_offline
    """
    with pytest.raises(wt.UsageError, match="no API key"):
        make_world(CLASSIC, logged_in=False).init(force=True)


@pytest.mark.parametrize("force", [False, None])
def test_without_force(make_world: MakeWorld, force: bool | None) -> None:
    """force: If false, will cause script to run in offline modes if user can't or isn't logged in to a wandb server.
    Defaults to false.

    A.1.force, FORCE-1: sdk.classic_login.log_in_or_go_offline
    """
    assert make_world(CLASSIC, logged_in=False).init(force=force).offline


# ---------------------------------------------------------------------- resume


@pytest.mark.parametrize("resume", ["auto", True])
@pytest.mark.parametrize("crashes", [True, False])
def test_resume_auto(classic: wt.World, resume: str | bool, crashes: bool) -> None:
    """resume: "auto" (or True): automatically resume the previous run on the same machine if the previous run crashed,
    otherwise starts a new run.

    A.1.resume, RESUME-5, AUTO-1, AUTO-4: sdk.steps.choose_id, sdk.resume_file.read
    """
    first = classic.init(resume=resume)
    first.log({"a": 1})
    if crashes:
        classic.server.crash_run(first.id)
    else:
        first.finish()
    classic.session = classic.process(environ={})

    second = classic.init(resume=resume)

    assert (second.id == first.id, second.resumed, len(classic.runs)) == (crashes, crashes, 1 if crashes else 2)


@pytest.mark.parametrize("is_variable", [True, False])
def test_resume_allow(classic: wt.World, is_variable: bool) -> None:
    """resume: "allow": if id is set with init(id="UNIQUE_ID") or WANDB_RUN_ID="UNIQUE_ID" and it is identical to a
    previous run, wandb will automatically resume the run with the id. Otherwise wandb will start a new run.

    RESUME-2, ID-1: sdk.steps.start_online
    """
    classic.session = classic.process(environ={"WANDB_RUN_ID": "UNIQUE_ID"} if is_variable else {})
    id = None if is_variable else "UNIQUE_ID"

    seen = []
    for step in range(2):
        with classic.init(id=id, resume="allow") as run:
            run.log({"a": step})
            seen.append((run.id, run.resumed))

    assert seen == [("UNIQUE_ID", False), ("UNIQUE_ID", True)]
    assert classic.run.history == [{"_step": 0, "a": 0}, {"_step": 1, "a": 1}]


def test_resume_never(classic: wt.World) -> None:
    """resume: "never": if id is set ... and it is identical to a previous run, wandb will crash.

    RESUME-3: sdk.steps.start_online
    """
    classic.init(id="UNIQUE_ID", resume="never").finish()

    with pytest.raises(wt.UsageError, match="already exists"):
        classic.init(id="UNIQUE_ID", resume="never")


def test_resume_must(classic: wt.World) -> None:
    """resume: "must": if id is set ... and it is identical to a previous run, wandb will automatically resume the run
    with the id. Otherwise wandb will crash.

    RESUME-4: sdk.steps.start_online
    """
    with pytest.raises(wt.UsageError, match="does not exist"):
        classic.init(id="UNIQUE_ID", resume="must")
    assert classic.runs == []

    classic.init(id="UNIQUE_ID").finish()
    assert classic.init(id="UNIQUE_ID", resume="must").resumed


@pytest.mark.parametrize("arguments", [{}, {"resume": None}], ids=["default", "None"])
def test_resume_none(classic: wt.World, arguments: dict[str, Any]) -> None:
    """resume: None: never resumes - if a run has a duplicate run_id the previous run is overwritten. Defaults to None.

    RESUME-1: sdk.steps.start_online
    """
    for value in (1, 2):
        with classic.init(id="UNIQUE_ID", config={f"c{value}": value}, **arguments) as run:
            run.log({"a": value})

    assert classic.run.config == {"c2": 2}
    assert classic.run.history == [{"_step": 0, "a": 2}]


# ---------------------------------------------------------------------- other libraries, and code


@pytest.mark.parametrize("name", ["sync_tensorboard", "tensorboard"])
def test_tensorboard(classic: wt.World, tmp_path: Path, name: str) -> None:
    """sync_tensorboard: Synchronize wandb logs from tensorboard or tensorboardX and saves the relevant events file.
    tensorboard is an alias for sync_tensorboard.

    A.1.tensorboard, A.1.sync_tensorboard, TB-1: sdk.tensorboard.sync
    """
    from tensorboardX import SummaryWriter  # type: ignore[import-untyped]

    run = classic.init(**{name: True})
    with SummaryWriter(str(tmp_path / "logs")) as writer:
        writer.add_scalar("loss", 0.5, 0)
    run.finish()

    assert classic.run.history["loss"] == [0.5]
    assert any("tfevents" in path for path in classic.run.files)


def test_what_is_not_asked_for_is_not_synchronised(classic: wt.World, tmp_path: Path) -> None:
    """sync_tensorboard: Defaults to false.

    A.1.sync_tensorboard: sdk.steps.integrate
    """
    from tensorboardX import SummaryWriter

    run = classic.init()
    with SummaryWriter(str(tmp_path / "logs")) as writer:
        writer.add_scalar("loss", 0.5, 0)
    run.finish()

    assert len(classic.run.history) == 0


def test_monitor_gym(classic: wt.World, monkeypatch: pytest.MonkeyPatch) -> None:
    """monitor_gym: automatically logs videos of environment when using OpenAI Gym. Defaults to false.

    A.1.monitor_gym, GYM-1: sdk.gym.monitor
    """
    from gymnasium.wrappers import RecordVideo

    untouched = RecordVideo.stop_recording
    classic.init().finish()
    assert RecordVideo.stop_recording is untouched

    classic.init(monitor_gym=True)

    assert RecordVideo.stop_recording is not untouched


def test_save_code(make_world: MakeWorld, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """save_code: Save the entrypoint or jupyter session history source code.

    A.1.save_code, CODE-1: sdk.entry_script.entry_script, sdk.jupyter.Notebook
    """
    (tmp_path / "train.py").write_text("print('training')\n")
    monkeypatch.chdir(tmp_path)
    world = make_world(CLASSIC, environ={"WANDB_PROGRAM": "train.py"}, directory=tmp_path)

    world.init(save_code=True).finish()

    assert world.run.files["code/train.py"] == b"print('training')\n"


# ---------------------------------------------------------------------- the functions below init()


def test_set_logger(monkeypatch: pytest.MonkeyPatch) -> None:
    """_set_logger: Configure module logger.

    LOGSETUP-1: sdk.init._set_logger
    """
    monkeypatch.setattr(wandb_init, "logger", wandb_init.logger)
    mine = logging.getLogger("mine")

    wandb_init._set_logger(log_object=mine)

    assert wandb_init.logger is mine


def test_setup(make_world: MakeWorld, tmp_path: Path) -> None:
    """setup: Complete setup for wandb.init(). This includes parsing all arguments, applying them with settings and
    enabling logging.

    LOGSETUP-2: sdk.init._WandbInit.setup
    """
    world = make_world(CLASSIC, environ={"WANDB_NAME": "from the variable"})
    starting = _WandbInit(world.session)
    kwargs = dict.fromkeys(PARAMETERS) | {"dir": str(tmp_path), "id": "abc", "settings": {"run_notes": "why"}}

    starting.setup(kwargs)
    log = list(tmp_path.glob("wandb/run-*-abc/logs/debug.log"))
    starting.teardown()

    settings = starting.settings
    assert (settings.run_id, settings.run_notes, settings.run_name) == ("abc", "why", "from the variable")
    assert len(log) == 1


def test_enable_logging(classic: wt.World, tmp_path: Path) -> None:
    """_enable_logging: Enable logging to the global debug log. This adds a run_id to the log, in case of multiple
    processes on the same machine.

    LOGSETUP-5: sdk.init._WandbInit._enable_logging
    """
    starting = _WandbInit(classic.session)

    starting._enable_logging(log_fname=str(tmp_path / "debug.log"), run_id="abc")
    logging.getLogger("wandb").info("hello")
    starting.teardown()

    (line,) = (tmp_path / "debug.log").read_text().splitlines()
    assert "[abc:" in line
    assert line.endswith("hello")


def test_logging_is_not_disabled_while_the_run_is_active(make_world: MakeWorld, tmp_path: Path) -> None:
    """_enable_logging: Currently there is no way to disable logging after it's enabled.

    LOGSETUP-7: sdk.logging_setup.TeardownHook
    """
    run = make_world(CLASSIC).init(dir=str(tmp_path))
    logging.getLogger("wandb").info("early")
    logging.disable(logging.NOTSET)
    logging.getLogger("wandb").info("late")
    log = Path(run.dir).parent / "logs" / "debug.log"

    assert [word for word in ("early", "late") if word in log.read_text()] == ["early", "late"]


def test_log_setup(make_world: MakeWorld, tmp_path: Path) -> None:
    """_log_setup: Set up logging from settings.

    LOGSETUP-3, LOGSETUP-4, LOGSETUP-6: sdk.init._WandbInit._log_setup, sdk.run_tree.RunTree
    """
    world = make_world(CLASSIC)
    starting = _WandbInit(world.session)

    starting._log_setup(settings={"root_dir": str(tmp_path), "run_id": "abc"})
    made = sorted(path.name.partition("-")[0] for path in (tmp_path / "wandb").iterdir())
    starting.teardown()

    assert made == ["debug", "debug.log", "latest", "run"]


def test_jupyter_setup_and_teardown(make_world: MakeWorld, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """_jupyter_setup, _jupyter_teardown: Add magic, hooks, and session history saving. Teardown hooks and display
    saving, called with wandb.finish

    JUPYTER-1, JUPYTER-3, CODE-1: sdk.init._WandbInit._jupyter_setup, sdk.init._WandbInit._jupyter_teardown
    """
    from IPython.core.interactiveshell import InteractiveShell
    from traitlets.config import Config

    monkeypatch.setenv("IPYTHONDIR", str(tmp_path))
    monkeypatch.setitem(sys.modules, "__main__", sys.modules["__main__"])
    config = Config()
    config.HistoryManager.enabled = False
    shell: Any = InteractiveShell.instance(config=config)
    try:
        world = make_world(CLASSIC, notebook=None)
        shell.user_ns.update(init=world.init)
        publish = shell.display_pub.publish

        shell.run_cell("run = init(save_code=True)", store_history=True).raise_error()
        with_hooks = shell.display_pub.publish
        has_magic = "wandb" in shell.magics_manager.magics["line"]
        shell.run_cell("run.finish()", store_history=True).raise_error()

        assert (with_hooks == publish, has_magic, shell.display_pub.publish == publish) == (False, True, True)
        history = json.loads(world.run.files["code/_session_history.ipynb"])
        assert [cell["source"].strip() for cell in history["cells"]] == ["run = init(save_code=True)", "run.finish()"]
    finally:
        shell.restore_sys_module_state()
        InteractiveShell.clear_instance()
