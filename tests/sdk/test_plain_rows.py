"""Rows of plain scalars have a short way of their own; nobody may be able to tell it from the long one."""

from __future__ import annotations

from typing import Any

import freezegun
import hypothesis.strategies as st
import pytest
from hypothesis import given, settings

import wandb_testkit as wt
from wandb_testkit.profiles import CLASSIC, CURRENT, Profile
from wandb_testkit.sdk.history import MAX_BATCH_ROWS

READ = "read"

keys = st.sampled_from(["loss", "acc", "epoch", "", "_step", "_timestamp", "_runtime", "a.b"]) | st.just(7)
values = (
    st.floats()
    | st.integers(-(2**70), 2**70)
    | st.booleans()
    | st.none()
    | st.sampled_from(["", "text", {"a": 1}, {}, [1, 2], object])
)
calls = st.lists(st.dictionaries(keys, values, max_size=4) | st.just(READ), max_size=12)


class StoppedClock:
    """A clock that always tells the same time, so that rows of two worlds can be compared."""

    def time(self) -> float:
        return 1_600_000_000.25


def played(profile: Profile, script: list[Any], **options: Any) -> list[str]:
    """What a user sees who logs some rows and now and then looks at the summary."""
    seen = []
    with wt.fake(profile=profile, environ={}, notebook=False, clock=StoppedClock()) as fake:
        run: Any = fake.init(project="p")
        for data in script:
            if data == READ:
                seen.append(repr(run.summary))
                continue
            try:
                run.log(data, **options)
            except Exception as error:
                seen.append(repr(error))
        run.finish()
        view = fake.run
        seen += [repr(view.history.with_times()), repr(sorted(view.summary.items())), repr(view.client["summary"])]
    return seen


@pytest.mark.parametrize("profile", [CLASSIC, CURRENT], ids=str)
@settings(deadline=None)  # a busy machine is slow now and then
@given(script=calls)
def test_a_plain_row_is_logged_like_any_other(profile: Profile, script: list[Any]) -> None:
    # commit=True says what is so anyway, and takes the long way.
    assert played(profile, script) == played(profile, script, commit=True)


def test_a_key_that_comes_once_in_a_batch_is_in_the_summary(fake: wt.World) -> None:
    run: Any = fake.init(project="p")
    run.log({"loss": 3.0, "once": 1})
    for _ in range(MAX_BATCH_ROWS + 10):
        run.log({"loss": 2.0})
    run.log({"other": True})

    assert fake.run.summary == {"_step": MAX_BATCH_ROWS + 11, "loss": 2.0, "once": 1, "other": True}


def test_keys_of_the_client_are_never_taken_for_the_users(fake: wt.World) -> None:
    run: Any = fake.init(project="p")
    for _ in range(3):
        run.log({"loss": 1.0, "_step": 40})

    assert fake.run.history == [{"loss": 1.0, "_step": step} for step in range(3)]


def test_with_an_armed_fault_every_row_is_a_record(fake: wt.World) -> None:
    run: Any = fake.init(project="p")
    run.log({"loss": 3.0})
    fake.server.fail("history", nth=2, reply=429)
    run.log({"loss": 2.0})
    run.log({"loss": 1.0})

    (refused,) = fake.recorder.refusals
    assert [row["loss"] for row in refused.record.rows] == [1.0]  # type: ignore[union-attr]
    assert fake.run.history["loss"] == [3.0, 2.0]


def test_time_that_is_frozen_in_the_middle_of_a_run_is_seen(current: wt.World) -> None:
    run: Any = current.init(project="p")
    run.log({"loss": 3.0})
    with freezegun.freeze_time("2020-01-01", tick=False) as frozen:
        run.log({"loss": 2.0})
        frozen.tick(60)
        run.log({"loss": 1.0})

    before, *inside = current.run.history["_timestamp"]
    assert inside == [1577836800.0, 1577836860.0]
    assert before > 1.6e9


def test_a_dict_in_a_row_is_not_changed_by_way_of_the_summary(fake: wt.World) -> None:
    run: Any = fake.init(project="p")
    run.log({"eval": {"acc": 0.5}})
    run.summary["eval"]["acc"] = 0.9
    run.finish()

    assert fake.run.history == [{"eval": {"acc": 0.5}, "_step": 0}]


@pytest.mark.parametrize("data", [{"n": 2**63 - 1}, {"n": -(2**63)}])
def test_integers_of_64_bits_are_plain(fake: wt.World, data: dict[str, int]) -> None:
    run: Any = fake.init(project="p")
    run.log(data)

    assert fake.run.history == [{**data, "_step": 0}]
