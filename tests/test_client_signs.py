"""What real clients print and ask is read by their own words."""

from __future__ import annotations

import json

import pytest

from wandb_testkit.observation import ActionSeen
from wandb_testkit.targets.client_signs import asked_by, warnings_in, with_dropped_rows
from wandb_testkit.wire.http import Request

DROPPED = "wandb: WARNING Tried to log to step {} that is less than the current step 5. Steps must be monotonically ..."
DROPPED_BEFORE_THE_CORE = (
    "wandb: WARNING (User provided step: {} is less than current step: 5. Dropping entry: {{'x': 9}})."
)


@pytest.mark.parametrize(
    ("printed", "kinds"),
    [
        ("wandb: WARNING Tried to auto resume run with id a but id b is set.", {"other_id_remembered"}),
        (
            "wandb: WARNING Ignoring ID a loaded due to resume='auto' because the run ID is set to b.",
            {"other_id_remembered"},
        ),
        ("wandb: WARNING `resume` will be ignored since W&B syncing is set to `offline`. Starting a new run", set()),
        ("wandb: WARNING Unable to verify login in offline mode.", set()),
        ("wandb: WARNING Step must only increase in log calls.  Step 1 < 3; dropping {'a': 1}.", {"row_dropped"}),
        ("wandb: W&B syncing is set to `offline` in this directory, running offline", set()),
    ],
)
def test_warnings_are_known_by_the_words_of_each_generation(printed: str, kinds: set[str]) -> None:
    """AUTO-4, FORCE-1, LOG-3"""
    assert warnings_in(f"wandb: Tracking run\n{printed}\n") == kinds


@pytest.mark.parametrize("words", [DROPPED, DROPPED_BEFORE_THE_CORE])
def test_a_dropped_row_that_is_told_late_belongs_to_the_first_log_of_its_step(words: str) -> None:
    """LOG-3"""
    seen = [ActionSeen(4, "", frozenset({"locked_key"}))]
    told = [([(2, 7), (4, 1), (6, 1)], f"{words.format(1)}\n{words.format(1)}\n"), ([(9, 3)], "nothing")]

    assert with_dropped_rows(seen, told) == [
        ActionSeen(4, "", frozenset({"locked_key", "row_dropped"})),
        ActionSeen(6, "", frozenset({"row_dropped"})),
    ]


@pytest.mark.parametrize(
    ("query", "variables", "asked"),
    [
        ("mutation UpsertBucket { upsertBucket", {"name": "p", "entity": "ann"}, [("run", "ann", "p")]),
        ("mutation RewindRun { rewindRun(", {"runName": "p"}, [("rewind", "", "p")]),
        ("query RunResumeStatus { bucket(name: $name, missingOk: true)", {"name": "p"}, [("status", "", "p")]),
        ("query Model { model(name: $name) { bucket(name: $run) { files", {"name": "p", "run": "r"}, []),
        ("query Viewer { viewer { id } }", {}, [("viewer", "", "")]),
        ("query ServerInfo { serverInfo }", {}, []),
    ],
)
def test_a_request_that_got_no_answer_tells_what_was_asked(
    query: str, variables: dict[str, str], asked: list[tuple[str, str, str]]
) -> None:
    body = json.dumps({"query": query, "variables": variables}).encode()

    assert asked_by(Request("POST", "/graphql", "", {}, body, "http://here")) == asked
