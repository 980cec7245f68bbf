"""Owns how the state of a server gets into a file and back: what changed is written before the answer goes out.

Every object that is kept has a number in the file, and for each attribute a text, or a stream of lines in pieces. What
an attribute was when it was last written is remembered; what is another object now, or has grown, is written, and no
more: a row of history is written once, however long the history is.
"""

from __future__ import annotations

import hashlib
import os
import sqlite3
from collections.abc import Iterable, Mapping
from itertools import count
from typing import Any

from wandb_testkit.errors import StoreError
from wandb_testkit.records import RunPath
from wandb_testkit.server.app import FakeServer
from wandb_testkit.server.kept import HIDDEN, KINDS, VALUES, Kind
from wandb_testkit.server.kept_values import NotKeptError, Texts
from wandb_testkit.server.store_file import PIECE, StoreFile, pieces_of
from wandb_testkit.server.urls import FileUrls
from wandb_testkit.server.written import Known, Mark

LINES_OF_A_PIECE = 1_000
"""As many lines of a stream are written as one text at most."""

PIECE_OF = "SELECT coalesce(max(line), 0) FROM pieces WHERE node = ? AND name = ? AND line <= ?"


class Store:
    """The file of one server, from now until close(): what is in it is on the server, what changes there is in it.

    Args:
        server: A new one; runs in the file are told to its observer.
        path: The file; made if there is none.
    Raises:
        StoreError: The file is in use, is no store, or is of a newer version.
    """

    def __init__(self, server: FakeServer, path: str | os.PathLike[str]) -> None:
        self._server = server
        self._file = StoreFile(path)
        self._kind_of = {kind.cls: (name, kind) for name, kind in KINDS.items()}
        self._texts = Texts(VALUES, self._number_of, self._digest_of, server.accounts.keys.hashed, HIDDEN)
        self._known: dict[int, Known] = {}  # by id(object), which Known keeps alive
        self._numbers = count(1)
        self._fresh: list[Known] = []
        self._new_contents: dict[str, bytes] = {}
        self._noted: set[RunPath] = set()
        self._owes_everything = False
        try:
            self._remember_secrets()
            self._load()
        except BaseException:
            self._file.close()
            raise
        server.keeper = self
        self.keep(everything=True)

    def note(self, path: RunPath | None) -> None:
        """Take note that a record has changed a run; keep() then looks at it."""
        if path is not None:
            self._noted.add(path)

    def keep(self, *, everything: bool) -> None:
        """Write what has changed: of all there is, or of the runs that were noted.

        Raises:
            StoreError: It could not be written; the next keep() tries again.
        """
        with self._server.lock:
            noted, self._noted = self._noted, set()
            if everything or self._owes_everything:
                everything = True
                todo = list(self._known.values())
            else:
                runs = (self._server.runs.find(path) for path in noted)
                todo = [self._known[id(run)] for run in runs if run is not None and id(run) in self._known]
                if self._server.armed:  # they count what comes by
                    todo.append(self._known[id(self._server.knobs)])
            if everything or todo:
                self._write(todo)

    def close(self) -> None:
        """Write the rest, and let others have the file."""
        try:
            self.keep(everything=True)
        finally:
            self._server.keeper = None
            self._file.close()

    # ------------------------------------------------------------------ out

    def _write(self, todo: list[Known]) -> None:
        seen: list[Known] = []
        try:
            with self._file.transaction() as connection:
                while todo:
                    for known in todo:
                        seen.append(known)
                        self._write_changes(known, connection)
                    todo, self._fresh = self._fresh, []
                for digest, content in self._new_contents.items():
                    pieces = pieces_of(digest, content)
                    connection.executemany("INSERT OR IGNORE INTO contents VALUES (?, ?)", pieces)
        except (StoreError, NotKeptError) as error:
            self._forget(seen)
            if isinstance(error, NotKeptError):
                raise StoreError(f"the store {self._file.path} cannot keep this: {error}") from error
            raise
        self._new_contents.clear()
        self._owes_everything = False
        for known in seen:
            known.is_written = True

    def _forget(self, seen: Iterable[Known]) -> None:
        """Nothing was written: whatever was looked at is written whole the next time."""
        for known in (*seen, *self._fresh):
            known.marks.clear()
            known.is_written = False
        self._fresh = []
        self._owes_everything = True

    def _write_changes(self, known: Known, connection: sqlite3.Connection) -> None:
        slots: list[tuple[int, str, str]] = []
        kind, marks, number = known.kind, known.marks, known.number
        if not known.is_written:
            connection.execute("INSERT OR REPLACE INTO nodes VALUES (?, ?)", (number, known.kind_name))
        for name in kind.names:
            value = getattr(known.node, name)
            mark = marks.get(name)
            if mark is not None and mark.is_as_written(value, kind.only_grows(name)):
                continue
            if name in kind.streams:
                if mark is None:
                    slots.append((number, name, "[]" if isinstance(value, list) else "{}"))
                self._write_stream((number, name), mark, value, connection)
                marks[name] = Mark.of_stream(value, kind.only_grows(name))
            else:
                text = self._texts.write(value)
                if mark is None or mark.text != hash(text):
                    slots.append((number, name, text))
                marks[name] = Mark(value, text)
        connection.executemany("INSERT OR REPLACE INTO slots VALUES (?, ?, ?)", slots)

    def _write_stream(
        self,
        where: tuple[int, str],
        mark: Mark | None,
        value: list[Any] | dict[Any, Any],
        connection: sqlite3.Connection,
    ) -> None:
        """Write what is new at the end; where something before it has changed, from the piece on that holds it."""
        first = 0
        if mark is not None:
            first = mark.first_change(value)
            if first == len(value) == mark.length:
                return
        if mark is None or first < mark.length:
            first = connection.execute(PIECE_OF, (*where, first)).fetchone()[0] if mark is not None else 0
            connection.execute("DELETE FROM pieces WHERE node = ? AND name = ? AND line >= ?", (*where, first))
        items = value if isinstance(value, list) else [[key, item] for key, item in value.items()]
        pieces = (
            (*where, line, self._texts.write(items[line : line + LINES_OF_A_PIECE]))
            for line in range(first, len(items), LINES_OF_A_PIECE)
        )
        connection.executemany("INSERT INTO pieces VALUES (?, ?, ?, ?)", pieces)

    def _number_of(self, node: object) -> int | None:
        known = self._known.get(id(node))
        if known is None:
            named = self._kind_of.get(type(node))
            if named is None:
                return None
            known = self._add(node, *named, next(self._numbers))
            self._fresh.append(known)
        return known.number

    def _add(self, node: object, kind_name: str, kind: Kind, number: int) -> Known:
        known = self._known[id(node)] = Known(node, kind_name, kind, number)
        return known

    def _digest_of(self, content: bytes) -> str:
        digest = hashlib.sha256(content).hexdigest()
        self._new_contents[digest] = content
        return digest

    # ------------------------------------------------------------------ in

    def _remember_secrets(self) -> None:
        """Salt of the keys' hashes, and secret of the URLs: clients may hold a URL while the server starts again."""
        kept = dict(self._file.rows("SELECT name, value FROM facts"))
        if not kept:
            kept = {"salt": os.urandom(16), "secret": os.urandom(32)}
            with self._file.transaction() as connection:
                connection.executemany("INSERT INTO facts VALUES (?, ?)", kept.items())
        self._server.accounts.keys.salt = kept["salt"]
        self._server.urls = FileUrls(kept["secret"])

    def _load(self) -> None:
        """Put what is in the file on the server."""
        nodes: dict[int, Known] = {}
        for number, kind_name in self._file.rows("SELECT number, kind FROM nodes ORDER BY number"):
            kind = KINDS.get(kind_name)
            if kind is None:
                raise StoreError(
                    f"the store {self._file.path} holds objects of kind {kind_name!r}, which this wandb_testkit does "
                    "not know: a newer one wrote it. Update wandb_testkit, or name another file"
                )
            node = kind.at_home(self._server) if kind.home else object.__new__(kind.cls)
            nodes[number] = self._add(node, kind_name, kind, number)
        self._numbers = count(max(nodes, default=0) + 1)
        if nodes:
            self._fill(nodes)
        for name, kind in KINDS.items():
            if kind.home and id(home := kind.at_home(self._server)) not in self._known:
                self._add(home, name, kind, next(self._numbers))
        for run in self._server.runs:
            self._server.observer.opened(run)

    def _fill(self, nodes: dict[int, Known]) -> None:
        """Give every object its attributes, and take out of the file what none of them holds any more."""
        contents: dict[str, bytes] = {}
        links: dict[int, set[int]] = {number: set() for number in nodes}
        holds: dict[int, set[str]] = {number: set() for number in nodes}
        values: dict[int, dict[str, tuple[Any, str]]] = {number: {} for number in nodes}

        def read(text: str, number: int) -> Any:
            def node(other: int) -> object:
                links[number].add(other)
                return nodes[other].node

            def content(digest: str) -> bytes:
                holds[number].add(digest)
                if digest not in contents:
                    contents[digest] = self._content(digest)
                return contents[digest]

            return self._texts.read(text, node, content)

        for number, name, text in self._file.rows("SELECT node, name, text FROM slots"):
            values[number][name] = read(text, number), text
        for number, name, text in self._file.rows("SELECT node, name, text FROM pieces ORDER BY node, name, line"):
            stream = values[number][name][0]
            if isinstance(stream, list):
                stream += read(text, number)
            else:
                stream.update(read(text, number))
        for number, known in nodes.items():
            known.put(values[number])
        reached = _reached([number for number, known in nodes.items() if known.kind.home], links)
        for number in set(nodes) - reached:
            del self._known[id(nodes[number].node)]
        self._keep_only(reached, {digest for number in reached for digest in holds[number]})

    def _content(self, digest: str) -> bytes:
        content = self._file.content(digest)
        if content is None:
            raise StoreError(f"the store {self._file.path} is damaged: the content {digest} is missing")
        return content

    def _keep_only(self, numbers: set[int], digests: set[str]) -> None:
        there = [number for (number,) in self._file.rows("SELECT number FROM nodes")]
        contents = [digest for (digest,) in self._file.rows("SELECT digest FROM contents")]
        with self._file.transaction() as connection:
            gone = [(number,) for number in there if number not in numbers]
            for table, column in (("nodes", "number"), ("slots", "node"), ("pieces", "node")):
                connection.executemany(f"DELETE FROM {table} WHERE {column} = ?", gone)
            unused = [(digest,) for digest in contents if digest.partition(PIECE)[0] not in digests]
            connection.executemany("DELETE FROM contents WHERE digest = ?", unused)


def _reached(homes: Iterable[int], links: Mapping[int, set[int]]) -> set[int]:
    """Every object that can be come to from the ones with a home."""
    reached: set[int] = set()
    todo = list(homes)
    while todo:
        number = todo.pop()
        if number not in reached:
            reached.add(number)
            todo += links[number]
    return reached
