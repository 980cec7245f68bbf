"""Owns the case: a script, the clauses that it is about, and what of the observation it judges by them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from wandb_testkit.actions import Action, Script
from wandb_testkit.conformance.capability import ASPECTS, Capability, needed
from wandb_testkit.profiles import Profile
from wandb_testkit.spec.chapters.clause import BOTH

ALWAYS = ("inits", "init.raises", "init.returned")
"""Judged in every case: init() returns what it has to return, or raises."""

WHERE_CLAIMED = ("init.run_id", "init.wandb_run")
"""Judged in every case as well, on targets that claim what that takes."""

BESIDE = {"runs": "run.id", "run.state": "run.exit_code"}
"""What is judged -> what is judged with it, on targets that claim what that takes."""

RAISES = {"init.error": "init.raises", "init.message": "init.raises", "action.error": "action.raises"}
"""What is judged of an error's class and reason -> what is judged in its place where the target claims no classes: that
there is an error at all."""

START = ("init.run_id", "init.wandb_run", "init.resumed")
ERRORS = ("init.error", "init.message")
RUNS = ("runs", "run.project")
ROWS = (*RUNS, "run.history")
END = (*RUNS, "run.state")
ALL_ASPECTS = tuple(ASPECTS)


@dataclass(frozen=True)
class Case:
    """One case of the suite; what is expected is predicted from the script.

    Attributes:
        id: "chapter/name"; the name is what has to be so, in words.
        clauses: Numbers of the clauses that it judges by, the one that it is about first.
        script: What is done.
        judges: The aspects of the observation that these clauses are about (capability.ASPECTS).
        profiles: In which it can be judged.
        protocol: Sections of protocol.md that it goes by where spec.md has no clause: "protocol.md 4.3".
        shows: Aspects that are judged beside those, on targets that claim what that takes.
        grown: Which of the programs of --deep it is, from 1 on; 0 for a case that has a script.
    """

    id: str
    clauses: tuple[str, ...]
    script: Script
    judges: tuple[str, ...]
    profiles: tuple[Profile, ...] = BOTH
    protocol: tuple[str, ...] = ()
    shows: tuple[str, ...] = ()
    grown: int = 0

    @property
    def chapter(self) -> str:
        """The part of the suite that it belongs to."""
        return self.id.partition("/")[0]

    @cached_property
    def needs(self) -> frozenset[Capability]:
        """What a target has to claim to be judged."""
        return needed(self.script, (RAISES.get(aspect, aspect) for aspect in self.judges))

    def aspects(self, claimed: frozenset[Capability]) -> frozenset[str]:
        """What is judged on a target that claims this."""

        def fits(aspect: str) -> bool:
            return claimed.issuperset(ASPECTS[aspect])

        judged = (aspect if fits(aspect) else RAISES.get(aspect, aspect) for aspect in self.judges)
        beside = (more for aspect, more in BESIDE.items() if aspect in self.judges)
        more = filter(fits, (*WHERE_CLAIMED, *beside, *self.shows))
        return frozenset((*ALWAYS, *judged, *more))


def case(
    id: str,
    clauses: str,
    script: Iterable[Action],
    *judges: str,
    profiles: tuple[Profile, ...] = BOTH,
) -> Case:
    """A case, its clauses as one text: "RESUME-4 C.5"."""
    names = clauses.replace("protocol.md ", "protocol.md_").split()
    return Case(
        id,
        tuple(name for name in names if not name.startswith("protocol")),
        tuple(script),
        tuple(dict.fromkeys(judges)),
        profiles,
        tuple(name.replace("_", " ") for name in names if name.startswith("protocol")),
    )
