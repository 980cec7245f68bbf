"""Owns the summary of a run of the public API: it is changed here, and told to the server with update()."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator, Mapping, MutableMapping
from typing import Any

from wandb_testkit.dropin.public import documents
from wandb_testkit.dropin.public.asking import Asker


class HTTPSummary(MutableMapping[str, Any]):
    """A summary: items by key or attribute, nested dicts as dicts."""

    def __init__(self, asker: Asker, storage_id: str, summary: Mapping[str, Any]) -> None:
        own = self.__dict__
        own["_asker"] = asker
        own["_storage_id"] = storage_id
        own["_json_dict"] = copy.deepcopy(dict(summary))

    def __getitem__(self, key: str) -> Any:
        return self.__dict__["_json_dict"][key]

    def __setitem__(self, key: str, value: Any) -> None:
        self.__dict__["_json_dict"][key] = value

    def __delitem__(self, key: str) -> None:
        del self.__dict__["_json_dict"][key]

    def __iter__(self) -> Iterator[str]:
        return iter(self.__dict__["_json_dict"])

    def __len__(self) -> int:
        return len(self.__dict__["_json_dict"])

    def __getattr__(self, key: str) -> Any:
        if key.startswith("__") or key not in self.__dict__["_json_dict"]:
            raise AttributeError(key)
        return self[key]

    def __setattr__(self, key: str, value: Any) -> None:
        self[key] = value

    def __repr__(self) -> str:
        return repr(self.__dict__["_json_dict"])

    def update(self, key_vals: Any = None, overwrite: bool = True) -> None:  # type: ignore[override] # wandb's
        """Set several keys, and tell the server the whole summary.

        Args:
            overwrite: Keys that are there already get the new value.
        """
        values = self.__dict__["_json_dict"]
        for key, value in dict(key_vals or {}).items():
            if overwrite or key not in values:
                values[key] = value
        summary = json.dumps(values)
        self.__dict__["_asker"].ask(
            documents.UPSERT_RUN, {"id": self.__dict__["_storage_id"], "summaryMetrics": summary}
        )
