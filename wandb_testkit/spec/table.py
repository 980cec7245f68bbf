"""Owns the decision table: rules of which exactly one answers (the unique hit policy).

A rule is an id, a condition, an outcome, a source, and a sentence a W&B user can read aloud. Rules have no order: their
conditions exclude each other. A table that leaves a case open, or answers it twice, refuses to answer at all.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from operator import itemgetter
from typing import Any, Generic, TypeVar

Then = TypeVar("Then")

Word = str | bool | int | None
"""A value of a dimension."""

Case = Mapping[str, Word]
"""One word for each dimension of a table."""

Facts = Mapping[str, str]
"""What a rule of init() adds to what is known of the call: dimensions of later tables, and fields of the outcome."""


@dataclass(frozen=True, slots=True)
class Rule(Generic[Then]):
    """One line of a table.

    Attributes:
        id: The clause of spec.md that it stems from, with ".b", ".c" ... after it where a clause gives several rules.
        when: Dimension -> the word it must have, or a tuple of words of which it must have one; a dimension that is not
            named may have any.
        then: What follows.
        source: Where spec.md says so: clauses, or steps of section C.
        says: The rule as a sentence.
    """

    id: str
    when: Mapping[str, Word | tuple[Word, ...]]
    then: Then
    source: str
    says: str

    def answers(self, case: Case) -> bool:
        """Every condition of the rule holds in the case."""
        return all(case[name] in _words(condition) for name, condition in self.when.items())


@dataclass(frozen=True, eq=False)
class DecisionTable(Generic[Then]):
    """Rules over the product of a few dimensions.

    Attributes:
        name: What the table decides; the heading of its page.
        domain: Dimension -> its words. The rules must settle the whole product.
        rules: In the order of reading; it has no other meaning.
    Raises:
        ValueError: A rule's id is used twice, or a rule names a dimension or a word that the domain does not have.
    """

    name: str
    domain: Mapping[str, tuple[Word, ...]]
    rules: tuple[Rule[Then], ...]

    def __post_init__(self) -> None:
        seen: set[str] = set()
        for rule in self.rules:
            if rule.id in seen:
                raise ValueError(f"table {self.name!r} has two rules {rule.id!r}")
            seen.add(rule.id)
            for name, condition in rule.when.items():
                if name not in self.domain:
                    raise ValueError(
                        f"rule {rule.id!r} of table {self.name!r} asks for {name!r}; the table has {tuple(self.domain)}"
                    )
                unknown = [word for word in _words(condition) if word not in self.domain[name]]
                if unknown:
                    raise ValueError(
                        f"rule {rule.id!r} of table {self.name!r} asks for {name} in {unknown}; "
                        f"{name} has the words {self.domain[name]}"
                    )

    def rule_for(self, case: Case) -> Rule[Then]:
        """The one rule that answers; names that are not dimensions of the table are passed over.

        Raises:
            ValueError: The case has a word that the domain does not have, or the table is ambiguous or incomplete.
        """
        try:
            return self._by_words[self._words_of(case)]
        except KeyError:
            pass
        for name, words in self.domain.items():
            if name not in case or case[name] not in words:
                raise ValueError(
                    f"table {self.name!r} cannot answer for {name}={case.get(name)!r}; {name} has the words {words}"
                )
        raise AssertionError(f"table {self.name!r} was checked, yet has no answer for {dict(case)}")

    @cached_property
    def _words_of(self) -> Callable[[Case], Any]:
        return itemgetter(*self.domain)

    @cached_property
    def _by_words(self) -> dict[Any, Rule[Then]]:
        # Asking every rule costs microseconds a case and the products have millions of them, so all cases of this one
        # small domain are settled at first use, and a lookup is one dict access. Not at import: everyone pays for that.
        found = problems(self)
        if found:
            raise ValueError("\n".join([f"table {self.name!r} does not decide its domain:", *found]))
        return {self._words_of(case): rule for case in cases(self) for rule in self.rules if rule.answers(case)}


def cases(table: DecisionTable[Any]) -> list[Case]:
    """The product of the table's domain."""
    return [dict(zip(table.domain, words, strict=True)) for words in itertools.product(*table.domain.values())]


def problems(table: DecisionTable[Any], reachable: Callable[[Case], bool] | None = None) -> list[str]:
    """What keeps the table from being total and unambiguous: one line each, none if all is well.

    Args:
        reachable: Tells the cases that can occur; the others need no answer. None means that all can.
    Returns:
        Cases with no rule or with several, and rules that never answer.
    """
    found = []
    useful: set[str] = set()
    for case in cases(table):
        if reachable is not None and not reachable(case):
            continue
        answering = [rule.id for rule in table.rules if rule.answers(case)]
        useful.update(answering)
        if len(answering) != 1:
            who = "no rule answers" if not answering else f"{len(answering)} rules answer ({', '.join(answering)})"
            found.append(f"{who} for {', '.join(f'{name}={word}' for name, word in case.items())}")
    found += [f"rule {rule.id} never answers" for rule in table.rules if rule.id not in useful]
    return found


def _words(condition: Word | tuple[Word, ...]) -> tuple[Word, ...]:
    return condition if isinstance(condition, tuple) else (condition,)


def table_markdown(table: DecisionTable[Any]) -> str:
    """The table as a Markdown table: a column for each dimension, then what follows, the sentence and the source."""
    dimensions = list(table.domain)
    lines = [["rule", *dimensions, "then", "in words", "source"]]
    lines.append(["---"] * len(lines[0]))
    for rule in table.rules:
        conditions = [
            " / ".join(map(str, _words(rule.when[name]))) if name in rule.when else "any" for name in dimensions
        ]
        lines.append([rule.id, *conditions, _then_markdown(rule.then), rule.says, rule.source])
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)


def _then_markdown(then: object) -> str:
    if not isinstance(then, Mapping):
        return str(then)
    return ", ".join(f"{name} {value}" for name, value in then.items()) or "goes on"
