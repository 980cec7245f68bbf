"""Owns what 0.31.0 decides about media, tables, plots and artifacts."""

from __future__ import annotations

from wandb_testkit.sdk.artifacts.artifact import Artifact, InternalArtifact
from wandb_testkit.sdk.artifacts.tables import keep_table
from wandb_testkit.sdk.data_types.plotly import Plotly
from wandb_testkit.sdk.data_types.rules import MediaRules
from wandb_testkit.sdk.data_types.table import Table

MEDIA = MediaRules(
    artifact=Artifact,
    own_artifact=InternalArtifact,
    table=lambda frame: Table(dataframe=frame),
    plot=Plotly.make_plot_media,
    step=lambda at, given: at,
    not_an_artifact=TypeError,
    mark=lambda number: None,
    keep_table=keep_table,
)
