"""Owns the target that is a Python module with an API like wandb's: "change the import", and the suite can judge it."""

from __future__ import annotations

import importlib
import importlib.metadata
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from wandb_testkit.actions import Script
from wandb_testkit.conformance.capability import Capability, to_capability
from wandb_testkit.conformance.judging import NoObservation
from wandb_testkit.conformance.target import CASE_TIMEOUT_S, Target, WrongTargetError
from wandb_testkit.observation import Observation, RunView
from wandb_testkit.profiles import CURRENT, Profile
from wandb_testkit.targets.client_service import NotImportedError, Service
from wandb_testkit.targets.module_playing import ModulePlaying
from wandb_testkit.targets.stored_run import stored_run

Stored = Callable[[Path], Iterable[RunView | Mapping[str, Any]]]
"""Reads what a module has stored below a folder: run views, or mappings of their fields (`stored_run`)."""

NOT_SHOWN = frozenset(
    {
        Capability.LOGIN,
        Capability.ANONYMOUS,
        Capability.NETWORK,
        Capability.DELETION,
        Capability.REQUESTS,
        Capability.WARNINGS,
        Capability.SWEEPS,
    }
)
"""Capabilities that a module alone cannot show: there is no server to ask, and no known form of warnings."""


def module_target(
    module: str,
    *,
    capabilities: Iterable[Capability | str],
    runs: Stored | None = None,
    version: str | None = None,
    environ: Mapping[str, str] | None = None,
    python: str | os.PathLike[str] | None = None,
    profile: Profile | str = CURRENT,
    name: str | None = None,
    timeout_s: float = CASE_TIMEOUT_S,
    late: bool = False,
) -> Target:
    """A target that plays each script as a program that says `import module as wandb`.

    Each process of a script is a process of its own, forked from one that has imported the module; home and working
    directory are fresh for every script.

    Args:
        module: What user code imports.
        capabilities: What it claims.
        runs: Reads the runs that are stored below a folder when a script has ended; needed for `stored_runs`.
        version: None asks the installed distribution of the module's name, then the module's `__version__`.
        environ: Variables that the processes are started with; "{folder}" stands for the script's own folder.
        python: The interpreter of another environment that has the module; None is this one, with its `sys.path`.
        profile: Which init() it plays.
        name: How reports call it; None is the module's name.
        timeout_s: How long one case may take.
        late: Each process imports the module by itself, as for one that reads its variables when it is imported; it
            takes longer than forking one that is there already.
    Raises:
        WrongTargetError: The module or its version is not to be found, or it claims what a module cannot show.
    """
    claimed = _claims(module, capabilities, runs)
    interpreter = Path(sys.executable if python is None else python)
    found = version or _version(module, None if python is None else interpreter)
    player = _Player(module, interpreter, own_path=python is None, environ=environ or {}, runs=runs, late=late)
    return Target(
        name or module,
        found,
        run=player.run,
        capabilities=claimed,
        profile=profile,
        close=player.close,
        timeout_s=timeout_s,
    )


def _claims(module: str, capabilities: Iterable[Capability | str], runs: Stored | None) -> frozenset[Capability]:
    if isinstance(capabilities, str):
        raise WrongTargetError(
            f"module_target({module!r}, capabilities={capabilities!r}): write a collection, [{capabilities!r}]"
        )
    try:
        claimed = frozenset(map(to_capability, capabilities))
    except ValueError as error:
        raise WrongTargetError(f"module_target({module!r}): {error}") from None
    if too_much := sorted(map(str, claimed & NOT_SHOWN)):
        raise WrongTargetError(
            f"module_target({module!r}): a module cannot show {', '.join(too_much)}; take that out, or write a "
            "run= function of your own for wandb_testkit.conformance.Target"
        )
    if runs is None and Capability.STORED_RUNS in claimed:
        raise WrongTargetError(
            f"module_target({module!r}): stored_runs needs runs=, a function that takes a folder and returns the runs "
            "that are stored there, as mappings: {'id': ..., 'project': ..., 'history': [...]}"
        )
    return claimed


