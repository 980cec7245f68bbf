"""Owns what is compared with what: a profile of the drop-in module, and the real wandb that it stands for."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from tests.parity.explained import EXPLAINED, EXPLAINED_CLASSIC
from wandb_testkit.profiles import CLASSIC, CURRENT, Profile

ROOT = Path(__file__).parents[2]
SCRIPTS = ROOT / "fixtures" / "parity"

KIT = ("graphql-core>=3.2.4", "PyYAML>=6.0", "requests>=2.28")
"""What the kit itself needs, besides what wandb brings along."""


class Subject(NamedTuple):
    """One comparison.

    Attributes:
        profile: Of the drop-in module.
        version: Of the real wandb.
        directory: Where its scripts are, and what came of them.
        borrowed: Scripts of the current profile that it plays as well.
        packages: Of the environment that both sides run in.
        explained: Script -> what a difference begins with -> why it stays.
    """

    profile: Profile
    version: str
    directory: Path
    borrowed: tuple[str, ...]
    packages: tuple[str, ...]
    explained: Mapping[str, Mapping[str, str]]

    @property
    def results(self) -> Path:
        """The file that keeps what came of each script."""
        return self.directory / "results.json"

    def scripts(self) -> list[Path]:
        """Every script, in order of their names."""
        own = self.directory.glob("*.py")
        return sorted([*own, *(SCRIPTS / f"{name}.py" for name in self.borrowed)], key=lambda path: path.stem)


PARITY_CURRENT = Subject(
    CURRENT,
    "0.31.0",
    SCRIPTS,
    (),
    (
        "wandb==0.31.0",
        "matplotlib>=3.8",
        "moviepy>=1.0",
        "numpy>=1.24",
        "pandas>=2.0",
        "pillow>=10.0",
        "plotly>=5.0",
        "scikit-learn>=1.3",
        "soundfile>=0.12",
        "sweeps>=0.2,!=0.3.0",
        *KIT,
    ),
    EXPLAINED,
)

PARITY_CLASSIC = Subject(
    CLASSIC,
    "0.10.33",
    SCRIPTS / "classic",
    (
        *("artifact", "basic", "config_keys", "context_manager", "exception", "exception_in_context", "exit_code"),
        *("log_code", "nested_config", "never_finished", "overwrite", "restore", "resume", "save_files"),
        *("step_and_commit", "sys_exit", "threads", "time_keys", "top_level_functions"),
    ),
    (
        "wandb==0.10.33",
        *("setuptools<70", "protobuf<4"),
        *("matplotlib<3.9", "moviepy<2", "numpy<2", "pandas<2.3", "pillow<11", "plotly>=5.0,<6"),
        *("scikit-learn>=1.3", "soundfile>=0.12", "sweeps>=0.2,!=0.3.0"),
        *KIT,
    ),
    EXPLAINED_CLASSIC,
)

SUBJECTS = (PARITY_CURRENT, PARITY_CLASSIC)


def what_it_does(script: Path) -> str:
    """The first line of its docstring."""
    text = ast.get_docstring(ast.parse(script.read_text(encoding="utf-8"))) or ""
    return text.split("\n")[0].rstrip(".")
