"""Owns what a SageMaker job says of itself in its environment: parameters of the run, its id and its group.

Only variables are read; the files below /opt/ml belong to a machine, and a world has its own. Source: E.1, rank 5.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

PARAMETERS = "SM_TRAINING_ENV"
JOB = "TRAINING_JOB_NAME"
HOST = "CURRENT_HOST"


def parameters(environ: Mapping[str, str], warn: Callable[[str], None]) -> dict[str, Any]:
    """The parameters of the training job that PARAMETERS holds; what is no JSON object is told and passed over."""
    try:
        found = json.loads(environ[PARAMETERS])
    except ValueError as error:
        warn(f"{PARAMETERS} is no JSON: {error} [E.1]; the run has none of its parameters")
        return {}
    if not isinstance(found, dict):
        warn(f"{PARAMETERS} holds {found!r}, expected a JSON object [E.1]; the run has none of its parameters")
        return {}
    return found


def run_id_and_group(environ: Mapping[str, str], host: str, random: str) -> dict[str, str]:
    """The id and group of a job's run; nothing outside of a job, or where WANDB_RUN_ID says the id.

    Args:
        host: Names the machine where the job does not.
        random: Makes runs of one job different.
    """
    job = environ.get(JOB)
    if not job or environ.get("WANDB_RUN_ID"):
        return {}
    return {"run_id": f"{job}-{random}-{environ.get(HOST, host)}", "run_group": job}
