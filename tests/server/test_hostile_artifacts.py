"""Whatever is sent about artifacts: never a mistake of ours (500), and what is committed can be read."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.server.artifact_client import BY_NAME, COMMIT, CREATE, FILES, MANIFEST, ArtifactClient, b64_md5
from tests.server.conftest import HandClient
from tests.server.test_artifact_edits import COLLECTION, LINK, UPDATE
from tests.server.test_hostile_input import JSON, with_one_oddity
from wandb_testkit.server.files import name_refusal
from wandb_testkit.world import World, fake

NAMES = st.sampled_from(["model", "other", "shelf", "", "a/b", "..", "v0", "latest", "\ud800", "x" * 300])
PATHS = st.sampled_from(["a", "a/b", "../a", "/a", "a//b", "a\\b", "\0", "", "\ud800", "x" * 300])
IDS = st.sampled_from(["known", "pending", "", "x", "WyJBcnRpZmFjdCIsICI5OTkiXQ=="])
CONTENTS = st.sampled_from([b"1", b"2", b""])
DIGESTS = CONTENTS.map(b64_md5) | st.text(max_size=5)

ENTRIES = st.dictionaries(
    PATHS,
    with_one_oddity(
        st.fixed_dictionaries({"digest": DIGESTS}, optional={"size": st.integers(), "ref": st.text(max_size=5)}),
        "digest",
        "size",
        "ref",
    ),
    max_size=3,
)

MANIFESTS = (
    st.builds(lambda contents: json.dumps({"version": 1, "contents": contents}).encode(), ENTRIES)
    | st.binary(max_size=20)
    | st.builds(lambda value: json.dumps(value).encode(), JSON)
)

ALIASES = st.lists(st.fixed_dictionaries({"artifactCollectionName": NAMES, "alias": NAMES}), max_size=2)
FILTERS = st.sampled_from(['{"state": "COMMITTED"}', '{"x": 1}', "[", '{"metadata.a": {"$lt": 1}}', '{"tags": "a"}'])

INPUTS = {
    CREATE: with_one_oddity(
        st.fixed_dictionaries(
            {
                "entityName": st.just("testkit-user"),
                "projectName": st.just("p"),
                "artifactTypeName": NAMES,
                "artifactCollectionName": NAMES,
                "digest": st.text(max_size=5),
            },
            optional={
                "aliases": ALIASES,
                "metadata": st.builds(json.dumps, JSON),
                "ttlDurationSeconds": st.integers(-3, 3),
            },
        ),
        "metadata",
        "ttlDurationSeconds",
        "historyStep",
        "labels",
        "clientID",
    ),
    UPDATE: with_one_oddity(
        st.fixed_dictionaries(
            {"artifactID": IDS}, optional={"aliases": ALIASES, "metadata": st.builds(json.dumps, JSON)}
        ),
        "description",
        "ttlDurationSeconds",
        "labels",
    ),
    LINK: st.fixed_dictionaries({"artifactID": IDS, "artifactPortfolioName": NAMES}, optional={"aliases": ALIASES}),
}

SPECS = with_one_oddity(
    st.fixed_dictionaries(
        {"artifactID": IDS, "name": PATHS, "md5": DIGESTS},
        optional={
            "uploadPartsInput": st.lists(
                st.fixed_dictionaries({"partNumber": st.integers(-1, 3), "hexMD5": st.text(max_size=3)}), max_size=2
            )
        },
    ),
    "md5",
    "uploadPartsInput",
)

REQUESTS = st.one_of(
    *(
        st.tuples(st.just(document), st.builds(lambda input: {"input": input}, what))
        for document, what in INPUTS.items()
    ),
    st.tuples(st.just(FILES), st.builds(lambda specs: {"files": specs}, st.lists(SPECS, max_size=2))),
    st.tuples(st.just(COMMIT), st.fixed_dictionaries({"id": IDS})),
    st.tuples(st.just("manifest"), MANIFESTS),
    st.tuples(
        st.just(COLLECTION),
        st.fixed_dictionaries({"name": NAMES}, optional={"filters": FILTERS, "order": NAMES, "after": NAMES}),
    ),
    st.tuples(st.just("route"), st.lists(NAMES, max_size=8).map(lambda parts: "/artifactsV2/" + "/".join(parts))),
)


def send(artifacts: ArtifactClient, what: str, given: Any, ids: dict[str, str]) -> int:
    if what == "route":
        return artifacts.client.send("GET", given).status
    if what == "manifest":
        document = {"artifactID": ids["pending"], "digest": "", "type": "FULL", "name": "m.json", "upload": True}
        answer = json.loads(artifacts.client.ask(MANIFEST, **document).body)["data"]
        return artifacts.put(answer["createArtifactManifest"]["artifactManifest"]["file"]["uploadUrl"], given).status
    text = json.dumps(given)
    for name, number in ids.items():
        text = text.replace(f'"{name}"', json.dumps(number))
    return artifacts.client.send(
        "POST", "/graphql", json.dumps({"query": what, "variables": json.loads(text)}).encode()
    ).status


def check(world: World, artifacts: ArtifactClient) -> None:
    for view in world.run.artifacts.versions("model"):
        assert not any(name_refusal(path) for path in (*view.files, *view.references))
        json.dumps([view.metadata, view.aliases, view.description, view.size])
        assert artifacts.client.ask(BY_NAME, name=f"model:{view.version}").status == 200


@settings(max_examples=60, deadline=None)
@given(st.lists(REQUESTS, max_size=6))
def test_nothing_about_artifacts_is_answered_with_500(requests: list[tuple[str, Any]]) -> None:
    with fake(profile="current") as world:
        client = HandClient(world)
        client.start("r")
        artifacts = ArtifactClient(client)
        ids = {"known": artifacts.log("model", {"a": b"1"}), "pending": artifacts.create("model", "0" * 32)["id"]}

        statuses = [send(artifacts, what, given, ids) for what, given in requests]

        assert 500 not in statuses, world.recorder.refusals[-1].refusal.message
        check(world, artifacts)
        assert world.run.artifacts["model:v0"].files == {"a": b"1"}
