"""The check sums of spec.md C.1, C.3 and C.4, by asking for every cell there is: 11,550,720 of them.

The sums settle kind, error and server effect. The other fields are settled by a second reading of C.3 and C.4: they are
written out below once more, as the spec has them ("first match wins"), and must agree on every member of the quotient.
"""

from __future__ import annotations

from collections import Counter, defaultdict

import pytest

from wandb_testkit.profiles import CLASSIC, CURRENT, Profile
from wandb_testkit.spec import Cell, Outcome, expected, product, quotient_of

PROFILES = pytest.mark.parametrize("profile", [CLASSIC, CURRENT], ids=str)

KINDS_IN_THE_FULL_PRODUCT = {
    CLASSIC: {"new": 1_603_296, "active": 430_848, "error": 280_962, "dummy": 1_082_880, "resumed": 67_230},
    CURRENT: {"new": 2_081_088, "active": 558_144, "error": 3_052_224, "dummy": 2_210_880, "resumed": 183_168},
}
KINDS_IN_THE_QUOTIENT = {
    CLASSIC: {"new": 42_468, "active": 11_232, "error": 9_132, "dummy": 31_968, "resumed": 1_104},
    CURRENT: {"new": 16_888, "active": 3_640, "error": 24_750, "dummy": 17_760, "resumed": 898},
}
ERRORS_IN_THE_QUOTIENT = {
    CLASSIC: {"LOGIN": 6_588, "MUST_ABSENT": 1_944, "DELETED": 348, "NEVER_EXISTS": 252},
    CURRENT: {
        "VALIDATION": 10_656,
        "LOGIN": 4_440,
        "COMM_REJECTED": 3_770,
        "COMM_UNREACHABLE": 3_770,
        "ACTIVE_MUST": 910,
        "MUST_ABSENT": 496,
        "DELETED": 310,
        "NEVER_EXISTS": 258,
        "ID_IN_USE": 140,
    },
}
SERVER_EFFECTS_IN_THE_QUOTIENT = {
    CLASSIC: {"created": 9_276, "continued": 1_104, "overwritten": 252},
    CURRENT: {"created": 1_550, "continued": 898, "appended": 258},
}
DIFFERENT_OUTCOMES = {CLASSIC: 89, CURRENT: 408}


@PROFILES
def test_every_cell_has_the_outcome_of_its_representative_and_the_kinds_add_up(profile: Profile) -> None:
    of_representative = {cell: expected(cell, profile) for cell in product(profile, "quotient")}
    different = []
    number_of: defaultdict[Outcome, int] = defaultdict(int)

    for cell in product(profile):
        outcome = expected(cell, profile)
        number_of[outcome] += 1
        if outcome != of_representative[quotient_of(cell, profile)]:
            different.append(cell)

    kinds: Counter[str] = Counter()
    for outcome, number in number_of.items():
        kinds[outcome.kind] += number
    assert different == []
    assert kinds == KINDS_IN_THE_FULL_PRODUCT[profile]
    assert len(number_of) == DIFFERENT_OUTCOMES[profile]


@PROFILES
def test_the_check_sums_of_the_quotient_hold(profile: Profile) -> None:
    outcomes = [expected(cell, profile) for cell in product(profile, "quotient")]

    errors = Counter(outcome.error for outcome in outcomes if outcome.error != "-")
    effects = Counter(outcome.server for outcome in outcomes if outcome.server != "untouched")
    assert Counter(outcome.kind for outcome in outcomes) == KINDS_IN_THE_QUOTIENT[profile]
    assert errors == ERRORS_IN_THE_QUOTIENT[profile]
    assert effects == SERVER_EFFECTS_IN_THE_QUOTIENT[profile]
    assert len(set(outcomes)) == DIFFERENT_OUTCOMES[profile]


@pytest.mark.parametrize(("flag", "word"), [("true", "finish_previous"), ("false", "return_previous")])
def test_a_bool_for_reinit_differs_from_its_word_only_by_the_warning(flag: str, word: str) -> None:
    for cell in product(CURRENT, "quotient"):
        if cell.reinit == flag:
            by_flag, by_word = expected(cell, CURRENT), expected(cell._replace(reinit=word), CURRENT)
            assert by_flag._replace(warnings=by_flag.warnings - {"reinit_bool"}) == by_word


@PROFILES
def test_the_tables_say_what_the_steps_of_the_spec_say(profile: Profile) -> None:
    as_written = {CLASSIC: classic_as_written, CURRENT: current_as_written}[profile]

    assert [cell for cell in product(profile, "quotient") if expected(cell, profile) != as_written(cell)] == []


AT_FIRST = Outcome(
    kind="?",
    error="-",
    run_id="-",
    resumed=False,
    start="0",
    server="untouched",
    mode="?",
    network="forbidden",
    owner="-",
    resume_file="unchanged",
    previous="-",
    wandb_run="result",
    warnings=frozenset(),
)

ACTIVE = AT_FIRST._replace(
    kind="active",
    run_id="active",
    start="active",
    mode="active",
    owner="active",
    previous="returned",
    wandb_run="unchanged",
)


