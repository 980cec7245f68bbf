"""Owns the ways that go through a transaction log: an offline run's, which ends there, and one that is read at once.

Encoding is left until somebody needs the bytes: an offline run in memory costs a list of its records.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from wandb_testkit.artifact_records import ArtifactRecord
from wandb_testkit.ports import Backend, Disk, Transport
from wandb_testkit.records import FilesRecord, Record, Result
from wandb_testkit.transport.memory import MemoryTransport

if TYPE_CHECKING:
    from wandb_testkit.wire.log_file import LogReader, LogWriter


class OfflineTransport:
    """Writes an offline run to its directory (MODE-3): `run-<id>.wandb`, and files below `files/`.

    Args:
        keep: Takes the records as well: what is logged can be seen without reading the log.
        run_dir: The directory of the run, as `disk` knows it.
    """

    __slots__ = ("_disk", "_keep", "_log", "_path", "_run_dir")

    def __init__(self, keep: Transport, disk: Disk, run_dir: str, run_id: str) -> None:
        self._keep = keep
        self._disk = disk
        self._run_dir = run_dir
        self._path = f"{run_dir}/run-{run_id}.wandb"
        self._log = _Log()

    def deliver(self, record: Record) -> Result:
        """Write a record, and answer what can be answered without a server."""
        result = self._keep.deliver(record)
        if result.refusal is None:
            self._write(record)
        return result

    def publish(self, record: Record) -> None:
        """Write a record."""
        self._write(record)
        self._keep.publish(record)

    def close(self) -> None:
        """The log is on the disk, or in its memory."""
        self._keep.close()

    def _write(self, record: Record) -> None:
        if isinstance(record, FilesRecord):
            for name, content in record.files.items():
                path = f"{self._run_dir}/files/{name}"
                if self._disk.read(path) != content:
                    self._disk.write(path, content)
        elif isinstance(record, ArtifactRecord):
            for path, content in record.files.items():
                self._disk.write(f"{self._run_dir}/{self._log.place_of(record, path)}", content)
        if self._disk.is_real(self._run_dir):
            self._log.root = self._disk.real_path(self._run_dir)
        self._disk.append(self._path, partial(self._log.encoded, record))


class _Log:
    """How far the log of a run is encoded; the disk may hold it for long, and it holds no disk.

    Attributes:
        root: Where the directory of the run really is, "" as long as that is not known.
    """

    __slots__ = ("_writer", "root")

    def __init__(self) -> None:
        self._writer: LogWriter | None = None
        self.root = ""

    def encoded(self, record: Record, offset: int) -> bytes:
        """A record, as it is written after so many bytes."""
        if self._writer is None:
            from wandb_testkit.wire.log_file import LogWriter  # only a log that is needed loads protobuf

            self._writer = LogWriter(place_of=self.real_place_of)
        return self._writer.write(record, offset)

    @staticmethod
    def place_of(record: ArtifactRecord, path: str) -> str:
        """Where a file of an artifact is, below the directory of the run."""
        return f"artifacts/{record.client_id}/{path}"

    def real_place_of(self, record: ArtifactRecord, path: str) -> str:
        """Where a reader finds a file of an artifact; of what was written in memory, below the directory of the run."""
        place = self.place_of(record, path)
        return f"{self.root}/{place}" if self.root else place


class LogTransport:
    """Carries records to a backend through a transaction log: written, read back, and only then carried out.

    A question is answered by the backend after everything that was written before it.
    """

    __slots__ = ("_carrying", "_reader", "_writer")

    def __init__(self, backend: Backend, api_key: str | None = None, *, version: str = "0.31.0") -> None:
        self._carrying = MemoryTransport(backend, api_key, version=version)
        self._writer: LogWriter | None = None
        self._reader: LogReader | None = None

    def deliver(self, record: Record) -> Result:
        """Send a record through the log, and wait for its answer."""
        (result,) = [self._carrying.deliver(read) for read in self._through_the_log(record)]
        return result

    def publish(self, record: Record) -> None:
        """Send a record through the log; the backend's observer keeps a refusal."""
        self.deliver(record)

    def close(self) -> None:
        """Nothing is open: what was written has been carried out."""

    def _through_the_log(self, record: Record) -> list[Record]:
        if self._writer is None or self._reader is None:
            from wandb_testkit.wire.log_file import LogReader, LogWriter

            self._writer, self._reader = LogWriter(with_contents=True), LogReader()
        return list(self._reader.feed(self._writer.write(record, self._reader.offset)))
