"""Owns what a run does in a notebook: hooks around cells, what was displayed, the `%wandb` magic, what is saved.

IPython's shell is taken as it is handed in; nothing here imports IPython. Source: JUPYTER-1 to JUPYTER-6, CODE-1.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from wandb_testkit.ports import Shell
from wandb_testkit.sdk import present
from wandb_testkit.sdk.session_history import SESSION_HISTORY, document_of

if TYPE_CHECKING:
    from wandb_testkit.sdk.entry_script import EntryScript
    from wandb_testkit.sdk.run import Run
    from wandb_testkit.sdk.session import Session

PAGE_HEIGHT_PX = 420
"""What the iframe of `%wandb` has in every generation."""

NO_RUN = "No run to show: call wandb.init() first; %wandb shows the run that it started."


class JupyterRules(NamedTuple):
    """What a profile decides about notebooks.

    Attributes:
        is_jupyter: Whether a shell gets cell hooks and lets config change (JUPYTER-5, CONFIG-8).
        has_magic: `%wandb` is registered (JUPYTER-1).
        runtime_stands_still: `_runtime` does not go on between cells (JUPYTER-2).
    """

    is_jupyter: Callable[[Shell], bool]
    has_magic: bool
    runtime_stands_still: bool


class Notebook:
    """The notebook that a run was started in.

    Args:
        shell: IPython's.
        document: The file of the notebook, if it is to be saved and can be read.
        saves_code: Whether anything is saved (CODE-1).
    Attributes:
        run: The run, once it has started.
        outputs: Execution count -> what was displayed by that cell, in order: `{"data": ..., "metadata": ...}`.
    """

    def __init__(self, shell: Any, session: Session, document: EntryScript | None, *, saves_code: bool) -> None:
        self.shell = shell
        self.run: Run | None = None
        self.outputs: dict[int, list[dict[str, Any]]] = {}
        self._session = session
        self._document = document
        self._saves_code = saves_code
        self._saved: bytes | None = None

    # ------------------------------------------------------------------ hooks

    def hook(self) -> bool:
        """Put the hooks in place; False if another run's are there already (JUPYTER-1)."""
        publisher = self.shell.display_pub
        if hasattr(publisher, "_orig_publish"):
            return False
        self._note("configuring jupyter hooks")
        original = publisher._orig_publish = publisher.publish

        def publish(data: Any, metadata: Any = None, *args: Any, **kwargs: Any) -> Any:
            self._record(data, metadata)
            return original(data, metadata, *args, **kwargs)

        publisher.publish = publish
        self.shell.events.register("pre_run_cell", self._resume)
        self.shell.events.register("post_run_cell", self._pause)
        return True

    def unhook(self) -> None:
        """Leave the shell as it was before (JUPYTER-3)."""
        self._note("cleaning up jupyter logic")
        self.shell.events.unregister("pre_run_cell", self._resume)
        self.shell.events.unregister("post_run_cell", self._pause)
        publisher = self.shell.display_pub
        original = publisher._orig_publish
        del publisher._orig_publish
        if getattr(original, "__func__", None) is type(publisher).publish:
            del publisher.publish  # the class's own is there again
        else:
            publisher.publish = original

    def _resume(self, *about_cell: Any) -> None:
        if self.run is not None:
            self._note("resuming backend")
            if self._session.behaviour.jupyter.runtime_stands_still:
                self.run._restart_clock()

    def _pause(self, *about_cell: Any) -> None:
        if self.run is not None:
            self._save_document()
            self._note("pausing backend")
            if self._session.behaviour.jupyter.runtime_stands_still:
                self.run._stop_clock()

    def _record(self, data: Mapping[str, Any], metadata: Mapping[str, Any] | None) -> None:
        from base64 import b64encode

        plain = {
            kind: b64encode(value).decode("ascii") if isinstance(value, bytes) else value
            for kind, value in data.items()
        }
        # IPython counts a cell before it runs it, older versions after it; its displayhook knows which one is running.
        count = self.shell.displayhook.prompt_count or self.shell.execution_count
        self.outputs.setdefault(count, []).append({"data": plain, "metadata": dict(metadata or {})})

    # ------------------------------------------------------------------ what is saved

    def save(self) -> None:
        """Save the notebook, where it can be read, and the history of the session, if code is saved (CODE-1)."""
        if self.run is None or not self._saves_code:
            return
        self._save_document()
        history = document_of(self.shell, self.outputs)
        if history is not None:
            self.run._tell_server("session_history", SESSION_HISTORY)
            self.run._keep(SESSION_HISTORY, history)
            self._note("saved code and history")

    def _save_document(self) -> None:
        if self.run is None or self._document is None or not os.path.isfile(self._document.path):
            return
        with open(self._document.path, "rb") as file:
            content = file.read()
        if content != self._saved:
            self._saved = content
            self.run._keep(self._document.name, content)

    def _note(self, text: str) -> None:
        self._session.log.info(text, run_id=None if self.run is None else self.run.id)


# ---------------------------------------------------------------------- %wandb


def register_magic(shell: Any) -> None:
    """Make `%wandb` and `%%wandb` known to a shell; they show the run of the world that is then in force."""

    def wandb(line: str, cell: str | None = None) -> None:
        """Show the page of the run; as a cell magic, run the cell first.

        %wandb
            the run that is active, else the last one of this session
        %%wandb
            the run that the cell starts or goes on with
        """
        if line.strip() not in ("", "-d", "--display"):
            print(f"%wandb takes no arguments but --display; got {line.strip()!r}")
            return
        if cell is not None:
            shell.run_cell(cell)
        show(shell)

    shell.register_magic_function(wandb, magic_kind="line_cell", magic_name="wandb")


def show(shell: Any) -> None:
    """Display the page of the present run, or that there is none."""
    import html

    session = present.session()
    run = session.run
    page = present.page(None if run is None else run.id)
    if page is None:
        shell.display_pub.publish({"text/plain": NO_RUN, "text/html": f"<p>{html.escape(NO_RUN)}</p>"})
        return
    frame = (
        f'<iframe srcdoc="{html.escape(page, quote=True)}" '
        f'style="border:none;width:100%;height:{PAGE_HEIGHT_PX}px"></iframe>'
    )
    shell.display_pub.publish({"text/plain": "the last run" if run is None else repr(run), "text/html": frame})
