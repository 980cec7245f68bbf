"""Owns Artifact as 0.10.33 has it: other arguments, and other errors for what comes too early or too late.

Source: observed with 0.10.33.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import IO, Any

from wandb_testkit.errors import CommError
from wandb_testkit.sdk.artifacts import checks
from wandb_testkit.sdk.artifacts.artifact import Artifact as BaseArtifact
from wandb_testkit.sdk.artifacts.manifest import Manifest
from wandb_testkit.sdk.data_types.classic_types import VALUE_TYPES
from wandb_testkit.sdk.data_types.wb_value import WBValue


class Artifact(BaseArtifact):
    """A version of an artifact."""

    def __init__(
        self,
        name: str,
        type: str,
        description: str | None = None,
        metadata: dict[str, Any] | None = None,
        incremental: bool | None = None,
    ) -> None:
        self._begin(checks.artifact_name(name), type, description, metadata)
        self._manifest = Manifest()
        self._incremental = bool(incremental)

    is_called_as_asked = False

    def checked_metadata(self, given: Any) -> dict[str, Any]:
        """Metadata as JSON has it; what JSON has no word for is refused."""
        return checks.metadata(given)

    def save(self, project: str | None = None, settings: Any = None) -> bool:  # type: ignore[override] # as in wandb
        """Send what was changed of an artifact that has been logged.

        Raises:
            CommError: The server refuses.
            ValueError: It has not been logged.
        """
        if self.is_draft():
            raise self.too_early("save")
        super().save()
        return True

    def delete(self, delete_aliases: bool = True) -> bool:  # type: ignore[override] # as in wandb
        """Delete it, and its aliases."""
        super().delete(delete_aliases)
        return True

    @classmethod
    def value_types(cls) -> Mapping[str, type[WBValue]]:
        """`_type` -> the class of what get() returns."""
        return VALUE_TYPES

    @contextmanager
    def new_file(
        self, name: str, mode: str = "w", encoding: str | None = None, policy: str = "mutable"
    ) -> Iterator[IO[Any]]:
        """A file to be written, which is added when it is closed.

        Raises:
            ValueError: There is a file of that name, or the artifact has been logged.
        """
        if checks.artifact_path(name) in self._manifest_now().entries:
            raise ValueError(f'File with name "{name}" already exists')
        with super().new_file(name, mode, encoding, policy) as file:
            yield file

    def too_early(self, what: str) -> Exception:
        """The error of asking what is not known yet."""
        verb = "access" if what == "commit_hash" else "call"
        return ValueError(f"Cannot {verb} {what} on an artifact before it has been logged or in offline mode")

    def type_conflict(self, known: str) -> Exception:
        """The error of logging it where artifacts have another type."""
        return ValueError(f"Expected artifact type {known}, got {self._type}")

    def type_mismatch(self, asked: str) -> Exception:
        """The error of using it as one of another type."""
        return CommError(f"type {asked} specified but this artifact is of type {self._type}")

    def too_late(self, what: str) -> Exception:
        """The error of adding to what has been logged."""
        return ValueError("Can't add to finalized artifact.")

    def reference_to(self, path: str) -> str | None:
        """The URI of an entry by the id that the server gave it, None before it is logged."""
        if self._outcome is None or self._outcome.refusal is not None:
            return None
        return self.wait().get_entry(path).ref_url()

    def latest_reference_to(self, path: str) -> str | None:
        """None: there is no such URI."""
        return None
