"""The functions of the current drop-in, with the signatures of wandb 0.31.0."""

from __future__ import annotations

from typing import Any

from wandb_testkit.dropin import calls
from wandb_testkit.dropin.preinit import must_init
from wandb_testkit.profiles import Profile
from wandb_testkit.sdk import current as sdk
from wandb_testkit.sdk import current_settings
from wandb_testkit.sdk.current_login import NOT_GIVEN
from wandb_testkit.sdk.current_run import CurrentRun
from wandb_testkit.sdk.signing import returning
from wandb_testkit.world import current

Run = CurrentRun
Settings = current_settings.Settings


class RunDisabled:
    """The class that a disabled run had once; today it is a Run, and nothing is one of these (DISABLED-3)."""


def init(*args: Any, **kwargs: Any) -> Any:
    """Start a run; the signature is that of 0.31.0 (A.1)."""
    return calls.start_run(sdk.init, args, kwargs)


init.__wrapped__ = returning(sdk.init, Run)  # type: ignore[attr-defined] # what inspect.signature shows


def log(data: Any, step: Any = None, commit: Any = None) -> None:
    """Log one row of the run (LOG-1)."""
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
    overwrite: Any = None,
) -> Any:
    """Say how a metric of the run is to be summarised and drawn."""
    run = calls.active_run("wandb.define_metric()")
    return run.define_metric(name, step_metric, step_sync, hidden, summary, overwrite=overwrite)


def save(glob_str: Any, base_path: Any = None, policy: Any = "live", glob: Any = True) -> Any:
    """Keep files with the run."""
    return calls.active_run("wandb.save()").save(glob_str, base_path, policy, glob)


def watch(
    models: Any,
    criterion: Any = None,
    log: Any = "gradients",
    log_freq: Any = 1000,
    idx: Any = None,
    log_graph: Any = False,
) -> None:
    """Log gradients and parameters of torch models."""
    calls.active_run("wandb.watch()").watch(models, criterion, log, log_freq, idx, log_graph)


def alert(title: Any, text: Any, level: Any = None, wait_duration: Any = None) -> None:
    """Tell the owner of the run something; it is recorded, nobody is written to."""
    calls.active_run("wandb.alert()").alert(title, text, level, wait_duration)


def pin_config_keys(keys: Any = ()) -> None:
    """Choose the keys of config that the run's page shows on top."""
    calls.active_run("wandb.pin_config_keys()").pin_config_keys(keys)


def mark_preempting() -> None:
    """Tell the server that the machine of the run is about to be taken away."""
    calls.active_run("wandb.mark_preempting()").mark_preempting()


def restore(name: Any, run_path: Any = None, replace: Any = False, root: Any = None) -> Any:
    """Fetch a file of a run; without a run in this process, one has to be named."""
    return calls.restore(name, run_path, replace, root)


def unwatch(models: Any = None) -> None:
    """Take the hooks of watch() off these models; None means all."""
    calls.active_run("wandb.unwatch()").unwatch(models)


def log_artifact(
    artifact_or_path: Any, name: Any = None, type: Any = None, aliases: Any = None, tags: Any = None
) -> Any:
    """Log an artifact, or a file, a directory or a URI as one."""
    return calls.active_run("wandb.log_artifact()").log_artifact(artifact_or_path, name, type, aliases, tags)


def use_artifact(artifact_or_name: Any, type: Any = None, aliases: Any = None, use_as: Any = None) -> Any:
    """Say that the run uses an artifact, given or by its name."""
    return calls.active_run("wandb.use_artifact()").use_artifact(artifact_or_name, type, aliases, use_as)


def log_model(path: Any, name: Any = None, aliases: Any = None) -> None:
    """Log a file or a directory as an artifact of type "model"."""
    calls.active_run("wandb.log_model()").log_model(path, name, aliases)


def use_model(name: Any) -> Any:
    """Download a model, and return the path of its only file, or its directory."""
    return calls.active_run("wandb.use_model()").use_model(name)


def link_model(path: Any, registered_model_name: Any, name: Any = None, aliases: Any = None) -> Any:
    """Log a model, and link it to the model registry."""
    return calls.active_run("wandb.link_model()").link_model(path, registered_model_name, name, aliases)


