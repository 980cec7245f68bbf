"""Owns the world that the oracle keeps: processes, machines, credentials and run records, as plain data.

No rule of init() or log() here. What W&B would make up (ids, display names, account names) has placeholders.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from wandb_testkit.observation import RunState
from wandb_testkit.profiles import Profile

Values: TypeAlias = dict[str, Any]
"""JSON values by name."""

USER = "user"
"""The entity of the account that the script is logged in with at first."""

GENERATED_NAME = "a name that the server made"
"""The display name of an online run that nobody named (NAME-2)."""


def generated_id(number: int, length: int = 8) -> str:
    """The placeholder of the n-th id that had to be generated: it has the form of one (ID-2, DISABLED-2)."""
    return f"gen{number:05}".ljust(length, "0")


def anonymous_entity(number: int) -> str:
    """The placeholder of the n-th account made on the fly (ANON-2)."""
    return f"anonymous-{number}"


class Unspecified(Exception):
    """spec.md leaves open what the action leads to; the text says why."""


@dataclass(slots=True)
class Record:
    """A run as the server has it, or the log of an offline run (spec.md 0.3).

    Attributes:
        mode: "online" or "offline".
        name: GENERATED_NAME where the server made it, None offline where there is none.
        writer: What the last init() of this run returned; None once its process is gone.
        replaces_rows: The next row begins the stream anew (RESUME-1).
        rows_are_open: The run was started again without resume and has logged nothing since: its stream is UNSPEC.
        open_fields: Other fields of the view that the text leaves open for this run.
        forked_from: Id and step of the run that it is a fork of (FORK-1).
        defined: The keys that define_metric() was called for.
    """

    entity: str
    project: str
    run_id: str
    mode: str
    name: str | None
    state: RunState = RunState.RUNNING
    exit_code: int | None = None
    config: Values = field(default_factory=dict)
    summary: Values = field(default_factory=dict)
    rows: list[Values] = field(default_factory=list)
    tags: tuple[str, ...] = ()
    group: str | None = None
    job_type: str | None = None
    notes: str | None = None
    resumed_from: int | None = None
    writer: RunObject | None = None
    replaces_rows: bool = False
    rows_are_open: bool = False
    open_fields: set[str] = field(default_factory=set)
    files: dict[str, bytes] = field(default_factory=dict)
    alerts: list[Values] = field(default_factory=list)
    forked_from: tuple[str, float] | None = None
    defined: set[str] = field(default_factory=set)

    @property
    def is_deleted(self) -> bool:
        """A tombstone: invisible, and its id is used up (ID-6)."""
        return self.state is RunState.DELETED


@dataclass(slots=True, eq=False)
class RunObject:
    """What init() returned: a run, or a dummy (whose record is None).

    Attributes:
        name: What the script called it first.
        api_key: The key that it writes with; None offline.
        step: `_step` of the row that the next plain log() writes.
        pending: The row that waits for its commit, None if there is none.
        may_change: Whether config values may be changed without being asked; None where the text leaves it open.
        shown: What the object says of name, notes, tags, group and job type.
        is_branched: It begins at a moment, of another run or its own (FORK-1, FORK-2).
        is_shared: Other processes may write to the run as well (SHARED-1).
        locked: Keys of the config that a sweep has set (CONFIG-10).
        definitions: Key -> words of define_metric().
        goals: Key -> what define_metric() said is best; steps: Key -> the metric that it is drawn against.
        means: Key -> how many values have gone into its mean, and their sum.
        logged: Key -> the values that this object has logged of it, as long as nothing is kept instead of the last.
        earlier: Key that was defined since -> those values: they count when the next one comes.
    """

    name: str
    run_id: str
    record: Record | None
    mode: str
    entity: str = ""
    api_key: str | None = None
    resumed: bool = False
    starting_step: int = 0
    step: int = 0
    pending: Values | None = None
    has_logged: bool = False
    is_finished: bool = False
    may_change: bool | None = False
    config: Values = field(default_factory=dict)
    summary: Values = field(default_factory=dict)
    shown: Values = field(default_factory=dict)
    is_branched: bool = False
    is_shared: bool = False
    locked: frozenset[str] = frozenset()
    definitions: dict[str, tuple[str, ...]] = field(default_factory=dict)
    goals: dict[str, str] = field(default_factory=dict)
    steps: dict[str, str] = field(default_factory=dict)
    means: dict[str, tuple[int, float]] = field(default_factory=dict)
    logged: dict[str, list[Any]] = field(default_factory=dict)
    earlier: dict[str, list[Any]] = field(default_factory=dict)

    @property
    def is_dummy(self) -> bool:
        """It came out of disabled mode."""
        return self.mode == "disabled"


@dataclass(slots=True)
class Machine:
    """A working directory, and the id in its resume file (AUTO-1, AUTO-2)."""

    remembered: str | None = None


@dataclass(slots=True)
class Process:
    """One process of the script.

    Attributes:
        active: Runs that were started and not finished, oldest first.
        wandb_run: What wandb.run is.
        variables: Name of the script -> what init() returned; the same object may have several names.
        known_keys: Keys that the server has told the owner of; classic asks once a process and key (LOGIN-2).
        anonymous_key: The key of the anonymous account that this process made.
        session_key: The key that this process has logged in with; current keeps to it (A.4).
        taken_ids: Ids of which an init() failed at the server (ERR-4).
    """

    machine: Machine
    env: Mapping[str, str]
    notebook: bool
    sweep: Mapping[str, Any] = field(default_factory=dict)
    active: list[RunObject] = field(default_factory=list)
    wandb_run: RunObject | None = None
    variables: dict[str, RunObject] = field(default_factory=dict)
    known_keys: set[str] = field(default_factory=set)
    anonymous_key: str | None = None
    session_key: str | None = None
    taken_ids: set[str] = field(default_factory=set)

    def again(self) -> Process:
        """The same program, started anew."""
        return Process(self.machine, self.env, self.notebook, self.sweep)


@dataclass(slots=True)
class World:
    """Everything that a script can meet.

    Attributes:
        records: Every run there ever was, in order of creation.
        present: Name of the process that acts now.
        api_key: The credentials that are kept for every process; None if nobody is logged in.
        key_is_anonymous: They belong to an account made on the fly (ANON-4).
        user_keys: Every key that a user ever had -> whose it is.
    """

    profile: Profile
    machines: dict[str, Machine] = field(default_factory=dict)
    processes: dict[str, Process] = field(default_factory=dict)
    records: list[Record] = field(default_factory=list)
    present: str = ""
    api_key: str | None = "user-key-1"
    key_is_anonymous: bool = False
    user_keys: dict[str, str] = field(default_factory=lambda: {"user-key-1": USER})
    refused_keys: set[str] = field(default_factory=set)
    anonymous_accounts: dict[str, str] = field(default_factory=dict)
    network_is_up: bool = True
    generated: int = 0

    @property
    def process(self) -> Process:
        """The process that acts now."""
        return self.processes[self.present]

    def machine(self, directory: str) -> Machine:
        """The machine that a directory stands for."""
        return self.machines.setdefault(directory, Machine())

    def entity_of(self, api_key: str) -> str:
        """Whose key it is."""
        return self.anonymous_accounts.get(api_key) or self.user_keys[api_key]

    def on_server(self, entity: str, project: str, run_id: str) -> Record | None:
        """The record with this key, also if it was deleted (ID-4)."""
        key = (entity, project, run_id)
        online = (record for record in self.records if record.mode == "online")
        return next((one for one in online if (one.entity, one.project, one.run_id) == key), None)

    def connection(self, api_key: str | None) -> str:
        """What happens to a request with this key: ok, rejected or unreachable."""
        if not self.network_is_up:
            return "unreachable"
        return "rejected" if api_key in self.refused_keys else "ok"

    def why_open(self, run: RunObject) -> str:
        """Why the text does not say what becomes of data that this object sends now; "" if it does."""
        record = run.record
        if record is None or run.is_finished or record.mode == "offline":
            return ""
        if record.is_deleted:
            return "the run was deleted while it was active"
        if record.writer is not run:
            return "another init() has taken the run over"
        connection = self.connection(run.api_key)
        return "" if connection == "ok" else f"the server is {connection} while an online run is active"
