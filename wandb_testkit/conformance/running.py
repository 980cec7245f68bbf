"""Owns a run of the suite on one target: which cases, in which order, and the report that comes of them."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager

from wandb_testkit.conformance.case import Case
from wandb_testkit.conformance.cases import DEEP, chapters_called
from wandb_testkit.conformance.deep import asked_for, cases_of, check_can_grow, nameable_cases
from wandb_testkit.conformance.judging import result
from wandb_testkit.conformance.known import KnownFailure, check_known, entry_of, with_known
from wandb_testkit.conformance.process import TargetProcess
from wandb_testkit.conformance.results import CaseResult, Outcome, Report
from wandb_testkit.conformance.target import Target, load
from wandb_testkit.conformance.verdict import judge
from wandb_testkit.spec.version import VERSION

Judge = Callable[[Case], CaseResult]


def run(
    target: Target | str,
    *,
    chapters: Iterable[str] = (),
    known: Sequence[KnownFailure] = (),
    deep: bool = False,
    processes: int = 1,
    in_process: bool = False,
    seed: int | None = None,
    advance: Callable[[CaseResult], None] = lambda result: None,
) -> Report:
    """Judge a target by every case of its profile.

    Args:
        target: A Target, or what load() takes.
        chapters: Those that are run, by name; the cases of others are NOT_RUN. All if none is named. "deep" is one of
            them: it asks for what `deep` adds, and for nothing else.
        known: Cases that are known to fail.
        deep: Also what takes longer: covering arrays of the decision tables, and programs that Hypothesis grows.
        processes: How many processes run cases side by side, each with the target in it.
        in_process: Run the target in this process; one that hangs or crashes takes the whole run with it.
        seed: Shuffles the order in which cases run; None keeps the suite's. The report has the suite's order anyway.
        advance: Is told each result as it comes.
    Raises:
        WrongTargetError: There is no such target.
        ValueError: There is no such chapter, a known failure speaks of no case, or `deep` lacks Hypothesis.
    """
    judged = load(target) if isinstance(target, str) else target
    wanted = chapters_called(chapters)
    if deep or DEEP in wanted:
        check_can_grow()
    cases = cases_of(judged.known_profile, deep=deep or DEEP in wanted)
    check_known(known, nameable_cases(judged.known_profile, (entry.pattern for entry in known)))
    asked = asked_for(cases, wanted, deep=deep)
    if seed is not None:
        random.Random(seed).shuffle(asked)
    began = time.perf_counter()
    results: dict[str, CaseResult] = {}
    waiting = iter(asked)
    lock = threading.Lock()
    failures: list[BaseException] = []

    def work() -> None:
        try:
            with judge_of(judged, in_process=in_process, known=known) as judging:
                while not failures:
                    with lock:
                        case = next(waiting, None)
                    if case is None:
                        return
                    found = with_known(judging(case), known)
                    with lock:
                        results[case.id] = found
                        advance(found)
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=work, name=f"conformance-{number}") for number in range(1, processes)]
    for thread in threads:
        thread.start()
    work()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]
    reason = f"only {', '.join(sorted(wanted))} were asked for"
    return Report(
        target=judged.name,
        target_version=judged.version,
        profile=judged.known_profile,
        capabilities=tuple(sorted(map(str, judged.claimed))),
        spec=VERSION,
        results=tuple(results.get(case.id) or result(case, Outcome.NOT_RUN, reason) for case in cases),
        seconds=time.perf_counter() - began,
    )


@contextmanager
def judge_of(target: Target, *, in_process: bool = False, known: Sequence[KnownFailure] = ()) -> Iterator[Judge]:
    """Judges cases on a target, one by one, and ends with it.

    Args:
        in_process: Without a process of its own, and so without a time-out.
        known: Which cases hang, and how long they are waited for; the results are as if nothing were known.
    """
    if in_process:
        try:
            yield lambda case: judge(case, target, 1 if entry_of(case.id, known) else None)
        finally:
            if target.close is not None:
                target.close()
        return
    process = TargetProcess(target, known)
    try:
        yield process.judge
    finally:
        process.close()
