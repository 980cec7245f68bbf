"""Owns what the current init() returns in disabled mode: the DisabledRun, a Run that does nothing.

Source: DISABLED-1, DISABLED-2, DISABLED-4 to DISABLED-9.
"""

from __future__ import annotations

import copy
import os
from collections.abc import Mapping
from types import TracebackType
from typing import TYPE_CHECKING, Any

from wandb_testkit.records import MetricRecord, RunPath, RunRecord
from wandb_testkit.sdk.current_run import CurrentRun
from wandb_testkit.sdk.disabled import DisabledSummary, leave, live_config
from wandb_testkit.sdk.metric import Metric

if TYPE_CHECKING:
    from wandb_testkit.sdk.session import Session


class Itself:
    """What log_artifact() of a disabled run returns: whatever is asked of it is itself (DISABLED-7)."""

    def __getattr__(self, name: str) -> Itself:
        if name.startswith("__"):
            raise AttributeError(name)  # copy, pickle and inspect ask for protocols that must not seem to exist
        return self

    def __call__(self, *args: object, **kwargs: object) -> Itself:
        return self


class DisabledRun(CurrentRun):
    """The disabled run of the current profile: a Run that knows its arguments and does nothing.

    Source: DISABLED-2, DISABLED-7.
    """

    def __init__(self, session: Session, run_id: str, given: Mapping[str, Any], config: Mapping[str, Any]) -> None:
        self.__dict__.update(
            _session=session,
            _behaviour=session.behaviour,
            _row_rules=session.behaviour.row,
            _path=RunPath(given.get("entity") or "dummy", given.get("project") or "dummy", run_id),
            _mode="disabled",
            _name=given.get("run_name") or f"dummy-{run_id}",
            _given=given,
            _url=None,
            _resumed=False,
            _starting_step=0,
            _started_at=session.clock.time(),
            _config=live_config(session, config),
            _summary=DisabledSummary(),
        )

    def __setattr__(self, name: str, value: Any) -> None:
        object.__setattr__(self, name, value)

    def __deepcopy__(self, memo: dict[int, Any]) -> DisabledRun:
        twin = object.__new__(DisabledRun)
        twin.__dict__.update(
            self.__dict__,
            _config=live_config(self._session, self._config.as_dict()),
            _summary=DisabledSummary(copy.deepcopy(dict(self._summary), memo)),
        )
        return twin

    @property
    def _is_finished(self) -> bool:
        return False

    @property
    def disabled(self) -> bool:
        """True."""
        return True

    @property
    def step(self) -> int:
        """Always 0 (DISABLED-4)."""
        return 0

    @property
    def dir(self) -> str:
        """A name below the system's temporary directory; it is not made (DISABLED-1)."""
        import tempfile

        return os.path.join(tempfile.gettempdir(), f"wandb-disabled-{self.id}")

    def log(self, data: dict[str, Any], step: int | None = None, commit: bool | None = None) -> None:
        """Merge into the summary; step and commit have no effect (DISABLED-4)."""
        self._summary.update(data)

    def define_metric(self, *args: Any, **kwargs: Any) -> Metric:
        """Return a metric that nothing comes of; it is called "dummy"."""
        return Metric(MetricRecord(self._path, "dummy"))

    @property
    def project_url(self) -> None:
        """None."""

    @property
    def sweep_url(self) -> None:
        """None."""

    def display(self, height: int = 420, hidden: bool = False) -> bool:
        """Show nothing, and say so: False."""
        return False

    def to_html(self, height: int = 420, hidden: bool = False) -> str:
        """Its name: there is no page."""
        import html

        return html.escape(repr(self))

    def save(self, *args: Any, **kwargs: Any) -> bool:
        """Keep nothing, and say so: False."""
        return False

    def log_artifact(self, *args: Any, **kwargs: Any) -> Itself:  # type: ignore[override]
        """Return an artifact that nothing comes of."""
        return Itself()

    def finish(self, exit_code: int | None = None) -> None:
        """Leave the process without a run, if this is wandb.run (DISABLED-8)."""
        leave(self._session, self)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Let exceptions pass; wandb.run stays what it is (DISABLED-9)."""

    def _must_be_active(self, what: str) -> None: ...

    def _edit(self, record: RunRecord) -> None: ...


def _do_nothing(self: DisabledRun, *args: Any, **kwargs: Any) -> None:
    """Do nothing."""


for _name in (
    "alert",
    "finish_artifact",
    "link_artifact",
    "link_model",
    "log_code",
    "log_model",
    "mark_preempting",
    "pin_config_keys",
    "restore",
    "status",
    "unwatch",
    "upsert_artifact",
    "use_artifact",
    "use_model",
    "watch",
    "write_logs",
):
    setattr(DisabledRun, _name, _do_nothing)
