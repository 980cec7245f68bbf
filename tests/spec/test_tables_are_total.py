"""Every table of the spec decides its whole domain, and every rule is needed by some cell."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from wandb_testkit.profiles import CLASSIC, CURRENT, Profile
from wandb_testkit.spec import (
    ERROR_CLASSES,
    OUTCOME_WORDS,
    PROCEDURES,
    Cell,
    DecisionTable,
    Rule,
    cell_at,
    dimensions,
    explain,
    is_reachable,
    markdown,
    problems,
    product,
    size,
)
from wandb_testkit.spec.beyond_cells import added_tables
from wandb_testkit.spec.table import Facts

PROFILES = pytest.mark.parametrize("profile", [CLASSIC, CURRENT], ids=str)
TABLES = pytest.mark.parametrize(
    ("profile", "table"),
    [
        pytest.param(profile, table, id=f"{profile}-{table.name.replace(' ', '_')}")
        for profile in PROCEDURES
        for table in PROCEDURES[profile].tables
    ],
)


def some_of_the_full_product(profile: Profile) -> Iterator[Cell]:
    """Every 997th cell: 997 is prime, so no dimension keeps step with it and all pairs of words come by."""
    return filter(is_reachable, (cell_at(profile, "full", index) for index in range(0, size(profile), 997)))


@TABLES
def test_the_table_is_total_and_unambiguous(profile: Profile, table: DecisionTable[Facts]) -> None:
    assert problems(table) == []


@TABLES
def test_a_dimension_of_the_cell_has_all_its_words_unless_an_earlier_step_ended_the_call(
    profile: Profile, table: DecisionTable[Facts]
) -> None:
    ended_before = {("server", "auth"): {"none"}} if profile == CURRENT else {}

    for name in set(table.domain) & set(Cell._fields):
        missing = set(dimensions(profile)[name]) - set(table.domain[name])
        assert missing == ended_before.get((table.name, name), set())


@TABLES
def test_every_rule_has_a_clause_a_source_and_a_sentence(profile: Profile, table: DecisionTable[Facts]) -> None:
    for rule in table.rules:
        assert re.fullmatch(r"[A-Z]+-\d+(\.[a-z])?", rule.id)
        assert rule.source
        assert re.fullmatch(r"\S.*\.", rule.says)


@PROFILES
def test_a_rule_id_names_one_rule_of_the_profile(profile: Profile) -> None:
    ids = [rule.id for table in PROCEDURES[profile].tables for rule in table.rules]

    assert len(ids) == len(set(ids))


@PROFILES
def test_reading_the_words_ends_no_call_and_every_call_ends_with_the_last_step(profile: Profile) -> None:
    procedure = PROCEDURES[profile]

    assert [rule.id for table in procedure.reading for rule in table.rules if "kind" in rule.then] == []
    assert [rule.id for rule in procedure.steps[-1].rules if "kind" not in rule.then] == []
    assert [rule.id for table in procedure.closing for rule in table.rules if "kind" in rule.then] == []


@PROFILES
def test_rules_speak_only_of_fields_of_the_outcome_and_of_dimensions_of_later_tables(profile: Profile) -> None:
    tables = PROCEDURES[profile].tables
    for place, table in enumerate(tables):
        later: dict[str, set[object]] = {}
        for other in tables[place + 1 :]:
            for name, words in other.domain.items():
                later.setdefault(name, set()).update(words)
        for rule in table.rules:
            for name, word in rule.then.items():
                known = set(later.get(name, set())) | set(OUTCOME_WORDS.get(name, ()))
                if name in OUTCOME_WORDS["warnings"] or name == "resumed":
                    known = {"yes"}
                assert word in known, f"{rule.id} sets {name} to {word}"


@PROFILES
def test_the_errors_of_the_rules_are_the_errors_that_have_a_class(profile: Profile) -> None:
    raised = {
        rule.then["error"] for table in PROCEDURES[profile].tables for rule in table.rules if "error" in rule.then
    }

    assert raised == set(ERROR_CLASSES[profile])


@PROFILES
def test_every_rule_answers_for_some_reachable_cell(profile: Profile) -> None:
    unused: dict[str, Rule[Facts]] = {rule.id: rule for table in PROCEDURES[profile].tables for rule in table.rules}

    for cell in some_of_the_full_product(profile):
        for rule in explain(cell, profile):
            unused.pop(rule.id, None)

    assert sorted(unused) == []


@PROFILES
def test_the_page_shows_every_table_once_in_the_order_of_the_steps(profile: Profile) -> None:
    page = markdown(profile)

    headings = re.findall(r"^### \d+\. (.*)$", page, flags=re.MULTILINE)
    assert headings == [table.name for table in (*PROCEDURES[profile].tables, *added_tables(profile))]
    for table in PROCEDURES[profile].tables:
        for rule in table.rules:
            assert len(re.findall(rf"^\| {re.escape(rule.id)} \|.*{re.escape(rule.says)}", page, re.MULTILINE)) == 1


@PROFILES
def test_the_story_of_a_cell_names_the_rule_that_ended_it(profile: Profile) -> None:
    steps = {rule.id for table in PROCEDURES[profile].steps for rule in table.rules if "kind" in rule.then}

    for number, cell in enumerate(product(profile, "quotient")):
        if number % 101 == 0:
            assert sum(rule.id in steps for rule in explain(cell, profile)) == 1
