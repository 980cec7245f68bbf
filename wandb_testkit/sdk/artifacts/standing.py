"""Owns where an artifact stands: a draft, on its way, or known to the server, and how it asks the server.

Questions and edits cross as records. Source: observed with 0.31.0.
"""

from __future__ import annotations

import base64
import builtins
import json
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple, TypeVar

from wandb_testkit.artifact_records import ArtifactInfo, ArtifactRequest
from wandb_testkit.errors import CommError
from wandb_testkit.records import Record, Result, RunPath
from wandb_testkit.sdk import present
from wandb_testkit.sdk.artifacts.manifest import Manifest
from wandb_testkit.sdk.artifacts.states import (
    ArtifactFinalizedError,
    ArtifactNotLoggedError,
    ArtifactState,
    WaitTimeoutError,
)
from wandb_testkit.sdk.credentials import find_key

if TYPE_CHECKING:
    from wandb_testkit.ports import Transport

S = TypeVar("S", bound="ArtifactStanding")

NOWHERE = RunPath("", "", "")
"""The place of what is asked for by its id."""


class Line(NamedTuple):
    """How an artifact reaches its server.

    Attributes:
        transport: The way.
        base_url: Of the server's pages.
    """

    transport: Transport
    base_url: str


class ArtifactStanding:
    """Where an artifact stands; the classes above add what it is and what is done with it."""

    if TYPE_CHECKING:
        _aliases: list[str]
        _base_id: str | None
        _description: str | None
        _distributed_id: str | None
        _final: bool
        _incremental: bool
        _metadata: dict[str, Any]
        _name: str
        _source_name: str
        _state: ArtifactState
        _tags: list[str]
        _ttl_s: int | None
        _type: str

        def _begin(self, name: str, type: str, description: str | None, metadata: Any) -> None: ...

    is_called_as_asked: ClassVar[bool] = True
    """Whether what is found by a name is called by it, and not by its version."""

    _info: ArtifactInfo | None
    _line: Line | None
    _manifest: Manifest | None
    _outcome: Result | None

    @classmethod
    def known_as(cls: builtins.type[S], info: ArtifactInfo, line: Line, asked: str = "") -> S:
        """The artifact that the server told of, when it was asked for a name."""
        artifact = cls.__new__(cls)
        artifact._begin(info.name, info.type, None, None)
        artifact._line = line
        artifact._learn(info)
        artifact._final = True
        if asked and cls.is_called_as_asked:
            artifact._name = asked
        return artifact

    def _learn(self, info: ArtifactInfo) -> None:
        self._info = info
        self._state = ArtifactState(info.state)
        self._name = f"{info.name}:{info.version}"
        self._source_name = f"{info.source_name}:{info.source_version}"
        self._type = info.type
        self._description = info.description
        self._metadata = json.loads(json.dumps(dict(info.metadata)))
        self._aliases = list(info.aliases)
        self._tags = list(info.tags)
        self._ttl_s = None
        self._manifest = None

    def _sent(self, outcome: Result, line: Line) -> None:
        """It is on its way; wait() tells what became of it."""
        self._outcome, self._line = outcome, line

    # ------------------------------------------------------------------ where it stands

    def too_early(self, what: str) -> Exception:
        """The error of asking what is not known yet."""
        return ArtifactNotLoggedError(f"Artifact.{what}", self)

    def too_late(self, what: str) -> Exception:
        """The error of adding to what has been logged."""
        return ArtifactFinalizedError(f"Artifact.{what}", self)

    def type_conflict(self, known: str) -> Exception:
        """The error of logging it where artifacts have another type."""
        return ValueError(
            f"Artifact {self._name} already exists with type '{known}'; cannot create another with type '{self._type}'"
        )

    def type_mismatch(self, asked: str) -> Exception:
        """The error of using it as one of another type."""
        return ValueError(f"Supplied type {asked} does not match type {self._type} of artifact {self._name}")

    def is_draft(self) -> bool:
        """Whether it has not been logged, or not been waited for."""
        return self._state is ArtifactState.PENDING

    @property
    def state(self) -> str:
        """ "PENDING" until it is logged and waited for, then "COMMITTED"."""
        return self._state.value

    def wait(self: S, timeout: float | None = None) -> S:
        """Wait until it is logged, and return it.

        Raises:
            ArtifactNotLoggedError: Nobody has logged it.
            ValueError: The server did not take it.
        """
        if self.is_draft():
            if self._outcome is None:
                raise self.too_early("wait")
            if self._outcome.refusal is not None:
                raise ValueError(self._outcome.refusal.message)
            if self._outcome.artifact is None or self._outcome.artifact.state != "COMMITTED":
                raise WaitTimeoutError("Artifact upload wait timed out, failed to fetch Artifact response")
            self._learn(self._outcome.artifact)
        return self

    # ------------------------------------------------------------------ inside

    def _again(self: S, info: ArtifactInfo) -> S:
        """Another artifact of the same server, of the same class."""
        return self.known_as(info, self._way())

    def _known(self) -> ArtifactInfo:
        if self._info is None:
            raise self.too_early("id")
        return self._info

    def _way(self) -> Line:
        if self._line is None:
            raise self.too_early("id")
        return self._line

    def _deliver(self, record: Record) -> Result:
        result = self._way().transport.deliver(record)
        if result.refusal is not None:
            raise CommError(result.refusal.message)
        return result

    def _found_by_hex_id(self, hex_id: str) -> Any:
        line = self._line or line_of_session()
        request = ArtifactRequest(NOWHERE, "", base64.b64encode(bytes.fromhex(hex_id)).decode())
        found = line.transport.deliver(request).artifact
        return None if found is None else self.known_as(found, line)


def line_of_session() -> Line:
    """How artifacts reach the server where no run says it: with the key that the process would use."""
    session = present.session()
    return Line(session.connect(find_key(session)), session.base_url())
