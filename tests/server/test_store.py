"""A server with a store: whatever was acknowledged is in the file, once, and the file gives the same server again."""

from __future__ import annotations

import json
import math
import sqlite3
import stat
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, cast

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.server.conftest import HandClient, message_of
from wandb_testkit.errors import StoreError
from wandb_testkit.observation import RunView
from wandb_testkit.recorder import Recorder
from wandb_testkit.records import (
    AlertRecord,
    ConfigRecord,
    ExitRecord,
    FilesRecord,
    HistoryRecord,
    MetricRecord,
    OutputRecord,
    PreemptingRecord,
    Record,
    RewindRequest,
    RunPath,
    RunRecord,
    RunStatusRequest,
    StatsRecord,
    SummaryRecord,
    WatchRecord,
)
from wandb_testkit.server.accounts import Accounts
from wandb_testkit.server.app import FakeServer
from wandb_testkit.server.kept import KINDS
from wandb_testkit.server.rights import Access, Place
from wandb_testkit.server.store import Store
from wandb_testkit.server.stored_account import StoredOrganization
from wandb_testkit.server.urls import Grant
from wandb_testkit.world import World, fake

KEY = "s3cret" * 8


class Kept:
    """A server, what it told, and its store."""

    def __init__(self, path: Path, **accounts: Any) -> None:
        self.recorder = Recorder(lambda: None)
        self.server = FakeServer(self.recorder, lambda is_armed: None)
        if accounts:
            self.server.accounts = Accounts(**accounts)
        self.store = Store(self.server, path)

    @property
    def runs(self) -> list[RunView]:
        return self.recorder.runs


@contextmanager
def kept(path: Path, **accounts: Any) -> Iterator[Kept]:
    opened = Kept(path, **accounts)
    try:
        yield opened
    finally:
        opened.store.close()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "runs.db"


def everything_of(server: FakeServer) -> str:
    """The whole state as text; NaN is NaN there, and 1 is neither 1.0 nor True."""

    numbers: dict[int, int] = {}

    def told(value: Any) -> Any:
        for name, kind in KINDS.items():
            if type(value) is kind.cls:
                if id(value) in numbers:
                    return [name, numbers[id(value)]]
                numbers[id(value)] = len(numbers)
                return [name, {attribute: told(getattr(value, attribute)) for attribute in kind.names}]
        if type(value) is dict:
            return [[told(key), told(item)] for key, item in value.items()]
        if type(value) in (list, tuple):
            return [type(value).__name__, *map(told, value)]
        if type(value) is set:
            return ["set", *sorted(map(repr, value))]
        return repr(value)

    return json.dumps([told(kind.at_home(server)) for kind in KINDS.values() if kind.home], indent=1)


def test_a_run_of_a_world_reads_the_same_out_of_the_file(path: Path) -> None:
    with fake(profile="current") as world:
        store = Store(world.server, path)
        run = world.init(project="p", config={"lr": 0.1, "$x": [1, {"y": None}]}, tags=["a"], notes="n", group="g")
        for step in range(600):
            run.log({"loss": 1 / (step + 1), "odd": (math.nan, math.inf, -math.inf)[step % 3], "in": {"a": step}})
        run.alert("title", "text")
        run.finish(exit_code=3)
        views = world.runs
        store.close()

    with kept(path) as again:
        assert repr(again.runs) == repr(views)
        assert [str(view.history) for view in again.runs] == [str(view.history) for view in views]
        assert [view.config for view in again.runs] == [view.config for view in views]
        assert again.runs[0].alerts == views[0].alerts


def test_a_world_with_a_store_gives_the_same_views_as_one_without(path: Path) -> None:
    def views(prepare: Callable[[World], Any]) -> list[RunView]:
        with fake(profile="current") as world:
            prepare(world)
            for name in ("one", "two"):
                run = world.init(project="p", id=name, config={"a": 1})
                run.log({"x": 1})
                run.log({"x": 2.5, "s": "text"})
                run.finish()
            again = world.init(project="p", id="one", resume="must")
            again.log({"x": 3})
            again.finish()
            return world.runs

    assert views(lambda world: Store(world.server, path)) == views(lambda world: None)


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5) | st.just("$tuple"), inner, max_size=3)
    ),
    max_leaves=5,
)
mappings = st.dictionaries(st.text(max_size=5) | st.sampled_from(["$node", "a"]), values, max_size=4)
names = st.sampled_from(["a.txt", "media/b.png", "output.log"])


