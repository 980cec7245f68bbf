"""Sweeps over HTTP and by the hands of a test: what agents are told, and what becomes of the runs (protocol.md 10)."""

from __future__ import annotations

import json
import sys
import threading
from typing import Any

import numpy as np
import pytest
import yaml

from tests.server.conftest import HandClient, message_of
from wandb_testkit.errors import NotModelledError
from wandb_testkit.records import ExitRecord, HistoryRecord, PreemptingRecord, RunPath, RunRecord, SummaryRecord
from wandb_testkit.server import routes, sweep_search
from wandb_testkit.server.context import Context
from wandb_testkit.wire.http import Response
from wandb_testkit.world import World

GRID = {
    "method": "grid",
    "metric": {"name": "loss", "goal": "minimize"},
    "parameters": {"lr": {"values": [1, 2, 3]}},
}

RANDOM = {"method": "random", "parameters": {"lr": {"min": 0.0, "max": 1.0}, "seed": {"value": 7}}}

UPSERT_SWEEP = """
    mutation UpsertSweep($id: ID, $config: String, $project: String, $entity: String, $controller: JSONString,
        $scheduler: JSONString, $state: String, $displayName: String) {
      upsertSweep(input: {id: $id, config: $config, projectName: $project, entityName: $entity, controller: $controller,
          scheduler: $scheduler, state: $state, displayName: $displayName}) {
        sweep { id name state displayName project { name entity { name } } scheduler }
        configValidationWarnings
      }
    }
"""

READ = """
    query Sweep($name: String!, $specs: [JSONString!]!) {
      project(name: "p") {
        totalSweeps
        sweeps(filters: "{\\"method\\": \\"grid\\"}") { edges { node { name } } totalCount }
        sweep(sweepName: $name) {
          id name method state config bestLoss controller scheduler runCount runCountExpected
          runs(order: "+summary_metrics.loss") {
            edges { node { name state config sweepName shouldStop failed running sampledHistory(specs: $specs)
                           wandbConfig(keys: ["t"]) } }
          }
          agents { edges { node { name host state totalRuns runs { edges { node { name } } } } } }
        }
      }
    }
"""

HEARTBEAT = """
    mutation Heartbeat($id: ID!, $runState: JSONString) {
      agentHeartbeat(input: {id: $id, metrics: "{}", runState: $runState}) { agent { id } commands }
    }
"""


class Agent:
    """An agent that speaks by hand."""

    def __init__(self, client: HandClient, sweep_id: str) -> None:
        document = """
            mutation CreateAgent($sweep: String!) {
              createAgent(input: {host: "h", projectName: "p", sweep: $sweep}) { agent { id } }
            }
        """
        self.client = client
        self.sweep_id = sweep_id
        self.id = client.data(document, sweep=sweep_id)["createAgent"]["agent"]["id"]

    def beat(self, *alive: str) -> list[dict[str, Any]]:
        """What it is told to do next."""
        answer = self.client.data(HEARTBEAT, id=self.id, runState=json.dumps(dict.fromkeys(alive, True)))
        commands: list[dict[str, Any]] = json.loads(answer["agentHeartbeat"]["commands"])
        return commands

    def start(self) -> tuple[str, dict[str, Any]]:
        """Take a run, and start it: its id and its parameters."""
        (command,) = self.beat()
        values = {name: item["value"] for name, item in command["args"].items()}
        self.client.start(command["run_id"], config=command["args"], sweep=self.sweep_id)
        return command["run_id"], values


