"""Owns the runs of the public API: what a run reads as, how it is edited, and lists of them."""

from __future__ import annotations

import importlib
import json
import os
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from wandb_testkit.dropin.public import documents
from wandb_testkit.dropin.public.asking import Asker, normalized
from wandb_testkit.dropin.public.attrs import Attrs, frame
from wandb_testkit.dropin.public.files import File, Files
from wandb_testkit.dropin.public.members import User
from wandb_testkit.dropin.public.paging import SizedPaginator
from wandb_testkit.dropin.public.summary import HTTPSummary
from wandb_testkit.records import RunPath
from wandb_testkit.world import current

CLIENT_KEY = "_wandb"


class Run(Attrs):
    """A run as the server has it.

    What was read stays as it was read until load(force=True); changes are on the server after update().

    Args:
        attrs: What the server has told of it already; None asks.
    """

    files_class: type[Files] = Files

    def __init__(
        self, asker: Asker, entity: str, project: str, run_id: str, attrs: Mapping[str, Any] | None = None
    ) -> None:
        super().__init__(attrs or {})
        self._asker = asker
        self._entity = entity
        self.project = project
        self.id = run_id
        self._summary: HTTPSummary | None = None
        self._sweep: Any = None
        self._state = self._attrs.get("state", "not found")
        self.load(force=not attrs)

    # ------------------------------------------------------------------ what it reads as

    @normalized
    def load(self, force: bool = False) -> dict[str, Any]:
        """Its fields, asked for anew if `force`.

        Raises:
            CommError: There is no such run.
        """
        if force or not self._attrs:
            told = self._asker.ask(documents.RUN, self._variables())
            found = (told["project"] or {}).get("run")
            if found is None:
                raise ValueError(f"Could not find run {self!r}")
            self._attrs = dict(found)
            self._summary = None
        self._state = self._attrs.get("state", self._state)
        for field in ("summaryMetrics", "systemMetrics"):
            self._attrs[field] = _read(self._attrs.get(field))
        if "rawconfig" not in self._attrs:
            whole = {key: _value(value) for key, value in _read(self._attrs.get("config")).items()}
            self._attrs["rawconfig"] = whole
            self._attrs["config"] = {key: value for key, value in whole.items() if key != CLIENT_KEY}
        if self._attrs.get("user"):
            self.user = User(self._asker, self._attrs["user"])
        return self._attrs

    @property
    def state(self) -> str:
        """Where it stands: running, finished, failed, crashed, killed ..."""
        return str(self._state)

    @property
    def entity(self) -> str:
        """The user or team that it belongs to."""
        return self._entity

    @property
    def username(self) -> str:
        """The old name of `entity`."""
        current().session.warn("deprecated_name", "Run.username is deprecated. Please use Run.entity instead.")
        return self._entity

    @property
    def storage_id(self) -> str:
        """Its id on the server; `id` is what users call so."""
        return str(self._attrs["id"])

    @property
    def id(self) -> str:
        """Its run id."""
        return str(self._attrs["name"])

    @id.setter
    def id(self, new_id: str) -> None:
        self._attrs["name"] = new_id

    @property
    def name(self) -> str | None:
        """Its display name."""
        name: str | None = self._attrs.get("displayName")
        return name

    @name.setter
    def name(self, new_name: str) -> None:
        self._attrs["displayName"] = new_name

    @property
    def path(self) -> list[str]:
        """Entity, project and id, as they stand in its URL."""
        return [quote(part, safe="") for part in (self._entity, self.project, self.id)]

    @property
    def url(self) -> str:
        """Its page."""
        entity, project, run_id = self.path
        return f"{self._asker.app_url}{entity}/{project}/runs/{run_id}"

    @property
    def summary(self) -> HTTPSummary:
        """Its summary; what is assigned is on the server after summary.update() or update()."""
        if self._summary is None:
            self._summary = HTTPSummary(self._asker, self.storage_id, self._attrs["summaryMetrics"])
        return self._summary

    @property
    def json_config(self) -> str:
        """Its config as the server is told it."""
        raw = self._attrs["rawconfig"]
        hidden = {CLIENT_KEY: raw[CLIENT_KEY]} if CLIENT_KEY in raw else {}
        whole = {**hidden, **self.config}
        return json.dumps({key: {"value": value, "desc": None} for key, value in whole.items()})

    @property
    def lastHistoryStep(self) -> int:
        """`_step` of its last row, -1 without rows."""
        run = self._ask(documents.HISTORY_KEYS)
        return int((run.get("historyKeys") or {}).get("lastStep", -1))

    def to_html(self, height: int = 420, hidden: bool = False) -> str:
        """A frame with its page."""
        return frame(self.url, height, hidden, "run")

    def _repr_html_(self) -> str:
        return self.to_html()

    def __repr__(self) -> str:
        return f"<Run {'/'.join(self.path)} ({self._state})>"

    # ------------------------------------------------------------------ history and files

    @normalized
    def history(
        self,
        samples: int = 500,
        keys: Any = None,
        x_axis: str = "_step",
        pandas: bool = True,
        stream: str = "default",
    ) -> Any:
        """Rows of its history, evenly fewer if there are more than `samples`.

        Args:
            keys: A list: only rows that have all of these, and of them these alone; None: whole rows.
            x_axis: Is there beside the keys.
            pandas: As a data frame, where pandas is installed; else a list of dicts.
            stream: "system" for the samples of the machine.
        """
        terminal = current().session.terminal
        if keys is not None and not isinstance(keys, list):
            terminal.line("keys must be specified in a list", level="error")
            return []
        if keys and not isinstance(keys[0], str):
            terminal.line("keys argument must be a list of strings", level="error")
            return []
        if keys and stream != "default":
            terminal.line("stream must be default when specifying keys", level="error")
            return []
        if keys:
            spec = json.dumps({"keys": [x_axis, *keys], "samples": samples})
            rows = self._ask(documents.SAMPLED_HISTORY, specs=[spec])["sampledHistory"][0]
        else:
            field = "history" if stream == "default" else "events"
            document = documents.HISTORY if stream == "default" else documents.EVENTS
            rows = [json.loads(row) for row in self._ask(document, samples=samples)[field]]
        return _frame_of(rows) if pandas else rows

    @normalized
    def file(self, name: str) -> File:
        """A file of this name, there or not: one that is not there has no bytes."""
        return self.files_class(self._asker, self, [name])[0]

    @normalized
    def upload_file(self, path: str, root: str = ".") -> File:
        """Put a file to the run.

        Args:
            root: The name in the run is relative to it.
        """
        root = os.path.abspath(root)
        name = os.path.relpath(path, root)
        with open(os.path.join(root, name), "rb") as file:
            content = file.read()
        named = name.replace(os.sep, "/")
        self._asker.upload(RunPath(self._entity, self.project, self.id), named, content)
        return self.files_class(self._asker, self, [named])[0]

    # ------------------------------------------------------------------ edits

    @normalized
    def update(self) -> None:
        """Tell the server config, name, notes, tags, group, job type, and the summary, as they are here."""
        attrs = self._attrs
        self._asker.ask(
            documents.UPSERT_RUN,
            {
                "id": self.storage_id,
                "displayName": self.name,
                "description": self.__dict__.get("description", attrs.get("description")),
                "notes": self.__dict__.get("notes", attrs.get("notes")),
                "tags": list(self.__dict__.get("tags", attrs.get("tags")) or []),
                "config": self.json_config,
                "groupName": self.__dict__.get("group", attrs.get("group")),
                "jobType": self.__dict__.get("job_type", attrs.get("jobType")),
            },
        )
        self.summary.update()

    def save(self) -> None:
        """The same as update()."""
        self.update()

    @normalized
    def delete(self, delete_artifacts: bool = False) -> None:
        """Delete it, and what it has logged if that is asked for."""
        self._asker.ask(documents.DELETE_RUN, {"id": self.storage_id, "deleteArtifacts": delete_artifacts})

    # ------------------------------------------------------------------ inside

    def _variables(self, **more: Any) -> dict[str, Any]:
        return {"entity": self._entity, "project": self.project, "name": self.id, **more}

    def _ask(self, document: str, **more: Any) -> dict[str, Any]:
        run = (self._asker.ask(document, self._variables(**more))["project"] or {}).get("run")
        if run is None:
            raise ValueError(f"Could not find run {self!r}")
        return dict(run)