@st.composite
def records(draw: st.DrawFn) -> Record:
    """Any record about one of three runs; many are refused, and change nothing."""
    where = RunPath("testkit-user", "p", draw(st.sampled_from(["r1", "r2", "r3"])))
    at = draw(st.integers(0, 4))
    rows = [{"_step": at + n, **row} for n, row in enumerate(draw(st.lists(mappings, max_size=3)))]
    times = draw(st.lists(st.floats(), min_size=len(rows), max_size=len(rows)))
    start = RunRecord(
        where,
        starts=draw(st.sampled_from([True, False, None])),
        resumed=draw(st.sampled_from([True, False, None])),
        config=draw(mappings),
        tags=draw(st.none() | st.just(("t",))),
        facts=draw(st.none() | mappings),
    )
    made = draw(
        st.sampled_from(
            [
                start,
                HistoryRecord(where, at, rows, times, times, may_repeat=draw(st.booleans())),
                SummaryRecord(where, draw(mappings)),
                ConfigRecord(where, draw(mappings)),
                MetricRecord(where, "loss", step_metric="epoch", summary=("min",)),
                WatchRecord(where, "Net", "all", 10),
                OutputRecord(where, at, ["line", draw(st.text())]),
                FilesRecord(where, {draw(names): draw(st.binary())}, by_client=draw(st.booleans())),
                StatsRecord(where, at, [{"cpu": draw(st.floats())}]),
                AlertRecord(where, "title", draw(st.text()), "INFO", 0.0),
                PreemptingRecord(where),
                ExitRecord(where, draw(st.integers(0, 2)), 1.0),
                RunStatusRequest(where),
                RewindRequest(where, draw(st.integers(0, 3))),
            ]
        )
    )
    return cast(Record, made)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(said=st.lists(records(), max_size=12), deleted=st.booleans())
def test_what_a_store_gives_back_is_the_state_that_was_put_in(
    tmp_path: Path, said: list[Record], deleted: bool
) -> None:
    path = tmp_path / "property.db"
    path.unlink(missing_ok=True)
    with kept(path) as before:
        before.server.apply(RunRecord(RunPath("testkit-user", "p", "r1"), starts=True), api_key=KEY)
        for record in said:
            before.server.apply(record, api_key=KEY)
        if deleted:
            before.server.delete_run("r1")
        state = everything_of(before.server)

    with kept(path) as after:
        assert everything_of(after.server) == state
    with kept(path) as again:
        assert everything_of(again.server) == state


def test_artifacts_outlive_a_restart_with_their_files_aliases_and_runs(path: Path) -> None:
    with kept(path) as before:
        before.server.add_run("r", project="p")
        for number, aliases in enumerate((("best",), (), ("best", "prod"))):
            files = {"model.bin": b"%d" % number * 1000, "same.txt": b"same"}
            references = {"data": "s3://bucket/data"}
            before.server.add_artifact(
                "m", files, type="model", project="p", references=references, aliases=aliases, run_id="r"
            )
        before.server.add_artifact(
            "m", {"model.bin": b"0" * 1000}, type="model", project="p", metadata={"$x": math.nan}
        )
        state, view = everything_of(before.server), before.runs[0]

    with kept(path) as after:
        assert everything_of(after.server) == state
        assert after.runs == [view]
        again = after.server.add_artifact("m", {"new": b"1"}, type="model", project="p", run_id="r")
        newer = everything_of(after.server)
    with kept(path) as last:
        assert everything_of(last.server) == newer

    assert again.version == "v4"


def test_a_version_that_a_run_uses_after_it_logged_it_is_kept_as_both(path: Path) -> None:
    with kept(path) as before:
        before.server.add_run("r", project="p")
        before.server.add_artifact("m", {"a": b"1"}, type="model", project="p", run_id="r")
        (run,) = before.server.runs
        (artifact,) = run.touched
        run.touch(artifact, "used")
        before.store.keep(everything=True)
        state = everything_of(before.server)

    with kept(path) as after:
        assert everything_of(after.server) == state


