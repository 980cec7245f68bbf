"""`wandb-testkit verify`: it goes on where it stopped, ends with the check sums, and says what disagrees."""

from __future__ import annotations

import contextlib
import io
import json
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.mutants.catalogue import MUTANTS
from tests.mutants.planting import planted
from wandb_testkit.cli import main
from wandb_testkit.profiles import CURRENT
from wandb_testkit.spec.cells import product
from wandb_testkit.spec.outcome import expected
from wandb_testkit.verification import cells
from wandb_testkit.verification.cells import Block, Verdict, blocks, complaint, counted, verify
from wandb_testkit.verification.sums import CHECK_SUMS, wrong_sums


def spec_says(block: Block) -> Verdict:
    """What the block would come to if everything agreed, without running it."""
    found = list(block.cells())
    sums = Counter(name for cell in found for name in counted(expected(cell, block.profile)))
    return Verdict(len(found), dict(sums), [], 0)


def state_without(path: Path, left: int) -> list[Block]:
    """A state file in which all blocks of current but the last `left` are done."""
    whole = blocks(CURRENT, "quotient")
    path.write_text(json.dumps({str(block): spec_says(block) for block in whole[:-left]}), encoding="utf-8")
    return whole


def run_verify(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "wandb_testkit.cli", "verify", "--profile", "current", "-n", "2", *arguments]
    return subprocess.run(command, capture_output=True, text=True, encoding="utf-8", timeout=300)


def test_a_stopped_run_goes_on_and_ends_with_the_check_sums(tmp_path: Path) -> None:
    state = tmp_path / "state.json"
    whole = state_without(state, left=2)

    result = run_verify("--state", str(state))

    assert result.returncode == 0, result.stdout + result.stderr
    assert "63,936 of 63,936 cells checked" in result.stdout
    assert "0 disagree" in result.stdout
    assert "current quotient: check sums of spec.md reached" in result.stdout
    assert set(json.loads(state.read_text(encoding="utf-8"))) == {str(block) for block in whole}


def test_workers_elsewhere_are_named_as_pytest_xdist_names_them(tmp_path: Path) -> None:
    state = tmp_path / "state.json"
    state_without(state, left=2)

    result = run_verify("--state", str(state), "--tx", "popen", "--tx", f"popen//python={sys.executable}")

    assert result.returncode == 0, result.stdout + result.stderr
    assert "63,936 of 63,936 cells checked" in result.stdout
    assert "current quotient: check sums of spec.md reached" in result.stdout


def test_a_check_sum_that_is_not_reached_fails_the_run(tmp_path: Path) -> None:
    state = tmp_path / "state.json"
    state_without(state, left=1)
    kept = json.loads(state.read_text(encoding="utf-8"))
    next(iter(kept.values()))[1]["kind error"] += 1
    state.write_text(json.dumps(kept), encoding="utf-8")

    result = run_verify("--state", str(state))

    assert result.returncode == 1
    assert "current quotient: kind error is 24,751, spec.md says 24,750" in result.stdout


def test_a_verdict_counts_what_the_spec_expects_of_its_cells() -> None:
    block = Block(CURRENT, "quotient", 0, 200)

    assert verify(block) == spec_says(block)


def test_the_check_sums_of_the_quotient_are_those_of_the_rules() -> None:
    sums: Counter[str] = Counter()
    for cell in product(CURRENT, "quotient"):
        sums.update(counted(expected(cell, CURRENT)))

    assert wrong_sums(CURRENT, "quotient", sums) == []
    assert dict(sums) == dict(CHECK_SUMS[CURRENT, "quotient"])


def test_a_complaint_tells_cell_fields_rules_and_a_script_that_repeats_it(monkeypatch: pytest.MonkeyPatch) -> None:
    bug = next(mutant for mutant in MUTANTS if mutant.name == "the resumed run starts at step 0")
    with planted(bug) as target:
        monkeypatch.setattr(cells, "TARGET", target.ReferenceTarget())
        cell = next(cell for cell in product(CURRENT, "quotient") if complaint(cell, CURRENT))
        told = complaint(cell, CURRENT)
        script = "\n".join(line.strip() for line in told.split("to see it again:")[1].strip().splitlines())
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed):
            exec(script, {})

    assert told.startswith("current: resume=")
    assert "start: expected 'last+1', saw 0" in told
    assert "RESUME-" in told
    assert printed.getvalue().strip() == told
    monkeypatch.undo()
    assert complaint(cell, CURRENT) == ""


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--target", "trackio"], "expected a released client, such as wandb==0.31.0"),
        (["--target", "wandb==latest"], "expected a released client, such as wandb==0.31.0"),
        (["--target", "wandb==0.31.0", "--product", "full"], "--target takes --strength"),
        (["--target", "wandb==0.31.0", "-n", "many"], "with --target expected a number of clients"),
        (["--sample", "3"], "--random and --sample go with --target"),
    ],
)
def test_options_of_a_real_client_that_make_no_sense_are_refused(arguments: list[str], says: str) -> None:
    result = CliRunner().invoke(main, ["verify", *arguments])

    assert result.exit_code == 2
    assert says in result.output
