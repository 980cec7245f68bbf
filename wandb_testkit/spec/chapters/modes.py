"""Owns the clauses on mode, login, force and anonymous: where a run goes, and whose it is."""

from __future__ import annotations

from wandb_testkit.spec.chapters.clause import BOTH, CLASSIC_ONLY, CURRENT_ONLY, Clause

MODE = "MODE"
LOGIN_FORCE_ANON = "LOGIN, FORCE, ANON"
REINIT = "REINIT and the active run"

CLAUSES = (
    Clause(
        "MODE-1",
        MODE,
        BOTH,
        "The modes are online (the default), offline and disabled; run and dryrun are aliases of online and offline.",
        ("seed", "o10x", "o31"),
    ),
    Clause(
        "MODE-2",
        MODE,
        BOTH,
        'The effective mode is the argument, then the sources of A.2: mode="online" beats WANDB_MODE=offline.',
        ("o10x", "o31", "ruling"),
    ),
    Clause(
        "MODE-3",
        MODE,
        BOTH,
        "offline: a run directory offline-run-<time>-<id>, no request to any server, no credentials, no prompt; "
        'run.offline True, run.url None, entity "" unless given.',
        ("o10x", "o31"),
    ),
    Clause(
        "MODE-4",
        MODE,
        BOTH,
        "online: a run directory run-<time>-<id>, run.offline False, and a record that is on the server when init() "
        "returns.",
        ("o10x", "o31"),
    ),
    Clause("MODE-5", MODE, BOTH, "disabled beats resume, id, force, anonymous and login.", ("seed", "o10x", "o31")),
    Clause(
        "MODE-6",
        MODE,
        BOTH,
        "The mode is fixed per run, not per process: a later init() may use another one.",
        ("o10x", "o31"),
    ),
    Clause(
        "MODE-7", MODE, BOTH, 'In classic run.mode reads "run" or "dryrun"; current has no run.mode.', ("o10x", "o31")
    ),
    Clause(
        "SHARED-1",
        MODE,
        CURRENT_ONLY,
        'mode="shared" acts as online with a warning that it is experimental; run.step raises, history is appended, '
        "and config and tags of an existing id are as in RESUME-1. Classic does not accept it.",
        ("o31",),
    ),
    Clause(
        "FORCE-1",
        LOGIN_FORCE_ANON,
        BOTH,
        "Classic, force False: who is not or cannot be logged in gets an offline run with a warning, and no "
        "exception. Current: no credentials is UsageError whatever force says, a refused key or an unreachable server"
        " CommError.",
        ("seed", "o31"),
    ),
    Clause(
        "FORCE-2",
        LOGIN_FORCE_ANON,
        BOTH,
        "force True: who is not or cannot be logged in gets an error (classic UsageError, current as FORCE-1), no "
        "run, and a resume file that is unchanged unless reinit finished a run first.",
        ("seed", "o10x", "o31"),
    ),
    Clause(
        "FORCE-3",
        LOGIN_FORCE_ANON,
        BOTH,
        "force has no effect on who is logged in, offline or disabled.",
        ("seed", "o10x", "o31"),
    ),
    Clause(
        "FORCE-4",
        LOGIN_FORCE_ANON,
        BOTH,
        'With a terminal a menu is shown; "don\'t visualize" makes the process offline and is missing when force is '
        'True, as is "create account"; classic adds a private dashboard without account unless anonymous is never.',
        ("r33", "r31"),
    ),
    Clause(
        "FORCE-5",
        LOGIN_FORCE_ANON,
        BOTH,
        'The offline fallback comes before the id and resume steps, so resume="must" without login and with force '
        "False gives an offline run.",
        ("ruling",),
    ),
    Clause(
        "ANON-1",
        LOGIN_FORCE_ANON,
        CLASSIC_ONLY,
        "never, the default: no anonymous account is ever made; a stored key that happens to be anonymous still "
        "counts as logged in.",
        ("seed", "o10x"),
    ),
    Clause(
        "ANON-2",
        LOGIN_FORCE_ANON,
        CLASSIC_ONLY,
        "allow: who is logged in uses the own account, who is not gets an anonymous one.",
        ("ruling",),
    ),
    Clause(
        "ANON-3",
        LOGIN_FORCE_ANON,
        CLASSIC_ONLY,
        "must: always an anonymous account, even for who is logged in; a present key that is anonymous itself is "
        "reused, and a real key in netrc is not overwritten.",
        ("ruling",),
    ),
    Clause(
        "ANON-4",
        LOGIN_FORCE_ANON,
        CLASSIC_ONLY,
        "A new anonymous key is stored (netrc, and anonymous = true in the user's settings) where there was no "
        "credential; the next process reuses it and is the same anonymous user.",
        ("o10x",),
    ),
    Clause(
        "ANON-5",
        LOGIN_FORCE_ANON,
        CLASSIC_ONLY,
        "The url of an anonymous run carries the key as ?apiKey=..., and the host name is not sent.",
        ("o10x",),
    ),
    Clause(
        "ANON-6",
        LOGIN_FORCE_ANON,
        CLASSIC_ONLY,
        "An anonymous login satisfies force. Without a server no account can be made, and FORCE-1 and FORCE-2 decide;"
        " a refused user key with allow is no reason for an anonymous account.",
        ("ruling",),
    ),
    Clause(
        "ANON-7",
        LOGIN_FORCE_ANON,
        CLASSIC_ONLY,
        "Resuming as anonymous looks in the anonymous entity: the user's runs do not exist there.",
        ("ruling",),
    ),
    Clause(
        "ANON-8",
        LOGIN_FORCE_ANON,
        CLASSIC_ONLY,
        "Offline and disabled, the argument has no effect and is not validated; WANDB_ANONYMOUS is validated in every"
        " mode.",
        ("o10x",),
    ),
    Clause(
        "ANON-9",
        LOGIN_FORCE_ANON,
        CURRENT_ONLY,
        "anonymous in any form, also None, has no effect but a warning; any value is accepted.",
        ("o31",),
    ),
    Clause(
        "LOGIN-1",
        LOGIN_FORCE_ANON,
        BOTH,
        "Classic: only a returned active run skips the login. Current: the login comes first, and can raise although "
        "an active run would have been returned.",
        ("ruling", "o31"),
    ),
    Clause(
        "LOGIN-2",
        LOGIN_FORCE_ANON,
        BOTH,
        "Offline and disabled inits make no account query, and classic makes at most one per process and key.",
        ("o10x", "o31"),
        leaves_open=True,
    ),
    Clause("REINIT-1", REINIT, BOTH, "Without an active run reinit has no effect, but for REINIT-7.", ("o10x", "o31")),
    Clause(
        "REINIT-2",
        REINIT,
        BOTH,
        "Classic, False or unset outside notebooks: init() returns the active run itself, ignores all other arguments"
        " and sends nothing; bad values still raise. Current, return_previous, False or default: the same with the "
        'most recently started run, wandb.run unchanged; but resume="must" raises Error.',
        ("seed", "o10x", "o31", "o33"),
    ),
    Clause(
        "REINIT-3",
        REINIT,
        BOTH,
        "True: the active run is finished with exit code 0, then a new one starts and becomes wandb.run. In current "
        "True and finish_previous finish all active runs, oldest first.",
        ("seed", "o10x", "o31"),
    ),
    Clause(
        "REINIT-4",
        REINIT,
        BOTH,
        "In a notebook, which is any IPython shell, unset acts as True, and an explicit False as False.",
        ("o10x", "o31"),
    ),
    Clause(
        "REINIT-5",
        REINIT,
        BOTH,
        'mode="disabled" with an active run gives the dummy whatever reinit says; wandb.run becomes the dummy, the '
        "run stays active and is returned by the next init() without reinit.",
        ("o10x", "o31", "ruling"),
    ),
    Clause(
        "REINIT-6",
        REINIT,
        BOTH,
        "A disabled run is not active: the init() after it starts a real run, and two disabled ones give two dummies.",
        ("o10x", "o31"),
    ),
    Clause(
        "REINIT-7",
        REINIT,
        CURRENT_ONLY,
        "create_new: a new run beside the others; neither wandb.run nor wandb.log changes, even if no run was active."
        " The id of an active run is a ServerResponseError.",
        ("o31",),
    ),
    Clause(
        "REINIT-8",
        REINIT,
        BOTH,
        "A run ended by finish() or by leaving its with block is not active: the page's loop gives ten different "
        "finished runs.",
        ("seed", "o10x", "o31"),
    ),
    Clause(
        "REINIT-9",
        REINIT,
        BOTH,
        "The active run's own id with reinit True: it is finished first, and then resumed with allow or must; with "
        "never init() raises when the run is finished already.",
        ("o12", "o31", "ruling"),
    ),
    Clause(
        "REINIT-10",
        REINIT,
        BOTH,
        "Returning the active run has no side effects in classic. In current the resume file is rewritten when resume"
        " is auto.",
        ("ruling", "o31"),
        leaves_open=True,
    ),
)
