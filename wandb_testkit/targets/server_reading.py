"""Owns what is asked of a foreign server when a script has ended: the runs of its projects, as run views."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from wandb_testkit.artifact_view import NO_ARTIFACTS
from wandb_testkit.history_view import History
from wandb_testkit.observation import TIME_KEYS, RunState, RunView
from wandb_testkit.ports import Transport
from wandb_testkit.records import GraphQLRequest

MAX_RUNS = 50
MAX_ROWS = 10_000
"""A server samples a longer history; cases have fewer rows."""

RUNS = """
query RunsOfProject($project: String!, $entity: String, $first: Int, $samples: Int) {
  project(name: $project, entityName: $entity) {
    runs(first: $first, order: "+created_at") {
      edges { node {
        id name displayName state config summaryMetrics notes tags group jobType history(samples: $samples)
      } }
    }
  }
}
"""

DELETE = """
mutation DeleteRun($id: ID!) {
  deleteRun(input: {id: $id}) { clientMutationId }
}
"""


def runs_of(transport: Transport, entity: str, project: str) -> Iterator[RunView]:
    """The runs of a project, in order of creation; none where there is no such project."""
    for node in _nodes(transport, entity, project):
        config = {key: item["value"] for key, item in json.loads(node["config"] or "{}").items()}
        own = config.pop("_wandb", {})
        rows = [_without_times(json.loads(row)) for row in node["history"] or ()]
        yield RunView(
            id=node["name"],
            entity=entity,
            project=project,
            name=node["displayName"],
            state=RunState(node["state"]),
            exit_code=None,
            config=config,
            summary=_without_times(json.loads(node["summaryMetrics"] or "{}")),
            history=History(rows, run_id=node["name"]),
            tags=tuple(node["tags"] or ()),
            group=node["group"] or None,
            job_type=node["jobType"] or None,
            notes=node["notes"] or None,
            resumed_from=None,
            files={},
            artifacts=NO_ARTIFACTS,
            output=[],
            alerts=[],
            warnings=[],
            requests=[],
            client={"config": own},
        )


def delete_runs(transport: Transport, entity: str, project: str, run_id: str) -> None:
    """Delete the run of this id in a project, if it is there."""
    for node in _nodes(transport, entity, project):
        if node["name"] == run_id:
            transport.deliver(GraphQLRequest(DELETE, {"id": node["id"]}))


def _nodes(transport: Transport, entity: str, project: str) -> list[dict[str, Any]]:
    variables = {"project": project, "entity": entity, "first": MAX_RUNS, "samples": MAX_ROWS}
    answer = transport.deliver(GraphQLRequest(RUNS, variables))
    if answer.refusal is not None:
        raise ConnectionError(f"the runs of {entity}/{project} cannot be read: {answer.refusal}")
    found = (answer.data or {}).get("project")
    return [] if found is None else [edge["node"] for edge in found["runs"]["edges"]]


def _without_times(row: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in row.items() if key not in TIME_KEYS and key != "_wandb"}
