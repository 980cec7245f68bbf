"""Owns what names, types, aliases, tags, paths and metadata of artifacts may be. Observed with 0.31.0."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from pathlib import PurePosixPath, PureWindowsPath
from typing import Any
from zlib import crc32

from wandb_testkit.sdk.data_types.cells import plain

MAX_NAME_LENGTH = 128
MAX_METADATA_KEYS = 100

RESERVED_TYPES = {"job": "", "run_table": "run-", "code": "source-"}
"""Type -> how the names begin that W&B itself gives to artifacts of it."""

_TAG = re.compile(r"[-\w]+( +[-\w]+)*")


def artifact_name(name: str) -> str:
    """The name of an artifact.

    Raises:
        ValueError: It has other characters than letters, digits, "-", "_" and ".", or is too long.
    """
    if not re.fullmatch(r"[a-zA-Z0-9_\-.]+", name):
        raise ValueError(
            "Artifact name may only contain alphanumeric characters, dashes, underscores, and dots. "
            f"Invalid name: {name!r}"
        )
    if len(name) > MAX_NAME_LENGTH:
        raise ValueError(f"Artifact name is longer than {MAX_NAME_LENGTH} characters: {name[:MAX_NAME_LENGTH]!r} ...")
    return name


def artifact_type(type: str, name: str) -> str:
    """The type of an artifact.

    Raises:
        ValueError: W&B keeps it for itself.
    """
    prefix = RESERVED_TYPES.get(type)
    if (prefix is not None and name.startswith(prefix)) or type.startswith("wandb-"):
        raise ValueError(f"Artifact type {type!r} is reserved for internal use. Please use a different type.")
    return type


def tidy_name(name: str) -> str:
    """A name for an artifact of ours: without the characters that none has, and then with a check sum of the whole."""
    from base64 import urlsafe_b64encode

    tidied = re.sub(r"[^a-zA-Z0-9_\-.]+", "", name)
    if tidied == name:
        return name
    mark = urlsafe_b64encode(crc32(name.encode()).to_bytes(4, "big")).rstrip(b"=").decode()
    return f"{tidied}-{mark}"


def artifact_path(path: str) -> str:
    """A path in an artifact, with "/".

    Raises:
        ValueError: It leads out of it.
    """
    given = str(path).replace("\\", "/") if PureWindowsPath(path).drive else str(path)
    posix, windows = PurePosixPath(given), PureWindowsPath(given)
    if str(posix) == "." or posix.anchor or windows.anchor or ".." in (*posix.parts, *windows.parts):
        raise ValueError(f"Invalid artifact path: {path!r}")
    return str(posix)


def names_of_aliases(aliases: Iterable[str] | str | None) -> list[str]:
    """Aliases as a list.

    Raises:
        ValueError: One has "/" or ":".
    """
    listed = [aliases] if isinstance(aliases, str) else list(aliases or ())
    for alias in listed:
        if "/" in alias or ":" in alias:
            raise ValueError(f"Aliases must not contain any of the following characters: '/', ':'. Got: {alias!r}")
    return listed


def names_of_tags(tags: Iterable[str] | str | None) -> list[str]:
    """Tags as a list, each once.

    Raises:
        ValueError: One has other characters than letters, digits, "_", "-" and spaces between.
    """
    listed = list(dict.fromkeys([tags] if isinstance(tags, str) else tags or ()))
    for tag in listed:
        if not _TAG.fullmatch(tag):
            raise ValueError(
                "Invalid tag(s).  Tags must only contain alphanumeric characters separated by hyphens, underscores, "
                f"and/or spaces. Got: {tag!r}"
            )
    return listed


def metadata(given: Any) -> dict[str, Any]:
    """Metadata as JSON.

    Raises:
        TypeError: It is no dict, or JSON has no word for a value.
        ValueError: It has too many keys, or NaN.
    """
    if given is None or given == "":
        return {}
    if isinstance(given, str):
        given = json.loads(given)
    if not isinstance(given, dict):
        raise TypeError(f"Cannot parse {type(given)} as artifact metadata")
    said: dict[str, Any] = json.loads(json.dumps(given, default=plain, allow_nan=False))
    if len(said) > MAX_METADATA_KEYS:
        raise ValueError(f"Artifact must not have more than {MAX_METADATA_KEYS} metadata keys.")
    return said