def test_the_ids_of_deleted_runs_stay_used(path: Path) -> None:
    """ID-6"""
    where = RunPath("testkit-user", "p", "gone")
    with kept(path) as before:
        before.server.add_run("gone", project="p")
        before.server.delete_run("gone")

    with kept(path) as after:
        result = after.server.apply(RunRecord(where, starts=True), api_key=KEY)

    assert result.refusal is not None
    assert result.refusal.status == 410


def test_keys_are_not_in_the_file_and_still_open_their_accounts(path: Path) -> None:
    with kept(path, api_key=KEY, is_open=False) as before:
        before.server.add_user("bob", api_key="bobs-own-" * 5)
        before.server.add_user("eve", api_key="eves-own-" * 5)
        before.server.accounts.revoke("eves-own-" * 5)
        before.server.add_team("crew", members=("bob",))

    text = path.read_bytes()
    with kept(path, api_key=KEY, is_open=False) as after:
        accounts = after.server.accounts
        bob = accounts.of("bobs-own-" * 5)

        assert KEY.encode() not in text
        assert b"bobs-own-" not in text
        assert bob is not None
        assert (bob.entity, bob.teams) == ("bob", ("crew",))
        assert accounts.of("eves-own-" * 5) is None
        accounts.reinstate("eves-own-" * 5)
        assert accounts.of("eves-own-" * 5) is not None
        hashes = [key.key for user in accounts.users for key in user.keys if key.key != KEY]
        assert [len(known) > len("sha256:") for known in hashes] == [True, True]
        assert [accounts.of(known) for known in hashes] == [None, None]
        assert accounts.of("somebody's key" * 4) is None
        with pytest.raises(ValueError, match="belongs to 'bob'"):
            after.server.add_user("rob", api_key="bobs-own-" * 5)


def test_users_teams_roles_organizations_and_projects_outlive_a_restart(path: Path) -> None:
    with kept(path, api_key=KEY, is_open=False) as before:
        server = before.server
        server.add_user("bob", api_key="bobs-own-" * 5, email="bob@lab.org", admin=True, code_saving=True)
        server.add_user("eve", api_key="eves-own-" * 5)
        server.add_team("crew", roles={"bob": "admin", "eve": "view-only"})
        server.add_service_account("robot", team="crew", api_key="robots-own-" * 4)
        server.add_organization("lab", teams=("crew",), members=("testkit-user",))
        server.set_access("secret", "private", entity="crew")
        server.apply(RunRecord(RunPath("crew", "p", "r"), starts=True), api_key="robots-own-" * 4, username="eve")
        keys = {name: (name + "s-own-") * 5 for name in ("bob", "eve")} | {"robot": "robots-own-" * 4, "default": KEY}
        accounts = {name: server.accounts.of(key) for name, key in keys.items()}
        state = everything_of(server)

    with kept(path, api_key=KEY, is_open=False) as after:
        server = after.server

        assert {name: server.accounts.of(key) for name, key in keys.items()} == accounts
        assert accounts["eve"] is not None
        assert accounts["eve"].viewer_of == ("crew",)
        assert server.accounts.organizations_of("bob") == [StoredOrganization("lab", ("crew",), ("testkit-user",))]
        assert server.place("crew", "secret") == Place("crew", Access.PRIVATE)
        assert [run.user for run in server.runs] == ["eve"]
    with kept(path, api_key=KEY, is_open=False) as again:
        assert everything_of(again.server).count("sha256:") == 3
        assert everything_of(again.server) != state  # keys are hashes now
        again.server.set_role("crew", "eve", "member")
    with kept(path, api_key=KEY, is_open=False) as last:
        eve = last.server.accounts.of(keys["eve"])

    assert eve is not None
    assert eve.viewer_of == ()


def test_a_key_that_is_revoked_after_a_restart_stays_so_and_has_a_name_that_opens_nothing(path: Path) -> None:
    key = "second-key-" * 4
    with kept(path, api_key=KEY, is_open=False) as before:
        before.server.add_api_key("testkit-user", key)

    with kept(path, api_key=KEY, is_open=False) as after:
        accounts = after.server.accounts
        of_key = accounts.of(key)
        (_, second) = accounts.user("testkit-user").keys  # type: ignore[union-attr]
        after.server.revoke_api_key(key)

        assert of_key is not None
        assert second.name == "key 2"
        assert accounts.of(key) is None
        assert accounts.keys.is_revoked(second.key)
    with kept(path, api_key=KEY, is_open=False) as last:
        refused = last.server.accounts.of(key)
        last.server.reinstate_api_key(key)

        assert refused is None
        assert last.server.accounts.of(key) is not None


