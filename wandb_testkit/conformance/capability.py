"""Owns the capabilities: what a target may claim to have, and what of them a script and its judgement need.

What a case needs is read from its script and from what it judges, so no case can forget to say it.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Iterator, Mapping
from enum import Enum
from typing import Any

from wandb_testkit import actions


class Capability(str, Enum):
    """Something that a target can do or show; compares equal to its own text."""

    RUN_IDS = "run_ids"
    """init(id=...) names the run, and run.id tells it."""
    RESUME = "resume"
    """init(resume="allow"), "must" and "never"; run.resumed and run.starting_step."""
    AUTO_RESUME = "auto_resume"
    """init(resume="auto") and resume=True: the run of this directory that did not end well goes on."""
    RESUME_FILE = "resume_file"
    """The run that auto remembers is seen in wandb/wandb-resume.json."""
    OFFLINE = "offline"
    """mode="offline": a run that needs no server and no login."""
    DISABLED = "disabled"
    """mode="disabled": a dummy that keeps nothing."""
    REINIT = "reinit"
    """A second init() while a run is active, and init(reinit=...)."""
    PARALLEL_RUNS = "parallel_runs"
    """Several active runs in one process: reinit="create_new" and its like."""
    WANDB_RUN = "wandb_run"
    """The module's `run` is the active run, and None where there is none."""
    CONFIG = "config"
    """init(config=...), run.config and its update()."""
    SUMMARY = "summary"
    """run.summary, which follows the rows and can be set by hand."""
    DEFINE_METRIC = "define_metric"
    """run.define_metric(): which value the summary keeps."""
    STEPS = "steps"
    """log(step=..., commit=...), and run.step."""
    NAMES = "names"
    """init(name=...) and run.name."""
    TAGS = "tags"
    """init(tags=...) and run.tags."""
    NOTES = "notes"
    """init(notes=...) and run.notes."""
    GROUPS = "groups"
    """init(group=..., job_type=...)."""
    FILES = "files"
    """run.save(): a file of the program becomes one of the run."""
    ALERTS = "alerts"
    """run.alert()."""
    PREEMPTION = "preemption"
    """run.mark_preempting()."""
    ENTITIES = "entities"
    """init(entity=...) and run.entity: a run belongs to somebody."""
    LOGIN = "login"
    """Keys that are missing, refused, or somebody else's; init(force=...)."""
    ANONYMOUS = "anonymous"
    """init(anonymous=...)."""
    NETWORK = "network"
    """A server that may be out of reach."""
    DELETION = "deletion"
    """A run that somebody deletes; its id is used up."""
    FORK = "fork"
    """init(fork_from=...) and init(resume_from=...)."""
    SHARED = "shared"
    """mode="shared": several processes write to one run."""
    SWEEPS = "sweeps"
    """The parameters of a sweep that the process is part of."""
    NOTEBOOK = "notebook"
    """An IPython shell makes a difference."""
    VARIABLES = "variables"
    """WANDB_* variables."""
    SETTINGS = "settings"
    """init(settings={...})."""
    PROCESSES = "processes"
    """Runs are known to later processes, and a process that ends or is killed ends its runs."""
    STATES = "states"
    """A stored run is running, finished or failed."""
    EXIT_CODES = "exit_codes"
    """The exit code of a stored run can be read."""
    STORED_RUNS = "stored_runs"
    """What was logged can be read afterwards: the runs there are, and their rows."""
    REQUESTS = "requests"
    """What init() asks of the server can be seen."""
    WARNINGS = "warnings"
    """The warnings that W&B gives can be seen."""
    ERROR_CLASSES = "error_classes"
    """Errors have W&B's own classes and reasons; without it, any exception is one."""

    def __str__(self) -> str:
        return self.value


ALL = frozenset(Capability)


def to_capability(value: Capability | str) -> Capability:
    """Read a capability from a member or its name.

    Raises:
        ValueError: There is none of that name; the message names those that are alike, and how to see all.
    """
    try:
        return Capability(value)
    except ValueError:
        known = [str(one) for one in Capability]
        near = difflib.get_close_matches(str(value), known, n=1)
        hint = f"did you mean {near[0]!r}?" if near else f"write one of {', '.join(known)}"
        raise ValueError(f"capability {value!r} does not exist: {hint}") from None


