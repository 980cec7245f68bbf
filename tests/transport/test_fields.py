"""What the HTTP transport sends carries every field that a real client of its generation sent for the same script.

The scripts are fixtures/scripts/wire, what real clients said is in fixtures/wire/transport (tests/clients/capture.py).
DIFFERENCES is the one list of what the kit leaves out, and why; an entry that no script needs any more fails.
"""

from __future__ import annotations

import json
import os
import runpy
import sys
from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase
from pathlib import Path
from types import SimpleNamespace
from typing import Any, NamedTuple, cast

import pytest
from graphql import FieldNode, OperationDefinitionNode, SelectionSetNode, parse

from tests.clients.capture import FIXTURES, TRANSPORT_SCRIPTS, exchanges_from_now
from wandb_testkit.transport.dialects import DIALECTS
from wandb_testkit.world import fake

PROFILE_OF = {"0.10.33": "classic", "0.31.0": "current"}

SCRIPTS = sorted(path.stem for path in TRANSPORT_SCRIPTS.glob("*.py"))


class Difference(NamedTuple):
    """Fields (a pattern) that the kit does not send, in which versions, and why."""

    field: str
    versions: tuple[str, ...]
    reason: str


BOTH = ("0.10.33", "0.31.0")
MACHINE = "the reference implementation does not look at its machine or its program"
DIFFERENCES = (
    Difference("upsertBucket $host", ("0.10.33",), MACHINE),
    Difference("upsertBucket $program", BOTH, MACHINE),
    Difference("config _wandb.python_version", BOTH, MACHINE),
    Difference("config _wandb.is_jupyter_run", ("0.10.33",), MACHINE),
    Difference("config _wandb.is_kaggle_kernel", ("0.10.33",), MACHINE),
    Difference("config _wandb.t.*", BOTH, "telemetry of the product about itself; only watch() is told"),
    Difference("PUT wandb-metadata.json", ("0.10.33",), MACHINE),
    Difference("PUT requirements.txt", BOTH, MACHINE),
    Difference("PUT config.yaml", BOTH, "a copy of what the config says, which crosses anyway"),
    Difference("PUT wandb-summary.json", BOTH, "a copy of what the summary says, which crosses anyway"),
    Difference("file_stream wandb-events.jsonl*", ("0.10.33",), "the machine is not sampled"),
    Difference("model.bucket.files*", ("0.10.33",), "no file of the client's own is uploaded, so no URL is asked for"),
    Difference("model.bucket", ("0.10.33",), "as above"),
    Difference("model.bucket.id", ("0.10.33",), "as above"),
    Difference("model", ("0.10.33",), "as above"),
    Difference("model $*", ("0.10.33",), "as above"),
    Difference("createRunFiles*", ("0.31.0",), "as above"),
    Difference("project*", ("0.10.33",), "a stop by the server is not obeyed, so it is not polled"),
    Difference("file_stream: files", BOTH, "as below: nothing else was logged"),
    Difference("file_stream wandb-summary.json*", BOTH, "a summary that holds nothing is not sent"),
)


def fields_of(exchanges: list[dict[str, Any]]) -> set[str]:
    return {field for exchange in exchanges for field in _fields(exchange)}


def _fields(exchange: Mapping[str, Any]) -> Iterator[str]:
    path, body = exchange["path"], exchange["body"]
    if exchange["method"] == "PUT":
        yield f"PUT {path.rsplit('/', 1)[-1]}"
        return
    yield f"agent {exchange['agent']}"
    if path == "/graphql":
        operation = cast(OperationDefinitionNode, parse(body["query"]).definitions[0])
        root = cast(FieldNode, operation.selection_set.selections[0]).name.value
        yield from _selected(operation.selection_set, "")
        yield from (f"{root} ${name}" for name, value in (body.get("variables") or {}).items() if value is not None)
        yield from (f"body: {name}" for name in body)
        if root == "upsertBucket" and body["variables"]["config"] is not None:
            yield from _config(json.loads(body["variables"]["config"]))
        return
    yield from (f"file_stream: {name}" for name in body)
    for stream, chunk in body.get("files", {}).items():
        yield f"file_stream {stream}"
        for line in chunk["content"]:
            if stream != "output.log":
                yield from (f"file_stream {stream} {key}" for key in _keys(json.loads(line)))


def _selected(selected: SelectionSetNode, above: str) -> Iterator[str]:
    for selection in selected.selections:
        assert isinstance(selection, FieldNode)
        name = above + selection.name.value
        yield name
        if selection.selection_set is not None:
            yield from _selected(selection.selection_set, f"{name}.")


def _config(config: dict[str, Any]) -> Iterator[str]:
    for key, wrapped in config.items():
        yield from (f"config wrapper {name}" for name in wrapped)
        yield from (f"config {name}" for name in (key, *(f"{key}.{inner}" for inner in _keys(wrapped["value"]))))


def _keys(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for key, item in value.items():
            yield key
            yield from (f"{key}.{inner}" for inner in _keys(item))
    elif isinstance(value, list):
        for item in value:
            yield from (f"[].{inner}" for inner in _keys(item))


def sent_by_a_real_client(version: str, script: str) -> set[str]:
    text = (FIXTURES / "transport" / f"{version}-{script}.json").read_text(encoding="utf-8")
    return fields_of(json.loads(text)["exchanges"])


def sent_by_the_kit(version: str, script: str, directory: Path, monkeypatch: pytest.MonkeyPatch) -> set[str]:
    monkeypatch.chdir(directory)
    with fake(profile=PROFILE_OF[version], transport="responses", environ={}) as world:
        exchanges = exchanges_from_now(world)

        def save(*args: Any, **kwargs: Any) -> Any:
            run = world.session.run
            assert run is not None
            return run.save(*args, **kwargs)

        monkeypatch.setitem(sys.modules, "wandb", cast(Any, SimpleNamespace(init=world.init, save=save)))
        runpy.run_path(os.fspath(TRANSPORT_SCRIPTS / f"{script}.py"))
    return fields_of(exchanges)


def missing(version: str, script: str, directory: Path, monkeypatch: pytest.MonkeyPatch) -> set[str]:
    return sent_by_a_real_client(version, script) - sent_by_the_kit(version, script, directory, monkeypatch)


@pytest.mark.parametrize("version", DIALECTS)
@pytest.mark.parametrize("script", SCRIPTS)
def test_every_field_of_a_real_client_is_sent_or_listed(
    version: str, script: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    listed = [one.field for one in DIFFERENCES if version in one.versions]

    left_out = missing(version, script, tmp_path, monkeypatch)

    assert {field for field in left_out if not any(fnmatchcase(field, pattern) for pattern in listed)} == set()


@pytest.mark.parametrize("version", DIALECTS)
def test_every_listed_difference_is_one(version: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    left_out = set()
    for script in SCRIPTS:
        directory = tmp_path / script
        directory.mkdir()
        left_out |= missing(version, script, directory, monkeypatch)

    stale = [
        one.field
        for one in DIFFERENCES
        if version in one.versions and not any(fnmatchcase(field, one.field) for field in left_out)
    ]

    assert stale == []
    assert all(one.reason for one in DIFFERENCES)
    assert len(SCRIPTS) == 10
