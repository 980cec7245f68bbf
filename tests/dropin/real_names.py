"""Owns the list of names that the real modules have: what docs/names.md is complete against.

`python -m tests.dropin.real_names` lists them anew, in the cached environments of 0.10.33 and 0.31.0, and writes
wandb_testkit/dropin/real_names.json.
"""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

from wandb_testkit.dropin import originals
from wandb_testkit.dropin.real_names import FILE
from wandb_testkit.targets.environments import python_of

LOOK = """
import importlib, json, pkgutil, sys, types, warnings
warnings.simplefilter("ignore")
sys.modules["numpy"] = None  # 0.10.33 does not know numpy 2, and can do without
import wandb
NOT_THEIRS = {"TYPE_CHECKING", "T", "np", "wandb", "annotations", "pandas_spec"}  # the last is there beside pandas
found = {}
for module in MODULES:
    try:
        there = importlib.import_module(module)
    except ImportError:
        continue
    names = []
    for name in dir(there):
        if (name.startswith("_") and name != "__version__") or name in NOT_THEIRS:
            continue
        value = getattr(there, name, None)
        home = value.__name__ if isinstance(value, types.ModuleType) else getattr(value, "__module__", None)
        if isinstance(home, str) and home.partition(".")[0] != "wandb":
            continue
        if isinstance(value, types.ModuleType) and module != "wandb":
            continue
        names.append(name)
    found[module] = sorted(names)
import wandb.integration
found["wandb.integration"] = sorted(item.name for item in pkgutil.iter_modules(wandb.integration.__path__))
print(json.dumps(found))
"""

MODULES = (
    "wandb",
    "wandb.apis",
    "wandb.apis.public",
    "wandb.data_types",
    "wandb.env",
    "wandb.errors",
    "wandb.errors.errors",
    "wandb.errors.term",
    "wandb.jupyter",
    "wandb.plot",
    "wandb.plots",
    "wandb.sdk",
    "wandb.sdk.lib",
    "wandb.sdk.lib.disabled",
    "wandb.sdk.lib.printer",
    "wandb.sdk.lib.runid",
    "wandb.sdk.lib.telemetry",
    "wandb.trigger",
    "wandb.util",
)
"""Those that users import; of the modules inside, docs/names.md lists what is there."""

CODE = f"MODULES = {MODULES!r}\n{LOOK}"


def listed(python: Path | str) -> dict[str, list[str]]:
    """Module -> the public names that the wandb of an interpreter has there."""
    done = subprocess.run([str(python), "-c", CODE], capture_output=True, text=True, check=True)
    names: dict[str, list[str]] = json.loads(done.stdout.splitlines()[-1])
    return names


def main() -> None:
    """Write the list."""
    found = {str(profile): listed(python_of(version)) for profile, version in originals.VERSIONS.items()}
    FILE.write_text(json.dumps(found, indent=1, sort_keys=True) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
