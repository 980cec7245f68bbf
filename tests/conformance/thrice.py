"""Runs the whole suite on the reference as pytest items, three times in a row, in random order, in two processes.

python -m tests.conformance.thrice

Both profiles, with what --wandb-deep adds. A line for each round; exit code 1 if anything but a pass comes up.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import NamedTuple

from wandb_testkit.conformance.deep import cases_of
from wandb_testkit.profiles import Profile

ROOT = Path(__file__).parents[2]
SEEDS = (1, 2, 3)

_ITEM = re.compile(r"^\[gw\d+\] \[ *\d+%\] ([A-Z]+) .*::test_\w+\[(.*?)\] *$", re.M)


class Round(NamedTuple):
    """One run of pytest: its exit code, the items in the order in which they ended, and what became of them."""

    exit_code: int
    items: tuple[str, ...]
    outcomes: Counter[str]
    output: str


def run_round(profile: Profile, seed: int, *options: str) -> Round:
    """Run the suite in an empty directory, as somebody who has installed the kit would."""
    command = [
        *(sys.executable, "-m", "pytest", "--pyargs", "wandb_testkit.conformance", "--wandb-target=reference"),
        *(f"--wandb-profile={profile}", "-n", "2", "-v", f"--randomly-seed={seed}", "-p", "no:cacheprovider"),
        *options,
    ]
    with tempfile.TemporaryDirectory(prefix="wandb-testkit-thrice-") as folder:
        environ = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "HOME": folder}
        done = subprocess.run(command, cwd=folder, env=environ, capture_output=True, text=True, check=False)
    ended = _ITEM.findall(done.stdout)
    return Round(
        done.returncode,
        tuple(item for _, item in ended),
        Counter(outcome for outcome, _ in ended),
        done.stdout + done.stderr,
    )


def main() -> int:
    """Every round of both profiles."""
    wrong = 0
    for profile in Profile:
        wanted = sorted(case.id for case in cases_of(profile, deep=True))
        for seed in SEEDS:
            began = time.perf_counter()
            found = run_round(profile, seed, "--wandb-deep")
            took = time.perf_counter() - began
            is_right = found.exit_code == 0 and sorted(found.items) == wanted and set(found.outcomes) == {"PASSED"}
            told = ", ".join(f"{number} {outcome.lower()}" for outcome, number in found.outcomes.items())
            print(f"{profile}, seed {seed}: {told} of {len(wanted)} in {took:.0f} s", flush=True)
            if not is_right:
                wrong += 1
                print(found.output[-4000:], file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
