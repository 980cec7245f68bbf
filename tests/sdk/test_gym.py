"""Videos of a real gymnasium environment end in the run (GYM)."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import gymnasium
import numpy as np
import pytest
from gymnasium.wrappers import RecordVideo

import wandb_testkit as wt
from wandb_testkit.profiles import CLASSIC, Profile

pytest.importorskip("moviepy", reason="gymnasium writes videos with moviepy (extra gym)")


class Blinking(gymnasium.Env[Any, Any]):
    """Three steps an episode; what it shows changes with each."""

    metadata = {"render_modes": ["rgb_array"], "render_fps": 4}
    render_mode = "rgb_array"
    observation_space = gymnasium.spaces.Discrete(4)
    action_space = gymnasium.spaces.Discrete(2)

    def reset(self, **options: Any) -> tuple[int, dict[str, Any]]:
        super().reset(**options)
        self.step_number = 0
        return 0, {}

    def step(self, action: Any) -> tuple[int, float, bool, bool, dict[str, Any]]:
        self.step_number += 1
        return self.step_number, 1.0, self.step_number == 3, False, {}

    def render(self) -> Any:
        return np.full((32, 32, 3), 60 * self.step_number, dtype=np.uint8)


def play(directory: Path, *, episodes: int, name: str = "rl-video") -> None:
    env = RecordVideo(
        Blinking(), str(directory), episode_trigger=lambda number: True, name_prefix=name, disable_logger=True
    )
    for _ in range(episodes):
        env.reset()
        while not env.step(0)[2]:
            pass
    env.close()  # type: ignore[no-untyped-call]


def test_each_video_is_a_row_and_a_file_of_the_run(fake: wt.World, tmp_path: Path) -> None:
    """GYM-1, GYM-2, A.1.monitor_gym"""
    run = fake.init(monitor_gym=True)

    run.log({"before": 1})
    play(tmp_path / "videos", episodes=2)
    run.finish()

    on_disk = [(tmp_path / "videos" / f"rl-video-episode-{number}.mp4").read_bytes() for number in range(2)]
    digests = [hashlib.sha256(content).hexdigest() for content in on_disk]
    names = [f"media/videos/videos_{step}_{digest[:20]}.mp4" for step, digest in enumerate(digests, 1)]
    assert fake.run.history[1:] == [
        {
            "_step": step,
            "videos": {"_type": "video-file", "path": name, "sha256": digest, "size": len(content)},
        }
        for step, (name, digest, content) in enumerate(zip(names, digests, on_disk, strict=True), 1)
    ]
    assert fake.run.files == dict(zip(names, on_disk, strict=True))


def test_a_name_with_a_video_number_is_the_key(fake: wt.World, tmp_path: Path) -> None:
    """GYM-2"""
    fake.init(monitor_gym=True)

    play(tmp_path / "videos", episodes=1, name="openaigym.video.7")

    assert [list(row) for row in fake.run.history] == [["video.7", "_step"]]


def test_the_library_is_patched_once_and_is_what_it_was_in_the_end(
    make_world: Callable[..., wt.World], profile: Profile, tmp_path: Path
) -> None:
    """GYM-1"""
    before = vars(RecordVideo)["stop_recording"]

    with make_world(profile) as outer, make_world(profile) as inner:
        outer.init(monitor_gym=True)
        inner.init(monitor_gym=True)
        play(tmp_path / "videos", episodes=1)
        assert (len(outer.run.history), len(inner.run.history)) == (0, 1)
        inner.close()
        play(tmp_path / "more", episodes=1)
        assert (len(outer.run.history), len(inner.run.history)) == (1, 1)

    assert vars(RecordVideo)["stop_recording"] is before


def test_without_an_active_run_videos_are_written_as_ever(fake: wt.World, tmp_path: Path) -> None:
    """GYM-2"""
    fake.init(monitor_gym=True).finish()
    fake.init(mode="disabled")

    play(tmp_path / "videos", episodes=1)

    assert fake.run.history[:] == []
    assert [path.name for path in (tmp_path / "videos").iterdir()] == ["rl-video-episode-0.mp4"]


def test_without_the_library_no_run_is_made(fake: wt.World, profile: Profile, monkeypatch: pytest.MonkeyPatch) -> None:
    """GYM-1"""
    monkeypatch.setitem(sys.modules, "gymnasium", None)
    monkeypatch.setitem(sys.modules, "gym", None)

    with pytest.raises(Exception, match=r"problem|pip install wandb_testkit\[gym\]") as raised:
        fake.init(monitor_gym=True)

    told = raised.value.__cause__ if profile is CLASSIC else raised.value
    assert isinstance(told, wt.Error)
    assert "gymnasium or gym" in str(told)
    assert fake.runs == []
