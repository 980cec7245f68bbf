"""Owns the mode: which one is in force, the dummy of disabled mode, and the local run of offline mode.

Source: spec.md MODE, DISABLED, REINIT-5, RESUME-13; C.3 steps 1 and 6, C.4 steps 4 and 7.
"""

from __future__ import annotations

from wandb_testkit.profiles import CLASSIC
from wandb_testkit.spec.cells import DIMENSIONS
from wandb_testkit.spec.table import DecisionTable, Facts, Rule

_WORDS = DIMENSIONS[CLASSIC]

MODE: DecisionTable[Facts] = DecisionTable(
    "mode",
    {"mode_arg": _WORDS["mode_arg"], "mode_env": _WORDS["mode_env"]},
    (
        Rule(
            "MODE-2.a",
            when={"mode_arg": "online"},
            then={"mode": "online"},
            source="MODE-2, A.2; C.2 M; DEV-5",
            says="With mode='online' the run is online, whatever WANDB_MODE says.",
        ),
        Rule(
            "MODE-2.b",
            when={"mode_arg": "offline"},
            then={"mode": "offline"},
            source="MODE-2, A.2; C.2 M",
            says="With mode='offline' the run is offline, whatever WANDB_MODE says.",
        ),
        Rule(
            "MODE-2.c",
            when={"mode_arg": "disabled"},
            then={"mode": "disabled"},
            source="MODE-2, A.2; C.2 M",
            says="With mode='disabled' wandb is disabled, whatever WANDB_MODE says.",
        ),
        Rule(
            "MODE-2.d",
            when={"mode_arg": "unset", "mode_env": "online"},
            then={"mode": "online"},
            source="MODE-2, A.2; C.2 M",
            says="Without mode=, WANDB_MODE=online makes the run online.",
        ),
        Rule(
            "MODE-2.e",
            when={"mode_arg": "unset", "mode_env": "offline"},
            then={"mode": "offline"},
            source="MODE-2, A.2; C.2 M",
            says="Without mode=, WANDB_MODE=offline makes the run offline.",
        ),
        Rule(
            "MODE-2.f",
            when={"mode_arg": "unset", "mode_env": "disabled"},
            then={"mode": "disabled"},
            source="MODE-2, A.2; C.2 M",
            says="Without mode=, WANDB_MODE=disabled disables wandb.",
        ),
        Rule(
            "MODE-1",
            when={"mode_arg": "unset", "mode_env": "unset"},
            then={"mode": "online"},
            source="MODE-1, INIT-1; C.2 M",
            says="When nobody chooses a mode, the run is online.",
        ),
    ),
)

CLASSIC_DISABLED: DecisionTable[Facts] = DecisionTable(
    "disabled",
    {"mode": ("online", "offline", "disabled"), "active": _WORDS["active"]},
    (
        Rule(
            "MODE-5.b",
            when={"mode": ("online", "offline")},
            then={},
            source="C.3 step 1",
            says="A mode other than disabled makes a real run.",
        ),
        Rule(
            "MODE-5",
            when={"mode": "disabled", "active": ("none", "dummy")},
            then={"kind": "dummy", "run_id": "dummy"},
            source="MODE-5, DISABLED-1, DISABLED-2, REINIT-6; C.3 step 1; DEV-14",
            says="In disabled mode init() returns a dummy at once: no request, no file, and an id of its own.",
        ),
        Rule(
            "REINIT-5",
            when={"mode": "disabled", "active": ("other", "same")},
            then={"kind": "dummy", "run_id": "dummy", "previous": "shadowed"},
            source="REINIT-5; C.3 step 1; DEV-10",
            says="The dummy becomes wandb.run, and the active run goes on behind it, whatever reinit says.",
        ),
    ),
)

CURRENT_DISABLED: DecisionTable[Facts] = DecisionTable(
    "disabled",
    {"mode": ("online", "offline", "disabled"), "active": _WORDS["active"]},
    (
        Rule(
            "MODE-5.b",
            when={"mode": ("online", "offline")},
            then={},
            source="C.4 step 4",
            says="A mode other than disabled makes a real run.",
        ),
        Rule(
            "MODE-5",
            when={"mode": "disabled", "active": ("none", "dummy")},
            then={"kind": "dummy"},
            source="MODE-5, DISABLED-1, DISABLED-2, REINIT-6; C.4 step 4",
            says="In disabled mode init() returns a dummy that has the id the run would have had.",
        ),
        Rule(
            "REINIT-5",
            when={"mode": "disabled", "active": ("other", "same")},
            then={"kind": "dummy", "previous": "shadowed"},
            source="REINIT-5; C.4 step 4",
            says="The dummy becomes wandb.run, and the active run goes on behind it, whatever reinit says.",
        ),
    ),
)

OFFLINE: DecisionTable[Facts] = DecisionTable(
    "offline",
    {"mode": ("online", "offline")},
    (
        Rule(
            "MODE-3",
            when={"mode": "offline"},
            then={"kind": "new", "owner": "local"},
            source="MODE-3, RESUME-13, FORCE-5; C.3 step 6, C.4 step 7",
            says="Offline, the run is a new local one; resume is neither enforced nor reported.",
        ),
        Rule(
            "MODE-4",
            when={"mode": "online"},
            then={"network": "full"},
            source="MODE-4; C.3 step 7, C.4 step 8",
            says="Online, the server is asked.",
        ),
    ),
)
