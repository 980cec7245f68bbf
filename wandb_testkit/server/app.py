"""Owns the fake server: the door for records, and what a server is made of.

No I/O, and no rule of its own: who may write is said in `rights`, what a record does in `runs`.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any, Protocol, cast, get_args

from wandb_testkit.artifact_records import AboutArtifact
from wandb_testkit.faults import Fault
from wandb_testkit.ports import Clock, Observer
from wandb_testkit.records import (
    DONE,
    KINDS,
    Account,
    AnonymousAccountRequest,
    FileRequest,
    FilesRecord,
    GraphQLRequest,
    Record,
    Refusal,
    Result,
    RewindRequest,
    RunPath,
    RunRecord,
    RunScopedRecord,
    RunStatusRequest,
    ViewerRequest,
)
from wandb_testkit.server.account_hands import AccountHands
from wandb_testkit.server.accounts import Accounts
from wandb_testkit.server.fault_hands import FaultHands
from wandb_testkit.server.faults import (
    ADDING,
    AFTER_THE_WORK,
    REQUESTS,
    UNREAD,
    ArmedFault,
    fault_on,
    refusal_after,
    refusal_before,
)
from wandb_testkit.server.features import ServerKnobs
from wandb_testkit.server.projects import Projects
from wandb_testkit.server.registries import is_registry, refusal_in_registry
from wandb_testkit.server.repeats import Repeats
from wandb_testkit.server.rights import Action, Place, refusal_of
from wandb_testkit.server.run_hands import DEFAULT_PROJECT, RunHands
from wandb_testkit.server.runs import Runs
from wandb_testkit.server.stored_run import StoredRun
from wandb_testkit.server.sweep_hands import SweepHands

if TYPE_CHECKING:
    from wandb_testkit.server.knobs import Knobs
    from wandb_testkit.server.urls import FileUrls
    from wandb_testkit.wire.http import Request, Response


class Keeper(Protocol):
    """Keeps the state of a server somewhere else than in memory."""

    def note(self, path: RunPath | None) -> None:
        """Take note that a record has changed a run."""

    def keep(self, *, everything: bool) -> None:
        """Keep what has changed: of all there is, or of the runs that were noted.

        Raises:
            StoreError: It cannot be kept.
        """


class FakeServer(RunHands, AccountHands, SweepHands, FaultHands, ServerKnobs):
    """A W&B server in memory.

    Args:
        observer: Is told every record that is accepted or refused.
        fault_armed: Is told whether faults are armed: clients then send every row by itself, so that `nth=2` means the
            second row.
        clock: Tells when runs, projects and artifacts are made.

    Attributes:
        observer: The same.
        accounts, projects, runs, sweeps: The state.
        clock: The same.
        lock: Is held while the state is read or changed.
        keeper: Is told before an answer goes out; None keeps everything in memory alone.
        settle: Is called before a test changes the state: what clients have sent arrives first.
        default_project: Where runs and artifacts are that a test puts there without naming a project.
    """

    def __init__(self, observer: Observer, fault_armed: Callable[[bool], None], clock: Clock = time) -> None:
        self.clock = clock
        self.accounts = Accounts()
        self.projects = Projects(clock)
        self.runs = Runs(partial(_opened, self.projects, observer), clock)
        self.observer = observer
        self.lock = threading.RLock()
        self.keeper: Keeper | None = None
        self.settle: Callable[[], None] = _nothing_is_under_way
        self.default_project: Callable[[], str] = _uncategorized
        self._fault_armed = fault_armed
        self._faults: list[ArmedFault] = []

    @cached_property
    def knobs(self) -> Knobs:
        """What a person has set, as plain values; only who keeps or shows it pays for them."""
        from wandb_testkit.server.knobs import Knobs

        return Knobs(self)

    @cached_property
    def urls(self) -> FileUrls:
        """The URLs of files; only who speaks HTTP pays for signatures."""
        from wandb_testkit.server.urls import FileUrls

        return FileUrls()

    @cached_property
    def owed(self) -> dict[int, Fault]:
        """By the number of an artifact, the fault that a record about it has met which is not carried out yet."""
        return {}

    @cached_property
    def repeats(self) -> Repeats:
        """The requests that clients may send again."""
        return Repeats()

    def apply(self, record: Record, *, api_key: str | None = None, username: str | None = None) -> Result:
        """Carry out one record on behalf of the account of `api_key`; a service account may act for `username`."""
        account = self.accounts.of(api_key)
        if username and account is not None:
            account = self.accounts.acting(account, username)
        if self.gate is not None:
            with self.lock:
                limit = self.gate.record(record)
            if limit is not None:
                limited = Result(refusal=limit)
                self.observer.refused(record, limited)
                return limited
        result = self.apply_as(account, record, faults=self._faults, is_request=True)
        if self.keeper is not None:
            self.keeper.keep(everything=type(record) in MAKES_MORE)
        refusal = result.refusal
        if refusal is None or refusal.how not in AFTER_THE_WORK:
            return result
        if refusal.how == "malformed" and isinstance(record, UNREAD):
            return DONE
        if not isinstance(record, FilesRecord):  # which is sent again, and arrives
            self.observer.refused(record, result)  # for its sender it was
        return result

    def handle(self, request: Request) -> Response:
        """Answer one request over HTTP; whatever goes wrong is an answer too."""
        from wandb_testkit.server.routes import answer  # only who speaks HTTP pays for the GraphQL executor

        return answer(self, request)

    def body_limit(self, request: Request) -> int:
        """How many bytes the body of a request may have, told by all that comes before it."""
        from wandb_testkit.server.routes import body_limit

        return body_limit(self, request)

    def apply_as(
        self,
        account: Account | None,
        record: Record,
        *,
        faults: Sequence[ArmedFault],
        is_request: bool = False,
        wait: Callable[[Fault], None] = Fault.wait,
    ) -> Result:
        """Carry out one record on behalf of an account.

        Args:
            faults: Those that the record may meet.
            is_request: It did not come in a request, and meets the faults on the request that it would be.
            wait: Is called with the fault of a slow answer.
        """
        with self.lock:
            fault = _fault_of(record, faults, is_request=is_request) if faults else None
            refusal = None if fault is None else refusal_before(fault)
            result = Result(refusal=refusal) if refusal else self._carry_out(record, account)
            if fault is not None and fault.how == "twice" and not isinstance(record, ADDING):
                self._carry_out(record, account)
        if self.keeper is not None:
            self.keeper.note(getattr(record, "path", None))
        if result.refusal is None:
            self.observer.accepted(record, result)
        else:
            self.observer.refused(record, result)
        if fault is None or result.refusal is not None:
            return result
        if fault.how == "slow":
            wait(fault)
        lost = refusal_after(fault)
        return result if lost is None else Result(refusal=lost)

    def _carry_out(self, record: Record, account: Account | None) -> Result:
        if type(record) is AnonymousAccountRequest:
            return Result(account=self.accounts.add_anonymous())
        if account is None:
            return Result(refusal=Refusal(401, "the API key is not accepted; log in with a valid key"))
        verb = VERBS.get(type(record))
        if verb is not None:
            return verb(self, record, account)
        scoped = cast(RunScopedRecord, record)
        if self.gate is not None and isinstance(scoped, FilesRecord):
            refusal = self.gate.storage(scoped.path.entity, *self._bytes_of(scoped))
            if refusal is not None:
                return Result(refusal=refusal)
        return self._refused(account, scoped.path) or self.runs.write(scoped)

    def _viewer(self, record: ViewerRequest, account: Account) -> Result:
        return Result(account=account)

    def _status(self, record: RunStatusRequest, account: Account) -> Result:
        path = full_path(record.path, account)
        return self._refused(account, path, Action.SEE) or self.runs.status(path)

    def _file(self, record: FileRequest, account: Account) -> Result:
        path = full_path(record.path, account)
        return self._refused(account, path, Action.SEE) or self.runs.file(path, record.name)

    def _query(self, record: GraphQLRequest, account: Account) -> Result:
        from wandb_testkit.server.queries import answer_query  # only who asks pays for the GraphQL executor

        return answer_query(self, record, account)

    def _rewind(self, record: RewindRequest, account: Account) -> Result:
        path = full_path(record.path, account)
        return self._refused(account, path) or self.runs.rewind(path, record.last_step)

    def _about_artifact(self, record: AboutArtifact, account: Account) -> Result:
        from wandb_testkit.server.artifact_records import ArtifactVerbs  # only who has artifacts pays for them
        from wandb_testkit.server.refused import Refused

        def may_see(entity: str, project: str) -> bool:
            return self.refusal_in(account, Action.SEE, entity, project) is None

        def must_write(entity: str, project: str) -> None:
            refusal = self.refusal_in(account, Action.WRITE, entity, project)
            if refusal is not None:
                raise Refused(refusal)
            self.projects.ensure(entity, project)

        path = record.path._replace(
            entity=record.path.entity or account.entity, project=record.path.project or DEFAULT_PROJECT
        )
        user = account.acts_for or account.name
        verbs = ArtifactVerbs(self.artifacts, user, self.runs.find, may_see, must_write)
        return verbs.carry_out(replace(record, path=path))

    def _upsert(self, record: RunRecord, account: Account) -> Result:
        path = full_path(record.path, account)
        result = self._refused(account, path) or self.runs.upsert(record, path, account)
        if record.facts and "sweep" in record.facts and result.refusal is None:
            self.sweeps.join(self._existing(path))
        return result

    def _bytes_of(self, record: FilesRecord) -> tuple[int, int]:
        """How many bytes the files of an entity have, and how many more a record brings."""
        run = self.runs.find(record.path)
        known = {} if run is None else {**run.files, **run.client_files}
        more = sum(len(content) - len(known.get(name, b"")) for name, content in record.files.items())
        return self.runs.stored_bytes(record.path.entity), more

    def refusal_in(self, account: Account, action: Action, entity: str, project: str) -> Refusal | None:
        """Why an account may not do something in a project or a registry, None where it may."""
        if is_registry(project):
            return refusal_in_registry(self.accounts, account, entity, project)
        return refusal_of(account, action, self.place(entity, project))

    def place(self, entity: str, project: str) -> Place:
        """A project as the rights see it; one that is not there yet is like any other."""
        found = self.projects.find(entity, project)
        return Place(entity) if found is None else Place(entity, found.access, found.made_by)

    def _refused(self, account: Account, path: RunPath, action: Action = Action.WRITE) -> Result | None:
        if path.entity == account.entity and not account.service:
            return None  # what is one's own needs no look into the table, and it is asked for each record
        refusal = refusal_of(account, action, self.place(path.entity, path.project))
        return None if refusal is None else Result(refusal=refusal)

    def close(self) -> None:
        """The clients are gone: answers that a slow fault holds back go, and nobody is told of faults any more."""
        self.release_answers()
        self.settle = _nothing_is_under_way
        self._fault_armed = _nobody_minds
        self.default_project = _uncategorized

    def _keep(self) -> None:
        """What a test has changed is kept at once, where anything is."""
        if self.keeper is not None:
            self.keeper.keep(everything=True)


def _fault_of(record: Record, faults: Sequence[ArmedFault], *, is_request: bool) -> Fault | None:
    request = REQUESTS.get(type(record), "graphql") if is_request else ""
    return fault_on(KINDS[type(record)], faults, getattr(record, "files", ()), request=request)


VERBS: dict[type, Callable[[FakeServer, Any, Account], Result]] = {
    ViewerRequest: FakeServer._viewer,
    RunStatusRequest: FakeServer._status,
    FileRequest: FakeServer._file,
    GraphQLRequest: FakeServer._query,
    RewindRequest: FakeServer._rewind,
    RunRecord: FakeServer._upsert,
    **dict.fromkeys(get_args(AboutArtifact), FakeServer._about_artifact),
}
"""The verb of each record that is not about a run that exists (those are in `runs.WRITES`)."""


def _opened(projects: Projects, observer: Observer, run: StoredRun) -> None:
    projects.ensure(run.path.entity, run.path.project, run.user)
    observer.opened(run)


MAKES_MORE = (RunRecord, AnonymousAccountRequest, GraphQLRequest)
"""Records that change more than one run that exists."""


def _nobody_minds(is_armed: bool) -> None:
    """Without clients it makes no difference whether faults are armed."""


def _uncategorized() -> str:
    return DEFAULT_PROJECT


def _nothing_is_under_way() -> None:
    """A backend that is called directly has carried out whatever was said."""


def full_path(path: RunPath, account: Account) -> RunPath:
    """The path with entity and project filled in (ENT-1, PROJ-1)."""
    if path.entity and path.project:
        return path
    return RunPath(path.entity or account.entity, path.project or DEFAULT_PROJECT, path.run_id)
