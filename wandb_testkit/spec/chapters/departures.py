"""Owns the clauses of spec.md F.1: where classic departs from real clients."""

from __future__ import annotations

from wandb_testkit.spec.chapters.clause import CLASSIC_ONLY, Clause

DEPARTURES_OF_CLASSIC_FROM_REAL_X_CLIENTS = "F.1 Departures of classic from real 0.10.x clients"

CLAUSES = (
    Clause(
        "DEV-1",
        DEPARTURES_OF_CLASSIC_FROM_REAL_X_CLIENTS,
        CLASSIC_ONLY,
        'job_type defaults to "train" on a new run; a real client sends nothing.',
        ("seed", "o10x"),
    ),
    Clause(
        "DEV-2",
        DEPARTURES_OF_CLASSIC_FROM_REAL_X_CLIENTS,
        CLASSIC_ONLY,
        "settings may be a dict; a real client crashes.",
        ("seed",),
    ),
    Clause(
        "DEV-3",
        DEPARTURES_OF_CLASSIC_FROM_REAL_X_CLIENTS,
        CLASSIC_ONLY,
        "The argument beats the settings object and setup(); in a real client settings beat the argument.",
        ("ruling", "o10x"),
    ),
    Clause(
        "DEV-4",
        DEPARTURES_OF_CLASSIC_FROM_REAL_X_CLIENTS,
        CLASSIC_ONLY,
        "A deleted id is an error, and a dead server too once the login is done; a real client retries for ever.",
        ("ruling",),
    ),
    Clause(
        "DEV-5",
        DEPARTURES_OF_CLASSIC_FROM_REAL_X_CLIENTS,
        CLASSIC_ONLY,
        'mode="online" beats WANDB_MODE=offline and a settings file with mode offline; a real client crashes.',
        ("ruling", "o10x"),
    ),
    Clause(
        "DEV-6",
        DEPARTURES_OF_CLASSIC_FROM_REAL_X_CLIENTS,
        CLASSIC_ONLY,
        "force False, not or not able to be logged in: an offline run; a real client raises.",
        ("seed",),
    ),
    Clause(
        "DEV-7",
        DEPARTURES_OF_CLASSIC_FROM_REAL_X_CLIENTS,
        CLASSIC_ONLY,
        "anonymous allow, not logged in: an anonymous run; a real client without a terminal raises.",
        ("ruling",),
    ),
    Clause(
        "DEV-8",
        DEPARTURES_OF_CLASSIC_FROM_REAL_X_CLIENTS,
        CLASSIC_ONLY,
        "anonymous must, logged in: an anonymous run; a real client uses the user's key.",
        ("ruling",),
    ),
    Clause(
        "DEV-9",
        DEPARTURES_OF_CLASSIC_FROM_REAL_X_CLIENTS,
        CLASSIC_ONLY,
        "Only a returned active run skips the login; in a real client any wandb.run does, also a dummy.",
        ("ruling",),
    ),
    Clause(
        "DEV-10",
        DEPARTURES_OF_CLASSIC_FROM_REAL_X_CLIENTS,
        CLASSIC_ONLY,
        "A real run shadowed by a dummy stays active; a real client's init() forgets it.",
        ("ruling", "o10x"),
    ),
    Clause(
        "DEV-11",
        DEPARTURES_OF_CLASSIC_FROM_REAL_X_CLIENTS,
        CLASSIC_ONLY,
        "reinit True with the same id and allow or must resumes; thread mode of 0.10.33 fails.",
        ("o12", "ruling"),
    ),
    Clause(
        "DEV-12",
        DEPARTURES_OF_CLASSIC_FROM_REAL_X_CLIENTS,
        CLASSIC_ONLY,
        "Returning the active run has no side effects; a real client leaves a directory, links, a resume file and a "
        "handler.",
        ("ruling",),
    ),
    Clause(
        "DEV-13",
        DEPARTURES_OF_CLASSIC_FROM_REAL_X_CLIENTS,
        CLASSIC_ONLY,
        "init(allow_val_change=) is honoured; a real client ignores it.",
        ("seed",),
    ),
    Clause(
        "DEV-14",
        DEPARTURES_OF_CLASSIC_FROM_REAL_X_CLIENTS,
        CLASSIC_ONLY,
        "disabled does not touch the resume file; a real client reads and writes it.",
        ("ruling",),
    ),
    Clause(
        "DEV-15",
        DEPARTURES_OF_CLASSIC_FROM_REAL_X_CLIENTS,
        CLASSIC_ONLY,
        "finish() of a finished run does nothing; in a real client it unsets wandb.run of another run.",
        ("ruling",),
    ),
    Clause(
        "DEV-16",
        DEPARTURES_OF_CLASSIC_FROM_REAL_X_CLIENTS,
        CLASSIC_ONLY,
        "magic may be a dict, JSON text or a YAML file; a real client takes its argument as on or off.",
        ("seed",),
    ),
    Clause(
        "DEV-17",
        DEPARTURES_OF_CLASSIC_FROM_REAL_X_CLIENTS,
        CLASSIC_ONLY,
        "reinit and auto: the active run is finished first, then the file is looked at; a real client reads first, "
        "and the finish deletes the new file.",
        ("ruling",),
    ),
    Clause(
        "DEV-18",
        DEPARTURES_OF_CLASSIC_FROM_REAL_X_CLIENTS,
        CLASSIC_ONLY,
        "A damaged resume file is ignored; a real client raises.",
        ("ruling",),
    ),
    Clause(
        "DEV-19",
        DEPARTURES_OF_CLASSIC_FROM_REAL_X_CLIENTS,
        CLASSIC_ONLY,
        "The defaults file gives way to the argument; a real client raises ConfigError.",
        ("ruling",),
    ),
    Clause(
        "DEV-20",
        DEPARTURES_OF_CLASSIC_FROM_REAL_X_CLIENTS,
        CLASSIC_ONLY,
        "After reinit in a notebook the new run has its cell hooks; in a real client it has none.",
        ("ruling",),
    ),
    Clause(
        "DEV-21",
        DEPARTURES_OF_CLASSIC_FROM_REAL_X_CLIENTS,
        CLASSIC_ONLY,
        "finish() of a dummy leaves another run's globals alone; a real client unsets them.",
        ("ruling",),
    ),
)
