"""Whatever is sent: never a mistake of ours (500), and the state stays one that can be read."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.server.conftest import STATUS, UPSERT, HandClient
from wandb_testkit.observation import RunState
from wandb_testkit.server.files import name_refusal
from wandb_testkit.world import World, fake

NAMES = st.sampled_from(["r", "p", "testkit-user", "", "..", "%2e%2e", "\ud800", "a b", "x" * 300])

SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | NAMES

JSON = st.recursive(SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner))

LINES = st.lists(
    st.one_of(
        st.builds(
            lambda step, row: json.dumps({**row, "_step": step}), st.integers(-5, 10**30), st.dictionaries(NAMES, JSON)
        ),
        st.builds(json.dumps, JSON),
        st.sampled_from(["{", "[" * 5000, '{"_step": 1, "x": NaN}', "1" * 5000, '{"ts": 1, "content": "x"}']),
        st.text(max_size=10),
    ),
    max_size=4,
)

STREAMS = st.sampled_from(["wandb-history.jsonl", "wandb-summary.json", "wandb-events.jsonl", "output.log"])


def with_one_oddity(valid: st.SearchStrategy[dict[str, Any]], *keys: str) -> st.SearchStrategy[dict[str, Any]]:
    """Mostly what a client could send, so that it gets past the first check; sometimes one value is anything."""
    odd = st.builds(lambda given, key, value: {**given, key: value}, valid, st.sampled_from(keys), JSON)
    return valid | valid | odd


CHUNKS = with_one_oddity(
    st.fixed_dictionaries({"offset": st.integers(0, 4), "content": LINES}), "offset", "content", "encoding"
)

BODIES = with_one_oddity(
    st.fixed_dictionaries(
        {"files": st.dictionaries(STREAMS, CHUNKS, max_size=3)},
        optional={"complete": st.booleans(), "exitcode": st.integers(0, 255)},
    ),
    "files",
    "complete",
    "exitcode",
    "uploaded",
    "preempting",
)

EVERYTHING = """query Everything($name: String!, $filters: JSONString, $order: String, $first: Int, $after: String,
    $specs: [JSONString!]!, $low: Int64, $high: Int64, $names: [String]) {
  viewer {id teams {edges {node {name}}}}
  project(name: $name) {
    internalId runCount(filters: $filters)
    runs(filters: $filters, order: $order, first: $first, after: $after) {
      edges {node {id config summaryMetrics historyKeys historyTail eventsTail systemMetrics state exitcode createdAt
        history(minStep: $low, maxStep: $high, samples: $first) sampledHistory(specs: $specs) events(samples: $first)
        logLines(first: $first) {edges {node {line}}}
        files(names: $names) {edges {node {name url directUrl md5}}}}}}}}"""

SPECS = st.lists(
    st.builds(json.dumps, st.fixed_dictionaries({}, optional={"keys": JSON, "samples": JSON, "minStep": JSON})),
    max_size=2,
)

VALUES = {
    "project": NAMES,
    "entity": st.sampled_from(["testkit-user", "", "other"]),
    "host": NAMES,
    "config": st.builds(json.dumps, st.dictionaries(NAMES | st.just("_wandb"), JSON)),
    "summaryMetrics": st.builds(json.dumps, st.dictionaries(NAMES, JSON)),
    "tags": st.lists(NAMES, max_size=2),
    "filters": st.builds(
        json.dumps,
        st.dictionaries(
            st.sampled_from(["name", "tags", "config.a", "summary_metrics.r", "$or", "x"]),
            JSON | st.dictionaries(st.sampled_from(["$lt", "$in", "$regex", "$exists", "$x"]), JSON, max_size=2),
            max_size=2,
        ),
    ),
    "order": st.sampled_from(["+created_at", "-config.a", "-summary_metrics.r"]),
    "first": st.integers(0, 5),
    "after": st.sampled_from(["1", "", "9" * 40]),
    "low": st.integers(),
    "high": st.integers(),
    "names": st.lists(NAMES, max_size=2),
}

VARIABLES = with_one_oddity(
    st.fixed_dictionaries({"name": st.sampled_from(["r", "p"]), "specs": SPECS}, optional=VALUES),
    "id",
    "name",
    "specs",
    *VALUES,
)

DOCUMENTS = st.sampled_from([UPSERT, STATUS, EVERYTHING])

MEANT = st.one_of(
    st.tuples(st.just("stream"), BODIES),
    st.tuples(st.just("graphql"), st.fixed_dictionaries({"query": DOCUMENTS, "variables": VARIABLES})),
)

WILD = st.one_of(
    st.tuples(st.just("stream"), JSON),
    st.tuples(st.just("graphql"), st.fixed_dictionaries({"query": SCALARS, "variables": JSON})),
    st.tuples(st.sampled_from(["GET", "PUT", "POST", "BREW"]), st.lists(NAMES, max_size=6).map("/".join)),
    st.tuples(st.just("bytes"), st.binary(max_size=50)),
)

REQUESTS = st.sampled_from([MEANT] * 9 + [WILD]).flatmap(lambda kind: kind)


def send(client: HandClient, kind: str, what: Any) -> int:
    if kind == "stream":
        return client.stream("r", what).status
    if kind == "graphql":
        return client.send("POST", "/graphql", json.dumps(what).encode()).status
    if kind == "bytes":
        return client.send("POST", "/graphql", what, content_encoding="gzip" if what[:1] < b"a" else "identity").status
    return client.send(kind, "/" + what, b"x", authorization="nonsense").status


def check(world: World) -> None:
    for stored, view in zip(world.server.runs, world.runs, strict=True):
        assert len(stored.rows) == len(stored.timestamps) == len(stored.runtimes)
        assert all(type(row["_step"]) is int for row in view.history)
        assert isinstance(view.state, RunState)
        assert not any(name_refusal(name) for name in view.files)
        json.dumps([view.config, view.summary, list(view.history), view.client["stats"], view.output, view.tags])


@settings(max_examples=150, deadline=None)
@given(st.lists(REQUESTS, max_size=8))
def test_no_request_is_answered_with_500_and_the_state_stays_valid(requests: list[tuple[str, Any]]) -> None:
    with fake(profile="current") as world:
        client = HandClient(world)
        client.start("r")

        statuses = [send(client, *request) for request in requests]

        assert 500 not in statuses, world.recorder.refusals[-1].refusal.message
        check(world)
        assert send(client, "graphql", {"query": EVERYTHING, "variables": {"name": "p", "specs": ["{}"]}}) == 200
