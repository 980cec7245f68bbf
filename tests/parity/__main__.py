"""The command that compares the drop-in module with the real wandb 0.31.0, script by script.

`python -m tests.parity` plays every script, `python -m tests.parity basic resume` some; what comes of each is kept, and
the table of docs/parity.md is made of it.
"""

from __future__ import annotations

import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.parity.comparing import differences
from tests.parity.environment import python
from tests.parity.explained import unexplained
from tests.parity.playing import play_with_client, play_with_dropin, scripts
from tests.parity.results import keep


def compared(script: Path) -> list[str]:
    """The differences of one script."""
    return differences(play_with_dropin(script), play_with_client(script))


def main(named: list[str]) -> int:
    """Compare, print a line a script, and tell whether every difference is explained."""
    chosen = [script for script in scripts() if not named or script.stem in named]
    unknown = set(named) - {script.stem for script in chosen}
    if unknown:
        print(f"no such script: {', '.join(sorted(unknown))}; there are {', '.join(s.stem for s in scripts())}")
        return 2
    python()  # made once, before the threads ask for it
    found: dict[str, list[str]] = {}
    with ThreadPoolExecutor(2) as pool:
        for script, lines in zip(chosen, pool.map(compared, chosen), strict=True):
            found[script.stem] = lines
            print(f"{script.stem}: {'equal' if not lines else ''}", *lines, sep="\n  " if lines else "", flush=True)
            keep({script.stem: lines})
    print(f"{sum(not lines for lines in found.values())} of {len(found)} scripts are equal")
    return int(any(unexplained(name, lines) for name, lines in found.items()))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
