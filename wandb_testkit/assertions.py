"""Owns the assertions that read like English: what a run logged, its config and summary, its artifacts.

They take a RunView (`fake.run`, `fake.runs[0]`, `wt.load(path)`, `wt.read_offline(path)`) and fail with what was there
instead. What is expected may be a value, `pytest.approx(...)`, a type, or a function that says yes or no. A mapping
names what must be there, at each level, and leaves the rest alone; for "this and nothing else" compare with `==`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from itertools import pairwise
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any

from wandb_testkit.matching import (
    cells_of,
    differences,
    found_at,
    matches,
    near_keys,
    never_was,
    paths_of,
    put,
    stretch,
    why_not,
)
from wandb_testkit.observation import RunView

if TYPE_CHECKING:
    from wandb_testkit.artifact_view import ArtifactView

Content = bytes | str | Callable[[bytes], object] | Any
"""What a file of an artifact should hold: bytes, text (UTF-8), a function of the bytes, `...` for whatever it is."""


def assert_logged(run: RunView, expected: Mapping[str, Any], *, step: int | None = None) -> None:
    """Some row of the run has all of this, the row of `step` if one is named.

    Args:
        expected: Key -> value. A dotted key ("eval.acc") reaches into nested values.
        step: The `_step` of the row.
    Raises:
        AssertionError: No such row; the message shows what was logged near it.
    """
    __tracebackhide__ = True
    _check(run, "assert_logged", expected)
    rows = list(run.history)
    at_step = [row for row in rows if row["_step"] == step]
    if any(not differences(expected, row) for row in (rows if step is None else at_step)):
        return
    where = "" if step is None else f" at step {step}"
    head = f"run {run.id!r} logged no row with {_pairs(expected)}{where}"
    if not rows:
        lines = ["it logged no row at all", *(f"warning: {line}" for line in run.warnings[:3])]
    elif unknown := [key for key in expected if not cells_of(rows, key)]:
        lines = [_never_logged(run, key) for key in unknown]
    elif step is not None and not at_step:
        lines = [_no_such_step(rows, step)]
    elif step is not None:
        lines = [line for row in at_step for line in _wrong_row(rows, row, expected)]
    else:
        lines = _scattered(rows, expected)
    raise AssertionError(_message(head, lines))


def assert_decreasing(run: RunView, key: str, *, strictly: bool = True, smooth: int = 1) -> None:
    """Each value of a metric is below the one before it.

    Args:
        strictly: False lets a value stay where it was.
        smooth: Compare the means of so many successive values each, for a metric that is noisy from step to step.
    Raises:
        AssertionError: A value is not, or is NaN or no number, or there are too few to compare.
        UnknownMetricError: No row has the key.
    """
    __tracebackhide__ = True
    _check_course(run, key, strictly, smooth, falls=True)


def assert_increasing(run: RunView, key: str, *, strictly: bool = True, smooth: int = 1) -> None:
    """Each value of a metric is above the one before it; arguments and errors are those of assert_decreasing()."""
    __tracebackhide__ = True
    _check_course(run, key, strictly, smooth, falls=False)


def assert_config(run: RunView, expected: Mapping[str, Any] | None = None, /, **values: Any) -> None:
    """The config of the run has these values, by keyword or as a mapping; "optimizer.lr" reaches into nested values.

    Raises:
        AssertionError: It has not; the message shows what it has, at the place that was asked for.
    """
    __tracebackhide__ = True
    _check_mapping(run, "config", {**(expected or {}), **values})


def assert_summary(run: RunView, expected: Mapping[str, Any] | None = None, /, **values: Any) -> None:
    """The summary of the run has these values.

    Raises:
        AssertionError: It has not; the message shows what it has, at the place that was asked for.
    """
    __tracebackhide__ = True
    _check_mapping(run, "summary", {**(expected or {}), **values})


def assert_artifact(
    run: RunView,
    name: str,
    *,
    type: str | None = None,
    files: Mapping[str, Content] | Iterable[str] | None = None,
    aliases: Iterable[str] | None = None,
    metadata: Mapping[str, Any] | None = None,
    used: bool = False,
) -> None:
    """The run logged this artifact (or used it), with this in it.

    Args:
        name: "model" for its latest version here, "model:v0" or "model:best" for a certain one.
        type: Its type.
        files: All its files: path -> content, or the paths alone.
        aliases: Aliases that it must have among others.
        metadata: What its metadata must have among other things.
        used: It was used, instead of logged.
    Raises:
        AssertionError: It did not, or something else is in it; the message shows what.
    """
    __tracebackhide__ = True
    _check(run, "assert_artifact", name)
    did = "used" if used else "logged"
    view = _artifact(run, name, used)
    whole = f"{view.name}:{view.version}"
    if type is not None and view.type != type:
        raise AssertionError(f"artifact {whole!r} that run {run.id!r} {did} is of type {view.type!r}, not {type!r}")
    lines: list[str] = []
    if aliases is not None:
        missing = [alias for alias in aliases if alias not in (view.version, *view.aliases)]
        lines += [f"alias {alias!r} is not among its aliases: {_names(view.aliases)}" for alias in missing]
    if metadata is not None:
        lines += [line for _, line in differences(metadata, view.metadata, "metadata")]
    if files is not None:
        lines += _wrong_files(files, view)
    if lines:
        raise AssertionError(_message(f"artifact {whole!r} that run {run.id!r} {did} is not as it should be", lines))


# ---------------------------------------------------------------------- the words of a failure


def _message(head: str, lines: Iterable[str]) -> str:
    return "\n  ".join([f"{head}:", *lines])


def _pairs(expected: Mapping[str, Any]) -> str:
    return ", ".join(f"{key}={put(value)}" for key, value in expected.items())


def _names(names: Iterable[str]) -> str:
    return ", ".join(map(repr, names)) or "none"


def _never_logged(run: RunView, key: str) -> str:
    known = (
        run.history.keys() if "." not in key else list(dict.fromkeys(p for row in run.history for p in paths_of(row)))
    )
    told = f"{key!r} was never logged; {near_keys(key, [name for name in known if name != '_step'], 'its keys are')}"
    for name, values in (("config", run.config), ("summary", run.summary)):
        is_there, value = found_at(values, key)
        if is_there:
            told += f" It is in run.{name}: {put(value)}; that is what assert_{name}() looks at."
            break
    return told


def _no_such_step(rows: list[dict[str, Any]], step: int) -> str:
    steps = sorted({row["_step"] for row in rows})
    if steps == list(range(steps[0], steps[-1] + 1)):
        return f"there is no row of step {step}: its rows are those of steps {steps[0]} to {steps[-1]}"
    near = sorted(sorted(steps, key=lambda other: abs(other - step))[:4])
    return f"there is no row of step {step}: the nearest steps are {', '.join(map(str, near))}"


def _wrong_row(rows: list[dict[str, Any]], row: dict[str, Any], expected: Mapping[str, Any]) -> list[str]:
    """What is wrong with the one row that there is, and where the values are instead."""
    lines = []
    for key, line in differences(expected, row):
        lines.append(line)
        cells = cells_of(rows, key)
        if len(cells) > 1 or key not in row:
            lines.append(f"  near it: {stretch(cells, row['_step'])}")
        if elsewhere := [step for step, value in cells if matches(expected.get(key), value)]:
            lines.append(f"  {put(expected[key])} was logged at {_steps(elsewhere)}")
    return lines


def _scattered(rows: list[dict[str, Any]], expected: Mapping[str, Any]) -> list[str]:
    """What each key has, when no one row has all."""
    lines, never = [], False
    for key, value in expected.items():
        cells = cells_of(rows, key)
        if found := [step for step, logged in cells if matches(value, logged)]:
            lines.append(f"{key} is {put(value)} at {_steps(found)}")
        else:
            never = True
            lines += [never_was(key, value, cells), f"  it was {stretch(cells)}"]
    if not never:
        lines.append("each was logged, but never in one row: one log() makes one row, unless it has commit=False")
    return lines


def _steps(steps: list[int]) -> str:
    shown = ", ".join(map(str, steps[:5])) + (f" and {len(steps) - 5} more" if len(steps) > 5 else "")
    return f"step {shown}" if len(steps) == 1 else f"steps {shown}"


def _check_mapping(run: RunView, name: str, expected: Mapping[str, Any]) -> None:
    __tracebackhide__ = True
    _check(run, f"assert_{name}", expected)
    if found := differences(expected, getattr(run, name), name):
        head = f"the {name} of run {run.id!r} is not as it should be"
        raise AssertionError(_message(head, [line for _, line in found]))


def _check_course(run: RunView, key: str, strictly: bool, smooth: int, *, falls: bool) -> None:
    __tracebackhide__ = True
    asked = "assert_decreasing" if falls else "assert_increasing"
    _check(run, asked, key)
    if smooth < 1:
        raise ValueError(f"{asked}(smooth={smooth}): the mean of how many values? 1 or more")
    values = run.history[key]
    cells = list(zip(run.history.steps(key), values, strict=True))
    for step, value in cells:
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            raise AssertionError(f"{key} of run {run.id!r} is {put(value)} at step {step}: that is no number")
        if value != value:
            raise AssertionError(
                f"{key} of run {run.id!r} is NaN at step {step}, which is neither more nor less than anything:\n"
                f"  near it: {stretch(cells, step)}"
            )
    ends = range(smooth, len(cells) + 1)
    points = [(cells[end - 1][0], sum(values[end - smooth : end]) / smooth) for end in ends] if smooth > 1 else cells
    if len(points) < 2:
        needed = f"the means of {smooth} take {smooth + 1}" if smooth > 1 else "a course takes two"
        raise AssertionError(f"{key} of run {run.id!r} was no more than {stretch(cells)}; {needed}")
    for (step_before, before), (step, value) in pairwise(points):
        is_right = value < before if falls else value > before
        if is_right or (value == before and not strictly):
            continue
        did = "stayed at" if value == before else f"{'rose' if falls else 'fell'} from {put(before)} to"
        means = f" (means of {smooth})" if smooth > 1 else ""
        raise AssertionError(
            f"{key} of run {run.id!r} should {'fall' if falls else 'rise'} from value to value, but {did} {put(value)} "
            f"between steps {step_before} and {step}{means}:\n  near it: {stretch(points, step)}"
        )


def _artifact(run: RunView, name: str, used: bool) -> ArtifactView:
    __tracebackhide__ = True
    short, _, which = name.partition(":")
    versions = run.artifacts.versions(short)
    found = [view for view in versions if not which or which in (view.version, *view.aliases)]
    done = [view for view in found if (view.used if used else view.logged)]
    if done:
        return done[-1]
    did, other = ("used", "logged") if used else ("logged", "used")
    if found:
        raise AssertionError(
            f"run {run.id!r} {other} artifact {name!r}, but {did} none of that name; "
            f"assert_artifact(..., used={not used}) asks whether it {other} one"
        )
    if versions:
        have = _names(
            label for view in versions for label in (f"{short}:{view.version}", *(f"{short}:{a}" for a in view.aliases))
        )
        raise AssertionError(f"run {run.id!r} {did} no artifact {name!r}; of that name it has {have}")
    told = near_keys(short, list(run.artifacts), "its artifacts are") if run.artifacts else "it has none at all."
    raise AssertionError(f"run {run.id!r} {did} no artifact {name!r}; {told}")


def _wrong_files(files: Mapping[str, Content] | Iterable[str], view: ArtifactView) -> list[str]:
    expected = dict(files) if isinstance(files, Mapping) else dict.fromkeys(files, ...)
    known = {**view.files, **{path: None for path in view.references}}
    lines = []
    for path, content in expected.items():
        if path not in known:
            lines.append(f"it has no file {path!r}; {near_keys(path, list(known), 'its files are')}")
        elif content is not ... and (line := _wrong_content(path, content, view)):
            lines.append(line)
    if more := [path for path in known if path not in expected]:
        lines.append(f"it also has {_names(more)}; files= names all files")
    return lines


def _wrong_content(path: str, expected: Content, view: ArtifactView) -> str:
    if path in view.references:
        return f"file {path!r} is a reference to {view.references[path]!r}, whose content nobody has fetched"
    content = view.files[path]
    if isinstance(expected, PathLike):
        expected = Path(expected).read_bytes()
    if isinstance(expected, str):
        expected = expected.encode()
    return "" if matches(expected, content) else f"file {path!r} {why_not(expected, content)}"


def _check(run: object, asked: str, expected: object) -> None:
    __tracebackhide__ = True
    if not isinstance(run, RunView):
        hint = "; give its .run, or one of its .runs" if hasattr(run, "runs") else ""
        raise TypeError(f"{asked}() looks at a RunView, such as fake.run, and got {run!r}{hint}")
    if not expected:
        raise ValueError(f"{asked}() was told nothing to look for, and would pass whatever the run did")
