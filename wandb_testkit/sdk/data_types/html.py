"""Owns Html: a page as a file, with or without W&B's style sheet. Source: observed with 0.31.0."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from wandb_testkit.records import Row
from wandb_testkit.sdk.data_types import dtypes
from wandb_testkit.sdk.data_types.wb_value import BatchableMedia

if TYPE_CHECKING:
    from wandb_testkit.sdk.artifacts.artifact import Artifact
    from wandb_testkit.sdk.run import Run

STYLE = '<base target="_blank"><link rel="stylesheet" type="text/css" href="https://app.wandb.ai/normalize.css" />'


class Html(BatchableMedia):
    """A page.

    Args:
        data: HTML, the path of a file whose name ends with ".html", or an open file.
        inject: Add the style sheet.
        data_is_not_path: A text is HTML, whatever it looks like.
    Raises:
        ValueError: It is none of these.
    """

    _log_type = "html-file"
    _subdir = "html"

    def __init__(self, data: Any, inject: bool = True, data_is_not_path: bool = False) -> None:
        super().__init__()
        is_path = not data_is_not_path and _is_page(data)
        if is_path:
            self.html: str = Path(data).read_text(encoding="utf-8")
        elif isinstance(data, str):
            self.html = data
        elif hasattr(data, "read"):
            if hasattr(data, "seek"):
                data.seek(0)
            self.html = data.read()
        else:
            raise ValueError(f"data must be a string or an io object, not {type(data).__name__}")
        if inject:
            self.inject_head()
        if is_path and not inject:
            self._set_path(os.fspath(data))
        else:
            self._set_content(self.html.encode(), ".html")

    def inject_head(self) -> None:
        """Add the style sheet: to the head if there is one."""
        if "<head>" in self.html:
            before, after = self.html.split("<head>", 1)
            parts = (f"{before}<head>", STYLE, after)
        elif "<html>" in self.html:
            before, after = self.html.split("<html>", 1)
            parts = (f"{before}<html><head>", STYLE, f"</head>{after}")
        else:
            parts = ("", STYLE, self.html)
        self.html = "".join(parts).strip()

    @classmethod
    def from_json(cls, json_obj: Mapping[str, Any], source_artifact: Artifact) -> Html:
        """Read the form in an artifact."""
        return cls(source_artifact.get_entry(json_obj["path"]).download(), inject=False)

    @classmethod
    def seq_to_json(cls, seq: Sequence[Any], run: Run, key: str, step: int | str) -> Row:
        """The form in a row of several pages."""
        return {"_type": "html", "count": len(seq), "html": [one.to_json(run) for one in seq]}


class HtmlType(dtypes.Type):
    """A column of pages."""

    name = "html-file"


dtypes.register(HtmlType, Html)


def _is_page(data: Any) -> bool:
    if not isinstance(data, (str, Path)):
        return False
    try:
        return os.path.isfile(data) and os.path.splitext(data)[1] == ".html"
    except ValueError:  # no path has a NUL in it
        return False
