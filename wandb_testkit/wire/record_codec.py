"""Owns records as messages of wandb's transaction log, and back: the one encoding in which records leave a process.

What wandb's messages can say is said in their own fields, so that real readers understand it; whatever else a record
has travels in the field `extra` (number EXTRA), which they pass over. A field that is new in `records` needs nothing
here, and so does a new kind of record: until somebody says it in wandb's words, it travels in `extra`. Nothing is ever
unpickled. A row, a console line and a sample are a message each; the first one tells how many there are.
"""

from __future__ import annotations

import base64
import struct
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import MISSING, fields
from functools import cache
from typing import Any, cast

from wandb_testkit.artifact_records import ArtifactInfo, ArtifactRecord
from wandb_testkit.records import KINDS, Account, Record, Refusal, Result, RunInfo, RunPath, RunStatus
from wandb_testkit.wire.http import WireError, decode_json
from wandb_testkit.wire.json_text import json_text
from wandb_testkit.wire.messages import message_class
from wandb_testkit.wire.said import WORDS
from wandb_testkit.wire.said_lines import STREAMS, Stream
from wandb_testkit.wire.said_parts import utf8

_LENGTH = struct.Struct("<I")

_RECORD_OF_KIND = {kind: record for record, kind in KINDS.items()}

_OPEN_STREAM = "count"
"""The entry of `extra` that tells how many messages make up the record."""


def encode(record: Record) -> bytes:
    """A record as bytes: its messages, each behind its length (4 bytes, little-endian).

    Raises:
        TypeError: A value is not JSON.
    """
    return b"".join(
        part for message in messages_of(record) for part in (_LENGTH.pack(message.ByteSize()), _serialized(message))
    )


def decode(data: bytes) -> Record:
    """The record that encode() was given.

    Raises:
        WireError: The bytes are not one whole record.
    """
    reader = OwnReader()
    found: list[Record] = []
    for payload in _split(data):
        message = parsed(payload)
        if not reader.takes(message):
            raise WireError(f"a {message.WhichOneof('record_type') or 'record'} message without the kit's own field")
        found += reader.feed(message)
    if len(found) != 1 or reader.is_open:
        raise WireError(f"{len(data)} bytes should be one record, and are {len(found)}")
    return found[0]


def encode_result(result: Result) -> bytes:
    """An answer as bytes."""
    message = message_class("Result")()
    message.extra.json = json_text({name: _plain(value) for name, value in _parts(result) if value is not None})
    return _serialized(message)


def decode_result(data: bytes) -> Result:
    """The answer that encode_result() was given.

    Raises:
        WireError: The bytes are no answer.
    """
    parts = _extra_of(_parsed_as("Result", data))
    try:
        return Result(**{name: _READ_PART[name](value) for name, value in parts.items()})
    except (KeyError, TypeError, ValueError) as error:
        raise WireError(f"an answer that cannot be read: {error!r}") from None


# ---------------------------------------------------------------------- record -> messages


def messages_of(record: Record, *, with_contents: bool = True) -> Iterator[Any]:
    """The messages that say a record, in order.

    Args:
        with_contents: Whether the contents of files are in them; a log keeps those of a run beside itself, as wandb's
            does.
    """
    kind = type(record)
    stream = STREAMS.get(kind)
    if stream is not None:
        yield from _stream_messages(record, stream)
        return
    message = message_class("Record")()
    say = WORDS.get(kind)
    done = say.put(message, record) if say is not None else frozenset()
    extra: dict[str, Any] = {"kind": KINDS[kind]}
    for field in fields(record):
        value = getattr(record, field.name)
        if field.name in done or (field.default is not MISSING and value is field.default):
            continue
        if _is_contents(kind, field.name):
            extra[field.name] = list(value)
            message.extra.contents.extend(value.values() if with_contents else ())
        else:
            extra[field.name] = value
    _finish(message, record, extra)
    yield message


