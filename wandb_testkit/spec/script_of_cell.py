"""Owns how a cell is built: the script of what users do before the one init() that is judged, and after it.

Everybody who judges an implementation builds the same world this way. Source: spec.md C.1, "How a cell is built".
"""

from __future__ import annotations

from typing import Any

from wandb_testkit.actions import (
    Action,
    CutNetwork,
    DeleteRun,
    Finish,
    Init,
    Log,
    LogOut,
    RevokeKey,
    Script,
    StartProcess,
)
from wandb_testkit.profiles import Profile
from wandb_testkit.spec.cells import Cell

PRIOR_ID = "p"
UNUSED_ID = "unused"
HINT = "bogus"
"""The invalid resume word: the id of no run, which classic takes as one (RESUME-9)."""

JUDGED = "judged"
PRIOR = "prior"
OTHER = "other"
DUMMY = "dummy"
"""The names that the script gives to what each init() returned."""

PRIOR_CONFIG = {"old": 1}
JUDGED_CONFIG = {"new": 1}
PRIOR_STEPS = [0, 1, 2]

_RESUME: dict[str, Any] = {"false": False, "true": True, "invalid": HINT}
_FLAGS: dict[str, Any] = {"false": False, "true": True}
_PRIOR_ROWS = tuple(Log(PRIOR, {"loss": 1.0 / (step + 1)}) for step in PRIOR_STEPS)
_PRIOR_ARGUMENTS = {"id": PRIOR_ID, "resume": "auto", "config": PRIOR_CONFIG}
_AUTH: dict[str, tuple[Action, ...]] = {
    "ok": (),
    "none": (LogOut(),),
    "rejected": (RevokeKey(),),
    "unreachable": (CutNetwork(),),
}
_PRIOR_END: dict[str, tuple[Action, ...]] = {
    "finished": (Finish(PRIOR, 0),),
    "crashed": (Finish(PRIOR, 1),),
    "running": (),
    "deleted": (Finish(PRIOR, 1), DeleteRun(PRIOR_ID)),
    "elsewhere": (Finish(PRIOR, 1),),
}


def script_of(cell: Cell, profile: Profile) -> Script:
    """The script of a cell: the world before, the judged init(), and one row that shows where it writes."""
    main = StartProcess("main", env=_environment(cell), notebook=cell.notebook == "yes")
    actions: list[Action] = [main]
    active_mode = "online" if cell.auth == "ok" else "offline"
    if cell.active == "other":
        actions.append(Init(OTHER, {"id": OTHER, "mode": active_mode}))
    elif cell.active == "dummy":
        actions.append(Init(DUMMY, {"mode": "disabled"}))
    if cell.active == "same":
        actions += [Init(PRIOR, {**_PRIOR_ARGUMENTS, "mode": active_mode}), *_PRIOR_ROWS]
    elif cell.prior != "absent":
        where = "there" if cell.prior == "elsewhere" else "here"
        actions += [StartProcess("earlier", directory=where), Init(PRIOR, _PRIOR_ARGUMENTS), *_PRIOR_ROWS]
        actions += [*_PRIOR_END[cell.prior], main]
    actions += _AUTH[cell.auth]
    actions += [Init(JUDGED, _arguments(cell)), Log(JUDGED, {"x": 1.0})]
    return tuple(actions)


def _environment(cell: Cell) -> dict[str, str]:
    env = {}
    if cell.mode_env != "unset":
        env["WANDB_MODE"] = cell.mode_env
    if cell.id in ("env", "both_equal"):
        env["WANDB_RUN_ID"] = PRIOR_ID
    elif cell.id == "both_diff":
        env["WANDB_RUN_ID"] = UNUSED_ID
    return env


def _arguments(cell: Cell) -> dict[str, Any]:
    kwargs: dict[str, Any] = {"config": JUDGED_CONFIG}
    if cell.resume != "unset":
        kwargs["resume"] = _RESUME.get(cell.resume, cell.resume)
    if cell.id in ("arg", "both_equal", "both_diff"):
        kwargs["id"] = PRIOR_ID
    if cell.mode_arg != "unset":
        kwargs["mode"] = cell.mode_arg
    if cell.anonymous != "unset":
        kwargs["anonymous"] = cell.anonymous
    if cell.force != "unset":
        kwargs["force"] = cell.force == "true"
    if cell.reinit != "unset":
        kwargs["reinit"] = _FLAGS.get(cell.reinit, cell.reinit)
    return kwargs
