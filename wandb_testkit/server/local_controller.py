"""Owns the form in which a local controller tells the server what to do (protocol.md 10)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from wandb_testkit.records import Refusal
from wandb_testkit.server.refused import Refused


class Entry(NamedTuple):
    """One entry of its schedule; without parameters it says that there is no more to try."""

    id: str
    parameters: dict[str, Any] | None


def read(controller: Mapping[str, Any]) -> tuple[list[Entry], set[str]]:
    """The runs that it wants, and the ids of those that are to stop.

    Raises:
        Refused: 400: it has another form.
    """
    schedule, stop = controller.get("schedule") or [], controller.get("earlystop") or []
    if not (isinstance(schedule, list) and isinstance(stop, list)):
        raise Refused(Refusal(400, "controller of a sweep should have lists under schedule and earlystop"))
    return [_entry(given) for given in schedule], {str(run_id) for run_id in stop}


def _entry(given: Any) -> Entry:
    data = given.get("data") if isinstance(given, dict) else None
    args = data.get("args") if isinstance(data, dict) else None
    if (
        not isinstance(data, dict)
        or not isinstance(given.get("id"), str)
        or not (args is None or _are_parameters(args))
    ):
        raise Refused(
            Refusal(400, f"an entry of a schedule should be {{'id': ..., 'data': {{'args': ...}}}}, not {given!r}")
        )
    return Entry(given["id"], args)


def _are_parameters(args: Any) -> bool:
    return isinstance(args, dict) and all(isinstance(item, dict) and "value" in item for item in args.values())
