"""The products of programs: WANDB_RESUME in full, the others as fixed samples, with their counts."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.mutants.planting import planted
from tests.mutants.script_mutants import SCRIPT_MUTANTS
from tests.verification.test_verify_command import run_verify
from wandb_testkit.profiles import CLASSIC, CURRENT, Profile
from wandb_testkit.spec import predict
from wandb_testkit.verification import agreement
from wandb_testkit.verification.agreement import program_blocks, verify_programs
from wandb_testkit.verification.cells import Block, Verdict
from wandb_testkit.verification.programs import PROGRAM_PRODUCTS, ProgramProduct, parts, program_size, programs

BOTH = (CLASSIC, CURRENT)
PROFILES = pytest.mark.parametrize("profile", BOTH, ids=str)

SIZES = {
    ("resume-variable", CLASSIC): 4_374,
    ("resume-variable", CURRENT): 4_374,
    ("auto", CLASSIC): 54_915,
    ("auto", CURRENT): 54_915,
    ("active", CLASSIC): 6_066,
    ("active", CURRENT): 75_306,
    ("rows", CLASSIC): 28_848,
    ("rows", CURRENT): 28_848,
    ("metrics", CLASSIC): 243,
    ("metrics", CURRENT): 216,
}
"""
resume-variable: 9 arguments, 9 variables, 6 priors, 3 ids, 3 modes.
auto: 15 first processes, times 1 + 60 + 60 * 60 ways to go on (2 directories, 2 projects, 3 words, 5 ends).
active: 2 shells, 3 last words, times 3 (7) reinit words a call, and for one to three calls 1 * 2 * 3 ids and 1 * 2 * 6
orders of the ends.
rows: a run that is new or resumed, times 24 + 24**2 + 24**3 ways to call log() (2 keys, 4 steps, 3 commits).
metrics: 9 (8) words for what is kept, and 3 values of 3.
"""


def everything(product: ProgramProduct, profile: Profile) -> Block:
    return Block(profile, product, 0, program_size(product, profile))


@pytest.mark.parametrize(("product", "profile"), SIZES, ids=[f"{product}-{profile}" for product, profile in SIZES])
def test_a_product_has_as_many_programs_as_its_words_allow(product: ProgramProduct, profile: Profile) -> None:
    blocks = program_blocks(profile, product)

    assert program_size(product, profile) == SIZES[product, profile]
    assert [block.start for block in blocks[1:]] == [block.stop for block in blocks[:-1]]
    assert (blocks[0].start, blocks[-1].stop) == (0, SIZES[product, profile])


@pytest.mark.parametrize("product", PROGRAM_PRODUCTS)
def test_no_program_is_there_twice(product: ProgramProduct) -> None:
    sizes = [part.size for part in parts(product, CLASSIC)][:2]
    scripts = [repr(script) for script in programs(product, CLASSIC, 0, sum(sizes))]

    assert len(set(scripts)) == len(scripts) == sum(sizes)


def test_programs_are_found_by_their_numbers() -> None:
    whole = list(programs("auto", CURRENT, 0, 1_000))

    assert list(programs("auto", CURRENT, 10, 20)) == whole[10:20]
    assert [script for at in range(900, 930) for script in programs("auto", CURRENT, at, at + 1)] == whole[900:930]


@pytest.mark.parametrize(
    ("profile", "counts"),
    [
        pytest.param(
            CLASSIC,
            {"init UsageError": 332, "init disabled": 1_458, "init new": 5_747, "init resumed": 482},
            id="classic",
        ),
        pytest.param(
            CURRENT,
            {
                "init CommError": 68,
                "init UsageError": 126,
                "init ValidationError": 2_484,
                "init disabled": 630,
                "init new": 4_479,
                "init resumed": 232,
            },
            id="current",
        ),
    ],
)
def test_every_argument_with_every_variable_does_what_the_oracle_says(profile: Profile, counts: dict[str, int]) -> None:
    """C.6, RESUME-9"""
    verdict = verify_programs(everything("resume-variable", profile))

    assert verdict.disagreeing == 0, "\n".join(verdict.complaints)
    assert verdict.sums == counts


@PROFILES
def test_a_sample_of_auto_over_several_processes_does_what_the_oracle_says(profile: Profile) -> None:
    """AUTO-2 to AUTO-6, AUTO-11, F.2.4"""
    verdict = verify_programs(everything("auto", profile), every=47)  # no divisor of the words, so all of them occur

    assert verdict.disagreeing == 0, "\n".join(verdict.complaints)
    assert (verdict.cells, verdict.sums.get(agreement.OPEN)) == (1_169, None)
    assert {"init new", "init resumed"} == set(verdict.sums)


@pytest.mark.parametrize(("profile", "every"), [(CLASSIC, 5), (CURRENT, 53)], ids=["classic", "current"])
def test_a_sample_of_several_active_runs_does_what_the_oracle_says(profile: Profile, every: int) -> None:
    """REINIT-1 to REINIT-4, REINIT-7, REINIT-9, FINISH-2, FINISH-3"""
    verdict = verify_programs(everything("active", profile), every=every)

    assert verdict.disagreeing == 0, "\n".join(verdict.complaints)
    assert verdict.sums["init returned"] > 100
    assert agreement.OPEN not in verdict.sums


@PROFILES
def test_a_sample_of_all_ways_to_log_does_what_the_oracle_says(profile: Profile) -> None:
    """LOG-1 to LOG-4, RESUME-7a"""
    verdict = verify_programs(everything("rows", profile), every=61)

    assert verdict.disagreeing == 0, "\n".join(verdict.complaints)
    assert verdict.sums == {"init new": 473, "init resumed": 235}


@PROFILES
def test_what_a_metric_keeps_of_three_values_is_what_the_oracle_says(profile: Profile) -> None:
    """SUMMARY-1"""
    verdict = verify_programs(everything("metrics", profile))

    assert verdict.disagreeing == 0, "\n".join(verdict.complaints)
    assert verdict.sums == {"init new": SIZES["metrics", profile]}


@PROFILES
def test_a_planted_bug_is_noticed_and_told(profile: Profile, monkeypatch: pytest.MonkeyPatch) -> None:
    bug = next(mutant for mutant in SCRIPT_MUTANTS if (mutant.clause, mutant.profile) == ("AUTO-5", profile))
    with planted(bug) as target:
        monkeypatch.setattr(agreement, "TARGET", target.ReferenceTarget())
        verdict = verify_programs(everything("auto", profile), every=47)

    assert verdict.disagreeing
    assert "resume_file" in verdict.complaints[0]
    assert "to see it again:" in verdict.complaints[0]


def test_what_an_empty_resume_comes_to_depends_on_the_profile() -> None:
    """RESUME-9"""
    counted: set[tuple[Profile, str]] = set()
    for profile in BOTH:
        for script in programs("resume-variable", profile, 0, program_size("resume-variable", profile)):
            if any(getattr(action, "kwargs", {}).get("resume") == "" for action in script):
                counted.add((profile, predict(script, profile).inits[-1].error))

    assert {error for profile, error in counted if profile is CURRENT} == {"ValidationError"}
    assert {error for profile, error in counted if profile is CLASSIC} == {"", "UsageError"}


def test_the_command_tells_how_many_programs_there_were(tmp_path: Path) -> None:
    *done, last = program_blocks(CURRENT, "resume-variable")
    state = tmp_path / "state.json"
    kept = {str(block): Verdict(block.stop - block.start, {"init new": 1}, [], 0) for block in done}
    state.write_text(json.dumps(kept), encoding="utf-8")

    result = run_verify("--product", "resume-variable", "--state", str(state))

    assert result.returncode == 0, result.stdout + result.stderr
    assert f"4,374 of 4,374 programs checked, {last.stop - last.start} of them now" in result.stdout
    assert "0 disagree" in result.stdout
    assert f"current resume-variable: init ValidationError 374, init new {len(done) + 315}" in result.stdout
    assert "check sums" not in result.stdout
