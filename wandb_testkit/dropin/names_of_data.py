"""Owns the part of the table of names that is about data: data types, plots, artifacts."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import Any

from wandb_testkit.dropin.entries import BOTH, CLASSIC, CURRENT, Name, Table
from wandb_testkit.profiles import Profile

_AUDIO = {"Audio": "data_types.audio:Audio"}
_BASES = {"BatchableMedia": "data_types.wb_value:BatchableMedia", "Media": "data_types.wb_value:Media"}
_BOKEH = {"Bokeh": "data_types.bokeh:Bokeh"}
_BOXES = {"BoundingBoxes2D": "data_types.image_layers:BoundingBoxes2D"}
_CLASSES = {"Classes": "data_types.classes:Classes"}
_GRAPH = {"Graph": "data_types.graph:Graph"}
_HISTOGRAM = {"Histogram": "data_types.histogram:Histogram"}
_HTML = {"Html": "data_types.html:Html"}
_IMAGE = {"Image": "data_types.image:Image"}
_JOINED_TABLE = {"JoinedTable": "data_types.joined_table:JoinedTable"}
_MASK = {"ImageMask": "data_types.image_layers:ImageMask"}
_MOLECULE = {"Molecule": "data_types.molecule:Molecule"}
_NODE = {"Node": "data_types.graph:Node"}
_OBJECT3D = {"Object3D": "data_types.object3d:Object3D", "box3d": "data_types.object3d:box3d"}
_PARTITIONED_TABLE = {"PartitionedTable": "data_types.joined_table:PartitionedTable"}
_PLOTLY = {"Plotly": "data_types.plotly:Plotly"}
_TABLE = {"Table": "data_types.table:Table"}
_VIDEO = {"Video": "data_types.video:Video"}
_WB_VALUE = {"WBValue": "data_types.wb_value:WBValue"}

_ARTIFACT = {"Artifact": "artifacts.artifact:Artifact"}
_ARTIFACT_TTL = {"ArtifactTTL": "artifacts.states:ArtifactTTL"}

_CHART = {"CustomChart": "plots.custom_chart:CustomChart"}
_PLOT_TABLE = {"plot_table": "plots.custom_chart:plot_table"}
_VISUALIZE = {"visualize": "plots.custom_chart:visualize"}
_VISUALIZED = {"Visualize": "plots.custom_chart:Visualize"}

_TYPES = {
    **{**_AUDIO, **_CLASSES, **_GRAPH, **_HISTOGRAM, **_HTML, **_IMAGE, **_JOINED_TABLE},
    **{**_MOLECULE, **_OBJECT3D, **_PLOTLY, **_TABLE, **_VIDEO},
}
"""What stands in `wandb` itself and in `wandb.data_types`."""

_OF_CURRENT: Mapping[str, Mapping[str, str]] = {
    "wandb": {
        **{**_TYPES, **_ARTIFACT, **_ARTIFACT_TTL, **_PLOT_TABLE, **_VISUALIZE},
        **{f"{verb}_artifact": f"own:{verb}_artifact" for verb in ("log", "use")},
        **{f"{verb}_model": f"own:{verb}_model" for verb in ("link", "log", "use")},
    },
    "wandb.data_types": {**_TYPES, **_BASES, **_BOKEH, **_BOXES, **_MASK, **_NODE, **_PARTITIONED_TABLE, **_WB_VALUE},
    "wandb.plot": {
        **{
            name: f"plots.charts:{name}"
            for name in ("bar", "confusion_matrix", "histogram", "line", "line_series", "scatter")
        },
        **{name: f"plots.curves:{name}" for name in ("pr_curve", "roc_curve")},
        **{**_CHART, **_PLOT_TABLE, **_VISUALIZE, **_VISUALIZED},
    },
    "wandb.plot.custom_chart": {
        **_CHART,
        **_PLOT_TABLE,
        "CustomChartSpec": "plots.custom_chart:CustomChartSpec",
    },
    "wandb.plot.viz": {**_VISUALIZE, **_VISUALIZED},
    "wandb.sdk": _ARTIFACT,
    "wandb.sdk.artifacts": {},
    "wandb.sdk.artifacts.artifact": _ARTIFACT,
    "wandb.sdk.artifacts.artifact_manifest": {"ArtifactManifest": "artifacts.manifest:Manifest"},
    "wandb.sdk.artifacts.artifact_manifest_entry": {"ArtifactManifestEntry": "artifacts.manifest:ManifestEntry"},
    "wandb.sdk.artifacts.artifact_state": {"ArtifactState": "artifacts.states:ArtifactState"},
    "wandb.sdk.artifacts.artifact_ttl": _ARTIFACT_TTL,
    "wandb.sdk.artifacts.exceptions": {
        name: f"artifacts.states:{name}"
        for name in ("ArtifactFinalizedError", "ArtifactNotLoggedError", "ArtifactStatusError", "WaitTimeoutError")
    },
    "wandb.sdk.data_types": {},
    "wandb.sdk.data_types.audio": _AUDIO,
    "wandb.sdk.data_types.base_types": {},
    "wandb.sdk.data_types.base_types.media": _BASES,
    "wandb.sdk.data_types.base_types.wb_value": _WB_VALUE,
    "wandb.sdk.data_types.bokeh": _BOKEH,
    "wandb.sdk.data_types.graph": {**_GRAPH, **_NODE},
    "wandb.sdk.data_types.helper_types": {},
    "wandb.sdk.data_types.helper_types.bounding_boxes_2d": _BOXES,
    "wandb.sdk.data_types.helper_types.classes": _CLASSES,
    "wandb.sdk.data_types.helper_types.image_mask": _MASK,
    "wandb.sdk.data_types.histogram": _HISTOGRAM,
    "wandb.sdk.data_types.html": _HTML,
    "wandb.sdk.data_types.image": _IMAGE,
    "wandb.sdk.data_types.molecule": _MOLECULE,
    "wandb.sdk.data_types.object_3d": _OBJECT3D,
    "wandb.sdk.data_types.plotly": _PLOTLY,
    "wandb.sdk.data_types.table": {**_JOINED_TABLE, **_PARTITIONED_TABLE, **_TABLE},
    "wandb.sdk.data_types.video": _VIDEO,
}
"""What 0.31.0 has."""

_THEN = {
    name: f"data_types.classic_types:{name}"
    for name in (
        *("Audio", "Classes", "Graph", "Histogram", "Html", "Image", "JoinedTable", "Molecule", "Object3D"),
        *("Plotly", "Table", "Video"),
    )
}
"""What stands in `wandb` itself, and in `wandb.data_types`."""

_OF_CLASSIC: Mapping[str, Mapping[str, str]] = {
    "wandb": {
        **_THEN,
        "Artifact": "artifacts.classic:Artifact",
        **{name: f"own:{name}" for name in ("log_artifact", "plot_table", "use_artifact")},
        "visualize": "plots.classic:visualize",
    },
    "wandb.data_types": {
        **_THEN,
        **_BASES,
        **_NODE,
        **_WB_VALUE,
        "Edge": "data_types.graph:Edge",
        "is_numpy_array": "data_types.libraries:is_numpy_array",
        "Bokeh": "data_types.classic_types:Bokeh",
        "BoundingBoxes2D": "data_types.classic_types:BoundingBoxes2D",
        "ImageMask": "data_types.classic_types:ImageMask",
        "PartitionedTable": "data_types.classic_types:PartitionedTable",
    },
    "wandb.plot": {
        **{name: f"plots.classic:{name}" for name in ("bar", "confusion_matrix", "histogram", "line", "line_series")},
        **{name: f"plots.classic:{name}" for name in ("pr_curve", "roc_curve", "scatter")},
    },
    "wandb.sdk": {"Artifact": "artifacts.classic:Artifact"},
    "wandb.sdk.data_types": {
        **{name: _THEN[name] for name in ("Classes", "Histogram", "Html", "Image", "Molecule", "Object3D", "Plotly")},
        **{name: _THEN[name] for name in ("Video",)},
        **_BASES,
        **_WB_VALUE,
        "BoundingBoxes2D": "data_types.classic_types:BoundingBoxes2D",
        "ImageMask": "data_types.classic_types:ImageMask",
    },
    "wandb.sdk.wandb_artifacts": {"Artifact": "artifacts.classic:Artifact"},
    "wandb.viz": {"CustomChart": "plots.custom_chart:CustomChart", "visualize": "plots.classic:visualize"},
}
"""What 0.10.33 has."""


def _source(said: str) -> str:
    home, _, name = said.partition(":")
    if home == "own":
        return f"wandb_testkit.dropin.{{profile}}:{name}"
    return f"wandb_testkit.sdk.{said}"


def _table() -> Table:
    """Both in one: a name that both have in the same place is one entry, of a source that knows the profile."""
    table: Table = {}
    for module in {**_OF_CLASSIC, **_OF_CURRENT}:
        then, now = _OF_CLASSIC.get(module, {}), _OF_CURRENT.get(module, {})
        entries = table.setdefault(module, {})
        for name in sorted({*then, *now}):
            if name in then and name in now and then[name] != now[name]:
                entries[name] = Name(f"wandb_testkit.dropin.data_{{profile}}:{name}")
            else:
                profiles = BOTH if name in then and name in now else CLASSIC if name in then else CURRENT
                entries[name] = Name(_source(now.get(name, then.get(name, ""))), profiles)
    return table


def found(profile: Profile, name: str) -> Any:
    """What a name of data means in a profile: for those that mean something else in the other one.

    Raises:
        AttributeError: The profile has no such name.
    """
    for names in (_OF_CLASSIC if profile is Profile.CLASSIC else _OF_CURRENT).values():
        if name in names:
            home, _, attribute = _source(names[name]).format(profile=profile.value).partition(":")
            return getattr(import_module(home), attribute)
    raise AttributeError(f"profile {profile} has no data type or chart {name!r}")


NAMES: Table = _table()

MODULES_OF_ONE_PROFILE: dict[str, Profile] = {
    **{module: Profile.CURRENT for module in _OF_CURRENT if module not in _OF_CLASSIC},
    **{module: Profile.CLASSIC for module in _OF_CLASSIC if module not in _OF_CURRENT},
}
