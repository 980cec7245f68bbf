"""Owns Video: frames as a file. Source: observed with 0.31.0."""

from __future__ import annotations

import io
import logging
import os
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from wandb_testkit.records import Row
from wandb_testkit.sdk import present
from wandb_testkit.sdk.data_types import dtypes
from wandb_testkit.sdk.data_types.libraries import is_numpy_array, needed
from wandb_testkit.sdk.data_types.wb_value import BatchableMedia

if TYPE_CHECKING:
    from wandb_testkit.sdk.artifacts.artifact import Artifact
    from wandb_testkit.sdk.run import Run

WHY = "wandb.Video of an array"


class Video(BatchableMedia):
    """A video.

    Args:
        data_or_path: An array (frames, channels, height, width), with one dimension more for several videos side by
            side; a path; or an open file with the bytes of a video.
        fps: Frames a second, of an array; None means 4.
        format: "gif", "mp4", "webm" or "ogg"; all but paths need it.
    Raises:
        Error: moviepy or imageio is not there, and an array is to be encoded.
        ValueError: There is no such format, or the array has fewer dimensions.
    """

    EXTS: ClassVar[tuple[str, ...]] = ("gif", "mp4", "webm", "ogg")
    _log_type = "video-file"
    _subdir = "videos"

    def __init__(
        self, data_or_path: Any, caption: str | None = None, fps: int | None = None, format: str | None = None
    ) -> None:
        super().__init__(caption)
        self._width: int | None = None
        self._height: int | None = None
        if isinstance(data_or_path, (io.BytesIO, str)) and fps:
            text = "`fps` argument does not affect the frame rate of the video when providing a file path or raw bytes."
            present.session().warn("fps_of_file", text)
        if isinstance(data_or_path, (str, os.PathLike)):
            path = os.fspath(data_or_path)
            self._format = self._checked(os.path.splitext(path)[1][1:].lower())
            self._set_path(path)
        elif isinstance(data_or_path, io.BytesIO):
            self._format = self._required(format, "raw bytes (an io object)")
            self._set_content(data_or_path.read(), f".{self._format}")
        else:
            self._format = self._required(format, "a numpy array")
            frames = data_or_path.numpy() if hasattr(data_or_path, "numpy") else data_or_path
            if not is_numpy_array(frames):
                raise ValueError(
                    f"wandb.Video accepts a file path or numpy like data as input, not {type(data_or_path).__name__}"
                )
            self._encode(frames, fps or 4)

    @classmethod
    def _required(cls, format: str | None, what: str) -> str:
        if format is None:
            raise ValueError(f"wandb.Video requires a `format` argument when initializing with {what}.")
        return cls._checked(format)

    @classmethod
    def _checked(cls, format: str) -> str:
        if format not in cls.EXTS:
            raise ValueError(f"wandb.Video accepts {', '.join(cls.EXTS)} formats, not {format!r}")
        return format

    def _encode(self, frames: Any, fps: int) -> None:
        clips = needed("moviepy.video.io.ImageSequenceClip", WHY)
        pictures = self._side_by_side(frames)
        _, self._height, self._width, _ = pictures.shape
        clip = clips.ImageSequenceClip(list(pictures), fps=fps)
        with tempfile.TemporaryDirectory() as directory:
            path = os.path.join(directory, f"video.{self._format}")
            if self._format == "gif":
                _write_gif(clip, path)
            else:
                clip.write_videofile(path, logger=None)
            self._set_content(Path(path).read_bytes(), f".{self._format}")

    def _side_by_side(self, frames: Any) -> Any:
        """Pictures (frames, height, width, channels); several videos lie in a grid."""
        numpy = needed("numpy", WHY)
        if frames.ndim < 4:
            raise ValueError("Video must be at least 4 dimensions: time, channels, height, width")
        videos = frames[None] if frames.ndim == 4 else frames
        if videos.dtype != numpy.uint8:
            logging.warning("Converting video data to uint8")
            videos = videos.astype(numpy.uint8)
        count, length, channels, height, width = videos.shape
        places = 1 << (count - 1).bit_length()
        if places > count:
            videos = numpy.concatenate((videos, numpy.zeros((places - count, length, channels, height, width))))
        rows = 1 << ((count.bit_length() - 1) // 2)
        columns = places // rows
        grid = videos.reshape(rows, columns, length, channels, height, width).transpose(2, 0, 4, 1, 5, 3)
        return grid.reshape(length, rows * height, columns * width, channels)

    def _in_row(self, run: Run) -> Row:
        return {**super()._in_row(run), **self._size_in_pixels()}

    def _in_artifact(self, artifact: Artifact) -> dict[str, Any]:
        return {**super()._in_artifact(artifact), **self._size_in_pixels()}

    def _size_in_pixels(self) -> Row:
        return {} if self._width is None else {"width": self._width, "height": self._height}

    @classmethod
    def seq_to_json(cls, seq: Sequence[Any], run: Run, key: str, step: int | str) -> Row:
        """The form in a row of several videos."""
        videos = [one.to_json(run) for one in seq]
        return {"_type": "videos", "count": len(seq), "videos": videos, "captions": cls.captions(seq)}


class VideoType(dtypes.Type):
    """A column of videos."""

    name = "video-file"


dtypes.register(VideoType, Video)


def _write_gif(clip: Any, path: str) -> None:
    writer = needed("imageio", WHY).save(path, quantizer=0, palettesize=256, loop=0, duration=1000 / clip.fps)
    for frame in clip.iter_frames(fps=None, dtype="uint8"):
        writer.append_data(frame)
    writer.close()
