"""Resolves files of runs, and hands out the URLs to store and fetch them."""

from __future__ import annotations

import base64
import fnmatch
import hashlib
import mimetypes
from typing import Any, NamedTuple

from wandb_testkit.records import Refusal, RunPath
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
    def file_id(self) -> str:
        """Its storage id."""
        return storage_id("File", *self.run.path, self.name)

    @property
    def size(self) -> int:
        """Bytes."""
        return len(self.content)

    @property
    def updated_at(self) -> float:
        """Seconds since the epoch."""
        return self.run.created_at

    @property
    def mimetype(self) -> str | None:
        """Guessed from the name."""
        return mimetypes.guess_type(self.name)[0]

    @property
    def md5(self) -> str:
        """In base64; "0" of a file that is yet to be stored: by this, clients know that there is none."""
        if self.name not in self.run.files and self.name not in self.run.client_files:
            return "0"
        return base64.b64encode(hashlib.md5(self.content, usedforsecurity=False).digest()).decode()

    @property
    def storage_path(self) -> str:
        """Where it is stored."""
        return "/".join((*self.run.path, self.name))

    @property
    def upload_headers(self) -> list[str]:
        """What is to be sent along with the content: nothing."""
        return []

    @property
    def artifact(self) -> None:
        """A file of a run belongs to no artifact."""

    def url(self, context: Context, *, upload: bool) -> str:
        """Where to fetch or to store it."""
        return context.url("PUT" if upload else "GET", self.run.path, self.name)

    def upload_urls(self, context: Context) -> None:
        """None: files of runs are stored whole."""

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
    context.must_write(path.entity, path.project)
    run = context.server.runs.find(path)
    if run is None:
        raise Refused(Refusal(404, f"run {path} does not exist"))
    return run


def _check(names: list[str]) -> None:
    for name in names:
        if refusal := name_refusal(name):
            raise Refused(refusal)


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
    "id": lambda file, context: file.file_id,
    "name": lambda file, context: file.name,
    "displayName": lambda file, context: file.name,
    "url": lambda file, context, upload=None: file.url(context, upload=bool(upload)),
    "directUrl": lambda file, context: file.url(context, upload=False),
    "uploadUrl": lambda file, context: file.url(context, upload=True),
    "uploadHeaders": lambda file, context: file.upload_headers,
    "uploadMultipartUrls": lambda file, context: file.upload_urls(context),
    "sizeBytes": lambda file, context: file.size,
    "mimetype": lambda file, context: file.mimetype,
    "updatedAt": lambda file, context: date_time(file.updated_at),
    "md5": lambda file, context: file.md5,
    "digest": lambda file, context: file.md5,
    "storagePath": lambda file, context: file.storage_path,
    "artifact": lambda file, context: file.artifact,
}
"""Of files of runs, of artifacts and of manifests alike."""
