"""Owns the transport over HTTP: which requests a record is, and what the answers say.

The requests are W&B's own (protocol.md 2 to 5), so any server that real clients reach takes them. Each record is sent
at once and waited for: history comes in batches, so a log() that reaches a barrier is the only one that waits. What a
generation of clients says in its own way is in `dialects`.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from typing import Any, get_args

from wandb_testkit.artifact_records import AboutArtifact
from wandb_testkit.ports import Clock
from wandb_testkit.records import (
    DONE,
    Account,
    AlertRecord,
    AnonymousAccountRequest,
    ConfigRecord,
    ExitRecord,
    FileRequest,
    FilesRecord,
    GraphQLRequest,
    HistoryRecord,
    MetricRecord,
    OutputRecord,
    PreemptingRecord,
    Record,
    Refusal,
    Result,
    RewindRequest,
    RunInfo,
    RunPath,
    RunRecord,
    RunStatusRequest,
    StatsRecord,
    SummaryRecord,
    ViewerRequest,
    WatchRecord,
)
from wandb_testkit.transport import documents
from wandb_testkit.transport.asking import Asking
from wandb_testkit.transport.connection import Connection, NotAccepted
from wandb_testkit.transport.dialects import CURRENT_DIALECT, Dialect
from wandb_testkit.transport.known_run import KnownRun, run_status
from wandb_testkit.transport.patience import PATIENT, Patience
from wandb_testkit.wire import filestream
from wandb_testkit.wire.config import encode_config

Unsent = Callable[[Record, Refusal, str], None]
"""Is told a record that was not accepted, why, and the Idempotency-Key of the request that ended it."""


class HttpTransport:
    """Carries records to a server over HTTP.

    Args:
        url: Scheme, host and port of the server.
        api_key: Whose account it is; None: no credentials.
        dialect: The generation of clients that it speaks like.
        patience: How often and how long it tries.
        clock: Tells the time for console lines.
        unsent: Is told every record that was not accepted; None: nobody is.
    """

    def __init__(
        self,
        url: str,
        api_key: str | None,
        *,
        dialect: Dialect = CURRENT_DIALECT,
        patience: Patience = PATIENT,
        clock: Clock = time,
        unsent: Unsent | None = None,
    ) -> None:
        self._connection = Connection(url, api_key, agent=dialect.agent, patience=patience)
        self._asking = Asking(self._connection, dialect, api_key)
        self._dialect = dialect
        self._clock = clock
        self._unsent = unsent
        self._runs: dict[RunPath, KnownRun] = {}
        self._lock = threading.RLock()  # a run's requests follow from each other; they leave in order

    def deliver(self, record: Record) -> Result:
        """Send a record and wait for its answer; what goes wrong is a refusal, with status 0 where no answer came."""
        with self._lock:
            try:
                return SENDS[type(record)](self, record)
            except NotAccepted as error:
                refusal = error.refusal
                if self._unsent is not None:
                    self._unsent(record, refusal, error.key)
                return Result(refusal=refusal)

    def publish(self, record: Record) -> None:
        """Send a record that needs no answer; a refusal is told to `unsent`."""
        self.deliver(record)

    def close(self) -> None:
        """Cut the connection; everything has been sent."""
        self._connection.close()

    # ------------------------------------------------------------------ accounts

    def viewer(self, record: ViewerRequest) -> Result:
        return Result(account=self._asking.account())

    def anonymous(self, record: AnonymousAccountRequest) -> Result:
        """A new key; whose it is, the server says when a run is made with it (ENT-1)."""
        answer = self._asking.send(documents.ANONYMOUS, {})
        key = self._asking.read(answer, lambda data: data["createAnonymousEntity"]["apiKey"]["name"])
        return Result(account=Account("", key, anonymous=True))

    # ------------------------------------------------------------------ the run record

    def status(self, record: RunStatusRequest) -> Result:
        path = record.path
        variables = {"project": path.project or None, "entity": path.entity or None, "name": path.run_id}
        answer = self._asking.send(self._dialect.status, variables)
        bucket = self._asking.read(answer, lambda data: (data["model"] or {}).get("bucket"))
        if bucket is None:
            return DONE
        status = self._asking.read(answer, lambda data: run_status(bucket))
        self._runs[path] = KnownRun(bucket["id"], status.config)
        return Result(status=status)

    def rewind(self, record: RewindRequest) -> Result:
        path = record.path
        variables = {
            "runName": path.run_id,
            "entity": path.entity or None,
            "project": path.project or None,
            "metricName": "_step",
            "metricValue": record.last_step,
        }
        answer = self._asking.send(documents.REWIND, variables)
        rewound = self._asking.read(answer, lambda data: data["rewindRun"]["rewoundRun"])
        status = self._asking.read(answer, lambda data: run_status(rewound))
        self._runs[path] = KnownRun(rewound["id"], status.config)
        return Result(status=status)

    def run(self, record: RunRecord) -> Result:
        """The first word of an init(), or an edit of a run that is known."""
        if not record.starts:
            return self._upsert(record, self._known(record.path), "edit")
        known = self._runs.get(record.path) if record.resumed else None
        return self._upsert(record, known or KnownRun(), "resume" if record.resumed else "start")

    def config(self, record: ConfigRecord) -> Result:
        known = self._known(record.path)
        known.config = record.config
        return self._upsert(RunRecord(record.path), known, "config", names_it=False)

    def metric(self, record: MetricRecord) -> Result:
        """Metric definitions are part of the config (protocol.md 4.1)."""
        known = self._known(record.path)
        known.define(record)
        return self._upsert(RunRecord(record.path), known, "metric", names_it=False)

    def watch(self, record: WatchRecord) -> Result:
        """A real client tells only that watch() was used; what it then finds goes into the history."""
        known = self._known(record.path)
        known.watches = True
        return self._upsert(RunRecord(record.path), known, "watch", names_it=False)

    def _upsert(self, record: RunRecord, known: KnownRun, what: str, *, names_it: bool = True) -> Result:
        path, dialect = record.path, self._dialect
        if record.config is not None:
            known.config = record.config
        whole = known.whole_config(dialect.metrics)
        facts = record.facts or {}
        variables: dict[str, Any] = {
            "id": known.storage_id if dialect.has_storage_id and names_it else None,
            "name": path.run_id,
            "project": path.project or None,
            "entity": path.entity or None,
            "groupName": record.group,
            "description": facts.get("description"),
            "displayName": record.display_name,
            "notes": record.notes,
            "commit": facts.get("commit"),
            "config": None if whole is None else encode_config(whole, has_description=dialect.has_description),
            "host": facts.get("host"),
            "debug": False if dialect.has_debug else None,
            "program": facts.get("job_program"),
            "repo": facts.get("job_repo"),
            "jobType": record.job_type,
            "state": facts.get("state"),
            "sweep": facts.get("sweep"),
            "tags": None if record.tags is None else list(record.tags),
            "summaryMetrics": None,
        }
        answer = self._asking.send(dialect.upsert, variables, kind="upsert", what=what)
        bucket, inserted = self._asking.read(
            answer, lambda data: (data["upsertBucket"]["bucket"], bool(data["upsertBucket"]["inserted"]))
        )
        info = self._asking.read(answer, lambda data: _run_info(bucket, inserted))
        known.storage_id = bucket["id"]
        self._runs[info.path] = known
        return Result(run=info)

    def _known(self, path: RunPath) -> KnownRun:
        return self._runs.setdefault(path, KnownRun())

    # ------------------------------------------------------------------ streams, files, alerts

    def history(self, record: HistoryRecord) -> Result:
        return self._asking.stream(record.path, filestream.history_body(record))

    def summary(self, record: SummaryRecord) -> Result:
        return self._asking.stream(record.path, filestream.summary_body(self._dialect.summary(record.summary)))

    def stats(self, record: StatsRecord) -> Result:
        return self._asking.stream(record.path, filestream.stats_body(record))

    def output(self, record: OutputRecord) -> Result:
        now, features = self._clock.time(), self._asking.features()
        lines = [self._dialect.console(line, now, features) for line in record.lines]
        return self._asking.stream(record.path, filestream.lines_body(filestream.OUTPUT, record.first_line, lines))

    def exit(self, record: ExitRecord) -> Result:
        return self._asking.stream(
            record.path, filestream.exit_body(record.exit_code, self._known(record.path).uploaded)
        )

    def files(self, record: FilesRecord) -> Result:
        """Ask where all of them go before the first one is sent: a name that is refused stores none."""
        dialect = self._dialect
        targets = []
        for question in dialect.upload_questions(record.path, list(record.files)):
            answer = self._asking.send(dialect.uploads, question)
            targets += self._asking.read(answer, dialect.upload_answers)
        for name, url, headers in targets:
            self._asking.put(url, record.files[name], headers)
            self._known(record.path).uploaded.append(name)
        return DONE

    def file(self, record: FileRequest) -> Result:
        """A file that the run does not have is told by its md5, "0"."""
        path = record.path
        where = {"project": path.project or DEFAULT_PROJECT, "entity": path.entity or self._asking.own_entity()}
        answer = self._asking.send(
            documents.FILE, {**where, "name": path.run_id, "fileNames": [record.name]}, what="file"
        )
        run = self._asking.read(answer, lambda data: (data["project"] or {}).get("run"))
        if run is None:
            missing = f"Could not find run {where['entity']}/{where['project']}/{path.run_id}"
            raise NotAccepted(Refusal(404, missing), answer.key)
        nodes = self._asking.read(answer, lambda data: [edge["node"] for edge in run["files"]["edges"]])
        if not nodes or nodes[0]["md5"] == "0":
            return DONE
        return Result(file=self._asking.get(self._asking.read(answer, lambda data: str(nodes[0]["directUrl"]))))

    def query(self, record: GraphQLRequest) -> Result:
        """A document of the public API, as it is."""
        answer = self._asking.send(documents.named(record.document), record.variables, what="query")
        return Result(data=self._asking.read(answer, lambda data: data))

    def preempting(self, record: PreemptingRecord) -> Result:
        return self._asking.stream(record.path, {"preempting": True})

    def alert(self, record: AlertRecord) -> Result:
        path = record.path
        self._asking.send(
            documents.ALERT,
            {
                "entityName": path.entity,
                "projectName": path.project,
                "runName": path.run_id,
                "title": record.title,
                "text": record.text,
                "severity": record.level,
                "waitDuration": int(record.wait_s * 1000),
            },
        )
        return DONE

    # ------------------------------------------------------------------ artifacts

    def about_artifact(self, record: AboutArtifact) -> Result:
        """What is said of artifacts has a module of its own, which asks for what it needs."""
        from wandb_testkit.transport import artifacts  # only who has artifacts pays for them

        return artifacts.send(record, self._asking)


def _run_info(bucket: Mapping[str, Any], inserted: bool) -> RunInfo:
    project = bucket["project"]
    path = RunPath(project["entity"]["name"], project["name"], bucket["name"])
    return RunInfo(path, bucket["displayName"] or "", inserted, bucket.get("historyLineCount") or 0)


DEFAULT_PROJECT = "uncategorized"
"""The project of a run that names none (protocol.md 4.9)."""

SENDS: dict[type, Callable[[HttpTransport, Any], Result]] = {
    ViewerRequest: HttpTransport.viewer,
    AnonymousAccountRequest: HttpTransport.anonymous,
    RunStatusRequest: HttpTransport.status,
    RewindRequest: HttpTransport.rewind,
    RunRecord: HttpTransport.run,
    ConfigRecord: HttpTransport.config,
    MetricRecord: HttpTransport.metric,
    WatchRecord: HttpTransport.watch,
    HistoryRecord: HttpTransport.history,
    SummaryRecord: HttpTransport.summary,
    StatsRecord: HttpTransport.stats,
    OutputRecord: HttpTransport.output,
    ExitRecord: HttpTransport.exit,
    FilesRecord: HttpTransport.files,
    AlertRecord: HttpTransport.alert,
    FileRequest: HttpTransport.file,
    GraphQLRequest: HttpTransport.query,
    PreemptingRecord: HttpTransport.preempting,
    **dict.fromkeys(get_args(AboutArtifact), HttpTransport.about_artifact),
}
"""The requests of each record that a client has to say."""
