"""Owns what one process of the SDK remembers: wandb.run, the active runs, settings given so far, credentials.

A world has a session for each process it plays. Everything outside comes in through ports.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from wandb_testkit.ports import Clock, Disk, Ids, Observer, Shell, Terminal, Transport
from wandb_testkit.records import Account, RunPath
from wandb_testkit.sdk import resume_file
from wandb_testkit.sdk.behaviour import Behaviour
from wandb_testkit.sdk.environment import from_environment
from wandb_testkit.sdk.history import MAX_BATCH_ROWS, OpenHistory
from wandb_testkit.sdk.home import Home
from wandb_testkit.sdk.logging_setup import SdkLog, give_back
from wandb_testkit.sdk.project_name import project_of, running_program
from wandb_testkit.sdk.settings import Settings, given
from wandb_testkit.sdk.working_directory import WorkingDirectory

if TYPE_CHECKING:
    from wandb_testkit.sdk.classic_dummy import Dummy
    from wandb_testkit.sdk.outgoing import Outgoing
    from wandb_testkit.sdk.process_end import ProcessEnd
    from wandb_testkit.sdk.run import Run
    from wandb_testkit.sdk.tensorboard import EventStreams


LogInParent = Callable[[str, "dict[str, Any]", "int | None", "bool | None"], bool]
"""Logs a row to a run of the parent process, by the run's id; False if it is over."""


