"""Real clients in cells of the decision tables: a fixed sample here, whole arrays in `make deep`."""

from __future__ import annotations

import pytest

from tests.clients.conftest import VERSIONS
from wandb_testkit import actions
from wandb_testkit.observation import RunState
from wandb_testkit.profiles import CURRENT
from wandb_testkit.spec.cells import Cell, quotient_of
from wandb_testkit.spec.comparison import same
from wandb_testkit.spec.outcome import Outcome, expected
from wandb_testkit.spec.predict import predict
from wandb_testkit.targets.real import RealTarget
from wandb_testkit.verification import clients, complaint
from wandb_testkit.verification.clients import cells_for, profile_of, verify_client

pytestmark = pytest.mark.needs_client

HELD = ("0.10.33", "0.31.0")
"""The versions that spec.md speaks of; those between are run by `make deep`, and their differences are told."""

SAMPLE = {"0.10.33": 10, "0.31.0": 30}
"""Cells of the pairs' array: an old client takes seconds for each."""

PLAIN = Cell("unset", "arg", "finished", "unset", "unset", "ok", "unset", "unset", "unset", "none", "no")


@pytest.mark.parametrize("version", [version for version in VERSIONS if version in HELD])
def test_a_real_client_agrees_in_a_sample_of_all_pairs(version: str) -> None:
    products = cells_for(profile_of(version), strength=2, number=0, seed=0, sample=SAMPLE[version])

    verdict = verify_client(version, products, workers=2)

    assert verdict.complaints == []
    assert verdict.cells == SAMPLE[version]
    assert verdict.agreeing + verdict.foretold_cells == verdict.cells
    assert verdict.agreeing


@pytest.mark.parametrize("version", [version for version in VERSIONS if version == "0.31.0"])
def test_a_client_that_departs_is_told_with_a_script_that_shows_it_again(
    version: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def otherwise(cell: Cell, profile: object) -> Outcome:
        return expected(cell, CURRENT)._replace(server="created")

    monkeypatch.setattr(clients, "expected", otherwise)

    verdict = verify_client(version, {"one": [PLAIN]}, workers=1)

    (told,) = verdict.complaints
    assert "server: expected 'created', saw testkit-user/uncategorized/p with steps [0, 1, 2, 0]" in told
    script = "\n".join(line.strip() for line in told.splitlines()[-3:])
    assert "client='0.31.0'" in script
    scope: dict[str, object] = {"print": lambda text: scope.setdefault("printed", text)}
    exec(script, scope)
    assert scope["printed"] == ""  # with the real expectation the client agrees


@pytest.mark.parametrize("version", [version for version in VERSIONS if version == "0.31.0"])
def test_of_offline_runs_with_one_id_the_one_that_is_active_is_running(version: str) -> None:
    script = (
        actions.StartProcess("one", env={"WANDB_MODE": "offline"}),
        actions.Init("first", {"id": "r"}),
        actions.Finish("first", 1),
        actions.Init("second", {"id": "r"}),
    )
    with RealTarget(version) as target:
        seen = target.run(script, CURRENT)

    assert [(run.state, run.exit_code) for run in seen.runs] == [(RunState.FAILED, 1), (RunState.RUNNING, None)]
    assert same(predict(script, CURRENT), seen) == []


@pytest.mark.parametrize("version", [version for version in VERSIONS if version == "0.31.0"])
def test_nothing_of_a_script_reaches_the_next_one(version: str) -> None:
    with RealTarget(version) as target:
        first = [complaint_of(target, PLAIN) for _ in range(2)]
        other = complaint_of(target, quotient_of(PLAIN._replace(resume="must"), CURRENT))

    assert [*first, other] == [[], [], []]


def complaint_of(target: RealTarget, cell: Cell) -> list[str]:
    from wandb_testkit.verification.cells import compare

    return compare(target, cell, CURRENT, expected(cell, CURRENT), user=target.user)


def test_the_complaint_of_a_cell_can_be_asked_of_a_client_that_does_not_exist() -> None:
    with pytest.raises(LookupError, match=r"wandb 0\.0\.0\.1 could not be installed"):
        complaint(PLAIN, CURRENT, client="0.0.0.1")
