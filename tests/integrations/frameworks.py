"""Owns the table of frameworks: which script trains with each, and what of it no two trainings have in common."""

from __future__ import annotations

from typing import NamedTuple


class Framework(NamedTuple):
    """One integration that is tried through both doors.

    Attributes:
        script: Below fixtures/scripts/integrations/frameworks.
        distributions: Whose versions the table tells.
        arguments: Of the script.
        measured: Patterns of places whose values are times and speeds: they are there, and not compared.
        by_column: Which values come together in a row depends on time with the real client; columns are compared.
        explained: Patterns of places in which the drop-in differs, and why that is right.
        is_large: Its libraries are too large for what every change is tried with; `make deep` has it.
    """

    script: str
    distributions: tuple[str, ...]
    arguments: tuple[str, ...] = ()
    measured: tuple[str, ...] = ()
    by_column: bool = False
    explained: tuple[tuple[str, str], ...] = ()
    is_large: bool = False


FRAMEWORKS: dict[str, Framework] = {
    "hydra": Framework("use_hydra.py", ("hydra-core",)),
    "optuna, one run": Framework("use_optuna.py", ("optuna-integration", "optuna"), ("one",)),
    "optuna, a run each": Framework("use_optuna.py", ("optuna-integration", "optuna"), ("many",)),
    "stable-baselines3": Framework(
        "use_sb3.py",
        ("stable-baselines3",),
        # Event files and saved models hold times, and so does the agent itself.
        measured=(r"config\.start_time", r".*time/fps", r"summary\._step", r"files\.(events/.*|model\.zip)"),
        by_column=True,
    ),
}
