"""INIT-3: one script through every transport gives the same observation; no other clause depends on the transport."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from wandb_testkit import actions
from wandb_testkit.actions import EndProcess, Finish, Init, Kill, Log, Look, Script, SetSummary, StartProcess
from wandb_testkit.observation import Observation
from wandb_testkit.profiles import CLASSIC, CURRENT, Profile
from wandb_testkit.spec import predict, same
from wandb_testkit.strategies import scripts
from wandb_testkit.targets.reference import ReferenceTarget
from wandb_testkit.transport.process import ServiceProcess
from wandb_testkit.wiring import LINES, ProcessLine

PROFILES = pytest.mark.parametrize("profile", [CLASSIC, CURRENT], ids=str)
OTHERS = [name for name in LINES if name != "memory"]
MEMORY = ReferenceTarget()

ONE: dict[str, Any] = {"id": "one", "project": "p"}

SCRIPTS: dict[str, Script] = {
    "whole": (
        Init("a", {**ONE, "name": "n", "notes": "", "tags": ["t"], "group": "g", "job_type": "j", "config": {"lr": 1}}),
        Log("a", {"loss": 1.0, "d": {"e": [1, None]}, "odd": float("inf")}),
        Log("a", {"late": "x"}, step=7),
        actions.DefineMetric("a", "acc", "max"),
        Log("a", {"acc": 2}),
        SetSummary("a", {"best": 3}),
        actions.UpdateConfig("a", {"more": {"b": True}}),
        actions.EditRun("a", name="other", tags=()),
        Look("a"),
        Finish("a", 3),
    ),
    "resumed": (
        Init("a", {**ONE, "config": {"lr": 1}}),
        *(Log("a", {"n": n}) for n in range(3)),
        Finish("a"),
        Init("b", {**ONE, "resume": "must", "config": {"more": 2}}),
        Log("b", {"n": 9}),
        Look("b"),
        EndProcess(1),
        Init("c", {**ONE, "resume": "never"}),
        Init("d", ONE),
        Log("d", {"n": 0}),
        Finish("d"),
    ),
    "the same row in the same second": (
        Init("a", ONE),
        Log("a", {"n": 0}),
        Log("a", {"n": 1}),
        Kill(),
        Init("b", ONE),
        Log("b", {"n": 0}),
        Finish("b"),
    ),
    "never after a status": (
        Init("a", ONE),
        Log("a", {"n": 0}),
        SetSummary("a", {"best": 1}),
        Finish("a"),
        Init("b", {**ONE, "resume": "never"}),
        StartProcess("two"),
        Init("c", ONE),
        Finish("c"),
    ),
    "cut off": (
        Init("a", ONE),
        Log("a", {"n": 0}),
        actions.CutNetwork(),
        Log("a", {"n": 1}),
        Init("b", {"id": "two", "project": "p", "reinit": True}),
        actions.RestoreNetwork(),
        Finish("a"),
        Init("c", {**ONE, "resume": "allow"}),
        EndProcess(),
    ),
    "key revoked": (
        Init("a", ONE),
        Log("a", {"n": 0}),
        actions.RevokeKey(),
        Log("a", {"n": 1}),
        Finish("a"),
        StartProcess("two"),
        Init("b", {**ONE, "resume": "must"}),
        actions.LogIn(),
        Init("c", {**ONE, "resume": "must"}),
        Finish("c"),
    ),
    "deleted": (
        Init("a", ONE),
        Log("a", {"n": 0}),
        actions.DeleteRun("one"),
        Log("a", {"n": 1}),
        Finish("a"),
        Init("b", ONE),
        Init("c", {**ONE, "resume": "allow"}),
    ),
    "killed": (
        Init("a", {**ONE, "resume": "auto"}),
        Log("a", {"n": 0}),
        Kill(),
        Init("b", {"resume": "auto", "project": "p"}),
        Log("b", {"n": 1}),
        Finish("b"),
    ),
    "anonymous": (
        actions.LogOut(),
        Init("a", {**ONE, "anonymous": "allow"}),
        Log("a", {"n": 0}),
        Finish("a"),
        Init("b", {**ONE, "anonymous": "must", "resume": "allow"}),
        Finish("b"),
    ),
    "branched": (
        Init("a", {**ONE, "config": {"lr": 1}, "tags": ["t"]}),
        *(Log("a", {"n": n}) for n in range(4)),
        Finish("a"),
        Init("b", {"id": "two", "project": "p", "fork_from": "one?_step=1", "config": {"more": 2}}),
        Log("b", {"n": 9}),
        Finish("b"),
        Init("c", {"project": "p", "resume_from": "one?_step=1.5", "config": {"more": 2}}),
        Log("c", {"n": 9}),
        Look("c"),
        Finish("c"),
        Init("d", {"project": "p", "resume_from": "nobody?_step=1"}),
    ),
    "shared": (
        Init("a", {**ONE, "mode": "shared", "config": {"lr": 1}, "tags": ["t"]}),
        Log("a", {"n": 0}, step=7),
        Finish("a"),
        Init("b", {**ONE, "mode": "shared", "config": {"more": 2}}),
        Log("b", {"n": 1}),
        Finish("b"),
    ),
    "not online": (
        Init("a", {"id": "off", "mode": "offline"}),
        Log("a", {"n": 0}),
        Finish("a"),
        Init("b", {"id": "dis", "mode": "disabled"}),
        Log("b", {"n": 0}),
        Finish("b"),
    ),
}


@pytest.fixture(scope="module")
def target_of() -> Iterator[Any]:
    """Makes a target; one service process serves every script of this module."""
    services: list[ServiceProcess] = []

    def make(transport: str) -> ReferenceTarget:
        if transport != "process":
            return ReferenceTarget(transport)
        if not services:
            services.append(ServiceProcess())
        return ReferenceTarget(transport, line_of=partial(ProcessLine, service=services[0]))

    yield make
    for service in services:
        service.close()


def shown(observation: Observation) -> list[object]:
    """An observation without the wording of errors, and without requests about accounts (LOGIN-2)."""
    inits = [
        (
            *(seen.run, seen.error, seen.returned, seen.is_dummy, seen.is_dummy or seen.run_id, seen.resumed),
            seen.is_dummy or seen.starting_step,
            *(seen.mode, seen.wandb_run, seen.resume_file, seen.warnings),
            [(kind, run_id) for kind, _, run_id in seen.asked],
        )
        for seen in observation.inits
    ]
    return [inits, observation.runs, observation.actions]


@PROFILES
@pytest.mark.parametrize("transport", OTHERS)
@pytest.mark.parametrize("script", SCRIPTS.values(), ids=SCRIPTS)
def test_a_script_shows_the_same_over_every_transport(
    target_of: Any, transport: str, script: Script, profile: Profile
) -> None:
    """INIT-3"""
    over_memory = MEMORY.run(script, profile)

    over_other = target_of(transport).run(script, profile)

    assert shown(over_other) == shown(over_memory)


@PROFILES
@pytest.mark.parametrize("transport", OTHERS)
def test_generated_programs_show_the_same_over_every_transport(
    target_of: Any, transport: str, profile: Profile
) -> None:
    """INIT-3"""
    target = target_of(transport)

    @settings(
        max_examples=40,
        derandomize=True,
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example],
    )
    @given(st.data())
    def agrees(data: st.DataObject) -> None:
        script = data.draw(scripts(profile=profile), label="script")
        told = same(predict(script, profile), target.run(script, profile))

        assert not told, "\n".join(told)

    agrees()
