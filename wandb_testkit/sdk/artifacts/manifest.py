"""Owns the manifest of an artifact: entries, the digest that names them together, and its JSON (protocol.md 8.1)."""

from __future__ import annotations

import base64
import hashlib
import os
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from wandb_testkit.sdk.artifacts.checks import artifact_path

if TYPE_CHECKING:
    from wandb_testkit.sdk.artifacts.artifact import Artifact

DIGEST_HEADER = b"wandb-artifact-manifest-v1\n"
POLICY = "wandb-storage-policy-v1"


class ManifestEntry:
    """One file or reference of an artifact.

    Attributes:
        path: In the artifact.
        digest: MD5 in base64 of a file; of a reference whatever its kind of storage calls a digest.
        ref: The URI of a reference, None for a file.
        size: Bytes, None where that is not known.
        content: Of a file that has not been logged yet, None for all others.
        local_path: Where the file was, or is; None for what was never one.
    """

    def __init__(
        self,
        path: str,
        digest: str,
        *,
        ref: str | None = None,
        size: int | None = None,
        extra: Mapping[str, Any] | None = None,
        birth_artifact_id: str | None = None,
        content: bytes | None = None,
        local_path: str | None = None,
    ) -> None:
        self.path = path
        self.digest = digest
        self.ref = ref
        self.size = size
        self.extra: dict[str, Any] = dict(extra or {})
        self.birth_artifact_id = birth_artifact_id
        self.content = content
        self.local_path = local_path
        self._parent_artifact: Artifact | None = None

    def __repr__(self) -> str:
        shown = {"path": self.path, **self.to_json()}
        return f"ArtifactManifestEntry({', '.join(f'{name}={value!r}' for name, value in shown.items())})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, ManifestEntry) and (self.path, self.to_json()) == (other.path, other.to_json())

    __hash__ = object.__hash__

    @property
    def name(self) -> str:
        """An old name of `path`."""
        return self.path

    def to_json(self) -> dict[str, Any]:
        """How the manifest says it."""
        said = {
            "digest": self.digest,
            "ref": self.ref,
            "birthArtifactID": self.birth_artifact_id,
            "size": self.size,
            "extra": self.extra or None,
        }
        return {name: value for name, value in said.items() if value is not None}

    def parent_artifact(self) -> Artifact:
        """The artifact that it came out of.

        Raises:
            NotImplementedError: It came out of none.
        """
        if self._parent_artifact is None:
            raise NotImplementedError(f"entry {self.path!r} came out of no artifact; get it with Artifact.get_entry()")
        return self._parent_artifact

    def download(self, root: str | None = None, skip_cache: bool | None = None, executor: Any = None) -> str:
        """Put the file below a directory, and return its path."""
        return self.parent_artifact().fetch(self, root)

    def ref_target(self) -> str:
        """The URI of a reference; of a local file that was logged its path.

        Raises:
            ValueError: It is no reference, or a local file that is not there or not as it was.
        """
        if self.ref is None:
            raise ValueError("Only reference entries support ref_target().")
        if self._parent_artifact is not None and self.ref.startswith("file://"):
            self._parent_artifact.content_of(self)
            return unquote(self.ref.removeprefix("file://"))
        return self.ref

    def ref_url(self) -> str:
        """The URI of the entry itself, for add_reference() of another artifact."""
        parent = self.parent_artifact()
        if parent.id is None:
            raise ValueError("Parent artifact ID is not set")
        return f"wandb-artifact://{base64.b64decode(parent.id).hex()}/{self.path}"


class Manifest:
    """The entries of an artifact, by path."""

    def __init__(self, config: Mapping[str, Any] | None = None) -> None:
        self.entries: dict[str, ManifestEntry] = {}
        self._config = dict(config or {"storageLayout": "V2"})

    @classmethod
    def from_json(cls, said: Mapping[str, Any]) -> Manifest:
        """Read what to_manifest_json() said."""
        manifest = cls(said.get("storagePolicyConfig"))
        for path, entry in said.get("contents", {}).items():
            known = {name: entry.get(name) for name in ("ref", "size", "extra")}
            birth = entry.get("birthArtifactID")
            manifest.entries[path] = ManifestEntry(path, entry["digest"], birth_artifact_id=birth, **known)
        return manifest

    def __len__(self) -> int:
        return len(self.entries)

    def to_manifest_json(self) -> dict[str, Any]:
        """The content of `wandb_manifest.json`."""
        contents = {path: entry.to_json() for path, entry in self.entries.items()}
        return {"version": 1, "storagePolicy": POLICY, "storagePolicyConfig": self._config, "contents": contents}

    def digest(self) -> str:
        """Hex MD5 of a header and one line for each path, in their order."""
        hasher = hashlib.md5(DIGEST_HEADER, usedforsecurity=False)
        for path in sorted(self.entries):
            hasher.update(f"{path}:{self.entries[path].digest}\n".encode())
        return hasher.hexdigest()

    def size(self) -> int:
        """Bytes of all entries whose size is known."""
        return sum(entry.size or 0 for entry in self.entries.values())

    def add_entry(self, entry: ManifestEntry, overwrite: bool = False) -> None:
        """Add one.

        Raises:
            ValueError: The path leads out of the artifact, or another content has it.
        """
        entry.path = artifact_path(entry.path)
        known = self.entries.get(entry.path)
        if known is not None and known.digest != entry.digest and not overwrite:
            raise ValueError(f"Cannot add the same path twice: {entry.path!r}")
        self.entries[entry.path] = entry

    def remove_entry(self, entry: ManifestEntry) -> None:
        """Take one out.

        Raises:
            FileNotFoundError: It is not there.
        """
        if self.entries.pop(entry.path, None) is None:
            raise FileNotFoundError(f"Cannot remove missing entry: {entry.path!r}")

    def get_entry_by_path(self, path: str) -> ManifestEntry | None:
        """The entry with a path."""
        return self.entries.get(path)

    def get_entries_in_directory(self, directory: str) -> list[ManifestEntry]:
        """The entries below a path."""
        return [entry for path, entry in self.entries.items() if path.startswith(f"{directory}/")]


def md5_base64(content: bytes) -> str:
    """The digest of a file."""
    return base64.b64encode(hashlib.md5(content, usedforsecurity=False).digest()).decode()


def name_by_hash(path: str, digest: str) -> str:
    """The path of a file that we made: its bare name up to the first dot is the beginning of its MD5 in hex."""
    folder, _, name = path.rpartition("/")
    hashed = base64.b64decode(digest).hex()[:20]
    return os.path.join(folder, ".".join([hashed, *name.split(".")[1:]]))
