"""Owns those helpers of `wandb.util` that touch files, threads, modules and the terminal."""

from __future__ import annotations

import base64
import hashlib
import importlib.util
import os
import queue
import sys
import tarfile
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from gzip import GzipFile
from types import ModuleType
from typing import IO, Any, NamedTuple

from wandb_testkit.dropin.calls import show_line
from wandb_testkit.dropin.terminal import terminput
from wandb_testkit.errors import WandbCoreNotAvailableError

# ---------------------------------------------------------------------- files


@contextmanager
def fsync_open(path: str | os.PathLike[str], mode: str = "w", encoding: str | None = None) -> Iterator[IO[Any]]:
    """An open file that is on the disk when it is closed."""
    with open(path, mode, encoding=encoding) as file:
        yield file
        file.flush()
        os.fsync(file.fileno())


def make_tarfile(
    output_filename: str,
    source_dir: str,
    archive_name: str,
    custom_filter: Callable[[tarfile.TarInfo], tarfile.TarInfo | None] | None = None,
) -> None:
    """Pack a directory; the same files give the same bytes."""

    def timeless(info: tarfile.TarInfo) -> tarfile.TarInfo | None:
        info.mtime = 0
        return info if custom_filter is None else custom_filter(info)

    with (
        open(output_filename, "wb") as file,
        GzipFile(filename="", fileobj=file, mode="wb", mtime=0) as packed,
        tarfile.open(fileobj=packed, mode="w") as archive,
    ):
        archive.add(source_dir, arcname=archive_name, filter=timeless)


def md5_file(path: str) -> str:
    """The MD5 of a file, in base64."""
    with open(path, "rb") as file:
        return base64.b64encode(hashlib.md5(file.read(), usedforsecurity=False).digest()).decode()


def mkdir_exists_ok(path: str) -> bool:
    """Make a directory, and tell whether it was not there."""
    try:
        os.makedirs(path)
    except FileExistsError:
        if not os.path.isdir(path):
            raise
        return False
    return True


# ---------------------------------------------------------------------- threads and time

stopwatch_now = time.monotonic


def async_call(target: Callable[..., Any], timeout: float | None = None) -> Callable[..., tuple[Any, threading.Thread]]:
    """The function in a thread: its result, None if it takes longer than `timeout` seconds, and the thread.

    What it raises is raised.
    """

    def call(*args: Any, **kwargs: Any) -> tuple[Any, threading.Thread]:
        results: queue.Queue[tuple[Any, BaseException | None]] = queue.Queue()

        def work() -> None:
            try:
                results.put((target(*args, **kwargs), None))
            except Exception as error:
                results.put((None, error))

        thread = threading.Thread(target=work, daemon=True)
        thread.start()
        try:
            result, error = results.get(timeout=timeout)
        except queue.Empty:
            return None, thread
        if error is not None:
            raise error
        return result, thread

    return call


def read_many_from_queue(q: queue.Queue[Any], max_items: int, queue_timeout: float) -> list[Any]:
    """What comes within `queue_timeout` seconds, and what is there then."""
    items: list[Any] = []
    with suppress(queue.Empty):
        items.append(q.get(True, queue_timeout))
        for _ in range(max_items):
            items.append(q.get_nowait())
    return items


# ---------------------------------------------------------------------- modules


class InstalledDistribution(NamedTuple):
    """A distribution that is installed: its name, and its version."""

    key: str
    version: str


def working_set() -> Iterable[InstalledDistribution]:
    """The distributions that are installed."""
    from importlib.metadata import distributions

    for found in distributions():
        with suppress(KeyError, UnicodeDecodeError, TypeError):
            yield InstalledDistribution(found.metadata["Name"], found.version)


def import_module_lazy(name: str) -> ModuleType:
    """A module that is executed once somebody uses it.

    Raises:
        ModuleNotFoundError: There is none.
    """
    if name in sys.modules:
        return sys.modules[name]
    spec = importlib.util.find_spec(name)
    if spec is None or spec.loader is None:
        raise ModuleNotFoundError(f"there is no module {name!r}", name=name)
    spec.loader = importlib.util.LazyLoader(spec.loader)
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


