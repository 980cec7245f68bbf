"""Owns a run: what the user holds, from init() to finish().

What it does with rows, files and notices, and what it is called, is in modules of their own (run_rows, run_files,
run_notices, run_facts). What the profiles do differently is read from the session's Behaviour; the names that only one
of them has are in classic.py and current_run.py. Source: GLOBAL-4, FINISH-1 to FINISH-5, RESUME-7.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import TracebackType
from typing import TYPE_CHECKING, Any
from weakref import ref

from wandb_testkit.ports import Transport
from wandb_testkit.records import ConfigRecord, ExitRecord, RunPath, RunRecord
from wandb_testkit.sdk.config import Config
from wandb_testkit.sdk.config_static import ConfigStatic
from wandb_testkit.sdk.files import SavedFiles
from wandb_testkit.sdk.folding import Folding
from wandb_testkit.sdk.history import OpenHistory
from wandb_testkit.sdk.logging_setup import TeardownHook, tear_down
from wandb_testkit.sdk.outgoing import Outgoing
from wandb_testkit.sdk.run_facts import RunFacts
from wandb_testkit.sdk.run_files import RunFiles
from wandb_testkit.sdk.run_media import RunMedia
from wandb_testkit.sdk.run_notices import RunNotices
from wandb_testkit.sdk.run_rows import RunRows
from wandb_testkit.sdk.run_tree import RunTree
from wandb_testkit.sdk.run_upkeep import RunUpkeep
from wandb_testkit.sdk.stopwatch import Stopwatch
from wandb_testkit.sdk.summary import Summary, SummaryValues
from wandb_testkit.sdk.values import copied
from wandb_testkit.wire.metrics import encoded_metrics

if TYPE_CHECKING:
    from wandb_testkit.sdk.session import Session
    from wandb_testkit.sdk.tensorboard import EventStreams
    from wandb_testkit.sdk.watch import Graph, Watcher


class Run(RunRows, RunFiles, RunMedia, RunNotices, RunUpkeep, RunFacts):
    """One run, from init() to finish(); made by init() only.

    Args:
        path: Its key, as the server answered.
        mode: "online" or "offline".
        given: The settings that init() was given.
        step, lines, output_lines: Where history goes on (first `_step`, first line), and the console.
        runtime: Seconds that the run had run before (RESUME-7g).
        client_config: What the client writes into config by itself (`_wandb`).
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
        output_lines: int,
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
        own["_stopwatch"] = stopwatch = Stopwatch(started_at, runtime)
        own["_is_forked"] = False
        own["_exit_code"] = 0
        own["_has_logged"] = False
        own["_hooks"] = None
        own["_events"] = None if session.new_events is None else session.new_events()
        own["_folding"] = folding = Folding(behaviour.summary)
        own["_outgoing"] = outgoing = Outgoing(session, transport, path, stopwatch, folding, copied(dict(summary)))
        own["_history"] = history = session.history_class(
            step=step, lines=lines, limit=session.batch_rows, clock=session.clock, publish=outgoing.publish_rows
        )
        own["_config"] = starting = Config(
            behaviour.config,
            outgoing,
            use_artifact=_artifacts_of(ref(self)),
            files=session.files,
            may_change=may_change_config,
        )
        starting.load(config)
        own["_summary"] = Summary(SummaryValues(behaviour.summary, folding, outgoing, history, _media_of(ref(self))))
        own["_files"] = SavedFiles()
        own["_files_dir"] = None
        own["_console"] = None
        own["_output_lines"] = output_lines
        own["_tree"] = tree
        own["_client_config"] = client_config
        own["_teardown_hooks"] = teardown_hooks

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
        _outgoing: Outgoing

    def __getattr__(self, name: str) -> Any:
        raise AttributeError(f"'Run' object has no attribute {name!r}")

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
            self.starting_step
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
    def config_static(self) -> ConfigStatic:
        """The config as it is now, to be read only."""
        return ConfigStatic(dict(self.config.items()))

    @property
    def summary(self) -> Summary:
        """The summary."""
        return self._summary

    @property
    def _is_finished(self) -> bool:
        return self._outgoing.is_finished

    # ------------------------------------------------------------------ what else is said of a run

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
        """End the run: when this returns, everything is on the server (FINISH-1); a second time nothing happens.

        Args:
            exit_code: None means that of the process so far: 0, or what sys.exit() was called with (FINISH-1).
        """
        with self._history.lock:  # other threads may log, or finish, too
            if self._is_finished:
                return
            if self._is_forked:
                self._leave_to_parent()
                return
            self._stop_listening()
            self._history.close()
            if self._teardown_hooks:
                tear_down(self._teardown_hooks, early=True)
            self._session.log.info("finishing run %s", self._path, run_id=self._path.run_id)
            self._flush()
            self._upload_rest()
            code = self._exit_code if exit_code is None else exit_code
            self._outgoing.is_finished = True
            self._transport.publish(ExitRecord(self._path, code, self._stopwatch.at(self._session.clock.time())))
        self._session.ended(self, code)
        if not self._behaviour.summary.shows_values_after_finish:
            self._outgoing.values.clear()
        if self._tree.is_made:
            self._tree.note(f"run {self.id} ended with exit code {code}")
            self._tear_down()

    def __enter__(self) -> Run:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.finish(exit_code=0 if kind is None else 1)

    # ------------------------------------------------------------------ inside

    def _flush(self) -> None:
        """Publish what is held back: the open batch of history, output, a changed summary, a changed config."""
        with self._history.lock:
            if self._events is not None:
                self._events.write_rows(self)
            self._history.flush()
            self._publish_output()
            outgoing = self._outgoing
            if outgoing.summary_is_new:
                outgoing.publish_summary()
            if outgoing.config_is_new:
                outgoing.config_is_new = False
                self._transport.publish(ConfigRecord(self._path, self._whole_config()))

    def _become_forked(self) -> None:
        """The process is a forked child now: rows are the parent's affair (LOG-7)."""
        self.__dict__["_is_forked"] = True
        self._history.become_forked()

    def _leave_to_parent(self) -> None:
        """finish() in a forked child: the run goes on in the parent (LOG-7)."""
        text = (
            f"finish() ignored: run {self.id!r} belongs to the parent of this forked process [LOG-7]. Finish it there"
        )
        self._session.warn("forked_finish", text, run=self._path)
        if self in self._session.active:
            self._session.active.remove(self)
        if self._session.run is self:
            self._session.run = None

    def _stop_listening(self) -> None:
        if self._console is not None:
            self._console.stop()

    def _must_be_active(self, what: str) -> None:
        self._outgoing.must_be_active(what)

    def _edit(self, record: RunRecord) -> None:
        self._flush()
        self._transport.publish(record)

    def _whole_config(self) -> dict[str, Any]:
        client = dict(self._client_config)
        if metrics := self._folding.metrics():
            client["m"] = encoded_metrics(metrics)
        return {**self._config.as_sent(), "_wandb": client}


def _media_of(run: ref[Run]) -> Callable[[str, Any], Any]:
    """What a run makes of media that are set in its summary, for the summary, which is not to hold the run.

    As long as a summary can be changed its run is active, and its session holds it.
    """

    def of_media(key: str, value: Any) -> Any:
        owner = run()
        return value if owner is None else owner._media_in_summary(key, value)

    return of_media


def _artifacts_of(run: ref[Run]) -> Callable[[Any], Any]:
    """What a run does with an artifact that its config is given, for the config, which is not to hold the run."""

    def use(value: Any) -> Any:
        from wandb_testkit.sdk.run_artifacts import use_what_config_names

        owner = run()
        if owner is None:
            raise AssertionError("a run whose config can be changed is active, and its session holds it")
        return use_what_config_names(owner, value)

    return use
