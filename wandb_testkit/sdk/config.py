"""Owns the config of a run: what it was given, what may be changed, and how values are read.

Source: CONFIG-1 to CONFIG-12. That a refused update() is refused whole is said of current; 0.10.33 does the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from types import ModuleType
from typing import Any, NamedTuple, Protocol

from wandb_testkit.errors import ConfigError, UsageError
from wandb_testkit.sdk.config_files import EmptyConfigFile, read_config_file
from wandb_testkit.sdk.nested_config import merged, without_empty_dicts
from wandb_testkit.sdk.values import Fallback, NoJsonError, copied, placed, to_json, without_nan
from wandb_testkit.sdk.working_directory import WorkingDirectory


class ConfigRules(NamedTuple):
    """What a profile decides about config.

    Attributes:
        missing_attribute: Raised by `config.nope` (CONFIG-11).
        server_merges_dicts: The server gets what is in a dict value by value: it is merged into the dict that it
            replaces, and one without any value sets nothing (CONFIG-12).
        fallback: Makes JSON of values that JSON does not know.
        choosing_is_deprecated: config_include_keys and config_exclude_keys warn (CONFIG-6).
        empty_argument: Raised for a config file without content, where it is the `config` itself (CONFIG-4).
        empty_file: Raised for one that comes from elsewhere; None: it is passed over.
        with_sweep: Puts the parameters of a sweep into the config that a run starts with (SWEEP-1).
        is_artifact: Whether a value stands for an artifact, which the run then uses; None: no value does.
    """

    missing_attribute: type[Exception]
    server_merges_dicts: bool
    fallback: Fallback
    choosing_is_deprecated: bool
    empty_argument: type[Exception]
    empty_file: type[Exception] | None
    with_sweep: Callable[[Mapping[str, Any], Mapping[str, Any]], dict[str, Any]]
    is_artifact: Callable[[Any], bool] | None = None


class Owner(Protocol):
    """Whose config it is."""

    def must_be_active(self, what: str) -> None:
        """Raise where it cannot be changed any more."""

    def config_changed(self) -> None:
        """The server's config is out of date."""

    def warn(self, kind: str, text: str) -> None:
        """Tell the user something."""


