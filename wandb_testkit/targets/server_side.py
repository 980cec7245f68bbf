"""Owns the server that a real client's script meets: what it answers, what it keeps, and whom it knows.

A script meets a server of its own, the fake; or one that is not ours (foreign_server.py).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Protocol

from wandb_testkit import actions
from wandb_testkit.observation import InitSeen, RunState, RunView
from wandb_testkit.profiles import Profile
from wandb_testkit.records import HistoryRecord
from wandb_testkit.targets.client_signs import asked_by, asked_of
from wandb_testkit.wire.http import Request, Response
from wandb_testkit.world import World

Asked = tuple[str, str, str]
"""What a client asked: the kind, the entity and the run."""


class ServerSide(Protocol):
    """The server of one script.

    Attributes:
        api_key: Of the account that scripts begin with.
    """

    api_key: str

    def answer(self, request: Request) -> tuple[Response, list[Asked]]:
        """Answer a request, and tell what it asked; one request at a time."""

    def rows(self) -> Mapping[str, int]:
        """How many rows of each run have arrived, by its id: also those that others were put in the place of."""

    def placed(self, action: actions.Action, environ: Mapping[str, str]) -> actions.Action:
        """The action as it is to be carried out here; `environ` has the variables of its process."""

    def told(self, run: RunView) -> RunView:
        """An offline run of the script, as it would be called where `placed` changes nothing."""

    def delete_run(self, run_id: str) -> None:
        """Somebody deletes a run."""

    def log_in(self, user: str, api_key: str) -> None:
        """A key for an account; "" is whoever the server takes it for."""

    def revoke(self, api_keys: Sequence[str]) -> None:
        """Know these keys no more."""

    def reinstate(self, api_keys: Sequence[str]) -> None:
        """Know them again."""

    def runs(self, inits: Sequence[InitSeen]) -> list[RunView]:
        """The runs of the script that are here now."""

    def close(self) -> None:
        """End what was opened for the script."""


class OwnServer:
    """The fake server, fresh for the script."""

    def __init__(self, profile: Profile) -> None:
        self._world = World(profile, environ={}, notebook=False)
        self.api_key = self._world.api_key
        self._rows: Counter[str] = Counter()

    def answer(self, request: Request) -> tuple[Response, list[Asked]]:
        """What the fake says, and the records that the request was."""
        recorder = self._world.recorder
        mark = recorder.mark()
        response = self._world.server.handle(request)
        records = recorder.since(mark)
        for record in records:
            if isinstance(record, HistoryRecord):
                self._rows[record.path.run_id] += len(record.rows)
        return response, [asked_of(record) for record in records] or asked_by(request)

    def rows(self) -> Mapping[str, int]:
        """Those of every record that came."""
        return self._rows

    def placed(self, action: actions.Action, environ: Mapping[str, str]) -> actions.Action:
        """As it is: nobody else is here."""
        return action

    def told(self, run: RunView) -> RunView:
        """As it is."""
        return run

    def delete_run(self, run_id: str) -> None:
        """Delete every run of that id."""
        server = self._world.server
        for run in list(server.runs):
            if run.path.run_id == run_id and run.state is not RunState.DELETED:
                server.delete_run(run_id, entity=run.path.entity, project=run.path.project)

    def log_in(self, user: str, api_key: str) -> None:
        """Give a user one more key; who is not there yet is added."""
        server = self._world.server
        if not user:
            return
        if server.accounts.user(user) is None:
            server.add_user(user, api_key=api_key)
        else:
            server.add_api_key(user, api_key)

    def revoke(self, api_keys: Sequence[str]) -> None:
        """Refuse these keys."""
        for key in api_keys:
            self._world.server.accounts.revoke(key)

    def reinstate(self, api_keys: Sequence[str]) -> None:
        """Take them again."""
        for key in api_keys:
            self._world.server.accounts.reinstate(key)

    def runs(self, inits: Sequence[InitSeen]) -> list[RunView]:
        """As the world has them."""
        return list(self._world.runs)

    def close(self) -> None:
        """End the world."""
        self._world.close()
