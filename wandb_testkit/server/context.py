"""Owns what one request over HTTP may see and do: on behalf of whom, and how much."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from wandb_testkit.observation import RunState
from wandb_testkit.records import Account, Record, Refusal, Result, RunPath
from wandb_testkit.server.accounts import may_write
from wandb_testkit.server.refused import Refused
from wandb_testkit.server.stored_run import StoredRun
from wandb_testkit.server.urls import STORAGE, Grant
from wandb_testkit.wire.http import Request, api_key_of

if TYPE_CHECKING:
    from wandb_testkit.server.app import FakeServer

MAX_NODES = 500_000
"""Rows, runs and files that one request may ask for: a short document can multiply them beyond all memory."""


class Context:
    """One request on its way through the server.

    Attributes:
        is_told: The observer was told a record of this request that was refused.
    """

    def __init__(self, server: FakeServer, request: Request) -> None:
        self.server = server
        self.request = request
        self.is_told = False
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
        return account

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
        result = self.server.apply_as(account, record, faults=self.server.faults_of_records)
        self.is_told = self.is_told or result.refusal is not None
        return result

    def must_write(self, entity: str) -> None:
        """Check that the account may write to an entity.

        Raises:
            Refused: 403: it may not.
        """
        if refusal := may_write(self.account, entity):
            raise Refused(refusal)

    def may_see(self, entity: str) -> bool:
        """Whether the account may see what belongs to an entity."""
        return may_write(self.account, entity) is None

    def must_write(self, entity: str, project: str) -> None:
        """Let the account change something of a project.

        Raises:
            Refused: 403: it may not.
        """
        refusal = may_write(self.account, entity)
        if refusal is not None:
            raise Refused(refusal)

    def run(self, path: RunPath) -> StoredRun | None:
        """The run, where there is one that the account may see."""
        return self.server.runs.find(path) if self.may_see(path.entity) else None

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
        return self.server.urls.url(self.request.origin, Grant(verb, path, name, self.account.entity, room))

    def spend(self, nodes: int) -> None:
        """Take note that the answer grows.

        Raises:
            Refused: 400: it has become too large.
        """
        self._nodes_left -= nodes
        if self._nodes_left < 0:
            raise Refused(Refusal(400, f"the query asks for more than {MAX_NODES} rows, runs and files; ask for fewer"))