class ImportMetaHook:
    """Calls functions once a module has been imported; it stands in `sys.meta_path` between install() and uninstall().

    Attributes:
        on_import: The functions, by the name of the module.
        modules: The modules that were imported since, by name.
    """

    def __init__(self) -> None:
        self.modules: dict[str, ModuleType] = {}
        self.on_import: dict[str, list[Callable[[], Any]]] = {}

    def add(self, fullname: str, on_import: Callable[[], Any]) -> None:
        """Call a function once a module has been imported."""
        self.on_import.setdefault(fullname, []).append(on_import)

    def install(self) -> None:
        """Begin."""
        sys.meta_path.insert(0, self)

    def uninstall(self) -> None:
        """End."""
        sys.meta_path.remove(self)

    def get_modules(self) -> tuple[str, ...]:
        """The names of the modules that were imported since."""
        return tuple(self.modules)

    def get_module(self, module: str) -> ModuleType:
        """One of these."""
        return self.modules[module]

    def find_spec(self, fullname: str, path: Any = None, target: Any = None) -> Any:
        """The spec of a module that somebody waits for, which tells when it has been executed."""
        if fullname not in self.on_import:
            return None
        self.uninstall()
        try:
            spec = importlib.util.find_spec(fullname)
        finally:
            self.install()
        if spec is not None and spec.loader is not None:
            spec.loader = _Telling(spec.loader, self)  # type: ignore[assignment] # by what it can do
        return spec


class _Telling:
    """A loader that tells when it has executed a module."""

    def __init__(self, inner: Any, hook: ImportMetaHook) -> None:
        self._inner = inner
        self._hook = hook

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)

    def create_module(self, spec: Any) -> Any:
        return self._inner.create_module(spec)

    def exec_module(self, module: ModuleType) -> None:
        self._inner.exec_module(module)
        self._hook.modules[module.__name__] = module
        for function in self._hook.on_import.get(module.__name__, ()):
            function()


_hooks: list[ImportMetaHook] = []


def add_import_hook(fullname: str, on_import: Callable[[], Any]) -> None:
    """Call a function once a module has been imported; of one that is there nothing is heard, as in wandb."""
    if not _hooks:
        _hooks.append(ImportMetaHook())
        _hooks[0].install()
    _hooks[0].add(fullname, on_import)


def get_core_path() -> str:
    """The program that real clients start.

    Raises:
        WandbCoreNotAvailableError: Always: this wandb has none.
    """
    raise WandbCoreNotAvailableError("wandb-core is not part of the drop-in wandb of wandb_testkit: nothing needs it")


# ---------------------------------------------------------------------- the terminal


def prompt_choices(choices: Sequence[str], input_timeout: float | None = None) -> str:
    """Have the user choose; the only one without asking.

    Raises:
        NotATerminalError: There is nobody to be asked.
    """
    return choices[0] if len(choices) == 1 else chosen(choices)


def chosen(choices: Sequence[str]) -> str:
    """Have the user choose, until a choice is one of those there are."""
    for number, choice in enumerate(choices, 1):
        show_line(f"({number}) {choice}", "info")
    while True:
        answer = terminput("Enter your choice: ").strip()
        if answer.isdigit() and 1 <= int(answer) <= len(choices):
            show_line(f"You chose {choices[int(answer) - 1]!r}", "info")
            return choices[int(answer) - 1]
        if answer:
            show_line("Invalid choice", "warning")


def launch_browser(attempt_launch_browser: bool = True) -> bool:
    """Whether a browser would be opened: none is, in a test."""
    return False


def check_and_warn_old(files: Iterable[str]) -> bool:
    """Whether files are those of a client that is too old to be read."""
    if "wandb-metadata.json" not in files:
        return False
    show_line("These runs were logged with a previous version of wandb.", "warning")
    show_line("Run pip install wandb<0.10.0 to get the old library and sync your runs.", "warning")
    return True
