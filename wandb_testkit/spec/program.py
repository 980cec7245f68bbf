"""Owns how a script reads: lines like those of the Python program that it stands for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from wandb_testkit import actions


def program(script: actions.Script) -> str:
    """The script as lines of Python, comments telling what happens around the program; for people to read.

    The script itself, to be run again, is its `repr`.
    """
    return "\n".join(LINES[type(action)](action) for action in script)


def _call(function: str, *positional: Any, **keywords: Any) -> str:
    given = [f"{name}={value!r}" for name, value in keywords.items() if value is not None]
    return f"{function}({', '.join([*map(repr, positional), *given])})"


def _start_process(action: actions.StartProcess) -> str:
    told = [f"in directory {action.directory!r}"]
    told += [f"{name}={value}" for name, value in action.env.items()]
    if action.notebook:
        told.append("in a notebook")
    if action.sweep:
        told.append(f"in a sweep with {dict(action.sweep)!r}")
    return f"# process {action.name!r}: {', '.join(told)}"


def _init(action: actions.Init) -> str:
    given = ", ".join(f"{name}={value!r}" for name, value in action.kwargs.items())
    return f"{action.run} = wandb.init({given})"


def _log(action: actions.Log) -> str:
    return _call(f"{action.run}.log", dict(action.data), step=action.step, commit=action.commit)


def _update_config(action: actions.UpdateConfig) -> str:
    return _call(f"{action.run}.config.update", dict(action.values), allow_val_change=action.allow_val_change)


def _edit_run(action: actions.EditRun) -> str:
    given = {name: getattr(action, name) for name in ("name", "notes", "tags")}
    return "; ".join(f"{action.run}.{name} = {value!r}" for name, value in given.items() if value is not None)


def _define_metric(action: actions.DefineMetric) -> str:
    given = {name: getattr(action, name) for name in ("summary", "step_metric", "hidden", "goal")}
    return _call(f"{action.run}.define_metric", action.name, **given)


def _save_file(action: actions.SaveFile) -> str:
    written = f"Path({action.name!r}).write_text({action.content!r})"
    return f"{written}; {_call(f'{action.run}.save', action.name, policy='now')}"


LINES: Mapping[type, Callable[[Any], str]] = {
    actions.StartProcess: _start_process,
    actions.Init: _init,
    actions.Log: _log,
    actions.UpdateConfig: _update_config,
    actions.SetSummary: lambda action: _call(f"{action.run}.summary.update", dict(action.values)),
    actions.DefineMetric: _define_metric,
    actions.EditRun: _edit_run,
    actions.SaveFile: _save_file,
    actions.Alert: lambda action: _call(f"{action.run}.alert", action.title, action.text, level=action.level),
    actions.MarkPreempting: lambda action: f"{action.run}.mark_preempting()",
    actions.Look: lambda action: f"print(wandb.run, {action.run})  # config, summary, name, notes, tags ...",
    actions.Finish: lambda action: _call(f"{action.run}.finish", exit_code=action.exit_code),
    actions.EndProcess: lambda action: _call("sys.exit", action.exit_code),
    actions.Kill: lambda action: "# the process is killed",
    actions.DeleteRun: lambda action: f"# somebody deletes run {action.run_id!r} on the server",
    actions.LogOut: lambda action: "# the credentials are taken away",
    actions.LogIn: lambda action: f"# {f'user {action.user!r}' if action.user else 'the user'} logs in",
    actions.RevokeKey: lambda action: "# the server refuses every key from now on",
    actions.CutNetwork: lambda action: "# the server cannot be reached from now on",
    actions.RestoreNetwork: lambda action: "# the server can be reached again",
}
"""How each action reads."""
