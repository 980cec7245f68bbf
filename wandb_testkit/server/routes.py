"""Owns the door for HTTP: which routes there are, and what becomes of a request on its way in and out.

What is not modelled is refused, and recorded, so that the test is told (style.md part 2): 501 for a route, 400 for a
body or a document; clients retry neither (protocol.md 6.1).
"""

from __future__ import annotations

import traceback
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import parse_qs, unquote

from wandb_testkit.errors import StoreError
from wandb_testkit.faults import Fault
from wandb_testkit.observation import Exchange
from wandb_testkit.records import FilesRecord, Refusal, Result, RunPath, UnknownRequest
from wandb_testkit.server.artifact_routes import artifact_by_digest, download_of_artifact, upload_of_artifact
from wandb_testkit.server.context import Context
from wandb_testkit.server.executor import execute, is_question, operation_of
from wandb_testkit.server.faults import refusal_after, refusal_before
from wandb_testkit.server.files import CLIENT_FILES
from wandb_testkit.server.refused import Refused, accepted
from wandb_testkit.server.repeats import Known
from wandb_testkit.server.urls import ARTIFACT_STORAGE, STORAGE, Grant
from wandb_testkit.wire.filestream import records_of
from wandb_testkit.wire.http import (
    KEY_HEADER,
    Request,
    Response,
    WireError,
    content_response,
    error_response,
    json_object,
    json_response,
)

if TYPE_CHECKING:
    from wandb_testkit.server.app import FakeServer

STREAMS = "/files/"
"""Where file streams are, also of ids that break the URL: 0.15 repeats a stream for ever that is answered with 501."""

MAX_BODY_BYTES = 256 * 2**20
"""Of any request but one with a file; mounts refuse more before they read it."""

MAX_UPLOAD_BYTES = 5 * 2**30
"""Of a file, or of a part of one: S3 takes no more in one request, and clients send larger files in parts."""

MAX_JSON_BYTES = 64 * 2**20
"""Of a JSON body, unpacked; clients keep theirs near 10 MB (protocol.md 4.5)."""

TOKEN_LIFETIME_S = 3600

NO_WAIT = {"Retry-After": "0"}
"""On every refusal: newer clients then repeat at once, which is what a test wants (protocol.md trap 11)."""

HALF_AN_ANSWER = Response(200, b'{"data": {"viewer": ', {"Content-Type": "application/json"})
"""What a fault that is "malformed" answers."""

MAX_TOLD = 2_000
"""Characters of what is said about a bad request: it may repeat what was sent, and is kept."""

WHOLE_RECORDS = ("watch", "file", "query", "find_artifact", "artifact_file")
"""Records that a client of ours says in one document, which alone tells nothing of it."""

Segments = dict[str, str]


class Route(NamedTuple):
    """One route: `pattern` has `{name}` for a segment, and `{name*}` at its end for all that follow."""

    method: str
    pattern: str
    kind: str
    verb: Callable[[Context, Request, Segments], Response]


def answer(server: FakeServer, request: Request) -> Response:
    """Answer one request, and tell the observer; nothing is raised."""
    key = request.headers.get(KEY_HEADER.lower(), "")
    known = server.repeats.find(key) if key else None
    if known is None or known.may_pass:
        known = _limited(server, request) or _known(server, request)
        if request.method == "PUT" and known.on_purpose:  # a file replaces what is there, so its tries are not one
            known = known._replace(may_pass=True)
        if key:
            server.repeats.keep(key, known)
    response = _kept(server, request) or known.response
    server.observer.exchanged(
        Exchange(
            _shortened(request.method),
            _shortened(request.path),
            operation_of(request) if request.path == "/graphql" else "",
            response.status,
            request.headers.get("user-agent", ""),
        )
    )
    return response


def _kept(server: FakeServer, request: Request) -> Response | None:
    """Keep what the request has changed, before it is answered; a refusal if that cannot be done."""
    is_reading = request.method in ("GET", "HEAD")
    if server.keeper is None or (is_reading and not server.armed):
        return None
    changes_no_more_than_a_run = is_reading or request.path.endswith("/file_stream") or is_question(request)
    try:
        server.keeper.keep(everything=not changes_no_more_than_a_run)
    except StoreError as error:
        response = error_response(507, str(error), NO_WAIT)
        _record_refusal(server, request, response, str(error))
        return response
    return None


