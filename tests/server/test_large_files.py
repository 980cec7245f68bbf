"""Large files: fetched in parts, sent in parts, let in by those alone who were given a URL, and kept in pieces."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.server.artifact_client import ArtifactClient, b64_md5
from tests.server.conftest import HandClient
from tests.server.test_asgi import call, part, scope
from tests.server.test_store import kept
from wandb_testkit.records import FilesRecord, RunPath, RunRecord
from wandb_testkit.server import store_file
from wandb_testkit.server.asgi import asgi_app
from wandb_testkit.server.routes import MAX_BODY_BYTES, MAX_UPLOAD_BYTES
from wandb_testkit.server.urls import Grant
from wandb_testkit.wire.http import LONG_BYTES, Request, content_response
from wandb_testkit.world import World

CONTENT = b"0123456789"


@pytest.mark.parametrize(
    ("asked", "status", "body", "told"),
    [
        ("bytes=0-3", 206, b"0123", "bytes 0-3/10"),
        ("bytes=4-", 206, b"456789", "bytes 4-9/10"),
        ("bytes=-3", 206, b"789", "bytes 7-9/10"),
        ("bytes=-30", 206, CONTENT, "bytes 0-9/10"),
        ("bytes=8-99", 206, b"89", "bytes 8-9/10"),
        ("bytes=9-9", 206, b"9", "bytes 9-9/10"),
        ("bytes=10-", 416, b"", "bytes */10"),
        ("bytes=-0", 416, b"", "bytes */10"),
        ("bytes=5-3", 200, CONTENT, None),
        ("bytes=-", 200, CONTENT, None),
        ("bytes=0-1,4-5", 200, CONTENT, None),
        ("lines=0-1", 200, CONTENT, None),
        ("bytes=\u0661-\u0662", 200, CONTENT, None),
        ("bytes=0-" + "9" * 5_000, 200, CONTENT, None),
        ("", 200, CONTENT, None),
    ],
)
def test_the_part_that_is_asked_for_is_given(asked: str, status: int, body: bytes, told: str | None) -> None:
    response = content_response(Request("GET", "/", headers={"range": asked}), CONTENT)

    assert (response.status, response.sent, response.headers.get("Content-Range")) == (status, body, told)
    assert response.headers["Accept-Ranges"] == "bytes"


def test_nothing_of_an_empty_file_can_be_asked_for() -> None:
    response = content_response(Request("GET", "/", headers={"range": "bytes=0-"}), b"")

    assert (response.status, response.headers["Content-Range"]) == (416, "bytes */0")


def test_a_long_part_is_no_copy_and_comes_whole_through_asgi() -> None:
    content = bytes(range(256)) * (LONG_BYTES // 64)
    response = content_response(Request("GET", "/", headers={"range": f"bytes=5-{3 * LONG_BYTES}"}), content)

    class Server:
        may_wait = False

        def body_limit(self, request: Request) -> int:
            return 0

        def handle(self, request: Request) -> Any:
            return response

    answer = call(asgi_app(Server()), scope())

    assert response.part is not None
    assert response.part.obj is content
    assert answer.body == content[5 : 3 * LONG_BYTES + 1]
    assert answer.headers[b"content-length"] == str(len(answer.body)).encode()
    assert len(answer.messages) > 3


def test_files_of_runs_are_fetched_in_parts_too(world: World, client: HandClient) -> None:
    client.start("r")
    path = RunPath("testkit-user", "p", "r")
    world.server.apply(FilesRecord(path, {"a.bin": CONTENT}), api_key=world.api_key)
    url = urlsplit(world.server.urls.url("http://x", Grant("GET", path, "a.bin", "testkit-user")))

    response = client.send("GET", f"{url.path}?{url.query}", range="bytes=2-4")

    assert (response.status, response.body) == (206, b"234")


def test_only_a_url_that_was_handed_out_lets_a_large_body_in(world: World, client: HandClient) -> None:
    client.start("r")
    artifacts = ArtifactClient(client)
    pending = artifacts.create("model", "0" * 32)["id"]
    (room,) = artifacts.rooms(pending, [{"name": "a.bin", "md5": b64_md5(b"1")}])
    ours = urlsplit(room["uploadUrl"])
    of_run = urlsplit(
        world.server.urls.url("http://x", Grant("PUT", RunPath("testkit-user", "p", "r"), "a", "testkit-user"))
    )
    limit = world.server.body_limit

    assert limit(Request("PUT", ours.path, ours.query)) == MAX_UPLOAD_BYTES
    assert limit(Request("PUT", of_run.path, of_run.query)) == MAX_UPLOAD_BYTES
    for request in (
        Request("PUT", ours.path, ""),
        Request("PUT", ours.path + "x", ours.query),
        Request("PUT", of_run.path, of_run.query.replace("signature=", "signature=0")),
        Request("GET", ours.path, ours.query),
        Request("POST", "/graphql"),
        Request("PUT", "/storage/\ud800/%ff/%00/a", "by=%ff&signature=\udc00"),
    ):
        assert limit(request) == MAX_BODY_BYTES


def test_a_body_that_is_too_long_for_its_url_is_refused_before_it_is_read(world: World) -> None:
    reads: list[str] = []

    async def receive() -> Any:
        reads.append("read")
        return part(b"")

    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    headers = [(b"host", b"x"), (b"content-length", str(MAX_BODY_BYTES + 1).encode())]
    asked = scope("PUT", "/storage/testkit-user/p/r/a", headers=headers)

    async def ask() -> None:
        await asgi_app(world.server)(asked, receive, send)

    asyncio.run(ask())

    assert (sent[0]["status"], reads) == (413, [])


def test_a_content_is_kept_in_pieces_where_it_is_long(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store_file, "PIECE_BYTES", 4)
    path = RunPath("testkit-user", "p", "r")
    contents = {"whole": b"012", "even": b"01234567", "odd": CONTENT, "one": b"0123", "empty": b""}
    key = "testkit0" * 5
    with kept(tmp_path / "runs.db") as opened:
        opened.server.apply(RunRecord(path, starts=True), api_key=key)
        opened.server.apply(FilesRecord(path, contents), api_key=key)

    with kept(tmp_path / "runs.db") as again:
        assert again.runs[0].files == contents
        opened_rows = list(again.store._file.rows("SELECT digest, content FROM contents"))
        again.server.apply(FilesRecord(path, dict.fromkeys(contents, b"0")), api_key=key)
    with kept(tmp_path / "runs.db") as third:
        left = list(third.store._file.rows("SELECT content FROM contents"))

    assert sorted(content for _, content in opened_rows) == sorted(
        [b"012", b"0123", b"4567", b"0123", b"4567", b"89", b"0123", b""]
    )
    assert left == [(b"0",)]
