"""Videos of gymnasium lead to the rows and files that the real 0.31.0 makes of them (GYM)."""

from __future__ import annotations

import pytest

from tests.integrations.conftest import Play

pytest.importorskip("torch", reason="make test-integrations installs it")


def test_videos_lead_to_the_rows_and_files_of_the_real_client(play: Play) -> None:
    """GYM-2"""
    real, ours = play("videos.py")

    assert ours == real
    assert [key for row in real.runs["r1"].history for key in row if key.startswith("video")] == ["video.1", "video.1"]
