"""Owns restore(): a file of a run comes back from the server.

Observed with 0.10.33 and 0.31.0; the path of a run is read as their public API reads it.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, TextIO

from wandb_testkit.errors import CommError, UsageError
from wandb_testkit.records import FileRequest, RunPath
from wandb_testkit.sdk.credentials import find_key

if TYPE_CHECKING:
    from wandb_testkit.ports import Transport
    from wandb_testkit.sdk.session import Session


def restored(
    session: Session,
    transport: Transport | None,
    name: str,
    run_path: str,
    replace: bool,
    root: str,
    *,
    project: str = "",
) -> TextIO:
    """Fetch a file of a run, and open it for reading as text.

    Args:
        transport: How to ask the server; None means with the key that the process would use.
        root: The directory it is put into; a file that is there already stays, unless `replace`.
        project: That of a path which names none.
    Raises:
        CommError: There is no such run, or the server cannot be asked.
        UsageError: There is no key to ask with.
        ValueError: The run has no such file, or `run_path` is no path of a run.
    """
    local = os.path.join(root, name)
    if os.path.exists(local) and not replace:
        return open(local)
    path = run_path_of(run_path, project)
    if transport is None:
        transport = session.connect(_key_of(session))
    answer = transport.deliver(FileRequest(path, name))
    if answer.refusal is not None:
        raise CommError(f"restore({name!r}): {answer.refusal.message}")
    if answer.file is None:
        raise ValueError(f"File {name} not found in {run_path}: restore() fetches what the run has uploaded")
    os.makedirs(os.path.dirname(os.path.abspath(local)), exist_ok=True)
    with open(local, "wb") as file:
        file.write(answer.file)
    return open(local)


def restored_without_run(
    session: Session, name: str, run_path: str | None, replace: bool, root: str | None
) -> TextIO | None:
    """wandb.restore() where no run is active, or a disabled one.

    Raises:
        ValueError: No path of a run was given.
    """
    if run_path is None:
        raise ValueError("run_path required when calling wandb.restore before wandb.init")
    if session.run is not None:  # a disabled run asks no server
        local = os.path.join(root or os.getcwd(), name)
        return open(local) if os.path.exists(local) and not replace else None
    return restored(session, None, name, run_path, replace, root or os.getcwd())


def run_path_of(text: str, project: str) -> RunPath:
    """Read `entity/project/id`, `entity/project/runs/id`, `project/id` or `id`; what is not named is "".

    Raises:
        ValueError: It is none of these.
    """
    parts = text.replace("/runs/", "/").strip("/ ").split("/")
    if not 1 <= len(parts) <= 3 or not all(parts):
        raise ValueError(f"run_path={text!r}: expected 'entity/project/id', 'project/id' or 'id'")
    entity, named, run_id = ["", *([project] if len(parts) == 1 else []), *parts][-3:]
    return RunPath(entity, named, run_id)


def _key_of(session: Session) -> str:
    key = find_key(session)
    if key is None:
        raise UsageError("restore() asks the server, and there is no API key: call wandb.login(), or set WANDB_API_KEY")
    return key
