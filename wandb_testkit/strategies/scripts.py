"""Strategies for whole user programs: several processes, machines and states of the account.

A script grows action by action, each chosen by what the oracle knows of the world so far; an action that spec.md leaves
open is left out.
"""

from __future__ import annotations

from hypothesis import strategies as st

from wandb_testkit import actions
from wandb_testkit.profiles import CLASSIC, Profile, to_profile
from wandb_testkit.spec.model import Unspecified
from wandb_testkit.spec.predict import Prediction
from wandb_testkit.strategies.arguments import environments, init_kwargs
from wandb_testkit.strategies.values import WORDS, configs, metric_rows, run_ids, tags

PROCESSES = ("one", "two")
DIRECTORIES = ("here", "there")


def scripts(
    *,
    profile: Profile | str = CLASSIC,
    valid: bool = True,
    max_actions: int = 12,
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
        if not draw(st.integers(0, 11)):  # the length is drawn bit by bit, so that shrinking can take any action out
            break
        action = draw(actions_after(prediction, valid=valid))
        try:
            prediction.take(action)
        except Unspecified:
            continue
        script.append(action)
    return tuple(script)


def actions_after(prediction: Prediction, *, valid: bool = True) -> st.SearchStrategy[actions.Action]:
    """One more action, where the oracle stands.

    Args:
        valid: As for scripts().
    """
    world = prediction.world
    kinds = [*[_inits(prediction, valid)] * 4, *[_processes(world.profile)] * 2, _happenings()]
    if world.process.variables:
        kinds = [*[_uses(prediction)] * 7, *kinds]
    return st.sampled_from(kinds).flatmap(lambda kind: kind)


def _inits(prediction: Prediction, valid: bool) -> st.SearchStrategy[actions.Action]:
    name = f"r{prediction.init_count + 1}"
    return init_kwargs(profile=prediction.world.profile, valid=valid).map(lambda kwargs: actions.Init(name, kwargs))


def _uses(prediction: Prediction) -> st.SearchStrategy[actions.Action]:
    """Something that a program does with a run that it has; the latest one first."""
    run = st.sampled_from(tuple(reversed(prediction.world.process.variables)))
    steps = st.none() | st.integers(0, 6)
    rows = st.builds(actions.Log, run, metric_rows(max_size=1))
    rare = st.one_of(
        st.builds(actions.Log, run, metric_rows(min_size=1), steps, st.sampled_from((None, False, True))),
        st.builds(actions.UpdateConfig, run, configs(max_size=1), st.sampled_from((None, True, False))),
        st.builds(actions.Look, run),
        st.builds(actions.SetSummary, run, metric_rows(min_size=1, max_size=1)),
        st.builds(actions.DefineMetric, run, st.just("loss"), _summaries()),
        _edits(run),
    )
    ends = st.builds(actions.Finish, run, st.sampled_from((None, 0, 1)))
    return st.one_of(rows, rare, rare, ends)


def _summaries() -> st.SearchStrategy[str | None]:
    words = st.sampled_from(("min", "max", "mean", "first", "last"))
    return st.sampled_from(("none", "copy", None)) | st.lists(words, min_size=1, max_size=2, unique=True).map(",".join)


def _edits(run: st.SearchStrategy[str]) -> st.SearchStrategy[actions.Action]:
    word = st.sampled_from(WORDS)
    return st.one_of(
        st.builds(actions.EditRun, run, tags=tags()),
        st.builds(actions.EditRun, run, name=word),
        st.builds(actions.EditRun, run, notes=word),
    )


def _processes(profile: Profile) -> st.SearchStrategy[actions.Action]:
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


def _happenings() -> st.SearchStrategy[actions.Action]:
    """What others do to the world."""
    deletions = st.builds(actions.DeleteRun, run_ids(few=True))
    accounts = (actions.LogOut(), actions.LogIn(), actions.RevokeKey())
    return deletions | st.sampled_from((*accounts, actions.CutNetwork(), actions.RestoreNetwork()))
