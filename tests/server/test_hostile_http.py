"""Requests that no client sends: bodies that end in two ways, documents that grow, offsets beyond all numbers."""

from __future__ import annotations

import gzip
import json
import socket
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any
from urllib.parse import quote

import pytest

from tests.server.artifact_client import ArtifactClient, b64_md5, entries_of, manifest_digest, manifest_of
from tests.server.conftest import HandClient
from tests.server.state import check_state
from tests.server.test_hostile_input import PLANTED, with_a_run_of_somebody_else
from tests.server.test_loopback import address_of, raw
from wandb_testkit.records import FilesRecord, RunPath
from wandb_testkit.server.mounts.loopback import Loopback
from wandb_testkit.server.urls import ARTIFACT_STORAGE, Grant
from wandb_testkit.wire.http import Request, Response
from wandb_testkit.world import World

# ---------------------------------------------------------------- one connection


@pytest.fixture
def paths() -> list[str]:
    return []


@pytest.fixture
def mount(paths: list[str]) -> Iterator[Loopback]:
    def handle(request: Request) -> Response:
        paths.append(request.path)
        return Response(200, request.body)

    opened = Loopback(handle)
    yield opened
    opened.close()


SMUGGLED = b"GET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n"


@pytest.mark.parametrize(
    "head",
    [
        b"Content-Length: 0\r\nContent-Length: 50",
        b"Content-Length: 5\r\nTransfer-Encoding: chunked",
        b"Transfer-Encoding: chunked\r\nTransfer-Encoding: identity",
        b"Transfer-Encoding: identity, chunked",
        b"Transfer-Encoding: xchunked",
        b"Transfer-Encoding : chunked",
        b"Content-Length : 50",
        b"Content-Length: 0, 50",
        b"Content-Length: +0",
        b"Content-Length: 0x0",
        "Content-Length: \u0660".encode(),
        b"no colon at all",
    ],
)
def test_a_body_that_could_end_in_two_ways_is_refused_and_nothing_after_it_is_read(
    mount: Loopback, paths: list[str], head: bytes
) -> None:
    answer = raw(mount, b"POST /first HTTP/1.1\r\nHost: x\r\n" + head + b"\r\n\r\n" + b"0\r\n\r\n" + SMUGGLED)

    assert answer.startswith((b"HTTP/1.1 400 ", b"HTTP/1.1 501 ")), answer
    assert "/smuggled" not in paths
    assert answer.count(b"HTTP/1.1 ") == 1


@pytest.mark.parametrize(
    "chunks",
    [
        b"0x0\r\n\r\n",
        b"+0\r\n\r\n",
        b"-1\r\n\r\n",
        b"1_0\r\n\r\n",
        b"\r\n\r\n",
        b"3\r\nabcdef\r\n0\r\n\r\n",
        b"0;" + b"x" * 200 + b"\r\n\r\n",
        b"fffffffff\r\n",
        b"ffffffff\r\n",
        b"0\r\n" + b"a: b\r\n" * 1000,
    ],
)
def test_chunks_that_cannot_be_told_apart_are_refused(mount: Loopback, paths: list[str], chunks: bytes) -> None:
    head = b"POST /first HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"

    answer = raw(mount, head + chunks + SMUGGLED)

    assert answer.startswith((b"HTTP/1.1 400 ", b"HTTP/1.1 413 ", b"HTTP/1.1 431 ")), answer
    assert paths == []


def test_chunks_as_clients_send_them_are_read(mount: Loopback, paths: list[str]) -> None:
    head = b"POST /first HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: Chunked\r\n\r\n"

    answer = raw(mount, head + b"A;name=value\r\n0123456789\r\n1\r\n!\r\n0\r\nTrailer: x\r\n\r\n" + SMUGGLED)

    assert b"0123456789!" in answer
    assert paths == ["/first", "/smuggled"]  # a second request of its own