def finish(exit_code: Any = None) -> None:
    """End the run; without one nothing happens (GLOBAL-3)."""
    calls.end_run(Profile.CURRENT, exit_code)


join = finish  # an old name (FINISH-7)


def login(
    key: Any = None,
    relogin: Any = None,
    host: Any = None,
    force: Any = None,
    timeout: Any = None,
    verify: Any = True,
    referrer: Any = None,
    prompt: Any = True,
    anonymous: Any = NOT_GIVEN,
) -> bool:
    """Log the process in, and tell whether there are credentials now."""
    more = {name: value for name, value in {"timeout": timeout, "referrer": referrer}.items() if value is not None}
    if verify is not True:
        more["verify"] = bool(verify)
    if prompt is not True:
        more["prompt"] = bool(prompt)
    if anonymous is not NOT_GIVEN:
        more["anonymous"] = "never" if anonymous is None else anonymous
    return calls.log_in(key=key, relogin=relogin, host=host, force=force, **more)


def setup(settings: Any = None) -> None:
    """Take settings for every later init() (A.2)."""
    current().session.setup(settings)


def teardown(exit_code: Any = None) -> None:
    """End every active run, and forget what was set up."""
    current().session.teardown(exit_code)


def termlog(string: Any = "", newline: Any = True, repeat: Any = True, prefix: Any = True) -> None:
    """Show a line."""
    calls.show_line(string, "info", repeat=repeat, prefix=prefix)


def termwarn(string: Any, newline: Any = True, repeat: Any = True, prefix: Any = True) -> None:
    """Show a warning."""
    calls.show_line(string, "warning", repeat=repeat, prefix=prefix)


def termerror(string: Any, newline: Any = True, repeat: Any = True, prefix: Any = True) -> None:
    """Show an error."""
    calls.show_line(string, "error", repeat=repeat, prefix=prefix)


def generate_id(length: int = 8) -> str:
    """A new id of `length` characters (ID-2)."""
    ids = current().session.ids
    text = ""
    while len(text) < length:
        text += ids.run_id()
    return text[:length]


def sweep(sweep: Any, entity: Any = None, project: Any = None, prior_runs: Any = None) -> str:
    """Make a sweep, and tell its id; a function gives the config."""
    from wandb_testkit.dropin.sweeping import make_sweep  # only who has sweeps pays for them

    return make_sweep(sweep, entity, project, prior_runs)


def agent(
    sweep_id: Any,
    function: Any = None,
    entity: Any = None,
    project: Any = None,
    count: Any = None,
    forward_signals: Any = False,
    term_timeout: Any = None,
    max_consecutive_failed_runs: Any = None,
) -> None:
    """Carry out the runs of a sweep with a function, or with the program that its config names."""
    limit = max_consecutive_failed_runs
    if limit is not None:
        if isinstance(limit, bool) or not isinstance(limit, int):
            raise TypeError("max_consecutive_failed_runs must be an integer or None")
        if limit < 1:
            raise ValueError("max_consecutive_failed_runs must be at least 1")
    if function:
        from wandb_testkit.dropin import agent as functions  # only who has sweeps pays for them

        functions.carry_out(sweep_id, function, entity, project, count, limit)
        return
    from wandb_testkit.dropin import program_agent as programs

    programs.carry_out(
        programs.ProgramAgent,
        sweep_id,
        entity,
        project,
        count,
        max_consecutive_failed_runs=limit,
        forward_signals=bool(forward_signals),
        term_timeout=term_timeout,
    )


def controller(sweep_id_or_config: Any = None, entity: Any = None, project: Any = None) -> Any:
    """Choose the parameters of a sweep in this process."""
    from wandb_testkit.dropin.controller import Controller  # only who has sweeps pays for them

    return Controller(sweep_id_or_config, entity, project)


def pyagent(
    sweep_id: Any,
    function: Any,
    entity: Any = None,
    project: Any = None,
    count: Any = None,
    max_consecutive_failed_runs: Any = None,
) -> None:
    """Carry out the runs of a sweep with a function."""
    agent(sweep_id, function, entity, project, count, max_consecutive_failed_runs=max_consecutive_failed_runs)
