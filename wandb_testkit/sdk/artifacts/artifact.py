"""Owns Artifact: a version in the making, to which files, references and media are added until it is logged.

What can be done with one that has been logged is in facts, contents and edits.
Source: observed with 0.31.0; protocol.md 8.1.
"""

from __future__ import annotations

import io
import json
import os
import weakref
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, ClassVar

from wandb_testkit.errors import NotModelledError
from wandb_testkit.sdk import present
from wandb_testkit.sdk.artifacts import checks, references
from wandb_testkit.sdk.artifacts.edits import ArtifactEdits
from wandb_testkit.sdk.artifacts.manifest import Manifest, ManifestEntry, md5_base64, name_by_hash
from wandb_testkit.sdk.artifacts.states import ArtifactState, while_open
from wandb_testkit.sdk.data_types.wb_value import Media, Place, WBValue

ID_LENGTH = 128

_by_client_id: weakref.WeakValueDictionary[str, Artifact] = weakref.WeakValueDictionary()
"""The artifacts that this process has made, by the ids that it gave them."""


class Artifact(ArtifactEdits):
    """A version of an artifact.

    Args:
        name: Letters, digits, "-", "_" and ".".
        type: Such as "model" or "dataset".
        metadata: Up to 100 keys.
        incremental: What it holds is added to the latest version.
        use_as: Has no effect.
        storage_region: Kept in the manifest.
    Raises:
        ValueError: A name or type that cannot be one.
    """

    is_artifact: ClassVar[bool] = True

    def __init__(
        self,
        name: str,
        type: str,
        description: str | None = None,
        metadata: dict[str, Any] | None = None,
        incremental: bool = False,
        use_as: str | None = None,
        storage_region: str | None = None,
        digest_algorithm: str = "MD5",
    ) -> None:
        if digest_algorithm != "MD5":
            raise NotModelledError(
                f"Artifact(digest_algorithm={digest_algorithm!r}) is not modelled; leave it at 'MD5'"
            )
        self._begin(checks.artifact_name(name), checks.artifact_type(type, name), description, metadata)
        self._incremental = incremental
        if storage_region is not None:
            self._manifest = Manifest({"storageLayout": "V2", "storageRegion": storage_region})
        if incremental:
            present.session().terminal.line("Using experimental arg `incremental`", level="warning")
        if use_as is not None:
            text = "`use_as` argument is deprecated and does not affect the behaviour of `wandb.Artifact()`"
            present.session().warn("use_as", text)

    def _begin(self, name: str, type: str, description: str | None, metadata: Any) -> None:
        self._name = self._source_name = name
        self._type = type
        self._description = description
        self._metadata = self.checked_metadata(metadata)
        self._manifest = Manifest()
        self._state = ArtifactState.PENDING
        self._final = False
        self._incremental = False
        self._base_id: str | None = None
        self._info = None
        self._line = None
        self._outcome = None
        self._aliases: list[str] = []
        self._tags: list[str] = []
        self._ttl_s: int | None = None
        self._distributed_id: str | None = None
        self._added: dict[int, tuple[WBValue, ManifestEntry]] = {}
        self._media: dict[str, str] = {}
        self._client_id = self.new_id(ID_LENGTH)
        self._sequence_client_id = self.new_id(ID_LENGTH)
        _by_client_id[self._client_id] = self

    def __repr__(self) -> str:
        return f"<Artifact {self.id or self.name}>"

    @staticmethod
    def new_id(length: int = 8) -> str:
        """An id of the client's own making."""
        ids, text = present.session().ids, ""
        while len(text) < length:
            text += ids.run_id()
        return text[:length]

    def reference_to(self, path: str) -> str | None:
        """The URI of an entry by an id of the client's own making, None while more may be added."""
        return f"wandb-client-artifact://{self._client_id}/{path}" if self._final else None

    def latest_reference_to(self, path: str) -> str | None:
        """The URI of that entry of the latest version."""
        return f"wandb-client-artifact://{self._sequence_client_id}:latest/{path}" if self._final else None

    # ------------------------------------------------------------------ what is in it

    @contextmanager
    def new_file(
        self, name: str, mode: str = "x", encoding: str | None = None, policy: str = "mutable"
    ) -> Iterator[IO[Any]]:
        """A file to be written, which is added when it is closed.

        Raises:
            ArtifactFinalizedError: The artifact has been logged.
            ValueError: There is a file of that name, or it leads out of the artifact.
        """
        self._must_be_open("new_file")
        path = checks.artifact_path(name)
        if "x" in mode and path in self._manifest_now().entries:
            raise ValueError(f"File with name {name!r} already exists in {self!r}")
        raw = io.BytesIO()
        file: IO[Any] = raw if "b" in mode else io.TextIOWrapper(raw, encoding=encoding or "utf-8", newline="")
        yield file
        file.flush()
        self._add(path, raw.getvalue(), overwrite="x" not in mode)

    @while_open
    def add_file(
        self,
        local_path: str | os.PathLike[str],
        name: str | None = None,
        is_tmp: bool | None = False,
        skip_cache: bool | None = False,
        policy: str | None = "mutable",
        overwrite: bool = False,
    ) -> ManifestEntry:
        """Add a file, as it is now.

        Args:
            name: In the artifact; None: its bare name.
            is_tmp: Call it by its content.
            policy: "mutable" or "immutable": the same here.
        Raises:
            ArtifactFinalizedError: The artifact has been logged.
            ValueError: There is no such file, or another content has that name.
        """
        if not os.path.isfile(local_path):
            raise ValueError(f"Path is not a file: {local_path!r}")
        _check_policy(policy)
        content = Path(local_path).read_bytes()
        where = os.fspath(name) if name else os.path.basename(local_path)
        return self._add(
            name_by_hash(where, md5_base64(content)) if is_tmp else where,
            content,
            overwrite=overwrite,
            local_path=os.fspath(local_path),
        )

    @while_open
    def add_dir(
        self,
        local_path: str | os.PathLike[str],
        name: str | None = None,
        skip_cache: bool | None = False,
        policy: str | None = "mutable",
        merge: bool = False,
    ) -> None:
        """Add every file below a directory, as it is now.

        Args:
            name: A directory in the artifact; None: its root.
            merge: Overwrite what is there.
        Raises:
            ArtifactFinalizedError: The artifact has been logged.
            ValueError: There is no such directory, or another content has a name.
        """
        if not os.path.isdir(local_path):
            raise ValueError(f"Path is not a directory: {local_path!r}")
        _check_policy(policy)
        for folder, _, files in os.walk(local_path, followlinks=True):
            for file in files:
                path = os.path.join(folder, file)
                where = os.path.join(name or "", os.path.relpath(path, local_path))
                self._add(where, Path(path).read_bytes(), overwrite=merge, local_path=path)

    @while_open
    def add_reference(
        self,
        uri: ManifestEntry | str,
        name: str | os.PathLike[str] | None = None,
        checksum: bool = True,
        max_objects: int | None = None,
    ) -> Sequence[ManifestEntry]:
        """Add something elsewhere by its URI; it is not fetched.

        Raises:
            ArtifactFinalizedError: The artifact has been logged.
            ValueError: It is no URI, there is no such local file, or no name where one is needed.
        """
        text = uri.ref_url() if isinstance(uri, ManifestEntry) else str(uri)
        where = None if name is None else os.fspath(name)
        entries = references.entries_of(text, where, checksum, max_objects, self._target_of)
        for entry in entries:
            self._manifest_now().add_entry(entry)
        return entries

    @while_open
    def add(self, obj: WBValue, name: str | os.PathLike[str], overwrite: bool = False) -> ManifestEntry:
        """Add a table or media, as a file that get() makes the same of.

        Raises:
            ArtifactFinalizedError: The artifact has been logged.
            TypeError: It is neither.
        """
        if not isinstance(obj, Media):
            raise TypeError(f"Found object of type {obj.__class__}, expected a table or media, such as wandb.Table")
        if id(obj) in self._added:
            return self._added[id(obj)][1]
        path = obj.with_suffix(os.fspath(name))
        if (reference := obj._reference()) is not None:
            return self.add_reference(reference, path)[0]
        said = obj.to_json(self)
        known = self._manifest_now().entries.get(path)
        if known is not None and not overwrite:
            return known
        content = json.dumps(said, sort_keys=True).encode()
        entry = self.add_content(path, content, is_tmp=path.startswith("media/tables"), overwrite=overwrite)
        self._added[id(obj)] = (obj, entry)
        if obj._artifact_target is None:
            obj._artifact_target = Place(self, entry.path)
        return entry

    @while_open
    def remove(self, item: str | os.PathLike[str] | ManifestEntry) -> None:
        """Take out a file, or all that is below a directory.

        Raises:
            ArtifactFinalizedError: The artifact has been logged.
            FileNotFoundError: There is no such thing.
        """
        manifest = self._manifest_now()
        if isinstance(item, ManifestEntry):
            manifest.remove_entry(item)
            return
        path = str(Path(item).as_posix())
        entry = manifest.get_entry_by_path(path)
        found = manifest.get_entries_in_directory(path) if entry is None else [entry]
        if not found:
            raise FileNotFoundError(f"No such file or directory: {path}")
        for one in found:
            manifest.remove_entry(one)

    def get_added_local_path_name(self, local_path: str) -> str | None:
        """The name in the artifact of a file that was added from a path; None if none was."""
        found = [path for path, entry in self._manifest_now().entries.items() if entry.local_path == local_path]
        return found[-1] if found else None

    def __setitem__(self, name: str, item: WBValue) -> None:
        self.add(item, name)

    def finalize(self) -> None:
        """Let nothing be added any more; log_artifact() does it."""
        self._final = True

    # ------------------------------------------------------------------ for tables and media

    def add_content(self, path: str, content: bytes, *, is_tmp: bool = False, overwrite: bool = False) -> ManifestEntry:
        """Add a file that never was one; with `is_tmp` it is called by its content."""
        return self._add(name_by_hash(path, md5_base64(content)) if is_tmp else path, content, overwrite=overwrite)

    def path_of_media(self, value: Media) -> str:
        """The path of the file of media, which is added if it is not there."""
        mark = value._uri or f"{value._path_in_run}{value._sha256}"
        if mark not in self._media:
            self._media[mark] = self._add_media(value)
        return self._media[mark]

    def _add_media(self, value: Media) -> str:
        subdir = value.get_media_subdir()
        if value._uri is not None:
            name = f"{subdir}/{str(value._sha256)[:20]}/{os.path.basename(value._uri)}"
            return self.add_reference(value._uri, name)[0].path
        file = value._file
        assert file is not None, f"a {type(value).__name__} without a file"
        own = file.name or os.path.basename(value._path_in_run or "")
        if own:
            return self._add(f"{subdir}/{file.sha256[:20]}/{own}", file.content).path
        return self.add_content(f"{subdir}/file{file.extension}", file.content, is_tmp=True).path

    # ------------------------------------------------------------------ inside

    def _must_be_open(self, what: str) -> None:
        while_open(_named(what))(self)

    def _add(
        self, path: str, content: bytes, *, overwrite: bool = False, local_path: str | None = None
    ) -> ManifestEntry:
        entry = ManifestEntry(path, md5_base64(content), size=len(content), content=content, local_path=local_path)
        self._manifest_now().add_entry(entry, overwrite=overwrite)
        return entry

    def _target_of(self, uri: str) -> Artifact | None:
        scheme, _, rest = uri.partition("://")
        mark = rest.partition("/")[0]
        return _by_client_id.get(mark) if scheme == "wandb-client-artifact" else self._found_by_hex_id(mark)


class InternalArtifact(Artifact):
    """One that W&B itself logs: its type may be a reserved one, and its name is made to fit."""

    def __init__(self, name: str, type: str, incremental: bool = False) -> None:
        self._begin(checks.tidy_name(name), type, None, None)
        self._incremental = incremental


def _named(name: str) -> Any:
    def nothing(artifact: Artifact) -> None:
        """Do nothing."""

    nothing.__name__ = name
    return nothing


def _check_policy(policy: str | None) -> None:
    if (policy or "mutable") not in ("mutable", "immutable"):
        raise ValueError(f"Invalid policy {policy!r}. Policy may only be `mutable` or `immutable`.")
