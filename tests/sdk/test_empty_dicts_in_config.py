"""What the server gets of dicts in config that hold no value, and of dicts in dicts: observed with both clients."""

from __future__ import annotations

from typing import Any, NamedTuple

import pytest

import wandb_testkit as wt


class Case(NamedTuple):
    """A config, updates of it, and what the server and run.config have then.

    `shown` is None where it is what the user gave last; with 0.10.33 the server and run.config have that throughout.
    """

    given: dict[str, Any]
    updates: tuple[dict[str, Any], ...]
    sent: dict[str, Any]
    shown: dict[str, Any] | None = None


CASES = [
    Case({"a": {}}, (), {}),
    Case({"a": {"b": {}}, "c": 1}, (), {"c": 1}),
    Case({"a": {"b": {}, "x": 1}}, (), {"a": {"x": 1}}, {"a": {"x": 1}}),
    Case({"a": [{}], "l": [], "l2": [[]], "n": None}, (), {"a": [{}], "l": [], "l2": [[]], "n": None}),
    Case({"a": {"n": None, "l": []}}, (), {"a": {"n": None, "l": []}}),
    Case({"a": {"x": 1}}, ({"a": {}},), {"a": {"x": 1}}),
    Case({"a": {"x": 1}}, ({"a": {"y": {}}},), {"a": {"x": 1}}),
    Case({"a": 1}, ({"a": {}},), {"a": 1}),
    Case({"a": 1}, ({"a": {"b": {}}},), {"a": 1}),
    Case({"a": 1}, ({"a": {"b": 1}},), {"a": {"b": 1}}),
    Case({"a": {"x": 1}}, ({"a": 1},), {"a": 1}),
    Case({"a": {"x": {"y": 1, "z": 2}}}, ({"a": {"x": {"y": 3}}},), {"a": {"x": {"y": 3, "z": 2}}}),
    Case({"a": {"x": {"y": 1}}}, ({"a": {"x": {}}},), {"a": {"x": {"y": 1}}}),
    Case({"a": {"x": {"y": 1}}}, ({"a": {"x": 5}},), {"a": {"x": 5}}),
    Case({"a": {"x": {"y": 1}}}, ({"a": {"x": None}},), {"a": {"x": None}}),
    Case({"a": {"b": {"c": 1}}}, ({"a": {"b": 7}}, {"a": {"b": {"e": 1}}}), {"a": {"b": {"e": 1}}}),
    Case({"a": {"b": 1}}, ({"a": {"b": {"c": 2}, "d": {}}},), {"a": {"b": {"c": 2}}}),
    Case({"a": {"b": ()}}, ({"a": {}}, {"a": None}, {"a": {}}), {"a": None}),
    Case({}, ({"a": {}},), {}),
    Case({"a": [1, {"x": 1}]}, ({"a": [{"y": 1}]},), {"a": [{"y": 1}]}),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.given} {case.updates}")
@pytest.mark.parametrize("transport", ["memory", "responses", "offline"])
def test_current_sets_what_is_in_dicts_value_by_value(case: Case, transport: str) -> None:
    """CONFIG-12"""
    seen = after(case, "current", transport)

    shown = {**case.given, **{key: value for update in case.updates for key, value in update.items()}}
    assert seen == (case.sent, shown if case.shown is None else case.shown)


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.given} {case.updates}")
def test_classic_sends_what_was_given(case: Case) -> None:
    """CONFIG-12"""
    sent, shown = after(case, "classic", "memory")

    given = {**case.given, **{key: value for update in case.updates for key, value in update.items()}}
    assert sent == shown == given


@pytest.mark.parametrize(
    ("old", "new", "sent"),
    [
        ({"a": {"x": 1}}, {"a": {"y": 2}}, {"a": {"y": 2}}),
        ({"a": {"x": 1}}, {"a": {}}, {"a": {"x": 1}}),
        ({"a": {"x": 1}}, {"a": {"y": {}}}, {"a": {"x": 1}}),
        ({"a": 1}, {"a": {}}, {"a": 1}),
    ],
)
def test_a_resumed_run_keeps_what_an_empty_dict_does_not_replace(
    old: dict[str, Any], new: dict[str, Any], sent: dict[str, Any]
) -> None:
    """E.1; observed with 0.31.0"""
    with wt.fake(profile="current", environ={}) as world:
        world.init(project="p", id="r", config=old).finish()
        run = world.init(project="p", id="r", resume="allow", config=new)

        assert (world.run.config, run.config.as_dict()) == (sent, sent)


def test_what_the_start_left_out_may_not_come_back_by_itself() -> None:
    """CONFIG-7: run.config shows what the server has, so the very dict that was given is another value."""
    with wt.fake(profile="current", environ={}) as world:
        run: Any = world.init(config={"k": {"w": {}, "v": 1}})

        with pytest.raises(wt.errors.ConfigError, match="was to become"):
            run.config.k = {"w": {}, "v": 1}


def test_a_disabled_run_shows_what_was_given() -> None:
    """DISABLED-6"""
    with wt.fake(profile="current", environ={}) as world:
        run = world.init(mode="disabled", config={"a": {"b": {}, "x": 1}})

        assert dict(run.config.items()) == {"a": {"b": {}, "x": 1}}


def after(case: Case, profile: str, transport: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """What the server has of a config, and what run.config shows."""
    with wt.fake(profile=profile, transport=transport, environ={}) as world:
        run: Any = world.init(config=case.given)
        for update in case.updates:
            run.config.update(update, allow_val_change=True)
        shown = dict(run.config.items())
        run.finish()
        return world.run.config, shown
