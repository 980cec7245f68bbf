"""Owns charts by a Vega-Lite specification, and those of 2020 by its name alone. Source: observed with 0.31.0."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from wandb_testkit.errors import Error
from wandb_testkit.sdk.data_types.table import Table
from wandb_testkit.sdk.plots.chart import Chart

if TYPE_CHECKING:
    from wandb_testkit.sdk.run import Run

RUN_FIELDS = ("id", "name", "_defaultColorIndex")


@dataclass
class CustomChartSpec:
    """How a chart is drawn.

    Attributes:
        spec_name: Of the Vega-Lite specification that the server has.
        fields: Of the specification -> column of the table.
        string_fields: Of the specification -> text.
        key: Under which the chart is logged.
        split_table: The table stands in a section of its own.
    """

    spec_name: str
    fields: dict[str, Any]
    string_fields: dict[str, Any]
    key: str = ""
    panel_type: str = "Vega2"
    split_table: bool = False

    @property
    def table_key(self) -> str:
        """Under which the table is logged."""
        if not self.key:
            raise Error("Key for the custom chart spec is not set.")
        return f"Custom Chart Tables/{self.key}_table" if self.split_table else f"{self.key}_table"

    @property
    def config_value(self) -> dict[str, Any]:
        """What the config says of it."""
        table = {"name": "summaryTable", "args": [{"name": "tableKey", "value": self.table_key}], "fields": []}
        runs = {
            "name": "runSets",
            "args": [{"name": "runSets", "value": "${runSets}"}],
            "fields": [*({"name": name, "fields": []} for name in RUN_FIELDS), table],
        }
        return {
            "panel_type": self.panel_type,
            "panel_config": {
                "panelDefId": self.spec_name,
                "fieldSettings": self.fields,
                "stringSettings": self.string_fields,
                "transform": {"name": "tableWithLeafColNames"},
                "userQuery": {"queryFields": [runs]},
            },
        }

    @property
    def config_key(self) -> tuple[str, str, str]:
        """Where the config says it."""
        return ("_wandb", "visualize", self.key)


@dataclass
class VisualizeSpec:
    """How a table is shown, by the name of a panel."""

    name: str
    key: str = ""

    @property
    def config_value(self) -> dict[str, Any]:
        """What the config says of it."""
        return {"id": self.name, "historyFieldSettings": {"x-axis": "_step", "key": self.key}}

    @property
    def config_key(self) -> tuple[str, str, str]:
        """Where the config says it."""
        return ("_wandb", "viz", self.key)


class SpecifiedChart(Chart):
    """A table that the run's config says how to show."""

    spec: CustomChartSpec | VisualizeSpec

    def set_key(self, key: str) -> None:
        """Say under which key it is logged."""
        self.spec.key = key

    def _tell(self, run: Run, key: str) -> None:
        self.set_key(key)
        _, section, name = self.spec.config_key
        run._visualize(section, name, self.spec.config_value)


class CustomChart(SpecifiedChart):
    """A chart by a Vega-Lite specification."""

    spec: CustomChartSpec

    def __init__(self, table: Table, spec: CustomChartSpec) -> None:
        super().__init__(table)
        self.spec = spec

    def logged(self, run: Run, key: str) -> Mapping[str, Any]:
        """Tell the run's config how to draw it, and return what stands in the row."""
        self._tell(run, key)
        return {self.spec.table_key: self.table}


class Visualize(SpecifiedChart):
    """A table with a panel."""

    spec: VisualizeSpec

    def __init__(self, table: Table, spec: VisualizeSpec) -> None:
        super().__init__(table)
        self.spec = spec

    def logged(self, run: Run, key: str) -> Mapping[str, Any]:
        """Tell the run's config how to show it, and return what stands in the row."""
        self._tell(run, key)
        return {key: self.table}


def plot_table(
    vega_spec_name: str,
    data_table: Table,
    fields: dict[str, Any],
    string_fields: dict[str, Any] | None = None,
    split_table: bool = False,
) -> CustomChart:
    """A chart of a table.

    Args:
        vega_spec_name: Of the Vega-Lite specification that the server has.
        fields: Of the specification -> column of the table.
        string_fields: Of the specification -> text.
        split_table: The table stands in a section of its own.
    Raises:
        Error: `data_table` is no table.
    """
    if not isinstance(data_table, Table):
        raise Error(f"Expected `data_table` to be `wandb.Table` type, instead got {type(data_table).__name__}")
    return CustomChart(
        data_table, CustomChartSpec(vega_spec_name, fields, string_fields or {}, split_table=split_table)
    )


def visualize(id: str, value: Table) -> Visualize:
    """A table with a panel of some name.

    Raises:
        Error: `value` is no table.
    """
    if not isinstance(value, Table):
        raise Error(f"Expected `value` to be `wandb.Table` type, instead got {type(value).__name__}")
    return Visualize(value, VisualizeSpec(id))
