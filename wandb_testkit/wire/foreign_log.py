"""Owns what real clients write into a transaction log, as records: merged, counted and named as a server gets it.

wandb's log holds changes of the config and the summary, rows without line numbers, chunks of console text; a record is
the whole, with its place. Old clients go on behind the end of a run (with its last row, and the summary), so the end is
held back. Source: logs of wandb 0.15.12 and 0.31.0 (fixtures/transaction_logs), protocol.md 4.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from fnmatch import fnmatchcase
from typing import Any

from wandb_testkit.artifact_records import ArtifactRecord
from wandb_testkit.records import (
    AlertRecord,
    ConfigRecord,
    ExitRecord,
    FilesRecord,
    HistoryRecord,
    MetricRecord,
    OutputRecord,
    Record,
    Row,
    RunPath,
    RunRecord,
    StatsRecord,
    SummaryRecord,
)
from wandb_testkit.wire import said, said_lines, said_parts
from wandb_testkit.wire.console import Console
from wandb_testkit.wire.http import WireError, decode_json

SILENT = frozenset({None, "header", "footer", "final", "preempting", "telemetry", "environment"})
"""Kinds of messages that make no record of their own."""


class ForeignReader:
    """Reads the messages of one run that a real client logged.

    Args:
        files: What is below the run's files directory, by name: the log only names files.
        tell_missing: Is told what the log names and `files` does not have.
        artifact_files: Tells the files of a version, of the message that names their places.

    Attributes:
        passed_over: Messages of kinds that are not modelled, counted by kind.

    A log whose header names a producer is of the Go core, and not of the Python service of older clients: what it makes
    of a dict in the config and of null in the summary is what it sends when it is online.
    """

    def __init__(
        self,
        files: Mapping[str, bytes],
        tell_missing: Callable[[str], None],
        artifact_files: Callable[[Any], dict[str, bytes]],
    ) -> None:
        self.passed_over: Counter[str] = Counter()
        self._files = files
        self._tell_missing = tell_missing
        self._artifact_files = artifact_files
        self._path: RunPath | None = None
        self._config: dict[str, Any] = {}
        self._summary: dict[str, Any] = {}
        self._summary_is_new = False
        self._facts: dict[str, Any] = {}
        self._metric_names: list[str] = []
        self._rows: list[list[Any]] = []
        self._row_lines = 0
        self._stat_lines = 0
        self._output_lines = 0
        self._consoles = {0: Console(), said_lines.STDOUT: Console()}
        self._started_at = 0.0
        self._runtime = 0.0
        self._exit: ExitRecord | None = None
        self._is_of_core = False

    def feed(self, message: Any) -> list[Record]:
        """The records that a message completes.

        Raises:
            WireError: The message speaks of a run before there is one, or of values that cannot be read.
        """
        kind = message.WhichOneof("record_type")
        if kind == "history":
            self._rows.append(said_lines.take_row(message))
            return []
        found = self._open_batch()
        if kind == "environment":
            self._learn(message.environment)
        elif kind == "header":
            self._is_of_core = bool(message.header.version_info.producer)
        elif kind in HEARD:
            if self._path is None and kind != "run":
                raise WireError(f"a {kind} message before the first run message")
            found += HEARD[kind](self, message)
        elif kind not in SILENT:
            self.passed_over[kind] += 1
        return found

    def end(self) -> list[Record]:
        """What the messages so far leave open."""
        found = self._open_batch()
        if self._path is None:
            return found
        found += self._printed([line for console in self._consoles.values() for line in console.end()])
        if self._summary_is_new:
            found.append(SummaryRecord(self._path, self._whole_summary()))
            self._summary_is_new = False
        if self._facts:
            found.append(RunRecord(self._path, facts=self._facts))
            self._facts = {}
        if self._exit is not None:
            found.append(self._exit)
            self._exit = None
        return found

    @property
    def has_started(self) -> bool:
        """Whether there was a run message."""
        return self._path is not None

    @property
    def _run(self) -> RunPath:
        if self._path is None:
            raise WireError("a row before the first run message")
        return self._path

    def _open_batch(self) -> list[Record]:
        lines, self._rows = self._rows, []
        if not lines:
            return []
        first_line, self._row_lines = self._row_lines, self._row_lines + len(lines)
        self._runtime = lines[-1][2]
        rows, timestamps, runtimes = map(list, zip(*lines, strict=True))
        return [HistoryRecord(self._run, first_line, rows, timestamps, runtimes)]

    def _whole_summary(self) -> dict[str, Any]:
        """The summary as it is sent: the Go core leaves out what is null."""
        return {key: value for key, value in self._summary.items() if not (self._is_of_core and value is None)}

    def _start(self, message: Any) -> list[Record]:
        run = message.run
        is_first = self._path is None
        if self._path is None:
            self._path = RunPath(run.entity, run.project, run.run_id)
            self._started_at = said_parts.take_time(run.start_time)
        heard = said.WORDS[RunRecord].take(message)
        _merge(self._config, run.config, deep=self._is_of_core)
        facts = _told(host=run.host, sweep=run.sweep_id, job_repo=run.git.remote_url, commit=run.git.commit)
        return [
            RunRecord(
                self._path,
                starts=is_first,
                started_at=self._started_at if is_first else None,
                facts=facts or None,
                **{**heard, "config": dict(self._config)},
            )
        ]

    def _configure(self, message: Any) -> list[Record]:
        _merge(self._config, message.config, deep=self._is_of_core)
        return [ConfigRecord(self._run, dict(self._config))]

    def _summarize(self, message: Any) -> list[Record]:
        _merge(self._summary, message.summary)
        self._summary_is_new = True
        return []

    def _define(self, message: Any) -> list[Record]:
        metric = message.metric
        heard = said.take_metric(message)
        self._metric_names.append(heard["name"])
        if not metric.options.defined or metric.expanded_from_glob:
            return []  # a client's own: the step metric of another one, or what a pattern has met
        at = metric.step_metric_index
        if 1 <= at <= len(self._metric_names):
            heard["step_metric"] = self._metric_names[at - 1]
        return [MetricRecord(self._run, **heard)]

    def _print(self, message: Any) -> list[Record]:
        output = message.output_raw if message.HasField("output_raw") else message.output
        return self._printed(self._consoles.setdefault(output.output_type, Console()).write(output.line))

    def _printed(self, lines: list[str]) -> list[Record]:
        first_line, self._output_lines = self._output_lines, self._output_lines + len(lines)
        return [OutputRecord(self._run, first_line, lines)] if lines else []

    def _sample(self, message: Any) -> list[Record]:
        stats = message.stats
        time = said_parts.take_time(stats.timestamp)
        row: Row = {f"system.{item.key}": decode_json(item.value_json, "a sample") for item in stats.item}
        row.update(_wandb=True, _timestamp=time, _runtime=time - self._started_at)
        self._stat_lines += 1
        return [StatsRecord(self._run, self._stat_lines - 1, [row])]

    def _save(self, message: Any) -> list[Record]:
        found: list[Record] = []
        for item in message.files.files:
            named = {
                name: content
                for name, content in self._files.items()
                if name == item.path or fnmatchcase(name, item.path)
            }
            if named:
                found.append(FilesRecord(self._run, named, by_client=item.type == said.BY_CLIENT))
            else:
                self._tell_missing(item.path)
        return found

    def _log_artifact(self, message: Any) -> list[Record]:
        heard = said.WORDS[ArtifactRecord].take(message)
        return [ArtifactRecord(self._run, **heard, files=self._artifact_files(message))]

    def _alert(self, message: Any) -> list[Record]:
        heard = {"title": "", "text": "", "level": "INFO", **said.take_alert(message)}
        return [AlertRecord(self._run, **heard)]

    def _end(self, message: Any) -> list[Record]:
        code, runtime = message.exit.exit_code, message.exit.runtime
        self._exit = ExitRecord(self._run, code, runtime or self._runtime)
        return []

    def _learn(self, environment: Any) -> None:
        git = environment.git
        self._facts.update(
            _told(host=environment.host, job_program=environment.program, job_repo=git.remote_url, commit=git.commit)
        )


HEARD: dict[str, Callable[[ForeignReader, Any], list[Record]]] = {
    "run": ForeignReader._start,
    "config": ForeignReader._configure,
    "summary": ForeignReader._summarize,
    "metric": ForeignReader._define,
    "output_raw": ForeignReader._print,
    "output": ForeignReader._print,
    "stats": ForeignReader._sample,
    "files": ForeignReader._save,
    "alert": ForeignReader._alert,
    "artifact": ForeignReader._log_artifact,
    "exit": ForeignReader._end,
}
"""How each kind of message is heard; rows are gathered until something else comes."""


def _told(**facts: str) -> dict[str, str]:
    return {name: value for name, value in facts.items() if value}


def _merge(values: dict[str, Any], changes: Any, *, deep: bool = False) -> None:
    """Take changes into config or summary; what is changed inside a value is changed in a copy of it.

    Args:
        deep: A dict is put into the one that is there, and does not replace it: so does the Go core with the config.
    """
    for item in changes.update:
        key = said_parts.key_of(item)
        if isinstance(values.get(key[0]), dict):
            values[key[0]] = _deep_copy(values[key[0]])
        value = decode_json(item.value_json, "a value")
        for path, leaf in _leaves(key, value) if deep else ((key, value),):
            said_parts.put_at(values, path, leaf)
    for item in changes.remove:
        key = said_parts.key_of(item)
        if len(key) > 1 and isinstance(values.get(key[0]), dict):
            values[key[0]] = _deep_copy(values[key[0]])
        inner: Any = values
        for part in key[:-1]:
            inner = inner.get(part) if isinstance(inner, dict) else None
        if isinstance(inner, dict):
            inner.pop(key[-1], None)


def _deep_copy(value: Any) -> Any:
    return {key: _deep_copy(item) for key, item in value.items()} if isinstance(value, dict) else value


def _leaves(key: Sequence[str], value: Any) -> Iterator[tuple[Sequence[str], Any]]:
    """What is in a value, each with its whole key; there is nothing in an empty dict."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from _leaves((*key, name), inner)
    else:
        yield key, value
