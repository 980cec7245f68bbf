"""Owns the file of a store: SQLite, one owner at a time, and a clear word where it cannot be used.

Written with a write-ahead log: what was committed survives the end of the process, however it ends. Only the power of
the machine going may cost the last moments, and leaves the file whole.
"""

from __future__ import annotations

import io
import os
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from wandb_testkit.errors import StoreError

VERSION = 2
"""Of the tables below; raised by whatever a reader of an older version could not read."""

APPLICATION_ID = 0x77746B31
"""In the head of the file, so that no other database is taken for a store."""

TABLES = """
CREATE TABLE facts (name TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE nodes (number INTEGER PRIMARY KEY, kind TEXT NOT NULL);
CREATE TABLE slots (
  node INTEGER NOT NULL, name TEXT NOT NULL, text TEXT NOT NULL, PRIMARY KEY (node, name)) WITHOUT ROWID;
CREATE TABLE pieces (
  node INTEGER NOT NULL, name TEXT NOT NULL, line INTEGER NOT NULL, text TEXT NOT NULL,
  PRIMARY KEY (node, name, line));
CREATE TABLE contents (digest TEXT PRIMARY KEY, content BLOB NOT NULL);
"""
"""`slots` holds whole attributes, `pieces` the lines of lists and dicts, `contents` what is in files."""


PIECE = "/"
"""Between the digest of a content and the number of a piece of it, but for the first."""

PIECE_BYTES = 256 * 2**20
"""SQLite takes no more than a thousand million bytes as one value."""


def pieces_of(digest: str, content: bytes) -> Iterator[tuple[str, bytes]]:
    """The rows in which a content is kept; one that is not full is the last."""
    yield digest, content[:PIECE_BYTES]
    for number, start in enumerate(range(PIECE_BYTES, len(content), PIECE_BYTES), 1):
        yield f"{digest}{PIECE}{number}", content[start : start + PIECE_BYTES]


class StoreFile:
    """One open file; nobody else can open it meanwhile.

    Raises:
        StoreError: It is in use, is no store, is of another version, or cannot be made.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path = Path(path)
        is_new = not self.path.exists() or self.path.stat().st_size == 0
        try:
            if is_new:
                os.close(os.open(self.path, os.O_CREAT | os.O_RDWR, 0o600))  # runs are for the eyes of who made them
            self._connection = sqlite3.connect(
                self.path, timeout=0.2, isolation_level=None, check_same_thread=False, cached_statements=256
            )
        except (OSError, sqlite3.Error) as error:
            raise StoreError(f"the store {self.path} cannot be opened: {error}") from error
        try:
            self._take(is_new)
        except BaseException:
            self._connection.close()
            raise

    def _take(self, is_new: bool) -> None:
        execute = self._connection.execute
        try:
            execute("PRAGMA locking_mode=EXCLUSIVE")
            execute("PRAGMA journal_mode=WAL")
            execute("PRAGMA synchronous=NORMAL")
            execute("BEGIN IMMEDIATE")
            execute("COMMIT")
            (application,), (version,) = (
                execute(f"PRAGMA {name}").fetchone() for name in ("application_id", "user_version")
            )
            tables = execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
            if is_new or (application, version, tables) == (0, 0, 0):
                self._connection.executescript(
                    f"BEGIN; {TABLES} PRAGMA application_id={APPLICATION_ID}; PRAGMA user_version={VERSION}; COMMIT;"
                )
                return
        except sqlite3.OperationalError as error:
            if "locked" in str(error):
                raise StoreError(
                    f"the store {self.path} is in use by another server; stop that one, or name another file"
                ) from error
            raise StoreError(f"the store {self.path} cannot be opened: {error}") from error
        except sqlite3.DatabaseError as error:
            raise StoreError(f"{self.path} is no store of wandb-testkit: {error}; name another file") from error
        if application != APPLICATION_ID:
            raise StoreError(f"{self.path} is a database of something else; name another file")
        if version < VERSION:
            raise StoreError(
                f"the store {self.path} has version {version}, which no release wrote: its accounts have no teams and "
                "roles of their own. Name another file"
            )
        if version > VERSION:
            raise StoreError(
                f"the store {self.path} has version {version}, and this wandb_testkit knows version {VERSION}: a newer "
                "one wrote it. Update wandb_testkit, or name another file"
            )

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """All or nothing of what is written inside.

        Raises:
            StoreError: It could not be written; the file is as before.
        """
        try:
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield self._connection
            except BaseException:
                if self._connection.in_transaction:  # SQLite has ended some by itself, when the disk is full
                    self._connection.execute("ROLLBACK")
                raise
            self._connection.execute("COMMIT")
        except sqlite3.Error as error:
            raise StoreError(f"the store {self.path} cannot be written: {error}") from error

    def rows(self, query: str, values: Iterable[Any] = ()) -> Iterator[tuple[Any, ...]]:
        """What a question finds."""
        try:
            yield from self._connection.execute(query, tuple(values))
        except sqlite3.Error as error:
            raise StoreError(f"the store {self.path} cannot be read: {error}") from error

    def content(self, digest: str) -> bytes | None:
        """The content with a digest, None if it is not there."""
        piece = self._piece(digest)
        if piece is None or len(piece) < PIECE_BYTES:
            return piece
        whole = io.BytesIO()  # hands out what it holds without a copy
        number = 0
        while piece is not None:
            whole.write(piece)
            number += 1
            piece = self._piece(f"{digest}{PIECE}{number}")
        return whole.getvalue()

    def _piece(self, name: str) -> bytes | None:
        found = next(self.rows("SELECT content FROM contents WHERE digest = ?", [name]), None)
        return None if found is None else found[0]

    def close(self) -> None:
        """Fold the log into the file, and let others have it."""
        self._connection.close()
