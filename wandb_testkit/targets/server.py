"""Owns the target that is a server which speaks W&B's protocol: our client logs to it, and it is asked what it kept.

The server keeps what earlier scripts left, so each script has projects of its own there: a suffix that is taken off
again in what is seen.
"""

from __future__ import annotations

import dataclasses
import datetime
import secrets
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from wandb_testkit import actions
from wandb_testkit.conformance.capability import ALL, Capability
from wandb_testkit.conformance.target import CASE_TIMEOUT_S, Target, WrongTargetError
from wandb_testkit.observation import Observation, RunView
from wandb_testkit.ports import Transport
from wandb_testkit.profiles import CURRENT, Profile, to_profile
from wandb_testkit.recorder import Recorder
from wandb_testkit.records import Record, Result, ViewerRequest
from wandb_testkit.targets.reference import Playing
from wandb_testkit.targets.server_reading import delete_runs, runs_of
from wandb_testkit.transport.dialects import DIALECTS
from wandb_testkit.transport.http import HttpTransport
from wandb_testkit.transport.patience import PROMPT
from wandb_testkit.wiring import LineOf, MemoryLine

DEFAULT_PROJECT = "uncategorized"

NOT_ASKED = frozenset(
    {
        *(Capability.LOGIN, Capability.ANONYMOUS, Capability.NETWORK, Capability.ENTITIES),
        *(Capability.FILES, Capability.ALERTS, Capability.EXIT_CODES),
    }
)
"""What a foreign server is not asked: accounts that are not the suite's, and what its runs do not tell."""

Connect = Callable[[str | None], Transport]


def transport_target(
    name: str,
    connect: Connect,
    *,
    version: str,
    api_key: str,
    entity: str,
    capabilities: Iterable[Capability | str] | None = None,
    profile: Profile | str = CURRENT,
    timeout_s: float = CASE_TIMEOUT_S,
) -> Target:
    """A target for whatever takes records: our client hands them to a transport of yours.

    Args:
        connect: Makes a transport for the account of an API key; None stands for nobody.
        version: Of what is behind it.
        api_key: The account that runs are logged with; `entity` is what it is called.
        capabilities: What it claims; None means all that can be asked.
        profile: Which init() the client plays.
    """
    plays = to_profile(profile)
    claimed = ALL - NOT_ASKED if capabilities is None else capabilities

    def run(script: actions.Script) -> Observation:
        return _Foreign(plays, connect, api_key, entity).play(script)

    return Target(name, version, run=run, capabilities=claimed, profile=plays, timeout_s=timeout_s)


def server_target(
    url: str,
    api_key: str,
    *,
    name: str | None = None,
    version: str | None = None,
    capabilities: Iterable[Capability | str] | None = None,
    profile: Profile | str = CURRENT,
    timeout_s: float = CASE_TIMEOUT_S,
) -> Target:
    """A target for a server that speaks W&B's protocol; our client logs to it over HTTP, under the account of the key.

    Args:
        url: Scheme, host and port, as WANDB_BASE_URL.
        name: How reports call it; None is the URL.
        version: Of the server; None tells the day on which it was asked.
        capabilities: What it claims; None means all that can be asked.
    Raises:
        WrongTargetError: The server does not know the key, or is not there.
    """
    plays = to_profile(profile)
    dialect = DIALECTS[VERSIONS[plays]]

    def connect(key: str | None) -> Transport:
        return HttpTransport(url, key, dialect=dialect, patience=PROMPT)

    transport = connect(api_key)
    answer = transport.deliver(ViewerRequest())
    transport.close()
    if answer.account is None:
        raise WrongTargetError(
            f"target {url!r} does not tell whose key it was given ({answer.refusal}); write the URL of a server that "
            "is up, and a key of its own in WANDB_API_KEY"
        )
    entity = answer.account.entity
    return transport_target(
        name or url,
        connect,
        version=version or f"asked on {datetime.date.today().isoformat()}",
        api_key=api_key,
        entity=entity,
        capabilities=capabilities,
        profile=plays,
        timeout_s=timeout_s,
    )


VERSIONS: Mapping[Profile, str] = {Profile.CLASSIC: "0.10.33", Profile.CURRENT: "0.31.0"}
"""Whose requests our client speaks in."""


class _Noted:
    """A transport whose records are made known to the world of the script."""

    def __init__(self, inner: Transport, recorder: Recorder) -> None:
        self._inner = inner
        self._recorder = recorder

    def deliver(self, record: Record) -> Result:
        """Send a record, and note what came of it."""
        result = self._inner.deliver(record)
        note = self._recorder.accepted if result.refusal is None else self._recorder.refused
        note(record, result)
        return result

    def publish(self, record: Record) -> None:
        """Send a record, and note that."""
        self.deliver(record)

    def close(self) -> None:
        """Cut the connection."""
        self._inner.close()


def _line(connect: Connect, recorder: Callable[[], Recorder]) -> LineOf:
    class ForeignLine(MemoryLine):
        """The way to whatever connect() leads to; offline runs stay here."""

        __slots__ = ()

        def connect(self, api_key: str | None) -> Transport:
            """A transport for the account of a key."""
            return _Noted(connect(api_key), recorder())

    return ForeignLine


class _Foreign(Playing):
    """One script on its way to a server that is not ours."""

    def __init__(self, profile: Profile, connect: Connect, api_key: str, entity: str) -> None:
        super().__init__(profile, _line(connect, lambda: self.world.recorder))
        self.world.home.api_key = api_key
        self._transport = connect(api_key)
        self._entity = entity
        self._suffix = f"-{secrets.token_hex(4)}"
        self._projects: dict[str, None] = {}

    def play(self, script: actions.Script) -> Observation:
        """Carry out a script in projects of its own, and tell what could be seen."""
        try:
            for action in script:
                self.take(self._scoped(action))
            return self.observation()
        finally:
            self._transport.close()
            self.world.close()

    def observation(self) -> Observation:
        """What could be seen so far; the states are those of now."""
        self.world.recorder.flush()
        seen = super().observation()
        offline = [run for run in seen.runs if run.mode == "offline"]
        online = [run for project in self._projects for run in runs_of(self._transport, self._entity, project)]
        resumed = {init.run_id: init.starting_step for init in seen.inits if init.resumed}
        runs = [self._own(run, resumed.get(run.id) if run.mode == "online" else None) for run in (*online, *offline)]
        made = {(init.mode, init.run_id): number for number, init in reversed(list(enumerate(seen.inits)))}
        runs.sort(key=lambda run: made.get((run.mode, run.id), len(made)))
        return Observation(seen.inits, tuple(runs), seen.actions)

    def take(self, action: actions.Action) -> None:
        """Carry out one action; a run is deleted where it is, on the server."""
        if not isinstance(action, actions.DeleteRun):
            super().take(action)
            return
        self.place += 1
        self.world.recorder.flush()
        for project in self._projects:
            delete_runs(self._transport, self._entity, project, action.run_id)

    def _own(self, run: RunView, resumed_from: int | None) -> RunView:
        return dataclasses.replace(
            run, project=run.project.removesuffix(self._suffix), resumed_from=resumed_from, requests=run.requests
        )

    def _scoped(self, action: actions.Action) -> actions.Action:
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
        elif kwargs.get("project") is None and "WANDB_PROJECT" not in self.process.action.env and goes_online:
            kwargs["project"] = self._project(DEFAULT_PROJECT)
        return dataclasses.replace(action, kwargs=kwargs)

    def _project(self, name: Any) -> str:
        scoped = f"{name}{self._suffix}"
        self._projects[scoped] = None
        return scoped
