"""Owns worlds: one world is a server, a recorder, a disk, a clock and the processes that meet them; always restored.

Worlds stand on a stack; the innermost is the one in force, for every thread. A world leaves the stack by identity, in
whatever order.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property, partial
from types import TracebackType
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

from wandb_testkit.children.starting import CHILDREN
from wandb_testkit.errors import NotModelledError, RunLookupError
from wandb_testkit.observation import RunView
from wandb_testkit.ports import Clock
from wandb_testkit.processes import Processes
from wandb_testkit.profiles import CLASSIC, Profile, to_profile
from wandb_testkit.recorder import Recorder
from wandb_testkit.sdk import classic as classic_sdk
from wandb_testkit.sdk import current as current_sdk
from wandb_testkit.sdk import init as init_steps
from wandb_testkit.sdk import present
from wandb_testkit.sdk.behaviour import Behaviour
from wandb_testkit.sdk.classic_dummy import Dummy
from wandb_testkit.sdk.home import Home
from wandb_testkit.sdk.process_end import PROCESS_END, exit_code_of
from wandb_testkit.sdk.run import Run
from wandb_testkit.sdk.session import Session
from wandb_testkit.sdk.signing import returning
from wandb_testkit.server.app import FakeServer
from wandb_testkit.server.local import LocalRun
from wandb_testkit.surroundings import SYSTEM_CLOCK, QuietTerminal, ScriptedTerminal, WorldDisk
from wandb_testkit.wiring import LINES, Address, Ends, LineOf, must_be_near, tell_unsent

if TYPE_CHECKING:
    from wandb_testkit.children.line import ParentLine
    from wandb_testkit.parenthood import Parenthood

BEHAVIOURS: dict[Profile, Behaviour] = {
    Profile.CLASSIC: classic_sdk.CLASSIC,
    Profile.CURRENT: current_sdk.CURRENT,
}

TRANSPORTS = tuple(LINES)

_stack: list[World] = []
_implicit: list[World] = []


class World:
    """A world of its own; made by fake().

    Attributes:
        profile: Whose init() it has.
        server: The FakeServer: add_user, add_team, add_run, delete_run, crash_run, fail(...).
        recorder: Everything that was said between clients and server.
        session: The process that code under test runs in.
        disk: The files of its machine.
        terminal: The lines that the client told its user.
        home: The home directory of its machine: keys and user settings.
    """

    def __init__(
        self,
        profile: Profile | str = CLASSIC,
        *,
        transport: str | LineOf = "memory",
        root: str | os.PathLike[str] | None = None,
        environ: Mapping[str, str] | None = None,
        home: str | os.PathLike[str] | None = None,
        logged_in: bool | None = None,
        answers: Sequence[str] | None = None,
        notebook: bool | None = None,
        clock: Clock | None = None,
        directory: str | os.PathLike[str] | None = None,
        server_url: str | None = None,
    ) -> None:
        self.profile = to_profile(profile)
        line_of = LINES.get(transport) if isinstance(transport, str) else transport
        if line_of is None:
            raise NotModelledError(
                f"transport={transport!r} is not part of this version of the kit; use one of {TRANSPORTS}"
            )
        if server_url is not None:
            must_be_near(server_url, transport)
        self._clock = clock = clock or SYSTEM_CLOCK
        behaviour = BEHAVIOURS[self.profile]
        self.disk = WorldDisk(root)
        self.terminal = QuietTerminal() if answers is None else ScriptedTerminal(answers)
        self._directory = None if directory is None else os.fspath(directory)
        self._processes = processes = Processes(behaviour, clock, self.terminal, self._directory)
        self.recorder = Recorder(processes.flush)
        self.server = FakeServer(self.recorder, processes.arm, clock)
        self.server.default_project = processes.default_project
        if home is None:
            self.home = Home(self.disk)
            if logged_in is not False:
                self.home.api_key = self.server.accounts.default.api_key
        elif logged_in is None:
            self.home = Home(self.disk, os.path.abspath(os.fspath(home)))
        else:
            raise ValueError(
                f"fake(home={os.fspath(home)!r}, logged_in={logged_in!r}): the files of that home decide whether "
                "somebody is logged in; leave logged_in out"
            )
        self._parent: ParentLine | None = None
        self._address = Address(self.server, server_url)
        self._local = partial(LocalRun, self.recorder.opened, clock, self.recorder.refused)
        line = line_of(
            Ends(
                self.server,
                self._address.of_clients,
                self._local,
                behaviour.version,
                clock,
                partial(tell_unsent, self.server, self.terminal),
            )
        )
        self.server.settle = line.settle
        processes.travel(line, self.recorder)
        self.session = processes.start(
            environ=environ, notebook=notebook, disk=self.disk, home=self.home, process_end=PROCESS_END
        )

    def process(
        self,
        *,
        environ: Mapping[str, str] | None = None,
        notebook: bool | None = None,
        disk: WorldDisk | None = None,
        home: Home | None = None,
    ) -> Session:
        """Another process of this world: on the same machine, unless it gets a disk and a home of its own.

        Args:
            environ: Its environment variables; None means os.environ, read at its first init() or login().
            notebook: Whether an IPython shell runs it; None means "look".
        """
        return self._processes.start(environ=environ, notebook=notebook, disk=disk or self.disk, home=home or self.home)

    # ------------------------------------------------------------------ what users do in it

    def init(self, *args: Any, **kwargs: Any) -> Run | Dummy:
        """init() in this world, with the signature of its profile.

        Raises:
            TypeError: An argument that the profile's init() does not have.
            Exception: As spec.md ERR-2 and ERR-3 say.
        """
        behaviour = BEHAVIOURS[self.profile]
        return init_steps.init(self.session, behaviour.arguments(*args, **kwargs))

    def login(self, *args: Any, **kwargs: Any) -> bool:
        """login() in this world, with the signature of its profile; whether there are credentials now.

        Raises:
            TypeError: An argument that the profile's login() does not have.
            Exception: As wandb's: a key that is no key, nobody to be asked, a server that refuses.
        """
        return BEHAVIOURS[self.profile].log_in(self.session, *args, **kwargs)

    @property
    def runs(self) -> list[RunView]:
        """Every run, in order of creation, as it is now."""
        return self.recorder.runs

    @property
    def run(self) -> RunView:
        """The only run.

        Raises:
            RunLookupError: There are none, or several; the message lists them.
        """
        runs = self.runs
        if len(runs) == 1:
            return runs[0]
        if not runs:
            raise RunLookupError(
                "no run was recorded in this world: init() was not called here, or in disabled mode. "
                "Call init(), or look at .recorder.records for what the server got"
            )
        listed = "\n".join(f"  runs[{index}] {run!r}" for index, run in enumerate(runs))
        raise RunLookupError(f"{len(runs)} runs were recorded, so .run is ambiguous; choose one of .runs:\n{listed}")

    def replay(self, recorded: RunView | str | os.PathLike[str]) -> list[RunView]:
        """Put recorded runs on this world's server, for code that reads runs: wandb.Api(), resume, reports.

        Args:
            recorded: A run, or a file that `wandb-testkit record` has written.
        Returns:
            The runs, as they are on the server.
        Raises:
            FileNotFoundError, NotARecordingError: As load() says.
            ValueError: A run with that path exists already.
        """
        from wandb_testkit.recorded_runs import load_all
        from wandb_testkit.replaying import replay

        before = len(self.runs)
        for run in [recorded] if isinstance(recorded, RunView) else load_all(recorded):
            replay(self.server, run)
        return self.runs[before:]

    @property
    def api_key(self) -> str:
        """The key of the default user."""
        return self.server.accounts.default.api_key

    def __repr__(self) -> str:
        runs = self.runs
        return f"<World of profile {self.profile}, {len(runs)} run{'' if len(runs) == 1 else 's'}>"

    @property
    def url(self) -> str:
        """Where real clients reach the server (WANDB_BASE_URL); it starts when first asked, and ends with the world."""
        return self._address.url

    def finish_unfinished(self, exit_code: int = 0) -> list[str]:
        """End every active run, as the end of its process would (FINISH-5), and name them."""
        return [*self._processes.end(exit_code), *CHILDREN.finish_left(self, exit_code)]

    # ------------------------------------------------------------------ being in force

    def enter(self) -> World:
        """Come into force."""
        _stack.append(self)
        CHILDREN.enter(self)
        return self

    def come_first(self) -> None:
        """Be the one in force among those that were entered; nothing happens to one that was not."""
        if any(world is self for world in _stack):
            self._leave_stack()
            _stack.append(self)
            CHILDREN.come_first(self)

    def _leave_stack(self) -> None:
        for index in range(len(_stack) - 1, -1, -1):
            if _stack[index] is self:
                del _stack[index]
                return

    def close(self) -> None:
        """Leave: whatever world was in force before is so again; temporary files go."""
        self._leave_stack()
        CHILDREN.leave(self)
        self._processes.kill()
        self.server.close()
        self._processes.end_line()
        self._address.close()
        self._processes.close()
        self.recorder.stop_asking()
        self.disk.close()

    def __enter__(self) -> World:
        return self.enter()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.finish_unfinished(exit_code_of(error))
        self.close()
        if kind is None and isinstance(self.terminal, ScriptedTerminal):
            self.terminal.check_used()

    # ------------------------------------------------------------------ children

    @cached_property
    def _parenthood(self) -> Parenthood:
        from wandb_testkit.parenthood import Parenthood  # only who has children pays for it

        return Parenthood(
            self.profile,
            self.server,
            self.recorder,
            self._processes,
            self._local,
            self.disk,
            self.home,
            self._directory,
            BEHAVIOURS[self.profile].version,
        )

    def as_parent(self) -> Parenthood:
        """As its children see it (children.hub.Parent)."""
        return self._parenthood

    @property
    def own_url(self) -> str | None:
        """Where real clients reach it, None if none was told."""
        return self._address.known

    def before_fork(self) -> None:
        """Let everything that is held back arrive: a child is not to send it a second time."""
        self._processes.flush_rows()

    def become_child(self, line: ParentLine) -> None:
        """This process is a forked child now: the world is its parent's, and so are disk, server and runs."""
        self._parent = line
        self.recorder.become_child(line.tell)
        self._address.disown()
        self.disk.disown()
        self._processes.become_child(line)

    def _be_in(self, line: ParentLine) -> None:
        """What is told here, the world of the parent is to hear."""
        self._parent = line
        self.recorder.become_child(line.tell)
        self._processes.be_in(line)


