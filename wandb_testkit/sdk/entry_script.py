"""Owns which code is saved with a run: the entry script, and how its name is found (CODE-1).

Whether any is saved is the profile's (`Behaviour.saves_code`). In a test the interpreter was started with pytest, which
is nobody's entry script: WANDB_PROGRAM, or the setting `program`, says which file stands for it.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, NamedTuple

from wandb_testkit.sdk.fields import TRUE_WORDS
from wandb_testkit.sdk.project_name import repository_around

if TYPE_CHECKING:
    from wandb_testkit.sdk.session import Session

ENVIRONMENT = {
    "WANDB_SAVE_CODE": "save_code",
    "WANDB_DISABLE_CODE": "disable_code",
    "WANDB_PROGRAM": "program",
    "WANDB_NOTEBOOK_NAME": "notebook_name",
}
"""Environment variable -> the setting it gives."""


class EntryScript(NamedTuple):
    """A file of the user's, and what it is called in the run."""

    path: str
    name: str


def is_true(value: Any) -> bool:
    """Whether a flag is set: a bool, or text as variables give it."""
    return value.lower() in TRUE_WORDS if isinstance(value, str) else bool(value)


def entry_script(session: Session, settings: Any, *, in_notebook: bool) -> EntryScript | None:
    """The file that the program was started with, as `code/<path below the project>`; a warning where there is none.

    The project is the git repository that the working directory is in, else the working directory itself.

    Args:
        in_notebook: The notebook itself is what counts, where its path is known.
    """
    named = settings.get("notebook_name") if in_notebook else settings.get("program")
    program = named or (None if in_notebook else session.shell.program())
    if program is None:
        if not in_notebook:
            session.warn(
                "no_entry_script",
                "code is to be saved, and no script started this process (pytest is nobody's entry script) [CODE-1]: "
                "set WANDB_PROGRAM to the one that stands for it, or leave save_code out",
            )
        return None
    here = session.files.real or os.getcwd()
    path = os.path.join(here, program)
    root = repository_around(here) or here
    name = os.path.relpath(os.path.realpath(path), os.path.realpath(root)).replace(os.sep, "/")
    if not os.path.isfile(path) or name.startswith("../"):
        why = f"it lies outside of {root}" if os.path.isfile(path) else "there is no such file"
        session.warn(
            "entry_script_not_saved",
            f"code is to be saved, and {program!r} cannot be: {why} [CODE-1]. Name a file of the project in "
            f"{'WANDB_NOTEBOOK_NAME' if in_notebook else 'WANDB_PROGRAM'}",
        )
        return None
    return EntryScript(path, f"code/{name}")
