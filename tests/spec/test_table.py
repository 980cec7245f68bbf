"""What a decision table promises, and the faults it refuses."""

from __future__ import annotations

import pytest

from wandb_testkit.spec import DecisionTable, Rule, problems, table_markdown
from wandb_testkit.spec.table import Word


def rule(name: str, then: str = "", **when: Word | tuple[Word, ...]) -> Rule[str]:
    return Rule(name, when=when, then=then, source=f"{name}'s source", says=f"{name} says so.")


def weather(*rules: Rule[str]) -> DecisionTable[str]:
    return DecisionTable("weather", {"sky": ("clear", "grey", "black"), "warm": (False, True)}, rules)


COMPLETE = weather(
    rule("W-1", "walk", sky="clear"),
    rule("W-2", "read", sky=("grey", "black"), warm=False),
    rule("W-3", "swim", sky=("grey", "black"), warm=True),
)


def test_exactly_one_rule_answers_for_every_case() -> None:
    answers = {
        (sky, warm): COMPLETE.rule_for({"sky": sky, "warm": warm}).then
        for sky in ("clear", "grey", "black")
        for warm in (False, True)
    }

    assert answers == {
        ("clear", False): "walk",
        ("clear", True): "walk",
        ("grey", False): "read",
        ("grey", True): "swim",
        ("black", False): "read",
        ("black", True): "swim",
    }
    assert problems(COMPLETE) == []


def test_names_that_are_no_dimension_are_passed_over() -> None:
    assert COMPLETE.rule_for({"sky": "grey", "warm": True, "day": "Monday"}).id == "W-3"


def test_the_order_of_the_rules_has_no_meaning() -> None:
    backwards = weather(*reversed(COMPLETE.rules))

    case: dict[str, Word] = {"sky": "black", "warm": False}
    assert backwards.rule_for(case) is COMPLETE.rule_for(case)


def test_a_table_of_one_dimension_answers() -> None:
    table = DecisionTable("day", {"day": ("Monday", "Sunday")}, (rule("D-1", day="Monday"), rule("D-2", day="Sunday")))

    assert table.rule_for({"day": "Sunday"}).id == "D-2"


def test_a_rule_without_conditions_answers_always() -> None:
    assert weather(rule("W-0", "any")).rule_for({"sky": "grey", "warm": True}).then == "any"


def test_an_incomplete_table_refuses_to_answer_and_names_the_open_case() -> None:
    table = weather(
        rule("W-1", sky="clear"), rule("W-2", sky=("grey", "black"), warm=False), rule("W-3", sky="grey", warm=True)
    )

    with pytest.raises(ValueError, match="no rule answers for sky=black, warm=True") as refusal:
        table.rule_for({"sky": "clear", "warm": True})

    assert str(refusal.value).startswith("table 'weather' does not decide its domain:")


def test_an_ambiguous_table_refuses_to_answer_and_names_the_rules() -> None:
    table = weather(rule("W-1", sky="clear"), rule("W-2", sky=("clear", "grey", "black")))

    with pytest.raises(ValueError, match=r"2 rules answer \(W-1, W-2\) for sky=clear, warm=False"):
        table.rule_for({"sky": "grey", "warm": True})


def test_a_rule_that_never_answers_is_a_problem() -> None:
    table = weather(rule("W-0"), rule("W-1", sky=()))

    assert problems(table) == ["rule W-1 never answers"]


def test_cases_that_cannot_occur_need_no_answer() -> None:
    table = weather(rule("W-1", sky="clear"), rule("W-2", sky="grey"))

    assert problems(table) == ["no rule answers for sky=black, warm=False", "no rule answers for sky=black, warm=True"]
    assert problems(table, reachable=lambda case: case["sky"] != "black") == []
    assert problems(table, reachable=lambda case: case["sky"] == "clear") == ["rule W-2 never answers"]


@pytest.mark.parametrize("left_out", range(3), ids=["W-1", "W-2", "W-3"])
def test_no_rule_can_be_left_out(left_out: int) -> None:
    rules = [rule for place, rule in enumerate(COMPLETE.rules) if place != left_out]

    assert all(problem.startswith("no rule answers for") for problem in problems(weather(*rules)))
    assert problems(weather(*rules))


def test_two_rules_of_one_id_are_refused() -> None:
    with pytest.raises(ValueError, match="table 'weather' has two rules 'W-1'"):
        weather(rule("W-1", sky="clear"), rule("W-1", sky="grey"))


def test_a_rule_that_asks_for_an_unknown_dimension_is_refused() -> None:
    with pytest.raises(
        ValueError, match=r"rule 'W-1' of table 'weather' asks for 'wind'; the table has \('sky', 'warm'\)"
    ):
        weather(rule("W-1", wind="strong"))


def test_a_rule_that_asks_for_an_unknown_word_is_refused() -> None:
    with pytest.raises(ValueError, match=r"asks for sky in \['gray'\]; sky has the words \('clear', 'grey', 'black'\)"):
        weather(rule("W-1", sky=("clear", "gray")))


def test_a_case_with_an_unknown_word_is_refused() -> None:
    with pytest.raises(ValueError, match="table 'weather' cannot answer for sky='gray'; sky has the words"):
        COMPLETE.rule_for({"sky": "gray", "warm": True})


def test_a_case_that_lacks_a_dimension_is_refused() -> None:
    with pytest.raises(ValueError, match="table 'weather' cannot answer for warm=None"):
        COMPLETE.rule_for({"sky": "grey"})


def test_a_table_reads_as_markdown() -> None:
    table: DecisionTable[dict[str, str]] = DecisionTable(
        "weather",
        {"sky": ("clear", "grey")},
        (
            Rule("W-1", when={"sky": "clear"}, then={"go": "out", "with": "hat"}, source="W", says="Sun | hat."),
            Rule("W-2", when={"sky": "grey"}, then={}, source="W", says="Nothing follows."),
        ),
    )

    assert table_markdown(table).splitlines() == [
        "| rule | sky | then | in words | source |",
        "| --- | --- | --- | --- | --- |",
        "| W-1 | clear | go out, with hat | Sun \\| hat. | W |",
        "| W-2 | grey | goes on | Nothing follows. | W |",
    ]
    assert (
        table_markdown(COMPLETE).splitlines()[3]
        == "| W-2 | grey / black | False | read | W-2 says so. | W-2's source |"
    )
    assert table_markdown(COMPLETE).splitlines()[2] == "| W-1 | clear | any | walk | W-1 says so. | W-1's source |"
