"""Owns Bokeh: plots of bokeh as files."""

from __future__ import annotations

import json
import os
from typing import Any

from wandb_testkit.sdk.data_types import dtypes
from wandb_testkit.sdk.data_types.libraries import needed
from wandb_testkit.sdk.data_types.wb_value import Media


class Bokeh(Media):
    """A plot of bokeh.

    Args:
        data_or_path: A plot, or the path of the JSON of one.
    Raises:
        Error: bokeh is not there.
        TypeError: It is neither.
    """

    _log_type = "bokeh-file"
    _subdir = "bokeh"

    def __init__(self, data_or_path: Any) -> None:
        super().__init__()
        documents = needed("bokeh.document", "wandb.data_types.Bokeh").Document
        plots = needed("bokeh.model", "wandb.data_types.Bokeh").Model
        if isinstance(data_or_path, (str, os.PathLike)) and os.path.exists(data_or_path):
            path = os.fspath(data_or_path)
            with open(path, encoding="utf-8") as file:
                self.b_obj: Any = documents.from_json(json.load(file))
            self._set_path(path, ".bokeh.json")
        elif isinstance(data_or_path, plots):
            document = documents()
            document.add_root(data_or_path)
            self.b_obj = documents.from_json(_plain(document))  # read again, so that equal plots make equal files
            said = _plain(self.b_obj)
            roots = said.get("roots")
            if isinstance(roots, dict) and "references" in roots:
                roots["references"].sort(key=lambda one: one["id"])
            self._set_content(self._json(said), ".bokeh.json")
        elif not isinstance(data_or_path, documents):
            raise TypeError("Bokeh constructor accepts Bokeh document/model or path to Bokeh json file")


class BokehType(dtypes.Type):
    """A column of plots."""

    name = "bokeh-file"


dtypes.register(BokehType, Bokeh)


def _plain(document: Any) -> Any:
    try:
        return document.to_json(deferred=False)
    except TypeError:  # before 3.9 it is plain anyway
        return document.to_json()
