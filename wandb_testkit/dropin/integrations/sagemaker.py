"""Owns `wandb.sagemaker_auth`: a file of secrets for jobs on SageMaker."""

from __future__ import annotations

import os
from typing import Any

from wandb_testkit.sdk.credentials import find_key
from wandb_testkit.world import current

KEY = "WANDB_API_KEY"


def sagemaker_auth(overrides: dict[str, Any] | None = None, path: str = ".", api_key: str | None = None) -> None:
    """Write secrets.env with the key of the process, and other variables.

    Args:
        overrides: Other variables; the key is put there too.
        path: The directory of the file.
    Raises:
        ValueError: There is no key.
    """
    told = {} if overrides is None else overrides
    key = told.get(KEY) or api_key or find_key(current().session)
    if key is None:
        raise ValueError("Can't find W&B API key, set the WANDB_API_KEY env variable or run `wandb login`")
    told[KEY] = key
    with open(os.path.join(path, "secrets.env"), "w", encoding="utf-8") as file:
        file.writelines(f"{name}={value}\n" for name, value in told.items())
