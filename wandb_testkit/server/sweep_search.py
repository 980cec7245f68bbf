"""Owns the edge to the package `sweeps`: how W&B chooses parameters and stops runs early (extra: sweeps)."""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache
from types import ModuleType
from typing import Any

from wandb_testkit.errors import NotModelledError
from wandb_testkit.observation import RunState
from wandb_testkit.records import Refusal
from wandb_testkit.server.refused import Refused
from wandb_testkit.server.stored_run import StoredRun

SEARCHES = ("grid", "random", "bayes")


@cache
def library() -> ModuleType:
    """The package; it is imported when the first sweep is made, and takes seconds.

    Raises:
        NotModelledError: It is not installed.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # its data classes are written for pydantic 1
            import sweeps  # type: ignore[import-untyped]
    except ImportError as error:
        raise NotModelledError(
            f"sweeps need the package of that name ({error}): pip install 'wandb_testkit[sweeps]'"
        ) from None
    found: ModuleType = sweeps
    return found


def violations(config: Mapping[str, Any]) -> list[str]:
    """What is wrong with the config of a sweep.

    Raises:
        Refused: 400: no parameters could be chosen by it, now or ever.
    """
    said: list[str] = _asked(lambda: list(library().schema_violations_from_proposed_config(dict(config))), config)
    method = config.get("method")
    if method not in (*SEARCHES, "custom"):
        raise Refused(Refusal(400, f"method of a sweep should be one of {(*SEARCHES, 'custom')}, not {method!r}"))
    if method in ("grid", "random"):
        next_parameters(config, ())
    if method == "bayes":  # a trial would import all of scikit-learn
        if not isinstance(config.get("metric"), Mapping) or not config["metric"].get("name"):
            raise Refused(Refusal(400, "a sweep with method bayes needs a metric with a name: it is what is optimized"))
        if not isinstance(config.get("parameters"), Mapping) or not config["parameters"]:
            raise Refused(Refusal(400, "a sweep needs parameters: a mapping with at least one"))
    return said


def next_parameters(config: Mapping[str, Any], runs: Iterable[StoredRun]) -> dict[str, Any] | None:
    """The parameters of the next run, in the form of a run's config; None if all have been tried.

    Raises:
        Refused: 400: the config does not say how.
    """
    found = _asked(lambda: library().next_run(dict(config), [_seen(run) for run in runs]), config)
    if found is None:
        return None
    return {name: {"value": plain(item["value"])} for name, item in found.config.items()}


def runs_to_stop(config: Mapping[str, Any], runs: Iterable[StoredRun]) -> list[str]:
    """The ids of the runs that early termination ends now.

    Raises:
        Refused: 400: the config does not say how.
    """
    return [run.name for run in _asked(lambda: library().stop_runs(dict(config), [_seen(run) for run in runs]), config)]


def expected_runs(config: Mapping[str, Any]) -> int | None:
    """How many runs there are to be: as many as a grid has points, at most `run_cap`; None for no end."""
    cap = config.get("run_cap")
    limits = [cap] if isinstance(cap, int) else []
    if config.get("method") == "grid":
        limits.append(math.prod(_choices(parameter) for parameter in config["parameters"].values()))
    return min(limits, default=None)


def plain(value: Any) -> Any:
    """The value without types of numpy, which no client can read."""
    if isinstance(value, Mapping):
        return {key: plain(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(inner) for inner in value]
    item = getattr(value, "item", None)
    return value if item is None else item()


def _choices(parameter: Mapping[str, Any]) -> int:
    if "values" in parameter:
        values: Sequence[Any] = parameter["values"]
        return len(values)
    if "parameters" in parameter:
        return math.prod(_choices(inner) for inner in parameter["parameters"].values())
    if "min" not in parameter:
        return 1
    low, high = float(parameter["min"]), float(parameter["max"])
    return math.ceil((high - low) / parameter["q"]) if "q" in parameter else int(high - low) + 1


def _seen(run: StoredRun) -> Any:
    """A run as the package sees it."""
    return library().SweepRun(
        name=run.path.run_id,
        state=STATES.get(str(run.state), str(run.state)),
        config={key: {"value": value} for key, value in (*run.config.items(), *_nested(run.config, _delimiter()))},
        summaryMetrics=dict(run.summary),
        sampledHistory=list(run.rows),
    )


def _delimiter() -> str:
    from sweeps.params import HyperParameterSet  # type: ignore[import-untyped]

    delimiter: str = HyperParameterSet.NESTING_DELIMITER
    return delimiter


def _nested(config: Mapping[str, Any], delimiter: str, prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Values of nested parameters by their joined names: sweeps 0.2.0 looks for them so, and would never end a grid."""
    for key, value in config.items():
        if prefix:
            yield f"{prefix}{key}", value
        if isinstance(value, Mapping):
            yield from _nested(value, delimiter, f"{prefix}{key}{delimiter}")


STATES = {str(RunState.DELETED): "killed"}
"""States that the package does not know -> those that it takes them for; the others have the same words."""


def _asked(ask: Callable[[], Any], config: Mapping[str, Any]) -> Any:
    """The answer of the package, whose complaints about a config are of any class."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about numbers that cannot be fitted well: a real server's user sees none
            return ask()
    except NotModelledError:
        raise
    except Exception as error:
        raise Refused(
            Refusal(400, f"the config of the sweep cannot be used: {error} (config: {dict(config)!r})")
        ) from None
