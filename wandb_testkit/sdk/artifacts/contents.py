"""Owns what is in an artifact: entries, tables and media, and the way of files to the disk.

Nothing that is elsewhere is fetched. Source: observed with 0.31.0.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import unquote

from wandb_testkit.artifact_records import ArtifactFileRequest
from wandb_testkit.sdk import present
from wandb_testkit.sdk.artifacts.facts import ArtifactFacts
from wandb_testkit.sdk.artifacts.manifest import ManifestEntry, md5_base64
from wandb_testkit.sdk.artifacts.standing import NOWHERE
from wandb_testkit.sdk.artifacts.states import when_logged
from wandb_testkit.sdk.data_types.wb_value import Place, WBValue


class ArtifactContents(ArtifactFacts):
    """What is in an artifact."""

    @classmethod
    def value_types(cls) -> Mapping[str, type[WBValue]]:
        """`_type` -> the class of what get() returns."""
        return WBValue.type_mapping()

    @when_logged
    def get_entry(self, name: str | os.PathLike[str]) -> ManifestEntry:
        """The entry with a path.

        Raises:
            KeyError: There is none.
        """
        path = Path(name).as_posix()
        entry = self.manifest.entries.get(path) or self._entry_of_value(path)[0]
        if entry is None:
            raise KeyError(f"Path not contained in artifact: {path}")
        entry._parent_artifact = self  # type: ignore[assignment] # the class below this one
        return entry

    def get_path(self, name: str | os.PathLike[str]) -> ManifestEntry:
        """An old name of get_entry()."""
        return self.get_entry(name)

    @when_logged
    def get(self, name: str) -> WBValue | None:
        """The table or media that was added under a name; None where there is none."""
        entry, kind = self._entry_of_value(name)
        if entry is None or kind is None:
            return None
        if entry.ref is not None and entry.ref.startswith("wandb-artifact://"):
            hex_id, _, path = entry.ref.removeprefix("wandb-artifact://").partition("/")
            target = self._found_by_hex_id(hex_id)
            return None if target is None else target.get(path)
        content = self.content_of(entry)
        value = kind.from_json(json.loads(content), self)  # type: ignore[arg-type] # the class below this one
        value._artifact_source = Place(self, name)  # type: ignore[arg-type]
        return value

    def __getitem__(self, name: str) -> WBValue | None:
        return self.get(name)

    def content_of(self, entry: ManifestEntry) -> bytes:
        """What is in a file.

        Raises:
            ValueError: It is elsewhere, or was not uploaded.
        """
        if entry.content is not None:
            return entry.content
        if entry.ref is not None:
            return self._content_elsewhere(entry)
        content = self._deliver(ArtifactFileRequest(NOWHERE, self._known().id, entry.path)).file
        if content is None:
            raise ValueError(f"{entry.path!r} of {self.name} was not uploaded")
        entry.content = content
        return content

    def _content_elsewhere(self, entry: ManifestEntry) -> bytes:
        ref = str(entry.ref)
        if ref.startswith("wandb-artifact://"):
            hex_id, _, path = ref.removeprefix("wandb-artifact://").partition("/")
            target = self._found_by_hex_id(hex_id)
            if target is not None:
                content: bytes = target.content_of(target.get_entry(path))
                return content
        if ref.startswith("file://"):
            local = unquote(ref.removeprefix("file://"))
            if not os.path.exists(local):
                raise ValueError(f"Local file reference: Failed to find file at path {local!r}")
            content = Path(local).read_bytes()
            if (digest := md5_base64(content)) != entry.digest:
                raise ValueError(
                    f"Local file reference: Digest mismatch for path {local!r}: expected {entry.digest!r} but found "
                    f"{digest!r}"
                )
            return content
        raise ValueError(f"Cannot download {entry.path!r}: {ref!r} is elsewhere, and nothing outside is fetched")

    @when_logged
    def download(
        self,
        root: str | os.PathLike[str] | None = None,
        allow_missing_references: bool = False,
        skip_cache: bool | None = None,
        path_prefix: str | os.PathLike[str] | None = None,
        multipart: bool | None = None,
    ) -> str:
        """Put every file below a directory, and return it.

        Args:
            root: None: `artifacts/<name>` of the world, or below WANDB_ARTIFACT_DIR.
            allow_missing_references: Pass over what is elsewhere.
            path_prefix: Only what begins with it.
        """
        where = self._root(root)
        os.makedirs(where, exist_ok=True)
        for entry in self.manifest.entries.values():
            if path_prefix and not entry.path.startswith(os.fspath(path_prefix)):
                continue
            try:
                self.fetch(entry, where)
            except ValueError:
                if entry.ref is None or not allow_missing_references:
                    raise
                text = f"{self.name}: {entry.path!r} is elsewhere and was not fetched: {entry.ref}"
                present.session().warn("missing_reference", text)
        return where

    def fetch(self, entry: ManifestEntry, root: str | os.PathLike[str] | None) -> str:
        """Put one file below a directory, and return its path."""
        path = os.path.join(self._root(root), *entry.path.split("/"))
        content = self.content_of(entry)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        if not (os.path.isfile(path) and Path(path).read_bytes() == content):
            Path(path).write_bytes(content)
        return path

    @when_logged
    def checkout(self, root: str | None = None) -> str:
        """Make a directory hold what is in it, and nothing else."""
        where = self._root(root)
        for path, name in _files_below(where):
            if name not in self.manifest.entries:
                os.remove(path)
        return self.download(where)

    @when_logged
    def verify(self, root: str | None = None) -> None:
        """Compare a directory with what is in it.

        Raises:
            ValueError: A file is there that is not part of it, or has another content.
        """
        where = self._root(root)
        for path, name in _files_below(where):
            if name not in self.manifest.entries:
                raise ValueError(f"Found file {path} which is not a member of artifact {self.name}")
        references = 0
        for entry in self.manifest.entries.values():
            if entry.ref is not None:
                references += 1
            elif md5_base64(Path(where, entry.path).read_bytes()) != entry.digest:
                raise ValueError(f"Digest mismatch for file: {entry.path}")
        if references:
            present.session().warn("refs_not_verified", f"skipped verification of {references} refs")

    @when_logged
    def file(self, root: str | None = None) -> str:
        """Download the only file, and return its path.

        Raises:
            ValueError: There are several.
        """
        if len(self.manifest) > 1:
            raise ValueError(
                "This artifact contains more than one file, call `.download()` to get all files or call "
                '.get_entry("filename").download()'
            )
        return self.fetch(next(iter(self.manifest.entries.values())), root)

    def _entry_of_value(self, name: str) -> tuple[ManifestEntry | None, type[WBValue] | None]:
        for kind in self.value_types().values():
            entry = self.manifest.entries.get(kind.with_suffix(name))
            if entry is not None:
                return entry, kind
        return None, None

    def _root(self, root: str | os.PathLike[str] | None) -> str:
        if root is not None:
            return os.fspath(root)
        session = present.session()
        named = session.variable("WANDB_ARTIFACT_DIR")
        if named:
            return os.path.join(os.path.abspath(named), self.source_name)
        return session.disk.real_path(f"artifacts/{self.source_name}")


def _files_below(root: str) -> list[tuple[str, str]]:
    """Path, and name relative to a directory, of every file below it."""
    found = [os.path.join(folder, name) for folder, _, names in os.walk(root) for name in names]
    return [(path, Path(os.path.relpath(path, root)).as_posix()) for path in found]
