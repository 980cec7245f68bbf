"""Owns what is known of the public names of the real modules: whether they are there or refused, and the page."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

from wandb_testkit.dropin import names
from wandb_testkit.dropin.advice import ADVICE
from wandb_testkit.dropin.entries import BOTH, State
from wandb_testkit.profiles import Profile

FILE = Path(__file__).with_suffix(".json")
"""Profile -> module -> names; made by tests/dropin/real_names.py."""

VERSION = {Profile.CLASSIC: "0.10.33", Profile.CURRENT: "0.31.0"}

HEAD = """# Names of the drop-in `wandb`

Generated from the table in `wandb_testkit/dropin` and the names that the real modules have, by
`python -m wandb_testkit.dropin.names`; do not edit.

*Full*: the name does what the specification says of it; an argument that is not modelled is refused by name.
*Recorded only*: the call is recorded, and what it would set in motion in a real client is not.
*Refused*: wandb has it, and this version of the kit does not: reading it raises an AttributeError that names it,
importing it an ImportError. An empty cell: wandb of that version has no such name there, and neither has the drop-in.

What a module has that is not listed here belongs to the inside of wandb, and is refused too. The last table says what
to do instead of what is refused; so does the message of a refusal.
"""


@cache
def _listed() -> dict[str, dict[str, list[str]]]:
    found: dict[str, dict[str, list[str]]] = json.loads(FILE.read_text(encoding="utf-8"))
    return found


def has(fullname: str, name: str, profile: Profile) -> bool:
    """Whether the real module has a public name."""
    return name in _listed()[profile.value].get(fullname, ())


def state_of(fullname: str, name: str, profile: Profile) -> State | None:
    """How much of a name is there in a profile; None where wandb has none."""
    if names.has_module(fullname, profile):
        entry = names.names_of(fullname, profile).get(name)
        if entry is not None:
            return entry.state
        if name in names.submodules_of(fullname, profile) or names.has_module(f"{fullname}.{name}", profile):
            return State.FULL
    return State.REFUSED if has(fullname, name, profile) else None


def known(fullname: str) -> list[str]:
    """Every name of a module, there or not, in either profile."""
    real = {name for profile in BOTH for name in _listed()[profile.value].get(fullname, ())}
    return sorted({*real, *names.NAMES.get(fullname, ())})


def markdown() -> str:
    """The page docs/names.md."""
    modules = [*names.NAMES, *(module for module in _listed()[Profile.CURRENT.value] if module not in names.NAMES)]
    rows = {module: known(module) for module in modules}
    counts = {profile: _counts(rows, profile) for profile in BOTH}
    lines = [
        HEAD,
        "| | full | recorded only | refused |",
        "| --- | --- | --- | --- |",
        *(f"| {profile} ({VERSION[profile]}) | {' | '.join(map(str, counts[profile]))} |" for profile in BOTH),
    ]
    for module in modules:
        if not rows[module]:
            continue
        lines += ["", f"## `{module}`", "", "| name | classic (0.10.33) | current (0.31.0) |", "| --- | --- | --- |"]
        for name in rows[module]:
            states = [state_of(module, name, profile) for profile in BOTH]
            lines.append(f"| `{name}` | {' | '.join('' if state is None else state.value for state in states)} |")
    lines += ["", "## Refused: what to do instead", "", "| names that begin with | |", "| --- | --- |"]
    lines += [f"| `{name}` | {text} |" for name, text in sorted(ADVICE.items())]
    return "\n".join(lines) + "\n"


def _counts(rows: dict[str, list[str]], profile: Profile) -> list[int]:
    states = [state_of(module, name, profile) for module, listed in rows.items() for name in listed]
    return [states.count(state) for state in State]
