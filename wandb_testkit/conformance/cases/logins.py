"""Cases of FORCE, ANON and LOGIN: whose run it is, and what becomes of who is not logged in."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from wandb_testkit.actions import Action, CutNetwork, LogIn, LogOut, RestoreNetwork, RevokeKey
from wandb_testkit.conformance.case import ERRORS, ROWS, RUNS, Case
from wandb_testkit.conformance.cases.modes import MODE
from wandb_testkit.conformance.cases.words import (
    ACCOUNTS,
    FILE,
    REQUESTS,
    STEP,
    chapter,
    earlier,
    finish,
    init,
    log,
    look,
    process,
)
from wandb_testkit.spec.chapters.clause import CLASSIC_ONLY, CURRENT_ONLY

login = chapter("login")

OWNER = (*MODE, "init.entity", "init.warnings")

TROUBLES: dict[str, tuple[Action, ...]] = {
    "no-key": (LogOut(),),
    "a-refused-key": (RevokeKey(),),
    "no-server": (CutNetwork(),),
}


def _troubles() -> Iterator[Case]:
    """FORCE-1, FORCE-2: who is not or cannot be logged in."""
    for name, trouble in TROUBLES.items():
        for force in (None, False, True):
            kwargs: dict[str, Any] = {} if force is None else {"force": force}
            clauses = "FORCE-2 ERR-3" if force else "FORCE-1 F.2.11 DEV-6 ERR-3"
            clauses += " F.3.1" if not force else ""
            clauses += " F.2.10" if force else ""
            clauses += " DEV-4 ERR-5" if name == "no-server" else ""
            yield login(
                f"{name}/force-{str(force).lower()}",
                clauses,
                (*trouble, init(**kwargs)),
                *OWNER,
                *ERRORS,
                *(REQUESTS if name != "no-server" else ()),  # how often it is asked again is the client's own
                "runs",
            )
        yield login(
            f"{name}/the-offline-run-logs",
            "FORCE-1 FORCE-5 RESUME-13",
            (*trouble, init(id="a", resume="must"), log(x=1), finish()),
            *OWNER,
            *STEP,
            *ROWS,
            "run.mode",
            profiles=CLASSIC_ONLY,
        )
        yield login(
            f"{name}/force-leaves-no-run",
            "FORCE-2 ERR-4",
            (*trouble, init("refused", force=True), RestoreNetwork(), LogIn(), init(), log(x=1), finish()),
            *ERRORS,
            *ROWS,
        )
        yield login(
            f"{name}/offline-with-force",
            "FORCE-3",
            (*trouble, init(force=True, mode="offline"), log(x=1), finish()),
            *MODE,
            *ERRORS,
            *ROWS,
        )
        yield login(
            f"{name}/disabled-with-force",
            "FORCE-3 MODE-5",
            (*trouble, init(force=True, mode="disabled"), log(x=1), look()),
            *MODE,
            *ERRORS,
            "runs",
        )


def _anonymous() -> Iterator[Case]:
    """ANON-1 to ANON-3, ANON-6: whose account it is."""
    states: dict[str, tuple[Action, ...]] = {"logged-in": (), **TROUBLES}
    clauses = {"never": "ANON-1", "allow": "ANON-2", "must": "ANON-3 F.2.12"}
    for state, before in states.items():
        for word, named in clauses.items():
            for force in (False, True):
                also = " ANON-6 F.2.13" if state != "logged-in" else ""
                also += {"logged-in must": " DEV-8", "no-key allow": " DEV-7"}.get(f"{state} {word}", "")
                yield login(
                    f"anonymous/{word}-{state}{'-force' if force else ''}",
                    named + also,
                    (*before, init(anonymous=word, **({"force": True} if force else {}))),
                    *OWNER,
                    *ERRORS,
                    *ACCOUNTS,
                    "runs",
                    profiles=CLASSIC_ONLY,
                )
        yield login(
            f"anonymous/without-effect-{state}",
            "ANON-9 A.1.anonymous F.3.7",
            (*before, init(anonymous="must")),
            *OWNER,
            *ERRORS,
            *ACCOUNTS,
            "runs",
            profiles=CURRENT_ONLY,
        )


CASES: tuple[Case, ...] = (
    login(
        "force-is-nothing-to-who-is-logged-in",
        "FORCE-3 A.1.force",
        (init(force=True), log(x=1), finish()),
        *OWNER,
        *ROWS,
    ),
    login(
        "the-variable-of-force",
        "A.1.force A.3 FORCE-1",
        (LogOut(), process("only", FORCE="true"), init()),
        *OWNER,
        *ERRORS,
    ),
    login(
        "who-logs-in-again-goes-online",
        "FORCE-1 A.4",
        (LogOut(), LogIn(), process("later"), init(), log(x=1), finish()),
        *OWNER,
        *ROWS,
    ),
    login("an-account-query-is-enough", "LOGIN-2", (init("one"), finish("one"), init("two")), *ACCOUNTS),
    login(
        "offline-and-disabled-ask-for-no-account",
        "LOGIN-2",
        (init("one", mode="offline"), finish("one"), init("two", mode="disabled")),
        *ACCOUNTS,
        *REQUESTS,
    ),
    login(
        "a-returned-run-needs-no-login",
        "LOGIN-1 DEV-9",
        (init("one"), finish("one"), init("two", mode="offline"), LogOut(), init("three")),
        *OWNER,
        *ERRORS,
        *ACCOUNTS,
    ),
    login(
        "the-login-comes-before-the-active-run",
        "LOGIN-1 DEV-9",
        (init("one", mode="offline"), LogOut(), process("other"), init("two", mode="offline"), init("three")),
        *OWNER,
        *ERRORS,
    ),
    login(
        "the-login-comes-before-the-disabled-run",
        "LOGIN-1 DEV-9",
        (LogOut(), init("one", mode="disabled"), init("two", force=True)),
        *OWNER,
        *ERRORS,
    ),
    login(
        "a-dummy-does-not-stand-for-a-login",
        "LOGIN-1 DEV-9 REINIT-6",
        (init("one", mode="disabled"), init("two"), log("two", x=1), finish("two")),
        *OWNER,
        *ROWS,
    ),
    login(
        "an-anonymous-user-is-the-same-in-the-next-process",
        "ANON-4",
        (
            *(LogOut(), process("first"), init("one", anonymous="must"), finish("one")),
            *(process("second"), init("two", anonymous="must"), finish("two")),
        ),
        *OWNER,
        *RUNS,
        "run.entity",
        profiles=CLASSIC_ONLY,
    ),
    login(
        "a-stored-anonymous-key-is-a-login",
        "ANON-4 ANON-1",
        (
            *(LogOut(), process("first"), init("one", anonymous="allow"), finish("one")),
            *(process("second"), init("two"), finish("two")),
        ),
        *OWNER,
        *RUNS,
        "run.entity",
        profiles=CLASSIC_ONLY,
    ),
    login(
        "a-users-key-is-not-replaced-by-an-anonymous-one",
        "ANON-3",
        (
            *(process("first"), init("one", anonymous="must"), finish("one")),
            *(process("second"), init("two"), finish("two")),
        ),
        *OWNER,
        *RUNS,
        "run.entity",
        profiles=CLASSIC_ONLY,
    ),
    login(
        "an-anonymous-run-does-not-find-those-of-the-user",
        "ANON-7 F.2.18",
        (*earlier(), init(id="a", resume="must", anonymous="must")),
        *OWNER,
        *ERRORS,
        *REQUESTS,
        profiles=CLASSIC_ONLY,
    ),
    login(
        "an-anonymous-run-is-another-one",
        "ANON-7 ID-4 F.2.18",
        (*earlier(), init(id="a", resume="allow", anonymous="must"), log(x=1), finish()),
        *OWNER,
        *STEP,
        *ROWS,
        "run.entity",
        profiles=CLASSIC_ONLY,
    ),
    *(
        login(f"anonymous/{name}", "ANON-8 A.1.anonymous", script, *judges, profiles=CLASSIC_ONLY)
        for name, script, judges in (
            ("bogus-is-refused", (init(anonymous="bogus"),), (*ERRORS, "runs")),
            (
                "bogus-offline-is-not-looked-at",
                (init(anonymous="bogus", mode="offline"), log(x=1), finish()),
                (*MODE, *ROWS),
            ),
            ("bogus-disabled-is-not-looked-at", (init(anonymous="bogus", mode="disabled"), look()), MODE),
            ("a-bogus-variable-is-refused", (process("only", ANONYMOUS="bogus"), init()), ERRORS),
            ("a-bogus-variable-is-refused-offline", (process("only", ANONYMOUS="bogus"), init(mode="offline")), ERRORS),
            ("true-is-allow", (LogOut(), init(anonymous="true")), (*OWNER, *ERRORS)),
            ("false-is-never", (LogOut(), init(anonymous="false")), (*OWNER, *ERRORS)),
            ("the-variable", (LogOut(), process("only", ANONYMOUS="must"), init()), (*OWNER, *ERRORS)),
        )
    ),
    *(
        login(f"anonymous/{name}-is-warned-about", "ANON-9 F.3.7", script, *OWNER, *ERRORS, profiles=CURRENT_ONLY)
        for name, script in {
            "any-word": (init(anonymous="bogus"),),
            "none": (init(anonymous=None),),
            "offline": (init(anonymous="allow", mode="offline"),),
            "the-variable": (process("only", ANONYMOUS="must"), init()),
        }.items()
    ),
    login("without-anonymous-no-warning", "ANON-9", (init(),), *OWNER, profiles=CURRENT_ONLY),
    login(
        "a-failed-login-keeps-what-auto-remembers",
        "FORCE-2",
        (LogOut(), init(id="b", resume="auto", force=True)),
        *ERRORS,
        *FILE,
    ),
    login(
        "a-server-that-is-gone-after-the-login",
        "ERR-5 DEV-4",
        (init("one"), finish("one"), CutNetwork(), init("two")),
        *ERRORS,
        *OWNER,
    ),
    *_troubles(),
    *_anonymous(),
)
