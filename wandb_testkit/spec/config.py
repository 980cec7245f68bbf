"""Owns config: how values are read, which may change, and what two dicts become (spec.md CONFIG, E.1)."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from wandb_testkit.profiles import CLASSIC, Profile
from wandb_testkit.spec.model import RunObject, Unspecified, Values


def plain(value: Any) -> Any:
    """A JSON value that shares nothing with `value`: tuples become lists (CONFIG-1)."""
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    return value


def read(values: Mapping[str, Any] | None) -> Values:
    """Keys and values of a config argument (CONFIG-1, CONFIG-5)."""
    return {key.strip("-"): plain(value) for key, value in (values or {}).items()}


def arriving(values: Values, profile: Profile) -> Values:
    """What the server gets of the config that a run starts with.

    In current it is set value by value, below the keys of its dicts, so a dict without a value sets nothing (CONFIG-12,
    observed with 0.31.0).
    """
    if profile is CLASSIC:
        return values
    arrived: Values = {}
    for path, value in _values_in(values, ()):
        _set_at(arrived, path, value)
    return arrived


def shown(values: Values, record: Values, profile: Profile) -> Values:
    """What run.config shows at the start: the record, and in current what is given that did not get there."""
    return record if profile is CLASSIC else {**values, **record}


def _values_in(values: Values, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Any]]:
    for key, value in values.items():
        if isinstance(value, dict):
            yield from _values_in(value, (*path, key))
        else:
            yield (*path, key), value


def _set_at(values: Values, path: tuple[str, ...], value: Any) -> None:
    *above, last = path
    for key in above:
        if not isinstance(values.get(key), dict):
            values[key] = {}
        values = values[key]
    values[last] = plain(value)


def chosen(values: Values, include: Collection[str] | None, exclude: Collection[str] | None) -> Values:
    """The keys that init() is to take; an empty list counts as not given (CONFIG-6)."""
    if include:
        return {key: value for key, value in values.items() if key in include}
    return {key: value for key, value in values.items() if key not in (exclude or ())}


def with_sweep(values: Values, swept: Values, profile: Profile) -> Values:
    """The config with the parameters of a sweep over it (SWEEP-1; E.1, rank 6)."""
    join = _replaced if profile is CLASSIC else _merged
    return {**values, **{key: join(values.get(key), value) for key, value in swept.items()}}


LOCKED_KEY = "locked_key"
"""The warning of a key that a sweep has locked (CONFIG-10)."""


def update(run: RunObject, values: Mapping[str, Any], allow: bool | None, profile: Profile) -> tuple[str, str]:
    """Carry out `run.config.update(values, allow_val_change=allow)`.

    Returns:
        Name of the exception's class that it raises, and kind of the warning that it shows; "" for none.
    Raises:
        Unspecified: The text does not say what happens.
    Source: CONFIG-7, CONFIG-8, CONFIG-9, CONFIG-10, CONFIG-12.
    """
    read_values = read(values)
    fresh = {key: value for key, value in read_values.items() if key not in run.locked}
    ignored = len(fresh) < len(read_values)
    if ignored and (run.is_dummy or run.is_finished):
        raise Unspecified("a locked key of a dummy or of a finished run (CONFIG-10, DISABLED-6)")
    warning = LOCKED_KEY if ignored else ""
    changed = {key for key, value in fresh.items() if key in run.config and run.config[key] != value}
    may_change = run.may_change if allow is None else allow
    if run.is_finished and not run.is_dummy:
        if profile is CLASSIC:
            raise Unspecified("config.update() after finish() in classic")
        return "UsageError", ""
    if changed and may_change is None:
        raise Unspecified("whether config values may change here by themselves (CONFIG-8, CONFIG-9)")
    if changed and not may_change:
        if profile is CLASSIC and len(fresh) > 1:
            raise Unspecified("what else a refused update() sets in classic (CONFIG-7)")
        return "ConfigError", warning
    if run.record is not None and profile is CLASSIC:
        run.record.config = {**run.record.config, **fresh}
    elif run.record is not None:
        # CONFIG-12: an allowed update of a dict is merged in depth on current's way to the server.
        run.record.config = plain(run.record.config)
        for path, value in _values_in(fresh, ()):
            _set_at(run.record.config, path, value)
    run.config = {**run.config, **fresh}
    return "", warning


def _replaced(old: Any, new: Any) -> Any:
    return new


def _merged(old: Any, new: Any) -> Any:
    if not (isinstance(old, dict) and isinstance(new, dict)):
        return new
    return {**old, **{key: _merged(old.get(key), value) for key, value in new.items()}}
