"""Owns what all data types have in common: a form in a row, a form in an artifact, and for media the file they are.

The content of a file is held in memory until it is logged. Source: protocol.md 4.2, 4.7.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

from wandb_testkit.records import Row
from wandb_testkit.sdk.data_types.texts import compact

if TYPE_CHECKING:
    from wandb_testkit.sdk.artifacts.artifact import Artifact
    from wandb_testkit.sdk.run import Run


class Place(NamedTuple):
    """Where a value is in an artifact; a value that came out of one may have no name there."""

    artifact: Artifact
    name: str | None


class WBValue:
    """A value that is logged as a dict with a `_type`."""

    is_wb_value: ClassVar[bool] = True
    """How log() knows one, without importing this module."""

    _log_type: ClassVar[str | None] = None
    _readers: ClassVar[dict[str, type[WBValue]]] = {}
    """`_log_type` -> the class that reads it from an artifact."""

    def __init__(self) -> None:
        self._artifact_source: Place | None = None
        self._artifact_target: Place | None = None

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if cls._log_type is not None:
            WBValue._readers.setdefault(cls._log_type, cls)

    def to_json(self, run_or_artifact: Any) -> dict[str, Any]:
        """The form in a row of a run, or in an artifact."""
        if getattr(run_or_artifact, "is_artifact", False):
            return self._in_artifact(run_or_artifact)
        return self._in_row(run_or_artifact)

    @classmethod
    def from_json(cls, json_obj: Mapping[str, Any], source_artifact: Artifact) -> WBValue:
        """Read the form in an artifact."""
        raise NotImplementedError(f"{cls.__name__} cannot be read from an artifact")

    @classmethod
    def with_suffix(cls, name: str, filetype: str = "json") -> str:
        """The name of its file in an artifact."""
        suffix = filetype if cls._log_type is None else f"{cls._log_type}.{filetype}"
        return name if name.endswith(suffix) else f"{name}.{suffix}"

    @staticmethod
    def init_from_json(json_obj: Mapping[str, Any], source_artifact: Artifact) -> WBValue | None:
        """The value that a dict of an artifact stands for, None where its `_type` is none of ours."""
        kind = source_artifact.value_types().get(json_obj["_type"])
        if kind is None:
            return None
        value = kind.from_json(json_obj, source_artifact)
        value._artifact_source = Place(source_artifact, None)
        return value

    @staticmethod
    def type_mapping() -> dict[str, type[WBValue]]:
        """`_type` -> the class that reads it."""
        return dict(WBValue._readers)

    def to_data_array(self) -> list[Any]:
        """The numbers that it is made of."""
        raise NotImplementedError(f"a {type(self).__name__} is not made of numbers")

    def __eq__(self, other: object) -> bool:
        return self is other

    __hash__ = object.__hash__

    def _in_row(self, run: Run) -> Row:
        raise NotImplementedError(f"a {type(self).__name__} cannot be logged in a row")

    def _in_artifact(self, artifact: Artifact) -> dict[str, Any]:
        raise NotImplementedError(f"a {type(self).__name__} cannot be part of an artifact")

    def _reference(self) -> str | None:
        """The URI of the entry of an artifact that it is, None where it is none, or one of a draft."""
        source, target = self._artifact_source, self._artifact_target
        if source is not None and source.name:
            return source.artifact.get_entry(self.with_suffix(source.name)).ref_url()
        if target is not None and target.name:
            return target.artifact.reference_to(self.with_suffix(target.name))
        return None

    def _latest_reference(self) -> str | None:
        target = self._artifact_target
        if target is None or not target.name:
            return None
        return target.artifact.latest_reference_to(self.with_suffix(target.name))


class File(NamedTuple):
    """A file that a value is.

    Attributes:
        content: What is in it.
        extension: With its dot.
        name: Its bare name, where it was the user's; "" for one that we made.
    """

    content: bytes
    extension: str
    name: str = ""

    @property
    def sha256(self) -> str:
        """In hex."""
        return hashlib.sha256(self.content).hexdigest()


class Media(WBValue):
    """A value that is a file of the run."""

    _subdir: ClassVar[str] = ""
    """Below `media/`."""

    def __init__(self, caption: str | None = None) -> None:
        super().__init__()
        self._caption = caption
        self._file: File | None = None
        self._sha256: str | None = None
        self._size: int | None = None
        self._run: Run | None = None
        self._path_in_run: str | None = None
        self._uri: str | None = None

    @staticmethod
    def _json(value: Any) -> bytes:
        """How a JSON file is written."""
        return compact(value)

    @classmethod
    def get_media_subdir(cls) -> str:
        """The directory of such files, below the run's files directory."""
        return f"media/{cls._subdir}"

    def is_bound(self) -> bool:
        """Whether it is a file of a run already."""
        return self._run is not None

    def file_is_set(self) -> bool:
        """Whether it has a file."""
        return self._sha256 is not None

    @staticmethod
    def _name_of(key: str) -> str:
        """The first part of the name of a file: it leads nowhere else."""
        return "/".join(part.replace(".", "_") if part in (".", "..") else part for part in key.lstrip("/").split("/"))

    @staticmethod
    def path_is_reference(path: object) -> bool:
        """Whether it is the URI of something elsewhere."""
        return isinstance(path, str) and re.match(r"^(gs|s3|https?)://", path) is not None

    def bind_to_run(self, run: Run, key: int | str, step: int | str, id_: int | str | None = None) -> None:
        """Make it a file of a run."""
        if self._uri is not None:
            raise ValueError(
                f"{type(self).__name__} media created by a reference to external storage cannot currently be added to "
                f"a run: {self._uri!r}"
            )
        file = self._file
        assert file is not None, f"a {type(self).__name__} without a file"
        mark = file.sha256[:20] if id_ is None else id_
        path = f"{self.get_media_subdir()}/{self._name_of(str(key))}_{step}_{mark}{file.extension}"
        run._keep_media(path, file.content)
        self._run, self._path_in_run = run, path

    def __eq__(self, other: object) -> bool:
        return isinstance(other, type(self)) and self._sha256 is not None and self._sha256 == other._sha256

    __hash__ = object.__hash__

    def _set_content(self, content: bytes, extension: str) -> None:
        """Make it a file of our own making."""
        self._set(File(content, extension))

    def _set_path(self, path: str, extension: str | None = None) -> None:
        """Make it a file of the user's."""
        with open(path, "rb") as source:
            content = source.read()
        self._set(File(content, os.path.splitext(path)[1] if extension is None else extension, os.path.basename(path)))

    def _set(self, file: File) -> None:
        self._file, self._sha256, self._size = file, file.sha256, len(file.content)

    def _set_uri(self, uri: str) -> None:
        """Make it something elsewhere, which is not fetched."""
        self._uri = uri
        self._sha256 = hashlib.sha256(uri.encode()).hexdigest()

    def _in_row(self, run: Run) -> Row:
        row: Row = {} if self._caption is None else {"caption": self._caption}
        row.update(_type=self._log_type, sha256=self._sha256, size=self._size)
        if (reference := self._reference()) is not None:
            row["artifact_path"] = reference
        if (latest := self._latest_reference()) is not None:
            row["_latest_artifact_path"] = latest
        if reference is None or self.is_bound():
            assert self._run is run, "media are referred to by the run that they were logged to"
            row["path"] = self._path_in_run
        return row

    def _in_artifact(self, artifact: Artifact) -> dict[str, Any]:
        said: dict[str, Any] = {} if self._caption is None else {"caption": self._caption}
        if self.file_is_set():
            said["path"] = artifact.path_of_media(self)
            said["sha256"] = self._sha256
        said["_type"] = self._log_type
        return said

    @classmethod
    def from_json(cls, json_obj: Mapping[str, Any], source_artifact: Artifact) -> Media:
        """Read the form in an artifact."""
        return cls(source_artifact.get_entry(json_obj["path"]).download())


class BatchableMedia(Media):
    """Media that are logged as a list under one key."""

    @classmethod
    def seq_to_json(cls, seq: Sequence[Any], run: Run, key: str, step: int | str) -> Row:
        """The form in a row of several; they are files of the run already."""
        raise NotImplementedError(f"a list of {cls.__name__} cannot be logged")

    @classmethod
    def captions(cls, media_items: Sequence[Media]) -> Any:
        """Those of several media; False where the first one has none."""
        return [item._caption for item in media_items] if media_items[0]._caption is not None else False
