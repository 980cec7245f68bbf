"""What a run tells and asks beside rows arrives over every transport alike."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import wandb_testkit as wt
from wandb_testkit.profiles import Profile
from wandb_testkit.world import TRANSPORTS


@pytest.fixture(params=TRANSPORTS)
def world(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[wt.World]:
    monkeypatch.chdir(tmp_path)
    with wt.fake(profile=Profile.CURRENT, transport=request.param, environ={}, notebook=False) as world:
        yield world


@pytest.mark.parametrize("profile", list(Profile), ids=str)
@pytest.mark.parametrize("transport", TRANSPORTS)
def test_a_run_tells_the_same(profile: Profile, transport: str) -> None:
    """FINISH-1"""
    with wt.fake(profile=profile, transport=transport, environ={}, notebook=False) as world:
        run: Any = world.init(id="abc", project="p", config={"lr": 1}, settings={"console": "off"})
        run.define_metric("loss", step_metric="epoch", summary="min")
        run.log({"loss": 2, "epoch": 1})
        run.alert("title", "text", "WARN", 5)
        run.mark_preempting()
        run.log({"loss": 1})
        run.finish(1)

        seen = world.run

    assert (seen.state, seen.exit_code, seen.config) == ("preempted", 1, {"lr": 1})
    assert seen.alerts == [{"title": "title", "text": "text", "level": "WARN", "wait_s": 5.0}]
    assert seen.history == [{"_step": 0, "loss": 2, "epoch": 1}, {"_step": 1, "loss": 1, "epoch": 1}]
    assert seen.summary["loss"] == {"min": 1}
    assert [(m.name, m.step_metric, m.summary) for m in seen.client["metrics"].values()] == [
        ("loss", "epoch", ("min",))
    ]


def test_a_file_comes_back(world: wt.World, tmp_path: Path) -> None:
    (tmp_path / "f.bin").write_bytes(b"kept\xff")
    (tmp_path / "f.txt").write_text("kept")
    run: Any = world.init(id="abc", project="p")
    run.save("f.*", policy="now")

    with run.restore("f.txt", root="there") as file:
        read = file.read()
    run.restore("f.bin", "p/abc", root="there").close()

    assert read == "kept"
    assert (tmp_path / "there" / "f.bin").read_bytes() == b"kept\xff"


def test_what_is_not_there_is_told_apart(world: wt.World) -> None:
    run: Any = world.init(id="abc", project="p")

    with pytest.raises(ValueError, match=r"nope\.txt"):
        run.restore("nope.txt")
    with pytest.raises(wt.CommError, match="Could not find run testkit-user/p/nobody"):
        run.restore("f.txt", "p/nobody")
    with pytest.raises(wt.CommError, match="Could not find run testkit-user/q/abc"):
        run.restore("f.txt", "testkit-user/q/abc")


def test_console_lines_arrive(world: wt.World) -> None:
    run: Any = world.init(settings={"console": "off"})
    run.write_logs("one\ntwo")
    run.finish()

    assert world.run.output == ["one", "two"]
