"""Owns what init() returns in disabled mode: the classic Dummy, which answers everything, and the current DisabledRun.

Neither sends or writes anything. Source: DISABLED-1 to DISABLED-9.
"""

from __future__ import annotations

import copy
import os
from collections.abc import Mapping
from types import TracebackType
from typing import TYPE_CHECKING, Any
from weakref import ref

from wandb_testkit.records import MetricRecord, RunPath, RunRecord
from wandb_testkit.sdk.config import Config
from wandb_testkit.sdk.current_run import CurrentRun
from wandb_testkit.sdk.metric import Metric

if TYPE_CHECKING:
    from wandb_testkit.sdk.session import Session


_KEPT = " kept"
"""The attribute that a Nothing keeps its items in: no name that anybody can write."""


class Nothing(str):
    """What a classic dummy gives for any attribute, item or call: another of its kind (DISABLED-3).

    It is a str without characters, so that what is no attribute of a str, not even `__nope__`, is another Nothing. An
    attribute and the item of the same name are one.
    """

    __hash__ = None  # type: ignore[assignment]

    def __init__(self, *args: object, **kwargs: object) -> None:
        object.__setattr__(self, _KEPT, {})

    def __getattr__(self, name: str) -> Any:
        return self[name]

    def __setattr__(self, name: str, value: Any) -> None:
        self[name] = value

    def __getitem__(self, key: Any) -> Any:
        kept = object.__getattribute__(self, _KEPT)
        try:
            hash(key)
        except TypeError:
            key = str(key)
        if key not in kept:
            kept[key] = Nothing()
        return kept[key]

    def __setitem__(self, key: Any, value: Any) -> None:
        object.__getattribute__(self, _KEPT)[key] = value

    def __call__(self, *args: object, **kwargs: object) -> Any:
        return Nothing()

    def __len__(self) -> int:
        return 1

    def __bool__(self) -> bool:
        return True

    def __int__(self) -> int:
        return 1

    def __float__(self) -> float:
        return 1.0

    def __complex__(self) -> complex:
        return 1 + 0j

    def __str__(self) -> str:
        return ""

    def __repr__(self) -> str:
        return ""

    def __getstate__(self) -> Any:
        return 1

    def __enter__(self) -> Any:
        return self

    def __exit__(self, kind: type[BaseException] | None, *error: object) -> Any:
        return kind is None


def _always_true(self: Nothing, other: object) -> bool:
    return True


def _gives_itself(self: Nothing, *others: object) -> Nothing:
    return self


for _operator in ("eq", "ne", "lt", "le", "gt", "ge"):
    setattr(Nothing, f"__{_operator}__", _always_true)
for _operator in ("add", "sub", "mul", "floordiv", "mod", "pow", "and", "or", "xor", "lshift", "rshift"):
    setattr(Nothing, f"__{_operator}__", _gives_itself)
    setattr(Nothing, f"__i{_operator}__", _gives_itself)
for _operator in ("truediv", "neg", "pos", "abs", "invert"):
    setattr(Nothing, f"__{_operator}__", _gives_itself)


class Dummy(Nothing):
    """The disabled run of the classic profile: config and summary live, all else is Nothing."""

    if TYPE_CHECKING:
        id: str
        name: str
        config: Config
        summary: DisabledSummary
        dir: str
        step: int
        resumed: bool
        disabled: bool

        def log(self, data: Any, *args: object, **kwargs: object) -> None: ...
        def finish(self, *args: object, **kwargs: object) -> None: ...

    def __new__(cls, session: Session, config: Mapping[str, Any]) -> Dummy:
        return super().__new__(cls)

    def __init__(self, session: Session, config: Mapping[str, Any]) -> None:
        super().__init__()

        dummy = ref(self)  # what a dummy has is not to keep it alive

        def log(data: Any, *args: object, **kwargs: object) -> None:
            """Merge into the summary; whatever else is given has no effect (DISABLED-4)."""
            if (alive := dummy()) is not None:
                alive.summary.update(data)

        def finish(*args: object, **kwargs: object) -> None:
            """Leave the process without a run, if this is wandb.run (DISABLED-8)."""
            leave(session, dummy())

        self.config = live_config(session, config)
        self.summary = DisabledSummary()
        self["log"] = log
        self["finish"] = finish
        self.step = 0
        self.resumed = False
        self.disabled = True
        self.id = session.ids.dummy_id()
        self.name = f"dummy-{self.id}"
        self.dir = "/"

    def __enter__(self) -> Dummy:
        return self


def live_config(session: Session, values: Mapping[str, Any]) -> Config:
    """A config that behaves, and tells nobody (DISABLED-6)."""
    config = Config(
        session.behaviour.config,
        NOBODY,
        use_artifact=_use_none,
        files=session.files,
        may_change=session.behaviour.jupyter.is_jupyter(session.shell),
    )
    config.load(values)
    return config


def _use_none(value: Any) -> Any:
    raise TypeError(f"config takes no artifact in a disabled run, which can use none: {value!r}")


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

    def __delattr__(self, key: str) -> None:
        del self[key]


def leave(session: Session, disabled: object | None) -> None:
    """What finish() of a disabled run does: unset wandb.run, but only if it is this very one."""
    if session.run is disabled:
        session.run = None


class Nobody:
    """Owns the config of disabled runs: it may be changed at any time, and no server has it."""

    def must_be_active(self, what: str) -> None: ...
    def config_changed(self) -> None: ...
    def warn(self, kind: str, text: str) -> None: ...


NOBODY = Nobody()


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
