"""Faults on what is said of artifacts, and on what is asked: the same in memory and over HTTP, and nothing twice."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, get_args

import pytest

from wandb_testkit.artifact_records import (
    AboutArtifact,
    ArtifactFileRequest,
    ArtifactInfo,
    ArtifactRecord,
    ArtifactRequest,
    DeleteArtifactRecord,
    EditArtifactRecord,
    LinkArtifactRecord,
    UseArtifactRecord,
)
from wandb_testkit.records import (
    KINDS,
    FileRequest,
    FilesRecord,
    GraphQLRequest,
    Record,
    Result,
    RunPath,
    RunRecord,
    WatchRecord,
)
from wandb_testkit.sdk.artifacts.manifest import Manifest, ManifestEntry, md5_base64
from wandb_testkit.world import fake

PATH = RunPath("testkit-user", "p", "r")
PLACE = PATH._replace(run_id="")

WAYS: list[dict[str, Any]] = [
    {"how": "refuse", "reply": 500},
    {"how": "refuse", "reply": 403},
    *({"how": how} for how in ("cut", "lose_answer", "malformed", "twice", "slow")),
]

ANSWERED = ("twice", "slow")
"""Ways to fail in which the sender gets its answer."""


def artifact(content: str, **more: Any) -> ArtifactRecord:
    manifest = Manifest()
    size, digest = len(content), md5_base64(content.encode())
    manifest.add_entry(ManifestEntry(path="f.txt", digest=digest, size=size))
    return ArtifactRecord(
        PATH, "data", "dataset", manifest.to_manifest_json(), {"f.txt": content.encode()}, manifest.digest(), **more
    )


Making = Callable[[ArtifactInfo], Record]

RECORDS: dict[str, Making] = {
    "artifact": lambda known: artifact("new", aliases=("latest", "best")),
    "artifact of known content": lambda known: artifact("old", aliases=("best",)),
    "artifact that is added to": lambda known: artifact("more", is_incremental=True, base_id=known.id),
    "artifact that is used": lambda known: artifact("new", is_used=True),
    "use_artifact": lambda known: UseArtifactRecord(PATH, known.id),
    "find_artifact": lambda known: ArtifactRequest(PLACE, "data:v0"),
    "find_artifact by its id": lambda known: ArtifactRequest(PLACE, "", known.id),
    "artifact_file": lambda known: ArtifactFileRequest(PLACE, known.id, "f.txt"),
    "link_artifact": lambda known: LinkArtifactRecord(PLACE, known.id, "shelf", ("here",)),
    "edit_artifact": lambda known: EditArtifactRecord(PLACE, known.id, "data", description="d"),
    "edit_artifact with aliases": lambda known: EditArtifactRecord(
        PLACE, known.id, "data", description="d", aliases_added=("a", "b"), aliases_deleted=("first",)
    ),
    "delete_artifact": lambda known: DeleteArtifactRecord(PLACE, known.id, with_aliases=True),
    "delete_artifact from a shelf": lambda known: DeleteArtifactRecord(PLACE, known.id, unlinked_from="archive"),
    "watch": lambda known: WatchRecord(PATH, "Linear", "gradients", 100),
    "file": lambda known: FileRequest(PATH, "g.txt"),
    "query": lambda known: GraphQLRequest("query Q {viewer {username}}", {}),
}


def after_a_fault(transport: str, name: str, way: dict[str, Any]) -> list[Any]:
    with fake(profile="current", transport=transport, environ={}) as world:
        there = world.session.connect(world.api_key)
        there.deliver(RunRecord(PATH, starts=True, config={"a": 1}))
        there.deliver(FilesRecord(PATH, {"g.txt": b"x"}))
        known = there.deliver(artifact("old", aliases=("first",))).artifact
        assert known is not None
        there.deliver(LinkArtifactRecord(PLACE, known.id, "archive"))
        record = RECORDS[name](known)
        world.server.fail(on=name.partition(" ")[0], nth=1, limit_s=0.0, **way)

        answers = [told(there.deliver(record)) for _ in range(2)]

        world.server.heal()
        refused = [(KINDS[type(one.record)], one.refusal.status) for one in world.recorder.refusals]
        assert way["how"] in ANSWERED or world.recorder.refusals[0].refusal.on_purpose
        names = ("data:v0", "data:v1", "data:v2", "data:v3", "shelf:v0", "archive:v0")
        found = {one: told(there.deliver(ArtifactRequest(PLACE, one))) for one in names}
        run = world.run
        return [answers, refused, found, run.state, run.config, run.artifacts]


def told(result: Result) -> Any:
    """What an answer says, times aside."""
    if result.refusal is not None:
        return result.refusal.status
    info = result.artifact
    if info is None:
        return result.file, result.data
    return info._replace(created_at=0.0, updated_at=0.0, linked_at=None)


@pytest.mark.parametrize("way", WAYS, ids=lambda way: " ".join(map(str, way.values())))
@pytest.mark.parametrize("name", RECORDS)
def test_a_fault_means_the_same_over_http(name: str, way: dict[str, Any]) -> None:
    over_memory = after_a_fault("memory", name, way)

    assert after_a_fault("responses", name, way) == over_memory
    status = {"refuse": way.get("reply"), "malformed": 502}.get(way["how"], 0)
    assert (over_memory[0][0] == status) is (way["how"] not in ANSWERED)


@pytest.mark.parametrize("how", ["refuse", "lose_answer", "malformed"])
@pytest.mark.parametrize("transport", ["loopback", "process"])
def test_it_does_over_sockets_too(transport: str, how: str) -> None:
    assert after_a_fault(transport, "artifact", {"how": how}) == after_a_fault("memory", "artifact", {"how": how})


def test_every_kind_of_record_about_artifacts_is_tried() -> None:
    tried = {name.partition(" ")[0] for name in RECORDS}

    assert tried == {*(KINDS[kind] for kind in get_args(AboutArtifact)), "watch", "file", "query"}
