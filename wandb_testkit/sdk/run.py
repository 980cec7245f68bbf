"""Owns a run: what the user holds, and what it sends.

Source: GLOBAL-4, LOG-1 to LOG-7, SUMMARY-1, FINISH-1 to FINISH-4, RESUME-7. What the profiles do differently is read
from the session's Behaviour; the names that only one of them has are in classic.py and current.py.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from types import TracebackType
from typing import TYPE_CHECKING, Any

from wandb_testkit.errors import NotModelledAttributeError
from wandb_testkit.ports import Transport
from wandb_testkit.records import (
    ConfigRecord,
    ExitRecord,
    FilesRecord,
    HistoryRecord,
    Row,
    RunPath,
    RunRecord,
    SummaryRecord,
)
from wandb_testkit.sdk.config import Config
from wandb_testkit.sdk.files import POLICIES, SavedFiles, named_files, show_at
from wandb_testkit.sdk.folding import Folding
from wandb_testkit.sdk.history import OpenHistory
from wandb_testkit.sdk.logging_setup import TeardownHook, tear_down
from wandb_testkit.sdk.metric import Metric, metric_record
from wandb_testkit.sdk.run_facts import RunFacts
from wandb_testkit.sdk.run_tree import RunTree
from wandb_testkit.sdk.run_upkeep import RunUpkeep
from wandb_testkit.sdk.stopwatch import Stopwatch
from wandb_testkit.sdk.summary import Summary, fold_rows
from wandb_testkit.sdk.values import copied, to_json

if TYPE_CHECKING:
    from wandb_testkit.sdk.session import Session
    from wandb_testkit.sdk.tensorboard import EventStreams
    from wandb_testkit.sdk.watch import Graph, Watcher


class Run(RunUpkeep, RunFacts):
    """One run, from init() to finish(); made by init() only.

    Args:
        path: Its key, as the server answered.
        mode: "online" or "offline".
        given: The settings that init() was given.
        step, lines: Where history goes on: first `_step`, first line.
        runtime: Seconds that the run had run before (RESUME-7g).
        config: All values it starts with.
        summary: What the summary holds at the start.
    """

    def __init__(
        self,
        session: Session,
        transport: Transport,
        path: RunPath,
        *,
        mode: str,
        name: str | None,
        given: Mapping[str, Any],
        config: Mapping[str, Any],
        summary: Mapping[str, Any],
        wandb_dir: str,
        tree: RunTree,
        client_config: Mapping[str, Any],
        teardown_hooks: list[TeardownHook],
        step: int,
        lines: int,
        runtime: float,
        resumed: bool,
        started_at: float,
        may_change_config: bool,
        url: str | None,
    ) -> None:
        behaviour = session.behaviour
        own = self.__dict__  # __setattr__ refuses new names, so that users cannot set them by mistake (GLOBAL-4)
        own["_session"] = session
        own["_behaviour"] = behaviour
        own["_row_rules"] = behaviour.row
        own["_transport"] = transport
        own["_path"] = path
        own["_mode"] = mode
        own["_name"] = name
        own["_given"] = given
        own["_wandb_dir"] = wandb_dir
        own["_url"] = url
        own["_resumed"] = resumed
        own["_starting_step"] = step
        own["_started_at"] = started_at
        own["_stopwatch"] = Stopwatch(started_at, runtime)
        own["_is_finished"] = False
        own["_has_logged"] = False
        own["_hooks"] = None
        own["_events"] = None if session.new_events is None else session.new_events()
        own["_history"] = session.history_class(
            step=step, lines=lines, limit=session.batch_rows, clock=session.clock, publish=self._publish_rows
        )
        own["_config"] = starting = Config(
            behaviour.config,
            self._before_config_change,
            self._config_changed,
            ignored=self._locked_key_kept,
            files=session.files,
            may_change=may_change_config,
        )
        starting.load(config)
        own["_folding"] = folding = Folding(behaviour.summary)
        own["_summary"] = summed = Summary(
            behaviour.summary, folding, self._before_summary_read, self._before_summary_change, self._summary_changed
        )
        summed._values.update(copied(dict(summary)))
        own["_files"] = SavedFiles()
        own["_files_dir"] = None
        own["_tree"] = tree
        own["_client_config"] = client_config
        own["_teardown_hooks"] = teardown_hooks
        own["_summary_is_new"] = False
        own["_config_is_new"] = False

    if TYPE_CHECKING:
        _session: Session
        _events: EventStreams | None
        _hooks: Watcher | None
        _history: OpenHistory
        _summary: Summary
        _config: Config
        _path: RunPath
        _wandb_dir: str
        _transport: Transport

    def __getattr__(self, name: str) -> Any:
        if not name.startswith("_") and name in self._behaviour.run_names_not_modelled:
            raise NotModelledAttributeError(
                f"run.{name} is part of wandb {self._behaviour.version} and not of this version of the kit"
            )
        raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")

    def __setattr__(self, name: str, value: Any) -> None:
        if hasattr(type(self), name):
            object.__setattr__(self, name, value)
        else:
            settable = "name, notes, tags"
            raise Exception(
                f"Run has no attribute {name!r} that can be set [GLOBAL-4]; settable are {settable}. Values belong in "
                "run.config or run.summary"
            )

    def __repr__(self) -> str:
        return f"<Run {self.path}>"

    # ------------------------------------------------------------------ what it holds

    @property
    def step(self) -> int:
        """`_step` of the row that the next log() writes; RESUME-7c tells what a resumed run reads at first."""
        step = self._history.step
        if (
            self._resumed
            and self._behaviour.resumed_step_reads_zero
            and step == self.starting_step
            and not self._has_logged
        ):
            return 0
        return step

    @property
    def config(self) -> Config:
        """The config."""
        return self._config

    @property
    def summary(self) -> Summary:
        """The summary."""
        return self._summary

    @property
    def wandb_dir(self) -> str:
        """The wandb directory that the run belongs to (AUTO-1)."""
        return self._wandb_dir

    @property
    def dir(self) -> str:
        """The run's files directory: it exists, and what is written there is uploaded at the end (DIR-1)."""
        if self._files_dir is None:
            self.__dict__["_files_dir"] = self._tree.files()
            if self._is_finished:
                self._tear_down()  # a finished run has a log and no handler
        return self._files_dir  # type: ignore[no-any-return]

    # ------------------------------------------------------------------ log

    def log(self, data: dict[str, Any], step: int | None = None, commit: bool | None = None) -> None:
        """Log one row.

        Args:
            data: Keys are str, values JSON or what the profile makes JSON of; nested dicts are kept nested.
            step: Absolute `_step`; without `commit` the row stays open for more of that step.
            commit: Close the row (True unless `step` is given).
        Raises:
            ValueError, TypeError: Data is no dict, has a key that is no str, or a value that JSON cannot say.
        Source: LOG-1 to LOG-6.
        """
        if step is not None or commit is not None or not self._history.add(data):
            self._log_carefully(data, step, commit)

    def _log_carefully(self, data: dict[str, Any], step: int | None, commit: bool | None) -> None:
        self._must_be_active("log")
        rules = self._row_rules
        row = self._read_row(data)
        history = self._history
        with history.lock:
            self.__dict__["_has_logged"] = True
            if step is not None and history.numbers_rows:
                step = self._step_beside_tensorboard(step)
            if step is not None:
                number = rules.read_step(step)
                if not history.go_to(number):
                    self._dropped(data, number)
                    return
            is_empty = not row and not rules.empty_is_written
            if not is_empty:
                history.hold(row)
            if commit if commit is not None else step is None:
                if is_empty and history.pending is None:
                    history.step += 1
                else:
                    history.commit()

    def _step_beside_tensorboard(self, step: Any) -> Any:
        """What `step=` still means where tensorboard is synchronised (TB-1)."""
        if "step_with_tensorboard" not in self._session.told:
            self._session.warn(
                "step_with_tensorboard",
                f"log(step={step!r}): rows are numbered one by one while tensorboard is synchronised [TB-1]. Log the "
                "step as a metric, and name it in define_metric()",
                run_id=self.id,
            )
        return step if self._behaviour.events().step_counts else None

    def _read_row(self, data: Any) -> Row:
        rules = self._row_rules
        if not isinstance(data, Mapping):
            raise rules.wrong_row(
                f"log() takes a dict of metric names and values; got {data!r} of type {type(data).__name__} [LOG-5]. "
                "Give the value a name: log({'loss': ...})"
            )
        row: Row = {}
        for key, value in data.items():
            if not isinstance(key, str):
                raise rules.wrong_row(
                    f"log() takes str keys; got {key!r} of type {type(key).__name__} [LOG-5]. Write {str(key)!r}"
                )
            row[key] = plain = to_json(value, rules.fallback)
            if plain is None or type(plain) is dict:
                self._folding.has_nested = True
        row.pop("_step", None)
        rules.tidy(row)
        return row

    def _dropped(self, data: Mapping[str, Any], step: int) -> None:
        text = (
            f"log({dict(data)!r}, step={step}) of run {self.id!r} was dropped: "
            f"the run is at step {self._history.step}, and steps cannot go back [LOG-3]. "
            "Log in order of step, or leave step out"
        )
        self._session.told.append("row_dropped")
        self._session.terminal.line(text, level="warning")
        self._session.observer.dropped(self.id, text)

    def _publish_rows(self, first_line: int, rows: list[Row], timestamps: list[float], keys: set[str]) -> None:
        runtimes = self._stopwatch.at_all(timestamps)
        if self._row_rules.whole_seconds:
            runtimes = [int(t) for t in runtimes]
            timestamps = [int(t) for t in timestamps]
        values = self._summary._values
        self._folding.complete(rows)
        fold_rows(values, rows, keys, self._folding)
        values["_timestamp"] = timestamps[-1]
        values["_runtime"] = runtimes[-1]
        record = HistoryRecord(self._path, first_line, rows, timestamps, runtimes)
        if self._history.limit > 1:
            self._transport.publish(record)
        elif self._transport.deliver(record).refusal is not None:  # a fault is armed; the next row takes this line
            self._history.lines -= len(rows)
        self.__dict__["_summary_is_new"] = False
        self._transport.publish(SummaryRecord(self._path, copied(values)))

    # ------------------------------------------------------------------ what else is said of a run

    def define_metric(
        self,
        name: str,
        step_metric: str | Metric | None = None,
        step_sync: bool | None = None,
        hidden: bool | None = None,
        summary: str | None = None,
        overwrite: bool | None = None,
    ) -> Metric:
        """Say how a metric is to be summarised and drawn.

        Args:
            name: The metric; a trailing `*` makes it a pattern.
            step_metric: The metric to draw it against.
            summary: What to keep: min, max, mean, best, first, last, none, copy, several separated by commas.
        Raises:
            Error: A name or summary that does not exist.
        """
        return self._define(name, step_metric, step_sync, hidden, summary, None, overwrite)

    def _define(
        self, name: Any, step_metric: Any, step_sync: Any, hidden: Any, summary: Any, goal: Any, overwrite: Any
    ) -> Metric:
        self._must_be_active("define_metric")
        words = self._behaviour.summary.words
        asked = metric_record(self._path, words, name, step_metric, step_sync, hidden, summary, goal, overwrite)
        self._history.flush()  # what was logged before is summarised the old way
        defined = self._folding.define(asked, self._summary._values, overwrites=bool(overwrite))
        self._summary_changed()
        self._transport.publish(defined)
        return Metric(asked)

    def save(
        self,
        glob_str: str | bytes | os.PathLike[str],
        base_path: str | os.PathLike[str] | None = None,
        policy: str = "live",
        glob: bool = True,
    ) -> bool | list[str]:
        """Keep files with the run.

        Args:
            glob_str: A path, or a pattern if `glob`.
            base_path: Names in the run are relative to it.
            policy: "now" uploads at once, "end" at the end, "live" both.
        Returns:
            The paths that the files have in the run's files directory.
        Raises:
            ValueError: There is no such policy.
        """
        self._must_be_active("save")
        if policy not in POLICIES:
            raise ValueError(f"save(policy={policy!r}): expected {', '.join(map(repr, POLICIES))}")
        pattern = os.fsdecode(glob_str)
        named = named_files(
            pattern,
            None if base_path is None else os.fspath(base_path),
            glob,
            self._behaviour.save_root,
        )
        if not named:
            self._session.warn("nothing_saved", f"save({pattern!r}): no file is there to be saved", run_id=self.id)
            return []
        self._upload(self._files.take(named, policy))
        shown = {os.path.join(self.dir, *name.split("/")): path for name, path in named.items()}
        for there, path in shown.items():
            show_at(there, path)
        return list(shown)

    def watch(
        self,
        models: Any,
        criterion: Any = None,
        log: str | None = "gradients",
        log_freq: int = 1000,
        idx: int | None = None,
        log_graph: bool = False,
    ) -> None:
        """Log histograms of the gradients and parameters of torch models into the row of the next log().

        Args:
            models: One model, or a list of them.
            criterion: Accepted, and of no effect.
            log: "gradients", "parameters", "all" or None.
            log_freq: Every how many-th batch is logged.
            idx: The number of the first model; the keys of all but number 0 begin with `graph_<number>`.
            log_graph: Keep the layers that the first forward pass goes through, as `graph_<number>` of the summary.
        Raises:
            Error: torch is not there.
            TypeError: A model is no torch module.
            ValueError: `log` is none of these words; or the model is watched already under this number.
        """
        self._watch(models, log, log_freq, idx, log_graph)

    def unwatch(self, models: Any = None) -> None:
        """Take the hooks of watch() off these models; None means all."""
        self._must_be_active("unwatch")
        self._watcher().unwatch(models)

    def _watch(self, models: Any, log: Any, log_freq: int, idx: int | None, log_graph: bool) -> list[Graph]:
        self._must_be_active("watch")
        return self._watcher().watch(self, models, log, log_freq, idx, log_graph)

    def _watcher(self) -> Watcher:
        if self._hooks is None:
            from wandb_testkit.sdk.watch import Watcher  # only who watches pays for it

            self.__dict__["_hooks"] = Watcher(self._session)
        return self._hooks  # type: ignore[return-value]

    # ------------------------------------------------------------------ the end

    def finish(self, exit_code: int | None = None) -> None:
        """End the run: when this returns, everything is on the server (FINISH-1); a second time nothing happens."""
        if self._is_finished:
            return
        self._history.close()
        if self._teardown_hooks:
            tear_down(self._teardown_hooks, early=True)
        self._session.log.info("finishing run %s", self._path, run_id=self._path.run_id)
        self.flush()
        self._upload(self._files.at_end())
        if self._events is not None:
            self._upload(self._events.files())
        if self._files_dir is not None:
            below = self._tree.files_below()
            self._upload({name: content for name, content in below.items() if name not in self._files.names})
        code = 0 if exit_code is None else exit_code
        self.__dict__["_is_finished"] = True
        self._transport.publish(ExitRecord(self._path, code, self._stopwatch.at(self._session.clock.time())))
        self._session.ended(self, code)
        if not self._behaviour.summary.shows_values_after_finish:
            self._summary._values.clear()
        if self._tree.is_made:
            self._tree.note(f"run {self.id} ended with exit code {code}")
            self._tear_down()

    def __enter__(self) -> Run:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.finish(exit_code=0 if kind is None else 1)

    def flush(self) -> None:
        """Publish what is held back: the open batch of history, a changed summary, a changed config."""
        if self._events is not None:
            self._events.write_rows(self)
        self._history.flush()
        if self._summary_is_new:
            self.__dict__["_summary_is_new"] = False
            self._transport.publish(SummaryRecord(self._path, copied(self._summary._values)))
        if self._config_is_new:
            self.__dict__["_config_is_new"] = False
            self._transport.publish(ConfigRecord(self._path, self._whole_config()))

    @property
    def batch_rows(self) -> int:
        """How many rows of history a batch may hold."""
        return self._history.limit

    @batch_rows.setter
    def batch_rows(self, rows: int) -> None:
        self._history.limit = rows

    # ------------------------------------------------------------------ inside

    def _must_be_active(self, what: str) -> None:
        if self._is_finished:
            raise self._behaviour.finished_error(
                f"{what} after finish(): run {self.id!r} is finished [LOG-6]. Start a new run with init()"
            )

    def _edit(self, record: RunRecord) -> None:
        self.flush()
        self._transport.publish(record)

    def _upload(self, files: Mapping[str, bytes]) -> None:
        if files:
            self._history.flush()
            self._transport.publish(FilesRecord(self._path, files))

    def _before_summary_read(self) -> None:
        self._history.flush()
        if self._is_finished and not self._behaviour.summary.shows_values_after_finish:
            self._session.warn(
                "summary_after_finish",
                f"summary of run {self.id!r} is empty: the run is finished [SUMMARY-2]. Read it before finish()",
                run_id=self.id,
            )

    def _before_summary_change(self) -> None:
        self._must_be_active("summary")

    def _summary_changed(self) -> None:
        self.__dict__["_summary_is_new"] = True

    def _before_config_change(self) -> None:
        self._must_be_active("config")

    def _config_changed(self) -> None:
        self.__dict__["_config_is_new"] = True

    def _locked_key_kept(self, key: str) -> None:
        self._session.warn(
            "locked_key",
            f"config[{key!r}] was locked by the sweep and stays {self._config[key]!r} [CONFIG-10]; leave it alone",
            run_id=self.id,
        )

    def _whole_config(self) -> dict[str, Any]:
        return {**self._config.as_sent(), "_wandb": self._client_config}
