"""Owns the target that is a server which speaks W&B's protocol: a client logs to it, and it is asked what it kept.

The server keeps what earlier scripts left, so each script has projects of its own there (own_projects.py).
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

from wandb_testkit import actions
from wandb_testkit.conformance.capability import ALL, Capability
from wandb_testkit.conformance.target import CASE_TIMEOUT_S, Target, WrongTargetError
from wandb_testkit.observation import Observation
from wandb_testkit.ports import Transport
from wandb_testkit.profiles import CURRENT, Profile, to_profile
from wandb_testkit.recorder import Recorder
from wandb_testkit.records import Record, Result, ViewerRequest
from wandb_testkit.targets.clients import CLIENT, client_target
from wandb_testkit.targets.foreign_server import ForeignServer
from wandb_testkit.targets.own_projects import OwnProjects
from wandb_testkit.targets.reference import Playing
from wandb_testkit.transport.dialects import DIALECTS
from wandb_testkit.transport.http import HttpTransport
from wandb_testkit.transport.patience import PROMPT
from wandb_testkit.wiring import LineOf, MemoryLine

NOT_ASKED = frozenset(
    {
        *(Capability.LOGIN, Capability.ANONYMOUS, Capability.NETWORK, Capability.ENTITIES),
        *(Capability.FILES, Capability.ALERTS, Capability.EXIT_CODES),
    }
)
"""What a foreign server is not asked: accounts that are not the suite's, and what its runs do not tell."""

NETWORK = frozenset({Capability.NETWORK})
"""What a script of a real client has beside that: somebody stands between it and the server."""

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
    client: str | None = None,
    name: str | None = None,
    version: str | None = None,
    capabilities: Iterable[Capability | str] | None = None,
    profile: Profile | str | None = None,
    timeout_s: float | None = None,
) -> Target:
    """A target for a server that speaks W&B's protocol; a client logs to it over HTTP, under the account of the key.

    Args:
        url: Scheme, host and port, as WANDB_BASE_URL.
        client: "wandb==0.31.0": the real client of that version, in an environment of its own. None is our client,
            which speaks as that of the profile does.
        name: How reports call it; None is the URL, and the client.
        version: Of the server; None tells the day on which it was asked.
        capabilities: What it claims; None means all that can be asked, and that the client has.
        profile: Which init() the client plays; None means that of its generation, "current" for ours.
        timeout_s: How long one case may take; None means what the client needs.
    Raises:
        WrongTargetError: The server does not know the key, or is not there; there is no such client.
    """
    if not url.startswith(("http://", "https://")):
        raise WrongTargetError(f"target {url!r} is no URL: write scheme, host and port, as in http://localhost:8080")
    wanted = None if client is None else _version_of(client)
    plays = CURRENT if profile is None else to_profile(profile)

    def connect(key: str | None) -> Transport:
        return HttpTransport(url, key, dialect=DIALECTS[VERSIONS[plays]], patience=PROMPT)

    entity = _entity(url, connect(api_key))
    known = version or f"asked on {datetime.date.today().isoformat()}"
    if wanted is None:
        return transport_target(
            name or url,
            connect,
            version=known,
            api_key=api_key,
            entity=entity,
            capabilities=capabilities,
            profile=plays,
            timeout_s=CASE_TIMEOUT_S if timeout_s is None else timeout_s,
        )
    real = client_target(
        wanted, profile=profile, server=lambda _: ForeignServer(url, api_key, entity, connect(api_key))
    )
    claimed = (real.claimed - NOT_ASKED) | NETWORK if capabilities is None else capabilities
    return replace(
        real,
        name=name or f"{url} by {client}",
        version=known,
        capabilities=claimed,
        timeout_s=real.timeout_s if timeout_s is None else timeout_s,
    )


def _entity(url: str, transport: Transport) -> str:
    """Whose key the transport has."""
    answer = transport.deliver(ViewerRequest())
    transport.close()
    refusal = answer.refusal
    if refusal is not None and refusal.status == 0:
        raise WrongTargetError(f"target {url!r}: {refusal.message}; write the URL of a server that is up")
    if answer.account is None:
        said = "it says nothing" if refusal is None else f"{refusal.status}: {refusal.message}"
        raise WrongTargetError(
            f"target {url!r} does not tell whose key it was given ({said}); write a key of that server in WANDB_API_KEY"
        )
    return answer.account.entity


def _version_of(client: str) -> str:
    if not client.startswith(CLIENT):
        raise WrongTargetError(f"client {client!r}: write the version of a real client, client='wandb==0.31.0'")
    return client.removeprefix(CLIENT)


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
        self._projects = OwnProjects(self._transport, entity)

    def play(self, script: actions.Script) -> Observation:
        """Carry out a script in projects of its own, and tell what could be seen."""
        try:
            for action in script:
                process = self.processes.get(self.present)
                self.take(self._projects.placed(action, {} if process is None else process.action.env))
            return self.observation()
        finally:
            self._transport.close()
            self.world.close()

    def observation(self) -> Observation:
        """What could be seen so far; the states are those of now."""
        self.world.recorder.flush()
        seen = super().observation()
        offline = [self._projects.plain(run) for run in seen.runs if run.mode == "offline"]
        runs = [*self._projects.runs(seen.inits), *offline]
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
        self._projects.delete(action.run_id)
