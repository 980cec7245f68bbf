"""Owns what an init() comes to in any world: the tables are asked with facts of the world instead of a cell's words.

Nothing is changed here. Source: spec.md C.2, C.3, C.4; ID-4, AUTO-4, ANON-2 to ANON-7, LOGIN-2, PROJ-1.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from wandb_testkit.profiles import CLASSIC, CURRENT
from wandb_testkit.spec.beyond_cells import GENERAL
from wandb_testkit.spec.call import Call
from wandb_testkit.spec.model import Record, Unspecified, World, anonymous_entity, generated_id
from wandb_testkit.spec.outcome import AT_FIRST, follow
from wandb_testkit.spec.resume_file import RESUME_FILE_WRITTEN
from wandb_testkit.spec.table import DecisionTable, Facts, Rule

NEW_ACCOUNT = ""
"""The key of an anonymous account that has yet to be made."""


DUMMY_LENGTH = 22
"""Characters in the id of a classic dummy (DISABLED-2)."""


@dataclass(frozen=True, slots=True)
class Decision:
    """What an init() comes to.

    Attributes:
        facts: The fields of an outcome, and what tables passed on to each other.
        rules: Those that answered, in order.
        run_id: The effective id; "" if the call ended before there was one.
        remembered: The id in the resume file when the id was chosen, None if there was none.
        api_key: What the run is made with: NEW_ACCOUNT if the account has yet to be made, None offline.
        entity, project: Where the run is looked for and made.
        record: What the server knows of it, None if nothing.
    """

    facts: Mapping[str, str]
    rules: tuple[Rule[Facts], ...]
    run_id: str
    remembered: str | None
    api_key: str | None
    entity: str
    project: str
    record: Record | None


def decide(world: World, call: Call, resume_word: Any) -> Decision:
    """Ask the tables of the profile in the world as it is.

    Args:
        resume_word: The `resume` argument: the run id where the tables take it as a hint (RESUME-9).
    Raises:
        Unspecified: The text does not say what the call leads to.
    """
    asking = _Asking(world, call, resume_word)
    facts: dict[str, str] = {**AT_FIRST, **call.words}
    rules = follow(GENERAL[world.profile], facts, asking.look_around)
    is_online = facts.get("mode") == "online"
    return Decision(
        facts=facts,
        rules=tuple(rules),
        run_id=asking.run_id(facts) if facts["run_id"] == "dummy" else asking.chosen_id,
        remembered=asking.remembered,
        api_key=asking.account()[0] if is_online else None,
        entity=asking.entity(facts),
        project=asking.project(facts),
        record=asking.record(facts) if facts["network"] == "full" else None,
    )


class _Asking:
    """One init() on its way through the tables."""

    def __init__(self, world: World, call: Call, resume_word: Any) -> None:
        self.world = world
        self.process = world.process
        self.call = call
        self.resume_word = resume_word
        self.chosen_id = ""
        self.remembered: str | None = None

    def look_around(self, table: DecisionTable[Facts], facts: Facts) -> Facts:
        """The facts of the world for the dimensions that are not words of the call."""
        seen: dict[str, str] = {}
        if table is RESUME_FILE_WRITTEN:  # the id is chosen now; later tables may say that another run is returned
            self.chosen_id = self.run_id(facts)
            self.remembered = self.process.machine.remembered if facts["resume_file_exists"] == "yes" else None
        if "active" in table.domain:
            seen["active"] = self.active(facts)
        if "auth" in table.domain:
            seen["auth"] = self.account()[1]
        if "server" in table.domain:
            seen["server"] = self.connection()
        if "is_taken" in table.domain:
            seen["is_taken"] = "yes" if self.run_id(facts) in self.process.taken_ids else "no"
        if "prior" in table.domain:
            seen |= self.prior(table, facts)
        if "rewound" in table.domain:
            record = self.record(facts) if facts["begins"] == "by rewinding" else None
            seen["rewound"] = "absent" if record is None else "deleted" if record.is_deleted else "there"
        return seen

    def prior(self, table: DecisionTable[Facts], facts: Facts) -> Facts:
        """The prior word that stands for what is there: a file, or a record with the effective id."""
        if "run_id" not in table.domain:
            return {"prior": "absent" if self.process.machine.remembered is None else "crashed"}
        record = self.record(facts)
        word = "absent" if record is None else "deleted" if record.is_deleted else "finished"
        # In a cell only the user's runs with a given id can be there; here a hint may name one, and so may an
        # anonymous account, so the table is asked as if both were the ordinary ones.
        return {"prior": word, "owner": "user", "run_id": "given"}

    def active(self, facts: Facts) -> str:
        """Whether a run is active, and whether it is the one that the call is about."""
        if not self.process.active:
            return "none" if self.process.wandb_run is None else "dummy"
        run_id = self.run_id(facts)
        return "same" if any(run.run_id == run_id for run in self.process.active) else "other"

    def run_id(self, facts: Facts) -> str:
        """The effective id; a placeholder if it has to be generated (ID-1)."""
        word = facts["run_id"]
        if word == "-":
            return ""
        if word == "given":
            return str(self.call.values["id"])
        if word == "hint":
            return str(self.resume_word)
        if word == "file":
            return str(self.process.machine.remembered)
        return generated_id(self.world.generated + 1, DUMMY_LENGTH if word == "dummy" else 8)

    def project(self, facts: Facts) -> str:
        """The project: in classic an offline run without one has none (PROJ-1)."""
        is_nameless = self.world.profile is CLASSIC and facts.get("mode") == "offline"
        return self.call.values["project"] or ("" if is_nameless else "uncategorized")

    def entity(self, facts: Facts) -> str:
        """Whose the run is going to be; "" offline, unless it was given."""
        given = self.call.values["entity"]
        if facts.get("mode") != "online":
            return given or ""
        api_key = self.account()[0]
        if api_key is None:
            return ""
        if api_key == NEW_ACCOUNT:
            own = anonymous_entity(len(self.world.anonymous_accounts) + 1)
        else:
            own = self.world.entity_of(api_key)
        if given not in (None, own) and facts["network"] == "full":
            raise Unspecified(f"entity={given!r}: teams are not part of the model")
        return own

    def record(self, facts: Facts) -> Record | None:
        """What the server knows of the run."""
        return self.world.on_server(self.entity(facts), self.project(facts), self.run_id(facts))

    def connection(self) -> str:
        """What becomes of the requests about the run, once the login is done."""
        return self.world.connection(self.account()[0])

    def account(self) -> tuple[str | None, str]:
        """The key that would be used, and the word of C.1 for how its login goes.

        A key that the process has logged in with before is not asked about again (LOGIN-2). A new anonymous account
        needs a server that can be reached (ANON-6), and one that was made before is reused (ANON-3, ANON-4).
        """
        world, process = self.world, self.process
        wanted = self.call.words["anonymous"] if world.profile is CLASSIC else "unset"
        kept = process.session_key or world.api_key
        if kept is not None and (wanted != "must" or world.key_is_anonymous):
            is_known = world.profile is not CURRENT and kept in process.known_keys
            return kept, "ok" if is_known else world.connection(kept)
        if wanted not in ("allow", "must"):
            return None, "none"
        if process.anonymous_key is not None:
            return process.anonymous_key, "none" if kept is None else "ok"
        return NEW_ACCOUNT, ("none" if kept is None else "ok") if world.network_is_up else "unreachable"
