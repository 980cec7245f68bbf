"""Owns the part of the table of names that is about callbacks and autologgers which only 0.31.0 brings.

All of it is there by import only: `import wandb.integration` brings none of it along.
"""

from __future__ import annotations

from collections.abc import Mapping

from wandb_testkit.dropin.entries import CURRENT, Name, Table, from_module
from wandb_testkit.profiles import Profile

_WHERE = "dropin.integrations"
_FABRIC = {"WandbLogger": Name(f"wandb_testkit.{_WHERE}.fabric_logger:logger_class()", CURRENT)}

NAMES: Table = {
    "wandb.integration.diffusers": from_module(f"{_WHERE}.diffusers_autolog", "autolog", profiles=CURRENT),
    "wandb.integration.dspy": {
        "WandbDSPyCallback": Name(f"wandb_testkit.{_WHERE}.dspy_callback:callback_class()", CURRENT),
    },
    "wandb.integration.huggingface": from_module(f"{_WHERE}.huggingface_autolog", "autolog", profiles=CURRENT),
    "wandb.integration.lightning": {},
    "wandb.integration.lightning.fabric": _FABRIC,
    "wandb.integration.lightning.fabric.logger": _FABRIC,
    "wandb.integration.metaflow": from_module(
        f"{_WHERE}.metaflow_decorator", "wandb_log", "wandb_track", "wandb_use", profiles=CURRENT
    ),
    "wandb.integration.openai": {},
    "wandb.integration.openai.fine_tuning": from_module(
        f"{_WHERE}.openai_fine_tuning", "WandbLogger", profiles=CURRENT
    ),
    "wandb.integration.ultralytics": from_module(
        f"{_WHERE}.ultralytics_callback", "WandBUltralyticsCallback", "add_wandb_callback", profiles=CURRENT
    ),
}

NEEDS: Mapping[str, str] = {
    "wandb.integration.dspy": "dspy",
    "wandb.integration.lightning.fabric": "lightning",
    "wandb.integration.lightning.fabric.logger": "lightning",
    "wandb.integration.metaflow": "metaflow",
    "wandb.integration.openai.fine_tuning": "openai",
    "wandb.integration.ultralytics": "ultralytics",
}
"""Modules whose names need a library: the real wandb has no such module where that is not installed."""

MODULES_OF_ONE_PROFILE: Mapping[str, Profile] = dict.fromkeys(NAMES, Profile.CURRENT)

BY_IMPORT_ONLY = frozenset(NAMES)
"""Modules that are attributes only once somebody has imported them."""

PACKAGES = frozenset(NAMES) - {"wandb.integration.lightning.fabric.logger", "wandb.integration.openai.fine_tuning"}
"""Those that are packages, as in wandb."""
