"""Owns the login: who the run belongs to, or why there is none.

"Not logged in" is no credentials; "cannot log in" is a refused key or a server that cannot be reached. No terminal is
there to ask. Source: spec.md LOGIN, FORCE, ANON; C.3 step 3; C.4 steps 0, 1 and 8.
"""

from __future__ import annotations

from wandb_testkit.profiles import CLASSIC
from wandb_testkit.spec.cells import DIMENSIONS
from wandb_testkit.spec.table import DecisionTable, Facts, Rule

_WORDS = DIMENSIONS[CLASSIC]

_REFUSED: Facts = {"kind": "error", "error": "LOGIN", "network": "login"}
_FALLBACK: Facts = {"mode": "offline", "network": "login", "offline_fallback": "yes"}

CLASSIC_LOGIN: DecisionTable[Facts] = DecisionTable(
    "login",
    {
        "mode": ("online", "offline"),
        "auth": _WORDS["auth"],
        "anonymous": _WORDS["anonymous"],
        "force": _WORDS["force"],
    },
    (
        Rule(
            "FORCE-3",
            when={"mode": "offline"},
            then={},
            source="FORCE-3, MODE-3, ANON-8; C.3 step 3",
            says="Offline nobody logs in, so force and anonymous have no effect.",
        ),
        Rule(
            "ANON-3",
            when={"mode": "online", "auth": ("ok", "none", "rejected"), "anonymous": "must"},
            then={"owner": "anonymous"},
            source="ANON-3, ANON-6; C.3 step 3.1; DEV-8",
            says="With anonymous='must' the run belongs to an anonymous account, even if the user is logged in.",
        ),
        Rule(
            "ANON-1",
            when={"mode": "online", "auth": "ok", "anonymous": ("unset", "never", "allow")},
            then={"owner": "user"},
            source="ANON-1, ANON-2, FORCE-3; C.3 step 3.2",
            says="A user who is logged in owns the run.",
        ),
        Rule(
            "ANON-2",
            when={"mode": "online", "auth": "none", "anonymous": "allow"},
            then={"owner": "anonymous"},
            source="ANON-2, ANON-6; C.3 step 3.3; DEV-7",
            says="With anonymous='allow' and nobody logged in, the run belongs to an anonymous account.",
        ),
        Rule(
            "FORCE-2.a",
            when={"mode": "online", "auth": "none", "anonymous": ("unset", "never"), "force": "true"},
            then=_REFUSED,
            source="FORCE-2; C.3 step 3.4",
            says="With force=True and nobody logged in, init() raises.",
        ),
        Rule(
            "FORCE-2.b",
            when={"mode": "online", "auth": "rejected", "anonymous": ("unset", "never", "allow"), "force": "true"},
            then=_REFUSED,
            source="FORCE-2, ANON-6; C.3 step 3.4",
            says="With force=True and a key that the server refuses, init() raises.",
        ),
        Rule(
            "FORCE-2.c",
            when={"mode": "online", "auth": "unreachable", "force": "true"},
            then=_REFUSED,
            source="FORCE-2, ANON-6, ERR-5; C.3 step 3.4",
            says="With force=True and a server that cannot be reached, init() raises.",
        ),
        Rule(
            "FORCE-1.a",
            when={"mode": "online", "auth": "none", "anonymous": ("unset", "never"), "force": ("unset", "false")},
            then=_FALLBACK,
            source="FORCE-1, FORCE-5; C.3 step 3.5; DEV-6",
            says="Without force, nobody being logged in, the run is offline and a warning says so.",
        ),
        Rule(
            "FORCE-1.b",
            when={
                "mode": "online",
                "auth": "rejected",
                "anonymous": ("unset", "never", "allow"),
                "force": ("unset", "false"),
            },
            then=_FALLBACK,
            source="FORCE-1, FORCE-5, ANON-6; C.3 step 3.5; DEV-6",
            says="Without force, when the server refuses the key, the run is offline and a warning says so.",
        ),
        Rule(
            "FORCE-1.c",
            when={"mode": "online", "auth": "unreachable", "force": ("unset", "false")},
            then=_FALLBACK,
            source="FORCE-1, FORCE-5, ANON-6, ERR-5; C.3 step 3.5; DEV-4",
            says="Without force, when the server cannot be reached, the run is offline and a warning says so.",
        ),
    ),
)

CURRENT_FORCE: DecisionTable[Facts] = DecisionTable(
    "force",
    {"force": _WORDS["force"]},
    (
        Rule(
            "FORCE-2",
            when={},
            then={},
            source="FORCE-1, FORCE-2, FORCE-3; C.1",
            says="Without a terminal force has no effect.",
        ),
    ),
)

CURRENT_ANONYMOUS: DecisionTable[Facts] = DecisionTable(
    "anonymous",
    {"anonymous": _WORDS["anonymous"]},
    (
        Rule(
            "ANON-9",
            when={"anonymous": ("never", "allow", "must")},
            then={"anonymous_ignored": "yes"},
            source="ANON-9; C.4 step 0",
            says="anonymous has no effect but a warning.",
        ),
        Rule(
            "ANON-9.b",
            when={"anonymous": "unset"},
            then={},
            source="ANON-9; C.4 step 0",
            says="Without anonymous there is nothing to warn of.",
        ),
    ),
)

CURRENT_LOGIN: DecisionTable[Facts] = DecisionTable(
    "login",
    {"mode": ("online", "offline", "disabled"), "auth": _WORDS["auth"]},
    (
        Rule(
            "FORCE-3",
            when={"mode": ("offline", "disabled")},
            then={},
            source="FORCE-3, MODE-3, MODE-5; C.4 step 1",
            says="Offline or disabled nobody logs in.",
        ),
        Rule(
            "FORCE-1",
            when={"mode": "online", "auth": "none"},
            then=_REFUSED,
            source="FORCE-1, FORCE-2, LOGIN-1; C.4 step 1",
            says="Online and without credentials init() raises, whatever force says and whatever run is active.",
        ),
        Rule(
            "LOGIN-1",
            when={"mode": "online", "auth": ("ok", "rejected", "unreachable")},
            then={"network": "login"},
            source="LOGIN-1, LOGIN-2, A.4; C.4 step 1",
            says="Credentials count as logged in; whether the server takes them is found out later.",
        ),
    ),
)

CURRENT_SERVER: DecisionTable[Facts] = DecisionTable(
    "server",
    {"auth": ("ok", "rejected", "unreachable")},
    (
        Rule(
            "LOGIN-1.b",
            when={"auth": "ok"},
            then={"owner": "user"},
            source="ANON-9; C.4 step 8",
            says="The run belongs to the user.",
        ),
        Rule(
            "FORCE-1.b",
            when={"auth": "rejected"},
            then={"kind": "error", "error": "COMM_REJECTED", "owner": "user"},
            source="FORCE-1, ERR-3; C.4 step 8",
            says="When the server refuses the key, init() raises, whatever force says.",
        ),
        Rule(
            "FORCE-1.c",
            when={"auth": "unreachable"},
            then={"kind": "error", "error": "COMM_UNREACHABLE", "owner": "user"},
            source="FORCE-1, ERR-3, ERR-5; C.4 step 8",
            says="When the server cannot be reached, init() raises, whatever force says.",
        ),
    ),
)
