"""Owns the frames in which a process and its service speak over pipes: a head of fixed size, then bytes.

Nothing is ever unpickled: records and answers are in the encoding of the transaction log, the rest is JSON.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Callable
from enum import IntEnum
from typing import Any, NamedTuple

from wandb_testkit.records import Record, Refusal, Result
from wandb_testkit.wire.http import WireError, as_object, decode_json
from wandb_testkit.wire.record_codec import decode, decode_result, encode, encode_result

_HEAD = struct.Struct("<BIII")
_LENGTH = struct.Struct("<I")

MAX_FRAME_BYTES = 2**31
"""More than any record; a head that says more is none."""


class FrameKind(IntEnum):
    """What a frame is: CONNECT to DISCONNECT go to the service, ANSWER and UNSENT come back.

    A child asks its parent for the WORLD that it is in, tells it of a NOTICE that it gave its user, and has it LOG rows
    to a run that is the parent's.
    """

    CONNECT = 1
    PUBLISH = 2
    DELIVER = 3
    BARRIER = 4
    DISCONNECT = 5
    ANSWER = 6
    UNSENT = 7
    WORLD = 8
    NOTICE = 9
    LOG = 10


class Frame(NamedTuple):
    """One frame.

    Attributes:
        connection: The number of a connection, chosen by who connects.
        sequence: The number of a question; its answer has the same.
    """

    kind: FrameKind
    connection: int
    sequence: int
    payload: bytes = b""


def frame_bytes(frame: Frame) -> bytes:
    """A frame as bytes."""
    return _HEAD.pack(frame.kind, frame.connection, frame.sequence, len(frame.payload)) + frame.payload


def read_frame(read: Callable[[int], bytes]) -> Frame | None:
    """The next frame, None at the end (one that was cut off is none).

    Args:
        read: Gives as many bytes as asked, fewer at the end only.
    Raises:
        WireError: The bytes are no frame.
    """
    head = read(_HEAD.size)
    if len(head) < _HEAD.size:
        return None
    kind, connection, sequence, length = _HEAD.unpack(head)
    _check(kind, length)
    payload = read(length)
    return None if len(payload) < length else Frame(FrameKind(kind), connection, sequence, payload)


def take_frames(received: bytearray) -> list[Frame]:
    """Take every whole frame out of what has come so far; the rest stays.

    Raises:
        WireError: The bytes are no frame.
    """
    frames, at = [], 0
    while len(received) - at >= _HEAD.size:
        kind, connection, sequence, length = _HEAD.unpack_from(received, at)
        _check(kind, length)
        start, end = at + _HEAD.size, at + _HEAD.size + length
        if len(received) < end:
            break
        frames.append(Frame(FrameKind(kind), connection, sequence, bytes(received[start:end])))
        at = end
    del received[:at]
    return frames


def _check(kind: int, length: int) -> None:
    if length > MAX_FRAME_BYTES or kind not in FrameKind.__members__.values():
        raise WireError(f"a frame of kind {kind} and {length} bytes: the other side speaks something else")


def json_payload(value: dict[str, Any]) -> bytes:
    """What a connection is to be made of."""
    return json.dumps(value).encode()


def read_json_payload(payload: bytes) -> dict[str, Any]:
    """What json_payload() was given."""
    return as_object(decode_json(payload, "the frame"), "the frame")


def unsent_payload(record: Record, refusal: Refusal, key: str) -> bytes:
    """A record that was not accepted, why, and the key of the request that ended it."""
    encoded, name = encode(record), key.encode()
    parts = (_LENGTH.pack(len(name)), name, _LENGTH.pack(len(encoded)), encoded)
    return b"".join((*parts, encode_result(Result(refusal=refusal))))


def read_unsent_payload(payload: bytes) -> tuple[Record, Refusal, str]:
    """What unsent_payload() was given."""
    name, rest = _cut(payload)
    encoded, rest = _cut(rest)
    refusal = decode_result(rest).refusal
    if refusal is None:
        raise WireError("a record that was not accepted comes without a reason")
    return decode(encoded), refusal, name.decode()


def _cut(data: bytes) -> tuple[bytes, bytes]:
    (length,) = _LENGTH.unpack_from(data)
    end = _LENGTH.size + length
    return data[_LENGTH.size : end], data[end:]
