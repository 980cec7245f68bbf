"""The functions of the classic drop-in, with the signatures of wandb 0.10.33."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from wandb_testkit.dropin import calls
from wandb_testkit.dropin.preinit import must_init
from wandb_testkit.profiles import Profile
from wandb_testkit.sdk import classic, classic_run
from wandb_testkit.sdk import settings as sdk_settings
from wandb_testkit.sdk.classic_dummy import Dummy, Nothing
from wandb_testkit.sdk.classic_fields import CLASSIC_DEFAULTS, CLASSIC_NAMES, check
from wandb_testkit.sdk.signing import returning
from wandb_testkit.world import current

Run = classic_run.ClassicRun


class Settings(sdk_settings.Settings):
    """Settings of 0.10: checked when they are made and when they are set; what is not given reads as its default.

    Raises:
        TypeError: A name that the constructor does not have, or a value that is not allowed (A.1).
        KeyError: update() with a name that there is not.
        AttributeError: Any other use of such a name.
    """

    __slots__ = ()

    def __init__(self, **values: Any) -> None:
        for name in values:
            if name not in CLASSIC_NAMES:
                near = sdk_settings.did_you_mean(name, CLASSIC_NAMES)
                raise TypeError(f"Settings() got an unexpected keyword argument {name!r}{near}")
        super().__init__(**check(values))

    def __setattr__(self, name: str, value: Any) -> None:
        if name not in CLASSIC_NAMES:
            raise AttributeError(f"0.10 has no setting {name!r}{sdk_settings.did_you_mean(name, CLASSIC_NAMES)}")
        self.update({name: value})

    def __getitem__(self, name: str) -> Any:
        if name not in CLASSIC_NAMES:
            raise KeyError(name)
        return getattr(self, name)

    def update(self, values: Mapping[str, Any] | None = None, **more: Any) -> None:
        """Set several by name."""
        super().update(check({**(values or {}), **more}))

    def _of_nobody(self, name: str) -> Any:
        if name not in CLASSIC_NAMES:
            raise AttributeError(
                f"'Settings' object has no attribute {name!r}{sdk_settings.did_you_mean(name, CLASSIC_NAMES)}"
            )
        return os.getcwd() if name == "root_dir" else CLASSIC_DEFAULTS.get(name)


RunDisabled = Nothing
"""The class of a disabled run and of all that comes out of it (DISABLED-3)."""


def init(*args: Any, **kwargs: Any) -> Any:
    """Start a run; the signature is the reference page's (A.1)."""
    return calls.start_run(classic.init, args, kwargs)


init.__wrapped__ = returning(classic.init, Run | Dummy)  # type: ignore[attr-defined] # what inspect.signature shows


def log(data: Any, step: Any = None, commit: Any = None, sync: Any = None) -> None:
    """Log one row of the run; `sync` has no effect (LOG-1)."""
    run = current().session.run
    if run is None:
        raise must_init("wandb.log()")
    run.log(data, step, commit)


def define_metric(
    name: Any,
    step_metric: Any = None,
    step_sync: Any = None,
    hidden: Any = None,
    summary: Any = None,
    goal: Any = None,
    overwrite: Any = None,
    **kwargs: Any,
) -> Any:
    """Say how a metric of the run is to be summarised and drawn."""
    run = calls.active_run("wandb.define_metric()")
    return run.define_metric(name, step_metric, step_sync, hidden, summary, goal, overwrite, **kwargs)


def save(glob_str: Any = None, base_path: Any = None, policy: Any = "live") -> Any:
    """Keep files with the run."""
    return calls.active_run("wandb.save()").save(glob_str, base_path, policy)


def watch(models: Any, criterion: Any = None, log: Any = "gradients", log_freq: Any = 1000, idx: Any = None) -> Any:
    """Log gradients and parameters of torch models, and return their graphs.

    Raises:
        ValueError: There is no run.
    """
    run = current().session.run
    if run is None:
        raise ValueError("You must call `wandb.init` before calling watch")
    return run._watch(models, log, log_freq, idx, True)