class Config:
    """Settings of the user's program: items by key or attribute; a key that is set may not change its value.

    What the server is to have is kept apart: a nested value that the user changes in place is not sent (CONFIG-12).
    Neither generation has len() or values() here.

    Args:
        rules: What the profile decides.
        owner: Says whether it may be changed, and is told when it was.
        use_artifact: Uses what stands for an artifact, and returns the artifact.
        files: Where update() looks for a config file.
        may_change: Whether values may be changed without being asked (CONFIG-8, CONFIG-9).
    """

    __slots__ = (
        "_files",
        "_items",
        "_locked",
        "_may_change",
        "_owner",
        "_rules",
        "_sent",
        "_use_artifact",
    )

    def __init__(
        self,
        rules: ConfigRules,
        owner: Owner,
        *,
        use_artifact: Callable[[Any], Any],
        files: WorkingDirectory,
        may_change: bool = False,
    ) -> None:
        object.__setattr__(self, "_rules", rules)
        object.__setattr__(self, "_items", {})
        object.__setattr__(self, "_sent", {})
        object.__setattr__(self, "_owner", owner)
        object.__setattr__(self, "_use_artifact", use_artifact)
        object.__setattr__(self, "_files", files)
        object.__setattr__(self, "_locked", frozenset())
        object.__setattr__(self, "_may_change", may_change)

    def __getitem__(self, key: str) -> Any:
        return self._items[key]

    def __setitem__(self, key: str, value: Any) -> None:
        self.update({key: value})

    def __getattr__(self, key: str) -> Any:
        if key.startswith("__"):
            raise AttributeError(key)
        try:
            return self._items[key]
        except KeyError:
            known = ", ".join(self.keys()) or "none"
            raise self._rules.missing_attribute(f"config has no key {key!r} [CONFIG-11]; keys: {known}") from None

    def __setattr__(self, key: str, value: Any) -> None:
        self[key] = value

    def __contains__(self, key: object) -> bool:
        return key in self._items

    def __iter__(self) -> Iterator[str]:
        return iter(self.keys())

    def __repr__(self) -> str:
        return repr(dict(self.items()))

    def get(self, *args: Any) -> Any:
        """The value of a key, or the second argument; None without one."""
        return self._items.get(*args)

    def keys(self) -> list[str]:
        """The keys there are; those that begin with `_` are hidden (CONFIG-2)."""
        return [key for key in list(self._items) if not key.startswith("_")]

    def items(self) -> list[tuple[str, Any]]:
        """Key and value of all that is not hidden."""
        items = self._items.copy()  # unlike a list of pairs, it is made in one go: another thread may be setting a key
        return [(key, value) for key, value in items.items() if not key.startswith("_")]

    def as_dict(self) -> dict[str, Any]:
        """All keys as a dict of their own."""
        return dict(self._items)

    def as_sent(self) -> dict[str, Any]:
        """All keys as the server is to have them."""
        sent: dict[str, Any] = copied(dict(self._sent))  # another thread may be setting a key of it
        return sent

    def load(self, values: Mapping[str, Any]) -> None:
        """Take values that init() has read already; nothing is locked against them."""
        self._items.update(copied(dict(values)))
        self._sent.update(copied(without_empty_dicts(values) if self._rules.server_merges_dicts else dict(values)))

    def lock(self, keys: frozenset[str]) -> None:
        """From now on assignments to these keys have no effect but a warning (CONFIG-10)."""
        object.__setattr__(self, "_locked", keys)

    def setdefaults(self, d: Any) -> None:
        """Set the keys that are missing (CONFIG-11)."""
        self._owner.must_be_active("config")
        self._take({key: value for key, value in self._read(d).items() if key not in self._items})

    def update(self, d: Any, allow_val_change: bool | None = None) -> None:
        """Set several keys.

        Raises:
            ConfigError: A key has another value already, and `allow_val_change` does not hold; none is set then.
        """
        self._owner.must_be_active("config")
        fresh = self._read(d)
        if self._locked:
            for key in [key for key in fresh if key in self._locked]:
                self._tell_locked(key)
                del fresh[key]
        may_change = self._may_change if allow_val_change is None else allow_val_change
        for key, value in fresh.items():
            if not may_change and key in self._items and self._items[key] != value:
                raise ConfigError(
                    f"config[{key!r}] is {self._items[key]!r} and was to become {value!r} [CONFIG-7]. To change it, "
                    "call config.update(..., allow_val_change=True)"
                )
        self._take(fresh)

    def _tell_locked(self, key: str) -> None:
        self._owner.warn(
            "locked_key",
            f"config[{key!r}] was locked by the sweep and stays {self._items[key]!r} [CONFIG-10]; leave it alone",
        )

    def _take(self, fresh: Mapping[str, Any]) -> None:
        sent = self._sent
        for key, value in fresh.items():
            is_artifact = self._rules.is_artifact
            if is_artifact is not None and is_artifact(value):
                sent[key] = value.json_encode()
            elif self._rules.server_merges_dicts and isinstance(value, dict):
                if something := without_empty_dicts(value):
                    old = sent.get(key)
                    sent[key] = merged(old if isinstance(old, dict) else {}, copied(something))
            else:
                sent[key] = copied(value)
            self._items[key] = value
        self._owner.config_changed()

    def _read(self, values: Any) -> dict[str, Any]:
        given = mapping_of(values, self._rules, self._files)
        plain, artifacts = split_artifacts(given, self._rules)
        fresh = read_config(plain, self._rules.fallback)
        for key, value in artifacts.items():
            fresh[key] = self._use_artifact(value)
        return fresh


