"""Real clients send large files in parts, and fetch them in parts (protocol.md 8)."""

from __future__ import annotations

import os
import resource
import sys
from pathlib import Path

import pytest

from tests.clients.conftest import VERSIONS, Client
from wandb_testkit.world import World

pytestmark = pytest.mark.needs_client

PART = 64 * 2**10
WHOLE = 2 * 2**30 + 12_345
"""From 2 GiB on 0.31.0 sends and fetches a file in parts of 100 MiB; its program has no word for less."""

GIB = 2**30


@pytest.mark.skipif("0.15.12" not in VERSIONS, reason="0.15.12 is not asked for")
@pytest.mark.parametrize("size", [2 * PART, 5 * PART + 7])
def test_a_client_sends_a_file_in_parts(world: World, tmp_path: Path, size: int) -> None:
    """0.15.12 cuts files in Python, where a script may set the bounds; later ones from 2 GiB on alone."""
    client = Client("0.15.12", world, tmp_path)

    played = client.play("large_artifact.py", size, PART, env={"WANDB_DISABLE_SERVICE": "true"})

    assert played.exit_code == 0, played.output
    assert played.told["fetched"] == played.told["md5"]
    content = world.run.artifacts["large"].files["large.bin"]
    assert (len(content), content[:4], content[PART // 2 :][:8]) == (size, b"at 0", b"at 32768")
    uploads = [one for one in world.recorder.exchanges if one.method == "PUT" and "/part/" in one.path]
    assert len(uploads) == -(-size // PART)
    assert not world.recorder.refusals


@pytest.mark.skipif("0.31.0" not in VERSIONS, reason="0.31.0 is not asked for")
def test_a_client_fetches_a_file_in_parts(world: World, tmp_path: Path) -> None:
    """`download(multipart=True)` asks for parts of any file."""
    world.server.add_artifact("model", {"a.bin": b"content"}, type="model", project="p")

    played = Client("0.31.0", world, tmp_path).play("fetch_in_parts.py", world.server.accounts.default.entity)

    assert played.exit_code == 0, played.output
    assert played.told == {"content": "content"}
    fetched = [one for one in world.recorder.exchanges if one.path.startswith("/artifact-storage")]
    assert [one.status for one in fetched] == [200, 206]  # the manifest, and the one part


@pytest.mark.skipif("0.31.0" not in VERSIONS, reason="0.31.0 is not asked for")
@pytest.mark.skipif("WANDB_TESTKIT_DEEP" not in os.environ, reason="takes minutes, and 5 GiB of disk: make deep")
def test_the_newest_client_sends_and_fetches_more_than_two_gib(world: World, tmp_path: Path) -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024

    played = Client("0.31.0", world, tmp_path).play("large_artifact.py", WHOLE, 0, timeout_s=1800)

    assert played.exit_code == 0, played.output
    assert played.told["fetched"] == played.told["md5"]
    exchanges = world.recorder.exchanges
    assert len([one for one in exchanges if one.method == "PUT" and "/part/" in one.path]) == 21
    assert len([one for one in exchanges if one.method == "GET" and one.status == 206]) == 21
    assert len(world.run.artifacts["large"].files["large.bin"]) == WHOLE
    assert not world.recorder.refusals
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 - before
    print(f"\nsent, fetched: {played.told['seconds']} s; memory grew by {grown / GIB:.2f} GiB", file=sys.stderr)
    assert grown < 2 * WHOLE
