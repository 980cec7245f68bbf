"""Owns Artifact as 0.10.33 has it: other arguments, and other errors for what comes too early or too late.

Source: observed with 0.10.33.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import IO, Any

from wandb_testkit.sdk.artifacts import checks
from wandb_testkit.sdk.artifacts.artifact import Artifact
from wandb_testkit.sdk.artifacts.manifest import Manifest
from wandb_testkit.sdk.data_types.classic_types import VALUE_TYPES
from wandb_testkit.sdk.data_types.wb_value import WBValue


class ClassicArtifact(Artifact):
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
        return ValueError(f"Cannot call {what} on an artifact before it has been logged or in offline mode")

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