class SweepClient(HandClient):
    """Starts runs as a client in a sweep does."""

    def start(self, run_id: str, **variables: Any) -> Any:
        path = RunPath(self.world.server.accounts.default.entity, "p", run_id)
        values = {name: item["value"] for name, item in variables["config"].items()}
        record = RunRecord(path, starts=True, config=values, facts={"sweep": variables["sweep"]})
        return self.world.server.apply(record, api_key=self.api_key)

    def losses(self, run_id: str, *losses: float) -> None:
        path = RunPath(self.world.server.accounts.default.entity, "p", run_id)
        rows = [{"_step": step, "loss": loss} for step, loss in enumerate(losses)]
        times = [float(row["_step"]) for row in rows]
        for record in (HistoryRecord(path, 0, rows, times, times), SummaryRecord(path, {"loss": losses[-1]})):
            assert self.world.server.apply(record, api_key=self.api_key).refusal is None

    def end(self, run_id: str, exit_code: int = 0) -> None:
        path = RunPath(self.world.server.accounts.default.entity, "p", run_id)
        self.world.server.apply(ExitRecord(path, exit_code, 1.0), api_key=self.api_key)


@pytest.fixture
def client(world: World) -> SweepClient:
    return SweepClient(world)


def created(client: HandClient, config: Any, **variables: Any) -> str:
    text = config if isinstance(config, str) else yaml.safe_dump(config)
    name: str = client.data(UPSERT_SWEEP, config=text, project="p", **variables)["upsertSweep"]["sweep"]["name"]
    return name


def refused(response: Response) -> str:
    assert response.status == 400
    return message_of(response)


# ---------------------------------------------------------------- making one


def test_a_sweep_is_made_of_yaml_with_its_project(world: World, client: SweepClient) -> None:
    answer = client.data(UPSERT_SWEEP, config=yaml.safe_dump(GRID), project="p", displayName="mine")["upsertSweep"]

    (sweep,) = world.server.sweeps
    assert answer["configValidationWarnings"] == []
    assert answer["sweep"]["project"] == {"name": "p", "entity": {"name": "testkit-user"}}
    assert (answer["sweep"]["name"], answer["sweep"]["state"], len(sweep.id)) == (sweep.id, "PENDING", 8)
    assert (sweep.config, sweep.display_name, sweep.state) == (GRID, "mine", "PENDING")
    assert repr(sweep) == f"<sweep testkit-user/p/{sweep.id}: grid, PENDING, 0 runs>"


def test_a_config_that_is_odd_is_warned_about(client: SweepClient) -> None:
    odd = {**GRID, "metric": {"name": "loss", "goal": "smallest"}}

    answer = client.data(UPSERT_SWEEP, config=yaml.safe_dump(odd), project="p")["upsertSweep"]

    (warning,) = answer["configValidationWarnings"]
    assert "'smallest' is not one of" in warning


@pytest.mark.parametrize(
    ("config", "says"),
    [
        ("[1, 2]", "the config of a sweep should be a JSON object, not list"),
        ("a: [", "the config of the sweep is not YAML"),
        ({"parameters": {"a": {"value": 1}}}, "method of a sweep should be one of"),
        ({"method": "anneal", "parameters": {"a": {"value": 1}}}, "not 'anneal'"),
        ({"method": "grid"}, "must contain parameters"),
        ({"method": "random", "parameters": {}}, "must be a dict of at least length 1"),
        ({"method": "bayes", "parameters": {"a": {"min": 0.0, "max": 1.0}}}, "needs a metric with a name"),
        ({"method": "bayes", "metric": {"name": "loss"}}, "needs parameters"),
        ({"method": "grid", "parameters": {"a": {"min": 0.0, "max": 1.0}}}, "disallowed type with grid search"),
        ({"method": "grid", "parameters": {"a": 1}}, "Invalid configuration for hyperparameter 'a'"),
    ],
)
def test_a_config_by_which_nothing_could_be_chosen_is_refused(client: SweepClient, config: Any, says: str) -> None:
    text = config if isinstance(config, str) else yaml.safe_dump(config)

    response = client.ask(UPSERT_SWEEP, config=text, project="p")

    assert says in refused(response)
    assert len(client.world.server.sweeps) == 0


