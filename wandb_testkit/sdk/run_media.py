"""Owns the media of a run: how log() knows them, the files that they are, and what the config is told of them.

The classes themselves are loaded when somebody uses one. Source: protocol.md 4.2, 4.7.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from types import ModuleType
from typing import TYPE_CHECKING, Any

from wandb_testkit.sdk.values import PLAIN

if TYPE_CHECKING:
    from wandb_testkit.sdk.behaviour import Behaviour
    from wandb_testkit.sdk.files import SavedFiles

DRAWING = frozenset({"pandas", "matplotlib", "plotly"})
"""Libraries whose values are media when they are logged: data frames and figures."""


class RunMedia:
    """The media of a run; `Run` adds the rest."""

    if TYPE_CHECKING:
        _behaviour: Behaviour
        _client_config: Mapping[str, Any]
        _files: SavedFiles
        _files_dir: str | None

        def _tell_server(self, key: str, value: Any) -> None: ...
        def _upload(self, files: Mapping[str, bytes]) -> None: ...

    def _without_media(self, data: Mapping[Any, Any], step: int | None) -> Mapping[Any, Any]:
        """The data of log(), with dicts in the place of media, whose files are the run's then."""
        if not any(map(is_media, data.values())):
            return data
        from wandb_testkit.sdk.data_types.rows import as_row  # only who logs media pays for it

        return as_row(self, data, step, self._behaviour.media())  # type: ignore[arg-type] # a Run, which this is part of

    def _media_in_summary(self, key: str, value: Any) -> Any:
        """What the summary keeps of a value that is set by hand."""
        if not is_media(value):
            return value
        from wandb_testkit.sdk.data_types.rows import in_summary

        return in_summary(self, key, value, self._behaviour.media())  # type: ignore[arg-type] # as above

    def _keep_media(self, path: str, content: bytes) -> None:
        """Keep a file of media: on the server, and for whoever looks into the run's directory."""
        self._files.made[path] = content
        if self._files_dir is not None:
            show(self._files_dir, path, content)
        self._upload({path: content})

    def _add_singleton(self, kind: str, key: str, value: Mapping[Any, Any]) -> None:
        """Tell the config the labels of boxes or masks, by the name of what they lie over."""
        labels = {str(number): name for number, name in value.items()}
        known = self._client_config.get(kind, {})
        self._tell_server(kind, {**known, key: {"type": kind, "key": key, "value": labels}})

    def _visualize(self, part: str, key: str, value: Mapping[str, Any]) -> None:
        """Tell the config how a chart is drawn."""
        self._tell_server(part, {**self._client_config.get(part, {}), key: value})


def is_media(value: Any) -> bool:
    """Whether log() makes something of a value, or of a part of it, that is not its JSON."""
    kind = type(value)
    if kind in PLAIN or kind is int:
        return False
    if isinstance(value, dict):
        return any(map(is_media, value.values()))
    if kind in (list, tuple):
        return bool(value) and all(getattr(type(item), "is_wb_value", False) is True for item in value)
    if getattr(kind, "is_wb_value", False) is True:
        return True
    home = value.__name__ if kind is ModuleType else kind.__module__
    return home.partition(".")[0] in DRAWING


def show(directory: str, path: str, content: bytes) -> None:
    """Write a file below a directory."""
    whole = os.path.join(directory, *path.split("/"))
    os.makedirs(os.path.dirname(whole), exist_ok=True)
    with open(whole, "wb") as file:
        file.write(content)