ASPECTS: Mapping[str, tuple[Capability, ...]] = {
    "inits": (),
    "init.raises": (),
    "init.returned": (),
    "init.error": (Capability.ERROR_CLASSES,),
    "init.message": (Capability.ERROR_CLASSES,),
    "init.run_id": (Capability.RUN_IDS,),
    "init.wandb_run": (Capability.WANDB_RUN,),
    "init.resumed": (Capability.RESUME,),
    "init.starting_step": (Capability.RESUME,),
    "init.mode": (Capability.OFFLINE,),
    "init.is_dummy": (Capability.DISABLED,),
    "init.entity": (Capability.ENTITIES,),
    "init.resume_file": (Capability.RESUME_FILE,),
    "init.warnings": (Capability.WARNINGS,),
    "init.requests about accounts": (Capability.REQUESTS, Capability.LOGIN),
    "init.requests about runs": (Capability.REQUESTS,),
    "action.raises": (),
    "action.error": (Capability.ERROR_CLASSES,),
    "action.warnings": (Capability.WARNINGS,),
    "shown.wandb_run": (Capability.WANDB_RUN,),
    "shown.config": (Capability.CONFIG,),
    "shown.summary": (Capability.SUMMARY,),
    "shown.step in the summary": (Capability.SUMMARY,),
    "shown.name": (Capability.NAMES,),
    "shown.notes": (Capability.NOTES,),
    "shown.tags": (Capability.TAGS,),
    "shown.group": (Capability.GROUPS,),
    "shown.job_type": (Capability.GROUPS,),
    "shown.resumed": (Capability.RESUME,),
    "shown.step": (Capability.STEPS,),
    "runs": (Capability.STORED_RUNS,),
    "run.mode": (Capability.STORED_RUNS, Capability.OFFLINE),
    "run.entity": (Capability.STORED_RUNS, Capability.ENTITIES),
    "run.project": (Capability.STORED_RUNS,),
    "run.id": (Capability.STORED_RUNS, Capability.RUN_IDS),
    "run.name": (Capability.STORED_RUNS, Capability.NAMES),
    "run.state": (Capability.STORED_RUNS, Capability.STATES),
    "run.exit_code": (Capability.STORED_RUNS, Capability.STATES, Capability.EXIT_CODES),
    "run.config": (Capability.STORED_RUNS, Capability.CONFIG),
    "run.summary": (Capability.STORED_RUNS, Capability.SUMMARY),
    "run.step in the summary": (Capability.STORED_RUNS, Capability.SUMMARY),
    "run.history": (Capability.STORED_RUNS,),
    "run.tags": (Capability.STORED_RUNS, Capability.TAGS),
    "run.group": (Capability.STORED_RUNS, Capability.GROUPS),
    "run.job_type": (Capability.STORED_RUNS, Capability.GROUPS),
    "run.notes": (Capability.STORED_RUNS, Capability.NOTES),
    "run.resumed_from": (Capability.STORED_RUNS, Capability.RESUME),
    "run.files": (Capability.STORED_RUNS, Capability.FILES),
    "run.alerts": (Capability.STORED_RUNS, Capability.ALERTS),
    "run.forked_from": (Capability.STORED_RUNS, Capability.FORK),
}
"""What can be judged of an observation (spec.comparison's words) -> what a target has to claim for that."""


def needed(script: actions.Script, aspects: Iterable[str]) -> frozenset[Capability]:
    """What a target has to have for a script, and for these aspects of what it shows."""
    of_aspects = (capability for aspect in aspects for capability in ASPECTS[aspect])
    of_actions = (capability for action in script for capability in _NEEDS[type(action)](action))
    return frozenset((*of_aspects, *of_actions, *_together(script)))


def _together(script: actions.Script) -> Iterator[Capability]:
    """What no action needs by itself: a run that is active when another init() comes."""
    active: dict[str, int] = {}
    process = ""
    for action in script:
        if isinstance(action, actions.StartProcess):
            process = action.name
        elif isinstance(action, (actions.EndProcess, actions.Kill)):
            active[process] = 0
        elif isinstance(action, actions.Finish):
            active[process] = active.get(process, 0) - 1
        elif isinstance(action, actions.Init):
            if active.get(process, 0) > 0:
                yield Capability.REINIT
            active[process] = active.get(process, 0) + 1


