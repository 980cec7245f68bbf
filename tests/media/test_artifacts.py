"""Artifact: what is in it, what becomes of it when it is logged, how it comes back, and what is refused."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from wandb_testkit.errors import CommError, NotModelledError
from wandb_testkit.server.rights import Action
from wandb_testkit.world import World, fake


@pytest.fixture
def model(wandb: Any) -> Callable[..., Any]:
    """Make an artifact with one file."""

    def make(content: str = "weights", name: str = "model", **more: Any) -> Any:
        artifact = wandb.Artifact(name, "model", **more)
        with artifact.new_file("weights.txt") as file:
            file.write(content)
        return artifact

    return make


def test_what_is_logged_is_seen_from_the_run(model: Any, run: Any, world: World) -> None:
    run.log_artifact(model(metadata={"acc": 0.9}, description="good"), aliases=["best"], tags=["t"])

    view = world.run.artifacts["model"]
    assert (view.name, view.version, view.type, view.aliases) == ("model", "v0", "model", ("best", "latest"))
    assert (view.files, view.metadata, view.description, view.tags) == (
        {"weights.txt": b"weights"},
        {"acc": 0.9},
        "good",
        ("t",),
    )
    assert (view.logged, view.used) == (True, False)


def test_versions_are_counted_and_the_same_content_is_the_same_version(model: Any, run: Any, world: World) -> None:
    first, second, again = model("a"), model("b"), model("a")
    for artifact in (first, second, again):
        run.log_artifact(artifact).wait()

    assert [one.version for one in (first, second, again)] == ["v0", "v1", "v0"]
    assert [view.version for view in world.run.artifacts.versions("model")] == ["v1", "v0"]


def test_a_draft_knows_what_is_in_it_and_not_what_it_will_be(model: Any) -> None:
    draft = model()

    assert (draft.name, draft.type, draft.state, draft.is_draft(), draft.id) == (
        "model",
        "model",
        "PENDING",
        True,
        None,
    )
    assert (draft.size, len(draft.digest)) == (7, 32)
    for name in ("version", "aliases", "entity", "qualified_name", "file_count", "created_at", "history_step", "url"):
        with pytest.raises(AttributeError, match="used prior to logging artifact"):
            getattr(draft, name)
    with pytest.raises(AttributeError, match=r"'Artifact.wait' used prior to logging"):
        draft.wait()


def test_it_is_known_once_it_has_been_waited_for(model: Any, run: Any) -> None:
    artifact = run.log_artifact(model())
    assert artifact.is_draft()

    artifact.wait()

    assert (artifact.name, artifact.version, artifact.aliases, artifact.state) == (
        "model:v0",
        "v0",
        ["latest"],
        "COMMITTED",
    )
    assert artifact.qualified_name == artifact.source_qualified_name == "testkit-user/p/model:v0"
    assert (artifact.file_count, artifact.is_link, artifact.history_step) == (1, False, 0)
    assert artifact.url.endswith("/testkit-user/p/artifacts/model/model/v0")


def test_files_directories_and_references_are_added(wandb: Any, run: Any, world: World, tmp_path: Path) -> None:
    (tmp_path / "d" / "e").mkdir(parents=True)
    (tmp_path / "d" / "x.txt").write_text("x")
    (tmp_path / "d" / "e" / "y.txt").write_text("y")
    artifact = wandb.Artifact("a", "data")
    entry = artifact.add_file("d/x.txt")
    artifact.add_file("d/x.txt", name="as/z.txt")
    artifact.add_dir("d", name="dir")
    artifact.add_dir("d")
    artifact.add_reference("s3://bucket/key")
    artifact.add_reference((tmp_path / "d").as_uri(), name="ref")
    run.log_artifact(artifact).wait()

    view = world.run.artifacts["a"]
    assert view.files == {
        "x.txt": b"x",
        "as/z.txt": b"x",
        "dir/x.txt": b"x",
        "dir/e/y.txt": b"y",
        "e/y.txt": b"y",
    }
    assert view.references == {
        "key": "s3://bucket/key",
        "ref/x.txt": (tmp_path / "d" / "x.txt").as_uri(),
        "ref/e/y.txt": (tmp_path / "d" / "e" / "y.txt").as_uri(),
    }
    assert (entry.path, entry.size, entry.digest) == ("x.txt", 1, "ndTkYSaMgDT1yFZOFVxnpg==")


@pytest.mark.parametrize(
    ("add", "message"),
    [
        (lambda a: a.add_file("nope"), "Path is not a file: 'nope'"),
        (lambda a: a.add_dir("nope"), "Path is not a directory: 'nope'"),
        (lambda a: a.add_reference("no/uri"), "References must be URIs"),
        (lambda a: a.add_reference("file:///nope"), "must be a valid file or directory path"),
        (lambda a: a.add_reference("odd://x"), 'You must pass name="<entry_name>"'),
        (lambda a: a.add_content("../up", b""), "Invalid artifact path"),
        (lambda a: a.add_content("weights.txt", b"other"), "Cannot add the same path twice: 'weights.txt'"),
    ],
)
def test_what_cannot_be_added_is_refused(model: Any, add: Callable[[Any], Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        add(model())


def test_a_file_can_be_overwritten_and_taken_out(model: Any) -> None:
    artifact = model("old")
    with artifact.new_file("weights.txt", mode="w") as file:
        file.write("new")
    assert artifact.manifest.entries["weights.txt"].content == b"new"

    with pytest.raises(ValueError, match="already exists"), artifact.new_file("weights.txt"):
        pass
    artifact.remove("weights.txt")
    assert len(artifact.manifest) == 0
    with pytest.raises(FileNotFoundError, match="No such file or directory: weights"):
        artifact.remove("weights.txt")


def test_nothing_is_added_once_it_has_been_logged(model: Any, run: Any, wandb: Any) -> None:
    artifact = model()
    run.log_artifact(artifact)

    additions: tuple[Callable[[], Any], ...] = (
        lambda: artifact.add_reference("s3://b/k"),
        lambda: artifact.add(wandb.Table(columns=["a"]), "t"),
        lambda: artifact.new_file("x").__enter__(),
        lambda: artifact.remove("weights.txt"),
    )
    for add in additions:
        with pytest.raises(AttributeError, match=r"used on logged artifact. Can't modify finalized artifact"):
            add()


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (lambda A: A("a b", "t"), ValueError, "may only contain alphanumeric"),
        (lambda A: A("a" * 129, "t"), ValueError, "longer than 128"),
        (lambda A: A("run-x", "run_table"), ValueError, "reserved for internal use"),
        (lambda A: A("a", "wandb-x"), ValueError, "reserved for internal use"),
        (lambda A: A("a", "t", metadata=3), TypeError, "Cannot parse <class 'int'> as artifact metadata"),
        (lambda A: A("a", "t", metadata={str(n): n for n in range(101)}), ValueError, "more than 100 metadata keys"),
        (lambda A: A("a", "t", metadata={"x": float("inf")}), ValueError, "not JSON compliant"),
        (lambda A: A("a", "t", digest_algorithm="XXH128"), NotModelledError, "'XXH128'"),
    ],
)
def test_an_artifact_that_cannot_be_is_refused(
    wandb: Any, make: Callable[[Any], Any], error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        make(wandb.Artifact)


def test_an_artifact_comes_back_by_name_alias_and_version(model: Any, run: Any, world: World) -> None:
    run.log_artifact(model("a"), aliases=["old"]).wait()
    run.log_artifact(model("b")).wait()

    for name, version in (("model", "v1"), ("model:old", "v0"), ("model:v0", "v0"), ("testkit-user/p/model", "v1")):
        assert run.use_artifact(name).version == version, name
    assert {view.version: view.used for view in world.run.artifacts.versions("model")} == {"v0": True, "v1": True}


def test_an_artifact_that_is_not_there_cannot_be_used(run: Any, wandb: Any, model: Any, world: World) -> None:
    with pytest.raises(wandb.CommError, match="'none:latest' not found in 'testkit-user/p'"):
        run.use_artifact("none")
    with pytest.raises(ValueError, match="Invalid artifact path"):
        run.use_artifact("a/b/c/d")
    with pytest.raises(ValueError, match="You must pass an artifact name"):
        run.use_artifact(3)
    run.log_artifact(model())
    with pytest.raises(ValueError, match="Supplied type data does not match type model"):
        run.use_artifact("model", type="data")
    assert world.recorder.refusals == []


def test_files_come_back_in_a_directory_of_the_world_or_of_the_user(model: Any, run: Any, tmp_path: Path) -> None:
    run.log_artifact(model()).wait()
    artifact = run.use_artifact("model")

    own = Path(artifact.download())
    assert (own / "weights.txt").read_text() == "weights"
    assert tmp_path not in own.parents
    assert artifact.download("here") == "here"
    assert Path("here/weights.txt").read_text() == Path(artifact.file("there")).read_text()
    assert Path(artifact.get_entry("weights.txt").download("one")).read_text() == "weights"
    with pytest.raises(KeyError, match="Path not contained in artifact: nope"):
        artifact.get_entry("nope")


def test_verify_notices_what_was_changed_or_added(model: Any, run: Any) -> None:
    run.log_artifact(model()).wait()
    artifact = run.use_artifact("model")
    artifact.download("here")
    artifact.verify("here")

    Path("here/more.txt").write_text("x")
    with pytest.raises(ValueError, match=r"more.txt which is not a member of artifact model:latest"):
        artifact.verify("here")
    artifact.checkout("here")
    Path("here/weights.txt").write_text("x")
    with pytest.raises(ValueError, match=r"Digest mismatch for file: weights.txt"):
        artifact.verify("here")


def test_a_reference_elsewhere_is_never_fetched(wandb: Any, run: Any) -> None:
    artifact = wandb.Artifact("a", "t")
    artifact.add_reference("https://example.invalid/file")
    run.log_artifact(artifact).wait()

    assert artifact.get_entry("file").ref_target() == "https://example.invalid/file"
    with pytest.raises(ValueError, match="is elsewhere, and nothing outside is fetched"):
        artifact.download("here")
    assert artifact.download("here", allow_missing_references=True) == "here"


def test_entries_of_other_artifacts_are_references_that_can_be_downloaded(model: Any, run: Any, wandb: Any) -> None:
    run.log_artifact(model()).wait()
    other = wandb.Artifact("other", "t")
    other.add_reference(run.use_artifact("model").get_entry("weights.txt"), name="w")
    run.log_artifact(other).wait()

    assert Path(run.use_artifact("other").download("here"), "w").read_text() == "weights"


def test_edits_are_sent_by_save(model: Any, run: Any, world: World) -> None:
    artifact = run.log_artifact(model(), aliases=["old"]).wait()
    artifact.aliases.append("new")
    artifact.aliases.remove("old")
    artifact.metadata["acc"] = 1
    artifact.description = "better"
    artifact.tags = ["t"]
    artifact.ttl = datetime.timedelta(days=1)

    artifact.save()

    view = world.run.artifacts["model"]
    assert (view.aliases, view.metadata, view.description, view.tags) == (
        ("latest", "new"),
        {"acc": 1},
        "better",
        ("t",),
    )
    assert run.use_artifact("model").ttl == datetime.timedelta(days=1)


def test_time_to_live(model: Any, wandb: Any) -> None:
    artifact = model()
    with pytest.raises(AttributeError, match=r"'Artifact.ttl' used prior"):
        _ = artifact.ttl
    artifact.ttl = None
    assert artifact.ttl is None
    with pytest.raises(ValueError, match="has to be positive"):
        artifact.ttl = datetime.timedelta(0)
    artifact.ttl = wandb.ArtifactTTL.INHERIT
    with pytest.raises(AttributeError, match=r"'Artifact.ttl' used prior"):
        _ = artifact.ttl


def test_links_lead_to_their_source(model: Any, run: Any) -> None:
    artifact = run.log_artifact(model()).wait()

    link = run.link_artifact(artifact, "collection", aliases=["prod"])

    assert (link.name, link.aliases, link.is_link, link.source_name) == (
        "collection:v0",
        ["latest", "prod"],
        True,
        "model:v0",
    )
    assert link.source_artifact.name == "model:v0"
    with pytest.raises(ValueError, match="Cannot set TTL for link artifact"):
        link.ttl = None
    link.unlink()
    with pytest.raises(ValueError, match="is not a linked artifact"):
        artifact.unlink()


def test_a_registry_belongs_to_the_organization_of_the_user(model: Any, run: Any, world: World, wandb: Any) -> None:
    artifact = run.log_artifact(model()).wait()
    with pytest.raises(wandb.CommError, match="Unable to resolve an organization associated with personal entity"):
        run.link_artifact(artifact, "wandb-registry-model/x")
    world.server.add_organization("lab", members=("testkit-user",), registries=("papers",))

    link = run.link_artifact(artifact, "wandb-registry-model/x", aliases=["production"])

    assert (link.qualified_name, link.is_link) == ("lab/wandb-registry-model/x:v0", True)
    assert link.source_qualified_name == "testkit-user/p/model:v0"
    assert run.link_artifact(artifact, "lab/wandb-registry-papers/y").entity == "lab"
    assert run.use_artifact("wandb-registry-model/x:production").digest == artifact.digest
    assert wandb.Api().artifact("wandb-registry-model/x:v0").entity == "lab"
    assert link.url.endswith(
        "/orgs/lab/registry/model?selectionPath=lab%2Fwandb-registry-model%2Fx&view=membership&version=v0"
    )
    with pytest.raises(wandb.CommError, match=r"organization 'lab' has no registry 'none'; it has 'model', 'dataset'"):
        run.link_artifact(artifact, "lab/wandb-registry-none/x")
    with pytest.raises(wandb.CommError, match="Expecting the organization name or entity name to match 'lab'"):
        run.link_artifact(artifact, "other/wandb-registry-model/x")


def test_a_registry_of_others_can_neither_be_seen_nor_linked_to(model: Any, run: Any, world: World) -> None:
    artifact = run.log_artifact(model()).wait()
    world.server.add_user("boss")
    world.server.add_organization("lab", members=("boss",))
    theirs = "lab", "wandb-registry-model"

    account = world.server.accounts.of(world.api_key)
    assert account is not None

    seen = world.server.refusal_in(account, Action.SEE, *theirs)

    assert seen is not None
    assert seen.message == "permission denied: 'testkit-user' is not in organization 'lab'"
    with pytest.raises(CommError, match="Unable to find organization"):
        artifact.link("lab/wandb-registry-model/x")


def test_a_version_with_aliases_is_deleted_only_with_them(model: Any, run: Any, wandb: Any, world: World) -> None:
    artifact = run.log_artifact(model()).wait()

    with pytest.raises(wandb.CommError, match="has aliases"):
        artifact.delete()
    artifact.delete(delete_aliases=True)

    assert dict(world.run.artifacts) == {}


def test_a_draft_of_a_version_is_the_next_one(model: Any, run: Any) -> None:
    draft = run.log_artifact(model(metadata={"a": 1})).wait().new_draft()
    with draft.new_file("more.txt") as file:
        file.write("m")

    run.log_artifact(draft).wait()

    assert (draft.version, sorted(draft.manifest.entries), draft.metadata) == (
        "v1",
        ["more.txt", "weights.txt"],
        {"a": 1},
    )


def test_an_incremental_artifact_adds_to_the_latest_version(model: Any, run: Any, wandb: Any) -> None:
    run.log_artifact(model()).wait()
    more = wandb.Artifact("model", "model", incremental=True)
    with more.new_file("more.txt") as file:
        file.write("m")

    run.log_artifact(more).wait()

    assert (more.version, sorted(more.manifest.entries)) == ("v1", ["more.txt", "weights.txt"])


def test_several_writers_work_on_one_version(wandb: Any, world: World) -> None:
    def part(name: str) -> Any:
        artifact = wandb.Artifact("dist", "data")
        with artifact.new_file(name) as file:
            file.write(name)
        return artifact

    run = wandb.init(project="p", id="r", group="g")
    run.upsert_artifact(part("one"))
    assert dict(world.run.artifacts) == {}
    whole = run.finish_artifact(part("two")).wait()

    assert (whole.version, sorted(whole.manifest.entries)) == ("v0", ["one", "two"])


def test_several_writers_need_a_group_or_an_id(run: Any, model: Any) -> None:
    with pytest.raises(TypeError, match="Cannot upsert artifact unless run is in a group"):
        run.upsert_artifact(model())
    with pytest.raises(TypeError, match="Cannot finish artifact unless run is in a group"):
        run.finish_artifact(model())


def test_paths_are_logged_as_artifacts(wandb: Any, run: Any, world: World) -> None:
    Path("d").mkdir()
    Path("d/x.txt").write_text("x")

    run.log_artifact("d/x.txt", name="named", type="data")
    wandb.log_artifact("d")
    run.log_artifact("s3://bucket/key", name="far")

    artifacts = world.run.artifacts
    assert {name: (artifacts[name].type, list(artifacts[name].files)) for name in artifacts} == {
        "named": ("data", ["x.txt"]),
        "run-r-d": ("unspecified", ["x.txt"]),
        "far": ("unspecified", []),
    }
    with pytest.raises(ValueError, match="path must be a file, directory or external"):
        run.log_artifact("nope")
    with pytest.raises(TypeError, match=r"You must pass an instance of wandb.Artifact.*not int"):
        run.log_artifact(3)


@pytest.mark.parametrize(
    ("given", "message"),
    [({"aliases": ["a/b"]}, "Aliases must not contain"), ({"tags": ["no!"]}, r"Invalid tag\(s\)")],
)
def test_aliases_and_tags_that_cannot_be_are_refused(model: Any, run: Any, given: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        run.log_artifact(model(), **given)


def test_a_collection_has_one_type(model: Any, run: Any, wandb: Any) -> None:
    run.log_artifact(model()).wait()

    with pytest.raises(ValueError, match="Artifact model already exists with type 'model'"):
        run.log_artifact(wandb.Artifact("model", "data"))


def test_models_are_artifacts_of_that_type(wandb: Any, run: Any, world: World) -> None:
    Path("w.bin").write_bytes(b"w")
    wandb.log_model("w.bin", "net", aliases=["best"])

    assert Path(wandb.use_model("net:best")).read_bytes() == b"w"
    link = wandb.link_model("w.bin", "registered", name="net")
    assert (link.project, link.name, link.source_name) == ("model-registry", "registered:v0", "net:v0")
    assert world.run.artifacts["net"].type == "model"
    with pytest.raises(AssertionError, match="only the name of the registered model"):
        run.link_model("w.bin", "a/b")
    run.log_artifact("w.bin", name="other", type="data")
    with pytest.raises(AssertionError, match="only use this method for 'model' artifacts"):
        run.use_model("other")


def test_a_draft_that_is_used_is_not_what_the_run_has_made(model: Any, run: Any, world: World) -> None:
    artifact = run.use_artifact(model())

    view = world.run.artifacts["model"]
    assert (artifact.version, view.logged, view.used) == ("v0", False, True)


def test_an_offline_run_logs_artifacts_and_uses_none(wandb: Any, model: Any, world: World) -> None:
    run = wandb.init(project="p", mode="offline")
    run.log_artifact(model())

    assert world.run.artifacts["model"].files == {"weights.txt": b"weights"}
    with pytest.raises(TypeError, match="Cannot use artifact when in offline mode"):
        run.use_artifact("model")
    with pytest.raises(RuntimeError, match="not supported in offline mode"):
        run.use_model("model")
    with pytest.raises(NotImplementedError, match="offline"):
        run.link_artifact(model(), "x")


def test_functions_of_the_module_need_a_run(wandb: Any, model: Any) -> None:
    with pytest.raises(wandb.Error, match=r"You must call wandb.init\(\) before wandb.log_artifact\(\)"):
        wandb.log_artifact(model())


def test_a_server_that_refuses_is_heard_of_in_wait(model: Any, run: Any, world: World) -> None:
    world.server.fail("artifact", reply=500, message="broken")

    artifact = run.log_artifact(model())

    with pytest.raises(ValueError, match="broken"):
        artifact.wait()


def test_tables_and_media_are_files_that_get_reads(wandb: Any, run: Any) -> None:
    artifact = wandb.Artifact("a", "data")
    table = wandb.Table(columns=["x"], data=[[1]])
    image = wandb.Image(np.zeros((2, 2)), boxes=None, classes=[{"id": 1, "name": "one"}], caption="c")
    entry = artifact.add(table, "t")
    assert artifact.add(table, "again") is entry
    artifact["im"] = image
    run.log_artifact(artifact).wait()

    back = run.use_artifact("a")
    assert back["t"] == table
    assert back["im"] == image
    assert back.get("nope") is None
    with pytest.raises(TypeError, match="expected a table or media"):
        wandb.Artifact("b", "t").add(3, "x")


def calls(transport: str) -> list[Any]:
    """What a program sees of artifacts, and what is seen of it."""
    from wandb_testkit.sdk.artifacts.artifact import Artifact
    from wandb_testkit.sdk.data_types.table import Table

    def artifact(name: str, content: str) -> Artifact:
        made = Artifact(name, "model", metadata={"a": 1}, description="d")
        with made.new_file("f.txt") as file:
            file.write(content)
        return made

    seen: list[Any] = []
    with fake(profile="current", transport=transport, environ={}, notebook=False, directory="") as world:
        run = world.init(project="p", id="r", group="g")
        first = artifact("m", "1")
        first.add(Table(columns=["x"], data=[[1]]), "t")
        first.ttl = datetime.timedelta(days=2)
        run.log_artifact(first, aliases=["best"], tags=["t"]).wait()
        seen.append((first.name, first.aliases, first.tags, first.ttl, first.digest, first.size, first.metadata))
        back = run.use_artifact("m:best")
        seen.append((back.get("t").data, Path(back.get_entry("f.txt").download()).read_text(), sorted(back.aliases)))
        back.aliases.append("new")
        back.metadata["b"] = 2
        back.save()
        link = run.link_artifact(back, "coll", aliases=["k"])
        seen.append((link.name, link.aliases, link.is_link, link.source_artifact.name))
        link.unlink()
        run.log({"table": Table(columns=["x"], data=[[2]])})
        run.upsert_artifact(artifact("dist", "a"), distributed_id="1")
        run.finish_artifact(artifact("dist", "a"), distributed_id="1")
        more = Artifact("m", "model", incremental=True)
        with more.new_file("g.txt") as file:
            file.write("g")
        run.log_artifact(more).wait()
        run.use_artifact(artifact("used", "u"))
        run.use_artifact("dist").delete(delete_aliases=True)
        try:
            run.use_artifact("none")
        except Exception as error:
            seen.append(repr(error))
        run.finish()
        artifacts = world.run.artifacts
        seen.append({name: artifacts.versions(name) for name in artifacts})
        seen += [world.run.files, world.recorder.refusals]
    return seen


@pytest.mark.parametrize("transport", ["loopback", "responses", "process", "offline"])
def test_artifacts_are_the_same_whichever_way_they_travel(transport: str) -> None:
    assert calls(transport) == calls("memory")


def test_artifacts_of_an_offline_run_are_synced(tmp_path: Path) -> None:
    import wandb_testkit as wt
    from wandb_testkit.offline_runs import OfflineLog
    from wandb_testkit.sdk.artifacts.artifact import Artifact
    from wandb_testkit.syncing import replay
    from wandb_testkit.transport.memory import MemoryTransport

    with fake(profile="current", root=tmp_path, environ={}, notebook=False, directory="") as world:
        run = world.init(project="p", id="r", mode="offline")
        artifact = Artifact("m", "model")
        with artifact.new_file("f.txt") as file:
            file.write("1")
        run.log_artifact(artifact)
        run.finish()
        (log,) = tmp_path.rglob("*.wandb")
        read = wt.read_offline(log)
        replay(OfflineLog(log), MemoryTransport(world.server, world.api_key))

        assert read.artifacts["m"].files == {"f.txt": b"1"}
        assert world.runs[-1].artifacts["m:v0"].files == {"f.txt": b"1"}


@pytest.mark.parametrize("transport", ["memory", "loopback"])
def test_faults_on_records_about_artifacts_are_met_whichever_way_they_come(transport: str) -> None:
    from wandb_testkit.sdk.artifacts.artifact import Artifact

    with fake(profile="current", environ={}, transport=transport) as world:
        run: Any = world.init(project="p", id="r")
        made = [Artifact(name, "model") for name in ("first", "second")]
        for artifact in made:
            with artifact.new_file("f") as file:
                file.write("x")
        world.server.fail(on="artifact", nth=1, reply=403, message="not allowed")
        world.server.fail(on="use_artifact", reply=403, message="not to be used")
        world.server.fail(on="link_artifact", reply=403, message="not to be linked")

        refused, taken = [run.log_artifact(artifact) for artifact in made]

        with pytest.raises(ValueError, match="not allowed"):
            refused.wait()
        assert taken.wait().version == "v0"
        with pytest.raises(CommError, match="not to be used"):
            run.use_artifact("second:v0")
        with pytest.raises(CommError, match="not to be linked"):
            taken.link("shelf")
        assert list(world.run.artifacts) == ["second"]
