"""Owns the states of an artifact, and the errors of asking too early or changing too late. Observed with 0.31.0."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum
from functools import wraps
from typing import Any, ParamSpec, TypeVar, cast

from wandb_testkit.errors import Error

P = ParamSpec("P")
R = TypeVar("R")


class ArtifactState(Enum):
    """Where an artifact stands."""

    PENDING = "PENDING"
    COMMITTED = "COMMITTED"
    DELETED = "DELETED"
    GARBAGE_COLLECTED = "GARBAGE_COLLECTED"
    PENDING_DELETION = "PENDING_DELETION"


class ArtifactTTL(Enum):
    """A time to live that is no time."""

    INHERIT = 0


class ArtifactStatusError(AttributeError):
    """An artifact is not where it has to be for that."""

    def __init__(
        self,
        msg: str = "Artifact is in an invalid state for the requested operation.",
        name: str | None = None,
        obj: Any = None,
    ) -> None:
        super().__init__(msg, name=name, obj=obj)


class ArtifactNotLoggedError(ArtifactStatusError):
    """It has not been logged yet, or not waited for."""

    def __init__(self, fullname: str, obj: Any) -> None:
        text = (
            f"{fullname!r} used prior to logging artifact or while in offline mode. Call "
            f"{type(obj).__name__}.wait() before accessing logged artifact properties."
        )
        super().__init__(text, fullname.rpartition(".")[2], obj)


class ArtifactFinalizedError(ArtifactStatusError):
    """It has been logged."""

    def __init__(self, fullname: str, obj: Any) -> None:
        text = f"{fullname!r} used on logged artifact. Can't modify finalized artifact."
        super().__init__(text, fullname.rpartition(".")[2], obj)


class WaitTimeoutError(Error):
    """wait() has waited long enough."""


def when_logged(method: Callable[P, R]) -> Callable[P, R]:
    """Only of an artifact that has been logged and waited for."""

    @wraps(method)
    def checked(*args: P.args, **kwargs: P.kwargs) -> R:
        artifact = cast(Any, args[0])
        if artifact.is_draft():
            raise artifact.too_early(method.__name__)
        return method(*args, **kwargs)

    return checked


def while_open(method: Callable[P, R]) -> Callable[P, R]:
    """Only of an artifact that has not been logged."""

    @wraps(method)
    def checked(*args: P.args, **kwargs: P.kwargs) -> R:
        artifact = cast(Any, args[0])
        if artifact._final:
            raise artifact.too_late(method.__name__)
        return method(*args, **kwargs)

    return checked