def _stream_messages(record: Any, stream: Stream) -> Iterator[Any]:
    lines = list(stream.lines(record))
    extra: dict[str, Any] = {"kind": KINDS[type(record)], _OPEN_STREAM: len(lines)}
    for field in fields(record):
        value = getattr(record, field.name)
        if field.name not in stream.fields and not (field.default is not MISSING and value is field.default):
            extra[field.name] = value
    for line in lines or [None]:
        message = message_class("Record")()
        if line is not None and not stream.put(message, line):
            extra["exact"] = line
        _finish(message, record, extra)
        yield message
        extra = {}


def _finish(message: Any, record: Any, extra: Mapping[str, Any]) -> None:
    path = getattr(record, "path", None)
    if path is not None:
        message._info.stream_id = utf8(path.run_id)
    if extra:
        message.extra.json = json_text(extra)


# ---------------------------------------------------------------------- messages -> records


class OwnReader:
    """Puts records together again from the messages that messages_of() made.

    Args:
        content_of: Tells the content of a file that the message only names, None where it is not to be found.
        artifact_files: Tells those of a version, of the message that names their places.
    """

    def __init__(
        self,
        content_of: Callable[[str], bytes | None] = lambda name: None,
        artifact_files: Callable[[Any], dict[str, bytes]] = lambda message: {},
    ) -> None:
        self._content_of = content_of
        self._artifact_files = artifact_files
        self._stream: Stream | None = None
        self._extra: dict[str, Any] = {}
        self._lines: list[Any] = []

    @property
    def is_open(self) -> bool:
        """Whether more messages are to come for the record under way."""
        return self._stream is not None

    @property
    def lines_due(self) -> int:
        """How many messages are to come for the record under way."""
        return self._extra[_OPEN_STREAM] - len(self._lines) if self.is_open else 0

    def takes(self, message: Any) -> bool:
        """Whether a message is one of ours: it says so, or a record of ours is not complete yet."""
        return self.is_open or message.HasField("extra")

    def feed(self, message: Any) -> list[Record]:
        """Take the next message, and return the record that it completes, if it does.

        Raises:
            WireError: The message is not one that messages_of() makes, or is not the one that is due.
        """
        try:
            return self._feed(message, _extra_of(message))
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise WireError(f"a record that cannot be read: {error!r}") from None

    def _feed(self, message: Any, extra: dict[str, Any]) -> list[Record]:
        if self._stream is None:
            kind = _RECORD_OF_KIND.get(extra.get("kind", ""))
            if kind is None:
                raise WireError(f"a record of kind {extra.get('kind')!r}; known are {', '.join(_RECORD_OF_KIND)}")
            stream = STREAMS.get(kind)
            if stream is None:
                return [self._record(kind, message, extra)]
            self._stream, self._extra = stream, extra
            if not extra.get(_OPEN_STREAM):
                return self.end()
        if not self._stream.is_in(message):
            raise WireError(f"a {message.WhichOneof('record_type')} message amidst a {self._extra['kind']} record")
        self._lines.append(extra["exact"] if "exact" in extra else self._stream.take(message))
        return self.end() if len(self._lines) == self._extra[_OPEN_STREAM] else []

    def end(self) -> list[Record]:
        """The record under way, complete or not, with as many lines as came."""
        stream, extra, lines = self._stream, self._extra, self._lines
        self._stream, self._extra, self._lines = None, {}, []
        if stream is None:
            return []
        kind = _RECORD_OF_KIND[extra["kind"]]
        return [cast(Record, kind(**stream.gather(lines), **_named(kind, extra)))]

    def _record(self, kind: type, message: Any, extra: dict[str, Any]) -> Record:
        say = WORDS.get(kind)
        values = {} if say is None else dict(say.take(message))
        values.update(_named(kind, extra))
        for name, names in values.items():
            if kind is ArtifactRecord and name == "files" and not message.extra.contents:
                values[name] = self._artifact_files(message) if names else {}
            elif _is_contents(kind, name):
                values[name] = self._with_contents(names, message.extra.contents)
        return cast(Record, kind(**values))

    def _with_contents(self, names: Sequence[str], contents: Sequence[bytes]) -> dict[str, bytes]:
        if contents:
            if len(names) != len(contents):
                raise WireError(f"{len(names)} names of files, and {len(contents)} contents")
            return dict(zip(names, contents, strict=True))
        found = {name: self._content_of(name) for name in names}
        return {name: content for name, content in found.items() if content is not None}


