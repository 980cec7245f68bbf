"""Generated faults: whatever goes wrong, nothing that was acknowledged is lost, and nothing is stored twice."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Iterable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from wandb_testkit import strategies
from wandb_testkit.faults import Fault
from wandb_testkit.ports import Transport
from wandb_testkit.profiles import CLASSIC, CURRENT, Profile
from wandb_testkit.records import FilesRecord, HistoryRecord, Record
from wandb_testkit.transport.wrap import Faulty, faulty
from wandb_testkit.world import World, fake

PROFILES = pytest.mark.parametrize("profile", [CLASSIC, CURRENT], ids=str)
QUIET = [HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
FIXED = settings(max_examples=25, derandomize=True, deadline=None, suppress_health_check=QUIET)
MANY = settings(FIXED, max_examples=100)

KINDS_OF_DATA = ("history", "files", "summary", "config", "exit")
"""Init is let through: a run that never began has nothing that could be lost."""

FAULTS = st.lists(strategies.faults(kinds=KINDS_OF_DATA).filter(lambda fault: fault.on != "any"), max_size=3)
ROUNDS = st.lists(st.sampled_from(("log", "log", "log", "save", "config", "summary")), min_size=1, max_size=8)


def told_off(refused: Iterable[Record]) -> tuple[Counter[int], Counter[str]]:
    """The rows, by number, and the files of records whose sender was refused."""
    rows: Counter[int] = Counter()
    files: Counter[str] = Counter()
    for record in refused:
        if isinstance(record, HistoryRecord):
            rows.update(row["n"] for row in record.rows)
        if isinstance(record, FilesRecord):
            files.update(list(record.files))
    return rows, files


def carry_out(world: World, rounds: list[str], folder: Any) -> tuple[list[int], list[str]]:
    """A program that logs rows with a number of their own and saves files with a name of their own."""
    run = world.init(id="p", project="a")
    rows, files = [], []
    for number, what in enumerate(rounds):
        if what == "log":
            run.log({"n": number})
            rows.append(number)
        elif what == "save":
            name = f"{number}.txt"
            (folder / name).write_text(name, encoding="utf-8")
            run.save(str(folder / name), str(folder), "now")
            files.append(name)
        elif what == "config":
            run.config.update({f"key{number}": number})
        else:
            run.summary.update({f"best{number}": number})
    run.finish()
    return rows, files


def judge(world: World, sent: tuple[list[int], list[str]], refused: Iterable[Record]) -> None:
    rows, files = sent
    lost_rows, lost_files = told_off(refused)
    seen = [row["n"] for row in world.run.history]

    assert [number for number in rows if number not in lost_rows] == [n for n in seen if n not in lost_rows]
    assert max(Counter(seen).values(), default=1) == 1
    assert {name for name in files if name not in lost_files} <= set(world.run.files) <= set(files)
    assert all(content == name.encode() for name, content in world.run.files.items())


@PROFILES
@pytest.mark.parametrize("transport", ["memory", "responses", "loopback"])
def test_faults_of_the_server_lose_nothing_that_it_took(
    profile: Profile, transport: str, tmp_path: Any, recwarn: pytest.WarningsRecorder
) -> None:
    @FIXED
    @given(faults=FAULTS, rounds=ROUNDS)
    def play(faults: list[Fault], rounds: list[str]) -> None:
        with fake(profile=profile, transport=transport, environ={}) as world:
            for fault in faults:
                world.server.fail(fault.on, nth=fault.nth, reply=fault.reply)
            sent = carry_out(world, rounds, tmp_path)
            refused = [one.record for one in world.recorder.refusals]
            judge(world, sent, refused)
            if not faults:
                assert refused == []

    play()


@PROFILES
@pytest.mark.parametrize("accident", ["refuse", "lose_answer", "twice"])
def test_accidents_on_the_way_store_nothing_twice(profile: Profile, accident: str, tmp_path: Any) -> None:
    @MANY
    @given(faults=FAULTS, rounds=ROUNDS)
    def play(faults: list[Fault], rounds: list[str]) -> None:
        with fake(profile=profile, environ={}) as world:
            made: list[Faulty] = []
            connect = world.session.connect

            def connecting(api_key: str | None) -> Transport:
                made.append(faulty(connect(api_key), [dataclasses.replace(fault, how=accident) for fault in faults]))
                return made[-1]

            world.session.connect = connecting
            sent = carry_out(world, rounds, tmp_path)
            # A record that got lost leaves a gap, and the server does not take what comes after it.
            refused = [record for one in made for record, _ in one.refused]
            refused += [one.record for one in world.recorder.refusals]
            judge(world, sent, refused)
            if accident != "refuse":  # the record was carried out, whatever its sender was told
                assert [row["n"] for row in world.run.history] == sent[0]
                assert set(world.run.files) == set(sent[1])

    play()
