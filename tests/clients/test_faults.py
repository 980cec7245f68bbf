"""What the user of a real client sees when something goes wrong, and that nothing is lost or stored twice by it.

What is seen is kept in fixtures/clients/faults.json (see results.py), and compared with it by who does not write it.
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.clients.conftest import Client
from tests.clients.results import FAULTS, is_writing, stored
from wandb_testkit.records import HistoryRecord
from wandb_testkit.world import World

pytestmark = [pytest.mark.needs_client, pytest.mark.fault]

STATUSES = (401, 403, 404, 409, 410, 429, 500)
WAYS = ("malformed", "cut", "lose_answer", "twice", "slow")

KINDS_OF_FAULT: dict[str, dict[str, Any]] = {
    **{f"run {status}": {"on": "run", "reply": status} for status in STATUSES},
    **{f"run {way}": {"on": "run", "how": way} for way in WAYS},
    **{f"file_stream {status}": {"on": "file_stream", "reply": status} for status in STATUSES},
    **{f"file_stream {way}": {"on": "file_stream", "how": way} for way in WAYS},
    **{f"upload {status}": {"on": "upload", "file": "f.txt", "reply": status} for status in (403, 404, 409, 500)},
    **{f"upload {way}": {"on": "upload", "file": "f.txt", "how": way} for way in ("cut", "lose_answer", "twice")},
    "graphql 401": {"on": "graphql", "reply": 401},
}
"""Each meets the first upsert, file_stream, upload of the user's file or GraphQL request; whether a client tries again
shows."""


def arm(world: World, fault: str) -> None:
    arguments = dict(KINDS_OF_FAULT[fault])
    if arguments.get("reply") == 429:
        arguments["retry_after"] = 1
    world.server.fail(nth=1, limit_s=2.0, **arguments)


def check_nothing_is_lost_or_there_twice(world: World) -> None:
    """What was acknowledged is there once; what was not may be missing."""
    accepted = {
        row["_step"] for record in world.recorder.records if isinstance(record, HistoryRecord) for row in record.rows
    }
    assert len(world.runs) <= 1
    for run in world.runs:
        steps = [row["_step"] for row in run.history]
        assert steps == sorted(set(steps))
        assert set(steps) == accepted
        assert [row["a"] for row in run.history] == steps
        assert run.output.count("a line of the user") <= 1
        assert run.files in ({}, {"f.txt": b"hi"})


@pytest.mark.parametrize("fault", KINDS_OF_FAULT)
def test_what_the_user_sees_of_a_fault_is_what_is_kept(
    world: World, client: Client, fault: str, record_property: Any
) -> None:
    arm(world, fault)

    played = client.play("under_fault.py", env={"WANDB_INIT_TIMEOUT": "20", "WANDB_SILENT": None})

    assert "error" in played.told, played.output
    run = world.runs[0] if world.runs else None
    seen = {
        "error": played.told["error"],
        "exit": played.exit_code,
        "rows": 0 if run is None else len(run.history),
        "files": 0 if run is None else len(run.files),
        "state": None if run is None else str(run.state),
    }
    warned = [line.partition("wandb: ")[2] for line in played.output.splitlines() if is_warning(line)]
    record_property("fault", fault)
    record_property("seen", {**seen, "message": played.told["message"], "warned": warned[:2]})
    check_nothing_is_lost_or_there_twice(world)
    assert not [refused for refused in world.recorder.refusals if not refused.refusal.on_purpose]
    if not is_writing():
        kept = stored(FAULTS)[client.version]["results"][fault]
        assert seen == {key: kept[key] for key in seen}, played.output


def is_warning(line: str) -> bool:
    """Whether a line warns of the fault, and not of a variable that some versions do not know any more."""
    return ("wandb: WARNING" in line or "wandb: ERROR" in line) and "start_method" not in line
