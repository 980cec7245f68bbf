"""Strategies for whole user programs: several processes, machines and states of the account.

A script grows action by action, each chosen by what the oracle knows of the world so far; an action that spec.md leaves
open is left out.
"""

from __future__ import annotations

import dataclasses
from functools import cache

from hypothesis import strategies as st

from wandb_testkit import actions
from wandb_testkit.profiles import CLASSIC, Profile, to_profile
from wandb_testkit.spec.model import Process, Unspecified
from wandb_testkit.spec.predict import Prediction
from wandb_testkit.strategies.arguments import environments, init_kwargs
from wandb_testkit.strategies.values import METRICS, WORDS, configs, metric_rows, run_ids, tags

PROCESSES = ("one", "two")
DIRECTORIES = ("here", "there")
USERS = ("", "ann")

Actions = st.SearchStrategy[actions.Action]


def scripts(
    *, profile: Profile | str = CLASSIC, valid: bool = True, max_actions: int = 16
) -> st.SearchStrategy[actions.Script]:
    """Whole programs; spec.predict() knows what each of them leads to.

    Args:
        valid: No init() is refused for one argument's own sake; what the world makes of it may still raise.
        max_actions: How long a script gets.
    """
    return _scripts(to_profile(profile), valid, max_actions)


@st.composite
def _scripts(draw: st.DrawFn, profile: Profile, valid: bool, max_actions: int) -> actions.Script:
    prediction = Prediction(profile)
    script: list[actions.Action] = []
    for _ in range(max_actions):
        if not draw(_GOES_ON):
            break
        action = draw(actions_after(prediction, valid=valid))
        try:
            prediction.take(action)
        except Unspecified:
            continue
        script.append(action)
    looks = [actions.Look(run) for run in prediction.world.process.variables] if draw(st.booleans()) else []
    return (*script, *looks)


def actions_after(prediction: Prediction, *, valid: bool = True) -> Actions:
    """One more action, where the oracle stands.

    Args:
        valid: As for scripts().
    """
    world = prediction.world
    process = world.process
    runs = tuple(reversed(process.variables))
    kinds = _KINDS[_state_of(process)]
    happenings = _HAPPENINGS["cut off" if world.connection(world.api_key) != "ok" or not world.api_key else "well"]
    return _actions(world.profile, valid, kinds, happenings, runs, f"r{prediction.init_count + 1}")


def _state_of(process: Process) -> str:
    if not process.variables:
        return "none"
    if not process.active:
        return "ended"
    latest = process.active[-1]
    return "active" if latest.has_logged or latest.definitions else "fresh"


@st.composite
def _actions(
    draw: st.DrawFn,
    profile: Profile,
    valid: bool,
    kinds: st.SearchStrategy[str],
    happenings: Actions,
    runs: tuple[str, ...],
    new_run: str,
) -> actions.Action:
    kind = draw(kinds)
    if kind in ("use", "define", "finish"):
        use = draw(_FINISH if kind == "finish" else _DEFINE_METRIC if kind == "define" else draw(_USES))
        return dataclasses.replace(use, run=runs[0] if len(runs) == 1 else draw(_one_of(runs)))
    if kind == "init":
        kwargs = draw(_known_kwargs(profile, valid))
        begins_elsewhere = "fork_from" in kwargs or "resume_from" in kwargs
        return actions.Init(new_run, draw(_BESIDE_A_MOMENT if begins_elsewhere else _IDENTITY) | kwargs)
    if kind == "end":
        return draw(_ENDS)
    return draw(_processes(profile) if kind == "process" else happenings)


# Strategies are made once: making one costs more than drawing from it.

_GOES_ON = st.integers(0, 24)  # 0 ends the script: a length that is drawn bit by bit lets shrinking take any action out
_KINDS = {
    "none": st.sampled_from((*["init"] * 6, *["process"] * 2, "happening")),
    "ended": st.sampled_from((*["init"] * 6, *["use"] * 2, "process", "end", "happening")),
    "fresh": st.sampled_from((*["use"] * 7, *["define"] * 2, "finish", *["init"] * 2, "end", "process", "happening")),
    "active": st.sampled_from((*["use"] * 7, *["finish"] * 3, *["init"] * 3, *["end"] * 2, "process", "happening")),
}
"""State of the present process's runs -> what comes next, as often as it is named."""

_IDENTITY: st.SearchStrategy[dict[str, object]] = st.sampled_from(((), ("id",), ("resume",), ("id", "resume"))).flatmap(
    lambda names: st.fixed_dictionaries({name: _IDENTITY_VALUES[name] for name in names})
)
_IDENTITY_VALUES: dict[str, st.SearchStrategy[object]] = {
    "id": run_ids(few=True),
    "resume": st.sampled_from(("allow", "must", "never", "auto")),
}
"""An id and a resume word come up in most calls: without them no run ever meets an earlier one."""

