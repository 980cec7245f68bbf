"""Strategies for what init() is told: arguments, settings, environment variables."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hypothesis import strategies as st

from wandb_testkit.profiles import CLASSIC, CURRENT, Profile, to_profile
from wandb_testkit.strategies.values import CONFIG_KEYS, WORDS, configs, run_ids, tags

_RESUME = st.sampled_from((None, "allow", "must", "never", "auto", True, False))
_MODES = st.sampled_from(("online", "offline", "disabled", "run", "dryrun", "disabled"))
_WORDS = st.sampled_from(WORDS)
_REINIT: Mapping[Profile, st.SearchStrategy[Any]] = {
    CLASSIC: st.booleans(),
    CURRENT: st.sampled_from(("default", "return_previous", "finish_previous", "create_new", True, False)),
}
_BRANCHES: st.SearchStrategy[dict[str, Any]] = st.builds(
    lambda name, run_id, step: {name: f"{run_id}?_step={step}"},
    st.sampled_from(("fork_from", "resume_from")),
    st.sampled_from(("p", "q")),
    st.sampled_from((0, 1, 1.5, 7)),
)
"""Where a run of current begins by its own wish (FORK-1, FORK-2); nothing else is said about its id then."""

_IS_BRANCHING = st.sampled_from((*[False] * 7, True))
_NOT_BESIDE_A_BRANCH = ("id", "resume", "settings")

_HINTS = st.sampled_from(("p", "other-word"))
"""Resume words that are none: classic takes them as ids (RESUME-9)."""


def init_kwargs(
    *,
    profile: Profile | str = CLASSIC,
    valid: bool = True,
    ids: st.SearchStrategy[str] | None = None,
    max_size: int = 4,
) -> st.SearchStrategy[dict[str, Any]]:
    """Keyword arguments of init().

    Args:
        valid: No argument is refused for its own sake; otherwise one of them may be.
        ids: The run ids to choose from; run_ids(few=True) if None.
        max_size: How many arguments at most.
    """
    known = to_profile(profile)
    good = _good(known, run_ids(few=True) if ids is None else ids)
    # Some are named several times: most of what can go wrong goes through them.
    often = (*["id", "resume"] * 4, *["config"] * 3, *["mode"] * 2, "reinit", "allow_val_change")
    bad: st.SearchStrategy[dict[str, Any]] = st.just({}) if valid else st.just({}) | st.sampled_from(BAD[known])
    ordinary = _some_of(good, st.sampled_from((*often, *good)), st.integers(0, max_size), bad)
    if known is CLASSIC:
        return ordinary
    return _perhaps_branching(ordinary)


@st.composite
def _perhaps_branching(draw: st.DrawFn, ordinary: st.SearchStrategy[dict[str, Any]]) -> dict[str, Any]:
    """Now and then a run that begins in another one; drawn last, so that shrinking takes it out by itself."""
    kwargs = draw(ordinary)
    if not draw(_IS_BRANCHING):
        return kwargs
    return {name: value for name, value in kwargs.items() if name not in _NOT_BESIDE_A_BRANCH} | draw(_BRANCHES)


@st.composite
def _some_of(
    draw: st.DrawFn,
    known: Mapping[str, st.SearchStrategy[Any]],
    names: st.SearchStrategy[str],
    sizes: st.SearchStrategy[int],
    more: st.SearchStrategy[dict[str, Any]],
) -> dict[str, Any]:
    """A few of the keys. Each is drawn together with its value, so that shrinking can take both out at once."""
    kwargs: dict[str, Any] = {}
    for _ in range(draw(sizes)):
        name = draw(names)
        if name not in kwargs:
            kwargs[name] = draw(known[name])
    return kwargs | draw(more)


def _good(profile: Profile, ids: st.SearchStrategy[str]) -> dict[str, st.SearchStrategy[Any]]:
    keys = st.lists(st.sampled_from(CONFIG_KEYS), max_size=1)
    good = {
        "id": ids,
        "resume": _RESUME | _HINTS if profile is CLASSIC else _RESUME,
        "mode": _MODES,
        "reinit": _REINIT[profile],
        "config": configs() | st.just({"lr": {"y": 2}}),
        "tags": tags().map(list),
        "notes": _WORDS,
        "name": _WORDS,
        "group": _WORDS,
        "job_type": _WORDS,
        "project": st.just("a"),
        "anonymous": st.sampled_from(("never", "allow", "must")),
        "force": st.booleans(),
        "allow_val_change": st.booleans(),
        "config_exclude_keys": keys,
        "settings": settings(profile=profile),
    }
    if profile is CURRENT:
        good["anonymous"] |= st.none()
        good["mode"] |= st.just("shared")
    return good


BAD: Mapping[Profile, tuple[dict[str, Any], ...]] = {
    CLASSIC: (
        {"mode": "bogus"},
        {"mode": ""},
        {"anonymous": "bogus", "mode": "online"},
        {"tags": ["a", 5]},
        {"project": 5},
        {"config": [1]},
        {"config": {5: 1}},
        {"config_include_keys": ["lr"], "config_exclude_keys": ["depth"]},
        {"nonsense": 1},
    ),
    CURRENT: (
        {"mode": "bogus"},
        {"resume": "bogus"},
        {"reinit": "bogus"},
        {"tags": ["a", 5]},
        {"tags": [""]},
        {"project": "a/b"},
        {"id": ""},
        {"id": "a:b"},
        {"id": " a"},
        {"config": [1]},
        {"config": {5: 1}},
        {"config_include_keys": ["lr"], "config_exclude_keys": ["depth"]},
        {"fork_from": "p"},
        {"resume_from": "p?step=1"},
        {"fork_from": "p?_step=one"},
        {"magic": True},
    ),
}
"""Arguments that init() refuses for their own sake, whatever the world (A.1, ID-3, CONFIG-5, CONFIG-6)."""


def settings(*, profile: Profile | str = CLASSIC) -> st.SearchStrategy[dict[str, Any]]:
    """What `settings=` takes: names of settings, which are not those of the arguments (A.1)."""
    known: dict[str, st.SearchStrategy[Any]] = {
        "run_id": run_ids(few=True),
        "run_name": _WORDS,
        "run_notes": _WORDS,
        "run_tags": tags().map(list),
        "run_group": _WORDS,
        "run_job_type": _WORDS,
        "project": st.just("a"),
        "mode": st.sampled_from(("online", "offline", "disabled")),
        "reinit": _REINIT[to_profile(profile)],
    }
    return _few_of(known)


def environments(*, profile: Profile | str = CLASSIC) -> st.SearchStrategy[dict[str, str]]:
    """WANDB_* variables with values that are accepted (A.3, C.6)."""
    known: dict[str, st.SearchStrategy[str]] = {
        "WANDB_MODE": st.sampled_from(("online", "offline", "disabled", "dryrun")),
        "WANDB_RESUME": st.sampled_from(("allow", "must", "never", "auto")),
        "WANDB_RUN_ID": run_ids(few=True),
        "WANDB_PROJECT": st.just("a"),
        "WANDB_NAME": _WORDS,
        "WANDB_NOTES": _WORDS,
        "WANDB_TAGS": tags().filter(bool).map(",".join),
        "WANDB_RUN_GROUP": _WORDS,
        "WANDB_JOB_TYPE": _WORDS,
        "WANDB_ANONYMOUS": st.sampled_from(("never", "allow", "must")),
    }
    if to_profile(profile) is CURRENT:
        known["WANDB_REINIT"] = st.sampled_from(("true", "false", "create_new", "finish_previous"))
    else:
        known["WANDB_RESUME"] |= st.just("true")  # no word of its own: acts as allow (C.6)
    return _few_of(known)


def _few_of(known: Mapping[str, st.SearchStrategy[Any]]) -> st.SearchStrategy[dict[str, Any]]:
    """Two at most: each is there for a reason."""
    return _some_of(known, st.sampled_from(tuple(known)), st.integers(0, 2), st.just({}))
