"""Where a whole program on wandb 0.31.0 shows something else than the oracle says, and why that stays so."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable
from typing import NamedTuple

from wandb_testkit import actions


class Known(NamedTuple):
    """A difference that is a property of the client, or of how it can be looked at."""

    why: str
    is_it: Callable[[actions.Script, str], bool]


_SUMMARY = re.compile(r"(?:run '.*': summary|action \d+: summary shown): expected (\{.*\}), got (\{.*\})\Z")
_OFFLINE = ("offline", "dryrun")


def _is_warned_of_once(script: actions.Script, line: str) -> bool:
    by_variable = any(isinstance(one, actions.StartProcess) and "WANDB_ANONYMOUS" in one.env for one in script)
    return (
        by_variable
        and re.fullmatch(r"init '.*': warnings: expected \['anonymous_ignored'\], got \[\]", line) is not None
    )


def _lacks_its_step(script: actions.Script, line: str) -> bool:
    found = _SUMMARY.match(line)
    if found is None:
        return False
    expected, got = (ast.literal_eval(text) for text in found.groups())
    return "_step" not in got and {**got, "_step": expected.get("_step")} == expected


def _is_of_a_log_that_was_cut(script: actions.Script, line: str) -> bool:
    is_killed = any(isinstance(one, actions.Kill) for one in script)
    is_offline = any(isinstance(one, actions.Init) and one.kwargs.get("mode") in _OFFLINE for one in script)
    is_offline |= any(isinstance(one, actions.StartProcess) and one.env.get("WANDB_MODE") in _OFFLINE for one in script)
    return is_killed and is_offline and line.startswith("run '")


def _is_told_too_late(script: actions.Script, line: str) -> bool:
    ends = any(isinstance(one, actions.EndProcess) for one in script)
    return ends and re.fullmatch(r"action \d+: warnings: expected \['row_dropped'\], got \[\]", line) is not None


KNOWN = (
    Known(
        "a variable is read once a process, so WANDB_ANONYMOUS is warned of once; the kit warns at each init()",
        _is_warned_of_once,
    ),
    Known(
        "a client that resumes a run and logs nothing sends the summary back without its `_step`, and shows none of a "
        "shared run; the kit keeps it",
        _lacks_its_step,
    ),
    Known(
        "a client that is killed offline leaves the log that it had written by then, mostly nothing; the kit's has all",
        _is_of_a_log_that_was_cut,
    ),
    Known(
        "what wandb-core says of a dropped row is printed by a thread of the client, which may not come to it any more "
        "in a program that ends right then: one in two did on a busy machine; after finish() it is always printed",
        _is_told_too_late,
    ),
)


def unexplained(script: actions.Script, lines: list[str]) -> list[str]:
    """The lines of a comparison that no known difference explains."""
    return [line for line in lines if not any(known.is_it(script, line) for known in KNOWN)]
