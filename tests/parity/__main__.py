"""The command that compares the drop-in module with the real wandb 0.31.0, script by script.

`python -m tests.parity` plays every script, and writes the table of docs/parity.md; `python -m tests.parity basic
resume` plays some, and writes nothing.
"""

from __future__ import annotations

import ast
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.parity.comparing import differences, summed_up
from tests.parity.environment import python
from tests.parity.explained import EXPLAINED, unexplained
from tests.parity.playing import ROOT, play_with_client, play_with_dropin, scripts

PAGE = ROOT / "docs" / "parity.md"

HEAD = """# Parity with wandb 0.31.0

Made by `python -m tests.parity`; do not edit.

Each script of [fixtures/parity](../fixtures/parity) is run twice, in the same interpreter with the same libraries: with
the drop-in module, and with the real wandb 0.31.0 against the kit's server over loopback HTTP. Compared are exit code,
exception, what the script prints, and every run on the server, field by field: state, config, history, summary, files,
artifacts, console, alerts, metrics. [comparing.py](../tests/parity/comparing.py) says what is set aside: times, ids
that nobody named, and what a client writes of its own accord.

"""


def compared(script: Path) -> list[str]:
    """The differences of one script."""
    return differences(play_with_dropin(script), play_with_client(script))


def what_it_does(script: Path) -> str:
    """The first line of its docstring."""
    text = ast.get_docstring(ast.parse(script.read_text(encoding="utf-8"))) or ""
    return text.split("\n")[0].rstrip(".")


def page(found: dict[str, list[str]]) -> str:
    """docs/parity.md."""
    equal = sum(not lines for lines in found.values())
    rows = ["| script | what it does | |", "| --- | --- | --- |"]
    for script in scripts():
        name = script.stem
        said = [f"{place}: {reason}" for place, reason in EXPLAINED.get(name, {}).items()]
        rest = [line for line in found[name] if not any(line.startswith(place) for place in EXPLAINED.get(name, {}))]
        rows.append(f"| `{name}` | {what_it_does(script)} | {summed_up([*said, *rest]) or 'equal'} |")
    return f"{HEAD}**{equal} of {len(found)} scripts are equal.**\n\n" + "\n".join(rows) + "\n"


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
    if not named:
        PAGE.write_text(page(found), encoding="utf-8")
    print(f"{sum(not lines for lines in found.values())} of {len(found)} scripts are equal")
    return int(any(unexplained(name, lines) for name, lines in found.items()))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