def fake(
    *,
    profile: Profile | str = CLASSIC,
    transport: str = "memory",
    root: str | os.PathLike[str] | None = None,
    environ: Mapping[str, str] | None = None,
    home: str | os.PathLike[str] | None = None,
    logged_in: bool | None = None,
    answers: Sequence[str] | None = None,
    notebook: bool | None = None,
    clock: Clock | None = None,
    directory: str | os.PathLike[str] | None = None,
    server_url: str | None = None,
) -> World:
    """A fresh world; use it with `with`, or enter() and close() it.

    Args:
        profile: "classic" (the 2021 reference page) or "current" (wandb 0.31).
        transport: How records travel to the server; what can be seen afterwards is the same. "memory": the server is
            called. "loopback": HTTP over real sockets to `url`. "responses": HTTP without a socket, answered in process
            (extra: responses). "process": a child process is handed the records and talks to `url`; it outlives a crash
            of the program, and log() does not wait for the network. "offline": through a transaction log that is
            written, read back and then carried out. Faults on records mean the same over all of them; but over HTTP
            one on "files" counts uploads, and a part of a distributed artifact is done when the whole is.
        root: A directory for the world's files; None keeps them in memory until a path is asked for.
        environ: Environment variables; None means os.environ, read at the first init() or login().
        home: The home directory of the machine's user: netrc file and user settings. None gives it one of its own,
            in memory until a path is asked for; the real one is used only if it is named (`Path.home()`).
        logged_in: Whether the machine has credentials; True unless `home` is given, whose files then decide.
        answers: What the user at the terminal answers, in order (FORCE-4); None means that there is no terminal.
        notebook: Whether an IPython shell runs the code; None means "look".
        clock: Tells the time; None means `time.time`, so that freezegun works.
        directory: The directory that the code runs in: config files that it names, `config-defaults.yaml` and the git
            repository that a project is named after are looked up there. None means the real one, "" none at all.
        server_url: The `url` of a world in another process, for programs that a test starts: their runs are then that
            world's. Takes transport="loopback" or "process".
    """
    return World(
        profile,
        transport=transport,
        root=root,
        environ=environ,
        home=home,
        logged_in=logged_in,
        answers=answers,
        notebook=notebook,
        clock=clock,
        directory=directory,
        server_url=server_url,
    )


