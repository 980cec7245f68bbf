"""Owns the message types of wandb's transaction log: names, numbers and types of fields, as Python values.

The classes are built at first use, in a descriptor pool of our own: the default pool belongs to the real wandb, which
may be imported beside us, and generated code would tie us to one version of protobuf. Only fields that somebody here
reads or writes are listed; protobuf passes over the rest, as real readers do over ours. Enums are int32, which is the
same on the wire. Source: the descriptors of wandb 0.15.12 and 0.31.0, which agree in everything listed here.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

EXTRA = 77_001
"""The number of our own field of Record and Result: far outside wandb's, so that real readers pass it over."""

_ITEM = {"key": (1, "string"), "nested_key": (2, "[string]"), "value_json": (16, "string")}

MESSAGES: Mapping[str, Mapping[str, tuple[int, str]]] = {
    "Record": {
        "num": (1, "int64"),
        "history": (2, "HistoryRecord"),
        "summary": (3, "SummaryRecord"),
        "output": (4, "OutputRecord"),
        "config": (5, "ConfigRecord"),
        "files": (6, "FilesRecord"),
        "stats": (7, "StatsRecord"),
        "artifact": (8, "ArtifactRecord"),
        "tbrecord": (9, "Empty"),
        "alert": (10, "AlertRecord"),
        "telemetry": (11, "TelemetryRecord"),
        "metric": (12, "MetricRecord"),
        "output_raw": (13, "OutputRecord"),
        "run": (17, "RunRecord"),
        "exit": (18, "RunExitRecord"),
        "final": (20, "Empty"),
        "header": (21, "HeaderRecord"),
        "footer": (22, "Empty"),
        "preempting": (23, "Empty"),
        "control": (16, "Control"),
        "noop_link_artifact": (24, "Empty"),
        "use_artifact": (25, "Empty"),
        "environment": (26, "EnvironmentRecord"),
        "output_logger": (27, "Empty"),
        "request": (100, "Empty"),
        "_info": (200, "RecordInfo"),
        "extra": (EXTRA, "Extra"),
    },
    "Result": {"extra": (EXTRA, "Extra")},
    "Extra": {"json": (1, "string"), "contents": (2, "[bytes]")},
    "Empty": {},
    "Control": {"mailbox_slot": (4, "string")},
    "RecordInfo": {"stream_id": (1, "string")},
    "Timestamp": {"seconds": (1, "int64"), "nanos": (2, "int32")},
    "Item": _ITEM,
    "HistoryRecord": {"item": (1, "[Item]"), "step": (2, "HistoryStep")},
    "HistoryStep": {"num": (1, "int64")},
    "SummaryRecord": {"update": (1, "[Item]"), "remove": (2, "[Item]")},
    "ConfigRecord": {"update": (1, "[Item]"), "remove": (2, "[Item]")},
    "OutputRecord": {"output_type": (1, "int32"), "timestamp": (2, "Timestamp"), "line": (3, "string")},
    "FilesRecord": {"files": (1, "[FilesItem]")},
    "FilesItem": {"path": (1, "string"), "policy": (2, "int32"), "type": (3, "int32")},
    "StatsRecord": {"stats_type": (1, "int32"), "timestamp": (2, "Timestamp"), "item": (3, "[StatsItem]")},
    "StatsItem": {"key": (1, "string"), "value_json": (16, "string")},
    "ArtifactRecord": {
        "run_id": (1, "string"),
        "project": (2, "string"),
        "entity": (3, "string"),
        "type": (4, "string"),
        "name": (5, "string"),
        "digest": (6, "string"),
        "description": (7, "string"),
        "metadata": (8, "string"),
        "user_created": (9, "bool"),
        "use_after_commit": (10, "bool"),
        "aliases": (11, "[string]"),
        "manifest": (12, "ArtifactManifest"),
        "distributed_id": (13, "string"),
        "finalize": (14, "bool"),
        "client_id": (15, "string"),
        "sequence_client_id": (16, "string"),
        "base_id": (17, "string"),
        "ttl_duration_seconds": (18, "int64"),
        "tags": (19, "[string]"),
        "digest_algorithm": (20, "string"),
        "incremental_beta1": (100, "bool"),
    },
    "ArtifactManifest": {
        "version": (1, "int32"),
        "storage_policy": (2, "string"),
        "storage_policy_config": (3, "[JsonItem]"),
        "contents": (4, "[ArtifactManifestEntry]"),
        "manifest_file_path": (5, "string"),
    },
    "ArtifactManifestEntry": {
        "path": (1, "string"),
        "digest": (2, "string"),
        "ref": (3, "string"),
        "size": (4, "int64"),
        "local_path": (6, "string"),
        "birth_artifact_id": (7, "string"),
        "extra": (16, "[JsonItem]"),
    },
    "JsonItem": {"key": (1, "string"), "value_json": (2, "string")},
    "AlertRecord": {
        "title": (1, "string"),
        "text": (2, "string"),
        "level": (3, "string"),
        "wait_duration": (4, "int64"),
    },
    "TelemetryRecord": {
        "feature": (3, "Feature"),
        "python_version": (4, "string"),
        "cli_version": (5, "string"),
        "platform": (13, "string"),
    },
    "Feature": {"watch": (1, "bool"), "offline": (4, "bool")},
    "MetricRecord": {
        "name": (1, "string"),
        "glob_name": (2, "string"),
        "step_metric": (4, "string"),
        "step_metric_index": (5, "int32"),
        "options": (6, "MetricOptions"),
        "summary": (7, "MetricSummary"),
        "goal": (8, "int32"),
        "expanded_from_glob": (10, "bool"),
    },
    "MetricOptions": {"step_sync": (1, "bool"), "hidden": (2, "bool"), "defined": (3, "bool")},
    "MetricSummary": {
        "min": (1, "bool"),
        "max": (2, "bool"),
        "mean": (3, "bool"),
        "best": (4, "bool"),
        "last": (5, "bool"),
        "none": (6, "bool"),
        "copy": (7, "bool"),
        "first": (8, "bool"),
    },
    "RunRecord": {
        "run_id": (1, "string"),
        "entity": (2, "string"),
        "project": (3, "string"),
        "config": (4, "ConfigRecord"),
        "summary": (5, "SummaryRecord"),
        "run_group": (6, "string"),
        "job_type": (7, "string"),
        "display_name": (8, "string"),
        "notes": (9, "string"),
        "tags": (10, "[string]"),
        "sweep_id": (12, "string"),
        "host": (13, "string"),
        "starting_step": (14, "int64"),
        "start_time": (17, "Timestamp"),
        "resumed": (18, "bool"),
        "telemetry": (19, "TelemetryRecord"),
        "git": (21, "GitRepoRecord"),
    },
    "GitRepoRecord": {"remote_url": (1, "string"), "commit": (2, "string")},
    "RunExitRecord": {"exit_code": (1, "int32"), "runtime": (2, "int32")},
    "HeaderRecord": {"version_info": (1, "VersionInfo")},
    "VersionInfo": {"producer": (1, "string"), "min_consumer": (2, "string")},
    "EnvironmentRecord": {
        "os": (1, "string"),
        "python": (2, "string"),
        "program": (6, "string"),
        "git": (9, "GitRepoRecord"),
        "host": (12, "string"),
    },
}
"""Message -> field -> (number, type); a type in brackets is repeated."""