def mapping_of(values: Any, rules: ConfigRules, files: WorkingDirectory) -> Mapping[Any, Any]:
    """The keys and values of a dict, a file, a Namespace or any object with `__dict__` (CONFIG-1 to CONFIG-4).

    Raises:
        TypeError: It is none of these, or a file without values.
        ConfigError: There is no such file, or it is of another kind.
    """
    if isinstance(values, dict):
        return values
    if isinstance(values, Config):
        return dict(values.items())
    if isinstance(values, str):
        return _file_values(values, rules, files)
    if isinstance(values, ModuleType) and values.__name__ == "absl.flags":
        values = values.FLAGS
    if hasattr(values, "flag_values_dict"):  # absl FLAGS keep their values elsewhere
        flags: Mapping[Any, Any] = values.flag_values_dict()
        return flags
    if hasattr(values, "__dict__") and not isinstance(values, type):
        variables: Mapping[Any, Any] = vars(values)
        return variables
    raise TypeError(
        f"config={values!r} of type {type(values).__name__}: expected a dict, an argparse.Namespace, an object with "
        "__dict__, or the name of a YAML file [CONFIG-2]; give dict(...) or vars(...) of it"
    )


def split_artifacts(values: Mapping[Any, Any], rules: ConfigRules) -> tuple[Mapping[Any, Any], dict[str, Any]]:
    """Values as they are, and apart from them those that stand for an artifact.

    Raises:
        ValueError: A dict holds an artifact.
    """
    is_artifact = rules.is_artifact
    if is_artifact is None:
        return values, {}
    for value in values.values():
        if isinstance(value, dict) and not is_artifact(value) and _holds(value, is_artifact):
            raise ValueError("Instances of wandb.Artifact can only be top level keys in a run's config")
    artifacts = {key.strip("-"): value for key, value in values.items() if type(key) is str and is_artifact(value)}
    if not artifacts:
        return values, {}
    return {key: value for key, value in values.items() if not is_artifact(value)}, artifacts


def _holds(values: Mapping[Any, Any], is_artifact: Callable[[Any], bool]) -> bool:
    return any(
        _holds(value, is_artifact) if isinstance(value, dict) else is_artifact(value) for value in values.values()
    )


def _file_values(path: str, rules: ConfigRules, files: WorkingDirectory) -> dict[Any, Any]:
    try:
        loaded = read_config_file(files, path)
    except EmptyConfigFile as error:
        raise rules.empty_argument(str(error)) from None
    if loaded is None:
        raise ConfigError(
            f"config={path!r}: there is no such file in {files.real or 'the world of the test'} [CONFIG-4]; give a "
            "dict, or the name of a YAML file"
        )
    return loaded


def read_config(values: Mapping[Any, Any], fallback: Fallback) -> dict[str, Any]:
    """Make config values: JSON, without NaN, under keys without hyphens around them (CONFIG-1).

    Raises:
        TypeError: A key is not a str, or there is no JSON for a value.
    """
    fresh = {}
    for key, value in values.items():
        if not isinstance(key, str):
            raise TypeError(
                f"config key {key!r} of type {type(key).__name__}: expected a str [CONFIG-5]; write {str(key)!r}"
            )
        try:
            fresh[key.strip("-")] = without_nan(to_json(value, fallback), in_lists=True)
        except NoJsonError as error:
            raise placed(error, "config", (key,), value, fallback) from None
    return fresh


def is_given(name: str, value: Any, expected: str) -> bool:
    """Whether an argument is there: whatever is false is not (CONFIG-5).

    Raises:
        TypeError: It has no truth, as an array of several numbers.
    """
    try:
        return bool(value)
    except ValueError:
        raise TypeError(f"{name}={value!r} of type {type(value).__name__}: expected {expected}; give it") from None


def chosen(values: Mapping[Any, Any], include: Any, exclude: Any) -> dict[Any, Any]:
    """The keys of `config` that init() is to take, as the user wrote them (CONFIG-6).

    Raises:
        UsageError: Both lists are given.
    """
    if include and exclude:
        raise UsageError(
            f"config_include_keys={include!r} and config_exclude_keys={exclude!r} exclude each other [CONFIG-6]; "
            "give one"
        )
    if include:
        return {key: value for key, value in values.items() if key in include}
    if exclude:
        return {key: value for key, value in values.items() if key not in exclude}
    return dict(values)
