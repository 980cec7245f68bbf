"""Owns what 0.31.0 takes for tags, ids, projects, keys, addresses, words and moments, and how it refuses the rest.

Source: A.1, A.2, A.4, ID-3, TAGS-1, FORK-3, REINIT-3.
"""

from __future__ import annotations

import re
from typing import Any

from wandb_testkit.errors import UsageError
from wandb_testkit.sdk.branch import read_moment
from wandb_testkit.sdk.fields import (
    Reader,
    Wrong,
    each,
    flag,
    optional,
    text,
    url,
    words,
    wrong_value,
)

FORBIDDEN_IN_ID = ":;,#?/'"
FORBIDDEN_IN_PROJECT = "/\\#?%:"
MAX_TAG_LENGTH = 64
MAX_PROJECT_LENGTH = 128
REINIT_WORDS = ("default", "return_previous", "finish_previous", "create_new")
DEFAULT_BASE_URL = "https://api.forge.coreweave.com"


def tags(value: Any) -> tuple[str, ...]:
    """Tags of 1 to 64 characters; a lone str is one tag (TAGS-1).

    Raises:
        TypeError: It cannot be iterated over; pydantic lets that pass as it is.
    """
    if isinstance(value, str):
        found: tuple[Any, ...] = (value,)
    else:
        try:
            found = tuple(value)
        except TypeError:
            raise TypeError(
                f"tags={value!r}: {type(value).__name__!r} object is not iterable; give a list of str [TAGS-1]"
            ) from None
    sentences = []
    for index, tag in enumerate(map(str, found)):
        if not tag:
            sentences.append(f"Tag at index {index} is empty. Tags must be between 1 and {MAX_TAG_LENGTH} characters")
        elif len(tag) > MAX_TAG_LENGTH:
            sentences.append(
                f"Tag '{tag[:20]}...{tag[-20:]}' is {len(tag)} characters. "
                f"Tags must be between 1 and {MAX_TAG_LENGTH} characters"
            )
    if sentences:
        raise wrong_value("; ".join(sentences), value, "Leave empty tags out, and shorten long ones")
    return tuple(each(text, found))


def run_id(value: Any) -> str:
    """An id that the servers of today take (ID-3)."""
    name = text(value)
    if not name:
        raise UsageError("id='': a run id cannot be empty [ID-3]; leave it out to get a new one")
    if name != name.strip():
        instead = f"use {name.strip()!r}" if name.strip() else "leave it out to get a new one"
        raise UsageError(f"id={name!r}: a run id cannot start or end with whitespace [ID-3]; {instead}")
    found = sorted(set(name) & set(FORBIDDEN_IN_ID))
    if found:
        raise UsageError(
            f"id={name!r}: a run id cannot contain any of {FORBIDDEN_IN_ID}, found {found[0]!r} [ID-3]; "
            f"use {re.sub(f'[{re.escape(FORBIDDEN_IN_ID)}]', '-', name)!r}"
        )
    return name


def project(value: Any) -> str:
    """A name that the servers of today take (A.1)."""
    name = text(value)
    if len(name) > MAX_PROJECT_LENGTH:
        raise UsageError(
            f"project={name!r}: exceeds {MAX_PROJECT_LENGTH} characters (has {len(name)}) [A.1]; shorten it"
        )
    found = sorted(set(name) & set(FORBIDDEN_IN_PROJECT))
    if found:
        raise UsageError(
            f"project={name!r}: a project name cannot contain any of {FORBIDDEN_IN_PROJECT}, found {found[0]!r} [A.1]; "
            f"use {re.sub(f'[{re.escape(FORBIDDEN_IN_PROJECT)}]', '-', name)!r}"
        )
    return name


def sweep_id(value: Any) -> str:
    """The id of a sweep."""
    name = text(value)
    if not name or name != name.strip():
        raise UsageError(
            f"sweep_id={name!r}: cannot be empty, or start or end with whitespace; set WANDB_SWEEP_ID to it"
        )
    return name


def api_key(value: Any) -> str:
    """A key; how long it is counts when it is used (A.4)."""
    key = text(value)
    if key != key.strip():
        raise UsageError("API key cannot start or end with whitespace [A.4]; copy it without")
    return key


def base_url(value: Any) -> str:
    """The address of a server; W&B's own pages are not where its API is."""
    address = url(value)
    if re.match(r".*wandb\.ai[^.]*$", address):
        if "api." not in address:
            raise wrong_value(
                f"{address} is not a valid server address, did you mean {DEFAULT_BASE_URL}?",
                value,
                "Give the address of the API: 'https://api.wandb.ai'",
            )
        if not address.startswith("https"):
            raise wrong_value(f"http is not secure, please use {DEFAULT_BASE_URL}", value, "Give an https address")
    return address


def resume(value: Any) -> str | None:
    """A word; True is an old way to say auto, and False says nothing (A.2)."""
    if isinstance(value, bool):
        return "auto" if value else None
    word: str | None = optional(words("allow", "must", "never", "auto"))(value)
    return word


def moment(value: Any) -> str | None:
    """The moment of a run; what is no text counts as not given (FORK-3)."""
    if isinstance(value, str) and read_moment(value) is None:
        raise wrong_value(
            f"Could not parse passed run moment string {value!r}, expected format '<run>?<metric>=<numeric_value>'",
            value,
            "Write '<run id>?_step=<number>', such as 'ans3bsax?_step=123'; there is no metric but _step [FORK-3]",
        )
    return value if isinstance(value, str) else None


def reinit(value: Any) -> bool | str:
    """A word, or a bool as in old times (REINIT-3)."""
    if isinstance(value, bool):
        return value
    details = []
    for read, at in ((words(*REINIT_WORDS), f"literal[{','.join(map(repr, REINIT_WORDS))}]"), (flag, "bool")):
        try:
            got: bool | str = read(value)
        except Wrong as error:
            details += [{**detail, "loc": (at,)} for detail in error.details]
        else:
            return got
    raise Wrong(*details)


def at_least_in_words(read: Reader, minimum: float, name: str) -> Reader:
    """A number below `minimum` is a mistake of usage, not of type."""

    def check(value: Any) -> Any:
        got = read(value)
        if got < minimum:
            raise UsageError(f"{name}={value!r}: cannot be less than {minimum} seconds; give {minimum} or more")
        return got

    return check