def _named(kind: type, extra: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of a record that `extra` names, in the types that they have in a record."""
    types = _types(kind)
    return {
        name: _READ_TYPE.get(types[name].partition("[")[0], _as_it_is)(value)
        for name, value in extra.items()
        if name in types
    }


@cache
def _types(kind: type) -> dict[str, str]:
    return {field.name: str(field.type) for field in fields(kind)}


def _is_contents(kind: type, name: str) -> bool:
    return _types(kind)[name] == "Mapping[str, bytes]"


def _as_it_is(value: Any) -> Any:
    return value


def _path(value: Sequence[str]) -> RunPath:
    return RunPath(*value)


def _tuple(value: Sequence[Any] | None) -> tuple[Any, ...] | None:
    return None if value is None else tuple(value)


_READ_TYPE: dict[str, Callable[[Any], Any]] = {"RunPath": _path, "tuple": _tuple}
"""What JSON has made a list of; by the type of the field, without what it holds."""


# ---------------------------------------------------------------------- answers


def _parts(result: Result) -> Iterator[tuple[str, Any]]:
    return ((field.name, getattr(result, field.name)) for field in fields(result))


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return value
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    return {
        name: sorted(item) if isinstance(item, frozenset) else item
        for name, item in zip(value._fields, value, strict=True)
    }


def _account(value: dict[str, Any]) -> Account:
    lists = {name: tuple(item) for name, item in value.items() if isinstance(item, list)}
    return Account(**{**value, **lists, "strangers": frozenset(value["strangers"])})


def _status(value: dict[str, Any]) -> RunStatus:
    return RunStatus(**{**value, "tags": tuple(value["tags"]), "unreadable": tuple(value["unreadable"])})


def _run(value: dict[str, Any]) -> RunInfo:
    return RunInfo(**{**value, "path": RunPath(*value["path"])})


def _refusal(value: dict[str, Any]) -> Refusal:
    return Refusal(**value)


def _artifact(value: dict[str, Any]) -> ArtifactInfo:
    paths = {name: RunPath(*value[name]) for name in ("path", "source")}
    lists = {name: tuple(value[name]) for name in ("aliases", "tags")}
    return ArtifactInfo(**{**value, **paths, **lists})


_READ_PART: dict[str, Callable[[Any], Any]] = {
    "account": _account,
    "status": _status,
    "run": _run,
    "file": base64.b64decode,
    "data": dict,
    "refusal": _refusal,
    "artifact": _artifact,
}


# ---------------------------------------------------------------------- bytes


def load_messages() -> None:
    """Build the types of what is sent and answered now, and not with the first of them."""
    for name in ("Record", "Result"):
        message_class(name)


def parsed(data: bytes) -> Any:
    """One message of a log.

    Raises:
        WireError: The bytes are no message.
    """
    return _parsed_as("Record", data)


def _parsed_as(name: str, data: bytes) -> Any:
    from google.protobuf.message import DecodeError

    message = message_class(name)()
    try:
        message.ParseFromString(data)
    except (DecodeError, UnicodeDecodeError) as error:
        raise WireError(f"{len(data)} bytes that are no {name} message: {error}") from None
    return message


def _serialized(message: Any) -> bytes:
    return cast(bytes, message.SerializeToString())


def _extra_of(message: Any) -> dict[str, Any]:
    text = message.extra.json
    extra = decode_json(text, "extra") if text else {}
    if not isinstance(extra, dict):
        raise WireError(f"extra should be an object, not {type(extra).__name__}")
    return extra


def _split(data: bytes) -> Iterator[bytes]:
    at = 0
    while at < len(data):
        if at + _LENGTH.size > len(data):
            raise WireError(f"the bytes end within a length, at {at}")
        (length,) = _LENGTH.unpack_from(data, at)
        at += _LENGTH.size
        if at + length > len(data):
            raise WireError(f"the bytes end within a message, at {at}")
        yield data[at : at + length]
        at += length
