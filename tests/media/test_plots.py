"""wandb.plot: the table in the row, and the panel in the config."""

from __future__ import annotations

from typing import Any

import pytest

from wandb_testkit.world import World

TRUTH, SCORES = [0, 1, 1, 0], [[0.9, 0.1], [0.2, 0.8], [0.4, 0.6], [0.6, 0.4]]


def panel(world: World, key: str) -> Any:
    return world.run.client["config"]["visualize"][key]["panel_config"]


@pytest.mark.parametrize(
    ("name", "arguments", "spec", "fields"),
    [
        ("line", ("a", "b"), "wandb/line/v0", {"x": "a", "y": "b", "stroke": None}),
        ("scatter", ("a", "b"), "wandb/scatter/v0", {"x": "a", "y": "b"}),
        ("bar", ("a", "b"), "wandb/bar/v0", {"label": "a", "value": "b"}),
        ("histogram", ("a",), "wandb/histogram/v0", {"value": "a"}),
    ],
)
def test_a_chart_of_a_table_is_a_table_and_a_panel(
    wandb: Any, run: Any, world: World, name: str, arguments: tuple[str, ...], spec: str, fields: Any
) -> None:
    table = wandb.Table(columns=["a", "b"], data=[[1, 2]])

    run.log({"chart": getattr(wandb.plot, name)(table, *arguments, title="T")})

    assert world.run.history.keys() == ["chart_table"]
    assert world.run.tables["chart_table"].data == [[1, 2]]
    said = panel(world, "chart")
    assert (said["panelDefId"], said["fieldSettings"], said["stringSettings"]) == (spec, fields, {"title": "T"})
    ((*_, table_field),) = (field["fields"] for field in said["userQuery"]["queryFields"])
    assert table_field["args"] == [{"name": "tableKey", "value": "chart_table"}]


def test_a_table_of_its_own_section(wandb: Any, run: Any, world: World) -> None:
    table = wandb.Table(columns=["a"], data=[[1]])

    run.log({"c": wandb.plot.histogram(table, "a", split_table=True)})

    assert world.run.history.keys() == ["Custom Chart Tables/c_table"]


def test_a_chart_in_a_nested_dict_is_called_by_its_whole_path(wandb: Any, run: Any, world: World) -> None:
    run.log({"a": {"b": wandb.plot.histogram(wandb.Table(columns=["x"], data=[[1]]), "x"), "loss": 1}})

    assert world.run.history.keys() == ["a", "a.b_table"]
    assert panel(world, "a.b")["panelDefId"] == "wandb/histogram/v0"


def test_several_lines_are_one_table(wandb: Any, run: Any, world: World) -> None:
    run.log({"c": wandb.plot.line_series([0, 1], [[5, 6], [7, 8]], keys=["p", "q"])})

    assert world.run.tables["c_table"].rows == [
        {"step": 0, "lineKey": "p", "lineVal": 5},
        {"step": 1, "lineKey": "p", "lineVal": 6},
        {"step": 0, "lineKey": "q", "lineVal": 7},
        {"step": 1, "lineKey": "q", "lineVal": 8},
    ]
    with pytest.raises(ValueError, match=r"Number of x-series \(1\) must match y-series \(2\)"):
        wandb.plot.line_series([[0]], [[1], [2]])
    with pytest.raises(ValueError, match=r"Number of keys \(1\) must match y-series \(2\)"):
        wandb.plot.line_series([0], [[1], [2]], keys=["a"])


def test_a_confusion_matrix_counts_what_is_taken_for_what(wandb: Any, run: Any, world: World) -> None:
    run.log({"c": wandb.plot.confusion_matrix(y_true=[0, 1, 1], preds=[0, 1, 0], class_names=["a", "b"])})

    assert world.run.tables["c_table"].data == [["a", "a", 1], ["a", "b", 0], ["b", "a", 1], ["b", "b", 1]]
    with pytest.raises(ValueError, match="Only one of `probs` or `preds`"):
        wandb.plot.confusion_matrix(probs=SCORES, y_true=TRUTH, preds=TRUTH)
    with pytest.raises(ValueError, match="must be equal"):
        wandb.plot.confusion_matrix(y_true=[0], preds=[0, 1])
    with pytest.raises(ValueError, match="predicted classes exceeds"):
        wandb.plot.confusion_matrix(y_true=[0, 0], preds=[0, 1], class_names=["a"])


def test_curves_of_a_classifier(wandb: Any, run: Any, world: World) -> None:
    run.log(
        {
            "pr": wandb.plot.pr_curve(TRUTH, SCORES, labels=["no", "yes"], interp_size=3),
            "roc": wandb.plot.roc_curve(TRUTH, SCORES, labels=["no", "yes"], classes_to_plot=[1]),
        }
    )

    assert world.run.tables["pr_table"].data[:3] == [["no", 1.0, 1.0], ["no", 1.0, 0.5], ["no", 1.0, 0.0]]
    assert set(world.run.tables["roc_table"].column("class")) == {"yes"}
    assert wandb.plot.roc_curve(None, SCORES) is None
    assert world.recorder.refusals == []


def test_what_is_no_table_makes_no_chart(wandb: Any) -> None:
    with pytest.raises(wandb.Error, match=r"Expected `data_table` to be `wandb.Table` type, instead got list"):
        wandb.plot_table("me/spec", [1], {})
    with pytest.raises(wandb.Error, match=r"Expected `value` to be `wandb.Table` type, instead got int"):
        wandb.visualize("panel", 3)


def test_a_panel_by_name(wandb: Any, run: Any, world: World) -> None:
    run.log({"v": wandb.visualize("panel", wandb.Table(columns=["x"], data=[[1]]))})

    assert world.run.tables["v"].data == [[1]]
    assert world.run.client["config"]["viz"]["v"] == {
        "id": "panel",
        "historyFieldSettings": {"x-axis": "_step", "key": "v"},
    }