def derived(cell: Cell) -> tuple[str, str, bool, bool]:
    """R, M, real and F of C.2."""
    resume = {"unset": "none", "false": "none", "true": "auto"}.get(cell.resume, cell.resume)
    mode = next(word for word in (cell.mode_arg, cell.mode_env, "online") if word != "unset")
    return resume, mode, cell.active in ("other", "same"), cell.prior in ("crashed", "running", "deleted")


def failed(error: str, so_far: Outcome) -> Outcome:
    wandb_run = "none" if so_far.previous == "finished" else "unchanged"
    return so_far._replace(kind="error", error=error, wandb_run=wandb_run)


def asked_the_server(cell: Cell, resume: str, overwritten: str, so_far: Outcome) -> Outcome:
    """C.3 step 7."""
    known = so_far.run_id in ("given", "file") and so_far.owner == "user"
    exists = known and cell.prior in ("finished", "crashed", "running", "elsewhere")
    tomb = known and cell.prior == "deleted"
    if resume == "must" and not exists:
        return failed("MUST_ABSENT", so_far)
    if resume == "never" and exists:
        return failed("NEVER_EXISTS", so_far)
    if tomb:
        return failed("DELETED", so_far)
    if exists and resume == "none":
        return so_far._replace(kind="new", server=overwritten)
    if exists:
        return so_far._replace(kind="resumed", resumed=True, start="last+1", server="continued")
    return so_far._replace(kind="new", server="created")


def classic_as_written(cell: Cell) -> Outcome:
    """C.3."""
    resume, mode, real, resume_file_exists = derived(cell)
    hint = resume == "invalid" and cell.id in ("none", "env")
    if resume == "invalid":
        resume = "allow"
    out = AT_FIRST
    if mode == "disabled":
        return out._replace(kind="dummy", run_id="dummy", mode=mode, previous="shadowed" if real else "-")
    fin = cell.reinit == "true" or (cell.reinit == "unset" and cell.notebook == "yes")
    if real and not fin:
        return ACTIVE
    if real:
        out = out._replace(previous="finished")
        if resume_file_exists:
            out = out._replace(resume_file="removed")
        resume_file_exists = False
    if mode == "online":
        if cell.anonymous == "must" and cell.auth != "unreachable":
            out = out._replace(owner="anonymous")
        elif cell.auth == "ok":
            out = out._replace(owner="user")
        elif cell.auth == "none" and cell.anonymous == "allow":
            out = out._replace(owner="anonymous")
        elif cell.force == "true":
            return failed("LOGIN", out._replace(mode="online", network="login"))
        else:
            mode = "offline"
            out = out._replace(network="login", warnings=frozenset({"offline_fallback"}))
    if hint:
        out = out._replace(run_id="hint")
    elif cell.id != "none":
        out = out._replace(run_id="given")
    elif resume == "auto" and resume_file_exists:
        out = out._replace(run_id="file")
    else:
        out = out._replace(run_id="generated")
    if resume == "auto":
        out = out._replace(resume_file="written")
    if mode == "offline":
        return out._replace(kind="new", mode=mode, owner="local")
    return asked_the_server(cell, resume, "overwritten", out._replace(mode="online", network="full"))


def current_as_written(cell: Cell) -> Outcome:
    """C.4."""
    resume, mode, real, resume_file_exists = derived(cell)
    out = AT_FIRST
    if cell.anonymous != "unset":
        out = out._replace(warnings=frozenset({"anonymous_ignored"}))
    if resume == "invalid":
        return failed("VALIDATION", out._replace(mode="-"))
    out = out._replace(mode=mode, network="login" if mode == "online" else "forbidden")
    if mode == "online" and cell.auth == "none":
        return failed("LOGIN", out)
    if cell.id != "none":
        out = out._replace(run_id="given")
    else:
        out = out._replace(run_id="file" if resume == "auto" and resume_file_exists else "generated")
    if resume == "auto":
        out = out._replace(resume_file="written")
    if mode == "disabled":
        return out._replace(kind="dummy", previous="shadowed" if real else "-")
    if real:
        words = ("unset", "default") if cell.notebook == "yes" else ()
        if cell.reinit in ("true", "finish_previous", *words):
            out = out._replace(previous="finished")
            if resume_file_exists or resume == "auto":
                out = out._replace(resume_file="removed")
            resume_file_exists = False
        elif cell.reinit == "create_new":
            out = out._replace(previous="untouched")
            if cell.active == "same":
                return failed("ID_IN_USE", out)
        elif resume == "must":
            return failed("ACTIVE_MUST", out._replace(previous="untouched"))
        else:
            return ACTIVE._replace(network=out.network, resume_file=out.resume_file, warnings=out.warnings)
    if cell.reinit in ("true", "false"):
        out = out._replace(warnings=out.warnings | {"reinit_bool"})
    if cell.reinit == "create_new":
        out = out._replace(wandb_run="unchanged")
    if mode == "offline":
        out = out._replace(kind="new", owner="local")
    else:
        out = out._replace(network="full", owner="user")
        if cell.auth == "rejected":
            return failed("COMM_REJECTED", out)
        if cell.auth == "unreachable":
            return failed("COMM_UNREACHABLE", out)
        out = asked_the_server(cell, resume, "appended", out)
    if out.kind == "new" and resume == "none" and resume_file_exists:
        out = out._replace(resume_file="removed")
    return out
