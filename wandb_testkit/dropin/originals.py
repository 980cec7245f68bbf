"""Owns the interpreter's own wandb: which version is installed, what of it is imported, and who holds it.

Nothing of it is imported or called here.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping
from types import FunctionType, ModuleType
from typing import Any

from wandb_testkit.profiles import Profile

VERSIONS: Mapping[Profile, str] = {Profile.CLASSIC: "0.10.33", Profile.CURRENT: "0.31.0"}
"""The version that stands in where no wandb is installed."""

FIRST_NOT_CLASSIC = (0, 13)

Modules = dict[str, ModuleType]


def is_wandb(fullname: str) -> bool:
    """Whether a module name is wandb's."""
    return fullname == "wandb" or fullname.startswith("wandb.")


def installed_version() -> str | None:
    """The version that the metadata of the environment tells, None where no wandb is installed."""
    from importlib import metadata  # costs more than the rest of an installation

    try:
        return metadata.version("wandb")
    except metadata.PackageNotFoundError:
        return None


def profile_of(version: str | None) -> Profile:
    """The profile that plays a version of wandb: CLASSIC for what is older than 0.13, else CURRENT."""
    numbers = tuple(map(int, re.findall(r"\d+", version or "")[:2]))
    return Profile.CLASSIC if numbers and numbers < FIRST_NOT_CLASSIC else Profile.CURRENT


def shown_version(profile: Profile) -> str:
    """`wandb.__version__`: the installed version if the profile plays it, else the profile's own."""
    version = installed_version()
    return version if version is not None and profile_of(version) is profile else VERSIONS[profile]


def take_out() -> Modules:
    """Take every module of wandb out of `sys.modules`, and hand them over."""
    return {name: sys.modules.pop(name) for name in list(sys.modules) if is_wandb(name)}


def imported() -> Modules:
    """Every module of wandb that is in `sys.modules`."""
    return {name: module for name, module in list(sys.modules.items()) if is_wandb(name)}


def holders(modules: Modules) -> list[str]:
    """The names of other modules that hold one of these modules, or a class or function of theirs, in their globals."""
    held = {id(module) for module in modules.values()}
    others: list[tuple[str, Any]] = list(sys.modules.items())  # some put there what is no module
    return sorted(
        name
        for name, module in others
        if isinstance(module, ModuleType)
        and not is_wandb(name)
        and any(id(value) in held or _is_of_wandb(value) for value in list(vars(module).values()))
    )


def _is_of_wandb(value: Any) -> bool:
    # By type(): isinstance() would ask lazy objects for their __class__, which runs code of theirs.
    kind = type(value)
    home: object
    if kind is FunctionType:
        home = value.__module__
    elif issubclass(kind, type):
        home = vars(value).get("__module__")
    else:
        return False
    return isinstance(home, str) and is_wandb(home)
