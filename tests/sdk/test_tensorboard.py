"""What real event writers write becomes rows and files of the active run (TB), with tensorboardX and tensorboard."""

from __future__ import annotations

import hashlib
import json
import math
import os
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tensorboard.backend.event_processing.event_file_loader import RawEventFileLoader  # type: ignore[import-untyped]
from tensorboard.compat.proto.event_pb2 import Event  # type: ignore[import-untyped]
from tensorboard.compat.proto.summary_pb2 import Summary  # type: ignore[import-untyped]
from tensorboard.summary.writer.event_file_writer import EventFileWriter  # type: ignore[import-untyped]
from tensorboardX import SummaryWriter  # type: ignore[import-untyped]

import wandb_testkit as wt
from wandb_testkit.profiles import CLASSIC, CURRENT, Profile
from wandb_testkit.sdk import media
from wandb_testkit.sdk.current_events import as_short


@pytest.fixture(autouse=True)
def _in_a_directory_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def new_writer() -> Iterator[Callable[..., SummaryWriter]]:
    """Make writers, whose threads end with the test."""
    writers: list[SummaryWriter] = []

    def new(*arguments: Any, **options: Any) -> SummaryWriter:
        writers.append(SummaryWriter(*arguments, **options))
        return writers[-1]

    yield new
    for writer in writers:
        writer.close()


NewWriter = Callable[..., SummaryWriter]


@pytest.mark.parametrize("name", ["tensorboard", "sync_tensorboard"])
def test_scalars_of_one_global_step_share_a_row(fake: wt.World, new_writer: NewWriter, name: str) -> None:
    """TB-1, TB-2, A.1.tensorboard, A.1.sync_tensorboard"""
    run = fake.init(**{name: True})
    writer = new_writer("logs")

    for step in range(3):
        writer.add_scalar("loss", 1 / 2**step, step)
        writer.add_scalar("m/acc", step, step)
    writer.close()
    run.finish()

    assert fake.run.history[:] == [
        {"_step": step, "global_step": step, "loss": 1 / 2**step, "m/acc": step} for step in range(3)
    ]
    assert fake.run.summary["loss"] == 0.25


def test_rows_can_be_read_before_anything_is_closed(fake: wt.World, new_writer: NewWriter) -> None:
    """TB-2: what is there when somebody reads"""
    fake.init(sync_tensorboard=True)
    writer = new_writer("logs")
    writer.add_scalar("loss", 1, 0)

    first = list(fake.run.history["loss"])
    writer.add_scalar("loss", 2, 1)

    assert (first, list(fake.run.history["loss"])) == ([1], [1, 2])


def test_it_can_be_a_setting_or_a_variable(make_world: Callable[..., wt.World], new_writer: NewWriter) -> None:
    """TB-1, A.3: current; in classic there is no such setting"""
    for options, arguments in (
        ({}, {"settings": {"sync_tensorboard": True}}),
        ({"environ": {"WANDB_SYNC_TENSORBOARD": "true"}}, {}),
    ):
        world = make_world(CURRENT, **options)
        world.init(**arguments)
        new_writer("logs").add_scalar("loss", 1, 0)
        assert list(world.run.history["loss"]) == [1]
    with pytest.raises(Exception, match="problem"):
        make_world(CLASSIC).init(settings={"sync_tensorboard": True})


def test_an_argument_that_is_no_flag_is_refused(current: wt.World) -> None:
    """TB-1, A.1"""
    with pytest.raises(wt.ValidationError, match=r"(?s)sync_tensorboard.*'perhaps'"):
        current.init(sync_tensorboard="perhaps")


def test_without_the_library_no_run_is_made(fake: wt.World, profile: Profile, monkeypatch: pytest.MonkeyPatch) -> None:
    """TB-1"""
    monkeypatch.setitem(sys.modules, "tensorboard", None)

    with pytest.raises(Exception, match=r"problem|pip install wandb_testkit\[tensorboard\]") as raised:
        fake.init(sync_tensorboard=True)

    told = raised.value.__cause__ if profile is CLASSIC else raised.value
    assert isinstance(told, wt.Error)
    assert "pip install wandb_testkit[tensorboard]" in str(told)
    assert fake.runs == []


