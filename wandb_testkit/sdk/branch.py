"""Owns fork_from and resume_from: the moment of a run that they name, and which runs may be branched so.

Source: FORK-1 to FORK-3, RESUME-13; protocol.md 5.4. What 0.31.0 does was observed.
"""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Mapping
from typing import Any, NamedTuple

from wandb_testkit.errors import ValidationError

FORK, REWIND = "fork_from", "resume_from"

_MOMENT = re.compile(r"(?P<run_id>[^/?#]+)\?_step=(?P<step>[^&=]+)")


class Branch(NamedTuple):
    """Where a run begins: after step `step` of run `run_id`, as a run of its own or by rewinding that one."""

    run_id: str
    step: float
    is_rewind: bool

    @property
    def starting_step(self) -> int:
        """`_step` of the first row that is logged: 1.5 is cut to 1, and the next step is 2 (FORK-3)."""
        return int(self.step) + 1

    def as_sent(self) -> dict[str, Any]:
        """What the client tells of it in its own part of the config."""
        return {"run_id": self.run_id, "step": self.step}


def read_moment(text: str) -> tuple[str, float] | None:
    """Run id and step of "<id>?_step=<number>", None for any other text."""
    found = _MOMENT.fullmatch(text)
    step = None if found is None else _number(found["step"])
    return None if found is None or step is None else (found["run_id"], step)


def _number(text: str) -> float | None:
    if text.isdecimal():
        return int(text)
    try:
        number = float(text)
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def branch_of(settings: Mapping[str, Any], explicit: Collection[str]) -> Branch | None:
    """The branch that settings ask for, None for an ordinary run.

    Args:
        settings: All settings of this init(), the highest source winning.
        explicit: Names of those that an argument or `settings=` gave; ids are compared with these only.
    Raises:
        ValidationError: More than one way to begin is given, or an id that does not fit.
    """
    moments = {name: read_moment(settings.get(name) or "") for name in (FORK, REWIND)}
    ways = [name for name, moment in moments.items() if moment is not None]
    if settings.get("resume") not in (None, False):
        ways.append("resume")
    if len(ways) > 1:
        raise ValidationError(
            f"{' and '.join(ways)} exclude each other [FORK-3]: a run begins in one way; give one of them"
        )
    for name, moment in moments.items():
        if moment is not None:
            run_id, step = moment
            _check_id(name, run_id, settings.get("run_id") if name in explicit else None)
            return Branch(run_id, step, is_rewind=name == REWIND)
    return None


def _check_id(name: str, run_id: str, given: str | None) -> None:
    if name == FORK and given == run_id:
        raise ValidationError(
            f"fork_from names run {run_id!r}, and so does id [FORK-1]: a fork is another run. Leave id out, or use "
            "resume_from to rewind the run itself"
        )
    if name == REWIND and given not in (None, run_id):
        raise ValidationError(
            f"resume_from names run {run_id!r}, and id names {given!r} [FORK-2]: a run that is rewound keeps its id. "
            "Leave id out, or use fork_from"
        )
