"""Owns what every agent of a sweep does: it takes part, says what it has, and hears what it is to do.

Source: protocol.md 10.
"""

from __future__ import annotations

import json
import math
import time
from collections.abc import Iterator, Mapping
from typing import Any

from wandb_testkit.dropin.public import documents
from wandb_testkit.dropin.public.asking import Asker
from wandb_testkit.dropin.sweeping import remember_place
from wandb_testkit.errors import CommError
from wandb_testkit.sdk.session import Session

FLAPPING_S = 60
FLAPPING_FAILURES = 3
MAX_INITIAL_FAILURES = 5
"""When a real agent gives up on what fails."""

WAIT_S = 0.05
"""Between two questions of an agent that waits: for a run, a paused sweep, a local controller. A real one waits 5."""


class SweepAgent:
    """An agent before and between its runs.

    Args:
        limit: So many runs may fail one after the other; None means any number.
    """

    def __init__(
        self,
        session: Session,
        sweep_id: str,
        entity: str | None,
        project: str | None,
        count: int | None,
        limit: int | None,
    ) -> None:
        self._session = session
        self._count = count
        self._max_consecutive = math.inf if limit is None else limit
        *place, self._sweep_id = sweep_id.strip("/ ").split("/")
        named_entity, named_project = [None, None, *place][-2:]
        remember_place(session, named_entity or entity, named_project or project)
        self._asker = Asker(session)
        self._failures = self._consecutive = 0
        self._began = time.monotonic()

    def _take_part(self) -> dict[str, Any]:
        """Register, and tell the config of the sweep.

        Raises:
            CommError: There is no such sweep.
        """
        import yaml  # only who has sweeps pays for it

        given = self._session.of_process()
        entity = given.get("entity") or self._asker.ask(documents.VIEWER, {})["viewer"]["entity"]
        where = {"entity": entity, "project": given.get("project") or "uncategorized", "sweep": self._sweep_id}
        self._agent = self._asker.ask(documents.CREATE_AGENT, {**where, "host": "localhost"})["createAgent"]["agent"]
        asked = {"entity": entity, "project": where["project"], "name": self._sweep_id}
        sweep = self._asker.ask(documents.SWEEP, asked)["project"]["sweep"]
        return dict(yaml.safe_load(sweep["config"]))

    def _jobs(self) -> Iterator[dict[str, Any]]:
        """The runs that the server gives, until it says no more."""
        is_waiting = False
        while True:
            commands = self._heartbeat({})
            if not commands:
                if not is_waiting:
                    self._tell("Sweep Agent: Waiting for job.")
                is_waiting = True
                time.sleep(WAIT_S)
                continue
            is_waiting = False
            if commands[0]["type"] == "exit":
                return
            yield commands[0]

    def _heartbeat(self, alive: Mapping[str, bool]) -> list[dict[str, Any]]:
        """What the server says; "exit" where the sweep is gone."""
        variables = {"id": self._agent["id"], "runState": json.dumps(alive)}
        try:
            told = self._asker.ask(documents.AGENT_HEARTBEAT, variables)
        except CommError:
            self._tell("Sweep was deleted or agent was not found. Stopping sweep.", "error")
            return [{"type": "exit"}]
        return list(json.loads(told["agentHeartbeat"]["commands"]))

    def _parameters_file(self, run_id: str, config: Mapping[str, Any]) -> str:
        """Write the file that WANDB_SWEEP_PARAM_PATH names, on the disk of the process; its path there."""
        path = f"wandb/sweep-{self._sweep_id}/config-{run_id}.yaml"
        self._session.disk.write(path, json.dumps({"wandb_version": 1, **config}).encode())  # JSON is YAML
        return path

    def _tell(self, text: str, level: str = "info") -> None:
        self._session.terminal.line(text, level=level)
