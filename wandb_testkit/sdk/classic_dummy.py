"""Owns what the classic init() returns in disabled mode: the Dummy, which answers everything.

Source: DISABLED-1, DISABLED-3 to DISABLED-8.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from weakref import ref

from wandb_testkit.sdk.disabled import DisabledSummary, leave, live_config

if TYPE_CHECKING:
    from wandb_testkit.sdk.config import Config
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
