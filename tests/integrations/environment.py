"""Owns the environments of the integrations' tests: real torch, frameworks and wandb, each made once in a cache.

    python -m tests.integrations.environment [frameworks | callbacks | large | vision | classic]

makes it if it is not there, and tells where its interpreter is. The kit itself is not installed in it, because several
working trees may share it: its tests import the kit from the tree they are run in. The others see the packages of
"frameworks" beside their own, so that torch is installed once; "classic" has wandb 0.10.33, and what works with it.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

CACHE = Path.home() / ".cache" / "wandb_testkit" / "integrations"

Choices = Sequence[Sequence[str]]
"""Packages that are installed together; the first are those that the figures were made with, the next will do where
they cannot be had."""


class Environment(NamedTuple):
    """What is installed in an environment.

    Attributes:
        steps: One after the other.
        below: The environment whose packages are there as well.
    """

    steps: Sequence[Choices]
    below: str | None = None


TORCH = (("torch==2.13.0",), ("torch>=2.2",))

KIT_AND_WRITERS = (
    (
        "click>=8.1",
        "graphql-core>=3.2.4",
        "gymnasium==0.29.1",  # the last that monitor_gym of wandb 0.31.0 works with; `make test` has a newer one
        "moviepy>=1.0",
        "numpy>=1.24",
        "packaging>=22",
        "protobuf>=3.20",
        "hypothesis>=6.100",
        "pytest-randomly>=3.15",
        "pytest-xdist>=3.5",
        "pytest>=8.0",
        "PyYAML>=6.0",
        "requests>=2.28",
        "rich>=13.0",
        "tensorboard>=2.12",
        "tensorboardX>=2.6",
        "wandb==0.31.0",
    ),
)

FRAMEWORKS = (
    (
        "accelerate==1.15.0",
        "hydra-core==1.3.8",
        "lightgbm==4.7.0",
        "lightning==2.6.6",
        "matplotlib==3.11.2",
        "optuna-integration==5.0.0",
        "optuna==5.0.0",
        "pandas==3.1.1",
        "plotly==7.1.0",
        "scikit-learn==1.9.1",
        "stable-baselines3==2.9.2",
        "transformers==5.24.0",
    ),
    (
        "accelerate>=1.0",
        "hydra-core>=1.3",
        "lightgbm>=4.0",
        "lightning>=2.4",
        "matplotlib>=3.8",
        "optuna-integration>=4.0",
        "optuna>=4.0",
        "pandas>=2.0",
        "plotly>=5.0",
        "scikit-learn>=1.4",
        "stable-baselines3>=2.3",
        "transformers>=4.46",
    ),
)

XGBOOST = (("xgboost-cpu==3.2.0",), ("xgboost-cpu>=2.1",), ("xgboost>=2.1",))
"""xgboost itself brings 300 MB for graphics cards; the other is not made for every system."""

LARGE = (
    ("tensorflow-cpu==2.21.0", "keras==3.15.1"),
    ("tensorflow-cpu>=2.18", "keras>=3.6"),
)

CALLBACKS = (
    (
        "diffusers==0.42.1",
        "dspy==3.4.1",
        "metaflow==2.19.39",
        "openai==3.57.0",
        "sacred==0.8.7",
        "setuptools==80.10.2",  # sacred asks for pkg_resources, which later ones do not have
    ),
    ("diffusers>=0.40", "dspy>=3.0", "metaflow>=2.12", "openai>=1.12", "sacred>=0.8.7", "setuptools<81"),
)

CLASSIC = (
    (
        "keras==2.15.0",  # the last that the WandbCallback of wandb 0.10.33 works with
        "matplotlib<3.9",
        "moviepy<2",
        "numpy<2",
        "pandas<2.3",
        "pillow<11",
        "protobuf<4",
        "scikit-learn==1.5.2",
        "setuptools>=77.0.3,<80",  # torch asks for these, and wandb for pkg_resources, which later ones do not have
        "tensorboardX<2.6.3",
        "tensorflow-cpu==2.15.1",
        "wandb==0.10.33",
    ),
)

FASTAI_1 = (("fastai==1.0.61", "fastprogress<1.0.4", "torchvision==0.28.0"), ("fastai<2", "fastprogress<1.0.4"))
"""The first, that is: its torchvision is that of the first torch."""

VISION = (
    ("torchvision==0.28.0", "ultralytics==8.4.190"),
    ("torchvision>=0.17", "ultralytics>=8.2"),
)

FASTAI = (("--no-deps", "fastai==2.7.19", "fastcore==1.7.29", "fastdownload==0.0.7", "fastprogress==1.0.3"),)
"""Without what it asks for: an older torch, with which it would be another environment; it works with this one. The
callback of fastai 2.8 does not work with the fastcore that comes with it."""

RAY = (("ray[tune]==2.60.0",), ("ray[tune]>=2.9",))

ENVIRONMENTS = {
    "frameworks": Environment((TORCH, KIT_AND_WRITERS, FRAMEWORKS, XGBOOST)),
    "callbacks": Environment((CALLBACKS,), below="frameworks"),
    "large": Environment((LARGE, RAY), below="frameworks"),
    "vision": Environment((VISION, FASTAI), below="frameworks"),
    "classic": Environment((CLASSIC, FASTAI_1), below="frameworks"),
}


def python(name: str = "frameworks") -> Path:
    """The interpreter of an environment, which is made if it is not there; other packages are another environment.

    Raises:
        LookupError: Packages cannot be installed.
    """
    environment = ENVIRONMENTS[name]
    below = [] if environment.below is None else [python(environment.below)]
    mark = hashlib.sha256(repr((environment, below, sys.version_info[:2])).encode()).hexdigest()[:12]
    directory = CACHE / mark
    bin_directory = directory / ("Scripts" if os.name == "nt" else "bin")
    interpreter = bin_directory / ("python.exe" if os.name == "nt" else "python")
    finished = directory / ".installed"
    if not finished.exists():
        shutil.rmtree(directory, ignore_errors=True)
        subprocess.run([sys.executable, "-m", "venv", str(directory)], check=True)
        for other in below:
            (_site(interpreter) / "below.pth").write_text(f"{_site(other)}\n", encoding="utf-8")
        for choices in environment.steps:
            if not any(_install(interpreter, choice) for choice in choices):
                raise LookupError(f"{', '.join(choices[-1])} cannot be installed; see what pip says above")
        finished.touch()
    return interpreter


def _site(interpreter: Path) -> Path:
    command = [str(interpreter), "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"]
    return Path(subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip())


def _install(interpreter: Path, packages: Sequence[str]) -> bool:
    command = [str(interpreter), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *packages]
    return subprocess.run(command, check=False).returncode == 0


if __name__ == "__main__":
    print(python(*sys.argv[1:]))
