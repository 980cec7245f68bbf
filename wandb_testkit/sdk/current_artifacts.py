"""Owns what a run of 0.31 does with artifacts, by the names and signatures of 0.31; run_artifacts does the work."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from wandb_testkit.records import RunPath
    from wandb_testkit.sdk.artifacts.artifact import Artifact
    from wandb_testkit.sdk.run import Run
    from wandb_testkit.sdk.session import Session


class CurrentArtifacts:
    """The artifacts of a run; `CurrentRun` adds the rest."""

    if TYPE_CHECKING:
        _path: RunPath
        _session: Session

        def _must_be_active(self, what: str) -> None: ...

    @property
    def _whole(self) -> Run:
        return cast("Run", self)

    def log_artifact(
        self,
        artifact_or_path: Any,
        name: str | None = None,
        type: str | None = None,
        aliases: list[str] | None = None,
        tags: list[str] | None = None,
    ) -> Artifact:
        """Log an artifact, or a file, a directory or a URI as one; wait() of what is returned tells its version."""
        self._must_be_active("log_artifact")
        from wandb_testkit.sdk.run_artifacts import log_artifact

        return log_artifact(self._whole, artifact_or_path, name, type, aliases, tags)

    def use_artifact(
        self,
        artifact_or_name: Any,
        type: str | None = None,
        aliases: list[str] | None = None,
        use_as: str | None = None,
    ) -> Artifact:
        """Say that the run uses an artifact, given or by its name; `use_as` has no effect."""
        self._must_be_active("use_artifact")
        if use_as is not None:
            text = "`use_as` argument is deprecated and does not affect the behaviour of `run.use_artifact`"
            self._session.warn("use_as", text, run=self._path)
        from wandb_testkit.sdk.run_artifacts import use_artifact

        return use_artifact(self._whole, artifact_or_name, type, aliases)

    def upsert_artifact(
        self,
        artifact_or_path: Any,
        name: str | None = None,
        type: str | None = None,
        aliases: list[str] | None = None,
        distributed_id: str | None = None,
    ) -> Artifact:
        """Add to a version that several writers work on; finish_artifact() ends it."""
        self._must_be_active("upsert_artifact")
        from wandb_testkit.sdk.run_artifacts import upsert

        return upsert(self._whole, artifact_or_path, name, type, aliases, distributed_id, is_last=False)

    def finish_artifact(
        self,
        artifact_or_path: Any,
        name: str | None = None,
        type: str | None = None,
        aliases: list[str] | None = None,
        distributed_id: str | None = None,
    ) -> Artifact:
        """End a version that several writers have worked on."""
        self._must_be_active("finish_artifact")
        from wandb_testkit.sdk.run_artifacts import upsert

        return upsert(self._whole, artifact_or_path, name, type, aliases, distributed_id, is_last=True)

    def link_artifact(self, artifact: Artifact, target_path: str, aliases: list[str] | None = None) -> Artifact:
        """Link an artifact to a collection; a draft is logged before."""
        self._must_be_active("link_artifact")
        from wandb_testkit.sdk.run_artifacts import link_artifact

        return link_artifact(self._whole, artifact, target_path, aliases)

    def log_model(
        self, path: str | os.PathLike[str], name: str | None = None, aliases: list[str] | None = None
    ) -> None:
        """Log a file or a directory as an artifact of type "model"."""
        self._must_be_active("log_model")
        from wandb_testkit.sdk.run_artifacts import log_artifact

        log_artifact(self._whole, path, name, "model", aliases)

    def use_model(self, name: str) -> str:
        """Download a model, and return the path of its only file, or its directory."""
        self._must_be_active("use_model")
        from wandb_testkit.sdk.run_artifacts import use_model

        return use_model(self._whole, name)

    def link_model(
        self,
        path: str | os.PathLike[str],
        registered_model_name: str,
        name: str | None = None,
        aliases: list[str] | None = None,
    ) -> Artifact | None:
        """Log a model, and link it to the model registry."""
        self._must_be_active("link_model")
        from wandb_testkit.sdk.run_artifacts import link_model

        return link_model(self._whole, path, registered_model_name, name, aliases)