def test_the_library_is_what_it_was_when_the_last_world_goes() -> None:
    """TB-1"""
    before = [vars(EventFileWriter)[name] for name in ("__init__", "add_event", "close")]

    with wt.fake(environ={}) as first:
        first.init(sync_tensorboard=True)
        with wt.fake(environ={}, profile="current") as second:
            second.init(sync_tensorboard=True)
        patched = [vars(EventFileWriter)[name] for name in ("__init__", "add_event", "close")]
    after = [vars(EventFileWriter)[name] for name in ("__init__", "add_event", "close")]

    assert all(now is not was for now, was in zip(patched, before, strict=True))
    assert all(now is was for now, was in zip(after, before, strict=True))


def test_two_worlds_one_after_the_other_do_not_mix(
    make_world: Callable[..., wt.World], profile: Profile, new_writer: NewWriter
) -> None:
    """TB-2"""
    for value in (1, 2):
        with make_world(profile) as world:
            world.init(sync_tensorboard=True)
            writer = new_writer(f"logs{value}")
            writer.add_scalar("loss", value, 0)
            assert list(world.run.history["loss"]) == [value]
    writer.add_scalar("loss", 3, 1)
    assert list(world.run.history["loss"]) == [2]


def test_a_writer_that_was_made_before_init_is_not_listened_to(fake: wt.World, new_writer: NewWriter) -> None:
    """TB-2: UNSPEC for such writers; as in wandb"""
    writer = new_writer("logs")

    run = fake.init(sync_tensorboard=True)
    writer.add_scalar("loss", 1, 0)
    run.finish()

    assert fake.run.history[:] == []
    assert fake.run.files == {}


def test_an_init_that_returns_the_active_run_makes_it_listen(fake: wt.World, new_writer: NewWriter) -> None:
    """TB-1, REINIT-2: the patch is the process's"""
    run = fake.init()
    run.log({"own": 1})
    run.log({"waiting": 1}, commit=False)

    assert fake.init(sync_tensorboard=True) is run
    new_writer("logs").add_scalar("loss", 1, 0)
    run.log({"own": 2})

    assert fake.run.history[:] == [
        {"_step": 0, "own": 1},
        {"_step": 1, "waiting": 1, "own": 2},
        {"_step": 2, "global_step": 0, "loss": 1},
    ]


def test_several_directories_give_their_names_to_tags(fake: wt.World, profile: Profile, new_writer: NewWriter) -> None:
    """TB-2: rows as 0.10.33 and 0.31.0 make them"""
    run = fake.init(sync_tensorboard=True)
    train, val = new_writer("logs/train"), new_writer(Path("logs/val"))

    for step in range(2):
        train.add_scalar("loss", step, step)
        val.add_scalar("loss", 10 + step, step)
    run.finish()

    expected: dict[Profile, list[dict[str, Any]]] = {
        CLASSIC: [
            {
                "_step": step,
                "global_step": step,
                **{"train/global_step": step, "train/loss": step, "val/global_step": step, "val/loss": 10 + step},
            }
            for step in range(2)
        ],
        CURRENT: [
            {"_step": 0, "global_step": 0, "train/loss": 0},
            {"_step": 1, "global_step": 0, "val/loss": 10},
            {"_step": 2, "global_step": 1, "train/loss": 1},
            {"_step": 3, "global_step": 1, "val/loss": 11},
        ],
    }
    assert fake.run.history[:] == expected[profile]
    assert sorted(os.path.dirname(name) for name in fake.run.files) == ["train", "val"]


