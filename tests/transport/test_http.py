"""The transport over HTTP: what is tried again, when it gives up, and that nothing is lost without a word."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable
from typing import Any

import pytest

from tests.transport.conftest import Answering, Handle
from wandb_testkit.records import (
    DONE,
    AlertRecord,
    FilesRecord,
    HistoryRecord,
    OutputRecord,
    Record,
    Refusal,
    RunPath,
    RunRecord,
    RunStatusRequest,
    StatsRecord,
    UnknownRequest,
    ViewerRequest,
    WatchRecord,
)
from wandb_testkit.transport.connection import NotAccepted
from wandb_testkit.transport.dialects import CLASSIC_DIALECT, CURRENT_DIALECT, Dialect
from wandb_testkit.transport.http import SENDS, HttpTransport
from wandb_testkit.transport.patience import Patience
from wandb_testkit.wire.http import Response, error_response, json_response
from wandb_testkit.world import World, fake

QUICK = Patience(retries=3, first_wait_s=0.01, longest_wait_s=0.02, try_s=0.3, deadline_s=2.0)

PATH = RunPath("e", "p", "r")
ROW = HistoryRecord(PATH, 0, [{"_step": 0, "loss": 1.0}], [1.0], [0.0])
DIALECTS = pytest.mark.parametrize("dialect", [CLASSIC_DIALECT, CURRENT_DIALECT], ids=lambda one: one.version)
HTTP_WORLDS = pytest.mark.parametrize("transport", ["responses", "loopback", "process"])
PROFILES = pytest.mark.parametrize("profile", ["classic", "current"])


def transport_to(
    url: str,
    dialect: Dialect = CURRENT_DIALECT,
    *,
    patience: Patience = QUICK,
    unsent: Callable[[Record, Refusal, str], None] | None = None,
) -> HttpTransport:
    return HttpTransport(url, "k" * 40, dialect=dialect, patience=patience, unsent=unsent)


@pytest.mark.parametrize(
    ("dialect", "record", "final"),
    [
        (CLASSIC_DIALECT, ROW, {400, 403, 404, 409}),
        (CURRENT_DIALECT, ROW, {400, 401, 403, 404, 409, 410, 413, 422, 501}),
        (CLASSIC_DIALECT, RunRecord(PATH, starts=True), {400, 401, 403, 404}),
        (CURRENT_DIALECT, RunRecord(PATH, starts=True), {400, 401, 403, 404, 410, 413, 422, 501}),
        (CLASSIC_DIALECT, ViewerRequest(), {400, 401, 403, 404}),
        (CURRENT_DIALECT, ViewerRequest(), {400, 401, 403, 404, 409, 410, 413, 422, 501}),
    ],
    ids=["file_stream-A", "file_stream-C", "upsert-A", "upsert-C", "graphql-A", "graphql-C"],
)
def test_statuses_are_tried_again_as_the_protocol_says(
    serve: Callable[[Handle], str], dialect: Dialect, record: Record, final: set[int]
) -> None:
    """protocol.md 6.1"""
    tried = {}
    for status in (400, 401, 403, 404, 408, 409, 410, 413, 422, 429, 500, 501, 503):
        server = Answering(error_response(status, "no", {"Retry-After": "0"}))
        transport = transport_to(serve(server), dialect)
        answer = transport.deliver(record)
        tried[status] = len(server.requests)
        assert answer.refusal == Refusal(status, "no")
        transport.close()

    assert tried == {status: 1 if status in final else 4 for status in tried}


@DIALECTS
def test_a_record_that_is_accepted_at_the_second_try_is_accepted(
    serve: Callable[[Handle], str], dialect: Dialect
) -> None:
    server = Answering(error_response(503, "busy"), Response(0), json_response({}))
    told: list[object] = []
    transport = transport_to(serve(server), dialect, unsent=lambda *said: told.append(said))

    answer = transport.deliver(ROW)

    assert answer == DONE
    assert told == []
    assert len(server.requests) == 3
    assert len({request.headers["idempotency-key"] for request in server.requests}) == 1
    assert len({request.body for request in server.requests}) == 1
    transport.close()


@pytest.fixture
def waits(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """How long it is waited between tries; nobody does wait."""
    waits: list[float] = []
    monkeypatch.setattr("urllib3.util.retry.time.sleep", waits.append)
    return waits


def test_a_server_names_the_time_to_wait(serve: Callable[[Handle], str], waits: list[float]) -> None:
    server = Answering(error_response(429, "later", {"Retry-After": "7"}))
    transport = transport_to(serve(server), patience=Patience(3, 0.01, 0.01, 30.0, deadline_s=600.0))

    answer = transport.deliver(ROW)

    assert answer.refusal == Refusal(429, "later")
    assert waits == [7.0, 7.0, 7.0]
    transport.close()


def test_a_server_that_names_a_time_beyond_the_deadline_is_not_waited_for_longer(
    serve: Callable[[Handle], str], waits: list[float]
) -> None:
    server = Answering(error_response(429, "later", {"Retry-After": "3600"}))
    transport = transport_to(serve(server), patience=Patience(3, 0.01, 0.01, 30.0, deadline_s=600.0))

    transport.deliver(ROW)

    assert len(waits) == 3
    assert 0.0 < min(waits) <= max(waits) <= 600.0
    transport.close()


def test_waits_double_up_to_the_longest(serve: Callable[[Handle], str], waits: list[float]) -> None:
    transport = transport_to(serve(Answering(error_response(500, "no"))), patience=Patience(4, 0.25, 0.75, 30.0, 600.0))

    transport.deliver(ROW)

    assert waits == [0.25, 0.5, 0.75, 0.75]
    transport.close()


def test_a_server_that_says_nothing_is_given_up(serve: Callable[[Handle], str]) -> None:
    """ERR-5"""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        transport = transport_to(
            f"http://127.0.0.1:{silent.getsockname()[1]}", patience=Patience(2, 0.0, 0.0, 0.1, deadline_s=0.5)
        )

        answer = transport.deliver(ViewerRequest())

        assert answer.refusal is not None
        assert answer.refusal.status == 0
        assert "cannot be reached" in answer.refusal.message
        transport.close()


def test_a_server_that_answers_byte_by_byte_is_given_up() -> None:
    """ERR-5"""
    ended = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as slow:

        def drip() -> None:
            connection, _ = slow.accept()
            with connection:
                connection.recv(65536)
                connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n")
                while not ended.wait(0.02):
                    connection.sendall(b" ")

        thread = threading.Thread(target=drip)
        thread.start()
        transport = transport_to(
            f"http://127.0.0.1:{slow.getsockname()[1]}", patience=Patience(0, 0.0, 0.0, 0.2, deadline_s=0.4)
        )

        answer = transport.deliver(ViewerRequest())
        ended.set()
        thread.join()

    assert answer.refusal is not None
    assert answer.refusal.status == 0
    transport.close()


def test_nobody_there_is_a_refusal_with_status_0() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        url = f"http://127.0.0.1:{server.getsockname()[1]}"
    told: list[tuple[Record, Refusal, str]] = []
    transport = transport_to(url, unsent=lambda *said: told.append(said))

    transport.publish(ROW)

    assert [(record, refusal.status) for record, refusal, _ in told] == [(ROW, 0)]
    transport.close()


@pytest.mark.parametrize(
    "answer",
    [
        Response(200, b"<html>"),
        json_response([]),
        json_response({"data": None}),
        json_response({"data": {}}),
        json_response({"data": {"viewer": {"entity": "e", "teams": None}}}),
    ],
    ids=["no JSON", "no object", "no data", "no viewer", "no teams"],
)
def test_an_answer_that_cannot_be_read_is_a_refusal(serve: Callable[[Handle], str], answer: Response) -> None:
    transport = transport_to(serve(Answering(answer)))

    refusal = transport.deliver(ViewerRequest()).refusal

    assert refusal is not None
    assert refusal.status == 502
    assert "cannot be read" in refusal.message
    transport.close()


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b'{"errors": [{"message": "a"}, {"message": "b"}]}', "a; b"),
        (b'{"error": "c"}', "c"),
        (b'{"message": "d"}', "d"),
        (b"plain words", "plain words"),
        (b"", "no reason was given"),
    ],
)
def test_a_refusal_says_what_the_server_said(serve: Callable[[Handle], str], content: bytes, told: str) -> None:
    """protocol.md 3.1"""
    transport = transport_to(serve(Answering(Response(400, content))))

    assert transport.deliver(ViewerRequest()).refusal == Refusal(400, told)
    transport.close()


def test_errors_with_status_200_fail_and_are_not_tried_again(serve: Callable[[Handle], str]) -> None:
    """protocol.md trap 10"""
    server = Answering(json_response({"data": None, "errors": [{"message": "denied"}]}))
    transport = transport_to(serve(server))

    assert transport.deliver(ViewerRequest()).refusal == Refusal(200, "denied")
    assert len(server.requests) == 1
    transport.close()


def test_no_proxy_is_asked_the_way_to_this_machine(
    serve: Callable[[Handle], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    transport = transport_to(serve(Answering(json_response({}))))

    assert transport.deliver(ROW) == DONE
    transport.close()


def test_an_upload_carries_the_headers_of_its_url_and_no_key(serve: Callable[[Handle], str]) -> None:
    """protocol.md 2, 4.7"""
    server = Answering(
        lambda request: json_response(
            {
                "data": {
                    "createRunFiles": {
                        "uploadHeaders": ["Content-MD5:abc"],
                        "files": [{"name": "f.txt", "uploadUrl": f"{request.origin}/there"}],
                    }
                }
            }
        ),
        Response(200),
    )
    transport = transport_to(serve(server))

    assert transport.deliver(FilesRecord(PATH, {"f.txt": b"\0hi"})) == DONE

    put = server.requests[1]
    assert (put.method, put.path, put.body, put.headers["content-md5"]) == ("PUT", "/there", b"\0hi", "abc")
    assert "authorization" not in put.headers
    transport.close()


def test_every_record_that_a_client_can_say_has_its_requests() -> None:
    from wandb_testkit.records import KINDS

    assert set(SENDS) == set(KINDS) - {UnknownRequest}
    assert issubclass(NotAccepted, Exception)


# ---------------------------------------------------------------------- with the fake server


@pytest.fixture(params=["classic", "current"])
def over_loopback(request: pytest.FixtureRequest) -> Any:
    with fake(profile=request.param, transport="loopback", environ={}) as world:
        yield world


def started(world: World) -> HttpTransport:
    transport = world.session.connect(world.api_key)
    assert isinstance(transport, HttpTransport)
    answer = transport.deliver(RunRecord(RunPath("", "p", "r"), starts=True, config={"_wandb": {"t": {}}, "a": 1}))
    assert answer.run is not None
    return transport


def test_console_samples_alerts_and_watch_reach_the_server(over_loopback: World) -> None:
    path = RunPath(over_loopback.server.accounts.default.entity, "p", "r")
    transport = started(over_loopback)

    for record in (
        OutputRecord(path, 0, ["a line", "ERROR in red"]),
        StatsRecord(path, 0, [{"system.cpu": 4.0, "_wandb": True}]),
        AlertRecord(path, "title", "text", "WARN", 30.0),
        WatchRecord(path, "Net", "gradients", 1000),
    ):
        assert transport.deliver(record) == DONE or isinstance(record, WatchRecord)

    run = over_loopback.run
    assert run.output == ["a line", "ERROR in red"]
    assert run.client["stats"] == [{"system.cpu": 4.0, "_wandb": True}]
    assert run.alerts == [{"title": "title", "text": "text", "level": "WARN", "wait_s": 30.0}]
    assert run.client["config"]["t"] == {"3": [1]}
    assert run.config == {"a": 1}


def test_a_status_tells_where_a_run_stopped(over_loopback: World) -> None:
    """RESUME-7"""
    over_loopback.server.add_run("old", project="p", rows=[{"n": 1}, {"n": 2}], config={"lr": 1}, tags=["t"], name="x")
    path = RunPath(over_loopback.server.accounts.default.entity, "p", "old")

    status = over_loopback.session.connect(over_loopback.api_key).deliver(RunStatusRequest(path)).status

    assert status is not None
    assert (status.display_name, status.last_step, status.history_lines, status.started) == ("x", 1, 2, True)
    assert {key: value for key, value in status.config.items() if key != "_wandb"} == {"lr": 1}
    assert status.summary == {"_step": 1, "n": 2} or status.summary == {"n": 2}


@PROFILES
@HTTP_WORLDS
def test_the_nth_record_fails_however_often_it_is_tried(profile: str, transport: str) -> None:
    """The same as in memory: one row lost, the others there."""
    seen = []
    for name in ("memory", transport):
        with fake(profile=profile, transport=name, environ={}) as world:
            run = world.init(project="p", id="r")
            world.server.fail(on="history", nth=2, reply=429)
            for n in range(3):
                run.log({"n": n})
            refusals = [(type(one.record), one.refusal) for one in world.recorder.refusals]
            run.finish()
            seen.append((list(world.run.history), refusals))

    assert seen[1] == seen[0]
    assert [row["n"] for row in seen[0][0]] == [0, 2]


@PROFILES
@HTTP_WORLDS
@pytest.mark.parametrize(
    ("on", "nth", "reply"),
    [("run", 1, 500), ("viewer", 1, 401), ("any", 2, 0), ("any", None, 503), ("status", 1, 404), ("exit", 1, 400)],
)
def test_a_fault_means_the_same_as_in_memory(
    profile: str, transport: str, on: str, nth: int | None, reply: int
) -> None:
    seen = []
    for name in ("memory", transport):
        with fake(profile=profile, transport=name, environ={}) as world:
            world.server.fail(on=on, nth=nth, reply=reply)
            error = None
            try:
                run = world.init(project="p", id="r", resume="allow")
                run.log({"n": 1})
                run.finish()
            except Exception as raised:
                error = type(raised)
            told = [(type(one.record), one.refusal.status, one.refusal.on_purpose) for one in world.recorder.refusals]
            seen.append((error, told, world.runs))

    assert seen[1] == seen[0]


@HTTP_WORLDS
def test_no_thread_and_no_socket_is_left(transport: str) -> None:
    before = threading.active_count()
    worlds = [fake(transport=transport, environ={}).enter() for _ in range(3)]
    for world in worlds:
        world.init(project="p").finish()

    for world in (worlds[1], worlds[0], worlds[2]):  # in whatever order
        world.close()
        world.close()

    assert threading.active_count() == before


def test_requests_to_other_places_pass_a_world_that_answers_in_process(serve: Callable[[Handle], str]) -> None:
    import requests

    url = serve(Answering(json_response({"a": 1})))
    with fake(transport="responses", environ={}) as world:
        world.init(project="p")

        assert requests.get(url, timeout=5).json() == {"a": 1}
