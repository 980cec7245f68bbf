"""Owns the file of a transaction log: a header, then blocks of 32 KiB that hold payloads in fragments, with check sums.

A fragment never crosses the end of a block. Payloads are `Record` messages; what is in them is said in `record_codec`.
Source: the log format of LevelDB; header and check sums (CRC-32 where LevelDB has CRC-32C) as wandb 0.15.12 and 0.31.0
write them.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from typing import NamedTuple

MAGIC = 0xBEE1
VERSION = 0
HEADER = struct.pack("<4sHB", b":W&B", MAGIC, VERSION)

BLOCK_BYTES = 32_768
FULL, FIRST, MIDDLE, LAST = 1, 2, 3, 4
_FRAGMENT = struct.Struct("<IHB")  # check sum, length, kind
_CRC_OF_KIND = {kind: zlib.crc32(bytes([kind])) for kind in (FULL, FIRST, MIDDLE, LAST)}


class NotALogError(ValueError):
    """A file that does not begin as a transaction log does."""


class Payload(NamedTuple):
    """One payload, and the offset in bytes at which it begins in the file."""

    offset: int
    data: bytes


class Damage(NamedTuple):
    """Where a log cannot be read any further, and why.

    Attributes:
        offset: The first byte of what was not read.
        reason: What is wrong there.
        is_truncated: The file just ends there, as that of a killed process does.
    """

    offset: int
    reason: str
    is_truncated: bool


def framed(payload: bytes, offset: int) -> bytes:
    """The bytes to append to a log of `offset` bytes, so that it holds one payload more; an empty one gets a header."""
    parts = []
    if offset == 0:
        parts.append(HEADER)
        offset = len(HEADER)
    room = BLOCK_BYTES - offset % BLOCK_BYTES
    if room < _FRAGMENT.size:
        parts.append(bytes(room))
        room = BLOCK_BYTES
    begin, is_first = 0, True
    while True:
        end = min(len(payload), begin + room - _FRAGMENT.size)
        is_last = end == len(payload)
        kind = (FULL if is_last else FIRST) if is_first else (LAST if is_last else MIDDLE)
        data = payload[begin:end]
        parts += [_FRAGMENT.pack(zlib.crc32(data, _CRC_OF_KIND[kind]), len(data), kind), data]
        if is_last:
            return b"".join(parts)
        begin, is_first, room = end, False, BLOCK_BYTES


def check_header(data: bytes) -> None:
    """See that a file is a transaction log of a version that can be read.

    Raises:
        NotALogError: It is not; an empty or a cut off header is one, for its run never wrote a record.
    """
    if data.startswith(HEADER) or HEADER.startswith(data):
        return
    if data.startswith(HEADER[:-1]):
        raise NotALogError(f"a transaction log of version {data[len(HEADER) - 1]}; version {VERSION} can be read")
    raise NotALogError(f"it begins with {data[: len(HEADER)]!r}, and a transaction log with {HEADER!r}")


def payloads(data: bytes, offset: int = 0) -> Iterator[Payload | Damage]:
    """Every payload of a log, in order; where it cannot be read any further, the last value is a Damage.

    Args:
        data: The log, or what follows its first `offset` bytes.
        offset: Where `data` begins in the log: 0, or the end of a payload.
    """
    at, end = offset, offset + len(data)
    if at == 0:
        if end < len(HEADER):
            if data:
                yield Damage(0, f"the header has {end} of {len(HEADER)} bytes", True)
            return
        at = len(HEADER)
    while at < end:
        begin = at
        fragments: list[bytes] = []
        while True:
            room = BLOCK_BYTES - at % BLOCK_BYTES
            if room < _FRAGMENT.size:
                if any(data[at - offset : at - offset + room]):
                    yield Damage(begin, f"the rest of the block at byte {at} is not empty", False)
                    return
                at += room
                begin = begin if fragments else at
                room = BLOCK_BYTES
            if at >= end:
                if fragments:
                    yield Damage(begin, "the file ends between two fragments of a record", True)
                return
            fragment = _fragment(data, at - offset, room, bool(fragments))
            if isinstance(fragment, Damage):
                yield fragment._replace(offset=begin)
                return
            kind, content = fragment
            fragments.append(content)
            at += _FRAGMENT.size + len(content)
            if kind in (FULL, LAST):
                break
        yield Payload(begin, b"".join(fragments))


def _fragment(data: bytes, at: int, room: int, is_inside: bool) -> tuple[int, bytes] | Damage:
    head = data[at : at + _FRAGMENT.size]
    if len(head) < _FRAGMENT.size:
        return Damage(at, "the file ends within the head of a fragment", True)
    check_sum, length, kind = _FRAGMENT.unpack(head)
    expected = (MIDDLE, LAST) if is_inside else (FULL, FIRST)
    if kind not in expected:
        return Damage(at, f"a fragment is of kind {kind}, and {expected[0]} or {expected[1]} is due", False)
    if length > room - _FRAGMENT.size:
        return Damage(at, f"a fragment of {length} bytes does not fit into its block", False)
    content = data[at + _FRAGMENT.size : at + _FRAGMENT.size + length]
    if len(content) < length:
        return Damage(at, f"the file ends within a fragment: {len(content)} of {length} bytes", True)
    if zlib.crc32(content, _CRC_OF_KIND[kind]) != check_sum:
        return Damage(at, "the check sum of a fragment is wrong", False)
    return kind, content
