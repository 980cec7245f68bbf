"""Filters, orders and pages of runs, and the bounds of history pages (protocol.md 9)."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.server.conftest import HandClient, message_of
from wandb_testkit.world import World

RUNS = """query($filters: JSONString, $order: String, $first: Int, $after: String) {project(name: "p") {
    runCount(filters: $filters)
    runs(filters: $filters, order: $order, first: $first, after: $after) {
        edges {node {name}} pageInfo {hasNextPage endCursor} totalCount}}}"""


@pytest.fixture(autouse=True)
def three_runs(world: World) -> None:
    world.server.add_run("a", project="p", rows=[{"loss": 3.0}], config={"lr": 1, "net": {"depth": 2}}, tags=["x", "y"])
    world.server.add_run("b", project="p", rows=[{"loss": 1.0}], config={"lr": 2}, state="failed", name="other")
    world.server.add_run("c", project="p", config={"net": {"depth": 3}}, tags=["y"])


def names(client: HandClient, **variables: Any) -> list[str]:
    project = client.data(RUNS, **variables)["project"]
    return [edge["node"]["name"] for edge in project["runs"]["edges"]]


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({}, ["a", "b", "c"]),
        ({"name": "b"}, ["b"]),
        ({"state": "finished"}, ["a", "c"]),
        ({"config.lr": 1}, ["a"]),
        ({"config.lr.value": 2}, ["b"]),
        ({"config.net.depth": {"$gte": 3}}, ["c"]),
        ({"config.lr": None}, ["c"]),
        ({"config.lr": {"$exists": False}}, ["c"]),
        ({"summary_metrics.loss": {"$lt": 2}}, ["b"]),
        ({"summary_metrics.loss": {"$ne": 3.0}}, ["b", "c"]),
        ({"tags": "y"}, ["a", "c"]),
        ({"tags": {"$in": ["x", "z"]}}, ["a"]),
        ({"tags": {"$nin": ["x", "z"]}}, ["b", "c"]),
        ({"display_name": {"$regex": "^oth"}}, ["b"]),
        ({"$and": [{"state": "finished"}, {"tags": "x"}]}, ["a"]),
        ({"$or": [{"name": "a"}, {"name": "b"}]}, ["a", "b"]),
        ({"$nor": [{"name": "a"}]}, ["b", "c"]),
        ({"created_at": {"$gt": "2020-01-01T00:00:00"}}, ["a", "b", "c"]),
        ({"sweep": "s"}, []),
    ],
)
def test_filters_choose_runs(client: HandClient, filters: dict[str, Any], expected: list[str]) -> None:
    assert names(client, filters=json.dumps(filters)) == expected


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        (None, ["a", "b", "c"]),
        ("+created_at", ["a", "b", "c"]),
        ("-created_at", ["c", "b", "a"]),
        ("+summary_metrics.loss", ["b", "a", "c"]),
        ("-config.lr.value", ["b", "a", "c"]),
    ],
)
def test_orders_sort_runs_and_those_without_the_key_come_last(
    client: HandClient, order: str | None, expected: list[str]
) -> None:
    assert names(client, order=order) == expected


@pytest.mark.parametrize(
    ("variables", "told"),
    [
        ({"filters": '{"colour": 1}'}, "key 'colour' of runs is not part of the fake"),
        ({"filters": '{"name": {"$near": 1}}'}, "operator '$near' in filters is not part of the fake"),
        ({"filters": '{"$and": 1}'}, "$and in filters should have a list"),
        ({"filters": '{"name": {"$regex": "(a+)+$"}}'}, "could take forever"),
        ({"filters": '{"name": {"$regex": "("}}'}, "cannot be read"),
        ({"filters": "["}, "filters is not JSON"),
        ({"filters": '{"$or": [' * 30 + "{}" + "]}" * 30}, "levels deep"),
        ({"order": "+colour"}, "key 'colour' of runs is not part of the fake"),
        ({"after": "x"}, "was not given out by this server"),
    ],
)
def test_what_cannot_be_chosen_by_is_refused_by_name(client: HandClient, variables: dict[str, Any], told: str) -> None:
    response = client.ask(RUNS, **variables)

    assert response.status == 400
    assert told in message_of(response)


def test_pages_follow_one_another(client: HandClient) -> None:
    seen: list[str] = []
    after = None
    while True:
        page = client.data(RUNS, first=2, after=after)["project"]["runs"]
        seen += [edge["node"]["name"] for edge in page["edges"]]
        after = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            break

    assert (seen, page["totalCount"]) == (["a", "b", "c"], 3)


@pytest.mark.parametrize(
    ("spec", "steps"),
    [
        ({"keys": ["_step", "x"], "samples": 10}, [0, 1, 2, 3, 4]),
        ({"keys": ["_step", "y"], "samples": 10}, [2]),
        ({"keys": ["_step", "_step"], "minStep": 1, "maxStep": 3}, [1, 2, 3]),  # with _step: inclusive
        ({"keys": ["_step"], "samples": 3}, [0, 2, 4]),
        ({"keys": ["_step", "d.e"]}, [2]),
        ({"minStep": 1, "maxStep": 3}, [1, 2]),
    ],
)
def test_sampled_history_has_the_bounds_that_each_generation_means(
    world: World, client: HandClient, spec: dict[str, Any], steps: list[int]
) -> None:
    rows: list[dict[str, Any]] = [{"x": i} for i in range(5)]
    rows[2].update(y=1, d={"e": 1})
    world.server.add_run("h", project="p", rows=rows)
    query = 'query($specs: [JSONString!]!) {project(name: "p") {run(name: "h") {sampledHistory(specs: $specs)}}}'

    (sampled,) = client.data(query, specs=[json.dumps(spec)])["project"]["run"]["sampledHistory"]

    assert [row["_step"] for row in sampled] == steps


def test_without_step_among_the_keys_the_upper_bound_is_exclusive(world: World, client: HandClient) -> None:
    world.server.add_run("h", project="p", rows=[{"x": i} for i in range(5)])
    query = 'query($specs: [JSONString!]!) {project(name: "p") {run(name: "h") {sampledHistory(specs: $specs)}}}'

    (sampled,) = client.data(query, specs=['{"keys": ["x"], "minStep": 1, "maxStep": 3}'])["project"]["run"][
        "sampledHistory"
    ]

    assert sampled == [{"x": 1}, {"x": 2}]
