"""Owns the real wandb client as a conformance target: against a server, and as people use it for a fake."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from packaging.version import InvalidVersion, Version

from wandb_testkit.actions import Script
from wandb_testkit.conformance.capability import ALL, Capability
from wandb_testkit.conformance.target import Target, WrongTargetError
from wandb_testkit.observation import Observation
from wandb_testkit.profiles import CLASSIC, CURRENT, Profile, to_profile
from wandb_testkit.targets.environments import python_of
from wandb_testkit.targets.real import RealTarget
from wandb_testkit.targets.server_side import ServerSide

FIRST_CURRENT = Version("0.13")
"""From this version on a client is held against the current profile, as `--wandb-fake` does."""

SINCE: Mapping[Capability, Version] = {
    Capability.FORK: Version("0.16.5"),
    Capability.SHARED: Version("0.19"),
    Capability.PARALLEL_RUNS: Version("0.19.10"),
}
"""Capability -> the version of wandb that brought it."""

WITHOUT_A_SERVER = frozenset(
    {
        *(Capability.RUN_IDS, Capability.WANDB_RUN, Capability.REINIT, Capability.PARALLEL_RUNS, Capability.STEPS),
        *(Capability.CONFIG, Capability.SUMMARY, Capability.TAGS, Capability.NOTES, Capability.GROUPS),
        *(Capability.SETTINGS, Capability.ERROR_CLASSES),
    }
)
"""What a run of the real client does by itself, wherever its data goes."""

IN_ITS_LOG = frozenset(
    {
        *(Capability.STORED_RUNS, Capability.STATES, Capability.PROCESSES, Capability.FILES, Capability.ALERTS),
        *(Capability.DEFINE_METRIC, Capability.EXIT_CODES),
    }
)
"""What an offline run keeps as well."""

MODES: Mapping[str, frozenset[Capability]] = {
    "offline": WITHOUT_A_SERVER | IN_ITS_LOG,
    "disabled": WITHOUT_A_SERVER,
}
"""The modes in which people use the real client in tests, and what it claims there."""

TRIES = 2
"""A client under load may give up, or say something late, that it says in time otherwise."""

SLOW_BEFORE = Version("0.20")
TIMEOUT_S, SLOW_TIMEOUT_S = 60.0, 90.0
"""Older clients take half a minute and more to give up where they are refused; where they never do is known."""


MakeServer = Callable[[Profile], ServerSide]
"""Makes the server that one script meets."""

CLIENT = "wandb=="
"""How a client is named: this, and the version."""


class _Player:
    """Plays scripts in a client; its process is there from the first one on."""

    def __init__(
        self, version: str, profile: Profile, environ: Mapping[str, str], server: MakeServer | None = None
    ) -> None:
        self._version = version
        self._profile = profile
        self._environ = environ
        self._server = server
        self._real: RealTarget | None = None

    def run(self, script: Script) -> Observation:
        """Carry out a whole script in a fresh world."""
        if self._real is None:
            self._real = RealTarget(self._version, environ=self._environ, server=self._server)
        return self._real.run(script, self._profile)

    def close(self) -> None:
        """End the client's process."""
        if self._real is not None:
            self._real.close()


def client_target(
    version: str, *, mode: str = "", profile: Profile | str | None = None, server: MakeServer | None = None
) -> Target:
    """A real client of some version.

    Args:
        version: As on the package index; it is installed in an environment of its own, once.
        mode: "" for a client that logs to a server; "offline" or "disabled" for one whose WANDB_MODE says so.
        profile: None means that of its generation.
        server: What it logs to; None is the fake server, fresh for each script.
    Raises:
        WrongTargetError: There is no such mode, or what is to be the version is none, or cannot be installed here.
    """
    try:
        known = Version(version)
    except InvalidVersion:
        raise WrongTargetError(f"{CLIENT}{version}: write a released version, as in wandb==0.31.0") from None
    if mode and mode not in MODES:
        raise WrongTargetError(
            f"{CLIENT}{version}-{mode}: write one of {', '.join(MODES)} behind the version, or nothing"
        )
    try:
        python_of(version)
    except LookupError as error:
        said = str(error).splitlines()  # between its first line and its last pip lists every version that there is
        raise WrongTargetError(f"{CLIENT}{version}: {' '.join(dict.fromkeys((said[0], said[-1])))}") from None
    generation = CLASSIC if known < FIRST_CURRENT else CURRENT
    plays = generation if profile is None else to_profile(profile)
    player = _Player(version, plays, {"WANDB_MODE": mode} if mode else {}, server)
    claimed = MODES.get(mode, ALL) - {capability for capability, since in SINCE.items() if known < since}
    if plays is CLASSIC:
        claimed = MODES.get(mode, ALL)  # the classic cases ask for none of what came later
    return Target(
        f"wandb-{mode}" if mode else "wandb",
        version,
        run=player.run,
        capabilities=claimed,
        profile=plays,
        close=player.close,
        tries=TRIES,
        timeout_s=SLOW_TIMEOUT_S if known < SLOW_BEFORE else TIMEOUT_S,
    )
