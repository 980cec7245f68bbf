"""Outcomes of cells picked by hand: section B and C.5 of spec.md, read as prose, against the tables.

What is compared is what the clause says; the other fields are judged by the check sums.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping

import pytest

from wandb_testkit.profiles import CLASSIC, CURRENT, Profile
from wandb_testkit.spec import (
    ERROR_CLASSES,
    OUTCOME_WORDS,
    Cell,
    Outcome,
    cell_at,
    expected,
    explain,
    is_reachable,
    product,
    size,
)

PROFILES = pytest.mark.parametrize("profile", [CLASSIC, CURRENT], ids=str)
BOTH = (CLASSIC, CURRENT)

PLAIN = Cell("unset", "none", "absent", "unset", "unset", "ok", "unset", "unset", "unset", "none", "no")
"""init() without arguments, online, logged in, no earlier run, no active run, in a script."""

NEW: dict[str, object] = {"kind": "new", "error": "-", "resumed": False, "start": "0"}
CREATED: dict[str, object] = {**NEW, "server": "created"}
RESUMED: dict[str, object] = {
    "kind": "resumed",
    "error": "-",
    "resumed": True,
    "start": "last+1",
    "server": "continued",
}
LOCAL: dict[str, object] = {**NEW, "server": "untouched", "mode": "offline", "owner": "local"}
RETURNED: dict[str, object] = {
    "kind": "active",
    "error": "-",
    "run_id": "active",
    "previous": "returned",
    "wandb_run": "unchanged",
}
FELL_BACK: dict[str, object] = {**LOCAL, "network": "login", "warnings": frozenset({"offline_fallback"})}


def error(name: str) -> dict[str, object]:
    return {"kind": "error", "error": name, "resumed": False, "start": "0", "server": "untouched"}


# clause, profiles, words of the cell that are not those of PLAIN, fields that the clause settles
CLAUSES: list[tuple[str, tuple[Profile, ...], Mapping[str, str], Mapping[str, object]]] = [
    ("INIT-1", BOTH, {}, {**CREATED, "run_id": "generated", "mode": "online"}),
    ("INIT-1", BOTH, {"prior": "crashed"}, {**CREATED, "run_id": "generated"}),
    ("INIT-2", BOTH, {}, {"wandb_run": "result"}),
    ("ID-1", BOTH, {"id": "env"}, {"run_id": "given"}),
    ("ID-1", BOTH, {"id": "both_diff"}, {"run_id": "given"}),
    ("ID-6", BOTH, {"id": "arg", "prior": "deleted"}, error("DELETED")),
    ("RESUME-1", BOTH, {"id": "arg"}, CREATED),
    ("RESUME-1", (CLASSIC,), {"id": "arg", "prior": "finished"}, {**NEW, "server": "overwritten"}),
    ("RESUME-1", (CURRENT,), {"id": "arg", "prior": "finished"}, {**NEW, "server": "appended"}),
    ("RESUME-1", (CLASSIC,), {"resume": "false", "id": "env", "prior": "crashed"}, {**NEW, "server": "overwritten"}),
    ("RESUME-2", BOTH, {"resume": "allow", "id": "arg", "prior": "finished"}, RESUMED),
    ("RESUME-2", BOTH, {"resume": "allow", "id": "arg"}, CREATED),
    ("RESUME-2", BOTH, {"resume": "allow", "prior": "crashed"}, {**CREATED, "run_id": "generated"}),
    ("RESUME-3", BOTH, {"resume": "never", "id": "arg", "prior": "crashed"}, error("NEVER_EXISTS")),
    ("RESUME-3", BOTH, {"resume": "never", "id": "arg"}, CREATED),
    ("RESUME-3", BOTH, {"resume": "never", "prior": "finished"}, {**CREATED, "run_id": "generated"}),
    ("RESUME-4", BOTH, {"resume": "must", "id": "arg", "prior": "finished"}, RESUMED),
    ("RESUME-4", BOTH, {"resume": "must", "id": "arg"}, error("MUST_ABSENT")),
    ("RESUME-4", BOTH, {"resume": "must", "prior": "crashed"}, {**error("MUST_ABSENT"), "run_id": "generated"}),
    ("RESUME-5", BOTH, {"resume": "auto", "id": "arg", "prior": "finished"}, {**RESUMED, "run_id": "given"}),
    ("RESUME-5", BOTH, {"resume": "true", "id": "arg"}, {**CREATED, "resume_file": "written"}),
    ("RESUME-6", BOTH, {"resume": "allow", "id": "arg", "prior": "running"}, RESUMED),
    ("RESUME-6", BOTH, {"resume": "must", "id": "arg", "prior": "elsewhere"}, RESUMED),
    ("RESUME-6", BOTH, {"resume": "never", "id": "arg", "prior": "running"}, error("NEVER_EXISTS")),
    ("RESUME-8", BOTH, {"resume": "must", "id": "arg", "prior": "deleted"}, error("MUST_ABSENT")),
    ("RESUME-8", BOTH, {"resume": "allow", "id": "arg", "prior": "deleted"}, error("DELETED")),
    ("RESUME-8", BOTH, {"resume": "never", "id": "arg", "prior": "deleted"}, error("DELETED")),
    (
        "RESUME-8",
        BOTH,
        {"resume": "auto", "prior": "deleted"},
        {**error("DELETED"), "run_id": "file", "resume_file": "written"},
    ),
    ("RESUME-9", (CLASSIC,), {"resume": "invalid"}, {**CREATED, "run_id": "hint"}),
    ("RESUME-9", (CLASSIC,), {"resume": "invalid", "id": "env", "prior": "finished"}, {**CREATED, "run_id": "hint"}),
    ("RESUME-9", (CLASSIC,), {"resume": "invalid", "id": "arg", "prior": "finished"}, {**RESUMED, "run_id": "given"}),
    ("RESUME-9", (CURRENT,), {"resume": "invalid", "id": "arg"}, error("VALIDATION")),
    ("RESUME-9", (CURRENT,), {"resume": "invalid", "mode_arg": "disabled"}, error("VALIDATION")),
    ("RESUME-11", BOTH, {"resume": "must", "id": "arg"}, {"network": "full", "server": "untouched"}),
    ("RESUME-13", BOTH, {"mode_arg": "offline", "resume": "must"}, {**LOCAL, "network": "forbidden"}),
    (
        "RESUME-13",
        BOTH,
        {"mode_arg": "offline", "resume": "never", "id": "arg", "prior": "finished"},
        {**LOCAL, "run_id": "given", "network": "forbidden"},
    ),
    ("AUTO-2", BOTH, {"resume": "auto", "prior": "elsewhere"}, {**CREATED, "run_id": "generated"}),
    ("AUTO-3", BOTH, {"resume": "auto", "prior": "running"}, {**RESUMED, "run_id": "file"}),
    ("AUTO-3", BOTH, {"resume": "auto", "prior": "crashed"}, {**RESUMED, "run_id": "file", "resume_file": "written"}),
    ("AUTO-4", BOTH, {"resume": "auto", "prior": "finished"}, {"run_id": "generated", "resume_file": "written"}),
    ("AUTO-4", BOTH, {"resume": "auto", "prior": "crashed", "id": "arg"}, {"run_id": "given"}),
    ("AUTO-4", BOTH, {"resume": "auto", "mode_env": "offline"}, {**LOCAL, "resume_file": "written"}),
    ("AUTO-5", (CURRENT,), {"prior": "crashed"}, {**CREATED, "resume_file": "removed"}),
    ("AUTO-5", (CURRENT,), {"prior": "running", "mode_arg": "offline"}, {**LOCAL, "resume_file": "removed"}),
    ("AUTO-5", (CLASSIC,), {"prior": "crashed"}, {**CREATED, "resume_file": "unchanged"}),
    (
        "AUTO-5",
        (CLASSIC,),
        {"prior": "crashed", "active": "other", "reinit": "true"},
        {**CREATED, "previous": "finished", "resume_file": "removed"},
    ),
    (
        "AUTO-7",
        (CLASSIC,),
        {"resume": "auto", "prior": "running", "active": "other", "reinit": "true"},
        {**CREATED, "run_id": "generated", "resume_file": "written", "previous": "finished"},
    ),
    (
        "AUTO-7",
        (CURRENT,),
        {"resume": "auto", "prior": "running", "active": "other", "reinit": "finish_previous"},
        {**RESUMED, "run_id": "file", "resume_file": "removed", "previous": "finished"},
    ),
    (
        "AUTO-9",
        BOTH,
        {"resume": "auto", "auth": "none", "force": "true"},
        {"error": "LOGIN", "resume_file": "unchanged"},
    ),
    (
        "AUTO-9",
        (CLASSIC,),
        {"resume": "auto", "prior": "crashed", "auth": "none", "force": "true", "active": "other", "reinit": "true"},
        {"error": "LOGIN", "resume_file": "removed"},
    ),
    ("AUTO-9", (CURRENT,), {"resume": "auto", "auth": "rejected"}, {"kind": "error", "resume_file": "written"}),
    (
        "AUTO-9",
        (CURRENT,),
        {"resume": "auto", "auth": "rejected", "active": "other", "reinit": "finish_previous"},
        {"kind": "error", "resume_file": "removed"},
    ),
    ("AUTO-9", (CURRENT,), {"resume": "invalid", "prior": "crashed"}, {"resume_file": "unchanged"}),
    ("AUTO-11", BOTH, {"resume": "allow", "prior": "crashed"}, {"resume_file": "unchanged", "run_id": "generated"}),
    ("AUTO-11", BOTH, {"resume": "must", "prior": "crashed", "id": "arg"}, {"resume_file": "unchanged"}),
    ("FORCE-1", (CLASSIC,), {"auth": "none"}, FELL_BACK),
    ("FORCE-1", (CLASSIC,), {"auth": "rejected", "force": "false"}, FELL_BACK),
    ("FORCE-1", (CLASSIC,), {"auth": "unreachable"}, FELL_BACK),
    ("FORCE-1", (CURRENT,), {"auth": "none"}, {**error("LOGIN"), "run_id": "-", "network": "login"}),
    ("FORCE-1", (CURRENT,), {"auth": "rejected", "force": "false"}, error("COMM_REJECTED")),
    ("FORCE-1", (CURRENT,), {"auth": "unreachable", "force": "true"}, error("COMM_UNREACHABLE")),
    ("FORCE-2", BOTH, {"auth": "none", "force": "true"}, {**error("LOGIN"), "wandb_run": "unchanged"}),
    ("FORCE-2", (CLASSIC,), {"auth": "rejected", "force": "true"}, error("LOGIN")),
    ("FORCE-2", (CLASSIC,), {"auth": "unreachable", "force": "true"}, error("LOGIN")),
    ("FORCE-3", BOTH, {"force": "true"}, {**CREATED, "owner": "user"}),
    ("FORCE-3", BOTH, {"force": "true", "auth": "none", "mode_arg": "offline"}, {**LOCAL, "network": "forbidden"}),
    ("FORCE-3", BOTH, {"force": "true", "auth": "none", "mode_arg": "disabled"}, {"kind": "dummy"}),
    ("FORCE-5", (CLASSIC,), {"resume": "must", "auth": "none"}, FELL_BACK),
    ("FORCE-5", (CLASSIC,), {"resume": "never", "id": "arg", "prior": "finished", "auth": "rejected"}, FELL_BACK),
    ("ANON-1", (CLASSIC,), {"auth": "none", "anonymous": "never"}, FELL_BACK),
    ("ANON-2", (CLASSIC,), {"anonymous": "allow"}, {**CREATED, "owner": "user"}),
    ("ANON-2", (CLASSIC,), {"anonymous": "allow", "auth": "none"}, {**CREATED, "owner": "anonymous"}),
    ("ANON-3", (CLASSIC,), {"anonymous": "must"}, {**CREATED, "owner": "anonymous"}),
    ("ANON-3", (CLASSIC,), {"anonymous": "must", "auth": "rejected"}, {**CREATED, "owner": "anonymous"}),
    ("ANON-6", (CLASSIC,), {"anonymous": "allow", "auth": "none", "force": "true"}, {**CREATED, "owner": "anonymous"}),
    ("ANON-6", (CLASSIC,), {"anonymous": "must", "auth": "unreachable", "force": "true"}, error("LOGIN")),
    ("ANON-6", (CLASSIC,), {"anonymous": "must", "auth": "unreachable"}, FELL_BACK),
    ("ANON-6", (CLASSIC,), {"anonymous": "allow", "auth": "rejected"}, FELL_BACK),
    (
        "ANON-7",
        (CLASSIC,),
        {"anonymous": "must", "resume": "must", "id": "arg", "prior": "finished"},
        {**error("MUST_ABSENT"), "owner": "anonymous"},
    ),
    ("ANON-7", (CLASSIC,), {"anonymous": "must", "resume": "never", "id": "arg", "prior": "finished"}, CREATED),
    ("ANON-8", BOTH, {"anonymous": "must", "mode_arg": "offline"}, {**LOCAL, "network": "forbidden"}),
    (
        "ANON-9",
        (CURRENT,),
        {"anonymous": "must"},
        {**CREATED, "owner": "user", "warnings": frozenset({"anonymous_ignored"})},
    ),
    ("ANON-9", (CURRENT,), {"anonymous": "allow", "auth": "none"}, error("LOGIN")),
    (
        "LOGIN-1",
        (CLASSIC,),
        {"auth": "rejected", "force": "true", "active": "other"},
        {**RETURNED, "network": "forbidden"},
    ),
    ("LOGIN-1", (CLASSIC,), {"auth": "none", "force": "true", "active": "dummy"}, error("LOGIN")),
    (
        "LOGIN-1",
        (CLASSIC,),
        {"auth": "none", "force": "true", "active": "other", "reinit": "true"},
        {**error("LOGIN"), "previous": "finished", "wandb_run": "none"},
    ),
    ("LOGIN-1", (CURRENT,), {"auth": "none", "active": "other"}, {**error("LOGIN"), "previous": "-"}),
    ("MODE-2", BOTH, {"mode_arg": "online", "mode_env": "offline"}, {**CREATED, "mode": "online"}),
    ("MODE-2", BOTH, {"mode_arg": "offline", "mode_env": "disabled"}, LOCAL),
    ("MODE-2", BOTH, {"mode_env": "disabled"}, {"kind": "dummy", "mode": "disabled"}),
    (
        "MODE-5",
        BOTH,
        {"mode_arg": "disabled", "resume": "must", "auth": "none", "force": "true"},
        {"kind": "dummy", "error": "-", "network": "forbidden", "wandb_run": "result"},
    ),
    ("DISABLED-1", (CLASSIC,), {"mode_arg": "disabled", "resume": "auto"}, {"resume_file": "unchanged"}),
    ("DISABLED-1", (CURRENT,), {"mode_arg": "disabled", "resume": "auto"}, {"resume_file": "written"}),
    ("DISABLED-2", (CLASSIC,), {"mode_arg": "disabled", "id": "arg"}, {"run_id": "dummy", "start": "0"}),
    ("DISABLED-2", (CURRENT,), {"mode_arg": "disabled", "id": "arg"}, {"run_id": "given", "start": "0"}),
    ("REINIT-1", BOTH, {"reinit": "true"}, {**CREATED, "previous": "-", "wandb_run": "result"}),
    ("REINIT-2", BOTH, {"active": "other"}, RETURNED),
    ("REINIT-2", BOTH, {"active": "other", "reinit": "false", "id": "arg", "mode_arg": "offline"}, RETURNED),
    ("REINIT-2", (CLASSIC,), {"active": "other", "resume": "must"}, RETURNED),
    ("REINIT-2", (CURRENT,), {"active": "other", "reinit": "return_previous"}, RETURNED),
    (
        "REINIT-2",
        (CURRENT,),
        {"active": "other", "resume": "must"},
        {**error("ACTIVE_MUST"), "previous": "untouched", "wandb_run": "unchanged"},
    ),
    (
        "REINIT-3",
        BOTH,
        {"active": "other", "reinit": "true"},
        {**CREATED, "previous": "finished", "wandb_run": "result"},
    ),
    ("REINIT-3", (CURRENT,), {"active": "other", "reinit": "finish_previous"}, {**CREATED, "previous": "finished"}),
    ("REINIT-4", BOTH, {"active": "other", "notebook": "yes"}, {**CREATED, "previous": "finished"}),
    ("REINIT-4", BOTH, {"active": "other", "notebook": "yes", "reinit": "false"}, RETURNED),
    ("REINIT-4", (CURRENT,), {"active": "other", "notebook": "yes", "reinit": "default"}, {"previous": "finished"}),
    (
        "REINIT-5",
        BOTH,
        {"active": "other", "mode_arg": "disabled", "reinit": "true"},
        {"kind": "dummy", "previous": "shadowed", "wandb_run": "result"},
    ),
    ("REINIT-6", BOTH, {"active": "dummy"}, {**CREATED, "previous": "-", "wandb_run": "result"}),
    ("REINIT-6", BOTH, {"active": "dummy", "mode_arg": "disabled"}, {"kind": "dummy", "previous": "-"}),
    (
        "REINIT-7",
        (CURRENT,),
        {"active": "other", "reinit": "create_new"},
        {**CREATED, "previous": "untouched", "wandb_run": "unchanged"},
    ),
    ("REINIT-7", (CURRENT,), {"reinit": "create_new"}, {**CREATED, "previous": "-", "wandb_run": "unchanged"}),
    (
        "REINIT-7",
        (CURRENT,),
        {"active": "same", "id": "arg", "prior": "running", "reinit": "create_new", "resume": "allow"},
        {**error("ID_IN_USE"), "previous": "untouched"},
    ),
    (
        "REINIT-9",
        BOTH,
        {"active": "same", "id": "arg", "prior": "running", "reinit": "true", "resume": "allow"},
        {**RESUMED, "run_id": "given", "previous": "finished"},
    ),
    (
        "REINIT-9",
        BOTH,
        {"active": "same", "id": "arg", "prior": "running", "reinit": "true", "resume": "never"},
        {**error("NEVER_EXISTS"), "previous": "finished", "wandb_run": "none"},
    ),
    ("REINIT-10", (CLASSIC,), {"active": "other", "resume": "auto"}, {**RETURNED, "resume_file": "unchanged"}),
    ("REINIT-10", (CURRENT,), {"active": "other", "resume": "auto"}, {**RETURNED, "resume_file": "written"}),
]


@pytest.mark.parametrize(
    ("profile", "words", "settled"),
    [
        pytest.param(profile, words, settled, id=f"{clause}-{profile}-{'-'.join(words.values()) or 'plain'}")
        for clause, profiles, words, settled in CLAUSES
        for profile in profiles
    ],
)
def test_the_clause_holds_in_its_cell(
    profile: Profile, words: Mapping[str, str], settled: Mapping[str, object]
) -> None:
    cell = PLAIN._replace(**words)

    outcome = expected(cell, profile)._asdict()

    assert {name: outcome[name] for name in settled} == settled, [rule.id for rule in explain(cell, profile)]


# C.5: words of resume, what the server knows of the id -> kind, server effect, is the file written
EXISTS = ("finished", "crashed", "running", "elsewhere")
OVERWRITTEN = {CLASSIC: "overwritten", CURRENT: "appended"}
HEART: list[tuple[tuple[str, ...], tuple[str, ...], str, str, bool]] = [
    (("unset", "false"), ("absent",), "new", "created", False),
    (("unset", "false"), EXISTS, "new", "overwritten", False),
    (("unset", "false"), ("deleted",), "error", "untouched", False),
    (("allow",), ("absent",), "new", "created", False),
    (("allow",), EXISTS, "resumed", "continued", False),
    (("allow",), ("deleted",), "error", "untouched", False),
    (("auto", "true"), ("absent",), "new", "created", True),
    (("auto", "true"), EXISTS, "resumed", "continued", True),
    (("auto", "true"), ("deleted",), "error", "untouched", True),
    (("never",), ("absent",), "new", "created", False),
    (("never",), EXISTS, "error", "untouched", False),
    (("never",), ("deleted",), "error", "untouched", False),
    (("must",), ("absent",), "error", "untouched", False),
    (("must",), EXISTS, "resumed", "continued", False),
    (("must",), ("deleted",), "error", "untouched", False),
]


@pytest.mark.parametrize(("resumes", "priors", "kind", "server", "written"), HEART, ids=str)
@PROFILES
def test_the_heart_of_the_spec_holds_with_an_id(
    profile: Profile, resumes: tuple[str, ...], priors: tuple[str, ...], kind: str, server: str, written: bool
) -> None:
    if server == "overwritten":
        server = OVERWRITTEN[profile]

    for resume in resumes:
        for prior in priors:
            outcome = expected(PLAIN._replace(resume=resume, id="arg", prior=prior), profile)
            assert (outcome.kind, outcome.server, outcome.resume_file == "written") == (kind, server, written)
            assert outcome.run_id == "given"


@pytest.mark.parametrize("prior", ["absent", *EXISTS, "deleted"])
@PROFILES
def test_the_heart_of_the_spec_holds_without_an_id(profile: Profile, prior: str) -> None:
    def outcome(resume: str) -> Outcome:
        return expected(PLAIN._replace(resume=resume, prior=prior), profile)

    for resume in ("unset", "false", "allow", "never"):
        assert (outcome(resume).kind, outcome(resume).server, outcome(resume).run_id) == ("new", "created", "generated")
    assert (outcome("must").kind, outcome("must").server) == ("error", "untouched")
    for resume in ("auto", "true"):
        if prior in ("crashed", "running", "deleted"):
            named = expected(PLAIN._replace(resume=resume, prior=prior, id="arg"), profile)
            assert outcome(resume) == named._replace(run_id="file")
        else:
            assert outcome(resume).run_id == "generated"
            assert (outcome(resume).kind, outcome(resume).server) == ("new", "created")
        assert outcome(resume).resume_file == "written"


@PROFILES
def test_outcomes_use_the_words_of_the_spec_and_all_of_them(profile: Profile) -> None:
    used: dict[str, set[object]] = {name: set() for name in Outcome._fields}
    for cell in product(profile, "quotient"):
        for name, value in expected(cell, profile)._asdict().items():
            used[name].update(value if name == "warnings" else [value])

    not_here = {
        CLASSIC: {
            "error": {"VALIDATION", "ACTIVE_MUST", "ID_IN_USE", "COMM_REJECTED", "COMM_UNREACHABLE"},
            "server": {"appended"},
            "mode": {"-"},
            "previous": {"untouched"},
            "warnings": {"anonymous_ignored", "reinit_bool"},
        },
        CURRENT: {
            "run_id": {"hint", "dummy"},
            "server": {"overwritten"},
            "owner": {"anonymous"},
            "warnings": {"offline_fallback"},
        },
    }
    assert used == {name: set(words) - not_here[profile].get(name, set()) for name, words in OUTCOME_WORDS.items()}


@PROFILES
def test_every_error_has_an_exception_class(profile: Profile) -> None:
    errors = {expected(cell, profile).error for cell in product(profile, "quotient")} - {"-"}

    assert errors == set(ERROR_CLASSES[profile])


@PROFILES
def test_a_profile_may_be_given_by_its_name(profile: Profile) -> None:
    assert expected(PLAIN, profile.value) == expected(PLAIN, profile)
    assert explain(PLAIN, profile.value) == explain(PLAIN, profile)


@pytest.mark.parametrize("field", Cell._fields)
@PROFILES
def test_an_unknown_word_is_refused_whatever_was_asked_before(profile: Profile, field: str) -> None:
    expected(PLAIN, profile)

    with pytest.raises(ValueError, match=f"{field}='bogus' is no word of profile '{profile}'"):
        expected(PLAIN._replace(**{field: "bogus"}), profile)


@PROFILES
def test_a_cell_that_cannot_be_built_is_refused_whatever_was_asked_before(profile: Profile) -> None:
    named_by_hint = PLAIN._replace(resume="invalid", id="env", prior="running", active="same")
    expected(named_by_hint, profile)

    with pytest.raises(ValueError, match="active='same' needs prior='running' and an id"):
        expected(named_by_hint._replace(id="none"), profile)


def test_a_profile_that_does_not_exist_is_refused() -> None:
    with pytest.raises(ValueError, match="profile 'modern' does not exist"):
        expected(PLAIN, "modern")


@PROFILES
def test_what_is_remembered_is_what_the_rules_say(profile: Profile) -> None:
    numbers = range(0, size(profile), 30_011)
    cells = [cell for cell in (cell_at(profile, "full", index) for index in numbers) if is_reachable(cell)]

    for cell in cells:
        said: dict[str, str] = {}
        for rule in explain(cell, profile):
            said.update(rule.then)
        outcome = expected(cell, profile)
        fields = said.keys() & set(Outcome._fields) - {"resumed"}
        assert {name: getattr(outcome, name) for name in fields} == {name: said[name] for name in fields}
        assert outcome.resumed == (said.get("resumed") == "yes")
        assert outcome.warnings == {name for name in OUTCOME_WORDS["warnings"] if said.get(str(name)) == "yes"}


def test_the_spec_imports_nothing_of_the_kit_but_its_words() -> None:
    program = (
        "import sys, wandb_testkit.spec\n"
        "print(*sorted(name for name in sys.modules if name.startswith('wandb_testkit.')"
        " and not name.startswith('wandb_testkit.spec')))"
    )

    imported = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    words = ("actions", "artifact_view", "errors", "frozen", "history_view", "observation", "profiles")
    assert imported.stdout.split() == [f"wandb_testkit.{name}" for name in words]
