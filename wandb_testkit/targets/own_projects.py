"""Owns the projects that a script has to itself on a server that is not ours.

The server keeps what earlier scripts left, so the projects of each have a suffix, which is taken off again in what is
seen.
"""

from __future__ import annotations

import dataclasses
import secrets
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from wandb_testkit import actions
from wandb_testkit.observation import InitSeen, RunView
from wandb_testkit.ports import Transport
from wandb_testkit.targets.server_reading import delete_runs, runs_of

DEFAULT_PROJECT = "uncategorized"


class OwnProjects:
    """The projects of one script.

    Args:
        transport: Asks the server, as the account of the script.
        entity: Of that account.
    """

    def __init__(self, transport: Transport, entity: str) -> None:
        self._transport = transport
        self._entity = entity
        self._suffix = f"-{secrets.token_hex(4)}"
        self._projects: dict[str, None] = {}

    def placed(self, action: actions.Action, environ: Mapping[str, str]) -> actions.Action:
        """The action in a project of the script; `environ` has the variables of its process."""
        if isinstance(action, actions.StartProcess) and "WANDB_PROJECT" in action.env:
            env = {**action.env, "WANDB_PROJECT": self._project(action.env["WANDB_PROJECT"])}
            return dataclasses.replace(action, env=env)
        if not isinstance(action, actions.Init):
            return action
        kwargs = dict(action.kwargs)
        settings = kwargs.get("settings")
        goes_online = kwargs.get("mode") not in ("offline", "dryrun", "disabled")
        if isinstance(kwargs.get("project"), str):
            kwargs["project"] = self._project(kwargs["project"])
        elif isinstance(settings, Mapping) and "project" in settings:
            kwargs["settings"] = {**settings, "project": self._project(settings["project"])}
        elif kwargs.get("project") is None and "WANDB_PROJECT" not in environ and goes_online:
            kwargs["project"] = self._project(DEFAULT_PROJECT)
        return dataclasses.replace(action, kwargs=kwargs)

    def runs(self, inits: Sequence[InitSeen]) -> Iterator[RunView]:
        """The runs that the server has in these projects now; where one was resumed, its init() tells."""
        resumed = {init.run_id: init.starting_step for init in inits if init.resumed}
        for project in self._projects:
            for run in runs_of(self._transport, self._entity, project):
                yield dataclasses.replace(self.plain(run), resumed_from=resumed.get(run.id))

    def plain(self, run: RunView) -> RunView:
        """The run as the script calls its project."""
        return dataclasses.replace(run, project=run.project.removesuffix(self._suffix))

    def delete(self, run_id: str) -> None:
        """Delete every run of this id."""
        for project in self._projects:
            delete_runs(self._transport, self._entity, project, run_id)

    def _project(self, name: Any) -> str:
        scoped = f"{name}{self._suffix}"
        self._projects[scoped] = None
        return scoped