def entered() -> list[World]:
    """The worlds that were entered and not left, the one in force last."""
    return _stack[:]


def current() -> World:
    """The world in force: the innermost that was entered, else that of the test that has started this process.

    Where there is none, it is an implicit one in memory.
    """
    while _stack:
        if _stack[-1]._parent is None or not _stack[-1]._parent.is_over:
            return _stack[-1]
        # It was inherited, and is over: this process, a worker of a pool, has outlived the test that it was forked in.
        _stack[:] = [world for world in _stack if world._parent is None]
    if _implicit and (_implicit[0]._parent is None or not _implicit[0]._parent.is_over):
        return _implicit[0]
    _implicit[:] = [_of_parent() or World()]
    return _implicit[0]


def _of_parent() -> World | None:
    """The world that is in force in the process that has started this one, None if there is no such process."""
    line = CHILDREN.parent_line()
    if line is None:
        return None
    from wandb_testkit.parenthood import told_arguments

    told = line.described()
    world = World(transport=lambda ends: line, **told_arguments(told))
    if world.home.real_folder is None and told["api_key"] is not None:
        world.home.api_key = told["api_key"]
    world._be_in(line)
    return world


def _page_of_present(run_id: str | None) -> str | None:
    runs = [run for run in current().runs if run_id in (None, run.id)]
    if not runs:
        return None
    from wandb_testkit.report.html import run_page  # only who looks at a page pays for it

    return run_page(runs[-1])


