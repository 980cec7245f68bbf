"""Owns what a generation of clients says in its own way over HTTP: documents, statuses, forms; one value for each.

Source: protocol.md 1, 3, 4 and 6.1, and the exchanges of real clients in fixtures/wire/transport.
"""

from __future__ import annotations

import datetime
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from wandb_testkit.records import RunPath
from wandb_testkit.transport import documents, uploads
from wandb_testkit.transport.documents import Document

Question = dict[str, Any]
Uploads = list[tuple[str, str, Sequence[str]]]
"""Name of a file, the URL to PUT it to, and headers as `Name:Value`."""

_REFUSALS = frozenset(range(400, 600))


def _all_but(*final: int) -> frozenset[int]:
    return _REFUSALS - set(final)


@dataclass(frozen=True, slots=True)
class Dialect:
    """How one generation of clients speaks.

    Attributes:
        version: The wandb version it was captured from.
        agent: Its User-Agent.
        names_operations: Requests carry `operationName`.
        viewer, status, upsert, uploads: Its documents.
        upload_questions: What to ask for the URLs of files: the variables of one request or several.
        upload_answers: The URLs in one answer.
        has_description: Wrapped config values have a `desc`.
        has_storage_id: An upsert of a run that is known already names it by its storage id, too.
        has_debug: An upsert says that it is not made by a client under development.
        metrics: What metric definitions add to `_wandb` of the config.
        summary: The summary as it is sent.
        console: How a console line is sent, given text, seconds since the epoch, and the server's features.
        asks_features: Which features the server has decides the form of console lines.
        retried: Kind of request -> the statuses that are tried again (protocol.md 6.1).
    """

    version: str
    agent: str
    names_operations: bool
    viewer: Document
    status: Document
    upsert: Document
    uploads: Document
    upload_questions: Callable[[RunPath, Sequence[str]], Iterable[Question]]
    upload_answers: Callable[[Mapping[str, Any]], Uploads]
    has_description: bool
    has_storage_id: bool
    has_debug: bool
    metrics: Callable[[list[Question]], Mapping[str, Any]]
    summary: Callable[[Mapping[str, Any]], Mapping[str, Any]]
    console: Callable[[str, float, frozenset[str]], str]
    asks_features: bool
    retried: Mapping[str, frozenset[int]]


def _ask_for_each(path: RunPath, names: Sequence[str]) -> Iterable[Question]:
    where: Question = {"name": path.project, "run": path.run_id, "entity": path.entity, "description": None}
    return [{**where, "files": [name]} for name in names]


def _edges(data: Mapping[str, Any]) -> Uploads:
    files = data["model"]["bucket"]["files"]
    headers = files["uploadHeaders"]
    return [(edge["node"]["name"], edge["node"]["url"], headers) for edge in files["edges"]]


def _ask_for_all(path: RunPath, names: Sequence[str]) -> Iterable[Question]:
    return [{"entity": path.entity, "project": path.project, "run": path.run_id, "files": list(names)}]


def _created(data: Mapping[str, Any]) -> Uploads:
    made = data["createRunFiles"]
    return [(file["name"], file["uploadUrl"], made["uploadHeaders"]) for file in made["files"]]


def _with_runtime(summary: Mapping[str, Any]) -> Mapping[str, Any]:
    return {**summary, "_wandb": {"runtime": int(summary.get("_runtime") or 0)}}


def _plain_line(text: str, time: float, features: frozenset[str]) -> str:
    return f"{_stamp(time)} {text}\n"


def _structured_line(text: str, time: float, features: frozenset[str]) -> str:
    if "STRUCTURED_CONSOLE_LOGS" in features:
        return json.dumps({"ts": _stamp(time), "content": text})
    return f"{_stamp(time)} {text}"


def _stamp(time: float) -> str:
    moment = datetime.datetime.fromtimestamp(time, datetime.timezone.utc)
    return moment.replace(tzinfo=None).isoformat(timespec="microseconds")


CLASSIC_DIALECT = Dialect(
    version="0.10.33",
    agent="W&B Internal Client 0.10.33",
    names_operations=False,
    viewer=documents.CLASSIC_VIEWER,
    status=documents.CLASSIC_STATUS,
    upsert=documents.CLASSIC_UPSERT,
    uploads=documents.CLASSIC_UPLOADS,
    upload_questions=_ask_for_each,
    upload_answers=_edges,
    has_description=True,
    has_storage_id=False,
    has_debug=True,
    metrics=lambda definitions: {"m": definitions} if definitions else {},
    summary=lambda summary: summary,
    console=_plain_line,
    asks_features=False,
    retried={
        "graphql": _all_but(400, 401, 403, 404),
        "upsert": _all_but(400, 401, 403, 404),
        "file_stream": _all_but(400, 403, 404, 409),
        "upload": uploads.RETRIED["0.10.33"],
    },
)

CURRENT_DIALECT = Dialect(
    version="0.31.0",
    agent="wandb-core",
    names_operations=True,
    viewer=documents.CURRENT_VIEWER,
    status=documents.CURRENT_STATUS,
    upsert=documents.CURRENT_UPSERT,
    uploads=documents.CURRENT_UPLOADS,
    upload_questions=_ask_for_all,
    upload_answers=_created,
    has_description=False,
    has_storage_id=True,
    has_debug=False,
    metrics=lambda definitions: {"m": definitions},
    summary=_with_runtime,
    console=_structured_line,
    asks_features=True,
    retried={
        "graphql": _all_but(400, 401, 403, 404, 409, 410, 413, 422, 501),
        "upsert": _all_but(400, 401, 403, 404, 410, 413, 422, 501),
        "file_stream": _all_but(400, 401, 403, 404, 409, 410, 413, 422, 501),
        "upload": uploads.RETRIED["0.31.0"],
    },
)

DIALECTS = {dialect.version: dialect for dialect in (CLASSIC_DIALECT, CURRENT_DIALECT)}