def body_limit(server: FakeServer, request: Request) -> int:
    """How long the body of a request may be, as its head tells: only who was given a URL for a file may send one."""
    for route in ROUTES:
        segments = _segments(route, request) if route.kind == "upload" else None
        if segments is None:
            continue
        names = ("entity", "project", "run_id") if "run_id" in segments else ("entity", "artifact")
        room, what = (STORAGE, "name") if "run_id" in segments else (ARTIFACT_STORAGE, "what")
        grant = Grant("PUT", tuple(segments[name] for name in names), segments[what], "", room)
        return MAX_BODY_BYTES if server.urls.allows(grant, request.query) is None else MAX_UPLOAD_BYTES
    return MAX_BODY_BYTES


def _limited(server: FakeServer, request: Request) -> Known | None:
    """The refusal of a request that a limit of the server does not let in, None where it may come in."""
    if server.gate is None:
        return None
    with server.lock:
        refusal = server.gate.request(len(request.body))
    return None if refusal is None else Known(_refusal_response(refusal), on_purpose=True, may_pass=True)


def _known(server: FakeServer, request: Request) -> Known:
    context = Context(server, request)
    try:
        return _answered(server, request, context)
    except Refused as refused:
        refusal = refused.refusal
        return Known(_refusal_response(refusal), is_told=context.is_told, on_purpose=refusal.on_purpose)
    except WireError as error:
        message = _shortened(error.message)
        response = error_response(error.status, message, NO_WAIT)
        _record_refusal(server, request, response, message)
    except Exception:  # a mistake of ours must reach the test, and not look like a server that hangs up
        message = f"the fake server made a mistake; please report it:\n{traceback.format_exc()}"
        response = error_response(500, message)
        _record_refusal(server, request, response, message)
    finally:
        for fault in context.slow:
            fault.wait()
    return Known(response, is_told=True)


def _answered(server: FakeServer, request: Request, context: Context) -> Known:
    for route in ROUTES:
        segments = _segments(route, request)
        if segments is not None:
            fault = server.fault_of_request(route.kind, _file_of(segments))
            if fault is not None:
                return _failing(fault, route, context, request, segments)
            response = route.verb(context, request, segments)
            if context.comes_twice:
                _deliver_again(route, context, request, segments)
            return Known(response)
    if request.method == "POST" and request.path.startswith(STREAMS):
        told = f"POST {request.path} is the stream of no run: an id with / or # or ? in it does not get through a URL"
        raise WireError(told, 404)
    known = "".join(f"\n  {route.method} {route.pattern}" for route in ROUTES)
    raise WireError(f"{request.method} {request.path} is not part of the fake. It knows:{known}", 501)


def _file_of(segments: Segments) -> str:
    """The file that a request is about, as its owner calls it; "" if it is about none, or a part of one."""
    if "name" in segments:
        return segments["name"]
    kind, _, rest = segments.get("what", "").partition("/")
    return {"file": rest.partition("/")[2], "manifest": "wandb_manifest.json"}.get(kind, segments.get("file", ""))


def _failing(fault: Fault, route: Route, context: Context, request: Request, segments: Segments) -> Known:
    """What becomes of a request as a whole that meets a fault."""
    if refusal := refusal_before(fault):
        return Known(_refusal_response(refusal), on_purpose=True)
    response = route.verb(context, request, segments)
    if fault.how == "twice":
        _deliver_again(route, context, request, segments)
    if fault.how == "slow":
        context.slow.append(fault)
    lost = refusal_after(fault)
    return Known(response) if lost is None else Known(_refusal_response(lost), on_purpose=True)


def _deliver_again(route: Route, context: Context, request: Request, segments: Segments) -> None:
    """Carry out a request a second time; its client hears the first answer."""
    if KEY_HEADER.lower() not in request.headers:  # with a key the second is known
        with suppress(Refused, WireError):
            route.verb(Context(context.server, request), request, segments)


def _segments(route: Route, request: Request) -> Segments | None:
    """The named segments of the path, decoded, or None if the route is another."""
    if route.method != request.method:
        return None
    names, given = route.pattern.split("/"), request.path.split("/")
    if names[-1].endswith("*}") and len(given) >= len(names):
        given = [*given[: len(names) - 1], "/".join(given[len(names) - 1 :])]
    if len(names) != len(given):
        return None
    segments: Segments = {}
    for name, part in zip(names, given, strict=True):
        if name.startswith("{"):
            segments[name.strip("{*}")] = unquote(part)
        elif name != part:
            return None
    return segments


def _refusal_response(refusal: Refusal) -> Response:
    if refusal.how == "malformed":
        return HALF_AN_ANSWER
    wait = NO_WAIT if refusal.retry_after is None else {"Retry-After": str(refusal.retry_after)}
    return error_response(refusal.status, _shortened(refusal.message), wait)


