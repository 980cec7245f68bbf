"""Owns the reading of what swanlab has stored: one directory a run, with a log of protobuf records and the config.

The frames are those of LevelDB's log, behind seven bytes of its own. Source: runs that swanlab 0.10 wrote; the numbers
of the fields are those of its message descriptors.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

HEADER_BYTES = 7
BLOCK_BYTES = 32 * 1024
FRAME = struct.Struct("<IHB")  # checksum, length, kind
LAST_PIECES = (1, 4)  # a whole record, and the last piece of one

START, FINISH, SCALAR = 10, 11, 13
SUCCESS = 1

_START_FIELDS: Mapping[int, str] = {1: "project", 4: "name", 5: "notes", 7: "group", 8: "job_type", 10: "id"}
_TAGS = 6


def swanlab_runs(folder: Path) -> list[dict[str, Any]]:
    """Every run below a folder, oldest first, as the fields of a RunView."""
    logs = sorted(folder.rglob("*.swanlab"), key=lambda path: path.stat().st_mtime_ns)
    return [_run(path) for path in logs]


def _run(path: Path) -> dict[str, Any]:
    run: dict[str, Any] = {"id": path.stem.removeprefix("run-"), "project": "", "tags": [], "history": []}
    rows: dict[int, dict[str, Any]] = {}
    for record in _records(path.read_bytes()):
        for number, value in _fields(record):
            if number == START:
                told = list(_fields(value))
                run |= {_START_FIELDS[at]: text.decode() for at, text in told if at in _START_FIELDS}
                run["tags"] = [text.decode() for at, text in told if at == _TAGS]
            elif number == SCALAR:
                scalar = dict(_fields(value))
                step = scalar.get(2, 0)
                number_logged = dict(_fields(scalar.get(5, b""))).get(1, 0.0)
                rows.setdefault(step, {"_step": step})[scalar[1].decode()] = number_logged
            elif number == FINISH:
                run["exit_code"] = 0 if dict(_fields(value)).get(1) == SUCCESS else 1
    config = path.parent / "files" / "config.yaml"
    return {**run, "config": _config(config), "history": [rows[step] for step in sorted(rows)]}


def _config(path: Path) -> dict[str, Any]:
    if not path.exists():
        return {}
    import yaml

    read = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
    return {key: item["value"] for key, item in read.items()}


def _records(log: bytes) -> Iterator[bytes]:
    at, pieces = HEADER_BYTES, b""
    while at + FRAME.size <= len(log):
        left = BLOCK_BYTES - at % BLOCK_BYTES
        if left < FRAME.size:
            at += left
            continue
        _, length, kind = FRAME.unpack_from(log, at)
        at += FRAME.size
        pieces += log[at : at + length]
        at += length
        if kind in LAST_PIECES:
            yield pieces
            pieces = b""


def _fields(message: bytes) -> Iterator[tuple[int, Any]]:
    """Number and value of each field: an int, a float of eight bytes, or bytes."""
    at = 0
    while at < len(message):
        tag, at = _varint(message, at)
        kind = tag & 7
        if kind == 0:
            value: Any
            value, at = _varint(message, at)
        elif kind == 1:
            (value,) = struct.unpack_from("<d", message, at)
            at += 8
        elif kind == 2:
            length, at = _varint(message, at)
            value = message[at : at + length]
            at += length
        else:
            value = message[at : at + 4]
            at += 4
        yield tag >> 3, value


def _varint(message: bytes, at: int) -> tuple[int, int]:
    number = shift = 0
    while True:
        byte = message[at]
        at += 1
        number |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            return number, at
