"""Real clients meet accounts, rights, features and limits of the fake server."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.clients.conftest import VERSIONS, Client
from wandb_testkit.world import World

pytestmark = pytest.mark.needs_client


@pytest.fixture(params=[version for version in VERSIONS if version in ("0.15.12", "0.28.2", "0.31.0")])
def member_client(request: pytest.FixtureRequest, world: World, tmp_path: Path) -> Client:
    """Those whose public API has teams; 0.22.3 needs nothing else than 0.15.12."""
    return Client(request.param, world, tmp_path)


@pytest.fixture(params=[version for version in VERSIONS if version == "0.31.0"])
def newest_client(request: pytest.FixtureRequest, world: World, tmp_path: Path) -> Client:
    return Client(request.param, world, tmp_path)


def test_the_public_api_makes_teams_and_members_and_keys(world: World, member_client: Client) -> None:
    world.server.add_user("friend")
    world.server.add_user("stranger")
    world.server.add_api_key("testkit-user")

    played = member_client.play("members.py", "friend")

    told = played.told
    assert played.exit_code == 0, played.output
    robot = "robot-service-account"
    assert (told["viewer"], told["invited"]) == ("testkit-user", [True, False, True, False])
    assert told["service"] in ("SERVICE", "MEMBER")  # the last member is whom clients take for it
    assert told["members"] == [
        ["friend", False, False],
        ["new@x.org", False, True],
        [robot, False, False],
        ["testkit-user", True, False],
    ]
    assert (told["removed"], told["left"]) == (True, ["new@x.org", robot, "testkit-user"])
    assert told["strangers"] == []
    assert told["me"] == ["testkit-user", ["made-by-client"], 2]
    assert told["deleted"] is True
    team = world.server.accounts.team("made-by-client")
    assert team is not None
    assert team.roles == {"testkit-user": "admin", "robot-service-account": "service"}


def test_a_service_account_logs_runs_for_a_member(world: World, client: Client) -> None:
    """protocol.md 7"""
    world.server.add_user("worker")
    world.server.add_team("team", members=("worker",))
    key = world.server.add_service_account("robot", team="team").api_key

    played = client.play("online.py", "r1", env={"WANDB_API_KEY": key, "WANDB_USERNAME": "worker"})

    assert played.exit_code == 0, played.output
    assert world.run.path == "team/p/r1"
    assert [run.user for run in world.server.runs] == ["worker"]


def test_a_client_is_told_that_it_may_not_write(world: World, newest_client: Client) -> None:
    key = world.server.add_user("watcher").api_key
    world.server.add_team("team", roles={"watcher": "view-only"})

    played = newest_client.play("online.py", "r1", env={"WANDB_API_KEY": key, "WANDB_ENTITY": "team"})

    assert played.exit_code != 0
    assert "'watcher' is view-only of 'team' and may not write to a team project of it" in played.output
    assert world.runs == []


@pytest.mark.parametrize(("reports", "rows"), [(True, 3), (False, 1)])
def test_a_start_without_resume_appends_where_the_length_is_told_and_overwrites_where_it_is_not(
    world: World, newest_client: Client, reports: bool, rows: int
) -> None:
    """RESUME-1"""
    world.server.reports_history_length = reports
    newest_client.play("resume.py", "r1", "none", 2)

    newest_client.play("resume.py", "r1", "none", 1)

    assert len(world.run.history) == rows


def test_a_client_without_any_feature_logs_the_same(world: World, newest_client: Client) -> None:
    world.server.features = "none"

    played = newest_client.play("online.py", "r1")

    assert played.exit_code == 0, played.output
    assert "a line of the user" in world.run.output
    assert (world.run.state, world.run.summary["best"]) == ("finished", 7)


def test_a_client_waits_when_it_asks_too_often(world: World, newest_client: Client) -> None:
    world.server.limits(requests=3, per_s=2)

    played = newest_client.play("resume.py", "r1", "none", 2)

    assert played.exit_code == 0, played.output
    assert {exchange.status for exchange in world.recorder.exchanges} == {200, 429}
    assert (world.run.state, len(world.run.history)) == ("finished", 2)
