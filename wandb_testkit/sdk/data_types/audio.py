"""Owns Audio: sound as a file. Source: observed with 0.31.0."""

from __future__ import annotations

import io
import os
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from wandb_testkit.records import Row
from wandb_testkit.sdk.data_types import dtypes
from wandb_testkit.sdk.data_types.libraries import needed
from wandb_testkit.sdk.data_types.wb_value import BatchableMedia, Media

if TYPE_CHECKING:
    from wandb_testkit.sdk.artifacts.artifact import Artifact
    from wandb_testkit.sdk.run import Run


class Audio(BatchableMedia):
    """A sound.

    Args:
        data_or_path: An array of samples, a path, or a URI.
        sample_rate: Samples a second; an array needs it.
    Raises:
        Error: soundfile is not there, and an array is to be encoded.
        ValueError: An array comes without a sample rate.
    """

    _log_type = "audio-file"
    _subdir = "audio"

    def __init__(self, data_or_path: Any, sample_rate: int | None = None, caption: str | None = None) -> None:
        super().__init__(caption)
        self._sample_rate = sample_rate
        self._duration: float | None = None
        if isinstance(data_or_path, (str, os.PathLike)):
            path = os.fspath(data_or_path)
            if self.path_is_reference(path):
                self._set_uri(path)
            else:
                self._set_path(path)
            return
        if sample_rate is None:
            raise ValueError('Argument "sample_rate" is required when instantiating wandb.Audio with raw data.')
        content = io.BytesIO()
        needed("soundfile", "wandb.Audio of an array").write(content, data_or_path, sample_rate, format="WAV")
        self._duration = len(data_or_path) / float(sample_rate)
        self._set_content(content.getvalue(), ".wav")

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Audio) or self._caption != other._caption:
            return False
        return self._uri == other._uri if self._uri or other._uri else super().__eq__(other)

    __hash__ = Media.__hash__

    @classmethod
    def from_json(cls, json_obj: Mapping[str, Any], source_artifact: Artifact) -> Audio:
        """Read the form in an artifact."""
        return cls(source_artifact.get_entry(json_obj["path"]).download(), caption=json_obj.get("caption"))

    @classmethod
    def seq_to_json(cls, seq: Sequence[Any], run: Run, key: str, step: int | str) -> Row:
        """The form in a row of several sounds."""
        row: Row = {"_type": "audio", "count": len(seq), "audio": [one.to_json(run) for one in seq]}
        row["sampleRates"] = [one._sample_rate for one in seq]
        row["durations"] = [one._duration for one in seq]
        if captions := cls.captions(seq):
            row["captions"] = captions
        return row

    @classmethod
    def captions(cls, media_items: Sequence[Media]) -> Any:
        """Those of several sounds; False where none has any."""
        captions = [one._caption for one in media_items]
        return [caption or "" for caption in captions] if any(one is not None for one in captions) else False


class AudioType(dtypes.Type):
    """A column of sounds."""

    name = "audio-file"


dtypes.register(AudioType, Audio)
