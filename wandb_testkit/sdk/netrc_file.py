"""Owns the text of a netrc file: what it holds by machine, and how one entry is replaced without touching the rest.

Reading is the standard library's. Source: spec.md A.4; the form of an entry is that of wandb's own writers.
"""

from __future__ import annotations

import io
import re
from collections.abc import Mapping
from functools import lru_cache

DEFAULT = "default"
"""The entry for every machine that has none of its own."""


OWN_ENTRY = re.compile(rb"default\n  login user\n  password (\w+)\n")
"""A file that holds nothing but what with_entry() writes for every machine: that of a world's own home."""


class UnreadableNetrcError(Exception):
    """The file cannot be read as a netrc file; the text says where it goes wrong."""


@lru_cache(maxsize=64)  # a suite has one machine's file, and reads it in every world
def passwords(content: bytes) -> Mapping[str, str]:
    """Password by machine, `default` for those without an entry.

    Raises:
        UnreadableNetrcError: It is no netrc file.
    """
    own = OWN_ENTRY.fullmatch(content)
    if own is not None:
        return {DEFAULT: own[1].decode()}
    import netrc  # only who has another file pays for it

    try:
        hosts = _hosts(content.decode("utf-8"))
    except netrc.NetrcParseError as error:
        raise UnreadableNetrcError(f"line {error.lineno}: {error.msg}") from error
    except ValueError as error:  # bytes that are no text
        raise UnreadableNetrcError(str(error)) from error
    return {machine: password or "" for machine, (_, _, password) in hosts.items()}


def _hosts(text: str) -> dict[str, tuple[str, str | None, str | None]]:
    import netrc

    class Text(netrc.netrc):
        """The standard library's reader, which opens a file by itself, over text: a key must not go to disk."""

        def __init__(self, text: str) -> None:
            self.hosts = {}
            self.macros = {}
            self._parse("netrc", io.StringIO(text), False)  # type: ignore[attr-defined] # private, old as the module

    return Text(text).hosts


def with_entry(content: bytes, machine: str, password: str) -> bytes:
    """The file with an entry for `machine`, which replaces the one there was; comments and other entries stay.

    Args:
        machine: A host, with a port where the profile keeps it, or DEFAULT.
    """
    kept = without_entry(content, machine)
    if kept and not kept.endswith(b"\n"):
        kept += b"\n"
    start = DEFAULT if machine == DEFAULT else f"machine {_quoted(machine)}"
    return kept + f"{start}\n  login user\n  password {_quoted(password)}\n".encode()


@lru_cache(maxsize=64)
def without_entry(content: bytes, machine: str) -> bytes:
    """The file without the entry for `machine`; a comment ends an entry, so that what follows it stays."""
    if not content:
        return content
    kept = []
    in_entry = False
    for line in content.decode("utf-8", "surrogateescape").splitlines(keepends=True):
        words = _words(line)
        if words[:1] == ["machine"]:
            in_entry = words[1:2] == [machine]
        elif words[:1] == [DEFAULT]:
            in_entry = machine == DEFAULT
        elif words[:1] == ["macdef"] or line.lstrip().startswith("#"):
            in_entry = False
        if not in_entry:
            kept.append(line)
    return "".join(kept).encode("utf-8", "surrogateescape")


def _quoted(text: str) -> str:
    """A word of the file: quotes around what would not be one, and no others, for not every reader takes them off."""
    if text and not re.search(r"[\s\"'#\\]", text):
        return text
    return '"{}"'.format(text.replace("\\", "\\\\").replace('"', '\\"'))


def _words(line: str) -> list[str]:
    try:
        import shlex

        return shlex.split(line)
    except ValueError:  # an unpaired quote: written by hand, and none of ours
        return line.split()