_OUTSIDE_THE_CHOICE = {"num", "control", "_info", "extra"}
"""Fields of Record that stand beside its record_type; of all others a record has one."""

_SCALARS = {"double": 1, "int64": 3, "int32": 5, "bool": 8, "string": 9, "bytes": 12}
_MESSAGE = 11


@cache
def message_class(name: str) -> Any:
    """The class of one message, by its name in MESSAGES.

    Raises:
        ImportError: protobuf is not installed.
    """
    return _classes()[name]


@cache
def _classes() -> dict[str, Any]:
    from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

    package = "wandb_testkit"
    file = descriptor_pb2.FileDescriptorProto(name=f"{package}/transaction_log.proto", package=package, syntax="proto3")
    for name, fields in MESSAGES.items():
        message = file.message_type.add(name=name)
        if name == "Record":
            message.oneof_decl.add(name="record_type")
        for field_name, (number, kind) in fields.items():
            field = message.field.add(name=field_name, number=number)
            bare = kind.strip("[]")
            field.label = field.LABEL_OPTIONAL if bare == kind else field.LABEL_REPEATED
            field.type = _SCALARS.get(bare, _MESSAGE)  # type: ignore[assignment] # the enum's members are ints
            if bare not in _SCALARS:
                field.type_name = f".{package}.{bare}"
            if name == "Record" and field_name not in _OUTSIDE_THE_CHOICE:
                field.oneof_index = 0
    pool = descriptor_pool.DescriptorPool()
    pool.AddSerializedFile(file.SerializeToString())
    found = {name: pool.FindMessageTypeByName(f"{package}.{name}") for name in MESSAGES}
    if hasattr(message_factory, "GetMessageClass"):  # protobuf 4.22 and newer
        return {name: message_factory.GetMessageClass(descriptor) for name, descriptor in found.items()}
    factory: Any = message_factory.MessageFactory(pool)
    return {name: factory.GetPrototype(descriptor) for name, descriptor in found.items()}