@pytest.mark.parametrize(
    "sent",
    [
        b"\x00\xff\xfe garbage\r\n\r\n",
        b"GET\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        b"GET / HTTP/1.1\r\n" + b"".join(b"h%d: x\r\n" % number for number in range(200)) + b"\r\n",
        b"GET / HTTP/1.1\r\nh: " + b"x" * 70_000 + b"\r\n\r\n",
        b"GET /" + b"x" * 70_000 + b" HTTP/1.1\r\n\r\n",
        b"CONNECT evil.example:443 HTTP/1.1\r\n\r\n",
        b"TRACE / HTTP/1.1\r\nHost: x\r\n\r\n",
    ],
)
def test_what_is_no_request_is_refused_and_the_next_client_is_served(mount: Loopback, sent: bytes) -> None:
    answer = raw(mount, sent)

    assert not answer.startswith((b"HTTP/1.1 200", b"HTTP/1.1 500"))
    assert raw(mount, b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").startswith(b"HTTP/1.1 200 ")


@pytest.mark.parametrize(
    ("host", "status"),
    [(b"evil.example", b"403"), (b"evil.example:80", b"403"), (b"127.0.0.1:5", b"200"), (b"localhost", b"200")],
)
def test_a_page_whose_name_leads_here_is_refused_through_a_browser(
    mount: Loopback, paths: list[str], host: bytes, status: bytes
) -> None:
    """Clients that are no browsers come under any name, as from a container, and say no Origin."""
    head = b"POST /graphql HTTP/1.1\r\nHost: " + host + b"\r\nConnection: close\r\nContent-Length: 2\r\n"

    by_browser = raw(mount, head + b"Origin: http://" + host + b"\r\n\r\n{}")
    by_client = raw(mount, head + b"\r\n{}")

    assert (by_browser.split(b" ")[1], by_client.split(b" ")[1]) == (status, b"200")


def test_clients_that_say_nothing_keep_no_other_from_being_served(mount: Loopback) -> None:
    silent = [socket.create_connection(address_of(mount), timeout=10) for _ in range(50)]
    for connection in silent:
        connection.sendall(b"POST /slow HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nab")

    answer = raw(mount, b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")

    assert answer.startswith(b"HTTP/1.1 200 ")
    for connection in silent:
        connection.close()


# ---------------------------------------------------------------- documents


def doubling(levels: int) -> str:
    """A document whose fragments are each named twice in another: as many fields as 2 to the number of levels."""
    inside = " ".join(
        f'fragment F{at} on Project {{a: run(name: "r") {{project {{...F{at + 1}}}}} '
        f'b: run(name: "r") {{project {{...F{at + 1}}}}}}}'
        for at in range(levels)
    )
    return f'query {{project(name: "p") {{...F0}}}} {inside} fragment F{levels} on Project {{id}}'


def chain(length: int) -> str:
    inside = " ".join(f"fragment F{at} on User {{...F{at + 1}}}" for at in range(length))
    return f"query {{viewer {{...F0}}}} {inside} fragment F{length} on User {{id}}"


GROWING = {
    "fragments that double": doubling(25),
    "fragments that double beside each other": "{viewer {...F0}} "
    + " ".join(f"fragment F{at} on User {{...F{at + 1} ...F{at + 1}}}" for at in range(30))
    + " fragment F30 on User {id}",
    "fields of one name": "{" + "viewer {teams {edges {node {name}}}} " * 500 + "}",
    "leaves of one name": "{viewer {" + "id " * 9_000 + "}}",
    "directives": "{viewer {id " + "@include(if: true) " * 5_000 + "}}",
    "variables": "query(" + ",".join(f"$a{at}: String" for at in range(5_000)) + ") {viewer {id}}",
    "a comment": "#" + "x" * 5_000_000 + "\n{viewer {id}}",
    "commas": "," * 5_000_000 + "{viewer {id}}",
    "brackets": "{viewer {id(a: " + "[" * 5_000 + "]" * 5_000 + ")}}",
    "types of variables": "query($a: " + "[" * 5_000 + "Int" + "]" * 5_000 + ") {viewer {id}}",
}


@pytest.mark.parametrize("what", GROWING)
def test_a_document_that_grows_is_refused_before_it_is_looked_into(
    client: HandClient, what: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Validation looks at each pair of fields, and at fragments wherever they are used."""
    client.start("r")
    looked_into: list[object] = []
    monkeypatch.setattr("wandb_testkit.server.executor.validate", lambda *document: looked_into.append(document))

    response = client.ask(GROWING[what])

    assert response.status == 400, response.body[:300]
    assert looked_into == []


ENDLESS = {
    "a fragment within itself": "{viewer {...F}} fragment F on User {...F}",
    "fragments within each other": "{viewer {...F}} fragment F on User {...G} fragment G on User {...F}",
    "types of fields of types": "{__schema {types {" + "fields {type {" * 8 + "name" + "}}" * 8 + "}}}",
}


@pytest.mark.parametrize("what", ENDLESS)
def test_a_document_without_an_end_is_refused(client: HandClient, what: str) -> None:
    client.start("r")

    response = client.ask(ENDLESS[what])

    assert response.status == 400, response.body[:300]


def test_a_long_chain_of_fragments_and_the_introspection_of_tools_are_answered(client: HandClient) -> None:
    from graphql import get_introspection_query

    assert client.ask(get_introspection_query()).status == 200
    assert client.ask(doubling(3)).status == 200
    assert client.ask(chain(100)).status == 200
    assert client.ask(chain(900)).status in (200, 400)


@pytest.mark.parametrize("body", [b'[{"query": "{viewer {id}}"}]', b"[]", b'"{viewer {id}}"', b"null", b"1", b""])
def test_a_batch_of_documents_is_no_document(client: HandClient, body: bytes) -> None:
    assert client.send("POST", "/graphql", body).status == 400


# ---------------------------------------------------------------- streams and files


@pytest.mark.parametrize("offset", [-1, 10**30, -(10**30), 1e999, -1e999, float("nan"), 2**63, "0", None, [], True])
@pytest.mark.parametrize("name", ["wandb-history.jsonl", "output.log", "wandb-events.jsonl", "wandb-summary.json"])
def test_an_offset_that_is_none_changes_nothing(world: World, client: HandClient, name: str, offset: Any) -> None:
    client.start("r")
    client.log("r", 0, 0)
    before = world.run.history

    status = client.stream("r", {"files": {name: {"offset": offset, "content": ['{"_step": 1, "x": 1}']}}}).status

    assert status in (200, 400)
    assert world.run.history == before or (name == "wandb-history.jsonl" and status == 200)
    check_state(world)


@pytest.mark.parametrize(
    "row",
    [
        '{"_step": 1, "a": NaN}',
        '{"_step": 1, "a": -Infinity}',
        '{"_step": 1, "a": 1e999}',
        '{"_step": 1e999, "a": 1}',
        '{"_step": NaN, "a": 1}',
        '{"_step": 1, "_timestamp": 1e999, "_runtime": NaN, "a": 1}',
        '{"_step": 1, "a": ' + "9" * 4_000 + "}",
        '{"_step": 1, "\\ud800": "\\udfff"}',
        '{"_step": 1, "a\\u0000b": "\\u0000"}',
        '{"_step": 1, "a": {"b": ' + "[" * 90 + "]" * 90 + "}}",
        '{"_step": 1, "": "", ".": 1, "..": 2, "a.b": 3, "__proto__": 4}',
    ],
)
def test_odd_values_of_a_row_are_kept_or_refused_and_can_be_asked_for(
    world: World, client: HandClient, row: str
) -> None:
    client.start("r")
    client.log("r", 0, 0)

    status = client.stream("r", {"files": {"wandb-history.jsonl": {"offset": 1, "content": [row]}}}).status
    asked = client.ask(
        'query($specs: [JSONString!]!) {project(name: "p") {run(name: "r") {summaryMetrics historyKeys '
        "history(samples: 5) sampledHistory(specs: $specs)}}}",
        specs=['{"keys": ["a"], "samples": 3}'],
    )

    assert status in (200, 400)
    assert asked.status == 200, asked.body[:300]
    json.loads(asked.body, parse_constant=pytest.fail)
    check_state(world)


def test_a_gzip_bomb_is_given_up_before_it_is_unpacked(client: HandClient) -> None:
    client.start("r")
    bomb = gzip.compress(b'{"files": {"a": "' + b"0" * 200_000_000 + b'"}}', 9)

    response = client.send("POST", "/files/testkit-user/p/r/file_stream", bomb, content_encoding="gzip")

    assert response.status == 413


ODD = ["../../etc/passwd", "..%2f..%2fetc", "/etc/passwd", "a\\..\\b", "\0", "a\0b", ".", "", "\ud800", "x" * 100_000]


@pytest.mark.parametrize("name", ODD, ids=lambda name: repr(name[:20]))
def test_a_path_leads_nowhere_but_below_the_artifact(world: World, client: HandClient, name: str) -> None:
    client.start("r")
    artifacts = ArtifactClient(client)
    contents = {name: {"digest": b64_md5(b"1"), "size": 1}}
    made = artifacts.create("model", manifest_digest({"a": contents[name]}))

    answers = [
        artifacts.manifest(made["id"], manifest_of(contents)).status,
        client.ask(
            "mutation($n: String!, $id: ID!) {createArtifactFiles(input: {artifactFiles: [{artifactID: $id, name: $n, "
            'md5: "xMpCOKC5I4INzFCab3WEmw=="}], storageLayout: V2}) {files {edges {node {name}}}}}',
            n=name,
            id=made["id"],
        ).status,
        client.ask(
            'mutation($n: String!) {createArtifactType(input: {entityName: "testkit-user", projectName: "p", '
            "name: $n}) {artifactType {id}}}",
            n=name,
        ).status,
        client.send("GET", f"/artifact-storage/testkit-user/1/{quote(name, safe='', errors='replace')}").status,
        client.send("GET", f"/artifacts/testkit-user/{quote(name, safe='', errors='replace')}").status,
    ]

    assert 500 not in answers
    assert not any(".." in path for view in world.run.artifacts.versions("model") for path in view.files)
    check_state(world)


def test_a_reference_is_never_followed(world: World, client: HandClient) -> None:
    """A server that fetched what a manifest names would let a client reach whatever the server reaches."""
    asked: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as target:
        target.settimeout(0.2)
        url = f"http://127.0.0.1:{target.getsockname()[1]}/secret"
        client.start("r")
        artifacts = ArtifactClient(client)
        contents = {
            at: {"digest": "e", "ref": ref, "size": 1} for at, ref in enumerate_paths([url, "file:///etc/passwd"])
        }
        made = artifacts.create("links", manifest_digest(contents))
        artifacts.manifest(made["id"], manifest_of(contents))
        committed = artifacts.commit(made["id"])
        found = artifacts.find("links:v0")
        with suppress(TimeoutError):
            asked.append(target.accept()[0].recv(100))

    assert committed.status == 200
    assert asked == []
    assert [edge["node"]["directUrl"] for edge in found["files"]["edges"]] == [
        url,
        "file:///etc/passwd",
    ]  # the client's
    assert world.run.artifacts["links"].references == {"0": url, "1": "file:///etc/passwd"}


def enumerate_paths(refs: list[str]) -> list[tuple[str, str]]:
    return [(str(at), ref) for at, ref in enumerate(refs)]


# ---------------------------------------------------------------- accounts


def test_a_url_is_good_for_what_it_was_handed_out_for_and_no_more(world: World) -> None:
    client = with_a_run_of_somebody_else(world)
    ours = RunPath("testkit-user", "p", "r")
    world.server.apply(FilesRecord(ours, {"f.txt": b"ours"}), api_key=world.api_key)
    theirs = RunPath("stranger", "p", "secret")
    stranger = next(user for user in world.server.accounts.users if user.name == "stranger")
    world.server.apply(FilesRecord(theirs, {"f.txt": PLANTED.encode()}), api_key=stranger.keys[0].key)
    query = world.server.urls.url("", Grant("GET", ours, "f.txt", "testkit-user")).partition("?")[2]

    def path(run: RunPath, name: str) -> str:
        return f"/storage/{'/'.join(run)}/{name}?{query}"

    good = client.send("GET", path(ours, "f.txt"))
    bad = [
        client.send("GET", path(theirs, "f.txt")),
        client.send("PUT", path(ours, "f.txt"), b"x"),
        client.send("GET", path(ours, "g.txt")),
        client.send("GET", path(ours, "%2e%2e/%2e%2e/stranger/p/secret/f.txt")),
        client.send("GET", path(ours, "f.txt").replace("/p/r/", "/p%2Fr/x/../")),
        client.send("GET", path(ours, "f.txt").replace("by=testkit-user", "by=stranger")),
        client.send("GET", f"/{ARTIFACT_STORAGE}/testkit-user/1/file/0/f.txt?{query}"),
    ]

    assert (good.status, good.body) == (200, b"ours")
    assert {answer.status for answer in bad} <= {403, 404, 501}
    assert not [answer for answer in bad if PLANTED.encode() in answer.body]


def test_a_key_that_is_revoked_while_a_run_goes_on_writes_nothing_more(world: World, client: HandClient) -> None:
    account = world.server.add_user("mallory")
    client.api_key = account.api_key
    client.start("r", entity="mallory")
    where = "/files/mallory/p/r/file_stream"
    body = json.dumps({"files": {"wandb-history.jsonl": {"offset": 0, "content": ['{"_step": 0}']}}}).encode()
    before = client.send("POST", where, body).status
    world.server.revoke_api_key(account.api_key)

    after = [client.send("POST", where, body).status, client.ask("{viewer {id}}").status]

    assert (before, after) == (200, [401, 401])
    assert len(world.run.history) == 1


# ---------------------------------------------------------------- at once


def test_two_threads_that_log_to_one_run_lose_and_double_nothing(world: World) -> None:
    """Each thread has streams of its own of one run: rows by turns, console lines, files, config and tags."""
    clients = [HandClient(world) for _ in range(2)]
    clients[0].start("r")
    turn = threading.Condition()
    rows = 40
    next_line = [0]

    def log(who: int) -> list[int]:
        client = clients[who]
        statuses: list[int] = []
        while True:
            with turn:
                line = next_line[0]
                if line >= rows:
                    return statuses
                if line % 2 != who:
                    turn.wait(10)
                    continue
                statuses.append(client.log("r", line, line).status)
                next_line[0] += 1
                turn.notify_all()
            output = {"files": {"output.log": {"offset": line, "content": [f"{line}\n"]}}}
            statuses.append(client.stream("r", output).status)
            world.server.apply(
                FilesRecord(RunPath("testkit-user", "p", "r"), {f"f{line}": str(line).encode()}), api_key=world.api_key
            )
            statuses.append(
                client.ask('{project(name: "p") {run(name: "r") {historyKeys history(samples: 9)}}}').status
            )

    with ThreadPoolExecutor(2) as pool:
        statuses = {status for found in pool.map(log, (0, 1)) for status in found}

    run = world.run
    assert statuses == {200}
    assert run.history.steps("a") == list(range(rows))
    assert dict(run.files) == {f"f{line}": str(line).encode() for line in range(rows)}
    check_state(world)


def test_threads_that_start_edit_and_ask_at_once_meet_no_mistake_of_ours(world: World) -> None:
    HandClient(world).start("r")

    def play(who: int) -> list[int]:
        client, statuses = HandClient(world), []
        for turn in range(15):
            statuses.append(client.ask(EDIT, name=f"r{turn % 3}", project="p", tags=[f"t{who}"]).status)
            statuses.append(client.log(f"r{turn % 3}", turn, turn).status)
            statuses.append(client.ask('{project(name: "p") {runs {edges {node {name tags history}}}}}').status)
            if turn % 5 == who % 5:
                made = ArtifactClient(client).create("m", manifest_digest(entries_of({"a": b"%d" % who})))
                statuses.append(200 if made else 500)
        return statuses

    with ThreadPoolExecutor(4) as pool:
        statuses = {status for found in pool.map(play, range(4)) for status in found}

    assert 500 not in statuses
    assert len(world.runs) == 4
    check_state(world)


EDIT = """mutation ($name: String, $project: String, $tags: [String!]) {
  upsertBucket(input: {name: $name, modelName: $project, tags: $tags, host: "h", config: "{}"}) {bucket {id}}}"""
