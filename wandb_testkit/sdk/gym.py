"""Owns `monitor_gym`: each video that an environment's recorder has written is logged to the active run.

gymnasium is preferred to gym. Where the recorder is, and what it calls its path, depends on the library's age.
Source: GYM-1, GYM-2. wandb 0.31.0 asks gymnasium 1's recorder for attributes that it does not have, and so fails when
an environment is closed; here the video is logged.
"""

from __future__ import annotations

import functools
import os
import re
from collections.abc import Callable, Iterator
from importlib import import_module
from typing import TYPE_CHECKING, Any

from wandb_testkit.errors import Error
from wandb_testkit.sdk import media
from wandb_testkit.sdk.extras import required
from wandb_testkit.sdk.patching import Patch, Replacement

if TYPE_CHECKING:
    from wandb_testkit.sdk.session import Session


def monitor(session: Session) -> None:
    """Patch the recorder on behalf of a session (GYM-1).

    Raises:
        Error: Neither gymnasium nor gym is installed, or there is no recorder in it.
    """
    PATCH.ask(session)


def _replacements() -> Iterator[Replacement]:
    library = required("gymnasium", "gym", extra="gym", clause="GYM-1", why="init(monitor_gym=True)")
    for module, owner, method, path_of in RECORDERS:
        try:
            recorder = getattr(import_module(f"{library.__name__}.{module}"), owner)
            original = getattr(recorder, method)
        except (ImportError, AttributeError):
            continue
        yield Replacement(recorder, method, _logging(original, path_of))
        return
    raise Error(f"monitor_gym: {library.__name__} has no recorder of videos that is known here [GYM-1]")


PATCH = Patch(_replacements)


def _named_by_episode(recorder: Any) -> str:
    return os.path.join(recorder.video_folder, f"{recorder._video_name}.mp4")


OLD = "wrappers.monitoring.video_recorder"

RECORDERS: tuple[tuple[str, str, str, Callable[[Any], str]], ...] = (
    ("wrappers", "RecordVideo", "stop_recording", _named_by_episode),  # gymnasium 1
    (OLD, "ImageEncoder", "close", lambda recorder: recorder.output_path),  # gym below 0.26
    (OLD, "VideoRecorder", "close", lambda recorder: recorder.path),
)
"""Module and class of the recorder, the method that completes a video, and where the video is."""


def _logging(original: Callable[..., Any], path_of: Callable[[Any], str]) -> Callable[..., Any]:
    @functools.wraps(original)
    def method(self: Any, *args: Any, **kwargs: Any) -> Any:
        path = path_of(self)
        before = _written_at(path)
        result = original(self, *args, **kwargs)
        if _written_at(path) not in (None, before):
            _log(path)
        return result

    return method


def _written_at(path: str) -> tuple[int, int] | None:
    try:
        found = os.stat(path)
    except (OSError, TypeError):  # no such file, or a recorder that was never given a path
        return None
    return found.st_mtime_ns, found.st_size


def _log(path: str) -> None:
    """Log one video to wandb.run, if that is a run that records (GYM-2)."""
    from wandb_testkit.sdk.run import Run

    run = None if PATCH.session is None else PATCH.session.run
    if not isinstance(run, Run) or run.disabled:
        return
    found = re.match(r".+(video\.\d+).+", path)
    key = found.group(1) if found else "videos"
    with open(path, "rb") as file:
        video = media.video(key, run._history.step, file.read(), os.path.splitext(path)[1])
    run._upload(video.files)
    run.log({key: video.value})