_RESUME_WORDS = ("allow", "must", "never")


def _of_init(action: actions.Init) -> Iterator[Capability]:
    for name, value in action.kwargs.items():
        yield from _ARGUMENTS.get(name, ())
        if name == "resume" and value:
            yield Capability.RESUME
            if value is True or value not in _RESUME_WORDS:
                yield Capability.AUTO_RESUME
        elif name == "mode":
            yield from _MODES.get(value, ())
        elif name == "reinit" and isinstance(value, str):
            yield Capability.PARALLEL_RUNS


_ARGUMENTS: Mapping[str, tuple[Capability, ...]] = {
    "id": (Capability.RUN_IDS,),
    "reinit": (Capability.REINIT,),
    "config": (Capability.CONFIG,),
    "config_exclude_keys": (Capability.CONFIG,),
    "config_include_keys": (Capability.CONFIG,),
    "allow_val_change": (Capability.CONFIG,),
    "name": (Capability.NAMES,),
    "tags": (Capability.TAGS,),
    "notes": (Capability.NOTES,),
    "group": (Capability.GROUPS,),
    "job_type": (Capability.GROUPS,),
    "entity": (Capability.ENTITIES,),
    "force": (Capability.LOGIN,),
    "anonymous": (Capability.ANONYMOUS,),
    "fork_from": (Capability.FORK,),
    "resume_from": (Capability.FORK,),
    "settings": (Capability.SETTINGS,),
}
_MODES: Mapping[str, tuple[Capability, ...]] = {
    "offline": (Capability.OFFLINE,),
    "dryrun": (Capability.OFFLINE,),
    "disabled": (Capability.DISABLED,),
    "shared": (Capability.SHARED,),
}


def _of_process(action: actions.StartProcess) -> Iterator[Capability]:
    if action.name:
        yield Capability.PROCESSES
    if action.env:
        yield Capability.VARIABLES
        if "WANDB_RESUME" in action.env:
            yield Capability.RESUME
        yield from _MODES.get(action.env.get("WANDB_MODE", ""), ())
    if action.notebook:
        yield Capability.NOTEBOOK
    if action.sweep:
        yield Capability.SWEEPS
        yield Capability.CONFIG


def _of_log(action: actions.Log) -> Iterator[Capability]:
    if action.step is not None or action.commit is not None:
        yield Capability.STEPS


def _of_edit(action: actions.EditRun) -> Iterator[Capability]:
    names = {"name": Capability.NAMES, "notes": Capability.NOTES, "tags": Capability.TAGS}
    return (capability for name, capability in names.items() if getattr(action, name) is not None)


def _always(*capabilities: Capability) -> Callable[[Any], Iterable[Capability]]:
    return lambda action: capabilities


_NEEDS: Mapping[type, Callable[[Any], Iterable[Capability]]] = {
    actions.StartProcess: _of_process,
    actions.Init: _of_init,
    actions.Log: _of_log,
    actions.UpdateConfig: _always(Capability.CONFIG),
    actions.SetSummary: _always(Capability.SUMMARY),
    actions.DefineMetric: _always(Capability.DEFINE_METRIC, Capability.SUMMARY),
    actions.EditRun: _of_edit,
    actions.SaveFile: _always(Capability.FILES),
    actions.Alert: _always(Capability.ALERTS),
    actions.MarkPreempting: _always(Capability.PREEMPTION),
    actions.Look: _always(),
    actions.Finish: _always(),
    actions.EndProcess: _always(Capability.PROCESSES),
    actions.Kill: _always(Capability.PROCESSES),
    actions.DeleteRun: _always(Capability.DELETION),
    actions.LogOut: _always(Capability.LOGIN),
    actions.LogIn: _always(Capability.LOGIN),
    actions.RevokeKey: _always(Capability.LOGIN),
    actions.CutNetwork: _always(Capability.NETWORK),
    actions.RestoreNetwork: _always(Capability.NETWORK),
}
"""What each action needs."""
