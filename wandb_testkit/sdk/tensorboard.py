"""Owns `sync_tensorboard`: what event writers of this process write becomes rows and files of the active run.

The classes that write events (tensorboard's, which torch uses too, and tensorboardX's) tell a run of each event when it
is handed to them. Rows are made of the events when somebody reads, and at the end; so nothing has to wait for threads
that write files. Source: TB-1 to TB-3.
"""

from __future__ import annotations

import contextlib
import functools
import io
import os
import re
import socket
from collections.abc import Callable, Iterator
from importlib import import_module
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary, ref

from wandb_testkit.records import Row
from wandb_testkit.sdk.event_values import Curve, Event, EventRow, EventRules, Picture, values_of
from wandb_testkit.sdk.extras import is_installed, required
from wandb_testkit.sdk.history import OpenHistory
from wandb_testkit.sdk.patching import Patch, Replacement

if TYPE_CHECKING:
    from wandb_testkit.sdk.run import Run
    from wandb_testkit.sdk.session import Session

WRITERS = "tensorboard.summary.writer.event_file_writer"
WRITERS_X = "tensorboardX.event_file_writer"
LOADER = "tensorboard.backend.event_processing.event_file_loader"

CLIENT_KEYS = ("_step", "_runtime", "_timestamp")


def sync(session: Session, *, root: str | None = None, saves: bool = True) -> None:
    """Patch the writers on behalf of a session, all of whose runs number their rows one by one from now on (TB-1).

    Args:
        root: The directory that names in the run are relative to; None means the common root of all there are.
        saves: The event files are kept with the run.
    Raises:
        Error: tensorboard is not installed.
    """
    is_asked = PATCH.is_asked_by(session)
    PATCH.ask(session)
    session.history_class = NumberedHistory
    if not is_asked:  # else somebody has patched before init(sync_tensorboard=True), and said more of it
        whole = None if root is None else os.path.abspath(root)
        session.new_events = lambda: EventStreams(session.behaviour.events(), whole, saves)
    for run in session.active:
        if run._events is None and session.new_events is not None:
            _adopt(run, session.new_events)


def stop(session: Session) -> None:
    """Listen to no more writers on behalf of a session."""
    PATCH.release(session)
    session.new_events = None


class NumberedHistory(OpenHistory):
    """A history whose rows are numbered one by one, whoever writes them: `step` is the user's own count (TB-1).

    Attributes:
        number: `_step` of the next row.
    """

    __slots__ = ("number",)

    numbers_rows = True

    def __init__(self, **arguments: Any) -> None:
        super().__init__(**arguments)
        self.number = self.step

    def add(self, data: Any) -> bool:
        """Leave every row to those who take a closer look."""
        return False

    def write(self, row: Row, timestamp: float | None = None) -> None:
        """Add one complete row of the user's; the caller holds the lock."""
        step = self.step
        self.write_aside(row, timestamp)
        self.step = step + 1

    def write_aside(self, row: Row, timestamp: float | None) -> None:
        """Add one complete row, and let the user's count be; the caller holds the lock."""
        step, self.step = self.step, self.number
        self.number += 1
        super().write(row, timestamp)
        self.step = step


def _adopt(run: Run, new_events: Callable[[], EventStreams]) -> None:
    """Make an earlier run one that is told of events."""
    old = run._history
    with old.lock:
        old.flush()
        new = NumberedHistory(step=old.step, lines=old.lines, limit=old.limit, clock=old.clock, publish=old.publish)
        new.pending, new.is_direct = old.pending, old.is_direct
        run._summary._root.history = new
        run.__dict__.update(_history=new, _events=new_events())


# ---------------------------------------------------------------------- the writers


class Stream:
    """What one writer has been given, and the file that it goes to.

    Attributes:
        directory: Absolute path of its directory.
        file: The name of its file there.
        working_directory: Where the process was when the writer was made.
        records: The events, as the library serialises them.
        taken: How many of them have been made rows.
    """

    def __init__(self, writer: Any, directory: str, file: str, working_directory: str) -> None:
        self._writer = ref(writer)
        self.directory = directory
        self.file = file
        self.working_directory = working_directory
        self.records: list[bytes] = []
        self.taken = 0

    def content(self) -> bytes:
        """The whole file: as it is on disk if that has everything, else as it will be."""
        path = os.path.join(self.directory, self.file)
        writer = self._writer()
        if writer is not None:
            with contextlib.suppress(OSError):  # it is closed
                writer.flush()
        on_disk: list[bytes] = []
        if os.path.isfile(path):
            on_disk.extend(import_module(LOADER).RawEventFileLoader(path).Load())
            if len(on_disk) > len(self.records):  # the first is the library's own
                with open(path, "rb") as file:
                    return file.read()
        header = on_disk[:1] or [_event(file_version="brain.Event:2").SerializeToString()]
        return _written([*header, *self.records])


def _written(records: list[bytes]) -> bytes:
    """Records in the framing of an event file."""
    buffer = io.BytesIO()
    writer = import_module("tensorboard.summary.writer.record_writer").RecordWriter(buffer)
    for record in records:
        writer.write(record)
    return buffer.getvalue()


def _event(**fields: Any) -> Any:
    return import_module("tensorboard.compat.proto.event_pb2").Event(**fields)


_streams: WeakKeyDictionary[Any, Stream] = WeakKeyDictionary()


def _replacements() -> Iterator[Replacement]:
    library = required(WRITERS, extra="tensorboard", clause="TB-1", why="init(sync_tensorboard=True)")
    found = [library.EventFileWriter]
    if is_installed(WRITERS_X):
        found.append(import_module(WRITERS_X).EventFileWriter)
    for writer_class in found:
        yield from _listening(writer_class)


