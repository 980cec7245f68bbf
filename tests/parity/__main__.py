"""The command that compares the drop-in module with the real wandb, script by script.

`python -m tests.parity` plays every script with 0.31.0, `python -m tests.parity basic resume` some, and `python -m
tests.parity --classic` those of 0.10.33; what comes of each is kept, and the tables of docs/parity.md are made of it.
"""

from __future__ import annotations

import sys
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

from tests.parity.comparing import differences
from tests.parity.environment import python
from tests.parity.explained import unexplained
from tests.parity.playing import play_with_client, play_with_dropin
from tests.parity.results import keep
from tests.parity.subjects import PARITY_CLASSIC, PARITY_CURRENT, Subject


def compared(subject: Subject, script: Path) -> list[str]:
    """The differences of one script."""
    return differences(play_with_dropin(script, subject), play_with_client(script, subject))


def main(arguments: list[str]) -> int:
    """Compare, print a line a script, and tell whether every difference is explained."""
    subject = PARITY_CLASSIC if "--classic" in arguments else PARITY_CURRENT
    named = [argument for argument in arguments if argument != "--classic"]
    there = subject.scripts()
    chosen = [script for script in there if not named or script.stem in named]
    unknown = set(named) - {script.stem for script in chosen}
    if unknown:
        print(f"no such script: {', '.join(sorted(unknown))}; there are {', '.join(s.stem for s in there)}")
        return 2
    python(subject)  # made once, before the threads ask for it
    found: dict[str, list[str]] = {}
    with ThreadPoolExecutor(2) as pool:
        for script, lines in zip(chosen, pool.map(partial(compared, subject), chosen), strict=True):
            found[script.stem] = lines
            print(f"{script.stem}: {'equal' if not lines else ''}", *lines, sep="\n  " if lines else "", flush=True)
            keep(subject, {script.stem: lines})
    print(f"{sum(not lines for lines in found.values())} of {len(found)} scripts are equal")
    return int(any(unexplained(subject.explained.get(name, {}), lines) for name, lines in found.items()))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