def test_a_server_that_only_keys_open_makes_keys_that_nobody_can_guess(path: Path) -> None:
    with kept(path, api_key=KEY, is_open=False) as closed, kept(path.with_name("open.db")) as opened:
        guessed = opened.server.add_user("bob").api_key
        made = closed.server.add_user("bob").api_key

        assert guessed == opened.server.accounts.of(guessed).api_key  # type: ignore[union-attr]
        assert closed.server.accounts.of(guessed) is None
        assert closed.server.accounts.of(made) is not None


def test_sweeps_their_agents_and_runs_outlive_a_restart(path: Path) -> None:
    pytest.importorskip("sweeps", reason="the extra sweeps chooses the parameters")
    config = {"method": "grid", "parameters": {"x": {"values": [1, 2, 3]}}, "metric": {"name": "loss"}}
    with kept(path) as before:
        server = before.server
        sweep = server.add_sweep(config, project="p")
        agent = server.sweeps.register_agent(sweep, "host")
        (first,) = server.sweeps.heartbeat(agent, set(), server.accounts.default)
        before.store.keep(everything=True)
        server.cancel_sweep(server.add_sweep(config, project="p").id)
        server.delete_sweep(server.add_sweep(config, project="p").id)
        state = everything_of(server)

    with kept(path) as after:
        server = after.server
        same_state = everything_of(server)
        (same, canceled) = server.sweeps
        agent = server.sweeps.agent(agent.name)
        where = RunPath("testkit-user", "p", first["run_id"])
        server.apply(RunRecord(where, starts=True, config={"x": 1}, facts={"sweep": same.id}), api_key=KEY)
        server.apply(ExitRecord(where, 0, 1.0), api_key=KEY)
        (second,) = server.sweeps.heartbeat(agent, set(), server.accounts.default)

        assert same_state == state
        assert (same.id, same.state, canceled.state) == (sweep.id, "RUNNING", "CANCELED")
        assert agent.sweep is same
        assert [first["args"], second["args"]] == [{"x": {"value": 1}}, {"x": {"value": 2}}]
        assert same.runs[0] is server.runs.find(where)


def test_the_default_users_key_is_the_one_that_the_start_names(path: Path) -> None:
    with kept(path, api_key=KEY, is_open=False):
        pass

    with kept(path, api_key="another key " * 4, is_open=False) as after:
        old, new = (after.server.accounts.of(key) for key in (KEY, "another key " * 4))

    assert old is None
    assert new is not None
    assert new.entity == "testkit-user"


def test_the_file_is_for_its_owner_alone(path: Path) -> None:
    with kept(path):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_second_server_on_the_file_is_refused_in_words(path: Path) -> None:
    with kept(path), pytest.raises(StoreError, match=r"runs\.db is in use by another server; stop that one"):
        Kept(path)

    with kept(path):
        pass


def test_a_file_of_a_newer_version_is_refused_in_words(path: Path) -> None:
    with kept(path):
        pass
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA user_version=99")

    with pytest.raises(
        StoreError, match=r"version 99, and this wandb_testkit knows version 2: .* Update wandb_testkit"
    ):
        Kept(path)


def test_a_file_from_before_the_first_release_is_refused_in_words(path: Path) -> None:
    with kept(path):
        pass
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA user_version=1")

    with pytest.raises(StoreError, match=r"version 1, which no release wrote: .* Name another file"):
        Kept(path)


def test_a_file_with_objects_that_are_not_known_is_refused_in_words(path: Path) -> None:
    with kept(path):
        pass
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("INSERT INTO nodes VALUES (99, 'spaceship')")
        connection.commit()

    with pytest.raises(StoreError, match="kind 'spaceship', which this wandb_testkit does not know"):
        Kept(path)


def test_an_older_file_without_an_attribute_gets_that_of_a_new_object(path: Path) -> None:
    with kept(path) as before:
        before.server.add_run("r", project="p")
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("DELETE FROM slots WHERE name IN ('alerts', 'stop_is_requested')")
        connection.commit()

    with kept(path) as after:
        (run,) = after.server.runs

        assert (run.alerts, run.stop_is_requested) == ([], False)


