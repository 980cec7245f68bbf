"""Owns what pages show of what was set on the server: the faults, limits, features and messages that are in force."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from wandb_testkit.faults import Fault
from wandb_testkit.report.data import clean
from wandb_testkit.report.figures import clip, count
from wandb_testkit.server.app import FakeServer
from wandb_testkit.server.features import FEATURES


def knobs_part(server: FakeServer) -> Iterator[str]:
    """What is set; nothing, while nothing is."""
    said = list(told(server))
    if said:
        yield f'<details data-part="knobs" open><summary>{count(len(said), "thing")} set on this server</summary><ul>'
        yield from (f"<li>{escape(clip(clean(one), 300))}" for one in said)
        yield "</ul></details>\n"


def told(server: FakeServer) -> Iterator[str]:
    """A line for each thing that is not as in a new server."""
    for armed in list(server.armed):
        yield f"fault {armed.number}: {fault_said(armed.fault)}; {armed.met:,} came by"
    gate = server.gate
    if gate is not None:
        limits = gate.limits
        if limits.requests is not None:
            yield f"at most {count(limits.requests, 'request')} in {limits.per_s:g} s"
        if limits.body_bytes is not None:
            yield f"at most {count(limits.body_bytes, 'byte')} in a body"
        if limits.storage_bytes is not None:
            yield f"at most {count(limits.storage_bytes, 'byte')} of files of an entity"
    off = sorted(FEATURES - server.features)
    if off:
        yield f"features that are off: {', '.join(off) if server.features else 'all'}"
    for text, level in server.messages:
        yield f"message to clients, {level}: {text}"
    if not server.reports_history_length:
        yield "clients are not told how long histories are"


def fault_said(fault: Fault) -> str:
    """What a fault does, in words."""
    on = fault.on if fault.file is None else f"{fault.on} of {fault.file}"
    which = f"every {on}" if fault.nth is None else f"{on} number {fault.nth}"
    done = {
        "refuse": f"is refused with {fault.reply}" if fault.reply else "finds no connection",
        "cut": "finds its connection cut",
        "lose_answer": "is carried out, and its answer gets lost",
        "malformed": "is carried out, and its answer cannot be read",
        "twice": "is delivered twice",
        "slow": f"is answered after {fault.limit_s:g} s",
    }[fault.how]
    wait = f", Retry-After {fault.retry_after} s" if fault.retry_after is not None else ""
    return f"{which} {done}{wait}"