def test_a_client_that_asks_again_while_the_sweep_is_made_gets_the_same(
    world: World, client: SweepClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    came_again = threading.Event()
    answers: list[str] = []
    again = threading.Thread(target=lambda: answers.append(created(client, GRID)))

    class Listening(Context):
        def __init__(self, *given: Any) -> None:
            super().__init__(*given)
            if threading.current_thread() is again:
                came_again.set()

    def slow(config: Any) -> list[str]:
        again.start()
        assert came_again.wait(30)
        return []

    monkeypatch.setattr(routes, "Context", Listening)
    monkeypatch.setattr(sweep_search, "violations", slow)
    first = created(client, GRID)
    again.join()
    monkeypatch.undo()

    assert answers == [first] == [sweep.id for sweep in world.server.sweeps]
    assert created(client, GRID) != first


def test_what_belongs_to_launch_is_refused_by_name(client: SweepClient) -> None:
    response = client.ask(UPSERT_SWEEP, config=yaml.safe_dump(GRID), project="p", scheduler='{"job": "j"}')

    assert refused(response) == "scheduler of a sweep is not part of the fake; leave it out"


def test_a_sweep_may_be_another_entitys(world: World) -> None:
    made = world.server.add_sweep(GRID, entity="ours", project="p")

    assert (made.entity, made.project) == ("ours", "p")


def test_without_the_package_the_extra_is_named(client: SweepClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "sweeps", None)
    sweep_search.library.cache_clear()

    response = client.ask(UPSERT_SWEEP, config=yaml.safe_dump(GRID), project="p")

    assert "pip install 'wandb_testkit[sweeps]'" in refused(response)
    with pytest.raises(NotModelledError, match=r"wandb_testkit\[sweeps\]"):
        client.world.server.add_sweep(GRID)


# ---------------------------------------------------------------- agents


def test_a_grid_is_carried_out_to_its_end(world: World, client: SweepClient) -> None:
    sweep_id = created(client, {**GRID, "program": "train.py"})
    agent = Agent(client, sweep_id)

    (command,) = agent.beat()
    waiting = world.run
    client.start(command["run_id"], config=command["args"], sweep=sweep_id)
    still_busy = agent.beat(command["run_id"])
    client.losses(command["run_id"], 3.0, 2.0)
    client.end(command["run_id"])
    rest = []
    for loss in (0.5, 1.0):
        run_id, values = agent.start()
        client.losses(run_id, loss)
        client.end(run_id)
        rest.append(values["lr"])
    last = agent.beat()

    assert command == {**command, "type": "run", "program": "train.py", "args": {"lr": {"value": 1}}}
    assert (waiting.state, waiting.config, waiting.sweep) == ("pending", {"lr": 1}, sweep_id)
    assert (still_busy, rest, last) == ([], [2, 3], [{"type": "exit"}])
    assert [(run.state, run.sweep, run.config["lr"]) for run in world.runs] == [
        ("finished", sweep_id, lr) for lr in (1, 2, 3)
    ]
    sweep = world.server.sweeps[sweep_id]
    assert (sweep.state, sweep.best_value, sweep.best_run) == ("FINISHED", 0.5, sweep.runs[1])


def test_a_pending_run_does_not_exist_for_who_wants_to_resume(client: SweepClient) -> None:
    """protocol.md trap 6"""
    sweep_id = created(client, GRID)
    run_id = Agent(client, sweep_id).beat()[0]["run_id"]
    document = 'query Q($name: String!) { project(name: "p") { run(name: $name) { state wandbConfig(keys: ["t"]) } } }'

    waiting = client.data(document, name=run_id)["project"]["run"]
    client.start(run_id, config={"lr": {"value": 1}}, sweep=sweep_id)
    started = client.data(document, name=run_id)["project"]["run"]

    assert waiting == {"state": "pending", "wandbConfig": "{}"}
    assert started == {"state": "running", "wandbConfig": '{"t": {}}'}


def test_agents_share_a_sweep(client: SweepClient) -> None:
    sweep_id = created(client, GRID)
    agents = [Agent(client, sweep_id) for _ in range(2)]

    told = [agent.start()[1]["lr"] for agent in (*agents, agents[0])]
    alone = agents[1].beat()

    assert told == [1, 2, 3]
    assert alone == [{"type": "exit"}]
    assert client.world.server.sweeps[sweep_id].state == "RUNNING"


def test_random_parameters_are_within_their_bounds_and_plain(client: SweepClient) -> None:
    np.random.seed(1)
    sweep_id = created(client, {**RANDOM, "run_cap": 3})
    agent = Agent(client, sweep_id)

    told = []
    for _ in range(3):
        run_id, values = agent.start()
        client.end(run_id)
        told.append(values)

    assert agent.beat() == [{"type": "exit"}]
    assert len({values["lr"] for values in told}) == 3
    assert all(0 <= values["lr"] <= 1 and type(values["lr"]) is float and values["seed"] == 7 for values in told)


def test_bayes_listens_to_what_the_runs_before_have_logged(client: SweepClient) -> None:
    bayes = {
        "method": "bayes",
        "metric": {"name": "loss", "goal": "minimize"},
        "parameters": {"lr": {"min": 0.0, "max": 4.0}},
    }

    def choices(sign: int) -> list[float]:
        np.random.seed(1)
        agent = Agent(client, created(client, bayes))
        tried = []
        for _ in range(7):
            run_id, values = agent.start()
            client.losses(run_id, sign * (values["lr"] - 2) ** 2)
            client.end(run_id)
            tried.append(values["lr"])
        return tried

    assert choices(1) == choices(1) != choices(-1)


def test_a_run_that_an_agent_never_started_is_crashed(world: World, client: SweepClient) -> None:
    agent = Agent(client, created(client, GRID))
    first = agent.beat()[0]["run_id"]

    (second,) = agent.beat()

    assert [(run.id, run.state) for run in world.runs] == [(first, "crashed"), (second["run_id"], "pending")]


def test_a_preempted_run_is_resumed_by_the_next_agent(world: World, client: SweepClient) -> None:
    sweep_id = created(client, GRID)
    agents = [Agent(client, sweep_id) for _ in range(2)]
    run_id, _ = agents[0].start()
    world.server.apply(PreemptingRecord(RunPath("testkit-user", "p", run_id)), api_key=client.api_key)
    client.end(run_id, exit_code=1)

    (command,) = agents[1].beat()

    assert (command["type"], command["run_id"], command["args"]) == ("resume", run_id, {"lr": {"value": 1}})


def test_an_agent_of_a_sweep_that_is_gone_is_told_so(client: SweepClient) -> None:
    sweep_id = created(client, GRID)
    agent = Agent(client, sweep_id)
    run_id = agent.beat()[0]["run_id"]

    client.world.server.delete_sweep(sweep_id)

    assert client.ask(HEARTBEAT, id=agent.id, runState="{}").status == 404
    assert [run.id for run in client.world.runs] == [run_id]


def test_there_is_no_agent_without_a_sweep(client: SweepClient) -> None:
    document = 'mutation { createAgent(input: {host: "h", projectName: "p", sweep: "none"}) { agent { id } } }'

    response = client.ask(document)

    assert (response.status, message_of(response)) == (404, "sweep testkit-user/p/none does not exist")


# ---------------------------------------------------------------- states


def test_a_paused_sweep_gives_out_nothing_until_it_is_resumed(client: SweepClient) -> None:
    server = client.world.server
    sweep_id = created(client, GRID)
    agent = Agent(client, sweep_id)
    server.pause_sweep(sweep_id)

    paused = agent.beat()
    server.resume_sweep(sweep_id)

    assert paused == []
    assert agent.beat()[0]["type"] == "run"


def test_a_stopped_sweep_lets_its_runs_end(client: SweepClient) -> None:
    sweep_id = created(client, GRID)
    agent = Agent(client, sweep_id)
    run_id, _ = agent.start()

    client.world.server.stop_sweep(sweep_id)

    assert agent.beat(run_id) == []
    client.end(run_id)
    assert agent.beat() == [{"type": "exit"}]
    assert client.world.run.state == "finished"


def test_a_canceled_sweep_stops_its_runs(client: SweepClient) -> None:
    sweep_id = created(client, GRID)
    agent = Agent(client, sweep_id)
    run_id, _ = agent.start()

    client.world.server.cancel_sweep(sweep_id)

    assert agent.beat(run_id) == [{"type": "stop", "run_id": run_id}]
    client.end(run_id, exit_code=1)
    assert agent.beat() == [{"type": "exit"}]
    assert client.world.run.state == "killed"


def test_a_killed_run_stays_killed_whatever_it_says_later(client: SweepClient) -> None:
    sweep_id = created(client, GRID)
    agent = Agent(client, sweep_id)
    run_id, _ = agent.start()
    client.world.server.cancel_sweep(sweep_id)
    agent.beat(run_id)
    agent.beat()

    client.end(run_id, exit_code=1)

    assert (client.world.run.state, client.world.run.exit_code) == ("killed", 1)


@pytest.mark.parametrize("state", ["PAUSED", "RUNNING", "CANCELED"])
def test_what_is_over_stays_over(client: SweepClient, state: str) -> None:
    sweep_id = created(client, GRID)
    client.world.server.stop_sweep(sweep_id)
    storage_id = client.data(READ, name=sweep_id, specs=["{}"])["project"]["sweep"]["id"]

    response = client.ask(UPSERT_SWEEP, id=storage_id, state=state)

    assert refused(response) == (
        f"sweep testkit-user/p/{sweep_id} is FINISHED; it can become {state} from these states: "
        + ("PENDING, RUNNING, PAUSED")
    )


def test_clients_change_the_state_as_tests_do(client: SweepClient) -> None:
    sweep_id = created(client, GRID)
    storage_id = client.data(READ, name=sweep_id, specs=["{}"])["project"]["sweep"]["id"]

    seen = [
        client.data(UPSERT_SWEEP, id=storage_id, state=state)["upsertSweep"]["sweep"]["state"]
        for state in ("PAUSED", "RUNNING", "CANCELED")
    ]

    assert seen == ["PAUSED", "RUNNING", "CANCELED"]
    assert "should be one of" in refused(client.ask(UPSERT_SWEEP, id=storage_id, state="RUNING"))


def test_a_sweep_that_is_not_there_is_named_with_those_that_are(client: SweepClient) -> None:
    sweep_id = created(client, GRID)

    with pytest.raises(KeyError, match=f"not exactly one sweep 'x' on this server; there are: .*{sweep_id}"):
        client.world.server.pause_sweep("x")


def test_runs_that_do_worse_are_stopped_early(client: SweepClient) -> None:
    hyperband = {**GRID, "early_terminate": {"type": "hyperband", "min_iter": 2, "eta": 2, "s": 1}}
    sweep_id = created(client, hyperband)
    agents = [Agent(client, sweep_id) for _ in range(3)]
    runs = [agent.start()[0] for agent in agents]
    for run_id, losses in zip(runs, ((1.0, 0.1, 0.1), (1.0, 0.2, 0.2), (9.0, 9.0, 9.0)), strict=True):
        client.losses(run_id, *losses)

    told = [agent.beat(run_id) for agent, run_id in zip(agents, runs, strict=True)]

    assert told == [[], [], [{"type": "stop", "run_id": runs[2]}]]
    read = client.data(READ, name=sweep_id, specs=["{}"])["project"]["sweep"]["runs"]["edges"]
    assert [edge["node"]["shouldStop"] for edge in read] == [False, False, True]


# ---------------------------------------------------------------- local controller


def test_a_local_controller_schedules_and_stops_runs(client: SweepClient) -> None:
    local = {**GRID, "controller": {"type": "local"}}
    sweep_id = created(client, local)
    storage_id = client.data(READ, name=sweep_id, specs=["{}"])["project"]["sweep"]["id"]
    agent = Agent(client, sweep_id)
    before = agent.beat()
    schedule = {"schedule": [{"id": "s1", "data": {"args": {"lr": {"value": 9}}}}]}

    for _ in range(2):  # what is scheduled already is not scheduled again
        answer = client.data(UPSERT_SWEEP, id=storage_id, config=yaml.safe_dump(local), controller=json.dumps(schedule))
    run_id, values = agent.start()
    client.data(UPSERT_SWEEP, id=storage_id, controller=json.dumps({"earlystop": [run_id]}))
    stopped = agent.beat(run_id)
    client.data(
        UPSERT_SWEEP, id=storage_id, controller=json.dumps({"schedule": [{"id": "s2", "data": {"args": None}}]})
    )

    scheduled = json.loads(answer["upsertSweep"]["sweep"]["scheduler"])
    assert before == []
    assert scheduled == {"scheduled": [{"id": "s1", "runid": run_id}]}
    assert values == {"lr": 9}
    assert stopped == [{"type": "stop", "run_id": run_id}]
    assert agent.beat() == [{"type": "exit"}]


@pytest.mark.parametrize(
    "controller", [{"schedule": 1}, {"schedule": [1]}, {"schedule": [{"id": "a", "data": {"args": 1}}]}]
)
def test_a_controller_that_cannot_be_read_is_refused(client: SweepClient, controller: Any) -> None:
    sweep_id = created(client, {**GRID, "controller": {"type": "local"}})
    storage_id = client.data(READ, name=sweep_id, specs=["{}"])["project"]["sweep"]["id"]

    assert "schedule" in refused(client.ask(UPSERT_SWEEP, id=storage_id, controller=json.dumps(controller)))


# ---------------------------------------------------------------- reads


def test_a_sweep_is_read_with_its_runs_and_agents(client: SweepClient) -> None:
    sweep_id = created(client, GRID)
    created(client, RANDOM)
    agent = Agent(client, sweep_id)
    first, _ = agent.start()
    client.losses(first, 2.0)
    client.end(first)
    second, _ = agent.start()
    client.losses(second, 1.0)
    client.end(second, exit_code=1)

    project = client.data(READ, name=sweep_id, specs=['{"keys": ["loss"], "samples": 10}'])["project"]

    sweep = project["sweep"]
    nodes = [edge["node"] for edge in sweep["runs"]["edges"]]
    (read_agent,) = [edge["node"] for edge in sweep["agents"]["edges"]]
    assert (project["totalSweeps"], project["sweeps"]["totalCount"]) == (2, 1)
    assert (sweep["method"], sweep["state"], yaml.safe_load(sweep["config"])) == ("grid", "RUNNING", GRID)
    assert (sweep["bestLoss"], sweep["runCount"], sweep["runCountExpected"]) == (1.0, 2, 3)
    assert [(node["name"], node["sweepName"], node["failed"]) for node in nodes] == [
        (second, sweep_id, True),
        (first, sweep_id, False),
    ]
    assert nodes[0]["sampledHistory"] == [[{"loss": 1.0}]]
    assert (read_agent["host"], read_agent["state"], read_agent["totalRuns"]) == ("h", "RUNNING", 2)


@pytest.mark.parametrize(
    ("parameters", "cap", "expected"),
    [
        ({"a": {"values": [1, 2, 3]}, "b": {"values": [True, False]}}, None, 6),
        ({"a": {"values": [1, 2, 3]}, "b": {"value": 1}}, 2, 2),
        ({"a": {"distribution": "int_uniform", "min": 1, "max": 4}}, None, 4),
        ({"a": {"distribution": "q_uniform", "min": 0.0, "max": 1.0, "q": 0.25}}, None, 4),
        ({"n": {"parameters": {"a": {"values": [1, 2]}, "b": {"values": [1, 2]}}}}, None, 4),
    ],
)
def test_a_grid_has_as_many_runs_as_points(
    client: SweepClient, parameters: dict[str, Any], cap: int | None, expected: int
) -> None:
    config = {"method": "grid", "parameters": parameters, **({} if cap is None else {"run_cap": cap})}
    agent = Agent(client, created(client, config))

    count = 0
    while (command := agent.beat()[0])["type"] == "run" and count <= expected:
        client.start(command["run_id"], config=command["args"], sweep=agent.sweep_id)
        client.end(command["run_id"])
        count += 1

    assert (count, sweep_search.expected_runs(config)) == (expected, expected)
