"""Owns offline runs on disk: finding the log of one, and reading it, whoever wrote it.

A log is read as far as it goes. What cannot be read is told in warnings, and is never an error: killed runs leave logs
that end anywhere.
"""

from __future__ import annotations

import os
import warnings
from collections.abc import Iterator, Mapping
from pathlib import Path

from wandb_testkit.artifact_records import ArtifactRecord
from wandb_testkit.errors import NotAnOfflineRunError, OfflineRunWarning
from wandb_testkit.observation import RunView
from wandb_testkit.records import ExitRecord, FilesRecord, Record, RunPath, RunRecord, RunScopedRecord
from wandb_testkit.server.files import CLIENT_FILES
from wandb_testkit.server.local import QUESTIONS, LocalRun
from wandb_testkit.server.stored_run import StoredRun
from wandb_testkit.surroundings import SYSTEM_CLOCK
from wandb_testkit.wire.log_file import LogReader
from wandb_testkit.wire.transaction_log import NotALogError, check_header

SUFFIX = ".wandb"
ARTIFACTS = "artifacts"
"""The directory beside the log in which this kit keeps the files of artifacts."""

MARK = ".synced"
"""What `wandb sync` adds to the name of a log for the empty file that says that it was uploaded."""


def read_offline(path: str | os.PathLike[str]) -> RunView:
    """The run that an offline run directory holds, written by this kit or by the real wandb.

    Args:
        path: The directory, `offline-run-<time>-<id>`, or the `run-<id>.wandb` file in it.
    Returns:
        What was logged; the files are those below `files/`. `state` is "running" where the log does not tell of an end,
        as that of a process that was killed.
    Raises:
        NotAnOfflineRunError: There is no log, or there are several, or the file is none.
    Warns:
        OfflineRunWarning: Something of the run could not be read; `RunView.warnings` says the same.
    Source: MODE-3; logs of wandb 0.15.12 and 0.31.0.
    """
    run, losses = read_quietly(path)
    for loss in losses:
        warnings.warn(loss, stacklevel=2)
    return run


def read_quietly(path: str | os.PathLike[str]) -> tuple[RunView, list[OfflineRunWarning]]:
    """As read_offline(), but what could not be read is returned beside the run.

    Raises:
        NotAnOfflineRunError: As there.
    """
    log = OfflineLog(path)
    runs: list[StoredRun] = []
    keep = LocalRun(runs.append, SYSTEM_CLOCK)
    for record in log.records():
        refusal = keep.apply(record).refusal
        if refusal is not None:
            log.losses.append(OfflineRunWarning(f"{log.file}: a record was passed over: {refusal.message}"))
    (run,) = runs
    return run.view([], [str(loss) for loss in log.losses]), log.losses


