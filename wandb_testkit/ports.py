"""What the implementation asks of the world around it, as protocols.

Nothing implicit: clock, ids, environment, disk, terminal and notebook shell enter here, and so do the two seams of the
data's way, Transport (client side) and Backend (server side).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from wandb_testkit.actions import Action, Script
    from wandb_testkit.observation import Exchange, Observation, RunState, RunView
    from wandb_testkit.profiles import Profile
    from wandb_testkit.records import Record, Result, RunPath


class Transport(Protocol):
    """Carries records from a client to a backend."""

    def deliver(self, record: Record) -> Result:
        """Send a record and wait for its answer."""

    def publish(self, record: Record) -> None:
        """Send a record that needs no answer; a refusal is recorded by the backend, never raised here."""

    def close(self) -> None:
        """End; whoever made the transport calls it when nothing more is to be sent."""


class Backend(Protocol):
    """Takes records: the fake server, or a log."""

    def apply(self, record: Record, *, api_key: str | None = None) -> Result:
        """Carry out one record on behalf of the account of `api_key`."""


class RunSource(Protocol):
    """A run record, wherever it is kept."""

    @property
    def path(self) -> RunPath:
        """Its key."""

    @property
    def state(self) -> RunState:
        """Where it stands."""

    def view(self, requests: list[str], warnings: list[str]) -> RunView:
        """The run as a frozen value; the observer adds what it saw pass by."""


class Observer(Protocol):
    """Is told everything that happens between client and server."""

    def opened(self, run: RunSource) -> None:
        """A run record came into being."""

    def accepted(self, record: Record, result: Result) -> None:
        """A record was carried out."""

    def refused(self, record: Record, result: Result) -> None:
        """A record was refused."""

    def exchanged(self, exchange: Exchange) -> None:
        """A request over HTTP was answered."""

    def dropped(self, run: RunPath, message: str) -> None:
        """The client gave up a row of the user's, as wandb does with no more than a warning."""

    def become_forked(self) -> None:
        """This is a forked child now: a lock that another thread of the parent held is nobody's here."""

    def warned(self, run: RunPath | None, message: str) -> None:
        """The client warned the user, about a run or about none."""


class Clock(Protocol):
    """Tells the time."""

    def time(self) -> float:
        """Seconds since the epoch."""


class Ids(Protocol):
    """Makes names that do not repeat."""

    def run_id(self) -> str:
        """A run id: 8 characters of 0-9a-z (ID-2)."""

    def dummy_id(self) -> str:
        """The id of a classic dummy: 22 characters (DISABLED-2)."""


class Disk(Protocol):
    """Keeps the files of one machine; paths use "/", relative ones are below the world's own root."""

    def read(self, path: str) -> bytes | None:
        """The content of a file, or None where there is none."""

    def write(self, path: str, content: bytes, *, private: bool = False) -> None:
        """Write a file, and the directories above it; a private one only its owner can read."""

    def append(self, path: str, content: Callable[[int], bytes]) -> None:
        """Add to the end of a file; the content is made of the length that the file has when it is needed."""

    def remove(self, path: str) -> None:
        """Remove a file; nothing happens where there is none."""

    def is_dir(self, path: str) -> bool:
        """Whether the directory exists."""

    def is_real(self, path: str) -> bool:
        """Whether what is written there is on the real disk already."""

    def real_path(self, path: str) -> str:
        """A directory that exists on the real disk and shows what was written below `path`."""

    def files_below(self, path: str) -> Mapping[str, bytes]:
        """Every file below a directory: path relative to it -> content."""


class Terminal(Protocol):
    """Shows lines to the user, and asks where somebody can answer."""

    @property
    def is_interactive(self) -> bool:
        """Whether somebody sits there who can answer (FORCE-4)."""

    def line(self, text: str, *, level: str) -> None:
        """Show one line; level is "info", "warning" or "error"."""

    def ask(self, prompt: str) -> str:
        """What the user types in answer; only an interactive terminal is asked."""


class Shell(Protocol):
    """What surrounds the interpreter."""

    def is_notebook(self) -> bool:
        """Whether an IPython shell runs the code (REINIT-4)."""

    def is_kernel(self) -> bool:
        """Whether that shell is a Jupyter kernel's, and not one in a terminal (JUPYTER-5)."""

    def ipython(self) -> Any | None:
        """The IPython shell, None where there is none to be touched."""

    def program(self) -> str | None:
        """The path of the script that the interpreter was started with, None where it is nobody's own (CODE-1)."""


class Target(Protocol):
    """An implementation under judgement."""

    @property
    def name(self) -> str:
        """How reports call it."""

    def run(self, script: Script, profile: Profile) -> Observation:
        """Carry out a whole script in a fresh world and tell what could be seen."""


class OpenScript(Protocol):
    """A script on its way in a world that is kept open."""

    def take(self, action: Action) -> None:
        """Carry out one action; what it raises and warns of is noted, never raised."""

    def observation(self) -> Observation:
        """What could be seen so far."""


@runtime_checkable
class OpenTarget(Target, Protocol):
    """A target that can be asked after each action; any other one is asked at the end of a script."""

    def open(self, profile: Profile) -> AbstractContextManager[OpenScript]:
        """A fresh world that is handed actions one by one; all that it started has ended when the block is left."""
