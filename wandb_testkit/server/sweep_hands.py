"""Owns what a test does with sweeps, as the page of a sweep in a browser would let it."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from wandb_testkit.ports import Clock
    from wandb_testkit.server.accounts import Accounts
    from wandb_testkit.server.projects import Projects
    from wandb_testkit.server.runs import Runs
    from wandb_testkit.server.stored_sweep import StoredSweep
    from wandb_testkit.server.sweeps import Sweeps


class SweepHands:
    """The hands on sweeps; a part of FakeServer."""

    accounts: Accounts
    projects: Projects
    runs: Runs
    clock: Clock
    lock: threading.RLock
    settle: Callable[[], None]
    _keep: Callable[[], None]

    @cached_property
    def sweeps(self) -> Sweeps:
        """Every sweep, in order of creation; `server.sweeps[0]` or `server.sweeps["its id"]` is one of them.

        Each has `id`, `state`, `config`, `runs`, `best_run`, `agents` and `warnings`.
        """
        from wandb_testkit.server.sweeps import Sweeps  # worlds without sweeps do not pay for them

        return Sweeps(self.runs, self.clock)

    def add_sweep(
        self, config: Mapping[str, Any], *, entity: str | None = None, project: str = "uncategorized"
    ) -> StoredSweep:
        """Make a sweep, as wandb.sweep() does; real agents carry it out by its `id` or `path`.

        Raises:
            ValueError: By this config no parameters could be chosen.
            NotModelledError: The package `sweeps` is not installed.
        """
        from wandb_testkit.server.refused import Refused

        entity = entity or self.accounts.default.entity
        config = json.loads(json.dumps(config))
        with self.lock:
            try:
                made = self.sweeps.create(entity, project, config, json.dumps(config))
            except Refused as refused:
                raise ValueError(refused.refusal.message) from None
            self.projects.ensure(entity, project)
        self._keep()
        return made

    def pause_sweep(self, sweep_id: str) -> None:
        """Let a sweep give out no more runs until resume_sweep(); what runs may end.

        Raises:
            KeyError: There is no such sweep; the message lists those there are.
            ValueError: It is over.
        """
        self._change(sweep_id, "PAUSED")

    def resume_sweep(self, sweep_id: str) -> None:
        """Let a paused sweep go on; raises as pause_sweep() does."""
        self._change(sweep_id, "RUNNING")

    def stop_sweep(self, sweep_id: str) -> None:
        """End a sweep; what runs may end. Raises as pause_sweep() does."""
        self._change(sweep_id, "FINISHED")

    def cancel_sweep(self, sweep_id: str) -> None:
        """End a sweep, and have its agents stop what runs. Raises as pause_sweep() does."""
        self._change(sweep_id, "CANCELED")

    def delete_sweep(self, sweep_id: str) -> None:
        """Delete a sweep: its agents are told that it is gone (404); its runs stay.

        Raises:
            KeyError: There is no such sweep; the message lists those there are.
        """
        self.settle()
        with self.lock:
            self.sweeps.delete(self.sweeps[sweep_id])
        self._keep()

    def _change(self, sweep_id: str, state: str) -> None:
        from wandb_testkit.server.refused import Refused
        from wandb_testkit.server.stored_sweep import SweepState

        self.settle()
        with self.lock:
            try:
                self.sweeps.change(self.sweeps[sweep_id], SweepState(state))
            except Refused as refused:
                raise ValueError(refused.refusal.message) from None
        self._keep()
