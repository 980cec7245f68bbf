"""Owns init(): the way from arguments to a run, in steps that the profiles share (steps.py) or replace.

Each step takes the init() under way and returns None to go on, or what init() returns.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

from wandb_testkit.errors import NotModelledError, TestkitError
from wandb_testkit.records import Account, Refusal
from wandb_testkit.sdk import magic, present
from wandb_testkit.sdk.branch import Branch
from wandb_testkit.sdk.config_sources import starting_config
from wandb_testkit.sdk.credentials import find_key
from wandb_testkit.sdk.entry_script import EntryScript
from wandb_testkit.sdk.frozen_settings import FrozenSettings
from wandb_testkit.sdk.jupyter import Notebook, register_magic
from wandb_testkit.sdk.logging_setup import TeardownHook, take_over, tear_down
from wandb_testkit.sdk.run_tree import RunTree
from wandb_testkit.sdk.settings import SETTING_OF_ARGUMENT, Settings, given
from wandb_testkit.sdk.steps import set_up_logging

if TYPE_CHECKING:
    from wandb_testkit.sdk.behaviour import Step
    from wandb_testkit.sdk.classic_dummy import Dummy
    from wandb_testkit.sdk.run import Run
    from wandb_testkit.sdk.session import Session

if TYPE_CHECKING:
    logger: Any

NOT_MODELLED = ("launch",)
"""Arguments and settings that this version of the kit refuses when they are set."""


CONFIG_ARGUMENTS = ("config", "config_include_keys", "config_exclude_keys")
INTEGRATIONS = ("tensorboard", "sync_tensorboard", "monitor_gym")
NO_SETTINGS = ("anonymous", "force", *INTEGRATIONS)
"""Arguments that setup() takes out besides `settings`: they are no settings of a run (LOGSETUP-2)."""


def __getattr__(name: str) -> Any:
    """The logger of this module is the one called "wandb", until another one is set."""
    if name != "logger":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    import logging  # only who writes a log pays for it

    return logging.getLogger("wandb")


def _present_logger() -> Any:
    given = globals().get("logger")
    return __getattr__("logger") if given is None else given


def _set_logger(log_object: Any) -> None:
    """Configure module logger: replace it, and nothing else (LOGSETUP-1)."""
    global logger
    logger = log_object


def init(session: Session, arguments: Mapping[str, Any]) -> Run | Dummy:
    """Start a run in this process, or return the one that the arguments lead to.

    Args:
        arguments: Every argument of init() by name, None where it was not given.
    Raises:
        Exception: Whatever stops it, in the form that the profile gives it (ERR-1, ERR-2, ERR-3).
    """
    starting = _WandbInit(session)
    try:
        starting.setup(dict(arguments))
        return starting.init()
    except TestkitError:
        starting.teardown()
        raise  # about the kit, not about the program
    except Exception as error:
        session.log.error("error in init(): %s", str(error), run_id=starting.run_id or None)
        starting.teardown()
        report = session.behaviour.report
        if report(error) is error:
            raise
        session.terminal.line("Abnormal program exit", level="error")
        raise report(error) from error  # in no variable: its traceback has this frame, which would hold it


class _WandbInit:
    """One init() on its way.

    Attributes:
        settings: Every setting that has a value, the highest source winning.
        config: The values that the run starts with (E.1).
        defaults: Those of the file of defaults, also where another source won.
        locked: Keys that a sweep decided on (CONFIG-10).
        mode: "online", "offline" or "disabled"; login may turn online into offline (FORCE-1).
        resume: "none", "allow", "must", "never" or "auto".
        account: Whose run it is going to be; None offline, or where the server has yet to say.
        api_key: The key that requests are made with.
        run_id: The effective id (ID-1).
        becomes_wandb_run: False if the new run is to stand beside wandb.run (REINIT-7).
        explicit: The settings that an argument or `settings=` gave.
        branch: The moment of a run that this one begins at, None for an ordinary one (FORK-1, FORK-2).
        run_class: The class of the run that is made.
        result: What init() returns, as soon as a step has made it.
        started_at: When setup() was called; the directory of the run has its name from it.
        tree: The run's directory, once there is going to be a run.
        notebook: What is kept of the notebook; None outside of notebooks.
        script: The file whose code is saved; None if none is.
        teardown_hooks: Undo what was set up, when the run ends, or when there will be none.
        integrations: The arguments that switch something on in other libraries, as they were given.

    Args:
        session: The process; None means that of the world in force.
    """

    def __init__(self, session: Session | None = None) -> None:
        self.session = session = session or present.session()
        self.behaviour = session.behaviour
        self.settings: Any = {}  # a dict while setup() reads them, frozen afterwards
        self.given: dict[str, Any] = {}
        self.result: Run | Dummy | None = None
        self.started_at = session.clock.time()
        self.tree: RunTree | None = None
        self.notebook: Notebook | None = None
        self.script: EntryScript | None = None
        self.teardown_hooks: list[TeardownHook] = []
        self._steps = iter(session.behaviour.steps)
        self.config: dict[str, Any] = {}
        self.artifacts: dict[str, Any] = {}
        self.defaults: dict[str, Any] = {}
        self.locked: frozenset[str] = frozenset()
        self.explicit: set[str] = set()
        self.mode = "online"
        self.resume = "none"
        self.account: Account | None = None
        self.api_key: str | None = None
        self.integrations: dict[str, Any] = {}
        self.run_id = ""
        self.becomes_wandb_run = True
        self.branch: Branch | None = None
        self.run_class = session.behaviour.run_class
        self._wandb_dir: str | None = None

    def setup(self, kwargs: dict[str, Any]) -> None:
        """Complete setup for init(): parse all arguments, apply them to the settings, turn logging on (LOGSETUP-2).

        Takes the steps of the profile that come before: whoever is to be finished is finished, whoever has to log in is
        logged in. Nothing is turned on for a call that starts no run (REINIT-10, JUPYTER-4).

        Args:
            kwargs: The arguments of init(); what is no setting is taken out.
        """
        behaviour = self.behaviour
        from_settings = given(kwargs.pop("settings", None))
        self.integrations = {name: kwargs.pop(name, None) for name in INTEGRATIONS}
        arguments = {
            SETTING_OF_ARGUMENT[name]: value
            for name, value in kwargs.items()
            if value is not None and name in SETTING_OF_ARGUMENT
        }
        behaviour.announce(self.session, self.session.settings(arguments, from_settings))
        self._leave_to_the_sweep(arguments)
        if behaviour.sweep_decides_over_settings:
            self._leave_to_the_sweep(from_settings)
        from_settings = behaviour.check(from_settings)
        arguments = behaviour.check_arguments(arguments)
        self.settings = self.session.settings(arguments, from_settings)
        self._refuse_what_is_not_modelled(kwargs)
        self.explicit = {*arguments, *from_settings}
        self._ignore_late_files(from_settings)
        self.config, self.defaults, self.locked, self.artifacts = starting_config(
            self.session,
            self.session.of_process(),
            *(kwargs.pop(name, None) for name in CONFIG_ARGUMENTS),
        )
        behaviour.normalise(self)
        switched = self.settings.get("magic")
        if switched is not None and self.mode != "disabled":
            self.config.update(magic.in_config(self.session, switched))
        for name in NO_SETTINGS:
            kwargs.pop(name, None)
        self._take_steps(until=set_up_logging)
        self.given = self.settings
        self.settings = FrozenSettings(self.given, self.mode, self.run_id)

    def _refuse_what_is_not_modelled(self, kwargs: Mapping[str, Any]) -> None:
        for name in NOT_MODELLED:
            value = kwargs.get(name) or self.settings.get(name)
            if value:
                raise NotModelledError(
                    f"init({name}={value!r}) is not part of this version of the kit; leave it out, or set it to None"
                )

    def _ignore_late_files(self, from_settings: Mapping[str, Any]) -> None:
        """Config files are those of the process: named in an init() they have no effect (o33, o31)."""
        for name in ("config_paths", "sweep_param_path"):
            if name in from_settings:
                self.session.warn(
                    "late_files",
                    f"init(settings={{{name!r}: {from_settings[name]!r}}}) has no effect [E.1]: give it to setup()",
                )

    def _take_steps(self, until: Step | None = None) -> None:
        if self.result is None:
            for step in self._steps:
                self.result = step(self)
                if self.result is not None or step is until:
                    break

    def teardown(self) -> None:
        """Undo what was set up for a run that there will not be (ERR-4)."""
        for early in (True, False):
            tear_down(self.teardown_hooks, early=early)

    # ------------------------------------------------------------------ logging and notebooks

    def _enable_logging(self, log_fname: str, run_id: str | None = None) -> None:
        """Enable logging to a file, until the run ends (LOGSETUP-5, LOGSETUP-7).

        Args:
            log_fname: The path; its directory exists.
            run_id: Is put into every line, for the case of several processes on the same machine.
        """
        _log_to(log_fname, run_id, self.session, self.teardown_hooks)

    def _log_setup(self, settings: Settings | Mapping[str, Any]) -> None:
        """Set up logging from settings: the run's directory, its links and its log (LOGSETUP-3 to LOGSETUP-6).

        On a disk in memory they are set up when somebody asks for the directory.
        """
        rules = self.behaviour.logging
        values = self.settings = self.settings or dict(settings)
        self.run_id = self.run_id or values.get("run_id") or self.session.ids.run_id()
        self.tree = RunTree(
            self.session,
            self.wandb_dir,
            self.run_id,
            self.started_at,
            offline=self.mode == "offline",
            links=not rules.links_may_be_refused or values.get("symlink") is not False,
            open_log=partial(_open_log, self.session, self.run_id, self.teardown_hooks),
        )
        self.tree.make_if_real()

    def _jupyter_setup(self, settings: Settings | Mapping[str, Any]) -> None:
        """Add magic, hooks, and session history saving (JUPYTER-1)."""
        shell = self.session.shell.ipython()
        if shell is None:
            return
        if self.behaviour.jupyter.has_magic:
            register_magic(shell)
        self.notebook = Notebook(shell, self.session, self.script, saves_code=self.behaviour.saves_code(self))
        if self.notebook.hook():
            self.teardown_hooks.append(TeardownHook(self._jupyter_teardown, is_early=True))

    def _jupyter_teardown(self) -> None:
        """Teardown hooks and display saving, called with finish() (JUPYTER-3)."""
        if self.notebook is not None:
            self.notebook.save()
            self.notebook.unhook()

    def _leave_to_the_sweep(self, arguments: dict[str, Any]) -> None:
        """During a sweep it is the sweep that says where its runs go (A.2)."""
        sweep_id = self.session.load_environment().get("sweep_id")
        for name in ("project", "entity", "id"):
            if sweep_id and arguments.pop(SETTING_OF_ARGUMENT[name], None) is not None:
                self.session.warn(
                    "left_to_the_sweep", f"init({name}=...) is ignored during sweep {sweep_id!r} [A.2]: leave it out"
                )

    def init(self) -> Run | Dummy:
        """Take the steps of the profile until one of them returns something."""
        self._take_steps()
        if self.result is None:
            raise AssertionError(f"the steps of {self.behaviour.profile} made no run")
        return self.result

    # ------------------------------------------------------------------ what steps ask

    @property
    def wandb_dir(self) -> str:
        """`<dir>/wandb`, or `<dir>/.wandb` if that exists (LOGSETUP-3); without a `dir`, below the world's root."""
        if self._wandb_dir is None:
            root = self.settings.get("root_dir")
            disk = self.session.disk
            base = "" if root is None else f"{self._usable(os.path.abspath(os.fspath(root)))}/"
            hidden = f"{base}.wandb"
            self._wandb_dir = hidden if disk.is_dir(hidden) else f"{base}wandb"
        return self._wandb_dir

    def _usable(self, root: str) -> str:
        used = self.behaviour.missing_root_dir(root)
        if used != root:
            self.session.warn(
                "dir_not_usable", f"dir {root!r} is missing or cannot be written [DIR-2]: files go to {used!r}"
            )
        return used

    @property
    def client_config(self) -> Mapping[str, Any]:
        """What the client writes into config by itself: also which script it saves, and where the run branches off."""
        own = self.behaviour.client_config
        if self.script is not None:
            own = {**own, "code_path": self.script.name}
        if self.branch is not None:
            own = {**own, "branch_point": self.branch.as_sent()}
        return own

    def known_api_key(self) -> str | None:
        """The key given to this very init(), else the one that the process would use (A.4)."""
        given_now: str | None = self.settings["api_key"] if "api_key" in self.explicit else None
        return find_key(self.session, given_now, self.settings.get("base_url") or self.behaviour.login.base_url)

    def error(self, reason: str, text: str) -> Exception:
        """The exception that the profile raises for a reason of C.2."""
        return self.behaviour.errors[reason](text)

    def refused(self, refusal: Refusal) -> Exception:
        """The exception for a request that the server refused, or that did not reach it (ERR-3, ERR-5)."""
        if refusal.status in (409, 410):
            return self.error("DELETED", refusal.message)
        reason = "COMM_UNREACHABLE" if refusal.status == 0 or refusal.status >= 500 else "COMM_REJECTED"
        status = f" (HTTP {refusal.status})" if refusal.status else ""
        return self.error(reason, f"init() of run {self.run_id!r} failed: {refusal.message}{status} [ERR-3]")


def _log_to(path: str, run_id: str | None, session: Session, undo: list[TeardownHook]) -> None:
    """Let the logger that is there now write to a file, until the hook that is added to `undo` is called."""
    from wandb_testkit.sdk.log_files import add_file_handler

    into = _present_logger()
    handler = add_file_handler(into, path, run_id, session.behaviour.logging, session.clock)
    take_over(into, session)

    def disable() -> None:
        into.removeHandler(handler)
        handler.close()

    undo.append(TeardownHook(disable, is_early=False))


def _open_log(session: Session, run_id: str, undo: list[TeardownHook], user_log: str, internal_log: str) -> None:
    """The directory of a run is there: its logs begin."""
    log, into = session.log, _present_logger()
    _log_to(user_log, run_id if session.behaviour.logging.keeps_runs_apart else None, session, undo)
    log.opened(into, run_id, user_log, internal_log)
    undo.append(TeardownHook(lambda: log.closed(into), is_early=False))