def test_a_third_directory_above_the_root_is_named_below_the_new_one(current: wt.World, new_writer: NewWriter) -> None:
    """TB-2: a name that was used stays"""
    current.init(sync_tensorboard=True)
    for name in ("x/one", "x/two"):
        new_writer(f"logs/{name}").add_scalar("a", 1, 1)
    first = set(current.run.summary)

    new_writer("logs/y/three").add_scalar("a", 1, 1)

    assert {"one/a", "two/a"} <= first
    assert set(current.run.summary) - first == {"y/three/a"}


def test_directories_that_are_named_by_time_and_host_are_roots(fake: wt.World, new_writer: NewWriter) -> None:
    """TB-2: SummaryWriter() without a directory; a comment is what tells two apart"""
    run = fake.init(sync_tensorboard=True)

    for comment in ("-x", "-y"):
        new_writer(comment=comment).add_scalar("loss", 1, 1)
    run.finish()

    assert {key for key in fake.run.summary if key.endswith("/loss")} == {"-x/loss", "-y/loss"}


def test_going_back_in_global_step(fake: wt.World, profile: Profile, new_writer: NewWriter) -> None:
    """TB-2: observed with 0.10.33 and 0.31.0"""
    fake.init(sync_tensorboard=True)
    writer = new_writer("logs")

    for step in (0, 5, 2, 5):
        writer.add_scalar("loss", step, step)
        writer.add_scalar(f"at {step}", step, step)

    steps = {CLASSIC: [0, 5], CURRENT: [0, 5, 2, 5]}[profile]
    assert list(fake.run.history["global_step"]) == steps


def test_the_users_rows_and_the_writers_share_one_count(fake: wt.World, new_writer: NewWriter) -> None:
    """TB-2: `_step` is UNSPEC; it rises, and no number comes twice"""
    run = fake.init(sync_tensorboard=True)
    writer = new_writer("logs")

    run.log({"own": 0})
    writer.add_scalar("loss", 1, 0)
    assert len(fake.run.history) == 2
    run.log({"own": 1})
    run.finish()

    assert fake.run.history[:] == [
        {"_step": 0, "own": 0},
        {"_step": 1, "global_step": 0, "loss": 1},
        {"_step": 2, "own": 1},
    ]


def test_log_with_a_step_warns_and_does_not_number_rows(fake: wt.World, profile: Profile) -> None:
    """TB-1: the rows that 0.10.33 and 0.31.0 make of these calls"""
    run = fake.init(sync_tensorboard=True)

    run.log({"a": 1}, step=5)
    run.log({"b": 2}, step=5)
    run.log({"c": 3}, step=6)
    run.log({"d": 1}, commit=False)
    run.log({"e": 1})
    run.log({"g": 1}, step=9, commit=True)
    run.finish()

    rows: list[dict[str, int]] = {
        CLASSIC: [{"a": 1, "b": 2}, {"c": 3, "d": 1, "e": 1}, {"g": 1}],
        CURRENT: [{"a": 1}, {"b": 2}, {"c": 3}, {"d": 1, "e": 1}, {"g": 1}],
    }[profile]
    assert fake.run.history[:] == [{"_step": number, **row} for number, row in enumerate(rows)]
    assert [text for text in fake.run.warnings if "TB-1" in text] == [
        "log(step=5): rows are numbered one by one while tensorboard is synchronised [TB-1]. Log the step as a metric, "
        "and name it in define_metric()"
    ]


def test_a_disabled_run_is_told_nothing(fake: wt.World, new_writer: NewWriter) -> None:
    """DISABLED-1"""
    run = fake.init(sync_tensorboard=True, mode="disabled")

    new_writer("logs").add_scalar("loss", 1, 0)
    run.finish()

    assert fake.runs == []