@pytest.mark.parametrize("content", [b"not a database, but a text of some length" * 100, b"short"])
def test_a_file_that_is_no_store_is_refused_and_left_alone(path: Path, content: bytes) -> None:
    path.write_bytes(content)

    with pytest.raises(StoreError, match="is no store of wandb-testkit"):
        Kept(path)

    assert path.read_bytes() == content


def test_a_database_of_something_else_is_refused(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE mine (a)")

    with pytest.raises(StoreError, match="is a database of something else"):
        Kept(path)


def test_a_place_that_does_not_exist_is_refused_in_words(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match=r"cannot be opened: .*No such file"):
        Kept(tmp_path / "nowhere" / "runs.db")


def statements(path: Path, act: Callable[[Kept], None]) -> list[str]:
    """What SQLite is told while something happens."""
    said: list[str] = []
    with kept(path) as opened:
        opened.server.add_run("r", project="p", rows=[{"a": 1}] * 5000)
        opened.store._file._connection.set_trace_callback(said.append)
        act(opened)
        opened.store._file._connection.set_trace_callback(None)
    return said


def test_a_row_is_written_once_in_one_transaction_however_long_the_history_is(path: Path) -> None:
    where = RunPath("testkit-user", "p", "r")

    def log(opened: Kept) -> None:
        opened.server.apply(HistoryRecord(where, 5000, [{"_step": 5000}], [1.0], [1.0]), api_key=KEY)

    said = statements(path, log)

    assert [line.split(" ")[0] for line in said] == ["BEGIN", "INSERT", "INSERT", "INSERT", "COMMIT"]


def test_a_repeated_body_writes_no_row_again(path: Path) -> None:
    where = RunPath("testkit-user", "p", "r")
    row, times = {"_step": 5000}, [1.0]

    def log(opened: Kept) -> None:
        for _ in range(2):
            opened.server.apply(HistoryRecord(where, 5000, [row], times, times), api_key=KEY)

    said = statements(path, log)

    assert sum(line.startswith("INSERT") for line in said) == 3


def test_a_request_that_only_asks_writes_nothing(path: Path) -> None:
    with fake(profile="current") as world:
        store = Store(world.server, path)
        client = HandClient(world)
        client.start("r")
        said: list[str] = []
        store._file._connection.set_trace_callback(said.append)
        client.data("query { viewer { entity } }")
        store.close()

    assert not any(line.startswith(("INSERT", "DELETE")) for line in said)


def test_a_store_that_cannot_be_written_refuses_and_catches_up(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with fake(profile="current") as world:
        store = Store(world.server, path)
        client = HandClient(world)
        client.start("r")
        with monkeypatch.context() as broken:
            broken.setattr(store._file, "transaction", _full)
            refused = client.log("r", 0, 0)
        accepted = client.log("r", 0, 0, 1)
        store.close()

    with kept(path) as after:
        assert (refused.status, accepted.status) == (507, 200)
        assert "database or disk is full" in message_of(refused)
        assert after.runs[0].history["a"] == [0, 0]


def _full() -> None:
    raise StoreError("the store cannot be written: database or disk is full")


def test_a_value_that_a_store_has_no_text_for_is_refused_by_name(path: Path) -> None:
    with kept(path) as opened:
        opened.server.add_run("r", project="p")
        (run,) = opened.server.runs
        run.config = {"odd": object()}
        with pytest.raises(StoreError, match=r"cannot keep this: <object .*> is of class object"):
            opened.server.delete_run("r")
        run.config = {}


def test_a_file_that_is_written_again_is_kept_once(path: Path) -> None:
    where = RunPath("testkit-user", "p", "r")
    with kept(path) as before:
        before.server.add_run("r", project="p")
        for number in range(20):
            before.server.apply(FilesRecord(where, {"out.bin": b"%d" % number * 1000}), api_key=KEY)
    with kept(path) as after:
        files = after.runs[0].files
    with closing(sqlite3.connect(path)) as connection:
        (count,) = connection.execute("SELECT count(*) FROM contents").fetchone()

    assert (files, count) == ({"out.bin": b"19" * 1000}, 1)


def test_urls_of_files_outlive_a_restart(path: Path) -> None:
    grant = Grant("PUT", RunPath("testkit-user", "p", "r"), "a.txt", "testkit-user")
    with kept(path) as before:
        url = before.server.urls.url("", grant)

    with kept(path) as after:
        assert after.server.urls.url("", grant) == url
