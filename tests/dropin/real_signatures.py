"""Owns the signatures that the real functions, classes and methods have: what those of the drop-in are compared with.

`python -m tests.dropin.real_signatures` reads them anew, in the cached environments of 0.10.33 and 0.31.0, writes
fixtures/dropin/signatures.json, and tells how many of them the drop-in has, and what differs.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from wandb_testkit.dropin import names, originals
from wandb_testkit.dropin.real_names import FILE as NAMES_FILE
from wandb_testkit.profiles import Profile
from wandb_testkit.targets.environments import python_of

FILE = Path(__file__).parents[2] / "fixtures" / "dropin" / "signatures.json"
"""Profile -> dotted name -> its parameters, without self."""

LOOK = """
import importlib, inspect, json, os, sys, types, warnings
warnings.simplefilter("ignore")
PLAIN = (type(None), bool, int, float, str)

def is_plain(value):
    return isinstance(value, PLAIN) and value != os.getpid()  # which is a default of Settings

def shape(function, is_method):
    parameters = list(inspect.signature(function).parameters.values())
    if is_method or (parameters and parameters[0].name == "self"):  # before init() functions show a run's method
        del parameters[0]
    said, is_by_name = [], False
    for p in parameters:
        if p.kind is p.KEYWORD_ONLY and not is_by_name:
            said.append("*")
        is_by_name = is_by_name or p.kind in (p.KEYWORD_ONLY, p.VAR_POSITIONAL)
        sign = {p.VAR_POSITIONAL: "*", p.VAR_KEYWORD: "**"}.get(p.kind, "")
        default = "" if p.default is p.empty else "=" + (repr(p.default) if is_plain(p.default) else "?")
        said.append(sign + p.name + default)
    return ", ".join(said)

def told(name, function, is_method=False):
    try:
        seen[name] = shape(function, is_method)
    except (TypeError, ValueError, IndexError):
        pass  # of C, or of a metaclass: it has none

def is_theirs(thing):
    home = getattr(thing, "__module__", None)
    return isinstance(home, str) and home.partition(".")[0] in ("wandb", "wandb_testkit")

seen, known = {}, set()
for module in MODULES:
    try:
        there = importlib.import_module(module)
    except BaseException:
        continue
    for name in dir(there):
        try:
            value = getattr(there, name)
        except Exception:
            continue
        if name.startswith("_") or isinstance(value, types.ModuleType) or not is_theirs(value):
            continue
        if id(value) in known:  # one thing has one place, the first
            continue
        known.add(id(value))
        whole = f"{module}.{name}"
        if not inspect.isclass(value):
            if callable(value):
                told(whole, value)
            continue
        told(whole, value)
        for home in value.__mro__:
            for method, member in vars(home).items() if is_theirs(home) else ():
                if not method.startswith("_") and (
                    inspect.isfunction(member) or isinstance(member, (staticmethod, classmethod))
                ):
                    told(f"{whole}.{method}", getattr(value, method), inspect.isfunction(member))
print(json.dumps(seen))
"""


def modules() -> list[str]:
    """Those of the drop-in, and those whose names are listed; not those that need another library."""
    listed = json.loads(NAMES_FILE.read_text(encoding="utf-8"))
    known = {*names.NAMES, *listed[Profile.CLASSIC.value], *listed[Profile.CURRENT.value]}
    return sorted(known - set(names.NEEDS))


def real(python: Path | str) -> dict[str, str]:
    """Dotted name -> parameters, of the wandb of an interpreter."""
    return _seen(python, 'import sys; sys.modules["numpy"] = None')  # 0.10.33 does not know numpy 2


def ours(profile: Profile) -> dict[str, str]:
    """Dotted name -> parameters, of the drop-in."""
    return _seen(
        sys.executable, f"from wandb_testkit.dropin.install import install; install(profile={profile.value!r})"
    )


def stored() -> Mapping[Profile, dict[str, str]]:
    """Those of the real modules."""
    told = json.loads(FILE.read_text(encoding="utf-8"))
    return {profile: told[profile.value] for profile in Profile}


def differing(profile: Profile) -> tuple[int, dict[str, tuple[str, str]]]:
    """How many names both have, and those whose parameters are others: what wandb has, and what the drop-in has."""
    theirs, mine = stored()[profile], ours(profile)
    both = [name for name in theirs if name in mine]
    return len(both), {name: (theirs[name], mine[name]) for name in both if theirs[name] != mine[name]}


def _seen(python: Path | str, first: str) -> dict[str, str]:
    code = f"{first}\nMODULES = {modules()!r}\n{LOOK}"
    done = subprocess.run([str(python), "-c", code], capture_output=True, text=True, check=True)
    found: dict[str, str] = json.loads(done.stdout.splitlines()[-1])
    return found


def main() -> None:
    """Read, write and tell."""
    found = {str(profile): real(python_of(version)) for profile, version in originals.VERSIONS.items()}
    FILE.parent.mkdir(exist_ok=True)
    FILE.write_text(json.dumps(found, indent=0, sort_keys=True) + "\n", encoding="utf-8")
    for profile in Profile:
        count, others = differing(profile)
        print(f"{profile}: {count - len(others)} of {count} signatures are those of wandb")
        for name, (theirs, mine) in sorted(others.items()):
            print(f"  {name}({theirs}), here ({mine})")


if __name__ == "__main__":
    main()
