"""Owns settings files: where they are, how they are read, and what becomes of one that cannot be used.

There are two: the user's, `~/.config/wandb/settings`, and the workspace's, `wandb/settings` or `.wandb/settings`. Both
are on the disk of the world, never in the real home. INI; only the section `[default]` counts. Source: A.2.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wandb_testkit.errors import UsageError, ValidationError
from wandb_testkit.sdk.home import SETTINGS as USER_FILE

if TYPE_CHECKING:
    from wandb_testkit.sdk.session import Session

SECTION = "default"

NOT_FROM_A_FILE = ("settings_system", "root_dir")
"""Settings that 0.31 does not take from a file: they say where files are."""


def workspace_path(session: Session) -> str:
    """The workspace's file; it is looked for in the current directory, whatever `dir` says (o10x, o31)."""
    return f"{'.wandb' if session.disk.is_dir('.wandb') else 'wandb'}/settings"


def read_or_raise(session: Session, user_file: str | None) -> dict[str, Any]:
    """What the files of classic give: whatever is wrong in one of them ends init() (A.2).

    Args:
        user_file: Not asked: 0.10 has one place for it.
    Raises:
        configparser.Error: It is no INI file.
        KeyError, TypeError: A setting that there is not, or a wrong value; the message names the file.
    """
    values: dict[str, Any] = {}
    for path in (session.home.at(USER_FILE), workspace_path(session)):
        content = session.disk.read(path)
        found = {} if content is None else _settings_in(content, path, needs_section=False)
        try:
            if found:
                values.update(session.behaviour.check(found))
        except (KeyError, TypeError) as error:
            raise type(error)(f"settings file {path!r}: {error.args[0]}") from None
    return values


def read_or_ignore(session: Session, user_file: str | None) -> dict[str, Any]:
    """What the files of current give: a file that is no INI file is passed over with a warning, and a wrong setting in
    one of them makes both of no use, with an error on the terminal (A.2; o31).

    Args:
        user_file: Another place of the user's file.
    """
    values: dict[str, Any] = {}
    used = []
    for path in (session.home.at(user_file or USER_FILE), workspace_path(session)):
        content = session.disk.read(path)
        if content is None:
            continue
        import configparser  # only who has such a file pays for it

        try:
            found = _settings_in(content, path, needs_section=True)
        except (configparser.ParsingError, configparser.DuplicateOptionError) as error:
            session.warn("settings_file_unreadable", f"settings file {path!r} is not read: {error.message} [A.2]")
            continue
        if found:
            used.append(path)
            values.update(found)
    if not values:
        return values
    for name in NOT_FROM_A_FILE:
        if values.pop(name, None) is not None:
            session.warn("not_from_a_file", f"{name} is not taken from a settings file [A.2]: remove it there")
    if values.pop("anonymous", None) is not None:
        session.warn("anonymous_ignored", "anonymous in a settings file has no effect any more [ANON-9]; remove it")
    try:
        return session.behaviour.check(values)
    except (ValidationError, UsageError, TypeError) as error:
        session.terminal.line(f"Failed to load settings from {', '.join(used)}: {error}", level="error")
        session.told.append("settings_file_ignored")
        return {}


def _settings_in(content: bytes, path: str, *, needs_section: bool) -> dict[str, Any]:
    import configparser

    parser = configparser.ConfigParser()
    parser.read_string(content.decode("utf-8"), source=path)
    if not parser.has_section(SECTION):
        if needs_section:
            return {}
        parser.add_section(SECTION)  # 0.10 does, so that what stands under [DEFAULT] counts there
    values: dict[str, Any] = dict(parser.items(SECTION))
    if "ignore_globs" in values:
        values["ignore_globs"] = values["ignore_globs"].split(",")
    return values
