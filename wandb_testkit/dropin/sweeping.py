"""Owns wandb.sweep(): a sweep is made on the server, and the process remembers where."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import quote

from wandb_testkit.dropin.public import documents
from wandb_testkit.dropin.public.asking import Asker
from wandb_testkit.sdk.session import Session
from wandb_testkit.world import current


def make_sweep(
    sweep: Mapping[str, Any] | Callable[[], Mapping[str, Any]],
    entity: str | None,
    project: str | None,
    prior_runs: list[str] | None = None,
) -> str:
    """Make a sweep and tell its id; a function gives the config.

    Args:
        prior_runs: Ids of runs that are there already, and become the sweep's.
    Raises:
        CommError: By this config no parameters could be chosen.
        UsageError: Nobody is logged in.
        NotModelledError: The package `sweeps` is not installed.
    """
    config = sweep() if callable(sweep) else sweep
    session = current().session
    remember_place(session, entity, project or config.get("project"))
    asker = Asker(session)
    prior = json.dumps({"$or": [{"name": run_id} for run_id in prior_runs]}) if prior_runs else None
    made, warnings = upsert_sweep(asker, {"config": as_text(config), "priorRuns": prior})
    if warnings:
        listed = "\n".join(f"  Violation {number}. {text}" for number, text in enumerate(warnings, 1))
        session.terminal.line(
            "Malformed sweep config detected! This may cause your sweep to behave in unexpected ways.\n"
            f"To avoid this, please fix the sweep config schema violations below:\n{listed}",
            level="warning",
        )
    tell_of(asker, made)
    return str(made["name"])


def upsert_sweep(asker: Asker, said: Mapping[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """Make a sweep where the process is, or change one by its id; the sweep, and what is wrong with its config."""
    given = asker.session.of_process()
    where = {} if "id" in said else {"entity": given.get("entity"), "project": given.get("project")}
    told = asker.ask(documents.UPSERT_SWEEP, {**where, **said})["upsertSweep"]
    return dict(told["sweep"]), list(told["configValidationWarnings"])


def tell_of(asker: Asker, made: Mapping[str, Any]) -> None:
    """Print the sweep's id and page, as wandb does: on standard output."""
    name, where = made["name"], made["project"]
    place = "/".join(quote(part) for part in (where["entity"]["name"], where["name"]))
    print("Create sweep with ID:", name)
    print(f"Sweep URL: {asker.app_url}{place}/sweeps/{quote(name)}")


def as_text(config: Mapping[str, Any]) -> str:
    """A config as the server takes it: JSON is YAML."""
    return json.dumps(dict(config))


def remember_place(session: Session, entity: str | None, project: str | None) -> None:
    """From now on the process means this entity and project where it names none, as wandb's own does."""
    values: dict[str, str | None] = {}
    if entity:
        values["WANDB_ENTITY"] = entity
    if project:
        values["WANDB_PROJECT"] = project
    if values:
        session.set_variables(values)
        forget_environment(session)


def forget_environment(session: Session) -> None:
    """Let the variables be read anew; runs go on."""
    session._environment = None
