"""Owns what is compared of a recorded run: its fields as plain values, without what is made up or measured anew.

The client's own telemetry is not among them (`RunView.client` is kept apart), nor are the requests.
"""

from __future__ import annotations

import hashlib
import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields
from typing import Any

from tests.integrations.tables import made_up_sums, without_made_up_cells
from wandb_testkit.observation import RunView

MADE_UP = (
    (re.compile(r"wandb-client-artifact://\w{128}"), "wandb-client-artifact://*"),
    (re.compile(r"(?<=tfevents\.)[\w.-]+"), "*"),
    (re.compile(r"^(run-RUN-[\w-]+?)-[\w-]{6}(?=:v\d)"), r"\1-*"),
    (re.compile(r"(graph_0_summary_|elbow_curve_\d+_)\w{20}"), r"\1*"),
    (re.compile(r"\b0x[0-9a-fA-F]{6,16}\b"), "0x*"),
    (re.compile(r"(?<=media/tables/t_)\w{8}"), "*"),
    (re.compile(r"\b(None|\d+)-\d{13}(?=\.[\w-]+\.table\.json)"), r"\1-*"),
    (re.compile(r"\bno-name-[0-9a-f-]{36}"), "no-name-*"),
    (re.compile(r"^(brisk|calm|deft|eager)-\w+-\d+$"), "*-*-*"),
)
"""What clients and frameworks make up: the ids of artifacts, ends of names, names of studies, addresses in memory;
and names by content, where the content is an address or a time."""

SHOWN_BYTES = 200


def plain_runs(runs: Iterable[RunView]) -> list[dict[str, Any]]:
    """The runs as plain values, which pickle and compare."""
    return [plain_run(run) for run in runs]


def plain_run(run: RunView) -> dict[str, Any]:
    """The fields of a run that comparing views compares, and its metric definitions.

    Not what the client warned about: a real one tells that to its terminal, and no server hears of it.
    """
    found: dict[str, Any] = {field.name: getattr(run, field.name) for field in fields(run) if field.compare}
    del found["warnings"]
    found["state"] = str(run.state)
    found["history"] = [dict(row) for row in run.history]
    found["files"] = {name: content_of(name, content) for name, content in run.files.items()}
    found["artifacts"] = {
        f"{name}:{version.version}": {
            "type": version.type,
            "aliases": sorted(version.aliases),
            "metadata": version.metadata,
            "description": version.description,
            "files": {path: content_of(path, content) for path, content in sorted(version.files.items())},
            "references": sorted(without_made_up(list(version.references.items()), {})),  # names may fall together
            "logged": version.logged,
            "used": version.used,
        }
        for name in run.artifacts
        for version in run.artifacts.versions(name)
    }
    found["metrics"] = {
        name: (record.step_metric, record.step_sync, record.hidden, record.summary, record.goal)
        for name, record in run.client.get("metrics", {}).items()
    }
    run_id = found.pop("id")
    plain: dict[str, Any] = without_made_up(found, {run_id: "RUN", **dict.fromkeys(made_up_sums(run.files), "*")})
    return plain


def content_of(name: str, content: bytes) -> str:
    """What stands for a file: a short one as it is, a long one by its size and sum."""
    content = without_made_up_cells(name, content)
    if len(content) <= SHOWN_BYTES:
        return repr(content)
    return f"{len(content)} bytes, sha256 {hashlib.sha256(content).hexdigest()[:16]}"


def without_made_up(value: Any, own: Mapping[str, str]) -> Any:
    """A value whose texts have a star in the place of what is made up, and `own` words in that of the run's own."""
    if isinstance(value, Mapping):
        return {without_made_up(key, own): without_made_up(item, own) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [without_made_up(item, own) for item in value]
    if isinstance(value, str):
        for word, shown in own.items():
            value = value.replace(word, shown)
        for pattern, star in MADE_UP:
            value = pattern.sub(star, value)
    return value


def without_measured(value: Any, patterns: Sequence[str], path: str = "") -> Any:
    """A value whose times and speeds are shown as being there."""
    if path and any(re.fullmatch(pattern, path) for pattern in patterns):
        return "measured"
    if isinstance(value, Mapping):
        return {
            key: without_measured(item, patterns, f"{path}.{key}" if path else str(key)) for key, item in value.items()
        }
    if isinstance(value, list):
        return [without_measured(item, patterns, f"{path}[]") for item in value]
    return value


def differences(real: Any, ours: Any, path: str = "") -> list[str]:
    """Where two plain values differ, a line each."""
    if isinstance(real, Mapping) and isinstance(ours, Mapping):
        lines = []
        for key in dict.fromkeys([*real, *ours]):
            below = f"{path}.{key}" if path else str(key)
            if key not in ours:
                lines.append(f"{below}: with the real client only, {real[key]!r:.200}")
            elif key not in real:
                lines.append(f"{below}: with the drop-in only, {ours[key]!r:.200}")
            else:
                lines += differences(real[key], ours[key], below)
        return lines
    if isinstance(real, list) and isinstance(ours, list) and len(real) == len(ours):
        return [line for i in range(len(real)) for line in differences(real[i], ours[i], f"{path}[{i}]")]
    if real == ours or (_is_nan(real) and _is_nan(ours)):
        return []
    return [f"{path}: with the real client {real!r:.200}, with the drop-in {ours!r:.200}"]


def _is_nan(value: Any) -> bool:
    return isinstance(value, float) and math.isnan(value)


def unexplained(lines: Iterable[str], explained: Iterable[tuple[str, str]]) -> list[str]:
    """The differences for whose place there is no explanation."""
    patterns = [re.compile(pattern) for pattern, _ in explained]
    return [line for line in lines if not any(pattern.match(line) for pattern in patterns)]
