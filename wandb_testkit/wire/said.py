"""Owns how each kind of record is said in wandb's own messages, and heard from them.

To say something is to tell which fields of the record were said exactly: a field has no way to tell None from "", is
UTF-8, is no more than 32 or 64 bits wide. The rest is `record_codec`'s to carry. Records of many lines are in
`said_lines`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from wandb_testkit.artifact_records import ArtifactRecord
from wandb_testkit.records import (
    AlertRecord,
    ConfigRecord,
    ExitRecord,
    FilesRecord,
    MetricRecord,
    RunRecord,
    SummaryRecord,
    WatchRecord,
)
from wandb_testkit.wire import said_artifacts
from wandb_testkit.wire.metrics import GOALS
from wandb_testkit.wire.said_parts import (
    is_utf8,
    put_int,
    put_items,
    put_text,
    put_time,
    said_exactly,
    take_items,
    texts,
    utf8,
)

BY_CLIENT = 1
"""The type of files that a client writes of its own accord (FilesItem)."""


class Words(NamedTuple):
    """How one kind of record is said, and heard.

    Attributes:
        put: Say a record; returns the names of the fields that were said exactly.
        take: What a message says, by field.
    """

    put: Callable[[Any, Any], frozenset[str]]
    take: Callable[[Any], Mapping[str, Any]]


_RUN_TEXTS = {"display_name": "display_name", "notes": "notes", "group": "run_group", "job_type": "job_type"}


def _put_run(message: Any, record: RunRecord) -> frozenset[str]:
    run = message.run
    run.run_id, run.entity, run.project = (
        utf8(record.path.run_id),
        utf8(record.path.entity),
        utf8(record.path.project),
    )
    parts = [(ours, put_text(run, theirs, getattr(record, ours))) for ours, theirs in _RUN_TEXTS.items()]
    run.tags.extend(map(utf8, record.tags or ()))
    parts.append(("tags", record.tags is None or (record.tags != () and all(map(is_utf8, record.tags)))))
    if record.config is not None:
        run.config.SetInParent()
        parts.append(("config", put_items(run.config.update, record.config)))
    if record.started_at is not None:
        put_time(run.start_time, record.started_at)  # the exact one is carried beside it
    host = (record.facts or {}).get("host")
    if isinstance(host, str):
        run.host = utf8(host)
    run.resumed = record.resumed is True
    return said_exactly(*parts)


def _take_run(message: Any) -> dict[str, Any]:
    run = message.run
    heard: dict[str, Any] = texts(run, _RUN_TEXTS)
    if run.tags:
        heard["tags"] = tuple(run.tags)
    if run.HasField("config"):
        heard["config"] = take_items(run.config.update)
    return heard


def _put_summary(message: Any, record: SummaryRecord) -> frozenset[str]:
    message.summary.SetInParent()
    return said_exactly(("summary", put_items(message.summary.update, record.summary)))


def _take_summary(message: Any) -> dict[str, Any]:
    return {"summary": take_items(message.summary.update)}


def _put_config(message: Any, record: ConfigRecord) -> frozenset[str]:
    message.config.SetInParent()
    return said_exactly(("config", put_items(message.config.update, record.config)))


def _take_config(message: Any) -> dict[str, Any]:
    return {"config": take_items(message.config.update)}


_GOAL_NUMBERS = {goal: number for number, goal in GOALS.items()}


def _put_metric(message: Any, record: MetricRecord) -> frozenset[str]:
    metric = message.metric
    name = "glob_name" if record.name.endswith("*") else "name"
    metric.options.defined = True
    metric.options.step_sync = record.step_sync is True
    metric.options.hidden = record.hidden is True
    metric.summary.SetInParent()
    known = metric.summary.DESCRIPTOR.fields_by_name
    for word in record.summary:
        if word in known:
            setattr(metric.summary, word, True)
    metric.goal = _GOAL_NUMBERS.get(record.goal or "", 0)
    return said_exactly(
        ("name", put_text(metric, name, record.name)),
        ("step_metric", put_text(metric, "step_metric", record.step_metric)),
        ("step_sync", record.step_sync is not False),
        ("hidden", record.hidden is not False),
        ("summary", record.summary == _summary_words(metric)),
        ("goal", record.goal is None or record.goal in _GOAL_NUMBERS),
    )


def _summary_words(metric: Any) -> tuple[str, ...]:
    return tuple(field.name for field, is_on in metric.summary.ListFields() if is_on)


def take_metric(message: Any) -> dict[str, Any]:
    """What a definition says, by field of MetricRecord."""
    metric = message.metric
    heard: dict[str, Any] = texts(metric, {"step_metric": "step_metric"})
    heard["name"] = metric.name or metric.glob_name
    heard["step_sync"] = metric.options.step_sync or None
    heard["hidden"] = metric.options.hidden or None
    heard["summary"] = _summary_words(metric)
    heard["goal"] = GOALS.get(metric.goal)
    return heard


def _put_watch(message: Any, record: WatchRecord) -> frozenset[str]:
    message.telemetry.feature.watch = True  # all that wandb's log says of a watch()
    return frozenset()


def _put_files(message: Any, record: FilesRecord) -> frozenset[str]:
    message.files.SetInParent()
    for name in record.files:
        message.files.files.add(path=utf8(name), type=BY_CLIENT if record.by_client else 0)
    return frozenset()


def _put_alert(message: Any, record: AlertRecord) -> frozenset[str]:
    alert = message.alert
    put_int(alert, "wait_duration", record.wait_s * 1000, 64)  # the exact one is carried beside it
    parts = [(name, put_text(alert, name, getattr(record, name))) for name in ("title", "text", "level")]
    return said_exactly(*parts)


def take_alert(message: Any) -> dict[str, Any]:
    """What an alert says, by field of AlertRecord."""
    alert = message.alert
    heard: dict[str, Any] = texts(alert, {name: name for name in ("title", "text", "level")})
    heard["wait_s"] = alert.wait_duration / 1000
    return heard


def _put_exit(message: Any, record: ExitRecord) -> frozenset[str]:
    message.exit.SetInParent()
    return said_exactly(
        ("exit_code", put_int(message.exit, "exit_code", record.exit_code, 32)),
        ("runtime", put_int(message.exit, "runtime", record.runtime, 32)),
    )


def _take_exit(message: Any) -> dict[str, Any]:
    return {"exit_code": message.exit.exit_code, "runtime": message.exit.runtime}


def _nothing(message: Any) -> dict[str, Any]:
    return {}


WORDS: dict[type, Words] = {
    RunRecord: Words(_put_run, _take_run),
    SummaryRecord: Words(_put_summary, _take_summary),
    ConfigRecord: Words(_put_config, _take_config),
    MetricRecord: Words(_put_metric, take_metric),
    WatchRecord: Words(_put_watch, _nothing),
    FilesRecord: Words(_put_files, _nothing),
    AlertRecord: Words(_put_alert, take_alert),
    ExitRecord: Words(_put_exit, _take_exit),
    ArtifactRecord: Words(said_artifacts.put_artifact, said_artifacts.take_artifact),
}
