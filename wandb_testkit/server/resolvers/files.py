"""Resolves files of runs, and hands out the URLs to store and fetch them."""

from __future__ import annotations

import base64
import fnmatch
import hashlib
import mimetypes
from typing import Any, NamedTuple

from wandb_testkit.records import Refusal, RunPath
from wandb_testkit.server.accounts import may_write
from wandb_testkit.server.context import Context
from wandb_testkit.server.files import name_refusal
from wandb_testkit.server.refused import Refused
from wandb_testkit.server.resolvers.connection import connection
from wandb_testkit.server.resolvers.ids import date_time, parts_of, run_id, storage_id
from wandb_testkit.server.resolvers.table import Fields
from wandb_testkit.server.stored_run import StoredRun


class FileOfRun(NamedTuple):
    """A file, or the name that one is to have: clients ask for the URL of an upload by name (protocol.md 3.2)."""

    run: StoredRun
    name: str

    @property
    def content(self) -> bytes:
        """What is in it; nothing if it is yet to be stored."""
        return self.run.files.get(self.name) or self.run.client_files.get(self.name) or b""


def files(
    run: StoredRun,
    context: Context,
    names: list[str | None] | None = None,
    pattern: str | None = None,
    first: int | None = None,
    after: str | None = None,
) -> dict[str, Any]:
    """The files with these names, there or not; without names those that are there and fit the pattern."""
    if names:
        chosen = [name for name in names if name is not None]
        _check(chosen)
    else:
        chosen = sorted({*run.files, *run.client_files})
    if pattern:
        chosen = [name for name in chosen if fnmatch.fnmatchcase(name, pattern.replace("%", "*"))]
    context.spend(len(chosen))
    found = connection([FileOfRun(run, name) for name in chosen], first, after)
    return {**found, "uploadHeaders": []}


def create_run_files(source: None, context: Context, input: dict[str, Any]) -> dict[str, Any]:
    run = _writable(context, input)
    _check(input["files"])
    context.spend(len(input["files"]))
    return {
        "runID": run_id(run.path),
        "uploadHeaders": [],
        "files": [FileOfRun(run, name) for name in input["files"]],
    }


def mark_run_files_uploaded(source: None, context: Context, input: dict[str, Any]) -> dict[str, Any]:
    run = _writable(context, input)
    missing = [name for name in input["files"] if name not in run.files and name not in run.client_files]
    if missing:
        raise Refused(Refusal(400, f"run {run.path} has no files {missing}: they are marked as uploaded, and were not"))
    return {"success": True}


def delete_files(source: None, context: Context, input: dict[str, Any]) -> dict[str, Any]:
    for file_id in input["files"]:
        *path, name = parts_of("File", file_id, 4)
        run = _existing(context, RunPath(*path))
        run.files = {known: content for known, content in run.files.items() if known != name}
        run.client_files = {known: content for known, content in run.client_files.items() if known != name}
    return {"success": True}


def _writable(context: Context, input: dict[str, Any]) -> StoredRun:
    return _existing(context, RunPath(input["entity_name"], input["project_name"], input["run_name"]))


def _existing(context: Context, path: RunPath) -> StoredRun:
    if refusal := may_write(context.account, path.entity):
        raise Refused(refusal)
    run = context.server.runs.find(path)
    if run is None:
        raise Refused(Refusal(404, f"run {path} does not exist"))
    return run


def _check(names: list[str]) -> None:
    for name in names:
        if refusal := name_refusal(name):
            raise Refused(refusal)


def _url(file: FileOfRun, context: Context, upload: bool | None = None) -> str:
    return context.url("PUT" if upload else "GET", file.run.path, file.name)


def _md5(file: FileOfRun, context: Context) -> str:
    if file.name not in file.run.files and file.name not in file.run.client_files:
        return "0"  # by this, clients know that there is no such file
    return base64.b64encode(hashlib.md5(file.content, usedforsecurity=False).digest()).decode()


MUTATION: Fields = {
    "createRunFiles": create_run_files,
    "markRunFilesUploaded": mark_run_files_uploaded,
    "deleteFiles": delete_files,
}

RUN: Fields = {
    "files": files,
    "fileCount": lambda run, context: len(run.files) + len(run.client_files),
}

FILE: Fields = {
    "id": lambda file, context: storage_id("File", *file.run.path, file.name),
    "name": lambda file, context: file.name,
    "displayName": lambda file, context: file.name,
    "url": _url,
    "directUrl": _url,
    "uploadUrl": lambda file, context: _url(file, context, upload=True),
    "sizeBytes": lambda file, context: len(file.content),
    "mimetype": lambda file, context: mimetypes.guess_type(file.name)[0],
    "updatedAt": lambda file, context: date_time(file.run.created_at),
    "md5": _md5,
    "digest": _md5,
}
