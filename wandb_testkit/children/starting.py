"""Owns how a process that code under test starts gets to know its parent, and when the parent begins to listen.

A fork is seen by hooks; an interpreter that starts afresh (subprocess, spawn, forkserver, loky) by the one function of
CPython that starts programs, and it gets the address in its environment. Both are in place while a world is in force.
Nothing is bound and no thread runs until then.
"""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, Protocol

from wandb_testkit.forks import wait_for_imports

if TYPE_CHECKING:
    from wandb_testkit.children.hub import Hub, Parent
    from wandb_testkit.children.line import ParentLine
    from wandb_testkit.profiles import Profile

ADDRESS = "TESTKIT_WANDB_PARENT"
"""The variable that tells a child where its parent listens."""

PROFILE = "TESTKIT_WANDB_MODULE"
"""The variable that tells a child whose names `import wandb` has; it is the interpreter's own where there is none."""

NETWORK = "TESTKIT_WANDB_NETWORK"
"""The variable that tells a child which connections are refused (network.RULES)."""

STAND_IN = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "dropin", "stand_in")
"""Where a fresh interpreter finds the package `wandb` that makes way for the drop-in."""

ENVIRONMENT_AT = 5
"""The place of the environment among the arguments of `_posixsubprocess.fork_exec`, in Python 3.10 to 3.14."""


THREADS_ARE_COUNTED_LATE = sys.version_info >= (3, 13)
"""Whether CPython counts the threads beside a fork, and warns of them, when the hooks behind it have run."""

Starter = tuple[Any, str, Callable[..., Any], Callable[..., Any]]
"""A module, the name of a function in it, the function, and ours."""


class World(Protocol):
    """What a world does when there are children."""

    def as_parent(self) -> Parent:
        """As its children see it."""

    def before_fork(self) -> None:
        """Let everything that is held back arrive: a child is not to send it a second time."""

    def become_child(self, line: ParentLine) -> None:
        """This process is a forked child now, and the world is its parent's."""

    @property
    def own_url(self) -> str | None:
        """Where real clients reach it, None if none was told."""