@pytest.mark.parametrize("closes", [True, False])
def test_event_files_are_complete_under_their_own_names(fake: wt.World, new_writer: NewWriter, closes: bool) -> None:
    """TB-3: also of a writer whose thread has written nothing yet"""
    run = fake.init(sync_tensorboard=True)
    writer = new_writer("logs", filename_suffix=".mine")
    for step in range(100):
        writer.add_scalar("loss", step, step)
    if closes:
        writer.close()

    run.finish()
    writer.close()

    (on_disk,) = Path("logs").iterdir()
    ((name, content),) = fake.run.files.items()
    assert os.path.basename(name) == on_disk.name
    assert content == on_disk.read_bytes()


def test_the_only_directory_has_its_name_in_current(fake: wt.World, profile: Profile, new_writer: NewWriter) -> None:
    """TB-3: observed with 0.10.33 and 0.31.0"""
    run = fake.init(sync_tensorboard=True)
    new_writer("logs/a").add_scalar("loss", 1, 1)

    run.finish()

    (name,) = fake.run.files
    assert os.path.dirname(name) == {CLASSIC: "", CURRENT: "logs/a"}[profile]


def test_a_directory_that_is_gone_at_the_end_loses_nothing(
    fake: wt.World, new_writer: NewWriter, tmp_path: Path
) -> None:
    """TB-3"""
    run = fake.init(sync_tensorboard=True)
    writer = new_writer("logs")
    writer.add_scalar("loss", 1, 7)
    writer.close()
    (file,) = Path("logs").iterdir()
    file.unlink()

    run.finish()

    assert list(fake.run.history["loss"]) == [1]
    (content,) = fake.run.files.values()
    (tmp_path / "again").write_bytes(content)
    header, event = map(Event.FromString, RawEventFileLoader(str(tmp_path / "again")).Load())
    assert (header.file_version, event.step, event.summary.value[0].tag) == ("brain.Event:2", 7, "loss")


def test_images_are_files_of_the_run(fake: wt.World, profile: Profile, new_writer: NewWriter) -> None:
    """TB-2, TB-3: the forms of 0.10.33 and 0.31.0"""
    run = fake.init(sync_tensorboard=True)
    writer = new_writer("logs")

    writer.add_image("a/img/0", np.zeros((3, 4, 8), dtype=np.uint8), 1)
    run.finish()

    ((name, content),) = ((name, content) for name, content in fake.run.files.items() if name.startswith("media/"))
    value: dict[str, Any] = {"_type": "images/separated", "width": 8, "height": 4, "format": "png", "count": 1}
    row = {CLASSIC: {"a_img": value}, CURRENT: {"a/img/0": {**value, "filenames": [name]}}}[profile]
    assert fake.run.history[:] == [{"_step": 0, "global_step": 1, **row}]
    assert content.startswith(b"\x89PNG")
    if profile is CLASSIC:
        assert name == "media/images/a_img_0_0.png"


def test_moving_images_are_videos_in_classic(fake: wt.World, profile: Profile) -> None:
    """TB-2: observed with 0.10.33 and 0.31.0"""
    run = fake.init(sync_tensorboard=True)
    writer = EventFileWriter("logs")
    gif = b"GIF89a of sorts"
    image = Summary.Image(height=8, width=8, encoded_image_string=gif)

    writer.add_event(Event(step=1, summary=Summary(value=[Summary.Value(tag="v", image=image)])))
    writer.close()
    run.finish()

    ((name, content),) = ((name, content) for name, content in fake.run.files.items() if name.startswith("media/"))
    facts = {"path": "media/videos/v_0_0.gif", "sha256": hashlib.sha256(gif).hexdigest(), "size": len(gif)}
    video = {"_type": "video-file", **facts}
    images = {"_type": "images/separated", "width": 8, "height": 8, "format": "gif", "count": 1, "filenames": [name]}
    expected: dict[Profile, dict[str, Any]] = {
        CLASSIC: {"_type": "videos", "count": 1, "videos": [video], "captions": False},
        CURRENT: images,
    }
    assert fake.run.history["v"] == [expected[profile]]
    assert content == gif


