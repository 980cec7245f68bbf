"""The public API of real clients reads and edits what a client of the same version, or a test, put on the server."""

from __future__ import annotations

import pytest

from tests.api_scripts import (
    FOUND_BY_0_10,
    FOUND_BY_0_31,
    add_runs_to_choose_from,
    add_runs_to_read,
    check_what_was_chosen,
    check_what_was_read,
)
from tests.clients.conftest import Client
from wandb_testkit.world import World

pytestmark = pytest.mark.needs_client

FOUND = {"0.10.33": FOUND_BY_0_10, "0.31.0": FOUND_BY_0_31}


@pytest.mark.behaviour("Api: read, edit, delete")
def test_the_public_api_reads_edits_and_deletes_runs(world: World, client: Client) -> None:
    user = add_runs_to_read(world)
    client.play("file_to.py", user, "first")

    played = client.play("api.py", user)

    assert played.exit_code == 0, played.output
    check_what_was_read(played.told, world)


@pytest.mark.behaviour("Api: filters, order, samples, stop")
def test_the_public_api_chooses_samples_and_stops_runs(world: World, client: Client) -> None:
    user = add_runs_to_choose_from(world)

    played = client.play("api_runs.py", user)

    assert played.exit_code == 0, played.output
    check_what_was_chosen(played.told, world)


def test_the_public_api_finds_artifacts(world: World, client: Client) -> None:
    if client.version not in FOUND:
        pytest.skip("the clients between them find the same by one of the two ways")

    played = client.play("find_artifacts.py")

    assert (played.exit_code, played.told) == (0, FOUND[client.version]), played.output
    assert list(world.runs[1].artifacts) == ["data"]
