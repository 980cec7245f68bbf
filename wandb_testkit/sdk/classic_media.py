"""Owns what 0.10.33 decides about media, tables, plots and artifacts."""

from __future__ import annotations

from wandb_testkit.sdk.artifacts.artifact import Artifact
from wandb_testkit.sdk.artifacts.tables import keep_table
from wandb_testkit.sdk.data_types.plotly import Plotly
from wandb_testkit.sdk.data_types.rules import MediaRules
from wandb_testkit.sdk.data_types.table import Table

MEDIA = MediaRules(
    artifact=Artifact,
    table=lambda frame: Table(dataframe=frame),
    plot=Plotly.make_plot_media,
    keep_table=keep_table,
)