def test_histograms(fake: wt.World, new_writer: NewWriter) -> None:
    """TB-2: an empty first bucket is there for its limit; otherwise the least value is the first edge"""
    fake.init(sync_tensorboard=True)
    writer = new_writer("logs")

    writer.add_histogram("few", np.arange(3.0), 1, bins=2)
    writer.add_histogram_raw("raw", 0.5, 9.0, 3, 3.0, 5.0, [1.0, 4.0, 9.0], [1, 1, 1], 1)

    assert fake.run.history[:] == [
        {
            "_step": 0,
            "global_step": 1,
            "few": {"_type": "histogram", "values": [1, 2], "bins": [0, 1, 2]},
            "raw": {"_type": "histogram", "values": [1, 1, 1], "bins": [0.5, 1, 4, 9]},
        }
    ]


def test_a_histogram_of_many_bins_gets_512_of_them() -> None:
    """TB-2: figures observed with 0.31.0"""
    counts, edges = media.fewer_bins([i % 7 + 1 for i in range(600)], [float(i) for i in range(601)])

    assert (len(counts), sum(counts)) == (512, 2395)
    assert counts[:7] == [1.34375, 2.6875, 4.03125, 5.375, 6.71875, 7.875, 1.375]
    assert (edges[:3], edges[-1]) == ([0, 1.171875, 2.34375], 600)


def test_precision_and_recall_are_a_table(fake: wt.World, profile: Profile, new_writer: NewWriter) -> None:
    """TB-2: the tables of 0.10.33 and 0.31.0"""
    run = fake.init(sync_tensorboard=True)
    writer = new_writer("logs")

    writer.add_pr_curve("pr", np.array([0, 1, 1, 0]), np.array([0.1, 0.9, 0.5, 0.3]), 4, num_thresholds=5)
    run.finish()

    ((name, content),) = ((name, content) for name, content in fake.run.files.items() if name.startswith("media/"))
    points = [[0.5, 1.0], [1.0, 1.0], [1.0, 0.6666666865348816], [1.0, 0.5]]
    all_points: list[list[float]] = [[1, 0.5], [1, 0.6666666865348816], [1, 1], [0.5, 1], [0, 0]]
    columns = ["recall", "precision"]
    key, rows, table = {
        CLASSIC: ("pr_table", 4, json.dumps({"columns": columns, "data": points}).encode()),
        CURRENT: ("pr", 5, json.dumps({"columns": columns, "data": all_points}, separators=(",", ":")).encode()),
    }[profile]
    facts = {"path": name, "sha256": hashlib.sha256(table).hexdigest(), "size": len(table), "ncols": 2, "nrows": rows}
    assert content == table
    assert fake.run.history[key] == [{"_type": "table-file", **facts}]
    if profile is CLASSIC:  # the very name that 0.10.33 gave
        assert name == "media/table/pr_table_0_acefa57c08a42bcc46b2.table.json"


def test_text_and_hyperparameters_leave_no_value(fake: wt.World, new_writer: NewWriter) -> None:
    """TB-2: observed with 0.10.33 and 0.31.0"""
    fake.init(sync_tensorboard=True)
    writer = new_writer("logs")

    writer.add_text("t", "hello", 3)
    writer.add_hparams({"lr": 0.1}, {}, name="hp")
    writer.add_scalar("a", 1, 3)

    assert fake.run.config == {}
    assert fake.run.history["a"] == [1]
    assert {key.rpartition("/")[2] for key in fake.run.summary} <= {"a", "global_step", "_step"}


def test_tensors_are_read_as_what_they_are_for(fake: wt.World) -> None:
    """TB-2: the events of tf.summary and of torch's new style"""
    from tensorboard.plugins.histogram.summary_v2 import histogram_pb  # type: ignore[import-untyped]
    from tensorboard.plugins.scalar.summary_v2 import scalar_pb  # type: ignore[import-untyped]
    from tensorboard.plugins.text.summary_v2 import text_pb  # type: ignore[import-untyped]

    fake.init(sync_tensorboard=True)
    writer = EventFileWriter("logs")

    for summary in (scalar_pb("s", 0.5), histogram_pb("h", np.array([0.0, 1.0, 1.0]), buckets=2), text_pb("t", "x")):
        writer.add_event(Event(step=1, summary=summary))
    writer.close()

    assert fake.run.history[:] == [
        {
            "_step": 0,
            "global_step": 1,
            "s": 0.5,
            "h": {"_type": "histogram", "values": [1, 2], "bins": [0, 0.5, 1]},
        }
    ]