def _public_api_of_present() -> present.PublicApi:
    from wandb_testkit.dropin.public.choosing import api_of  # only who asks it for something pays for it

    return api_of(current().profile)


present.told_by(
    present.Source(session=lambda: current().session, page=_page_of_present, public_api=_public_api_of_present)
)


P = ParamSpec("P")
R = TypeVar("R")


def _as_signed(signed: Callable[P, object]) -> Callable[[Callable[..., R]], Callable[P, R]]:
    """Give a function the signature of another one, for inspect and for type checkers."""

    def dress(function: Callable[..., R]) -> Callable[P, R]:
        function.__wrapped__ = returning(signed, Run | Dummy)  # type: ignore[attr-defined]
        return function

    return dress


@_as_signed(classic_sdk.init)
def init(*args: Any, **kwargs: Any) -> Run | Dummy:
    """Start a run in the world in force.

    The signature is the reference page's; in a world of the current profile, give keywords that 0.31 has.

    Raises:
        TypeError: Arguments by position in a world of the current profile, whose order is another one.
    """
    world = current()
    if args and world.profile is not CLASSIC:
        raise TypeError(
            f"init() with {len(args)} arguments by position: the order of the reference page is not that of profile "
            f"{world.profile!s}; give them by keyword"
        )
    return world.init(*args, **kwargs)
