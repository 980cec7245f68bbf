"""Owns what importlib.metadata tells of wandb while the drop-in is installed and no wandb is."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from importlib.metadata import Distribution, DistributionFinder
from pathlib import Path

METADATA = """\
Metadata-Version: 2.1
Name: wandb
Version: {version}
Summary: Drop-in wandb of wandb_testkit, for tests
"""


class DropInDistribution(Distribution):
    """An installed wandb, as far as its metadata go."""

    def __init__(self, version: str) -> None:
        self._texts = {"METADATA": METADATA.format(version=version), "top_level.txt": "wandb\n"}

    def read_text(self, filename: str) -> str | None:
        """A file of the metadata, None where there is none."""
        return self._texts.get(filename)

    def locate_file(self, path: str | os.PathLike[str]) -> Path:
        """Where a file of the distribution would be; it lists none."""
        return Path(__file__).parent / path


def find(version: str, context: DistributionFinder.Context, asked: object) -> Iterable[Distribution]:
    """The drop-in's distribution, if it is looked for and no other finder has a wandb.

    Args:
        version: What it tells.
        context: What is looked for. A search in places of its own (`path=`) is not about what can be imported.
        asked: The finder that this one answers for.
    """
    is_wanted = context.name is None or context.name.lower() == "wandb"
    if not is_wanted or "path" in vars(context):
        return ()
    wandb = DistributionFinder.Context(name="wandb")
    for finder in list(sys.meta_path):
        if finder is not asked and hasattr(finder, "find_distributions"):
            for _ in finder.find_distributions(wandb):
                return ()
    return (DropInDistribution(version),)
