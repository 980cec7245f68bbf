"""Owns what a run of 0.10 does with artifacts and charts, by the names and signatures of 0.10.33."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from wandb_testkit.sdk.artifacts.artifact import Artifact
    from wandb_testkit.sdk.plots.custom_chart import CustomChart
    from wandb_testkit.sdk.run import Run


class ClassicArtifacts:
    """The artifacts of a run; `ClassicRun` adds the rest."""

    if TYPE_CHECKING:

        def _must_be_active(self, what: str) -> None: ...

    @property
    def _whole(self) -> Run:
        return cast("Run", self)

    def log_artifact(self, artifact_or_path: Any, name: Any = None, type: Any = None, aliases: Any = None) -> Artifact:
        """Log an artifact, or a file, a directory or a URI as one; wait() of what is returned tells its version."""
        from wandb_testkit.sdk.run_artifacts import log_artifact

        self._must_be_active("log_artifact")
        return log_artifact(self._whole, artifact_or_path, name, type, aliases)

    def use_artifact(self, artifact_or_name: Any, type: Any = None, aliases: Any = None) -> Artifact:
        """Say that the run uses an artifact, given or by its name."""
        from wandb_testkit.sdk.run_artifacts import use_artifact

        self._must_be_active("use_artifact")
        return use_artifact(self._whole, artifact_or_name, type, aliases)

    def upsert_artifact(
        self, artifact_or_path: Any, name: Any = None, type: Any = None, aliases: Any = None, distributed_id: Any = None
    ) -> Artifact:
        """Add to a version that several writers work on; finish_artifact() ends it."""
        from wandb_testkit.sdk.run_artifacts import upsert

        self._must_be_active("upsert_artifact")
        return upsert(self._whole, artifact_or_path, name, type, aliases, distributed_id, is_last=False)

    def finish_artifact(
        self, artifact_or_path: Any, name: Any = None, type: Any = None, aliases: Any = None, distributed_id: Any = None
    ) -> Artifact:
        """End a version that several writers have worked on."""
        from wandb_testkit.sdk.run_artifacts import upsert

        self._must_be_active("finish_artifact")
        return upsert(self._whole, artifact_or_path, name, type, aliases, distributed_id, is_last=True)

    def plot_table(self, vega_spec_name: str, data_table: Any, fields: Any, string_fields: Any = None) -> CustomChart:
        """A chart of a table, to be logged."""
        from wandb_testkit.sdk.plots.custom_chart import plot_table

        return plot_table(vega_spec_name, data_table, fields, string_fields)
