"""Owns what 0.10.33 decides about media, tables, plots and artifacts."""

from __future__ import annotations

from wandb_testkit.sdk.artifacts.classic import Artifact as ClassicArtifact
from wandb_testkit.sdk.artifacts.tables import keep_classic_table
from wandb_testkit.sdk.data_types.classic_types import Plotly, Table
from wandb_testkit.sdk.data_types.rules import MediaRules

MEDIA = MediaRules(
    artifact=ClassicArtifact,
    own_artifact=ClassicArtifact,
    table=lambda frame: Table(dataframe=frame),
    plot=Plotly.make_plot_media,
    step=lambda at, given: at if given is None else int(given),
    not_an_artifact=ValueError,
    mark=str,
    keep_table=keep_classic_table,
)