_MOMENTS: tuple[st.SearchStrategy[dict[str, object]], ...] = (
    *[st.just({})] * 4,
    *[_IDENTITY] * 2,
    st.sampled_from(({"fork_from": "q?_step=0"}, {"resume_from": "q?_step=0"})),
)
_BESIDE_A_MOMENT = st.sampled_from(_MOMENTS).flatmap(lambda chosen: chosen)
"""What stands beside fork_from or resume_from: mostly nothing, for it has to fit (FORK-1 to FORK-3)."""

_WORDS = st.sampled_from(WORDS)
_SUMMARIES = st.sampled_from(("none", "copy", None)) | st.lists(
    st.sampled_from(("min", "max", "mean", "first", "last")), min_size=1, max_size=2, unique=True
).map(",".join)

_LOG = st.builds(actions.Log, st.just(""), metric_rows(max_size=1, numbers_only=True))
_LOG_AT = st.builds(
    actions.Log,
    st.just(""),
    metric_rows(min_size=1),
    st.none() | st.integers(0, 4),
    st.sampled_from((None, None, False, True)),
)
_UPDATE_CONFIG = st.builds(
    actions.UpdateConfig, st.just(""), configs(min_size=1), st.sampled_from((None, None, True, False))
)
_SET_SUMMARY = st.builds(actions.SetSummary, st.just(""), metric_rows(min_size=1, max_size=1))
_DEFINE_PLAINLY = st.builds(
    actions.DefineMetric,
    st.just(""),
    st.sampled_from(METRICS),
    _SUMMARIES,
    st.sampled_from((*[None] * 7, "acc")),
    st.sampled_from((None, None, True, False)),
)
_DEFINE_BEST = st.builds(
    actions.DefineMetric,
    st.just(""),
    st.sampled_from(METRICS),
    st.sampled_from(("best", "best,min")),
    goal=st.sampled_from(("minimize", "maximize")),
)
_DEFINE_METRIC: st.SearchStrategy[actions.RunAction] = st.sampled_from((*[_DEFINE_PLAINLY] * 5, _DEFINE_BEST)).flatmap(
    lambda chosen: chosen
)
_SAVE_FILE = st.builds(
    actions.SaveFile, st.just(""), st.sampled_from(("model.txt", "plots/a.txt")), st.sampled_from(WORDS)
)
_ALERT = st.builds(
    actions.Alert,
    st.just(""),
    _WORDS,
    st.just("") | _WORDS,
    st.sampled_from((None, None, "INFO", "WARN", "ERROR")),
)
_EDIT_RUN = st.one_of(
    st.builds(actions.EditRun, st.just(""), tags=tags()),
    st.builds(actions.EditRun, st.just(""), name=_WORDS),
    st.builds(actions.EditRun, st.just(""), notes=_WORDS),
)
_LOOK = st.just(actions.Look(""))
_FINISH: st.SearchStrategy[actions.RunAction] = st.builds(actions.Finish, st.just(""), st.sampled_from((None, 0, 1)))
_USES: st.SearchStrategy[st.SearchStrategy[actions.RunAction]] = st.sampled_from(
    (
        *[_LOG] * 3,
        *[_LOG_AT] * 3,
        *[_UPDATE_CONFIG] * 3,
        _DEFINE_METRIC,
        _LOOK,
        _SET_SUMMARY,
        _EDIT_RUN,
        _SAVE_FILE,
        st.one_of(_ALERT, st.just(actions.MarkPreempting(""))),
    )
)
"""What a program does with a run that it has; whose run it is, is filled in later."""

_CHANGES: tuple[actions.Action, ...] = (actions.LogOut(), actions.RevokeKey(), actions.CutNetwork())
_LOG_INS = tuple(map(actions.LogIn, USERS))
_REPAIRS: tuple[actions.Action, ...] = (*_LOG_INS, actions.RestoreNetwork(), actions.RestoreNetwork())
_DELETIONS = st.builds(actions.DeleteRun, run_ids(few=True))
_HAPPENINGS: dict[str, Actions] = {
    "well": _DELETIONS | st.sampled_from((*_CHANGES, *_LOG_INS)),
    "cut off": st.sampled_from((*_REPAIRS * 3, *_CHANGES)) | _DELETIONS,
}
"""State of the account and the network -> what others do to the world."""

_ENDS: Actions = st.builds(actions.EndProcess, st.sampled_from((0, 1))) | st.just(actions.Kill())


@cache
def _one_of(names: tuple[str, ...]) -> st.SearchStrategy[str]:
    return st.sampled_from(names)


@cache
def _known_kwargs(profile: Profile, valid: bool) -> st.SearchStrategy[dict[str, object]]:
    return init_kwargs(profile=profile, valid=valid)


@cache
def _processes(profile: Profile) -> Actions:
    """Another program begins, or it is another one's turn."""
    return st.builds(
        actions.StartProcess,
        st.sampled_from(PROCESSES),
        st.sampled_from(DIRECTORIES),
        st.just({}) | environments(profile=profile),
        st.sampled_from((False, False, True)),
        st.just({}) | configs(min_size=1) | st.just({"lr": {"x": 1}}),
    )
