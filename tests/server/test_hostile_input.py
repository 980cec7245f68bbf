"""Whatever is sent: never a mistake of ours (500), and the state stays one that can be read."""

from __future__ import annotations

import gzip
import json
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.server.conftest import STATUS, UPSERT, HandClient
from tests.server.documents import documents
from tests.server.state import check_state
from wandb_testkit.faults import FAILURES
from wandb_testkit.recorder import MAX_EXCHANGES, MAX_UNKNOWN
from wandb_testkit.records import Result, RunPath
from wandb_testkit.server.resolvers.ids import run_id
from wandb_testkit.world import World, fake

EXAMPLES = 2_000 if os.environ.get("WANDB_TESTKIT_DEEP") else 40
"""Of each kind; `make deep` throws more."""

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


@settings(max_examples=2 * EXAMPLES, deadline=None)
@given(st.lists(REQUESTS, max_size=8))
def test_no_request_is_answered_with_500_and_the_state_stays_valid(requests: list[tuple[str, Any]]) -> None:
    with fake(profile="current") as world:
        client = HandClient(world)
        client.start("r")

        statuses = [send(client, *request) for request in requests]

        assert 500 not in statuses, world.recorder.refusals[-1].refusal.message
        check_state(world)
        assert send(client, "graphql", {"query": EVERYTHING, "variables": {"name": "p", "specs": ["{}"]}}) == 200


# ---------------------------------------------------------------- documents of the schema's own, and odd envelopes


PLANTED = "planted-in-a-run-of-somebody-else"

HEADERS: st.SearchStrategy[dict[str, str]] = st.sampled_from(
    [
        {},
        {},
        {},
        {"content_encoding": "gzip"},
        {"content_encoding": "br"},
        {"idempotency_key": "k"},
        {"authorization": "Basic ????"},
        {"authorization": "Bearer x"},
        {"x_wandb_testkit_record": "resume"},
        {"x_wandb_testkit_record": "metric"},
        {"content_type": "text/plain", "content_length": "-5"},
    ]
)

PACKINGS: st.SearchStrategy[Callable[[bytes], bytes]] = st.sampled_from(
    [bytes, bytes, bytes, gzip.compress, lambda body: body[:-3], lambda body: body + b"x", lambda body: b"\xff" + body]
)


def with_a_run_of_somebody_else(world: World) -> HandClient:
    """A world in which another account has a run full of what must not be seen."""
    world.server.add_user("stranger")
    world.server.add_run(
        "secret",
        entity="stranger",
        project="p",
        rows=[{"a": PLANTED}],
        config={"a": PLANTED},
        name=PLANTED,
        tags=[PLANTED],
    )
    client = HandClient(world)
    client.start("r")
    client.log("r", 0, 0, 1)
    return client


@settings(max_examples=EXAMPLES, deadline=None)
@given(st.lists(st.tuples(documents(), HEADERS, PACKINGS), min_size=1, max_size=5))
def test_documents_of_the_schemas_own_are_answered_in_json_and_show_nothing_of_others(
    requests: list[tuple[dict[str, Any], dict[str, str], Callable[[bytes], bytes]]],
) -> None:
    with fake(profile="current") as world:
        client = with_a_run_of_somebody_else(world)

        for body, headers, packed in requests:
            response = client.send("POST", "/graphql", packed(json.dumps(body).encode()), **headers)

            assert response.status in (200, 400, 401, 403, 404, 409, 410, 413, 415), (body, response.body)
            answer = json.loads(response.body, parse_constant=pytest.fail)
            assert set(answer) == ({"data"} if response.status == 200 else {"errors", "error"})
            assert PLANTED.encode() not in response.body
        check_state(world)
        secret = next(run for run in world.server.runs if run.path.run_id == "secret")
        assert (secret.config["a"], [row["a"] for row in secret.rows], secret.state) == (PLANTED, [PLANTED], "finished")


@settings(max_examples=EXAMPLES, deadline=None)
@given(st.lists(st.tuples(BODIES, HEADERS, PACKINGS), min_size=1, max_size=5))
def test_bodies_of_a_file_stream_are_answered_in_json(
    requests: list[tuple[dict[str, Any], dict[str, str], Callable[[bytes], bytes]]],
) -> None:
    with fake(profile="current") as world:
        client = HandClient(world)
        client.start("r")

        for body, headers, packed in requests:
            where = "/files/testkit-user/p/r/file_stream"
            response = client.send("POST", where, packed(json.dumps(body).encode()), **headers)

            assert response.status in (200, 400, 401, 403, 404, 413, 415), (body, response.body)
            assert isinstance(json.loads(response.body), dict)
        check_state(world)


# ---------------------------------------------------------------- by hand


WHERE_OTHERS_ARE = """{
  project(name: "p", entityName: "stranger") {id runs {edges {node {name config}}} run(name: "secret") {config}}
  models(entityName: "stranger") {edges {node {name}}}}"""


