"""Owns the config that a run starts with: where its values come from, and which source wins.

From lowest to highest: what the server has of a resumed run, the file of defaults, the argument, config files,
SageMaker, the sweep. A key of a higher source replaces that of a lower one as a whole. Source: E.1, SWEEP-1.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from wandb_testkit.errors import ConfigError
from wandb_testkit.sdk.config import chosen, is_given, mapping_of, read_config, split_artifacts
from wandb_testkit.sdk.config_files import DEFAULTS, read_if_there

if TYPE_CHECKING:
    from wandb_testkit.sdk.session import Session


NOTHING_LOCKED: frozenset[str] = frozenset()


class StartingConfig(NamedTuple):
    """The values a run starts with, resuming left aside.

    Attributes:
        values: All of them.
        defaults: Those of the file of defaults, also where something else won.
        locked: Keys that a sweep decided on.
        artifacts: What stands for artifacts, which the run uses when it has started.
    """

    values: dict[str, Any]
    defaults: dict[str, Any]
    locked: frozenset[str]
    artifacts: dict[str, Any]


def starting_config(
    session: Session, settings: Mapping[str, Any], config: Any, include: Any, exclude: Any
) -> StartingConfig:
    """Gather the config of one init().

    Args:
        config: As the user gave it; whatever is false is none (CONFIG-5).
        include, exclude: Which keys of `config` count; the other sources are not asked (CONFIG-6).
    Raises:
        ConfigError: A file is wrong, or one that must be there is not.
        TypeError: `config` is nothing that has keys, or one of them is neither true nor false.
        UsageError: Both lists are given.
    """
    rules = session.behaviour.config
    for name, keys in (("config_include_keys", include), ("config_exclude_keys", exclude)):
        is_given(name, keys, "a list of str [CONFIG-6]")
    if rules.choosing_is_deprecated and (include or exclude):
        session.warn(
            "config_keys_deprecated",
            "config_include_keys and config_exclude_keys are deprecated [CONFIG-6]; choose the keys yourself",
        )
    given = chosen(
        mapping_of(config, rules, session.files) if is_given("config", config, "a dict [CONFIG-2]") else {},
        include,
        exclude,
    )
    found = _read(session, DEFAULTS)
    defaults = read_config(found, rules.fallback) if found else {}
    values = dict(defaults)
    artifacts: dict[str, Any] = {}
    for source in (given, *_files(session, settings), session.behaviour.detected_config(session, settings)):
        plain, marked = split_artifacts(source, rules)
        values.update(read_config(plain, rules.fallback))
        artifacts.update(marked)
    parameters = _sweep_parameters(session, settings)
    if not parameters:
        return StartingConfig(values, defaults, NOTHING_LOCKED, artifacts)
    swept = read_config(parameters, rules.fallback)
    return StartingConfig(rules.with_sweep(values, swept), defaults, frozenset(swept), artifacts)


def _files(session: Session, settings: Mapping[str, Any]) -> Iterator[dict[Any, Any]]:
    """The files that the setting `config_paths` names: a list, or text with commas; missing ones are skipped."""
    paths = settings.get("config_paths") or ()
    for path in paths.split(",") if isinstance(paths, str) else paths:
        yield _read(session, path) or {}


def _sweep_parameters(session: Session, settings: Mapping[str, Any]) -> dict[Any, Any]:
    path = settings.get("sweep_param_path")
    if not path:
        return {}
    values = _read(session, path)
    if values is None:
        raise ConfigError(
            f"sweep parameters: there is no file {path!r} [SWEEP-1]; let WANDB_SWEEP_PARAM_PATH name one, or unset it"
        )
    return values


def _read(session: Session, path: str) -> dict[Any, Any] | None:
    def warn(text: str) -> None:
        session.warn("empty_config_file", text)

    return read_if_there(session.files, path, session.behaviour.config.empty_file, warn)