PATCH = Patch(_replacements)


def _listening(writer_class: Any) -> Iterator[Replacement]:
    init, add_event, close = writer_class.__init__, writer_class.add_event, writer_class.close

    @functools.wraps(init)
    def __init__(self: Any, logdir: Any, *args: Any, **kwargs: Any) -> None:
        init(self, logdir, *args, **kwargs)
        run = _active_run()
        if run is not None:
            directory = os.path.abspath(os.fspath(logdir))
            file = _newest(directory)
            if file is not None:
                _streams[self] = stream = Stream(self, directory, file, os.getcwd())
                run._events.streams.append(stream)

    @functools.wraps(add_event)
    def listening(self: Any, event: Any) -> None:
        add_event(self, event)
        stream = _streams.get(self)
        if stream is not None:
            stream.records.append(event.SerializeToString())

    @functools.wraps(close)
    def closing(self: Any) -> None:
        close(self)
        _streams.pop(self, None)  # what comes later is not written

    yield Replacement(writer_class, "__init__", __init__)
    yield Replacement(writer_class, "add_event", listening)
    yield Replacement(writer_class, "close", closing)


def _active_run() -> Any:
    """The run that a writer made now belongs to: wandb.run, if it is one that records (TB-2)."""
    run = None if PATCH.session is None else PATCH.session.run
    return run if isinstance(getattr(run, "_events", None), EventStreams) else None


def _newest(directory: str) -> str | None:
    """The event file that was made last; None where the directory is not on this machine's disk."""
    if not os.path.isdir(directory):
        return None
    files = [entry for entry in os.scandir(directory) if "tfevents" in entry.name]
    return max(files, key=lambda entry: entry.stat().st_mtime_ns).name if files else None


# ---------------------------------------------------------------------- what a run makes of it


class EventStreams:
    """The writers of one run.

    Attributes:
        streams: In order of creation.
    """

    def __init__(self, rules: EventRules, root: str | None = None, saves: bool = True) -> None:
        self.streams: list[Stream] = []
        self._rules = rules
        self._given_root = root
        self._saves = saves
        self._names: dict[str, str] = {}

    def rows(self) -> list[EventRow]:
        """What has come since the last time, in order of time."""
        fresh: list[tuple[float, Event]] = []
        for stream in self.streams:
            reached = 0.0  # events of one writer stay in their order, whatever times they are given
            directory = self._name_of(stream.directory)
            while stream.taken < len(stream.records):
                event = _event()
                event.ParseFromString(stream.records[stream.taken])
                stream.taken += 1
                if event.WhichOneof("what") == "summary" and event.summary.value:
                    reached = max(reached, event.wall_time)
                    values = values_of(event.summary, self._rules.scalar)
                    fresh.append((reached, Event(event.wall_time, directory, event.step, values)))
        fresh.sort(key=lambda pair: pair[0])
        return self._rules.rows(event for _, event in fresh)

    def write_rows(self, run: Run) -> None:
        """Write what has come since the last time into the history of a run, and media into its files."""
        history: Any = run._history
        with history.lock:
            for row in self.rows():
                values, files = self.completed(row, history.number)
                run._upload(files)
                run._row_rules.tidy(values)
                if any(value is None or type(value) is dict for value in values.values()):
                    run._folding.has_nested = True
                history.write_aside(values, row.time)

    def completed(self, row: EventRow, step: int) -> tuple[Row, dict[str, bytes]]:
        """A row with its media, and the files of these."""
        values: Row = {}
        files: dict[str, bytes] = {}
        for key, value in row.values.items():
            if isinstance(value, Picture):
                key, made = self._rules.picture(key, step, value)
            elif isinstance(value, Curve):
                key, made = self._rules.curve(key, step, value)
            else:
                values[key] = value
                continue
            values[key] = made.value
            files.update(made.files)
        for key in CLIENT_KEYS:
            values.pop(key, None)
        return values, files

    def files(self) -> dict[str, bytes]:
        """The event files as they are now: name in the run -> content (TB-3)."""
        return {self._file_name(stream): stream.content() for stream in self.streams if self._saves}

    # ------------------------------------------------------------------ names

    def _name_of(self, directory: str) -> str:
        """The directory below the common root of all there are; it stays what it is once a row was named by it."""
        if directory not in self._names:
            self._names[directory] = _below(directory, self._root(directory))
        return self._names[directory]

    def _root(self, directory: str) -> str:
        own = _root_by_host(directory)
        if own is not None:
            return own
        if self._given_root is not None and directory.startswith(self._given_root):
            return self._given_root
        return os.path.commonpath([stream.directory for stream in self.streams if not _root_by_host(stream.directory)])

    def _file_name(self, stream: Stream) -> str:
        directory = stream.directory
        name = _below(directory, self._root(directory))
        is_alone = not name and _root_by_host(directory) is None
        if is_alone and self._rules.lone_directory_is_named and len({one.directory for one in self.streams}) == 1:
            name = _below(directory, stream.working_directory)
        return f"{name}/{stream.file}" if name else stream.file


def _root_by_host(directory: str) -> str | None:
    """The root of a directory that the library has named by time and host, None for others."""
    found = re.search(rf"-\d+_{re.escape(socket.gethostname())}", directory)
    return directory[: found.end()] if found else None


def _below(directory: str, root: str) -> str:
    """A directory relative to a root, with "/"; "" for the root itself and for what is not below it."""
    if not directory.startswith(root):
        return ""
    return directory[len(root) :].replace(os.sep, "/").strip("/")
