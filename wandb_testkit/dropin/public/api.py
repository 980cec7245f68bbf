"""Owns what the Api of both profiles has in common: whose it is, and what it has read already."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from wandb_testkit.dropin import advice
from wandb_testkit.dropin.public import documents, places
from wandb_testkit.dropin.public.around_artifacts import AroundArtifacts
from wandb_testkit.dropin.public.asking import Asker
from wandb_testkit.dropin.public.projects import Projects
from wandb_testkit.dropin.public.runs import Run, Runs
from wandb_testkit.dropin.public.sweeps import Sweep
from wandb_testkit.errors import NotModelledAttributeError
from wandb_testkit.world import BEHAVIOURS, current


class BaseApi(AroundArtifacts):
    """Reads and edits what the server of the world in force has.

    Runs, lists of runs and sweeps are read once: asked for again, they are the same objects until flush().

    Args:
        overrides: `entity`, `project` and others that hold instead of the process's settings.
        api_key: None means the one that the process would use.
    """

    run_class: type[Run] = Run
    runs_class: type[Runs] = Runs
    projects_class: type[Projects] = Projects
    sweep_class: type[Sweep] = Sweep
    not_modelled: frozenset[str] = frozenset()

    def _begin(self, overrides: Mapping[str, Any] | None, api_key: str | None) -> None:
        world = current()
        session = world.session
        self._asker = Asker(session, api_key)
        given = session.of_process()
        self.settings: dict[str, Any] = {
            "entity": given.get("entity"),
            "project": given.get("project"),
            "run": given.get("run_id"),
            "base_url": session.base_url(),
            **(overrides or {}),
        }
        self._version = BEHAVIOURS[world.profile].version
        self._default_entity: str | None = None
        self._runs: dict[str, Any] = {}
        self._sweeps: dict[str, Sweep] = {}
        self._projects: dict[str, Projects] = {}

    @property
    def user_agent(self) -> str:
        """How it names itself."""
        return f"W&B Public Client {self._version}"

    @property
    def default_entity(self) -> str | None:
        """Where the account writes unless told otherwise."""
        if self._default_entity is None:
            viewer = self._asker.ask(documents.VIEWER, {})["viewer"] or {}
            self._default_entity = viewer.get("entity")
        return self._default_entity

    def flush(self) -> None:
        """Forget the runs that were read."""
        self._runs = {}

    def _defaults(self) -> places.Defaults:
        entity = self.settings["entity"] or self.default_entity
        return places.Defaults(str(entity), self.settings["project"])

    def _run(self, path: str) -> Run:
        if path not in self._runs:
            where = places.of_run(path, self._defaults())
            self._runs[path] = self.run_class(self._asker, *where)
        run: Run = self._runs[path]
        return run

    def _runs_of(self, path: str | None, filters: Mapping[str, Any] | None, order: str, per_page: int) -> Runs:
        key = f"{path or ''}{filters or {}}{order}"
        if key not in self._runs:
            entity, project = places.of_project(path, self._defaults())
            self._runs[key] = self.runs_class(self._asker, entity, project, filters, order, per_page)
        runs: Runs = self._runs[key]
        return runs

    def _sweep(self, path: str) -> Sweep:
        if path not in self._sweeps:
            where = places.of_run(path, self._defaults())
            self._sweeps[path] = self.sweep_class(self._asker, *where)
        return self._sweeps[path]

    def _projects_of(self, entity: str | None, per_page: int) -> Projects:
        entity = entity or self._defaults().entity
        if entity not in self._projects:
            self._projects[entity] = self.projects_class(self._asker, entity, per_page)
        return self._projects[entity]

    def _create_run(self, run_id: str | None, project: str | None, entity: str | None, state: str) -> Run:
        where = {
            "entity": entity or self.default_entity,
            "project": project or self.settings["project"] or "uncategorized",
            "name": run_id or self._asker.session.ids.run_id(),
        }
        made = self._asker.ask(documents.UPSERT_RUN, {**where, "state": state})["upsertBucket"]["bucket"]
        path = (made["project"]["entity"]["name"], made["project"]["name"], made["name"])
        told = {"id": made["id"], "displayName": made["displayName"], "state": state}
        nothing: dict[str, Any] = {"tags": [], "description": None, "notes": None, "group": None, "jobType": None}
        return self.run_class(self._asker, *path, {**nothing, **told, "name": made["name"]})

    def __getattr__(self, name: str) -> Any:
        if name in self.not_modelled:
            text = f"Api.{name} is part of wandb {self._version} and not of this version of the kit. "
            raise NotModelledAttributeError((text + advice.of(f"Api.{name}")).strip(), name=name)
        raise AttributeError(f"'Api' object has no attribute {name!r}", name=name, obj=self)
