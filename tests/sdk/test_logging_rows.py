"""log(): which rows there are, at which steps, with which times (LOG-1 to LOG-4, LOG-6, LOG-7)."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest

import wandb_testkit as wt
from wandb_testkit.profiles import CLASSIC, CURRENT, Profile


class SetClock:
    """A clock that tells what it was set to."""

    def __init__(self, now: float) -> None:
        self.now = now

    def time(self) -> float:
        return self.now


def test_each_log_is_one_row_at_the_next_step(fake: wt.World) -> None:
    """LOG-1"""
    run = fake.init()

    steps = []
    for loss in (3, 2, 1):
        steps.append(run.step)
        returned = run.log({"loss": loss, "nested": {"a": loss}})
        assert returned is None

    assert steps == [0, 1, 2]
    assert fake.run.history == [{"_step": step, "loss": 3 - step, "nested": {"a": 3 - step}} for step in range(3)]


@pytest.mark.parametrize(
    ("profile", "times"),
    [
        (CLASSIC, [{"_timestamp": 1000, "_runtime": 0}, {"_timestamp": 1002, "_runtime": 2}]),
        (CURRENT, [{"_timestamp": 1000.25, "_runtime": 0.0}, {"_timestamp": 1002.75, "_runtime": 2.5}]),
    ],
    ids=str,
)
def test_rows_carry_times_in_whole_seconds_or_fractions(
    make_world: Callable[..., wt.World], profile: Profile, times: list[dict[str, float]]
) -> None:
    """LOG-1"""
    clock = SetClock(1000.25)
    world = make_world(profile, clock=clock)
    run = world.init()
    run.log({"loss": 1})
    clock.now = 1002.75
    run.log({"loss": 1})

    rows = world.run.history.with_times()

    assert rows == [{"_step": step, "loss": 1, **time} for step, time in enumerate(times)]
    assert [type(row["_timestamp"]) for row in rows] == [int if profile is CLASSIC else float] * 2


def test_a_row_has_the_time_of_its_commit(fake: wt.World) -> None:
    """LOG-1, LOG-2"""
    clock = SetClock(1000)
    fake.session.clock = clock
    run = fake.init()
    run.log({"loss": 1}, commit=False)
    clock.now = 1005
    run.log({})

    assert fake.run.history["_timestamp"] == [1005]


# Observed with 0.31.0: what has no leaf is not in the row.
EMPTY: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    ("empty_key", {"": 1, "a": 1}, {"a": 1}),
    ("empty_dict", {"e": {}, "a": 1}, {"a": 1}),
    ("nested_empty_dict", {"n": {"x": {"y": {}}, "z": 1}}, {"n": {"z": 1}}),
    ("nothing_else", {"n": {"x": {}}}, {}),
    ("dict_in_a_list", {"l": [{}]}, {"l": [{}]}),
    ("nested_empty_key", {"n": {"": 1}}, {"n": {"": 1}}),
    ("empty_list", {"l": []}, {"l": []}),
]


@pytest.mark.parametrize(("data", "kept"), [case[1:] for case in EMPTY], ids=[case[0] for case in EMPTY])
def test_current_drops_what_is_empty_without_a_word(
    classic: wt.World, current: wt.World, data: dict[str, Any], kept: dict[str, Any]
) -> None:
    """LOG-1"""
    for world in (classic, current):
        world.init().log(data)

    assert classic.run.history == [{"_step": 0, **data}]
    assert current.run.history == [{"_step": 0, **kept}]
    assert (current.run.warnings, current.recorder.dropped_rows) == ([], [])


def test_the_step_cannot_be_logged_as_a_key(fake: wt.World) -> None:
    """LOG-1: observed with 0.10.33 and 0.31.0"""
    run = fake.init()

    run.log({"_step": 100, "loss": 1})
    run.log({"loss": 1})

    assert fake.run.history == [{"_step": 0, "loss": 1}, {"_step": 1, "loss": 1}]


def test_without_commit_the_row_is_pending(fake: wt.World) -> None:
    """LOG-2"""
    run = fake.init()

    run.log({"a": 1}, commit=False)
    run.log({"b": 1, "a": 2}, commit=False)
    pending = (run.step, list(fake.run.history))
    run.log({"c": 1})

    assert pending == (0, [])
    assert run.step == 1
    assert fake.run.history == [{"_step": 0, "a": 2, "b": 1, "c": 1}]


Call = tuple[dict[str, Any], dict[str, Any]]
Rows = list[dict[str, Any]]

STEPS: dict[str, tuple[list[Call], Rows, int]] = {
    "LOG-2 commit=True is the default": ([({"a": 1}, {"commit": True})], [{"_step": 0, "a": 1}], 1),
    "LOG-3 step alone keeps the row open": ([({"a": 1}, {"step": 3})], [], 3),
    "LOG-3 an equal step merges": (
        [({"a": 1}, {"step": 3}), ({"b": 1}, {"step": 3}), ({"c": 1}, {})],
        [{"_step": 3, "a": 1, "b": 1, "c": 1}],
        4,
    ),
    "LOG-3 a later step writes the pending row": (
        [({"a": 1}, {"step": 3}), ({"b": 1}, {"step": 5})],
        [{"_step": 3, "a": 1}],
        5,
    ),
    "LOG-3 step and commit write the row": ([({"a": 1}, {"step": 3, "commit": True})], [{"_step": 3, "a": 1}], 4),
    "LOG-3 step and commit write the pending row before": (
        [({"a": 1}, {"commit": False}), ({"b": 1}, {"step": 3, "commit": True})],
        [{"_step": 0, "a": 1}, {"_step": 3, "b": 1}],
        4,
    ),
    "LOG-3 step and commit=False": ([({"a": 1}, {"step": 3, "commit": False})], [], 3),
    "LOG-3 the current step": ([({"a": 1}, {"step": 0}), ({"b": 1}, {})], [{"_step": 0, "a": 1, "b": 1}], 1),
    "LOG-3 an earlier step": (
        [({"a": 1}, {"step": 3, "commit": True}), ({"b": 1}, {"step": 3}), ({"c": 1}, {})],
        [{"_step": 3, "a": 1}, {"_step": 4, "c": 1}],
        5,
    ),
    "LOG-3 an earlier step leaves the pending row alone": (
        [({"a": 1}, {"step": 3}), ({"b": 1}, {"step": 2, "commit": True}), ({"c": 1}, {})],
        [{"_step": 3, "a": 1, "c": 1}],
        4,
    ),
}


@pytest.mark.parametrize(("calls", "rows", "step"), STEPS.values(), ids=STEPS)
def test_step_and_commit(fake: wt.World, calls: list[Call], rows: Rows, step: int) -> None:
    """LOG-2, LOG-3"""
    run = fake.init()

    for data, options in calls:
        run.log(data, **options)

    assert fake.run.history == rows
    assert run.step == step


def test_a_long_sequence_gives_the_rows_of_the_real_client(classic: wt.World, current: wt.World) -> None:
    """LOG-1 to LOG-4: observed with 0.10.33 and 0.31.0"""
    calls: list[Call] = [
        ({"a": 1}, {"step": 0}),
        ({"b": 1}, {"step": 0}),
        ({"c": 1}, {}),
        ({"d": 1}, {"step": 5, "commit": True}),
        ({"e": 1}, {"commit": False}),
        ({"f": 1}, {"step": 6}),
        ({"g": 1}, {"step": 9}),
        ({"h": 1}, {"step": 8}),
        ({"h": 1}, {"step": 8, "commit": True}),
        ({"i": 1}, {"commit": True}),
        ({}, {"step": 20}),
        ({}, {"commit": False}),
        ({}, {"commit": True}),
        ({"z": 1}, {"commit": False}),
        ({"z": 2, "y": 1}, {"commit": False}),
        ({}, {}),
        ({"last": 1}, {"commit": False}),
    ]

    for world in (classic, current):
        with world.init() as run:
            for data, options in calls:
                run.log(data, **options)

    before = [
        {"_step": 0, "a": 1, "b": 1, "c": 1},
        {"_step": 5, "d": 1},
        {"_step": 6, "e": 1, "f": 1},
        {"_step": 9, "g": 1, "i": 1},
    ]
    after = [{"_step": 21, "z": 2, "y": 1}, {"_step": 22, "last": 1}]
    assert classic.run.history == [*before, *after]
    assert current.run.history == [*before, {"_step": 20}, *after]


@pytest.mark.parametrize("commit", [None, True, False])
def test_a_step_that_has_gone_by_is_dropped_with_a_warning(fake: wt.World, commit: bool | None) -> None:
    """LOG-3"""
    run = fake.init(id="abc")
    run.log({"loss": 1}, step=5, commit=True)

    run.log({"loss": 2}, step=4, commit=commit)

    (notice,) = fake.recorder.dropped_rows
    assert notice.run_id == "abc"
    assert all(part in notice.message for part in ("{'loss': 2}", "step=4", "at step 6", "[LOG-3]"))
    assert fake.run.history == [{"_step": 5, "loss": 1}]
    assert run.step == 6
    assert fake.run.warnings == [notice.message]


def test_an_empty_dict_only_counts_in_classic(classic: wt.World) -> None:
    """LOG-4"""
    run = classic.init()

    run.log({})
    run.log({"a": 1})

    assert classic.run.history == [{"_step": 1, "a": 1}]
    assert run.step == 2


def test_an_empty_dict_is_a_row_of_its_own_in_current(current: wt.World) -> None:
    """LOG-4"""
    run = current.init()

    run.log({})
    run.log({"a": 1})

    assert current.run.history == [{"_step": 0}, {"_step": 1, "a": 1}]
    assert run.step == 2
    assert sorted(current.run.history.with_times()[0]) == ["_runtime", "_step", "_timestamp"]


@pytest.mark.parametrize("options", [{"commit": False}, {"step": 3}])
def test_finish_writes_the_pending_row(fake: wt.World, options: dict[str, Any]) -> None:
    """LOG-4"""
    run = fake.init()
    run.log({"loss": 1}, **options)

    run.finish()

    assert fake.run.history == [{"_step": options.get("step", 0), "loss": 1}]


@pytest.mark.parametrize(("profile", "error"), [(CLASSIC, Exception), (CURRENT, wt.UsageError)], ids=str)
def test_log_after_finish_raises(fake: wt.World, error: type[Exception]) -> None:
    """LOG-6"""
    run = fake.init(id="abc")
    run.log({"loss": 1})
    run.finish()

    calls: list[Call] = [({"loss": 2}, {}), ({"loss": 2}, {"step": 7}), ({}, {})]
    for data, options in calls:
        with pytest.raises(error, match=r"log after finish.*'abc' is finished.*LOG-6") as raised:
            run.log(data, **options)
        assert type(raised.value) is error

    assert fake.run.history == [{"_step": 0, "loss": 1}]


def test_other_calls_after_finish_raise_in_current(current: wt.World, tmp_path: Any) -> None:
    """LOG-6"""
    run = current.init(id="abc")
    run.finish()

    with pytest.raises(wt.UsageError, match=r"save after finish.*'abc' is finished"):
        run.save(tmp_path)
    with pytest.raises(wt.UsageError, match=r"define_metric after finish.*'abc' is finished"):
        run.define_metric("loss")


def test_two_threads_share_the_steps(fake: wt.World) -> None:
    """LOG-7"""
    run = fake.init()
    n = 2000
    together = threading.Barrier(2)

    def log(name: str) -> None:
        together.wait()
        for i in range(n):
            if i % 7 == 0:
                run.log({f"{name}/i": i, f"{name}/list": [i]})  # takes another way than plain scalars
            else:
                run.log({f"{name}/i": i})

    threads = [threading.Thread(target=log, args=(name,)) for name in ("a", "b")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    history = fake.run.history
    assert [row["_step"] for row in history] == list(range(2 * n))
    assert (history["a/i"], history["b/i"]) == (list(range(n)), list(range(n)))
    assert all(len({key[0] for key in row if key != "_step"}) == 1 for row in history)


def test_reading_while_threads_log_loses_nothing(fake: wt.World) -> None:
    """LOG-7"""
    run = fake.init()
    n = 3000
    thread = threading.Thread(target=lambda: [run.log({"i": i}) for i in range(n)])

    thread.start()
    seen = []
    while thread.is_alive():
        seen.append(fake.run.history["_timestamp"])
        _ = run.summary.get("i")
    thread.join()

    assert fake.run.history["i"] == list(range(n))
    assert [len(times) for times in seen] == sorted(len(times) for times in seen)


def test_a_row_is_the_users_no_more_once_it_is_logged(fake: wt.World) -> None:
    """LOG-1: deep copies"""
    data: dict[str, Any] = {"plain": 1, "list": [1], "nested": {"x": [1]}}

    run = fake.init()
    run.log(data)
    run.log(data, commit=False)
    data["plain"] = 2
    data["list"].append(2)
    data["nested"]["x"].append(2)
    run.finish()

    row = {"plain": 1, "list": [1], "nested": {"x": [1]}}
    assert fake.run.history == [{"_step": 0, **row}, {"_step": 1, **row}]


def test_one_dict_that_is_logged_again_and_again_makes_rows_of_its_own(fake: wt.World) -> None:
    """LOG-1"""
    row = {"loss": 0}

    run = fake.init()
    for loss in range(3):
        row["loss"] = loss
        run.log(row)

    assert fake.run.history["loss"] == [0, 1, 2]
    assert row == {"loss": 2}
