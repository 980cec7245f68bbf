"""Owns what `wandb.run` is after the call.

Source: spec.md INIT-2, ERR-4, REINIT-2, REINIT-5, REINIT-7; C.2 "Derived values"; C.4 after step 6.
"""

from __future__ import annotations

from wandb_testkit.profiles import CURRENT
from wandb_testkit.spec.cells import DIMENSIONS
from wandb_testkit.spec.table import DecisionTable, Facts, Rule

_KINDS = ("new", "resumed", "active", "dummy", "error")

CLASSIC_WANDB_RUN: DecisionTable[Facts] = DecisionTable(
    "wandb.run",
    {"kind": _KINDS, "previous": ("-", "returned", "finished", "shadowed")},
    (
        Rule(
            "INIT-2",
            when={"kind": ("new", "resumed", "dummy")},
            then={"wandb_run": "result"},
            source="INIT-2; C.2",
            says="What init() returns is wandb.run.",
        ),
        Rule(
            "REINIT-2.e",
            when={"kind": "active"},
            then={"wandb_run": "unchanged"},
            source="REINIT-2, INIT-2; C.3 step 2",
            says="Returning the active run does not change wandb.run.",
        ),
        Rule(
            "ERR-4",
            when={"kind": "error", "previous": ("-", "returned", "shadowed")},
            then={"wandb_run": "unchanged"},
            source="ERR-4; C.2",
            says="After an init() that raised, wandb.run is what it was before.",
        ),
        Rule(
            "ERR-4.b",
            when={"kind": "error", "previous": "finished"},
            then={"wandb_run": "none"},
            source="ERR-4, REINIT-9; C.2",
            says="After an init() that finished the active run and then raised, wandb.run is None.",
        ),
    ),
)

CURRENT_WANDB_RUN: DecisionTable[Facts] = DecisionTable(
    "wandb.run",
    {
        "kind": _KINDS,
        "reinit": DIMENSIONS[CURRENT]["reinit"],
        "previous": ("-", "returned", "finished", "shadowed", "untouched"),
    },
    (
        Rule(
            "INIT-2",
            when={
                "kind": ("new", "resumed"),
                "reinit": ("unset", "false", "true", "default", "return_previous", "finish_previous"),
            },
            then={"wandb_run": "result"},
            source="INIT-2; C.2",
            says="What init() returns is wandb.run.",
        ),
        Rule(
            "REINIT-7.d",
            when={"kind": ("new", "resumed"), "reinit": "create_new"},
            then={"wandb_run": "unchanged"},
            source="REINIT-7, INIT-2; C.4 after step 6",
            says="With reinit='create_new' wandb.run is not changed, even if no run was active.",
        ),
        Rule(
            "REINIT-5.b",
            when={"kind": "dummy"},
            then={"wandb_run": "result"},
            source="REINIT-5, DISABLED-8; C.4 step 4",
            says="The dummy becomes wandb.run, whatever reinit says.",
        ),
        Rule(
            "REINIT-2.e",
            when={"kind": "active"},
            then={"wandb_run": "unchanged"},
            source="REINIT-2, INIT-2; C.4 step 6.4",
            says="Returning the active run does not change wandb.run.",
        ),
        Rule(
            "ERR-4",
            when={"kind": "error", "previous": ("-", "returned", "shadowed", "untouched")},
            then={"wandb_run": "unchanged"},
            source="ERR-4; C.2",
            says="After an init() that raised, wandb.run is what it was before.",
        ),
        Rule(
            "ERR-4.b",
            when={"kind": "error", "previous": "finished"},
            then={"wandb_run": "none"},
            source="ERR-4; C.2",
            says="After an init() that finished the active run and then raised, wandb.run is None.",
        ),
    ),
)