def _shortened(message: str) -> str:
    return message if len(message) <= MAX_TOLD else f"{message[:MAX_TOLD]} ... ({len(message)} characters)"


def _record_refusal(server: FakeServer, request: Request, response: Response, message: str) -> None:
    operation = operation_of(request) if request.path == "/graphql" else ""
    what = UnknownRequest(_shortened(f"{request.method} {request.path} {operation}".rstrip()))
    server.observer.refused(what, Result(refusal=Refusal(response.status, message)))


# ---------------------------------------------------------------- the verbs


def graphql(context: Context, request: Request, segments: Segments) -> Response:
    """Execute a document of the client's own."""
    body = json_object(request, MAX_JSON_BYTES)
    fault = context.meet(context.said) if context.said in WHOLE_RECORDS else None
    response = execute(context, body)
    context.carried_out(fault)
    return response


def file_stream(context: Context, request: Request, segments: Segments) -> Response:
    """Carry out the records of one body in order, until one is refused.

    What was carried out before stays: the client sends the whole body again, and lines are replaced by themselves.
    """
    path = RunPath(segments["entity"], segments["project"], segments["run_id"])
    account = context.account
    may_repeat = KEY_HEADER.lower() not in request.headers  # with a key it is known what came before
    records = records_of(json_object(request, MAX_JSON_BYTES), path, may_repeat=may_repeat)
    with context.server.lock:
        run = context.run(path)
        if run is None:
            raise Refused(Refusal(404, f"run {path} does not exist"))
        for record in records:
            accepted(context.apply(record, account))
        stop = {"stopped": True} if run.stop_is_requested else {}
    return json_response({"exitcode": None, "limits": {}, **stop})


def upload(context: Context, request: Request, segments: Segments) -> Response:
    """Keep a file that is sent to a URL of ours."""
    path, name = RunPath(segments["entity"], segments["project"], segments["run_id"]), segments["name"]
    account = context.account_of_url("PUT", path, name)
    accepted(context.apply(FilesRecord(path, {name: request.body}, by_client=name in CLIENT_FILES), account))
    return Response(200)


def download(context: Context, request: Request, segments: Segments) -> Response:
    """Hand out a file under a URL of ours."""
    path, name = RunPath(segments["entity"], segments["project"], segments["run_id"]), segments["name"]
    context.account_of_url("GET", path, name)
    run = context.server.runs.find(path)
    content = None if run is None else {**run.client_files, **run.files}.get(name)
    if content is None:
        raise Refused(Refusal(404, f"run {path} has no file {name!r}"))
    return content_response(request, content)


def exchange_token(context: Context, request: Request, segments: Segments) -> Response:
    """Give an access token for an identity token; here the one serves as the other (protocol.md 7)."""
    form = parse_qs(request.body.decode("utf-8", "replace"))
    (token,) = form.get("assertion", [""])[:1]
    if context.server.accounts.of(token) is None:
        raise Refused(Refusal(401, "the identity token is not accepted"))
    return json_response({"access_token": token, "token_type": "Bearer", "expires_in": TOKEN_LIFETIME_S})


def ignore(context: Context, request: Request, segments: Segments) -> Response:
    """Take what clients tell of their own health; they ignore the answer (protocol.md 2)."""
    return Response(200)


ROUTES = (
    Route("POST", "/graphql", "graphql", graphql),
    Route("POST", "/files/{entity}/{project}/{run_id}/file_stream", "file_stream", file_stream),
    Route("PUT", "/storage/{entity}/{project}/{run_id}/{name*}", "upload", upload),
    Route("GET", "/storage/{entity}/{project}/{run_id}/{name*}", "download", download),
    Route("PUT", "/artifact-storage/{entity}/{artifact}/{what*}", "upload", upload_of_artifact),
    Route("GET", "/artifact-storage/{entity}/{artifact}/{what*}", "download", download_of_artifact),
    Route("GET", "/artifacts/{entity}/{digest}", "download", artifact_by_digest),
    Route("GET", "/artifactsV2/{region}/{entity}/{birth}/{digest}", "download", artifact_by_digest),
    Route(
        "GET",
        "/artifactsV2/{region}/{entity}/{project}/{collection}/{birth}/{digest}/{file}",
        "download",
        artifact_by_digest,
    ),
    Route(
        "GET",
        "/artifactsV2/{region}/{entity}/{project}/{collection}/{artifact}/{birth}/{digest}/{file}",
        "download",
        artifact_by_digest,
    ),
    Route("POST", "/oidc/token", "token", exchange_token),
    Route("POST", "/sdk/otel/v1/metrics", "telemetry", ignore),
    Route("POST", "/sdk/otel/v1/logs", "telemetry", ignore),
)
