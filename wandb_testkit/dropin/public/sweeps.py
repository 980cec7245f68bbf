"""Owns the sweeps of the public API, their agents, and the runs of both."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import quote_plus

from wandb_testkit.dropin.public import documents
from wandb_testkit.dropin.public.asking import Asker, normalized
from wandb_testkit.dropin.public.attrs import Attrs, frame, shown_as
from wandb_testkit.dropin.public.paging import Paginator, SizedPaginator
from wandb_testkit.errors import NotModelledError, UnsupportedError
from wandb_testkit.world import current

if TYPE_CHECKING:
    from wandb_testkit.dropin.public.runs import Run, Runs

COLUMNS = ("createdAt", "updatedAt", "name", "sweep")
KINDS = ("config", "summary_metrics", "tags")


class Sweep(Attrs):
    """A sweep: its config, its state, and the runs that it had when it was read.

    Args:
        attrs: What the server has told of it already; None asks, for its runs too.
    """

    def __init__(
        self, asker: Asker, entity: str, project: str, sweep_id: str, attrs: Mapping[str, Any] | None = None
    ) -> None:
        super().__init__(attrs or {})
        self._asker = asker
        self._entity = entity
        self.project = project
        self.id = sweep_id
        self.runs: list[Run] = []
        self.load(force=not attrs)

    @normalized
    def load(self, force: bool = False) -> dict[str, Any]:
        """Its fields, and with `force` its runs, asked for anew.

        Raises:
            CommError: There is no such sweep.
        """
        if force or not self._attrs:
            variables = {"entity": self._entity, "project": self.project, "name": self.id}
            found = (self._asker.ask(documents.SWEEP, variables)["project"] or {}).get("sweep")
            if found is None:
                raise ValueError(f"Could not find sweep {self!r}")
            self._attrs = dict(found)
            told = self._asker.ask(documents.SWEEP_RUNS, {**variables, "order": self.order})
            nodes = [edge["node"] for edge in told["project"]["sweep"]["runs"]["edges"]]
            kind = self._run_class()
            self.runs = [kind(self._asker, self._entity, self.project, node["name"], node) for node in nodes]
            self._know(self.runs)
        return self._attrs

    @property
    def entity(self) -> str:
        """The user or team that it belongs to."""
        return self._entity

    @property
    def username(self) -> str:
        """The old name of `entity`."""
        current().session.warn("deprecated_name", "Sweep.username is deprecated. please use Sweep.entity instead.")
        return self._entity

    @property
    def config(self) -> dict[str, Any]:
        """Its config."""
        import yaml  # only who has sweeps pays for it

        return dict(yaml.safe_load(self._attrs["config"]))

    @property
    def order(self) -> str | None:
        """The order in which its best run is the first, None without a metric."""
        metric = self.config.get("metric")
        if not metric:
            return None
        return order_of(("+" if metric.get("goal", "minimize") == "minimize" else "-") + metric["name"])

    @property
    def path(self) -> list[str]:
        """Entity, project and id, as they stand in its URL."""
        return [quote_plus(part) for part in (self._entity, self.project, self.id)]

    @property
    def url(self) -> str:
        """Its page."""
        entity, project, sweep_id = self.path
        return f"{self._asker.app_url}{entity}/{project}/sweeps/{sweep_id}"

    def best_run(self, order: str | None = None) -> Run | None:
        """The first run by the metric of the config, or in another order; None without runs."""
        asked = self.order if order is None else order_of(order)
        text = (
            f"Sorting runs by {asked}"
            if asked
            else "No order specified and couldn't find metric in sweep config, returning most recent run"
        )
        current().session.terminal.line(text, level="info" if asked else "warning")
        filters = {"$and": [{"sweep": self.id}]}
        found = self._runs_class()(self._asker, self._entity, self.project, filters, asked or "-created_at", 1)
        return next(iter(found), None)

    def _run_class(self) -> type[Run]:
        return self._runs_class().run_class

    def _runs_class(self) -> type[Runs]:
        from wandb_testkit.dropin.public.classic import Runs

        return Runs

    def _know(self, runs: list[Run]) -> None:
        """Take note of the runs."""

    def __repr__(self) -> str:
        return f"<Sweep {'/'.join(self.path)}>"


@shown_as("Sweep")
class ClassicSweep(Sweep):
    """A sweep as 0.10 has it: its runs by their ids too."""

    @classmethod
    def get(
        cls,
        client: Any,
        entity: str | None = None,
        project: str | None = None,
        sid: str | None = None,
        withRuns: bool = True,
        order: str | None = None,
        query: Any = None,
        **kwargs: Any,
    ) -> ClassicSweep | None:
        """A sweep, None where there is none.

        Args:
            client: The `client` of an Api.
            withRuns, order: Accepted, and of no effect: its runs are read with it, the best first.
        Raises:
            NotModelledError: A document of one's own is given.
        """
        found: ClassicSweep | None = _found(cls, client, entity, project, sid, query)
        return found

    def _know(self, runs: list[Run]) -> None:
        self.runs_by_id = {run.id: run for run in runs}
        for run in runs:
            run.__dict__["sweep"] = self


@shown_as("Sweep")
class CurrentSweep(Sweep):
    """A sweep as 0.31 has it."""

    @classmethod
    def get(
        cls,
        api: Any,
        entity: str | None = None,
        project: str | None = None,
        sid: str | None = None,
        order: str | None = None,
        query: str | None = None,
        **kwargs: Any,
    ) -> CurrentSweep | None:
        """A sweep, None where there is none.

        Args:
            order: The order of its runs; "+created_at" unless given.
        Raises:
            NotModelledError: A document of one's own is given.
        """
        found: CurrentSweep | None = _found(cls, api._asker, entity, project, sid, query)
        if found is not None:
            filters = {"$and": [{"sweep": sid}]}
            runs = found._runs_class()(api._asker, found.entity, found.project, filters, order or "+created_at")
            found.runs = list(runs)
        return found

    def enqueue_run(self, config: dict[str, Any], display_name: str | None = None) -> str:
        """Have a local scheduler carry out a run: the server has none, and neither have W&B's own of some age.

        Raises:
            UnsupportedError: Always.
        """
        raise UnsupportedError(
            "Enqueuing sweep runs is not supported on this wandb server version; let an agent take runs of the "
            "sweep, or use wandb.controller()"
        )

    @property
    def name(self) -> str:
        """The name that it was given, else its id."""
        return str(self._attrs.get("displayName") or self.config.get("name") or self.id)

    @property
    def expected_run_count(self) -> int | None:
        """How many runs it comes to, None where there is no end."""
        count: int | None = self._attrs.get("runCountExpected")
        return count

    def agents(self) -> list[Agent]:
        """The agents that have taken part."""
        variables = {"sweep": self.id, "entity": self._entity, "project": self.project}
        found = self._asker.ask(documents.AGENTS, variables)["project"]["sweep"]
        nodes = [edge["node"] for edge in found["agents"]["edges"]]
        return [Agent(self._asker, node, self._entity, self.project, self.id) for node in nodes]

    def agent(self, agent_id: str) -> Agent:
        """One of the agents, by name or id.

        Raises:
            ValueError: There is none; the message lists those there are.
        """
        agents = self.agents()
        for agent in agents:
            if agent_id in (agent.id, agent.name):
                return agent
        known = ", ".join(agent.name for agent in agents) or "none"
        raise ValueError(f"sweep {self.id} has no agent {agent_id!r}; it has {known}")

    def to_html(self, height: int = 420, hidden: bool = False) -> str:
        """A frame with its page."""
        return frame(self.url, height, hidden, "sweep")

    def _repr_html_(self) -> str:
        return self.to_html()

    def _runs_class(self) -> type[Runs]:
        from wandb_testkit.dropin.public.current_runs import Runs

        return Runs

    def __repr__(self) -> str:
        return f"<Sweep {'/'.join(self.path)} ({self._attrs.get('state', 'Unknown State')})>"


class Sweeps(SizedPaginator[CurrentSweep]):
    """The sweeps of a project that fit the filters."""

    document = documents.SWEEPS
    where = ("project", "sweeps")

    def __init__(
        self,
        asker: Asker,
        entity: str,
        project: str,
        per_page: int = 50,
        filters: Mapping[str, Any] | None = None,
    ) -> None:
        self.entity, self.project = entity, project
        variables = {"project": project, "entity": entity, "filters": json.dumps(dict(filters or {}))}
        super().__init__(asker, variables, per_page)

    total = staticmethod(lambda response: (response["project"] or {}).get("totalSweeps"))

    def _convert(self, node: Mapping[str, Any]) -> CurrentSweep:
        return CurrentSweep(self._asker, self.entity, self.project, node["name"])

    def _what(self) -> str:
        return f"project {self.project!r}"

    def __repr__(self) -> str:
        return f"<Sweeps {self.entity}/{self.project}>"


class Agent(Attrs):
    """An agent of a sweep: name, host, state, total_runs."""

    def __init__(self, asker: Asker, attrs: Mapping[str, Any], entity: str, project: str, sweep_id: str) -> None:
        super().__init__(attrs)
        self._asker = asker
        self._where = {"entity": entity, "project": project, "sweep": sweep_id, "agent": attrs["name"]}

    def runs(self, per_page: int = 50) -> AgentRuns:
        """The runs that it was given."""
        return AgentRuns(self._asker, {**self._where, "order": "+created_at"}, self.total_runs, per_page)

    def __repr__(self) -> str:
        return f"<Agent {self._attrs['id']} ({self._attrs['state']})>"


class AgentRuns(Paginator["Run"]):
    """The runs of an agent."""

    document = documents.AGENT_RUNS
    where = ("project", "sweep", "agent", "runs")

    def __init__(self, asker: Asker, variables: Mapping[str, Any], total_runs: int, per_page: int = 50) -> None:
        self._total_runs = total_runs
        super().__init__(asker, variables, per_page)

    def __len__(self) -> int:
        return self._total_runs

    def _convert(self, node: Mapping[str, Any]) -> Run:
        from wandb_testkit.dropin.public.current_runs import Run

        return Run(self._asker, self.variables["entity"], self.variables["project"], node["name"], node)


def _found(
    kind: type[Any], asker: Asker, entity: str | None, project: str | None, sweep_id: str | None, query: Any
) -> Any:
    if query is not None:
        raise NotModelledError("Sweep.get(query=...) is not part of this version of the kit; leave it out")
    given = asker.session.of_process()
    where = entity or given.get("entity") or asker.ask(documents.VIEWER, {})["viewer"]["entity"]
    asked = {"entity": where, "project": project or given.get("project") or "uncategorized", "name": sweep_id}
    told = (asker.ask(documents.SWEEP, asked)["project"] or {}).get("sweep")
    return None if told is None else kind(asker, where, asked["project"], sweep_id)


def order_of(key: str) -> str:
    """An order as the server takes it: "-" unless it says "+"; what is no column is a key of the summary."""
    direction, key = (key[0], key[1:]) if key[:1] in ("+", "-") else ("-", key)
    kind, _, rest = key.partition(".")
    is_known = kind in KINDS if rest else kind in COLUMNS
    return f"{direction}{key}" if is_known else f"{direction}summary_metrics.{key}"