@pytest.mark.parametrize("value", [0.1, 1 / 3, 123456789.0, 1e-7, 1e-45, 3.4028234663852886e38, -2.5, 0.0])
def test_a_number_of_32_bits_is_as_short_as_numpy_writes_it(value: float) -> None:
    """TB-2: current; observed with 0.31.0 as 0.33333334"""
    number = np.float32(value)

    assert as_short(float(number)) == float(str(number))


def test_what_is_no_number_is_null_in_classic(fake: wt.World, profile: Profile, new_writer: NewWriter) -> None:
    """TB-2: observed with 0.10.33 and 0.31.0"""
    fake.init(sync_tensorboard=True)
    writer = EventFileWriter("logs")

    value = Summary.Value(tag="a", simple_value=math.nan)
    writer.add_event(Event(step=1, summary=Summary(value=[value])))
    writer.close()

    (kept,) = fake.run.history["a"]
    assert kept is None if profile is CLASSIC else math.isnan(kept)


def test_tags_that_are_the_clients_own_do_not_hurt(fake: wt.World, new_writer: NewWriter) -> None:
    """TB-2"""
    fake.init(sync_tensorboard=True)
    writer = new_writer("logs")

    for tag in ("_step", "_timestamp", "_runtime", "global_step", "_mine"):
        writer.add_scalar(tag, 7, 1)

    assert fake.run.history[:] == [{"_step": 0, "global_step": 1, "_mine": 7}]


def test_threads_may_write_and_read_at_once(fake: wt.World, new_writer: NewWriter) -> None:
    """TB-2, LOG-7"""
    run = fake.init(sync_tensorboard=True)
    writer = new_writer("logs")

    def write() -> None:
        for step in range(200):
            writer.add_scalar("loss", step, step)

    thread = threading.Thread(target=write)
    thread.start()
    for number in range(50):
        run.log({"own": number})
        assert fake.run.history
    thread.join()
    run.finish()

    assert list(fake.run.history["loss"]) == list(range(200))
    assert list(fake.run.history["_step"]) == list(range(250))


def test_nothing_is_imported_by_those_who_do_not_ask(pytester: pytest.Pytester) -> None:
    """TB-1, GYM-1"""
    pytester.makepyfile(
        """
        import sys
        import wandb

        def test_it(wandb_fake):
            with wandb.init() as run:
                run.log({"a": 1})
            assert not {"tensorboard", "tensorboardX", "torch", "gymnasium", "numpy"} & set(sys.modules)
        """
    )

    done = pytester.runpytest_subprocess("--wandb-fake", "-p", "no:randomly", "-p", "no:hypothesispytest")

    done.assert_outcomes(passed=1)


def test_under_the_plugin_every_test_has_its_own_rows(pytester: pytest.Pytester) -> None:
    """TB-2"""
    pytester.makepyfile(
        """
        import pytest
        import wandb
        from tensorboardX import SummaryWriter

        def train(n, directory):
            wandb.init(sync_tensorboard=True)
            with SummaryWriter(directory) as writer:
                for step in range(n):
                    writer.add_scalar("loss", step, step)
            wandb.finish()

        @pytest.mark.parametrize("n", [1, 2, 3])
        def test_it(wandb_fake, tmp_path, n):
            train(n, tmp_path)
            assert wandb_fake.run.history["loss"] == list(range(n))
        """
    )

    done = pytester.runpytest_subprocess("--wandb-fake")

    done.assert_outcomes(passed=3)