class Children:
    """The processes that this one starts, and the one that has started it.

    Attributes:
        module: The profile that `import wandb` has here, "" where it is the interpreter's own.
        network: The rule by which connections are refused here, "" where they are not.
    """

    def __init__(self) -> None:
        self.module = ""
        self.network = ""
        self._worlds: list[World] = []
        self._hub: Hub | None = None
        self._lines: list[ParentLine] = []
        self._address: str | None = None
        self._starters: list[Starter] = []
        self._is_registered = False
        self._starts_under_way = 0
        self._lock = threading.RLock()  # threads start programs side by side, and none may while a fork is under way
        self._forking: set[int] = set()

    def show_module(self, names: Profile | None) -> None:
        """`import wandb` has the names of a profile from now on, or (None) is the interpreter's own.

        A child that is spawned takes over `sys.path`, so the stand-in is in it, before any other wandb.
        """
        self.module = "" if names is None else names.value
        if STAND_IN in sys.path:
            sys.path.remove(STAND_IN)
        if names is not None:
            others = (at for at, place in enumerate(sys.path) if os.path.isfile(f"{place or '.'}/wandb/__init__.py"))
            sys.path.insert(next(others, len(sys.path)), STAND_IN)

    # ------------------------------------------------------------------ worlds come and go

    def enter(self, world: World) -> None:
        """A world comes into force."""
        with self._lock:
            if not self._worlds:
                self._watch_starts()
            self._worlds.append(world)
            if self._hub is not None:
                self._hub.enter(world.as_parent())
                if _has_children():  # from an earlier world: a pool of workers, say
                    self._listen()
                    self._hub.listener.start()

    def come_first(self, world: World) -> None:
        """Of the worlds that are there, this one is the innermost from now on."""
        with self._lock:
            if world in self._worlds:
                self._worlds.remove(world)
                self._worlds.append(world)
                if self._hub is not None:
                    self._hub.come_first(world.as_parent())

    def leave(self, world: World) -> None:
        """A world is over."""
        if world not in self._worlds:
            return
        with self._lock:
            if self._hub is not None:
                self._hub.leave(world.as_parent(), is_expecting=self._starts_under_way > 0 or _has_children())
            self._worlds.remove(world)
            if not self._worlds:
                self._unwatch_starts()

    @property
    def address(self) -> str:
        """Where this process listens, "" if it has started none while a world was in force."""
        return "" if self._hub is None else self._hub.listener.address

    def settle(self) -> None:
        """Let everything that children have sent arrive."""
        listener = None if self._hub is None else self._hub.listener
        while listener is not None and not listener.is_this_thread:
            with self._lock:  # its thread stands still during a fork, and has more to take in behind it
                is_serving = listener.is_serving
            if not is_serving or listener.settle():
                return

    def finish_left(self, world: World, exit_code: int) -> list[str]:
        """End every run that the children of a world have not finished, and name them."""
        hub = self._hub
        if hub is None or world not in self._worlds:
            return []
        self.settle()
        with self._lock, hub.listener.at_rest():
            return [str(path) for path in hub.finish_left(world.as_parent(), exit_code)]

    # ------------------------------------------------------------------ the child's side

    def parent_line(self) -> ParentLine | None:
        """A way to the innermost world of the process that has started this one; None if nobody has."""
        address = self._address or os.environ.get(ADDRESS)
        if address is None:
            return None
        from wandb_testkit.children.line import ParentLine

        line = ParentLine(address)
        self._lines.append(line)
        return line

    def tell_of_refused(self, message: str) -> None:
        """Tell the test that was forked from that this process was about to reach the network; others know already."""
        if self._address is not None and self._lines:
            self._lines[-1].tell_of_refused(message)

    def _forked(self) -> None:
        self._lock = threading.RLock()  # the other one is held, by a thread that this process does not have
        self._forking.clear()
        self._starts_under_way = 0
        for line in self._lines:
            line.become_forked()
        hub, self._hub = self._hub, None
        worlds, self._worlds = self._worlds, []
        if not worlds or hub is None:
            return
        from wandb_testkit.children.line import ParentLine

        self._address = hub.listener.address
        for number, world in zip(hub.parents, worlds, strict=True):
            line = ParentLine(hub.listener.address, number)
            self._lines.append(line)
            world.become_child(line)
        hub.become_forked()

    # ------------------------------------------------------------------ the parent's side

    def _listen(self) -> Hub:
        with self._lock:
            if self._hub is None:
                from wandb_testkit.children.hub import Hub

                self._hub = Hub()
                for world in self._worlds:
                    self._hub.enter(world.as_parent())
            self._hub.listener.bind()
            return self._hub

    def _before_fork(self) -> None:
        if self._worlds and threading.get_ident() not in self._forking:
            wait_for_imports()  # without the lock: a module that is being imported may start programs, too
        self._lock.acquire()
        if self._worlds:
            self._load_line()
            for world in self._worlds:
                world.before_fork()
            self._listen().listener.stop()

    def _load_line(self) -> None:
        """Load what the child is going to need: once here, instead of in each child."""
        from wandb_testkit.children import line

        line.load()

    def _after_fork(self) -> None:
        if threading.get_ident() not in self._forking:
            self._go_on()
        self._lock.release()

    def _go_on(self) -> None:
        if self._worlds and self._hub is not None:
            self._hub.listener.start()

    def _watch_starts(self) -> None:
        if not hasattr(os, "register_at_fork"):
            return
        if not self._is_registered:
            self._is_registered = True
            os.register_at_fork(before=self._before_fork, after_in_parent=self._after_fork, after_in_child=self._forked)
        if any(getattr(home, name) is not original for home, name, original, _ in self._starters):
            self._starters = []  # somebody else has put something there meanwhile
        if not self._starters:
            self._starters = list(self._found_starters())
        for home, name, _, ours in self._starters:
            setattr(home, name, ours)

    def _unwatch_starts(self) -> None:
        for home, name, original, ours in self._starters:
            if getattr(home, name) is ours:
                setattr(home, name, original)

    def _found_starters(self) -> Iterator[Starter]:
        """The functions that start programs, and what is put in their place for now."""
        import _posixsubprocess  # what subprocess and multiprocessing start programs with

        fork_exec = _posixsubprocess.fork_exec
        ours = self._in_place_of(fork_exec, ENVIRONMENT_AT, self._as_list)
        yield _posixsubprocess, "fork_exec", fork_exec, ours
        subprocess = sys.modules.get("subprocess")
        if getattr(subprocess, "_fork_exec", None) is fork_exec:  # in 3.10 it has no name of its own for it
            yield subprocess, "_fork_exec", fork_exec, ours
        for name in ("posix_spawn", "posix_spawnp"):
            if (original := getattr(os, name, None)) is not None:
                yield os, name, original, self._in_place_of(original, 2, self._environment)
        if THREADS_ARE_COUNTED_LATE:
            for name in ("fork", "forkpty"):
                original = getattr(os, name)
                yield os, name, original, self._with_a_late_thread(original)

    def _with_a_late_thread(self, fork: Callable[[], Any]) -> Callable[[], Any]:
        """Have the thread wait until a fork has returned; whoever forks in another way is warned of it."""

        def start() -> Any:
            me = threading.get_ident()
            wait_for_imports()
            with self._lock:
                self._forking.add(me)
                try:
                    return fork()
                finally:
                    if me in self._forking:  # not in the child
                        self._forking.discard(me)
                        self._go_on()

        return start

    def _in_place_of(
        self, original: Callable[..., Any], at: int, environment: Callable[[Any, str | None], object]
    ) -> Callable[..., Any]:
        """Have a function that starts programs give them our environment; `at` is where theirs is."""

        def start(*args: Any, **kwargs: Any) -> Any:
            if len(args) <= at or (not self._worlds and self._address is None):
                return original(*args, **kwargs)
            if not self._worlds:
                return original(*args[:at], environment(args[at], self._address), *args[at + 1 :], **kwargs)
            with self._lock:
                hub = self._listen()
                self._starts_under_way += 1
            try:
                return original(*args[:at], environment(args[at], hub.listener.address), *args[at + 1 :], **kwargs)
            finally:
                with self._lock:
                    self._starts_under_way -= 1
                    hub.listener.start()

        return start

    def _as_list(self, given: Any, address: str | None) -> list[bytes]:
        """The environment of a program, as fork_exec takes it."""
        return [name + b"=" + value for name, value in self._environment(given, address).items()]

    def _environment(self, given: Any, address: str | None) -> dict[bytes, bytes]:
        """The environment of a program with what a child has to know; None is that of this process."""
        if given is None or isinstance(given, Mapping):
            variables = {os.fsencode(k): os.fsencode(v) for k, v in (os.environ if given is None else given).items()}
        else:
            variables = dict(item.partition(b"=")[::2] for item in map(os.fsencode, given))
        variables[ADDRESS.encode()] = os.fsencode(address or "")
        variables.pop(PROFILE.encode(), None)
        variables.pop(NETWORK.encode(), None)
        if self.network:
            variables[NETWORK.encode()] = self.network.encode()
        path = b"PYTHONPATH"
        stand_in = os.fsencode(STAND_IN)
        rest = [part for part in variables.get(path, b"").split(os.pathsep.encode()) if part not in (b"", stand_in)]
        if self.module and not self._is_for_real_client(variables):
            variables[PROFILE.encode()] = self.module.encode()
            rest.insert(0, stand_in)
        if rest:
            variables[path] = os.pathsep.encode().join(rest)
        else:
            variables.pop(path, None)
        return variables

    def _is_for_real_client(self, variables: Mapping[bytes, bytes]) -> bool:
        """Whether a program is pointed at the server of a world: then it brings a client of its own."""
        url = variables.get(b"WANDB_BASE_URL", b"").decode().rstrip("/")
        return bool(url) and any(url == world.own_url for world in self._worlds)


def _has_children() -> bool:
    """Whether this process has started one that it has not waited for."""
    try:
        os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
    except (ChildProcessError, AttributeError):
        return False
    return True


CHILDREN = Children()
"""There is one process."""
