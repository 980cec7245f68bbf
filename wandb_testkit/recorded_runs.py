"""Owns recordings: what runs logged, as a text that people can read, review and keep beside their tests.

JSON with a version. Rows stand on a line each; files are text where they are text. What a client tells of its machine
(host, paths, packages) is not in it, for recordings get published.
"""

from __future__ import annotations

import base64
import json
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any

from wandb_testkit.artifact_view import Artifacts, ArtifactView
from wandb_testkit.errors import NotARecordingError, RunLookupError
from wandb_testkit.history_view import History
from wandb_testkit.observation import RunState, RunView
from wandb_testkit.records import MetricRecord, RunPath

FORMAT = "wandb_testkit recording"
VERSION = 1

_PLAIN = (
    *("id", "entity", "project", "name", "mode", "state", "exit_code", "group", "job_type", "notes", "tags"),
    *("resumed_from", "sweep", "config", "summary", "output", "alerts", "warnings"),
)
"""The fields of a run that JSON knows, in the order in which a reader wants them."""

_OF_CLIENT = ("config", "summary")
"""What is kept of `RunView.client` as it is; metric definitions are kept besides."""


# ---------------------------------------------------------------------- out


def dumps(runs: Sequence[RunView], *, with_files: bool = True) -> str:
    """The text of a recording.

    Args:
        with_files: Keep the contents of files, and of the files of artifacts.
    """
    parts = ",\n".join(_run_text(run, with_files) for run in runs)
    return f'{{\n"format": {json.dumps(FORMAT)},\n"version": {VERSION},\n"runs": [\n{parts}\n]\n}}\n'


def _run_text(run: RunView, with_files: bool) -> str:
    said = {name: getattr(run, name) for name in _PLAIN}
    said["state"] = str(run.state)
    client: dict[str, Any] = {name: run.client.get(name, {}) for name in _OF_CLIENT}
    client["metrics"] = {name: _metric(metric) for name, metric in run.client.get("metrics", {}).items()}
    said["client"] = client
    said["files"] = {name: _content(content) for name, content in run.files.items()} if with_files else {}
    said["artifacts"] = {
        name: [_artifact(view, with_files) for view in run.artifacts.versions(name)] for name in run.artifacts
    }
    said["timestamps"] = [row["_timestamp"] for row in run.history.with_times()]
    said["runtimes"] = [row["_runtime"] for row in run.history.with_times()]
    lines = [f"  {json.dumps(name)}: {_line(value)}" for name, value in said.items()]
    rows = ",\n".join(f"    {_line(row)}" for row in run.history)
    lines.append(f'  "history": [\n{rows}\n  ]' if rows else '  "history": []')
    return "{\n" + ",\n".join(lines) + "\n}"


def _line(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    try:
        text.encode()
    except UnicodeEncodeError:  # half of a character, which a file can only have as an escape
        return json.dumps(value)
    return text


def _content(content: bytes) -> Any:
    try:
        return content.decode()
    except UnicodeDecodeError:
        return {"base64": base64.b64encode(content).decode()}


def _artifact(view: ArtifactView, with_files: bool) -> dict[str, Any]:
    said = {field.name: getattr(view, field.name) for field in fields(view)}
    said["files"] = {path: _content(content) for path, content in view.files.items()} if with_files else {}
    return said


def _metric(metric: MetricRecord) -> dict[str, Any]:
    said = {field.name: getattr(metric, field.name) for field in fields(metric) if field.name not in ("path", "name")}
    return {name: value for name, value in said.items() if value not in (None, ())}


# ---------------------------------------------------------------------- in


def load(path: str | os.PathLike[str], run: int | str | None = None) -> RunView:
    """A run of a recording that `wandb-testkit record` has written.

    Args:
        path: The file.
        run: Which one, where there are several: its place, from 0, or its id.
    Raises:
        FileNotFoundError: There is no such file.
        NotARecordingError: The file is no recording, or one of a newer version of the kit.
        RunLookupError: There are several runs and none was chosen, or the chosen one is not there; the message lists
            them.
    """
    runs = load_all(path)
    if run is None and len(runs) == 1:
        return runs[0]
    found = [one for at, one in enumerate(runs) if run in (at, one.id)]
    if len(found) == 1:
        return found[0]
    listed = "\n".join(f"  {at}: {one!r}" for at, one in enumerate(runs))
    what = "holds several runs" if run is None else f"has no run {run!r}"
    raise RunLookupError(f"{os.fspath(path)} {what}; choose one: load(path, run=0), or by its id:\n{listed}")


def load_all(path: str | os.PathLike[str]) -> list[RunView]:
    """Every run of a recording, in order of creation.

    Raises:
        FileNotFoundError, NotARecordingError: As load() says.
    """
    place = Path(path)
    if place.is_dir():
        raise NotARecordingError(
            f"{place} is a directory, and no recording; read_offline() reads that of an offline run"
        )
    try:
        said = json.loads(place.read_text(encoding="utf-8"))
    except ValueError as error:
        raise NotARecordingError(f"{place} is no recording of `wandb-testkit record`: {error}") from None
    if not isinstance(said, dict) or said.get("format") != FORMAT:
        raise NotARecordingError(
            f"{place} is no recording of `wandb-testkit record`: it should begin with "
            + '{"format": '
            + repr(FORMAT)
            + "}"
        )
    if said.get("version") != VERSION:
        raise NotARecordingError(
            f"{place} is a recording of version {said.get('version')!r}, and this version of wandb_testkit reads "
            f"version {VERSION}; upgrade wandb_testkit, or record again"
        )
    return list(_runs(place, said))


def _runs(place: Path, said: Mapping[str, Any]) -> Iterator[RunView]:
    for at, run in enumerate(said.get("runs", ())):
        try:
            yield _run(run)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            name = type(error).__name__
            raise NotARecordingError(f"{place}: run {at} cannot be read ({name}: {error}); record it again") from error


def _run(said: dict[str, Any]) -> RunView:
    path = RunPath(said["entity"], said["project"], said["id"])
    rows, timestamps, runtimes = said["history"], said["timestamps"], said["runtimes"]
    if not len(rows) == len(timestamps) == len(runtimes):
        raise ValueError(f"{len(rows)} rows, {len(timestamps)} timestamps and {len(runtimes)} runtimes")
    client = {name: said["client"][name] for name in _OF_CLIENT}
    client["metrics"] = {
        name: MetricRecord(path, name, **{**metric, "summary": tuple(metric.get("summary", ()))})
        for name, metric in said["client"]["metrics"].items()
    }
    plain = {name: said[name] for name in _PLAIN}
    return RunView(
        **{**plain, "state": RunState(said["state"]), "tags": tuple(said["tags"])},
        history=History(rows, timestamps, runtimes, path.run_id),
        files={name: _bytes(content) for name, content in said["files"].items()},
        artifacts=Artifacts({name: list(map(_view, views)) for name, views in said["artifacts"].items()}),
        requests=[],
        client=client,
    )


def _view(said: dict[str, Any]) -> ArtifactView:
    files = {path: _bytes(content) for path, content in said["files"].items()}
    return ArtifactView(**{**said, "files": files, "aliases": tuple(said["aliases"]), "tags": tuple(said["tags"])})


def _bytes(content: Any) -> bytes:
    return content.encode() if isinstance(content, str) else base64.b64decode(content["base64"], validate=True)
