"""Helpers of wandb.util: the drop-in module and the real 0.10.33 make the same of the same values.

The same of 0.31.0, with numpy and figures, is a parity script (fixtures/parity/helpers.py).
"""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from tests.clients.conftest import VERSIONS
from wandb_testkit.targets.environments import python_of

pytestmark = pytest.mark.needs_client

ROOT = Path(__file__).parents[2]
SCRIPT = ROOT / "fixtures" / "parity" / "helpers.py"

WITH_DROPIN = f"""
import runpy
from wandb_testkit.dropin.install import install
install(profile="classic")
runpy.run_path({str(SCRIPT)!r}, run_name="__main__")
"""


def test_helpers_make_of_values_what_those_of_0_10_33_do(tmp_path: Path) -> None:
    if "0.10.33" not in VERSIONS:
        pytest.skip("needs wandb 0.10.33, and WANDB_TESTKIT_CLIENTS names others")

    def said(*arguments: str, path: str = "") -> list[str]:
        environ = {**{k: v for k, v in os.environ.items() if not k.startswith("WANDB")}, "PYTHONPATH": path}
        command = [str(python_of("0.10.33")), "-W", "ignore", *arguments]
        done = subprocess.run(command, cwd=tmp_path, env=environ, capture_output=True, text=True, timeout=120)
        assert done.returncode == 0, done.stderr
        return done.stdout.splitlines()

    real = said(str(SCRIPT))
    ours = said("-c", WITH_DROPIN, path=str(ROOT))

    assert len(real) > 200
    assert ours == real
