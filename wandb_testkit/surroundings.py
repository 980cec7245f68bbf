"""Owns what surrounds a world by default: clock, ids, environment, disk, terminal, shell (adapters of `ports`)."""

from __future__ import annotations

import contextlib
import os
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any
from weakref import finalize

from wandb_testkit.errors import AnswersError
from wandb_testkit.ports import Clock

ALPHABET = "0123456789abcdefghijklmnopqrstuvwxyz"


SYSTEM_CLOCK: Clock = time
"""The module itself is a clock: its `time` is looked up at each call, so that freezegun and time-machine work."""


class RandomIds:
    """Ids from the system's randomness, which `random.seed` does not reach (ID-2)."""

    __slots__ = ()

    def run_id(self) -> str:
        """8 characters of 0-9a-z."""
        return _base36(8)

    def dummy_id(self) -> str:
        """22 characters."""
        return _base36(22)


def _base36(length: int) -> str:
    number = int.from_bytes(os.urandom(length), "little")
    digits = []
    for _ in range(length):
        number, digit = divmod(number, 36)
        digits.append(ALPHABET[digit])
    return "".join(digits)


class WorldDisk:
    """The disk of a world: a mapping, until a place was named or somebody asks for a path.

    Absolute paths are the real disk's. Relative ones live below `root`; without one they live in memory until
    `real_path()` is asked: then the whole tree is made in a temporary directory, which goes with the world. What was
    appended to a file in memory is made when the file is read, or becomes real.
    """

    __slots__ = ("__weakref__", "_appended", "_files", "_finalizer", "_is_temporary", "_private", "_root")

    def __init__(self, root: str | os.PathLike[str] | None = None) -> None:
        self._root = None if root is None else os.path.abspath(os.fspath(root))
        self._is_temporary = False
        self._finalizer: finalize[..., WorldDisk] | None = None
        self._files: dict[str, bytes] = {}
        self._appended: dict[str, list[Callable[[int], bytes]]] = {}
        self._private: set[str] = set()

    def read(self, path: str) -> bytes | None:
        """The content of a file, or None where there is none."""
        real = self._real(path)
        if real is None:
            self._settle(path)
            return self._files.get(path)
        try:
            with open(real, "rb") as file:
                return file.read()
        except (FileNotFoundError, NotADirectoryError):
            return None

    def write(self, path: str, content: bytes, *, private: bool = False) -> None:
        """Write a file, and the directories above it; a reader never sees half of it (AUTO-10).

        A private one is readable by its owner only, from the first byte on.
        """
        real = self._real(path)
        if real is None:
            self._files[path] = content
            if private:
                self._private.add(path)
            return
        real = os.path.realpath(real)  # a link stays a link
        os.makedirs(os.path.dirname(real), exist_ok=True)
        unfinished = f"{real}.{_base36(8)}"
        mode = 0o600 if private else 0o666
        with open(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as file:
            file.write(content)
        os.replace(unfinished, real)

    def append(self, path: str, content: Callable[[int], bytes]) -> None:
        """Add to the end of a file; the content is made of the length that the file has when it is needed."""
        real = self._real(path)
        if real is None:
            self._appended.setdefault(path, []).append(content)
            return
        os.makedirs(os.path.dirname(real), exist_ok=True)
        with open(real, "ab") as file:
            file.write(content(file.tell()))

    def remove(self, path: str) -> None:
        """Remove a file; nothing happens where there is none."""
        real = self._real(path)
        if real is None:
            self._files.pop(path, None)
            self._appended.pop(path, None)
        else:
            with contextlib.suppress(FileNotFoundError):
                os.remove(real)

    def is_dir(self, path: str) -> bool:
        """Whether the directory exists."""
        real = self._real(path)
        if real is not None:
            return os.path.isdir(real)
        return any(name.startswith(f"{path}/") for names in (self._files, self._appended) for name in names)

    @property
    def root(self) -> str | None:
        """The directory below which relative paths live, None while they live in memory."""
        return self._root

    def disown(self) -> None:
        """This process is a forked child now: what is temporary goes with its parent."""
        self._is_temporary = False
        if self._finalizer is not None:
            self._finalizer.detach()

    def is_real(self, path: str) -> bool:
        """Whether what is written there is on the real disk already."""
        return self._root is not None or os.path.isabs(path)

    def real_path(self, path: str) -> str:
        """A directory that exists on the real disk and shows what was written below `path`."""
        if self._root is None and not os.path.isabs(path):
            self._settle(*self._appended)
            import shutil  # a world in memory needs neither
            import tempfile

            self._root = tempfile.mkdtemp(prefix="wandb-testkit-")
            self._is_temporary = True
            # Nobody closes the implicit world.
            self._finalizer = finalize(self, shutil.rmtree, self._root, ignore_errors=True)
            files, self._files = self._files, {}
            for name, content in files.items():
                self.write(name, content, private=name in self._private)
        real = self._real(path)
        if real is None:
            raise AssertionError(f"{path!r} has no place on the real disk")
        os.makedirs(real, exist_ok=True)
        return real

    def files_below(self, path: str) -> Mapping[str, bytes]:
        """Every file below a directory: path relative to it, with "/" -> content."""
        real = self._real(path)
        if real is None:
            start = f"{path}/"
            self._settle(*[name for name in self._appended if name.startswith(start)])
            return {name[len(start) :]: content for name, content in self._files.items() if name.startswith(start)}
        found = {}
        for folder, _, names in os.walk(real):
            for name in names:
                whole = os.path.join(folder, name)
                if os.path.isfile(whole):  # not a link to what is gone
                    with open(whole, "rb") as file:
                        found[os.path.relpath(whole, real).replace(os.sep, "/")] = file.read()
        return found

    def close(self) -> None:
        """Remove the temporary directory, if one was made."""
        if self._is_temporary and self._root is not None:
            import shutil

            shutil.rmtree(self._root, ignore_errors=True)
            self._root = None
            self._is_temporary = False

    def _settle(self, *paths: str) -> None:
        for path in paths:
            appended = self._appended.pop(path, ())
            if appended:
                whole = bytearray(self._files.get(path, b""))
                for content in appended:
                    whole += content(len(whole))
                self._files[path] = bytes(whole)

    def _real(self, path: str) -> str | None:
        if os.path.isabs(path):
            return path
        return None if self._root is None else os.path.join(self._root, *path.split("/"))


class QuietTerminal:
    """Keeps what the client says, and shows nothing; nobody sits there."""

    __slots__ = ("lines",)

    def __init__(self) -> None:
        self.lines: list[tuple[str, str]] = []

    @property
    def is_interactive(self) -> bool:
        """Nobody answers (FORCE-4)."""
        return False

    def line(self, text: str, *, level: str) -> None:
        """Keep one line."""
        self.lines.append((level, text))

    def ask(self, prompt: str) -> str:
        """Nobody is there to be asked.

        Raises:
            AnswersError: Always.
        """
        raise AnswersError(f"the user was asked {prompt!r}, and this world has no terminal; give fake(answers=[...])")


class ScriptedTerminal(QuietTerminal):
    """A terminal at which somebody sits who gives these answers, in order (FORCE-4).

    What was asked is kept among the lines, with level "prompt"; what was answered is not, for it may be a key.
    """

    __slots__ = ("_answers", "_asked")

    def __init__(self, answers: Sequence[str]) -> None:
        super().__init__()
        self._answers = list(answers)
        self._asked = 0

    @property
    def is_interactive(self) -> bool:
        """Somebody answers."""
        return True

    def ask(self, prompt: str) -> str:
        """The next answer.

        Raises:
            AnswersError: There is none left.
        """
        self.lines.append(("prompt", prompt))
        if self._asked == len(self._answers):
            raise AnswersError(
                f"the user was asked {prompt!r}, and all {_answers(self._asked)} of fake(answers=[...]) had been given "
                f"[FORCE-4]. Add one; the terminal showed:\n{self._shown()}"
            )
        self._asked += 1
        return self._answers[self._asked - 1]

    def check_used(self) -> None:
        """All answers have been given.

        Raises:
            AnswersError: Some have not; how many, and what was asked.
        """
        left = len(self._answers) - self._asked
        if left:
            raise AnswersError(
                f"{left} of the {_answers(len(self._answers))} of fake(answers=[...]) were never asked for [FORCE-4]. "
                f"Take them out; the terminal showed:\n{self._shown()}"
            )

    def _shown(self) -> str:
        return "\n".join(f"  {text}" for _, text in self.lines) or "  nothing"


def _answers(number: int) -> str:
    return f"{number} answer{'' if number == 1 else 's'}"


class InterpreterShell:
    """Looks whether IPython runs the interpreter, without importing it."""

    __slots__ = ()

    def is_notebook(self) -> bool:
        """Whether an IPython shell is there (REINIT-4)."""
        return self.ipython() is not None

    def is_kernel(self) -> bool:
        """Whether the shell belongs to a kernel: only ipykernel's shells have one (JUPYTER-5)."""
        return getattr(self.ipython(), "kernel", None) is not None

    def ipython(self) -> Any | None:
        """IPython's shell."""
        get_ipython = getattr(sys.modules.get("IPython"), "get_ipython", None)
        return None if get_ipython is None else get_ipython()

    def program(self) -> str | None:
        """The file of `__main__`, unless it came with an installation: pytest is nobody's entry script (CODE-1)."""
        path = getattr(sys.modules.get("__main__"), "__file__", None)
        if path is None:
            return None
        import sysconfig  # only who saves code pays for it

        real = os.path.realpath(path)
        installed = (sysconfig.get_path(name) for name in ("stdlib", "purelib", "platlib", "scripts"))
        return None if any(real.startswith(os.path.realpath(there) + os.sep) for there in installed) else str(path)


class GivenShell:
    """A shell that a test decided on: a notebook's is a kernel's, and there is nothing of it to be touched."""

    __slots__ = ("_notebook",)

    def __init__(self, *, notebook: bool) -> None:
        self._notebook = notebook

    def is_notebook(self) -> bool:
        """What the test said."""
        return self._notebook

    def is_kernel(self) -> bool:
        """The same."""
        return self._notebook

    def ipython(self) -> None:
        """There is none."""

    def program(self) -> str | None:
        """What the interpreter says."""
        return InterpreterShell().program()