def unwatch(models: Any = None) -> None:
    """Take the hooks of watch() off these models; None means all."""
    calls.active_run("wandb.unwatch()").unwatch(models)


def alert(title: Any, text: Any, level: Any = None, wait_duration: Any = None) -> None:
    """Tell the owner of the run something; it is recorded, nobody is written to."""
    calls.active_run("wandb.alert()").alert(title, text, level, wait_duration)


def mark_preempting() -> None:
    """Tell the server that the machine of the run is about to be taken away."""
    calls.active_run("wandb.mark_preempting()").mark_preempting()


def restore(name: Any, run_path: Any = None, replace: Any = False, root: Any = None) -> Any:
    """Fetch a file of a run; without a run in this process, one has to be named."""
    return calls.restore(name, run_path, replace, root)


def log_artifact(artifact_or_path: Any, name: Any = None, type: Any = None, aliases: Any = None) -> Any:
    """Log an artifact, or a file, a directory or a URI as one."""
    return calls.active_run("wandb.log_artifact()").log_artifact(artifact_or_path, name, type, aliases)


def use_artifact(artifact_or_name: Any, type: Any = None, aliases: Any = None) -> Any:
    """Say that the run uses an artifact, given or by its name."""
    return calls.active_run("wandb.use_artifact()").use_artifact(artifact_or_name, type, aliases)


def plot_table(vega_spec_name: Any, data_table: Any, fields: Any, string_fields: Any = None) -> Any:
    """A chart of a table, to be logged."""
    return calls.active_run("wandb.plot_table()").plot_table(vega_spec_name, data_table, fields, string_fields)


def finish(exit_code: Any = None) -> None:
    """End the run; without one nothing happens (GLOBAL-3)."""
    calls.end_run(Profile.CLASSIC, exit_code)


join = finish  # an old name (FINISH-7)


def login(anonymous: Any = None, key: Any = None, relogin: Any = None, host: Any = None, force: Any = None) -> bool:
    """Log the process in, and tell whether there are credentials now."""
    return calls.log_in(anonymous=anonymous, key=key, relogin=relogin, host=host, force=force)


def setup(settings: Any = None) -> None:
    """Take settings for every later init() (A.2)."""
    current().session.setup(settings)


def termlog(string: Any = "", newline: Any = True, repeat: Any = True, prefix: Any = True) -> None:
    """Show a line."""
    calls.show_line(string, "info", repeat=repeat, prefix=prefix)


def termwarn(string: Any, **kwargs: Any) -> None:
    """Show a warning; `repeat` and `prefix` as for termlog()."""
    calls.show_line(string, "warning", **kwargs)


def termerror(string: Any, **kwargs: Any) -> None:
    """Show an error; `repeat` and `prefix` as for termlog()."""
    calls.show_line(string, "error", **kwargs)


def generate_id() -> str:
    """A new run id (ID-2)."""
    return current().session.ids.run_id()


def sweep(sweep: Any, entity: Any = None, project: Any = None) -> str:
    """Make a sweep, and tell its id; a function gives the config."""
    from wandb_testkit.dropin.sweeping import make_sweep  # only who has sweeps pays for them

    return make_sweep(sweep, entity, project)


def agent(sweep_id: Any, function: Any = None, entity: Any = None, project: Any = None, count: Any = None) -> None:
    """Carry out the runs of a sweep with a function, or with the program that its config names."""
    if function:
        from wandb_testkit.dropin import agent as functions  # only who has sweeps pays for them

        functions.carry_out(sweep_id, function, entity, project, count)
        return
    from wandb_testkit.dropin import program_agent as programs

    programs.carry_out(programs.ClassicProgramAgent, sweep_id, entity, project, count)


def controller(sweep_id_or_config: Any = None, entity: Any = None, project: Any = None) -> Any:
    """Choose the parameters of a sweep in this process."""
    from wandb_testkit.dropin.controller import Controller  # only who has sweeps pays for them

    return Controller(sweep_id_or_config, entity, project)


def pyagent(sweep_id: Any, function: Any, entity: Any = None, project: Any = None, count: Any = None) -> None:
    """Carry out the runs of a sweep with a function."""
    agent(sweep_id, function, entity, project, count)