class Runs(SizedPaginator[Run]):
    """The runs of a project that fit the filters, in order."""

    document = documents.RUNS
    where = ("project", "runs")
    run_class: type[Run] = Run

    def __init__(
        self,
        asker: Asker,
        entity: str,
        project: str,
        filters: Mapping[str, Any] | None = None,
        order: str = "+created_at",
        per_page: int = 50,
    ) -> None:
        self.entity, self.project = entity, project
        self.filters, self.order = dict(filters or {}), order
        variables = {"project": project, "entity": entity, "order": order, "filters": json.dumps(self.filters)}
        super().__init__(asker, variables, per_page)

    total = staticmethod(lambda response: (response["project"] or {}).get("runCount"))

    def _convert(self, node: Mapping[str, Any]) -> Run:
        return self.run_class(self._asker, self.entity, self.project, node["name"], node)

    def _what(self) -> str:
        return f"project {self.project}"

    def __repr__(self) -> str:
        return f"<Runs {self.entity}/{self.project}>"


def _read(text: Any) -> dict[str, Any]:
    """What the server keeps as JSON."""
    return dict(json.loads(text or "{}")) if isinstance(text, (str, type(None))) else dict(text)


def _value(value: Any) -> Any:
    return value["value"] if isinstance(value, dict) and "value" in value else value


def _frame_of(rows: list[dict[str, Any]]) -> Any:
    """The rows as a data frame, or as they are where there is no pandas."""
    try:
        pandas = importlib.import_module("pandas")
    except ImportError:
        text = "Unable to load pandas, call history with pandas=False"
        current().session.terminal.line(text, level="warning")
        return rows
    return pandas.DataFrame.from_records(rows)
