"""A server that is not ours as a target: scripts reach it over HTTP, and what it kept is read back."""

from __future__ import annotations

from collections import Counter

import pytest

import wandb_testkit as wt
from wandb_testkit.conformance import Capability, Outcome, WrongTargetError, load, run
from wandb_testkit.profiles import Profile
from wandb_testkit.targets.server import NOT_ASKED, server_target, transport_target
from wandb_testkit.transport.memory import MemoryTransport


@pytest.mark.parametrize("profile", Profile)
def test_a_server_that_keeps_everything_passes(profile: Profile) -> None:
    with wt.fake(profile=profile) as elsewhere:
        target = server_target(elsewhere.url, elsewhere.api_key, name="elsewhere", version="1", profile=profile)
        chapters = ["resume", "config", "summary", "finish", "fork"]
        report = run(target, in_process=True, chapters=chapters)

        kept = len(list(elsewhere.server.runs))

    assert [result for result in report.results if result.outcome in (Outcome.FAIL, Outcome.ERROR)] == []
    assert Counter(result.outcome for result in report.results)[Outcome.PASS] > 100
    assert kept > 100


def test_a_server_that_loses_rows_is_found_out() -> None:
    with wt.fake(profile="current") as elsewhere:
        elsewhere.server.fail("history", reply=400)
        report = run(server_target(elsewhere.url, elsewhere.api_key, version="1"), in_process=True, chapters=["log"])

    told = next(result for result in report.results if result.case == "log/each-log-is-a-row")
    assert told.outcome is Outcome.FAIL
    assert any("history: expected [{'_step': 0, 'x': 1}" in line for line in told.differences)


def test_a_server_is_a_target_by_its_url(monkeypatch: pytest.MonkeyPatch) -> None:
    with wt.fake(profile="current") as elsewhere:
        url = elsewhere.url
        monkeypatch.delenv("WANDB_API_KEY", raising=False)
        with pytest.raises(WrongTargetError, match="needs a key that the server knows: write it in WANDB_API_KEY"):
            load(url)

        monkeypatch.setenv("WANDB_API_KEY", elsewhere.api_key)
        target = load(url)
        report = run(target, chapters=["notices"])

    assert target.name == url
    assert target.claimed == set(Capability) - NOT_ASKED
    assert Counter(result.outcome for result in report.results)[Outcome.FAIL] == 0


def test_a_server_that_is_not_there_is_told_at_once() -> None:
    with pytest.raises(
        WrongTargetError, match=r"127.0.0.1:9 cannot be reached: .*; write the URL of a server that is up"
    ):
        server_target("http://127.0.0.1:9", "k" * 40)


def test_whatever_takes_records_is_a_target() -> None:
    with wt.fake(profile="current") as elsewhere:
        target = transport_target(
            "records",
            lambda key: MemoryTransport(elsewhere.server, key),
            version="1",
            api_key=elsewhere.api_key,
            entity="testkit-user",
        )
        report = run(target, in_process=True, chapters=["log", "auto"])

    assert [result for result in report.results if result.outcome is Outcome.FAIL] == []
    assert Counter(result.outcome for result in report.results)[Outcome.PASS] > 50
