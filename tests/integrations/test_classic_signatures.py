"""What the classic drop-in has for other libraries takes what that of wandb 0.10.33 takes, beside those libraries."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.dropin.real_signatures import LOOK

pytestmark = pytest.mark.skipif(
    os.environ.get("WANDB_TESTKIT_INTEGRATIONS") != "classic", reason="wandb 0.10.33 is in an environment of make deep"
)

MODULES = (
    "wandb.fastai",
    "wandb.integration.tensorboard",
    "wandb.integration.tensorflow",
    "wandb.keras",
    "wandb.sklearn",
)
DROP_IN = "from wandb_testkit.dropin.install import install; install(profile='classic')"


def signatures(first: str = "") -> dict[str, str]:
    """Dotted name -> parameters, of the wandb that an interpreter of this environment imports."""
    code = f"{first}\nMODULES = {MODULES!r}\n{LOOK}"
    env = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2]), "TF_CPP_MIN_LOG_LEVEL": "3"}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=env)
    found: dict[str, str] = json.loads(done.stdout.splitlines()[-1])
    return found


def test_callbacks_and_charts_take_what_those_of_wandb_take() -> None:
    theirs, ours = signatures(), signatures(DROP_IN)
    both = [name for name in theirs if name in ours]

    assert {name: (theirs[name], ours[name]) for name in both if theirs[name] != ours[name]} == {}
    assert {"wandb.keras.WandbCallback", "wandb.fastai.WandbCallback", "wandb.integration.tensorflow.WandbHook"} <= {
        *both
    }
    assert len(both) > 40
