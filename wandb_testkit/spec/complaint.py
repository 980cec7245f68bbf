"""Owns what is said where an implementation and the oracle disagree about a script."""

from __future__ import annotations

from wandb_testkit.actions import Script
from wandb_testkit.observation import Observation
from wandb_testkit.profiles import Profile, to_profile
from wandb_testkit.spec.comparison import same
from wandb_testkit.spec.predict import played
from wandb_testkit.spec.program import program


def disagreement(script: Script, profile: Profile | str, observed: Observation, *, target: str) -> str:
    """The program, what was expected and what was seen, and the rules of the init() calls; "" if nothing differs.

    Args:
        target: How the implementation is called.
    Raises:
        Unspecified: spec.md leaves open what the script leads to.
    """
    known = to_profile(profile)
    prediction = played(script, known)
    lines = same(prediction.observation(), observed)
    if not lines:
        return ""
    clauses = [
        f"init {name!r}: {', '.join(rule.id for rule in rules)}"
        for name, rules in prediction.rules.items()
        if any(line.startswith(f"init {name!r}:") for line in lines)
    ]
    return "\n".join(
        [
            f"{target} does not do what spec.md says (profile {known}):",
            *_indented(program(script).splitlines()),
            "what differs:",
            *_indented(lines),
            *(
                ["rules that answered (wandb_testkit.spec.markdown tells them all):", *_indented(clauses)]
                if clauses
                else []
            ),
            "to see it again:",
            f"  script = {script!r}",
            f"  observed = target.run(script, Profile({known.value!r}))",
            f"  print(*spec.same(spec.predict(script, {known.value!r}), observed), sep='\\n')",
        ]
    )


def _indented(lines: list[str]) -> list[str]:
    return [f"  {line}" for line in lines]