class Session:
    """One process of the SDK.

    Args:
        connect: Makes a transport for an API key (None: no credentials).
        connect_offline: Makes the transport of an offline run, for its directory and its id.
        environ: Tells the environment; asked once, at the first init() or login() (A.2).
        directory: The real directory that the process runs in: None for the interpreter's own, "" for none at all.
        process_end: What tells of the end of the process, None for one that is only played.

    Attributes:
        log: What the SDK notes about itself.
        is_outlived: What it says goes to a process that outlives it, so nothing is held back that a kill would lose.
        log_in_parent: In a forked child the way to a run of the parent.
        directories, linked_directory: How many runs have had a directory, and whose the links show (LOGSETUP-4).
    """

    __slots__ = (
        "__weakref__",
        "_at_close",
        "_batch_rows",
        "_environ",
        "_environment",
        "_environment_seen",
        "_is_ending",
        "_process_end",
        "_project",
        "_setup",
        "active",
        "anonymous",
        "behaviour",
        "clock",
        "connect",
        "connect_offline",
        "directories",
        "disk",
        "files",
        "history_class",
        "home",
        "ids",
        "is_outlived",
        "key_in_file",
        "linked_directory",
        "log",
        "log_in_parent",
        "login_key",
        "netrc_variable",
        "new_events",
        "observer",
        "run",
        "shell",
        "taken_ids",
        "terminal",
        "told",
        "viewers",
        "watched_models",
    )

    def __init__(
        self,
        behaviour: Behaviour,
        *,
        connect: Callable[[str | None], Transport],
        connect_offline: Callable[[str, str], Transport],
        observer: Observer,
        clock: Clock,
        ids: Ids,
        environ: Callable[[], Mapping[str, str]],
        disk: Disk,
        terminal: Terminal,
        shell: Shell,
        home: Home,
        directory: str | None,
        process_end: ProcessEnd | None = None,
    ) -> None:
        self.behaviour = behaviour
        self.connect = connect
        self.connect_offline = connect_offline
        self.observer = observer
        self.clock = clock
        self.ids = ids
        self.disk = disk
        self.terminal = terminal
        self.shell = shell
        self.home = home
        self.files = WorkingDirectory(disk, directory)
        self.run: Run | Dummy | None = None
        self.active: list[Run] = []
        self.viewers: dict[str, Account] = {}
        self.anonymous: Account | None = None
        self.login_key: str | None = None
        self.netrc_variable: str | None = None
        self.taken_ids: set[str] = set()
        self.told: list[str] = []
        self._environ = environ
        self._environment: dict[str, Any] | None = None
        self._environment_seen: dict[str, str] = {}
        self._is_ending = False
        self.key_in_file: str | None = None
        self._project: str | None = None
        self._process_end = process_end
        self._setup: dict[str, Any] = {}
        self._batch_rows = MAX_BATCH_ROWS
        self.is_outlived = False
        self.log = SdkLog()
        self.directories = 0
        self.linked_directory = 0
        self._at_close: list[Callable[[Session], None]] | None = None
        self.history_class = OpenHistory
        self.log_in_parent: LogInParent | None = None
        self.watched_models = 0
        self.new_events: Callable[[], EventStreams] | None = None

    # ------------------------------------------------------------------ settings and credentials

    def load_environment(self, user_file: str | None = None) -> dict[str, Any]:
        """The settings that files and variables give, as they were when first asked; variables win (A.2).

        Args:
            user_file: Another place of the user's settings file.
        Raises:
            Exception: A variable, or with classic a file, has a value that the profile does not allow (A.3).
        """
        if self._environment is None:
            behaviour = self.behaviour
            self._environment_seen = self._wandb_variables()
            self.netrc_variable = self.variable("NETRC")
            names = ", ".join(sorted(self._environment_seen)) or "none"
            self.log.info("SDK version is %s; variables in the environment: %s", self.behaviour.version, names)
            folder = self.variable(behaviour.settings_folder) if behaviour.settings_folder else None
            in_files = behaviour.read_settings_files(self, user_file or (f"{folder}/settings" if folder else None))
            self.key_in_file = in_files.pop("api_key", None)
            variables = from_environment(self._environment_seen, behaviour.environment)
            self._environment = {**in_files, **behaviour.check_variables(variables)}
        return self._environment

    def variable(self, name: str) -> str | None:
        """One environment variable, as it is now."""
        return self._environ().get(name)

    def set_variables(self, values: Mapping[str, str | None]) -> None:
        """Set variables for this process alone, or with None unset them, as parts of the SDK do: os.environ stays."""
        before = self._environ

        def overlaid() -> dict[str, str]:
            return {name: value for name, value in {**before(), **values}.items() if value is not None}

        self._environ = overlaid

    @property
    def environ(self) -> Mapping[str, str]:
        """The environment, as it is now."""
        return self._environ()

    def project(self, program: str | None) -> str:
        """The project of runs that name none; looked for once (PROJ-1)."""
        if self._project is None:
            self._project = project_of(self.files.real, program or running_program())
        return self._project

    def default_project(self) -> str:
        """The project of an init() without one; the environment counts as not yet read."""
        return self._environ().get("WANDB_PROJECT") or self.project(None)

    def environment_has_changed(self) -> bool:
        """Whether a WANDB_* variable is another one than when the environment was read; told once a change (A.2)."""
        if self._environment is None:
            return False
        before, self._environment_seen = self._environment_seen, self._wandb_variables()
        return before != self._environment_seen

    def _wandb_variables(self) -> dict[str, str]:
        environ = self._environ()  # of os.environ, names are cheap and values are not: it decodes each anew
        return {name: environ[name] for name in environ if name.startswith("WANDB_")}

    def setup(self, settings: Settings | Mapping[str, Any] | None = None) -> None:
        """Take settings for every later init() of this process (A.2, rank 3)."""
        fresh = self.behaviour.check(given(settings))
        self.load_environment(fresh.get("settings_system"))
        self._setup.update(fresh)

    def of_process(self) -> dict[str, Any]:
        """The settings that hold for every init(): of files, of variables, of setup()."""
        return {**self.load_environment(), **self._setup}

    def settings(self, arguments: Mapping[str, Any], settings: Mapping[str, Any]) -> dict[str, Any]:
        """All settings that have a value, the highest source winning (A.2)."""
        return {**self.load_environment(), **self._setup, **settings, **arguments}

    def set_up_again(self, name: str, value: Any) -> None:
        """Take back what setup() was given for one setting: it is `value` again, or with None nothing."""
        self._setup.pop(name, None)
        if value is not None:
            self._setup[name] = value

    def setup_value(self, name: str) -> Any:
        """What setup() was given for one setting, None if nothing (A.2, rank 3)."""
        return self._setup.get(name)

    def base_url(self) -> str:
        """The server that this process speaks to."""
        url: str = self.settings({}, {}).get("base_url") or self.behaviour.login.base_url
        return url

    def app_url(self, given: Mapping[str, Any] | None = None) -> str:
        """Where the pages of the server are that this process, or a run with these settings, speaks to."""
        told = self.settings({}, {}) if given is None else given
        if override := told.get("app_url_override"):
            return str(override).rstrip("/")
        return self.behaviour.login.app_url(told.get("base_url") or self.behaviour.login.base_url)

    def warn(self, kind: str, text: str, *, run: RunPath | None = None) -> None:
        """Tell the user something, about a run or about none, and remember the kind of it."""
        self.told.append(kind)
        self.terminal.line(text, level="warning")
        self.log.warning("%s", text, run_id=None if run is None else run.run_id)
        self.observer.warned(run, text)

    # ------------------------------------------------------------------ runs

    @property
    def batch_rows(self) -> int:
        """How many rows of history a batch may hold."""
        return self._batch_rows

    @batch_rows.setter
    def batch_rows(self, rows: int) -> None:
        self._batch_rows = rows
        for run in self.active:
            run._history.limit = rows

    def flush(self) -> None:
        """Publish everything that active runs still hold."""
        for run in self.active[:]:
            run._flush()

    def flush_run(self, outgoing: Outgoing) -> None:
        """Publish everything that one run still holds, if it is active in this process."""
        for run in self.active[:]:
            if run._outgoing is outgoing and not run._is_forked:
                run._flush()

    def started(self, run: Run, *, becomes_wandb_run: bool) -> None:
        """A run is active from now on."""
        if self._process_end is not None and not self.active:
            self._process_end.watch(self)
        self.active.append(run)
        if becomes_wandb_run:
            self.run = run

    def ended(self, run: Run, exit_code: int) -> None:
        """A run has ended: its directory has no crashed run to resume if it ended well (AUTO-5, FINISH-2)."""
        if run in self.active:
            self.active.remove(run)
        if not self.active:
            self._forget_process_end()
        if exit_code == 0 and not (self._is_ending and self.behaviour.process_end_keeps_resume_file):
            resume_file.remove(self.disk, run._wandb_dir)
        if self.run is run or self.behaviour.finish_unsets_any_run:
            self.run = None

    def finish(self, exit_code: int | None = None) -> None:
        """wandb.finish(): end wandb.run; without a run nothing happens (GLOBAL-3)."""
        if self.run is not None:
            self.run.finish(exit_code)

    def end_process(self, exit_code: int | None) -> None:
        """The process ends: so do its runs, with its exit code, None for the one they have heard of (FINISH-5)."""
        self._is_ending = True
        for run in list(self.active):
            run.finish(exit_code)
        self._is_ending = False

    def kill(self) -> None:
        """The process is killed: its runs are left as they are, and no end is reported (FINISH-5)."""
        for run in self.active:
            run._stop_listening()
            run._tear_down()
        self.active.clear()
        self.run = None
        self._forget_process_end()

    def hear_exit_code(self, exit_code: int) -> None:
        """The exit code of the process is this one, unless something else comes (FINISH-1)."""
        for run in self.active:
            run.__dict__["_exit_code"] = exit_code

    def become_forked_child(self) -> None:
        """This is a forked child now, and the runs are its parent's (LOG-7)."""
        self.observer.become_forked()
        for run in self.active:
            run._become_forked()
        if self.behaviour.fork_leaves_runs_behind:
            self.active.clear()

    def _forget_process_end(self) -> None:
        if self._process_end is not None:
            self._process_end.forget(self)

    def at_close(self, undo: Callable[[Session], None]) -> None:
        """Have something undone when the world of this process goes (TB-1, GYM-1)."""
        self._at_close = [*(self._at_close or ()), undo]

    def close(self) -> None:
        """The world of this process goes: libraries, loggers and the notebook's shell are as they were."""
        for undo in self._at_close or ():
            undo(self)
        self._at_close = None
        give_back(self)

    def teardown(self, exit_code: int | None = None) -> None:
        """wandb.teardown(): end every active run, and forget what was set up."""
        for run in list(self.active):
            run.finish(exit_code)
        self.run = None
        self.login_key = None
        self._setup.clear()
        self._environment = None
