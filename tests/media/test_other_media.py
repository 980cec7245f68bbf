"""Audio, video, pages, point clouds, molecules, figures, graphs: files and what rows say of them."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from wandb_testkit.world import World

# Without types: not everybody who checks types has the libraries of the extra `media`.
import_module("matplotlib").use("Agg")
plt: Any = import_module("matplotlib.pyplot")
go: Any = import_module("plotly.graph_objects")
soundfile: Any = import_module("soundfile")
figure: Any = import_module("bokeh.plotting").figure

SOUND = np.sin(np.arange(800) / 10).astype(np.float32)


def content_of(world: World, row: Any) -> bytes:
    return world.run.files[row["path"]]


def test_sound_of_an_array_is_a_wav(wandb: Any, logged: Callable[[Any], Any], world: World) -> None:
    row = logged(wandb.Audio(SOUND, sample_rate=8000, caption="tone"))

    samples, rate = soundfile.read(io.BytesIO(content_of(world, row)))
    assert (row["_type"], row["caption"], len(samples), rate) == ("audio-file", "tone", 800, 8000)
    assert row["path"].startswith("media/audio/x_0_")
    assert row["path"].endswith(".wav")


def test_sound_of_an_array_needs_a_sample_rate(wandb: Any) -> None:
    with pytest.raises(ValueError, match='"sample_rate" is required'):
        wandb.Audio(SOUND)


def test_several_sounds_are_one_value(wandb: Any, logged: Callable[[Any], Any]) -> None:
    row = logged([wandb.Audio(SOUND, sample_rate=8000), wandb.Audio(SOUND, sample_rate=8000, caption="b")])

    assert (row["_type"], row["count"], row["durations"], row["sampleRates"], row["captions"]) == (
        "audio",
        2,
        [0.1, 0.1],
        [8000, 8000],
        ["", "b"],
    )


def test_a_video_of_an_array_is_encoded(wandb: Any, logged: Callable[[Any], Any], world: World) -> None:
    frames = np.zeros((3, 3, 16, 24), dtype=np.uint8)

    row = logged(wandb.Video(frames, format="gif", caption="c"))

    assert content_of(world, row).startswith(b"GIF89a")
    assert (row["_type"], row["width"], row["height"], row["caption"]) == ("video-file", 24, 16, "c")
    grid = wandb.Video(np.zeros((3, 2, 3, 16, 24), dtype=np.uint8), format="gif")
    assert (grid._width, grid._height) == (4 * 24, 16)


@pytest.mark.parametrize(
    ("data", "given", "message"),
    [
        (np.zeros((1, 3, 4, 4)), {}, "requires a `format` argument when initializing with a numpy array"),
        (io.BytesIO(b"x"), {}, r"raw bytes \(an io object\)"),
        (io.BytesIO(b"x"), {"format": "avi"}, "accepts gif, mp4, webm, ogg formats, not 'avi'"),
        ("film.avi", {}, "not 'avi'"),
        (np.zeros((3, 4, 4)), {"format": "gif"}, "at least 4 dimensions"),
        ([1], {"format": "gif"}, "file path or numpy like data"),
    ],
)
def test_what_makes_no_video_is_refused(wandb: Any, data: Any, given: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        wandb.Video(data, **given)


def test_a_page_gets_the_style_sheet_unless_told_otherwise(
    wandb: Any, logged: Callable[[Any], Any], world: World, tmp_path: Path
) -> None:
    (tmp_path / "a.html").write_text("<html><body>x</body></html>")
    style = b'<base target="_blank"><link rel="stylesheet"'

    assert content_of(world, logged(wandb.Html("<p>hi</p>"))).startswith(style)
    assert content_of(world, logged(wandb.Html("a.html"))).startswith(b"<html><head>" + style)
    assert content_of(world, logged(wandb.Html("a.html", inject=False))) == b"<html><body>x</body></html>"
    assert content_of(world, logged(wandb.Html("a.html", inject=False, data_is_not_path=True))) == b"a.html"
    assert logged([wandb.Html("a"), wandb.Html(io.StringIO("b"))])["count"] == 2
    with pytest.raises(ValueError, match="must be a string or an io object, not int"):
        wandb.Html(3)


def test_points_are_a_list_of_numbers(wandb: Any, logged: Callable[[Any], Any], world: World) -> None:
    row = logged(wandb.Object3D(np.arange(6.0).reshape(2, 3)))

    assert json.loads(content_of(world, row)) == [[0.0, 1.0, 2.0], [3.0, 4.0, 5.0]]
    assert (row["_type"], row["path"][-9:]) == ("object3D-file", ".pts.json")
    with pytest.raises(ValueError, match=r"it is \(2, 5\)"):
        wandb.Object3D(np.zeros((2, 5)))


def test_boxes_stand_in_point_clouds(wandb: Any, logged: Callable[[Any], Any], world: World) -> None:
    box = wandb.box3d(center=[1, 1, 1], size=[2, 2, 2], orientation=[1, 0, 0, 0], color=(1, 2, 3), label="car")
    assert box["corners"][0] == (0.0, 0.0, 0.0)
    assert box["corners"][-1] == (2.0, 2.0, 2.0)

    row = logged(wandb.Object3D({"type": "lidar/beta", "points": np.zeros((1, 3)), "boxes": np.array([box])}))

    said = json.loads(content_of(world, row))
    assert (said["type"], said["points"], said["vectors"], said["boxes"][0]["label"]) == (
        "lidar/beta",
        [[0.0, 0.0, 0.0]],
        [],
        "car",
    )
    with pytest.raises(ValueError, match="zero quaternion"):
        wandb.box3d(center=[0] * 3, size=[1] * 3, orientation=[0] * 4, color=(0, 0, 0))


def test_molecules_are_files_of_known_types(wandb: Any, logged: Callable[[Any], Any], world: World) -> None:
    Path("m.pdb").write_text("ATOM\n")

    row = logged(wandb.Molecule("m.pdb", caption="c"))

    assert (row["_type"], row["caption"], content_of(world, row)) == ("molecule-file", "c", b"ATOM\n")
    assert logged([wandb.Molecule(io.StringIO("X"), file_type="sdf")])["count"] == 1
    with pytest.raises(ValueError, match=r"only supports files of the type: .*not 'txt'"):
        wandb.Molecule("m.txt")
    with pytest.raises(ValueError, match="Must pass file_type"):
        wandb.Molecule(io.StringIO("X"))


def test_figures_of_plotly_and_matplotlib_are_logged_as_they_are(
    wandb: Any, logged: Callable[[Any], Any], world: World
) -> None:
    row = logged(go.Figure(data=go.Scatter(x=[1, 2], y=[3, 4])))
    assert row["_type"] == "plotly-file"
    assert json.loads(content_of(world, row))["data"][0]["type"] == "scatter"

    drawn, axes = plt.subplots()
    axes.imshow(np.eye(3))
    assert logged(drawn)["_type"] == "image-file"
    assert wandb.Image(plt).image.size == wandb.Image(axes).image.size
    with pytest.raises(ValueError, match="figures containing images"):
        wandb.Plotly(drawn)
    with pytest.raises(ValueError, match=r"Logged plots must be plotly figures.*got int"):
        wandb.Plotly(3)
    plt.close(drawn)


def test_plots_of_bokeh_are_files_that_can_be_logged_again(
    wandb: Any, logged: Callable[[Any], Any], world: World
) -> None:
    row = logged(wandb.data_types.Bokeh(figure()))

    assert (row["_type"], row["path"][-11:]) == ("bokeh-file", ".bokeh.json")
    Path("p.json").write_bytes(content_of(world, row))
    assert logged(wandb.data_types.Bokeh("p.json"))["sha256"] == row["sha256"]
    with pytest.raises(TypeError, match="accepts Bokeh document/model or path"):
        wandb.data_types.Bokeh(3)


def test_a_graph_is_a_file_of_nodes_and_edges(wandb: Any, logged: Callable[[Any], Any], world: World) -> None:
    graph = wandb.Graph()
    first = graph.add_node(id="a", name="a", class_name="Dense", size=[2, 3])
    graph.add_edge(first, graph.add_node(id="b"))

    row = logged(graph)

    assert json.loads(content_of(world, row)) == {
        "format": "keras",
        "nodes": [{"name": "a", "id": "a", "class_name": "Dense", "size": [2, 3]}, {"name": None, "id": "b"}],
        "edges": [["a", "b"]],
    }
    assert graph["a"].class_name == "Dense"
    with pytest.raises(ValueError, match="Only pass one of either node"):
        graph.add_node(first, name="x")


def test_histograms_have_counts_and_edges(wandb: Any, logged: Callable[[Any], Any]) -> None:
    assert logged(wandb.Histogram([1, 2, 2], num_bins=2)) == {
        "_type": "histogram",
        "values": [1, 2],
        "bins": [1.0, 1.5, 2.0],
    }
    assert logged(wandb.Histogram(np_histogram=([1], [0.0, 1.0])))["bins"] == [0.0, 1.0]
    with pytest.raises(ValueError, match="maximum length of a histogram is 512, not 513"):
        wandb.Histogram([1, 2], num_bins=513)
    with pytest.raises(ValueError, match="not 1 for 1 counts"):
        wandb.Histogram(np_histogram=([1], [0.0]))
    with pytest.raises(ValueError, match="tuple of"):
        wandb.Histogram(np_histogram=([1],))


@pytest.mark.parametrize(
    ("library", "make", "package"),
    [
        ("soundfile", lambda wandb: wandb.Audio(SOUND, sample_rate=1), "soundfile"),
        (
            "moviepy.video.io.ImageSequenceClip",
            lambda wandb: wandb.Video(np.zeros((1, 3, 4, 4)), format="gif"),
            "moviepy",
        ),
        ("bokeh.document", lambda wandb: wandb.data_types.Bokeh(3), "bokeh"),
        ("rdkit.Chem", lambda wandb: wandb.Molecule.from_smiles("C"), "rdkit"),
        ("sklearn.metrics", lambda wandb: wandb.plot.roc_curve([0], [[1]]), "scikit-learn"),
    ],
)
def test_a_library_that_is_not_there_is_named_with_its_package(
    wandb: Any, monkeypatch: pytest.MonkeyPatch, library: str, make: Callable[[Any], Any], package: str
) -> None:
    monkeypatch.setitem(sys.modules, library, None)

    with pytest.raises(wandb.Error, match=f"which is not installed: pip install {package}$"):
        make(wandb)


def test_nothing_is_left_on_the_disk(wandb: Any, logged: Callable[[Any], Any], tmp_path: Path) -> None:
    logged(wandb.Image(np.zeros((2, 2))))
    logged(wandb.Table(columns=["a"], data=[[1]]))

    assert list(tmp_path.iterdir()) == []
