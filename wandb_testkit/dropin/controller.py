"""Owns wandb.controller(): a process that chooses the parameters of a sweep itself, and stops its runs.

It speaks to the server's sweep by `controller`, as clients do (protocol.md 10). Searches are those of the package
`sweeps`, or a function of one's own.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from typing import Any

from wandb_testkit.dropin.public import documents
from wandb_testkit.dropin.public.asking import Asker
from wandb_testkit.dropin.sweeping import as_text, remember_place, tell_of, upsert_sweep
from wandb_testkit.sdk.extras import required
from wandb_testkit.world import current

WAIT_S = 0.05
"""Between two steps of run(); a real controller waits 5 seconds."""

UNDER_WAY = ("PENDING", "RUNNING", "PREEMPTING")


class ControllerError(Exception):
    """The controller is asked for what it cannot do, or not now."""


class Controller:
    """A sweep under one's own control.

    Args:
        sweep_id_or_config: The id of a sweep, the config of a new one, or None: it is configured call by call, and
            made by create().
    """

    def __init__(
        self,
        sweep_id_or_config: str | Mapping[str, Any] | None = None,
        entity: str | None = None,
        project: str | None = None,
    ) -> None:
        session = current().session
        remember_place(session, entity, project)
        self._asker = Asker(session)
        self._create: dict[str, Any] = {}
        self._search_function: Callable[..., Any] | None = None
        self._stop_function: Callable[..., Any] | None = None
        self._sweep_id: str | None = None
        self._is_started = False
        self._config: dict[str, Any] = {}
        self._runs: list[Any] = []
        self._said: dict[str, Any] = {}
        self._lines: list[str] = []
        if isinstance(sweep_id_or_config, str):
            self._sweep_id = sweep_id_or_config
            self._read()
        elif isinstance(sweep_id_or_config, Mapping):
            self._create = dict(sweep_id_or_config)
            if callable(self._create.get("method")):
                self.configure_search(self._create["method"])
            self.create()
        elif sweep_id_or_config is not None:
            raise ControllerError("Unhandled sweep controller type")

    @property
    def sweep_id(self) -> str | None:
        """The id of the sweep, None before it is made."""
        return self._sweep_id

    @property
    def sweep_config(self) -> dict[str, Any]:
        """The config of the sweep, as it was read last."""
        return self._config

    # ------------------------------------------------------------------ configuring a new one

    def configure_search(self, search: str | Callable[..., Any]) -> None:
        """The method, or a function of config and runs that returns the next run (sweeps.SweepRun) or None."""
        self._must_be_new()
        self._search_function = search if callable(search) else None
        self._create["method"] = "custom" if callable(search) else search

    def configure_stopping(self, stopping: str | Callable[..., Any], **kwargs: Any) -> None:
        """How runs are stopped early: a type with its arguments, or a function that makes a function of the runs."""
        self._must_be_new()
        asked = self._create.setdefault("early_terminate", {})
        if callable(stopping):
            self._stop_function = stopping(kwargs)
            asked["type"] = "custom"
        else:
            asked.update({"type": stopping, **kwargs})

    def configure_metric(self, metric: str, goal: str | None = None) -> None:
        """What is to be made best."""
        self._must_be_new()
        self._create["metric"] = {"name": metric, **({"goal": goal} if goal else {})}

    def configure_program(self, program: str) -> None:
        """The program of the runs."""
        self._must_be_new()
        if not isinstance(program, str):
            raise ControllerError("Program functions are not supported yet")
        self._create["program"] = program

    def configure_name(self, name: str) -> None:
        """The name of the sweep."""
        self._must_be_new()
        self._create["name"] = name

    def configure_description(self, description: str) -> None:
        """The description of the sweep."""
        self._must_be_new()
        self._create["description"] = description

    def configure_parameter(
        self,
        name: str,
        values: Any = None,
        value: Any = None,
        distribution: Any = None,
        min: Any = None,
        max: Any = None,
        mu: Any = None,
        sigma: Any = None,
        q: Any = None,
        a: Any = None,
        b: Any = None,
    ) -> None:
        """One parameter: a value, several, or a distribution."""
        self._must_be_new()
        given = {
            **{"values": values, "distribution": distribution, "min": min, "max": max},
            **{"mu": mu, "sigma": sigma, "q": q, "a": a, "b": b},
        }
        said = {key: item for key, item in given.items() if item is not None}
        if value is not None or not {"values", "min", "max", "distribution"} & said.keys():
            said["value"] = value
        self._create.setdefault("parameters", {})[name] = said

    def configure_controller(self, type: str) -> None:
        """Who chooses: "local" for this process."""
        self._must_be_new()
        self._create["controller"] = {"type": type}

    def configure(self, sweep_dict_or_config: Mapping[str, Any] | str) -> None:
        """The whole config: a mapping, or YAML."""
        self._must_be_new()
        if self._create:
            raise ControllerError("Already configured.")
        if isinstance(sweep_dict_or_config, str):
            import yaml  # only who has some pays for it

            self._create = dict(yaml.safe_load(sweep_dict_or_config))
        else:
            self._create = dict(sweep_dict_or_config)

    def create(self) -> str:
        """Make the sweep, and tell its id."""
        self._must_be_new()
        if self._sweep_id is not None:
            raise ControllerError("Can not use create on already created sweep.")
        if not self._create:
            raise ControllerError("Must configure sweep before create.")
        made, _ = upsert_sweep(self._asker, {"config": as_text(self._create)})
        tell_of(self._asker, made)
        self._sweep_id = str(made["name"])
        return self._sweep_id

    # ------------------------------------------------------------------ at work

    def run(
        self,
        verbose: bool = False,
        print_status: bool = True,
        print_actions: bool = False,
        print_debug: bool = False,
    ) -> None:
        """Step by step, until the sweep is over."""
        self._start()
        while not self.done():
            if print_status or verbose:
                self.print_status()
            self.step()
            if print_actions or verbose:
                self.print_actions()
            time.sleep(WAIT_S)

    def step(self) -> None:
        """Look at the runs, schedule one more if none is scheduled, and stop those that are to stop."""
        self._start()
        self._read()
        self._lines.clear()
        self.schedule(self.search())
        if stopped := self.stopping():
            self.stop_runs(stopped)

    def done(self) -> bool:
        """Whether the sweep is over."""
        self._start()
        self._read()
        return self._state not in UNDER_WAY

    def search(self) -> Any:
        """The next run that is to be tried, None if there is none."""
        self._start()
        find = self._search_function or _library().next_run
        return find(self._config, self._runs)

    def schedule(self, run: Any) -> None:
        """Have an agent carry out a run (sweeps.SweepRun); None: there is no more to try."""
        self._start()
        started = {entry["id"] for entry in self._scheduled if entry.get("runid") in self._is_started_run}
        waiting = [entry for entry in self._said.get("schedule", ()) if entry["id"] not in started]
        self._said["schedule"] = waiting
        if waiting:
            return
        parameters = None if run is None else {key: {"value": item["value"]} for key, item in run.config.items()}
        name = self._asker.session.ids.run_id()
        if parameters is not None:
            told = ",".join(f"{key}={item['value']}" for key, item in sorted(parameters.items()))
            self._lines.append(f"Schedule ({told})")
        self._said["schedule"] = [{"id": name, "data": {"args": parameters}}]
        self._tell()

    def stopping(self) -> list[Any]:
        """The runs that are to be stopped now."""
        self._start()
        if "early_terminate" not in self._config:
            return []
        find = self._stop_function or _library().stop_runs
        return list(find(self._config, self._runs))

    def stop_runs(self, runs: list[Any]) -> None:
        """Have agents stop runs."""
        names = sorted({run.name for run in runs})
        self._lines.append(f"Stop ({','.join(names)})")
        self._said["earlystop"] = names
        self._tell()

    def print_status(self) -> None:
        """Print where the sweep stands."""
        print(f"Sweep: {self._sweep_id} ({self._config.get('method')}) | Runs: {len(self._runs)}")

    def print_actions(self) -> None:
        """Print what the last step did."""
        for line in self._lines:
            print("INFO:", line)
        self._lines.clear()

    # ------------------------------------------------------------------ inside

    def _must_be_new(self) -> None:
        if self._is_started:
            raise ControllerError("Can not configure after sweep has been started.")

    def _start(self) -> None:
        if self._is_started:
            return
        if self._sweep_id is None:
            raise ControllerError("Must specify or create a sweep before running controller.")
        self._read()
        if self._config.get("controller", {}).get("type") != "local":
            raise ControllerError("Only sweeps with a local controller are currently supported.")
        self._is_started = True
        self._tell()

    def _read(self) -> None:
        import yaml  # as above

        given = self._asker.session.of_process()
        entity = given.get("entity") or self._asker.ask(documents.VIEWER, {})["viewer"]["entity"]
        where = {"entity": entity, "project": given.get("project") or "uncategorized", "name": self._sweep_id}
        found = (self._asker.ask(documents.SWEEP, where)["project"] or {}).get("sweep")
        if found is None:
            raise ControllerError("Can not find sweep")
        self._config = dict(yaml.safe_load(found["config"]))
        self._storage_id, self._state = found["id"], found["state"]
        self._scheduled = (json.loads(found["scheduler"] or "{}") or {}).get("scheduled") or []
        told = self._asker.ask(documents.SWEEP_RUNS, where)["project"]["sweep"]["runs"]["edges"]
        nodes = [edge["node"] for edge in told]
        self._is_started_run = {node["name"] for node in nodes if node["state"] != "pending"}
        self._runs = [self._seen(node, where) for node in nodes]

    def _seen(self, node: Mapping[str, Any], where: Mapping[str, Any]) -> Any:
        """A run as searches see it."""
        metric = self._config.get("metric", {}).get("name")
        spec = json.dumps({"keys": ["_step", metric], "samples": 100_000})
        asked = {**where, "name": node["name"], "specs": [spec]}
        rows = (
            self._asker.ask(documents.SAMPLED_HISTORY, asked)["project"]["run"]["sampledHistory"][0] if metric else []
        )
        config = json.loads(node["config"] or "{}")
        return _library().SweepRun(
            name=node["name"],
            state=node["state"],
            config={key: item for key, item in config.items() if key != "_wandb"},
            summaryMetrics=json.loads(node["summaryMetrics"] or "{}"),
            sampledHistory=rows,
        )

    def _tell(self) -> None:
        self._asker.ask(
            documents.UPSERT_SWEEP,
            {"id": self._storage_id, "config": as_text(self._config), "controller": json.dumps(self._said)},
        )


def _library() -> Any:
    return required("sweeps", extra="sweeps", clause="SWEEP-1", why="wandb.controller()")
