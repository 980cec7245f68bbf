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
from wandb_testkit.spec.model import Unspecified
from wandb_testkit.spec.predict import Prediction
from wandb_testkit.strategies.arguments import environments, init_kwargs
from wandb_testkit.strategies.values import WORDS, configs, metric_rows, run_ids, tags

PROCESSES = ("one", "two")
DIRECTORIES = ("here", "there")

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
    return tuple(script)


def actions_after(prediction: Prediction, *, valid: bool = True) -> Actions:
    """One more action, where the oracle stands.

    Args:
        valid: As for scripts().
    """
    world = prediction.world
    return _actions(world.profile, valid, tuple(reversed(world.process.variables)), f"r{prediction.init_count + 1}")


@st.composite
def _actions(draw: st.DrawFn, profile: Profile, valid: bool, runs: tuple[str, ...], new_run: str) -> actions.Action:
    kind = draw(_KINDS if runs else _KINDS_WITHOUT_RUNS)
    if kind == "use":
        use = draw(draw(_USES))
        return dataclasses.replace(use, run=runs[0] if len(runs) == 1 else draw(_one_of(runs)))
    if kind == "init":
        return actions.Init(new_run, draw(_known_kwargs(profile, valid)))
    return draw(_processes(profile) if kind == "process" else _HAPPENINGS)


# Strategies are made once: making one costs more than drawing from it.

_GOES_ON = st.integers(0, 24)  # 0 ends the script: a length that is drawn bit by bit lets shrinking take any action out
_KINDS = st.sampled_from((*["use"] * 7, *["init"] * 4, *["process"] * 2, "happening"))
_KINDS_WITHOUT_RUNS = st.sampled_from((*["init"] * 5, *["process"] * 3, "happening"))
_WORDS = st.sampled_from(WORDS)
_SUMMARIES = st.sampled_from(("none", "copy", None)) | st.lists(
    st.sampled_from(("min", "max", "mean", "first", "last")), min_size=1, max_size=2, unique=True
).map(",".join)

_LOG = st.builds(actions.Log, st.just(""), metric_rows(max_size=1))
_LOG_AT = st.builds(
    actions.Log,
    st.just(""),
    metric_rows(min_size=1),
    st.none() | st.integers(0, 6),
    st.sampled_from((None, False, True)),
)
_UPDATE_CONFIG = st.builds(actions.UpdateConfig, st.just(""), configs(max_size=1), st.sampled_from((None, True, False)))
_SET_SUMMARY = st.builds(actions.SetSummary, st.just(""), metric_rows(min_size=1, max_size=1))
_DEFINE_METRIC = st.builds(actions.DefineMetric, st.just(""), st.just("loss"), _SUMMARIES)
_EDIT_RUN = st.one_of(
    st.builds(actions.EditRun, st.just(""), tags=tags()),
    st.builds(actions.EditRun, st.just(""), name=_WORDS),
    st.builds(actions.EditRun, st.just(""), notes=_WORDS),
)
_LOOK = st.just(actions.Look(""))
_FINISH = st.builds(actions.Finish, st.just(""), st.sampled_from((None, 0, 1)))
_USES: st.SearchStrategy[st.SearchStrategy[actions.RunAction]] = st.sampled_from(
    (
        *[_LOG] * 3,
        *[_FINISH] * 3,
        *[_LOG_AT] * 3,
        *[_UPDATE_CONFIG] * 2,
        _LOOK,
        _SET_SUMMARY,
        _DEFINE_METRIC,
        _EDIT_RUN,
    )
)
"""What a program does with a run that it has; whose run it is, is filled in later."""

_HAPPENINGS: Actions = st.builds(actions.DeleteRun, run_ids(few=True)) | st.sampled_from(
    (actions.LogOut(), actions.LogIn(), actions.RevokeKey(), actions.CutNetwork(), actions.RestoreNetwork())
)
"""What others do to the world."""


@cache
def _one_of(names: tuple[str, ...]) -> st.SearchStrategy[str]:
    return st.sampled_from(names)


@cache
def _known_kwargs(profile: Profile, valid: bool) -> st.SearchStrategy[dict[str, object]]:
    return init_kwargs(profile=profile, valid=valid)


@cache
def _processes(profile: Profile) -> Actions:
    """Programs begin, end, are killed, or it is another one's turn."""
    starts = st.builds(
        actions.StartProcess,
        st.sampled_from(PROCESSES),
        st.sampled_from(DIRECTORIES),
        st.just({}) | environments(profile=profile),
        st.just(False) | st.booleans(),
    )
    ends = st.builds(actions.EndProcess, st.sampled_from((0, 1)))
    return starts | ends | st.just(actions.Kill())
