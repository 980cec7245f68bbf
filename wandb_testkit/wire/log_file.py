"""Owns a whole transaction log: records written one after the other, and read back, ours and those of real clients."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any

from wandb_testkit.artifact_records import ArtifactRecord
from wandb_testkit.records import ConfigRecord, ExitRecord, Record, RunRecord, SummaryRecord
from wandb_testkit.wire.foreign_log import ForeignReader
from wandb_testkit.wire.http import WireError
from wandb_testkit.wire.messages import message_class
from wandb_testkit.wire.record_codec import OwnReader, messages_of, parsed
from wandb_testkit.wire.said_artifacts import files_of, put_places
from wandb_testkit.wire.said_parts import utf8
from wandb_testkit.wire.transaction_log import Damage, check_header, framed, payloads

PRODUCER = "wandb_testkit"


class LogWriter:
    """Writes the records of one log.

    Records hold the whole config and the whole summary, wandb's messages hold changes: what is there no more is told to
    real readers too.

    Args:
        with_contents: Whether the contents of files are in the log; wandb's own only names them.
        place_of: Tells where a file of an artifact is, by the artifact and the path in it.
    """

    def __init__(
        self, *, with_contents: bool = False, place_of: Callable[[ArtifactRecord, str], str] | None = None
    ) -> None:
        self._with_contents = with_contents
        self._place_of = place_of
        self._number = 0
        self._keys: dict[str, set[str]] = {"config": set(), "summary": set()}

    def write(self, record: Record, offset: int) -> bytes:
        """The bytes to append to the log, which has `offset` bytes already.

        Raises:
            TypeError: A value is not JSON.
        """
        parts: list[bytes] = []
        said = messages_of(record, with_contents=self._with_contents)
        for message in (*self._header(offset), *said, *_after(record)):
            self._number += 1
            message.num = self._number
            if message.HasField("run") or message.HasField("exit"):
                message.control.mailbox_slot = f"slot{self._number}"  # `wandb sync` of 0.28 waits for their answers
            if isinstance(record, ArtifactRecord) and self._place_of is not None:
                put_places(message, partial(self._place_of, record))
            elif isinstance(record, SummaryRecord):
                self._tell_what_is_gone("summary", record.summary, message.summary)
            elif isinstance(record, ConfigRecord):
                self._tell_what_is_gone("config", record.config, message.config)
            elif isinstance(record, RunRecord) and record.config is not None:
                self._tell_what_is_gone("config", record.config, message.run.config)
            part = framed(message.SerializeToString(), offset)
            offset += len(part)
            parts.append(part)
        return b"".join(parts)

    def _header(self, offset: int) -> Iterator[Any]:
        if offset == 0:
            header = message_class("Record")()
            header.header.version_info.producer = PRODUCER
            yield header

    def _tell_what_is_gone(self, name: str, values: Mapping[str, Any], changes: Any) -> None:
        for key in sorted(self._keys[name].difference(values)):
            changes.remove.add(key=utf8(key))
        self._keys[name] = set(values)


def _after(record: Record) -> Iterator[Any]:
    """Behind the end of a run come two messages without which `wandb sync` of 0.22 and older takes no exit code."""
    if isinstance(record, ExitRecord):
        for kind in ("final", "footer"):
            message = message_class("Record")()
            getattr(message, kind).SetInParent()
            yield message


class LogReader:
    """Reads a log, or a log that is still growing.

    Args:
        files: What is below the run's files directory, by name; needed where the log has no contents.
        content_at: Tells the content of a place on the disk, where the log says that a file of an artifact is.

    Attributes:
        offset: As far as the log was read.
        damage: Where it cannot be read any further, None if it was read to its end.
        missing: Files that the log names and `files` does not have.
        missing_of_artifacts: Places in which files of artifacts should be, and are not, or not as they were.
        lines_due: How many lines of the last record did not come, once end() was called.
    """

    def __init__(
        self, files: Mapping[str, bytes] | None = None, content_at: Callable[[str], bytes | None] = lambda place: None
    ) -> None:
        self.offset = 0
        self.damage: Damage | None = None
        self.missing: list[str] = []
        self.missing_of_artifacts: list[str] = []
        self._content_at = content_at
        self._files = files or {}
        self.lines_due = 0
        self._foreign = ForeignReader(self._files, self.missing.append, self._artifact_files)
        self._own = OwnReader(self._content_of, self._artifact_files)

    def feed(self, data: bytes) -> Iterator[Record]:
        """The records of what has come to the log, in order.

        Args:
            data: What follows the first `offset` bytes; ends with a payload.
        Raises:
            NotALogError: The log does not begin as one.
        """
        if self.offset == 0:
            check_header(data)
        for payload in payloads(data, self.offset):
            if isinstance(payload, Damage):
                self.damage = payload
                return
            try:
                message = parsed(payload.data)
                found = self._own.feed(message) if self._own.takes(message) else self._foreign.feed(message)
            except WireError as error:
                self.damage = Damage(payload.offset, error.message, False)
                return
            yield from found
        self.offset += len(data)

    def end(self) -> list[Record]:
        """What the log leaves open: rows of a batch that is not complete, console text without the end of its line."""
        self.lines_due = self._own.lines_due
        return [*self._own.end(), *self._foreign.end()]

    @property
    def is_foreign(self) -> bool:
        """Whether a real client wrote the log."""
        return self._foreign.has_started

    @property
    def passed_over(self) -> Mapping[str, int]:
        """Messages of kinds that are not modelled, counted by kind."""
        return self._foreign.passed_over

    def _content_of(self, name: str) -> bytes | None:
        content = self._files.get(name)
        if content is None:
            self.missing.append(name)
        return content

    def _artifact_files(self, message: Any) -> dict[str, bytes]:
        return files_of(message, self._content_at, self.missing_of_artifacts.append)
