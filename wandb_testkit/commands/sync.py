"""Owns what `wandb-testkit sync` shows: progress while a run is uploaded, then a line that says what became of it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.markup import escape

from wandb_testkit.errors import NotAnOfflineRunError, SyncRefusedError
from wandb_testkit.offline_runs import OfflineLog
from wandb_testkit.surroundings import SYSTEM_CLOCK
from wandb_testkit.syncing import Synced, replay
from wandb_testkit.transport.http import HttpTransport


def upload(directories: Sequence[Path], url: str, api_key: str, *, include_synced: bool) -> bool:
    """Upload each run in turn, and tell what became of it; a run that cannot be uploaded stops no other.

    Returns:
        Whether every run is on the server now.
    """
    console = Console(soft_wrap=True, highlight=False)
    transport = HttpTransport(url.rstrip("/"), api_key, clock=SYSTEM_CLOCK)
    try:
        return all([_upload_one(directory, transport, console, include_synced) for directory in directories])
    finally:
        transport.close()


def _upload_one(directory: Path, transport: HttpTransport, console: Console, include_synced: bool) -> bool:
    try:
        log = OfflineLog(directory)
        if log.is_synced and not include_synced:
            console.print(
                f"[dim]{escape(str(directory))}: was uploaded before; --include-synced uploads it again[/dim]"
            )
            return True
        synced = _replayed(log, transport, console)
    except (NotAnOfflineRunError, SyncRefusedError) as error:
        console.print(f"[red]{escape(str(directory))}: not uploaded.[/red] {escape(str(error))}")
        return False
    log.mark_synced()
    for loss in log.losses:
        console.print(f"[yellow]{escape(str(loss))}[/yellow]")
    console.print(f"[green]{escape(str(directory))}:[/green] {_told(synced)} -> {escape(str(synced.path))}")
    return True


def _replayed(log: OfflineLog, transport: HttpTransport, console: Console) -> Synced:
    count = 0
    with console.status(f"{escape(log.run_id)} ...") as status:

        def on_record(kind: str) -> None:
            nonlocal count
            count += 1
            status.update(f"{escape(log.run_id)}: {_counted(count, 'record')}, the last one is {kind}")

        return replay(log, transport, on_record=on_record)


def _told(synced: Synced) -> str:
    name = f"{escape(synced.display_name)}, " if synced.display_name else ""
    return f"{name}{_counted(synced.rows, 'row')}, {_counted(synced.files, 'file')}"


def _counted(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"
