"""Disabled mode: the classic dummy, which answers everything, and the current run, which does nothing (DISABLED)."""

from __future__ import annotations

import copy
import logging
import operator
import os
import re
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import wandb_testkit as wt
from wandb_testkit.profiles import CLASSIC, CURRENT, Profile


def test_it_touches_nothing(
    make_world: Callable[..., wt.World], profile: Profile, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """DISABLED-1"""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("tempfile.mkdtemp", lambda **kwargs: pytest.fail("a directory was made"))
    handlers = list(logging.getLogger("wandb").handlers)
    world = make_world(profile, logged_in=False)
    world.server.fail(reply=0)

    with world.init(mode="disabled", dir=tmp_path) as run:
        run.log({"loss": 1})
        _ = run.dir
    run.finish()

    assert list(tmp_path.iterdir()) == []
    assert (world.recorder.records, world.recorder.refusals, world.runs) == ([], [], [])
    assert world.disk.files_below("wandb") == {}
    assert logging.getLogger("wandb").handlers == handlers


def test_classic_leaves_the_resume_file_alone_and_current_does_not(classic: wt.World, current: wt.World) -> None:
    """DISABLED-1"""
    for world in (classic, current):
        world.disk.write("wandb/wandb-resume.json", b'{"run_id": "abc"}')

    in_classic = classic.init(mode="disabled", resume="auto", id="other")
    in_current = current.init(mode="disabled", resume="auto")
    current.init(mode="disabled", resume="auto", id="other")

    assert (in_classic.id == "other", in_current.id) == (False, "abc")
    assert classic.disk.read("wandb/wandb-resume.json") == b'{"run_id": "abc"}'
    assert current.disk.read("wandb/wandb-resume.json") == b'{"run_id": "other"}'


def test_each_call_gives_a_new_object_with_an_id_of_its_own(fake: wt.World) -> None:
    """DISABLED-2"""
    first, second = (fake.init(mode="disabled") for _ in range(2))

    assert first is not second
    assert str.__eq__(first.id, second.id) is False


def test_a_dummy_ignores_who_it_was_to_be(classic: wt.World) -> None:
    """DISABLED-2"""
    dummy = classic.init(mode="disabled", id="abc", name="mine", project="p", entity="e", config={"a": 1})

    assert isinstance(dummy, wt.Dummy)
    assert re.fullmatch("[0-9a-z]{22}", dummy.id)
    assert dummy.name == f"dummy-{dummy.id}"
    assert (dummy.dir, dummy.step, dummy.resumed, dummy.disabled) == ("/", 0, False, True)
    assert dict(dummy.config) == {"a": 1}


def test_a_disabled_run_of_current_knows_its_arguments(current: wt.World) -> None:
    """DISABLED-2"""
    run = current.init(
        mode="disabled", id="abc", name="mine", project="p", entity="e", tags=["t"], notes="n", config={"a": 1}
    )

    assert isinstance(run, wt.Run)
    assert (run.id, run.name, run.project, run.entity, run.tags, run.notes) == ("abc", "mine", "p", "e", ("t",), "n")
    assert (run.url, run.starting_step, run.offline, run.disabled, run.resumed) == (None, 0, False, True, False)
    assert run.dir.startswith(tempfile.gettempdir() + os.sep)
    assert dict(run.config) == {"a": 1}


def test_a_disabled_run_of_current_has_names_of_its_own_by_default(current: wt.World) -> None:
    """DISABLED-2"""
    run = current.init(mode="disabled")

    assert (run.name, run.project, run.entity) == (f"dummy-{run.id}", "dummy", "dummy")


def test_a_dummy_answers_everything(classic: wt.World) -> None:
    """DISABLED-3"""
    dummy: Any = classic.init(mode="disabled")

    answers = [
        dummy.some_name,
        dummy.some_name.deep[3]("x", y=1).down,
        dummy["item"],
        dummy(),
        dummy + 1,
        dummy - dummy,
        dummy * 2,
        dummy**2,
        -dummy,
        abs(dummy),
    ]

    assert all(isinstance(answer, type(dummy).__mro__[1]) for answer in answers)


def test_a_dummy_looks_like_one_of_everything(classic: wt.World) -> None:
    """DISABLED-3"""
    dummy: Any = classic.init(mode="disabled")

    assert bool(dummy) is True
    assert (len(dummy), int(dummy), float(dummy)) == (1, 1, 1.0)
    assert str.__len__(str(dummy)) == str.__len__(repr(dummy)) == 0
    assert list(dummy) == []
    assert isinstance(dummy, str)
    compare: list[Any] = [operator.eq, operator.ne, operator.lt, operator.gt, operator.le, operator.ge]
    assert [by(dummy, other) for by in compare for other in (1, "x", None, dummy)] == [True] * 24


@pytest.mark.parametrize("by", [operator.add, operator.sub, operator.truediv, operator.pow])
def test_arithmetic_with_a_dummy_gives_the_dummy_and_a_number_before_it_cannot_be_helped(
    classic: wt.World, by: Callable[[Any, Any], Any]
) -> None:
    """DISABLED-3"""
    dummy: Any = classic.init(mode="disabled")

    assert by(dummy, 2) is dummy
    with pytest.raises(TypeError):
        by(2, dummy)


def test_an_attribute_of_a_dummy_is_the_item_of_that_name(classic: wt.World) -> None:
    """DISABLED-3"""
    dummy: Any = classic.init(mode="disabled")

    dummy.mine = 3
    dummy["yours"] = 4

    assert (dummy["mine"], dummy.yours) == (3, 4)
    assert dummy["config"] is dummy.config
    assert dummy.other is dummy["other"]
    assert dummy[[1]] is dummy["[1]"]


def test_a_dummy_gives_a_dummy_even_for_the_names_of_protocols(classic: wt.World) -> None:
    """DISABLED-3"""
    dummy: Any = classic.init(mode="disabled")

    assert isinstance(dummy.__nope__, str)
    assert isinstance(copy.deepcopy(dummy), str)


def test_a_disabled_run_of_current_can_be_copied(current: wt.World) -> None:
    """DISABLED-3"""
    run: Any = current.init(mode="disabled", id="abc", config={"a": 1})
    run.log({"x": {"y": 1}})

    twin = copy.deepcopy(run)
    twin.log({"x": 2})

    assert (twin.id, dict(twin.config), dict(run.summary)) == ("abc", {"a": 1}, {"x": {"y": 1}})
    twin.finish()
    assert current.session.run is run


def test_a_dummy_cannot_be_hashed(classic: wt.World) -> None:
    """DISABLED-3"""
    dummy = classic.init(mode="disabled")

    with pytest.raises(TypeError):
        hash(dummy)
    with pytest.raises(TypeError):
        hash(dummy.anything)


def test_attributes_of_a_dummy_can_be_set_and_read_back(classic: wt.World) -> None:
    """DISABLED-3"""
    dummy: Any = classic.init(mode="disabled")

    dummy.mine = 3
    dummy.other.mine = 4

    assert dummy.mine is not None
    assert type(dummy.mine) is int
    assert dummy.mine == 3


def test_a_disabled_run_of_current_is_a_run_with_the_names_of_one(current: wt.World) -> None:
    """DISABLED-3"""
    run: Any = current.init(mode="disabled")

    run.mine = 3

    assert run.mine == 3
    assert isinstance(hash(run), int)
    with pytest.raises(AttributeError):
        _ = run.nope
    with pytest.raises(TypeError):
        _ = run + 1


def test_log_merges_into_the_summary(fake: wt.World) -> None:
    """DISABLED-4"""
    run: Any = fake.init(mode="disabled")

    returned = [
        run.log({"a": 1, "b": 1}),
        run.log({"a": 2}, step=7),
        run.log({"c": 3}, commit=False),
        run.log({"d": 4}, step=1),
        run.log({"": 5, "e": {}, "f": None}),
    ]

    assert returned == [None] * 5
    assert dict(run.summary) == {"a": 2, "b": 1, "c": 3, "d": 4, "": 5, "e": {}, "f": None}
    assert (type(run.step), run.step) == (int, 0)


def test_log_works_after_finish_too(fake: wt.World) -> None:
    """DISABLED-4"""
    run = fake.init(mode="disabled")
    run.finish()

    run.log({"a": 1})

    assert run.summary["a"] == 1


def test_the_summary_is_read_by_item_and_attribute(fake: wt.World) -> None:
    """DISABLED-5"""
    summary: Any = fake.init(mode="disabled").summary

    summary["a"] = 1
    summary.b = 2
    summary.update({"nested": {"x": {"y": 3}}})
    summary.nested.x.z = 4

    assert (summary.a, summary["b"], summary.nested.x.y, summary["nested"]["x"]) == (1, 2, 3, {"y": 3, "z": 4})
    del summary.b
    assert "b" not in summary
    with pytest.raises(KeyError):
        summary["nope"]
    with pytest.raises(KeyError):
        _ = summary.nope


@pytest.mark.parametrize(("profile", "error"), [(CLASSIC, KeyError), (CURRENT, AttributeError)], ids=str)
def test_the_config_behaves(fake: wt.World, error: type[Exception]) -> None:
    """DISABLED-6"""
    given: dict[str, Any] = {"--a-": (1, 2), "nested": {"x": [1]}}

    config = fake.init(mode="disabled", config=given).config
    given["nested"]["x"].append(2)
    config.update({"b": 1})

    assert dict(config) == {"a": [1, 2], "nested": {"x": [1]}, "b": 1}
    with pytest.raises(wt.ConfigError):
        config.a = 3
    with pytest.raises(error):
        _ = config.nope


@pytest.mark.parametrize(("profile", "error"), [(CLASSIC, Exception), (CURRENT, TypeError)], ids=str)
def test_an_invalid_config_still_raises(fake: wt.World, error: type[Exception]) -> None:
    """DISABLED-6"""
    with pytest.raises(error, match=r"problem|config=3"):
        fake.init(mode="disabled", config=3)


def test_the_methods_of_a_dummy_all_give_a_dummy(classic: wt.World) -> None:
    """DISABLED-7"""
    dummy: Any = classic.init(mode="disabled")

    answers = [
        dummy.save("x"),
        dummy.watch(1),
        dummy.define_metric("loss"),
        dummy.alert("t", "x"),
        dummy.log_artifact("x"),
        dummy.restore("x"),
        dummy.use_artifact("x"),
    ]

    assert all(isinstance(answer, type(dummy).__mro__[1]) for answer in answers)


def test_the_methods_of_a_disabled_run_of_current_do_nothing(current: wt.World) -> None:
    """DISABLED-7"""
    run: Any = current.init(mode="disabled")

    answers = [
        run.alert("title", "text"),
        run.watch("model"),
        run.unwatch(),
        run.restore("name"),
        run.use_artifact("name"),
        run.log_code(),
        run.mark_preempting(),
        run.finish_artifact("artifact"),
        run.upsert_artifact("artifact"),
        run.link_artifact("artifact", "path"),
        run.link_model("path", "name"),
        run.log_model("path"),
        run.use_model("name"),
        run.write_logs("text"),
        run.status(),
    ]

    assert answers == [None] * 15
    assert (run.project_url, run.sweep_url) == (None, None)
    assert run.save("x") is False


def test_an_artifact_of_a_disabled_run_of_current_is_itself_whatever_is_asked(current: wt.World) -> None:
    """DISABLED-7"""
    run: Any = current.init(mode="disabled")

    artifact = run.log_artifact("x")

    assert artifact.wait is artifact
    assert artifact.wait().version.deep(1) is artifact


def test_a_metric_of_a_disabled_run_of_current_is_a_metric(current: wt.World) -> None:
    """DISABLED-7"""
    run = current.init(mode="disabled")

    metric = run.define_metric("loss", summary="min")
    live = current.init(id="real").define_metric("loss")

    assert (type(metric), metric.name) == (type(live), "dummy")


def test_finish_unsets_wandb_run(fake: wt.World) -> None:
    """DISABLED-8"""
    run = fake.init(mode="disabled")

    returned = run.finish()

    assert returned is None
    assert fake.session.run is None


def test_finish_leaves_another_run_alone(fake: wt.World) -> None:
    """DISABLED-8, DEV-21"""
    dummy = fake.init(mode="disabled")
    run = fake.init()

    dummy.finish()

    assert fake.session.run is run
    assert fake.run.state == "running"


def test_leaving_a_with_block_keeps_wandb_run(fake: wt.World) -> None:
    """DISABLED-9"""
    with fake.init(mode="disabled") as run:
        run.log({"a": 1})

    assert fake.session.run is run


def test_exceptions_pass_through_a_with_block(fake: wt.World) -> None:
    """DISABLED-9"""
    with pytest.raises(ValueError, match="mine"), fake.init(mode="disabled"):
        raise ValueError("mine")


def test_the_setting_disabled_means_offline_in_classic(classic: wt.World) -> None:
    """DISABLED-10"""
    run = classic.init(settings={"disabled": True})

    assert (run.offline, run.disabled) == (True, False)
