"""Owns what init() returns in disabled mode: the classic Dummy, which answers everything, and the current DisabledRun.

Neither sends or writes anything. Source: DISABLED-1 to DISABLED-9.
"""

from __future__ import annotations

import html
import os
import tempfile
from collections.abc import Iterator, Mapping
from types import TracebackType
from typing import TYPE_CHECKING, Any

from wandb_testkit.records import MetricRecord, RunPath, RunRecord
from wandb_testkit.sdk.config import Config
from wandb_testkit.sdk.current_run import CurrentRun
from wandb_testkit.sdk.metric import Metric

if TYPE_CHECKING:
    from wandb_testkit.sdk.session import Session


class Nothing(str):
    """What a classic dummy gives for any attribute, item or call: another of its kind (DISABLED-3)."""

    __hash__ = None  # type: ignore[assignment]

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)  # copy, pickle and inspect ask for protocols that must not seem to exist
        return Nothing()

    def __getitem__(self, key: object) -> Any:
        return Nothing()

    def __setitem__(self, key: object, value: object) -> None:
        object.__setattr__(self, str(key), value)

    def __delitem__(self, key: object) -> None: ...

    def __call__(self, *args: object, **kwargs: object) -> Any:
        return Nothing()

    def __iter__(self) -> Iterator[Any]:
        return iter(())

    def __len__(self) -> int:
        return 1

    def __bool__(self) -> bool:
        return True

    def __int__(self) -> int:
        return 1

    def __float__(self) -> float:
        return 1.0

    def __index__(self) -> int:
        return 1

    def __str__(self) -> str:
        return ""

    def __repr__(self) -> str:
        return ""

    def __contains__(self, item: object) -> bool:
        return True

    def __enter__(self) -> Any:
        return self

    def __exit__(self, *error: object) -> None: ...


def _always_true(self: Nothing, other: object) -> bool:
    return True


def _gives_nothing(self: Nothing, *others: object) -> Nothing:
    return Nothing()


for _operator in ("eq", "ne", "lt", "le", "gt", "ge"):
    setattr(Nothing, f"__{_operator}__", _always_true)
for _operator in (
    "add",
    "sub",
    "mul",
    "truediv",
    "floordiv",
    "mod",
    "pow",
    "matmul",
    "and",
    "or",
    "xor",
    "lshift",
    "rshift",
):
    setattr(Nothing, f"__{_operator}__", _gives_nothing)
    setattr(Nothing, f"__r{_operator}__", _gives_nothing)
for _operator in ("neg", "pos", "abs", "invert"):
    setattr(Nothing, f"__{_operator}__", _gives_nothing)


class Dummy(Nothing):
    """The disabled run of the classic profile: config and summary live, all else is Nothing."""

    id: str
    name: str
    config: Config
    summary: DisabledSummary
    dir: str
    step: int
    resumed: bool
    disabled: bool

    def __new__(cls, session: Session, config: Mapping[str, Any]) -> Dummy:
        return super().__new__(cls)

    def __init__(self, session: Session, config: Mapping[str, Any]) -> None:
        self._session = session
        self.id = session.ids.dummy_id()
        self.name = f"dummy-{self.id}"
        self.config = live_config(session, config)
        self.summary = DisabledSummary()
        self.dir = "/"
        self.step = 0
        self.resumed = False
        self.disabled = True

    def log(self, data: Any, step: object = None, commit: object = None, sync: object = None) -> None:
        """Merge into the summary; step and commit have no effect (DISABLED-4)."""
        self.summary.update(data)

    def finish(self, exit_code: int | None = None) -> None:
        """Leave the process without a run, if this is wandb.run (DISABLED-8)."""
        leave(self._session, self)

    def __enter__(self) -> Dummy:
        return self


def live_config(session: Session, values: Mapping[str, Any]) -> Config:
    """A config that behaves, and tells nobody (DISABLED-6)."""
    config = Config(
        session.behaviour.config,
        _tell_nobody,
        _tell_nobody,
        ignored=lambda key: None,
        files=session.files,
        may_change=session.behaviour.jupyter.is_jupyter(session.shell),
    )
    config.load(values)
    return config


class DisabledSummary(dict[str, Any]):
    """The summary of a disabled run: a dict that keeps what it is given, its items also by attribute (DISABLED-5)."""

    def __getitem__(self, key: str) -> Any:
        value = super().__getitem__(key)
        if isinstance(value, dict) and not isinstance(value, DisabledSummary):
            value = self[key] = DisabledSummary(value)
        return value

    def __getattr__(self, key: str) -> Any:
        if key.startswith("__"):
            raise AttributeError(key)
        return self[key]

    def __setattr__(self, key: str, value: Any) -> None:
        self[key] = value


def leave(session: Session, disabled: object) -> None:
    """What finish() of a disabled run does: unset wandb.run, but only if it is this very one."""
    if session.run is disabled:
        session.run = None


def _tell_nobody() -> None: ...


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
            _is_finished=False,
            _config=live_config(session, config),
            _summary=DisabledSummary(),
        )

    def __setattr__(self, name: str, value: Any) -> None:
        object.__setattr__(self, name, value)

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
        return os.path.join(tempfile.gettempdir(), f"wandb-disabled-{self.id}")

    def log(self, data: dict[str, Any], step: int | None = None, commit: bool | None = None) -> None:
        """Merge into the summary; step and commit have no effect (DISABLED-4)."""
        self._summary.update(data)

    def define_metric(self, name: str, *args: Any, **kwargs: Any) -> Metric:
        """Return a metric that nothing comes of."""
        return Metric(MetricRecord(self._path, name))

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
        return html.escape(repr(self))

    def save(self, *args: Any, **kwargs: Any) -> bool:
        """Keep nothing, and say so: False."""
        return False

    def log_artifact(self, *args: Any, **kwargs: Any) -> Itself:
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
    "log_code",
    "mark_preempting",
    "pin_config_keys",
    "restore",
    "status",
    "unwatch",
    "upsert_artifact",
    "use_artifact",
    "watch",
    "write_logs",
):
    setattr(DisabledRun, _name, _do_nothing)