class OfflineLog:
    """The transaction log of one offline run.

    Args:
        path: The run's directory, or the log in it.
    Attributes:
        file: The log.
        losses: What could not be read, once records() has come to its end.
    Raises:
        NotAnOfflineRunError: There is no log, or there are several, or the file is none.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.file = _log_at(Path(path))
        self.losses: list[OfflineRunWarning] = []
        self._data = self.file.read_bytes()
        try:
            check_header(self._data)
        except NotALogError as error:
            raise NotAnOfflineRunError(f"{self.file} is no log of a run: {error}") from None

    @property
    def run_id(self) -> str:
        """The id of the run, as the file is called."""
        return self.file.name.removesuffix(SUFFIX).removeprefix("run-")

    @property
    def is_synced(self) -> bool:
        """Whether the run was uploaded, by this kit or by `wandb sync`."""
        return self._mark.exists()

    def mark_synced(self) -> None:
        """Take note that the run was uploaded, as `wandb sync` does."""
        self._mark.touch()

    @property
    def _mark(self) -> Path:
        return self.file.with_name(self.file.name + MARK)

    def records(self) -> Iterator[RunScopedRecord | ArtifactRecord]:
        """Every record about the run: the first one starts it, and its end, if the log tells it, is the last one."""
        files = _files_below(self.file.parent / "files")
        reader = LogReader(files, self._content_at)
        path: RunPath | None = None
        named: set[str] = set()
        end: ExitRecord | None = None
        for record in _read(reader, self._data):
            if isinstance(record, QUESTIONS):
                continue  # its answer is not in the log
            path = path or record.path
            if isinstance(record, ExitRecord):
                end = record
            elif isinstance(record, FilesRecord):
                named.update(record.files)
                yield from _by_owner(path, record.files) if reader.is_foreign else [record]
            else:
                yield record
        if path is None:
            path = RunPath("", "", self.run_id)
            yield RunRecord(path, starts=True)
        yield from _by_owner(path, {name: content for name, content in files.items() if name not in named})
        if end is not None:
            yield end
        self.losses += self._lost(reader)

    def _content_at(self, place: str) -> bytes | None:
        """Of a file of an artifact: where the log says, or else, of a log that was moved, beside it."""
        _, _, moved = place.replace(os.sep, "/").rpartition(f"/{ARTIFACTS}/")
        beside = self.file.parent / ARTIFACTS / (moved or place.removeprefix(f"{ARTIFACTS}/"))
        found = [path for path in (Path(place), beside) if path.is_absolute() and path.is_file()]
        return found[0].read_bytes() if found else None

    def _lost(self, reader: LogReader) -> Iterator[OfflineRunWarning]:
        damage = reader.damage
        if damage is not None:
            count = len(self._data) - damage.offset
            yield OfflineRunWarning(
                f"{self.file} cannot be read from byte {damage.offset} on: {damage.reason}. What was logged from there "
                f"on ({count} bytes) is lost",
                offset=damage.offset,
                lost_bytes=count,
            )
        if reader.lines_due:
            yield OfflineRunWarning(
                f"{self.file} ends amidst a record: its last lines ({reader.lines_due}) are lost",
                offset=len(self._data) if damage is None else damage.offset,
            )
        for name in dict.fromkeys(reader.missing):
            yield OfflineRunWarning(f"{self.file} names the file {name!r}, and there is none below files/")
        for place in dict.fromkeys(reader.missing_of_artifacts):
            yield OfflineRunWarning(
                f"{self.file} names {place!r} as a file of an artifact, and there is none there, or another one by now"
            )
        for kind, number in reader.passed_over.items():
            times = f"{number} records" if number > 1 else "a record"
            yield OfflineRunWarning(
                f"{self.file} has {times} of kind {kind!r}, which this version of the kit does not read"
            )


def _read(reader: LogReader, data: bytes) -> Iterator[Record]:
    yield from reader.feed(data)
    yield from reader.end()


def _by_owner(path: RunPath, files: Mapping[str, bytes]) -> Iterator[FilesRecord]:
    """Files as records: those of the user, and those that a client writes of its own accord (protocol.md 4.7)."""
    for by_client in (False, True):
        some = {name: content for name, content in files.items() if (name in CLIENT_FILES) is by_client}
        if some:
            yield FilesRecord(path, some, by_client)


def _log_at(path: Path) -> Path:
    if path.is_file():
        return path
    if not path.is_dir():
        raise NotAnOfflineRunError(f"{path} does not exist; expected the directory of an offline run")
    logs = sorted(path.glob(f"*{SUFFIX}"))
    if len(logs) == 1:
        return logs[0]
    if logs:
        raise NotAnOfflineRunError(f"{path} holds {len(logs)} logs; name one: {', '.join(log.name for log in logs)}")
    below = sorted(log.parent.name for log in path.glob(f"*/*{SUFFIX}"))
    hint = f"; the directories of runs are below it: {', '.join(below)}" if below else ""
    raise NotAnOfflineRunError(f"{path} is not the directory of a run: there is no run-<id>{SUFFIX} in it{hint}")


def _files_below(directory: Path) -> dict[str, bytes]:
    """Name -> content of every file; links that lead nowhere are passed over."""
    found = (path for path in sorted(directory.rglob("*")) if path.is_file())
    return {path.relative_to(directory).as_posix(): path.read_bytes() for path in found}