def _version(module: str, python: Path | None) -> str:
    """The version of a module.

    Raises:
        WrongTargetError: There is no such module, or it has no version.
    """
    if python is not None:
        if not shutil.which(str(python)):
            raise WrongTargetError(
                f"module_target({module!r}, python={str(python)!r}): there is no such interpreter; write the path of "
                "the python of an environment that has the module"
            )
        asked = subprocess.run(
            [str(python), "-c", f"import importlib.metadata as m; print(m.version({module!r}))"],
            capture_output=True,
            text=True,
            check=False,
        )
        if not asked.returncode:
            return asked.stdout.strip()
        said = (asked.stderr.strip().splitlines() or [""])[-1]
    else:
        try:
            return importlib.metadata.version(module)
        except importlib.metadata.PackageNotFoundError:
            try:
                found = getattr(importlib.import_module(module), "__version__", None)
            except ModuleNotFoundError as error:
                raise WrongTargetError(
                    f"module_target({module!r}): there is no module {error.name!r}; install it here, or write "
                    "python=, the interpreter of an environment that has it"
                ) from None
            except Exception as error:
                raise WrongTargetError(
                    f"module_target({module!r}): the module cannot be imported: {type(error).__name__}: {error}; make "
                    f"`import {module}` work here, or write version= and python=, the interpreter that it works in"
                ) from None
        if isinstance(found, str) and found:
            return found
        said = "no distribution of that name is installed, and the module has no __version__"
    raise WrongTargetError(f"module_target({module!r}): which version? Write version='1.2.3' ({said})")


class _Player:
    """Plays scripts; the process that has imported the module is there from the first one on."""

    def __init__(
        self,
        module: str,
        python: Path,
        *,
        own_path: bool,
        environ: Mapping[str, str],
        runs: Stored | None,
        late: bool,
    ) -> None:
        self._module = module
        self._python = python
        self._path = {"PYTHONPATH": os.pathsep.join(path or os.getcwd() for path in sys.path)} if own_path else {}
        self._environ = environ
        self._runs = runs
        self._late = late
        self._folder: Path | None = None
        self._service: Service | None = None
        self._scripts = 0

    def run(self, script: Script) -> Observation:
        """Carry out a whole script on a machine of its own."""
        if self._service is None:
            self._folder = self._folder or Path(tempfile.mkdtemp(prefix="wandb-testkit-module-"))
            self._service = self._started(self._folder)
        assert self._folder is not None
        self._scripts += 1
        folder = self._folder / f"script{self._scripts}"
        folder.mkdir()
        environ = {**self._path, **{key: value.format(folder=folder) for key, value in self._environ.items()}}
        playing = ModulePlaying(self._service, folder, environ, self._stored(folder))
        try:
            for action in script:
                playing.take(action)
            return playing.settled()
        except NotImportedError as why:
            raise NoObservation(f"a process of the script cannot import {self._module!r}: {why}") from None
        finally:
            playing.close()
            shutil.rmtree(folder, ignore_errors=True)

    def _started(self, folder: Path) -> Service:
        try:
            return Service(self._python, folder, self._module, self._path, late=self._late)
        except NotImportedError as why:
            raise WrongTargetError(
                f"module_target({self._module!r}): the module cannot be used: {why}; see to it that `import "
                f"{self._module}` works for {self._python} and gives an init(), or write python=, the interpreter of "
                "an environment that has it; a module that reads variables when it is imported needs late=True, and "
                "the variables in environ="
            ) from None

    def _stored(self, folder: Path) -> Callable[[], list[RunView]]:
        read = self._runs
        if read is None:
            return list
        return lambda: [one if isinstance(one, RunView) else stored_run(one) for one in read(folder)]

    def close(self) -> None:
        """End the module's process, and take its folder away."""
        if self._service is not None:
            self._service.close()
            self._service = None
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)
            self._folder = None