def test_a_run_of_another_account_cannot_be_read_written_or_guessed(world: World) -> None:
    client = with_a_run_of_somebody_else(world)
    storage_id = run_id(RunPath("stranger", "p", "secret"))
    notes = 'mutation($id: String) {upsertBucket(input: {id: $id, notes: "mine"}) {bucket {config}}}'
    delete = "mutation($id: ID!) {deleteRun(input: {id: $id}) {success}}"
    stream = client.send("POST", "/files/stranger/p/secret/file_stream", b'{"complete": true, "exitcode": 1}')
    grant = f"/storage/stranger/p/secret/f.txt?by=stranger&signature={'0' * 64}"

    answers = [
        client.ask(WHERE_OTHERS_ARE),
        client.ask(notes, id=storage_id),
        client.ask(delete, id=storage_id),
        client.ask(UPSERT, name="secret", project="p", entity="stranger"),
        client.ask(STATUS.replace("model(name: $project)", 'model(name: $project, entityName: "stranger")'),
                   project="p", name="secret"),
        stream,
        client.send("PUT", grant, b"x"),
        client.send("GET", grant),
    ]  # fmt: skip

    assert [answer.status for answer in answers] == [200, 404, 403, 403, 403, 404, 403, 403]
    assert not [answer for answer in answers if PLANTED.encode() in answer.body]
    assert json.loads(answers[0].body)["data"] == {"project": None, "models": {"edges": []}}
    check_state(world)


def test_two_clients_with_one_run_id_leave_a_run_that_can_be_read(world: World, client: HandClient) -> None:
    """protocol.md trap 8: nobody knows what the product makes of it; here whoever writes a line last has it."""
    client.start("r")
    client.start("r")

    def log(who: int) -> list[int]:
        return [client.log("r", line, line, value=who, time=float(who)).status for line in range(20)]

    with ThreadPoolExecutor(2) as pool:
        statuses = [status for found in pool.map(log, (1, 2)) for status in found]

    assert set(statuses) <= {200, 400}
    assert 500 not in statuses
    assert world.run.history.steps("a") == list(range(len(world.run.history)))
    check_state(world)


def test_what_is_said_about_a_huge_mistake_is_short(world: World, client: HandClient) -> None:
    client.start("r")
    huge = "x" * 2**20

    client.stream("r", {"files": {"wandb-history.jsonl": {"content": [json.dumps({"_step": huge})]}}})
    client.stream("r", {"files": {huge: {}}})
    client.ask("{" + huge + "}")
    client.ask(UPSERT, tags=huge)
    client.ask(UPSERT, id=huge)
    client.send("GET", "/" + huge)

    told = [refused.refusal.message for refused in world.recorder.refusals]
    kept = sum(len(exchange.path) for exchange in world.recorder.exchanges)
    assert len(told) == 4  # an id that is nobody's is no request that is not modelled
    assert max(map(len, told)) < 3_000
    assert kept < 5_000


def test_nonsense_that_never_ends_does_not_fill_the_memory(world: World, client: HandClient) -> None:
    client.ask("{nothing}")
    (refused,) = world.recorder.refusals
    (exchange,) = world.recorder.exchanges

    for _ in range(max(MAX_UNKNOWN, MAX_EXCHANGES)):
        world.recorder.refused(refused.record, Result(refusal=refused.refusal))
        world.recorder.exchanged(exchange)

    assert (len(world.recorder.refusals), len(world.recorder.exchanges)) == (MAX_UNKNOWN, MAX_EXCHANGES)


@pytest.mark.parametrize("fields", ["a{0}: viewer {{id}}", 'a{0}: project(name: "p") {{run(name: "r") {{config}}}}'])
def test_a_document_of_a_great_many_aliases_is_refused(client: HandClient, fields: str) -> None:
    many = " ".join(fields.format(number) for number in range(5_000))

    response = client.ask("{" + many + "}")

    assert response.status == 400


def test_a_planted_key_is_told_by_no_route(world: World) -> None:
    """Neither in an answer, nor in what is recorded, nor in what a person is shown of it."""
    key = "planted0key" * 4
    client = HandClient(world)
    client.api_key = key
    client.start("r")
    answers = [
        client.log("r", 0, 0),
        client.log("r", 99, 0),
        client.stream("missing", {}),
        client.stream("r", {"files": [1]}),
        client.send("POST", "/files/testkit-user/p/r/file_stream", b"{", content_encoding="gzip"),
        client.send("POST", "/graphql", b"{"),
        client.send("POST", "/graphql", b"\xff"),
        client.ask("{viewer {id name apiKeys {edges {node {name}}}}}"),
        client.ask("{nothing}"),
        client.ask(EVERYTHING, name="p", specs=[]),
        client.ask(UPSERT, id="nothing"),
        client.send("GET", f"/nothing?apiKey={key}", x_api_key=key),
        client.send("GET", f"/storage/testkit-user/p/r/f.txt?by={key}&signature={key}"),
        client.send("PUT", f"/storage/testkit-user/p/r/f.txt?by={key}", b"x"),
        client.send("POST", "/sdk/otel/v1/metrics", key.encode()),
    ]
    for how in FAILURES:
        fault = world.server.fail("any", nth=1, how=how, limit_s=0.0)
        answers.append(client.ask("{viewer {id}}"))
        world.server.heal(fault)
    world.server.accounts.revoke(key)
    answers += [client.ask("{viewer {id}}"), client.log("r", 0, 0)]

    told = repr([world.recorder.exchanges, world.recorder.records, world.recorder.refusals, world.runs, world])
    assert key not in told
    assert not [answer for answer in answers if key.encode() in answer.body or key in repr(answer.headers)]
    assert {answer.status for answer in answers} >= {200, 400, 401, 403, 404, 501}
