"""Owns what one request over HTTP may see and do: on behalf of whom, and how much."""

from __future__ import annotations

import time
from functools import cached_property
from typing import TYPE_CHECKING

from wandb_testkit.faults import Fault
from wandb_testkit.observation import RunState
from wandb_testkit.records import Account, Record, Refusal, Result, RunPath
from wandb_testkit.server.faults import AFTER_THE_WORK, fault_on, refusal_after, refusal_before
from wandb_testkit.server.refused import Refused
from wandb_testkit.server.rights import Action
from wandb_testkit.server.stored_run import StoredRun
from wandb_testkit.server.urls import STORAGE, Grant
from wandb_testkit.wire.http import RECORD_HEADER, Request, api_key_of

if TYPE_CHECKING:
    from wandb_testkit.server.app import FakeServer

MAX_NODES = 500_000
"""Rows, runs and files that one request may ask for: a short document can multiply them beyond all memory."""


class Context:
    """One request on its way through the server.

    Attributes:
        is_told: The observer was told a record of this request that was refused.
        began: When the request came (time.monotonic).
        tells_history_length: The client is told how much history a run has.
        comes_twice: A fault has it delivered twice.
        slow: Faults that hold back the answer; who waits must not hold the server's lock.
    """

    def __init__(self, server: FakeServer, request: Request) -> None:
        self.server = server
        self.request = request
        self.is_told = False
        self.began = time.monotonic()
        self.tells_history_length = True
        self.comes_twice = False
        self.slow: list[Fault] = []
        self._nodes_left = MAX_NODES

    @cached_property
    def account(self) -> Account:
        """The account of the key that came with the request.

        Raises:
            Refused: 401: there is none, or it is not accepted.
        """
        account = self.server.accounts.of(api_key_of(self.request.headers))
        if account is None:
            raise Refused(Refusal(401, "the API key is not accepted; log in with a valid key"))
        told = self.request.headers
        username, email = told.get("x-wandb-username", ""), told.get("x-wandb-user-email", "")
        return self.server.accounts.acting(account, username, email) if username or email else account

    def account_of_url(self, verb: str, path: tuple[str, ...], name: str, room: str = STORAGE) -> Account:
        """The account that a URL for a file was handed out to.

        Raises:
            Refused: 403: the URL does not allow this, or the account is gone.
        """
        by = self.server.urls.allows(Grant(verb, path, name, "", room), self.request.query)
        account = None if by is None else self.server.accounts.named(by)
        if account is None:
            raise Refused(Refusal(403, f"this URL does not allow to {verb} {name!r} of {'/'.join(path)}"))
        return account

    def apply(self, record: Record, account: Account | None = None) -> Result:
        """Carry out a record on behalf of the account (that of the key, unless another one is given)."""
        return self.apply_as(account or self.account, record)

    def apply_as(self, account: Account | None, record: Record) -> Result:
        """Carry out a record on behalf of an account, or of nobody."""
        server = self.server
        faults = () if self.said == "watch" else server.faults_of_records  # it has met them, and is no change of config
        result = server.apply_as(account, record, faults=faults, wait=self.slow.append)
        is_refused = result.refusal is not None and result.refusal.how not in AFTER_THE_WORK
        self.is_told = self.is_told or is_refused
        return result

    @property
    def said(self) -> str:
        """What the client says that the request is (RECORD_HEADER); those of W&B do not."""
        return self.request.headers.get(RECORD_HEADER.lower(), "")

    def meet(self, kind: str) -> Fault | None:
        """Let a request that says a record in other words meet the faults on that kind of record.

        Returns:
            The fault that is due once the record is carried out (see carried_out).
        Raises:
            Refused: One is due, and refuses or cuts before anything is done.
        """
        faults = self.server.faults_of_records
        if not faults:
            return None
        with self.server.lock:
            fault = fault_on(kind, faults)
        refusal = None if fault is None else refusal_before(fault)
        if refusal is not None:
            raise Refused(refusal)
        self.comes_twice = self.comes_twice or (fault is not None and fault.how == "twice")
        return fault

    def carried_out(self, fault: Fault | None) -> None:
        """A record that has met a fault is carried out.

        Raises:
            Refused: Its answer gets lost, or cannot be read.
        """
        if fault is None:
            return
        if fault.how == "slow":
            self.slow.append(fault)
        lost = refusal_after(fault)
        if lost is not None:
            raise Refused(lost)

    def may_see(self, entity: str, project: str = "") -> bool:
        """Whether the account may see a project; without one, what an entity has beside private and public ones."""
        return self.server.refusal_in(self.account, Action.SEE, entity, project) is None

    def must_write(self, entity: str, project: str = "") -> None:
        """Let the account change something in a project.

        Raises:
            Refused: 403: it may not.
        """
        self.must(Action.WRITE, entity, project)

    def must(self, action: Action, entity: str, project: str = "") -> None:
        """Let the account do something.

        Raises:
            Refused: 403: it may not.
        """
        refusal = self.server.refusal_in(self.account, action, entity, project)
        if refusal is not None:
            raise Refused(refusal)

    def run(self, path: RunPath) -> StoredRun | None:
        """The run, where there is one that the account may see."""
        return self.server.runs.find(path) if self.may_see(path.entity, path.project) else None

    def runs_of(self, entity: str, project: str) -> list[StoredRun]:
        """The runs of a project, in order of creation; deleted ones are gone."""
        runs = [
            run
            for run in self.server.runs
            if (run.path.entity, run.path.project) == (entity, project) and run.state is not RunState.DELETED
        ]
        self.spend(len(runs))
        return runs

    def url(self, verb: str, path: tuple[str, ...], name: str, room: str = STORAGE) -> str:
        """A URL that allows one thing with one file."""
        return self.server.urls.url(self.request.origin, Grant(verb, path, name, self.account.name, room))

    def spend(self, nodes: int) -> None:
        """Take note that the answer grows.

        Raises:
            Refused: 400: it has become too large.
        """
        self._nodes_left -= nodes
        if self._nodes_left < 0:
            raise Refused(Refusal(400, f"the query asks for more than {MAX_NODES} rows, runs and files; ask for fewer"))
