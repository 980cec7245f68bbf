"""Owns what is compared of a script that ran twice, and what is set aside.

Set aside, here and nowhere else:

- what a client writes of its own accord (`RunView.client`): telemetry, metadata, requirements, times, machine samples;
- the kinds of records and requests (`RunView.requests`), because a client chooses how it batches what it has to say;
- warnings (`RunView.warnings`): a real client shows them on its terminal and tells no server;
- times, which `History` and `summary` do not hold;
- ids that nobody named: each is replaced by its place, so that all that is made of them compares too; those that a
  client makes up for artifacts are all the same;
- of 0.10.33 the job type that a run has whose user gave none: "train" with the profile, none with the client (DEV-1);
- what is printed on standard error, where clients tell of their own doings: of a script that raises, the last line of
  its traceback counts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields
from typing import Any, NamedTuple

from wandb_testkit.artifact_view import ArtifactView
from wandb_testkit.observation import RunView

SET_ASIDE = frozenset({"client", "requests", "warnings"})
"""Fields of a RunView that are not compared."""

SWEEP_MADE = re.compile(r"^Create sweep with ID: ([0-9a-z]{8})$", re.MULTILINE)
"""What wandb.sweep() prints."""

LIBRARY_FRAME = re.compile(r'File "[^"]*(?:wandb_testkit|site-packages)[^"]*", line \d+, in \w+')
"""Where a traceback was in a library: the code is another, and so are its lines."""

GENERATED = re.compile(r"^[0-9a-z]{8}$")
"""What an id looks like that nobody named (ID-2)."""


ARTIFACT_IDS = re.compile(r"(?<=wandb-client-artifact://)[0-9a-z]{128}|(?<=wandb-artifact://)[0-9a-f]+")
"""Ids of artifacts in URIs of their entries: of the client's own making, and the server's."""

PANELS = ("visualize", "viz", "bounding_box/class_labels", "mask/class_labels")
"""What the user has a client write into its own part of the config: charts, and names of classes."""


class Outcome(NamedTuple):
    """How a script ended.

    Attributes:
        exit_code: Of its process.
        error: The last line of its traceback, "" if it raised nothing.
        said: The lines that it printed.
        runs: What the server has of each run, in order of creation; ids that nobody named are places.
    """

    exit_code: int
    error: str
    said: tuple[str, ...]
    runs: tuple[dict[str, Any], ...]


def outcome(exit_code: int, error: str, printed: str, runs: Sequence[dict[str, Any]], home: str) -> Outcome:
    """An outcome in which ids that nobody named are replaced by their places, and the directory it ran in by a word."""
    named: dict[str, str] = {home: "<home>"}
    for number, run in enumerate(runs, 1):
        for kind, name in (("run", run["id"]), ("sweep", run["sweep"])):
            if isinstance(name, str) and GENERATED.match(name):
                named.setdefault(name, f"<{kind} {number}>")
    for number, name in enumerate(SWEEP_MADE.findall(printed), 1):
        named.setdefault(name, f"<sweep made {number}>")
    return Outcome(
        exit_code,
        _with_places(error, named),
        tuple(_with_places(printed, named).splitlines()),
        tuple(_with_places(run, named) for run in runs),
    )


def plain(run: RunView) -> dict[str, Any]:
    """A run as plain values that can be handed from one process to another."""
    values = {field.name: getattr(run, field.name) for field in fields(run) if field.name not in SET_ASIDE}
    values["history"] = list(run.history)
    values["state"] = str(run.state)
    values["artifacts"] = {name: [_artifact(view) for view in run.artifacts.versions(name)] for name in run.artifacts}
    values["panels"] = {name: run.client["config"][name] for name in PANELS if name in run.client["config"]}
    values["metrics"] = {name: _metric(record) for name, record in sorted(run.client["metrics"].items())}
    return values


def differences(dropin: Outcome, client: Outcome) -> list[str]:
    """What is not the same, a line each: where, what the drop-in module did, what the real client did."""
    found = list(_differing("", dropin._asdict(), client._asdict()))
    return [f"{where}: the drop-in has {_short(ours)}, wandb has {_short(theirs)}" for where, ours, theirs in found]


MISSING = "nothing"


def _differing(where: str, ours: Any, theirs: Any) -> Iterator[tuple[str, Any, Any]]:
    if isinstance(ours, Mapping) and isinstance(theirs, Mapping):
        for key in sorted({*ours, *theirs}, key=str):
            below = f"{where}.{key}".lstrip(".")
            yield from _differing(below, ours.get(key, MISSING), theirs.get(key, MISSING))
    elif isinstance(ours, (list, tuple)) and isinstance(theirs, (list, tuple)):
        for place in range(max(len(ours), len(theirs))):
            below = f"{where}[{place}]"
            yield from _differing(below, _at(ours, place), _at(theirs, place))
    elif not _same(ours, theirs):
        yield where, ours, theirs


def _same(ours: Any, theirs: Any) -> bool:
    are_numbers = all(isinstance(value, (int, float)) and not isinstance(value, bool) for value in (ours, theirs))
    if type(ours) is not type(theirs) and not are_numbers:  # JSON knows one kind of numbers
        return False
    return bool(ours == theirs) or (isinstance(ours, float) and ours != ours and theirs != theirs)


def _at(values: Sequence[Any], place: int) -> Any:
    return values[place] if place < len(values) else MISSING


def _short(value: Any) -> str:
    text = value if value is MISSING else repr(value)
    return text if len(text) <= 160 else f"{text[:160]}... ({len(text)} characters)"


def _artifact(view: ArtifactView) -> dict[str, Any]:
    return {field.name: getattr(view, field.name) for field in fields(view)}


def _metric(record: Any) -> dict[str, Any]:
    return {field.name: getattr(record, field.name) for field in fields(record) if field.name != "path"}


def _with_places(value: Any, named: Mapping[str, str]) -> Any:
    if isinstance(value, str):
        value = ARTIFACT_IDS.sub("<artifact>", LIBRARY_FRAME.sub("a frame of the library", value))
        for name, place in named.items():
            value = value.replace(name, place)
        return value
    if isinstance(value, bytes):
        for name, place in named.items():
            value = value.replace(name.encode(), place.encode())
        return value
    if isinstance(value, Mapping):
        return {_with_places(key, named): _with_places(item, named) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return type(value)(_with_places(item, named) for item in value)
    return value
