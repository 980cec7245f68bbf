"""Real clients of several generations log, use, edit and delete artifacts (protocol.md 8)."""

from __future__ import annotations

from typing import Any

import pytest

from tests.clients.conftest import Client
from wandb_testkit.server.features import FEATURES
from wandb_testkit.world import World

pytestmark = pytest.mark.needs_client

FIRST, SECOND = "39557d9324d0636d6b0949f60cd587f2", "482a2fa94c8e86473190d0054a6926df"
"""Digests of manifests, as the clients compute them."""


def minor(client: Client) -> int:
    return int(client.version.split(".")[1])


def logged(world: World, client: Client) -> dict[str, Any]:
    played = client.play("log_artifacts.py")
    assert played.exit_code == 0, played.output
    assert not world.recorder.refusals
    return played.told


@pytest.fixture(params=["all features", "no features"])
def server(request: pytest.FixtureRequest, world: World, client: Client) -> World:
    """A world whose server has all features, or none; clients that ask for none meet it once."""
    if request.param == "no features":
        if minor(client) < 19:
            pytest.skip(f"{client.version} does not ask for features")
        world.server.features = frozenset()
    return world


def test_what_is_logged_is_recorded_once_for_each_content(server: World, client: Client) -> None:
    told = logged(server, client)

    artifacts = server.run.artifacts
    model = artifacts["model"]
    assert told == {
        "first": {"version": "v0", "digest": FIRST},
        "again": {"version": "v0", "digest": FIRST},
        "second": {"version": "v1", "digest": SECOND},
    }
    assert (model.version, model.type, model.aliases, model.digest) == ("v1", "model", ("latest",), SECOND)
    assert (model.description, model.metadata, model.size) == ("a model", {"depth": 3}, 3)
    assert model.files == {"a.txt": b"2", "weights/b.bin": b"\0\1"}
    assert (model.logged, model.used, model.references) == (True, False, {})
    assert artifacts["model:v0"] == artifacts["model:best"] == artifacts["model:again"]
    assert artifacts["model:v0"].files["a.txt"] == b"1"


def test_references_are_kept_and_not_fetched(world: World, client: Client) -> None:
    logged(world, client)

    links = world.run.artifacts["links"]
    assert links.files == {}
    assert set(links.references) == {"b.bin", "far"}
    assert links.references["far"] == "http://127.0.0.1:9/nothing/there"
    assert links.references["b.bin"].startswith("file:///")


def test_a_table_is_an_artifact_of_the_run(world: World, client: Client) -> None:
    logged(world, client)

    table = world.run.artifacts["run-r1-t"]
    assert (table.type, list(table.files)) == ("run_table", ["t.table.json"])
    assert b'"data": [[1, "x"], [2, "y"]]' in table.files["t.table.json"]
    assert world.run.history["t"][0]["_type"] == "table-file"


def test_what_was_logged_is_used_downloaded_and_read(server: World, client: Client) -> None:
    logged(server, client)

    played = client.play("use_artifacts.py", server.server.accounts.default.entity)

    told = played.told
    assert played.exit_code == 0, played.output
    assert not server.recorder.refusals
    assert told["used"] == ["v0", "model", ["again", "best"], FIRST, {"depth": 3}, "a model"]
    assert (told["old"], told["new"], told["one file"]) == (["1", "\0\1"], "2", "1")
    assert (told["table"], told["far"]) == ([[1, "x"], [2, "y"]], "http://127.0.0.1:9/nothing/there")
    assert told["model"] == ["v0", "model", "COMMITTED", 3, ["a.txt", "weights/b.bin"]]
    assert (told["logged by"], told["used by"]) == ("r1", ["r2"])
    assert (told["types"], told["type"]) == (["dataset", "model", "run_table"], "model")
    assert (told["collections"], told["collection"], told["versions"]) == (["model"], "model", ["v1", "v0"])
    assert told["logged"] == told["used artifacts"] == ["links", "model", "model", "run-r1-t"]
    if minor(client) >= 15:
        assert told["files"] == ["a.txt", "weights/b.bin"]
    if minor(client) >= 22:
        assert told["of type"] == ["model"]
        assert told["exists"] == told["collection exists"] == [True, False]
    assert told["no such artifact"]
    used = server.runs[1].artifacts
    assert set(used) == {"model", "run-r1-t", "links"}
    assert [(view.version, view.logged, view.used) for view in used.versions("model")] == [
        ("v0", False, True),
        ("v1", False, True),
    ]


def test_what_was_logged_is_edited_linked_and_deleted(server: World, client: Client) -> None:
    logged(server, client)

    played = client.play("edit_artifacts.py", server.server.accounts.default.entity)

    told = played.told
    assert played.exit_code == 0, played.output
    assert not server.recorder.refusals
    assert told["edited"] == ["v0", "edited", {"depth": 4}, ["again", "edited"]]
    if minor(client) >= 15:
        assert (told["ttl"], told["linked"], told["linked file"]) == (172800, [FIRST, SECOND, SECOND], "1")
        assert told["shelf"] == []
    if minor(client) >= 22 and server.server.features:
        assert (told["tags"], told["tagged"]) == (["nice"], ["v0"])
    if minor(client) >= 22:
        assert (told["left"], told["links"]) == (["v0"], ["good:v0"])
        assert told["collection"] == ["all models", ["kept"]]
        assert (told["renamed"], told["moved"]) == (FIRST, "other")
    assert told["with aliases"] == "CommError"
    assert told["deleted"] in ("CommError", "ValueError")
    model = server.runs[0].artifacts["model"]
    assert (model.version, model.aliases, model.description) == ("v0", ("again", "edited"), "edited")
    assert "links" not in server.runs[0].artifacts or minor(client) < 15


def test_two_writers_make_one_version_and_a_later_one_adds_to_it(world: World, client: Client) -> None:
    played = client.play("parts_of_artifacts.py")

    shared, grown = world.runs[0].artifacts["shared"], world.runs[-1].artifacts.get("grown")
    assert played.exit_code == 0, played.output
    assert not world.recorder.refusals
    assert (shared.version, shared.files) == ("v0", {"one.txt": b"one", "two.txt": b"two"})
    assert world.runs[1].artifacts["shared"] == shared
    assert grown is not None
    assert (grown.version, grown.files) == ("v1", {"one.txt": b"changed", "two.txt": b"two", "three.txt": b"three"})


def test_models_are_logged_used_and_linked_by_name(world: World, client: Client) -> None:
    if minor(client) < 16:
        pytest.skip(f"{client.version} has no log_model()")

    played = client.play("models.py", world.server.accounts.default.entity)

    assert played.exit_code == 0, played.output
    assert not world.recorder.refusals
    assert played.told == {"used": "weights", "linked": "v0"}
    model = world.run.artifacts["net"]
    assert (model.type, model.aliases, model.files) == ("model", ("best", "latest"), {"net.bin": b"weights"})


def test_the_features_that_change_the_traffic_of_artifacts_are_on() -> None:
    assert {"ARTIFACT_TAGS", "CLIENT_IDS", "PROJECT_ARTIFACT_COLLECTION_MEMBERSHIP"} <= FEATURES
