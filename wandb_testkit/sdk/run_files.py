"""Owns the files of a run: its directory, what is saved, restored and kept as code.

Source: DIR-1, LOGSETUP-3, CODE-1; protocol.md 4.7.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, TextIO, cast

from wandb_testkit.records import FilesRecord, RunPath
from wandb_testkit.sdk.code import code_below
from wandb_testkit.sdk.files import POLICIES, SavedFiles, named_files, show_at
from wandb_testkit.sdk.restoring import restored
from wandb_testkit.sdk.run_media import show

if TYPE_CHECKING:
    from wandb_testkit.ports import Transport
    from wandb_testkit.sdk.artifacts.artifact import Artifact
    from wandb_testkit.sdk.behaviour import Behaviour
    from wandb_testkit.sdk.history import OpenHistory
    from wandb_testkit.sdk.run import Run
    from wandb_testkit.sdk.run_tree import RunTree
    from wandb_testkit.sdk.session import Session
    from wandb_testkit.sdk.tensorboard import EventStreams


class RunFiles:
    """The files of a run; `Run` adds the rest."""

    if TYPE_CHECKING:
        _behaviour: Behaviour
        _files: SavedFiles
        _files_dir: str | None
        _history: OpenHistory
        _path: RunPath
        _session: Session
        _transport: Transport
        _events: EventStreams | None
        _tree: RunTree
        offline: bool

        @property
        def id(self) -> str: ...
        @property
        def path(self) -> str: ...
        @property
        def _is_finished(self) -> bool: ...
        def _must_be_active(self, what: str) -> None: ...
        def _tear_down(self) -> None: ...

    @property
    def dir(self) -> str:
        """The run's files directory: it exists (DIR-1); classic uploads at the end what is written there."""
        if self._files_dir is None:
            self.__dict__["_files_dir"] = directory = self._tree.files()
            for path, content in self._files.made.items():
                show(directory, path, content)
            if self._is_finished:
                self._tear_down()  # a finished run has a log and no handler
        return self._files_dir  # type: ignore[return-value]

    # ------------------------------------------------------------------ save and restore

    def save(
        self,
        glob_str: str | bytes | os.PathLike[str],
        base_path: str | os.PathLike[str] | None = None,
        policy: str = "live",
        glob: bool = True,
    ) -> bool | list[str]:
        """Keep files with the run.

        Args:
            glob_str: A path, or a pattern if `glob`.
            base_path: Names in the run are relative to it.
            policy: "now" uploads at once, "end" at the end, "live" both.
        Returns:
            The paths that the files have in the run's files directory.
        Raises:
            ValueError: There is no such policy.
        """
        self._must_be_active("save")
        if policy not in POLICIES:
            raise ValueError(f"save(policy={policy!r}): expected {', '.join(map(repr, POLICIES))}")
        pattern = os.fsdecode(glob_str)
        if pattern.startswith(("gs://", "s3://")):
            text = f"save({pattern!r}): the URL of a cloud storage names no file here, nothing is saved"
            self._session.warn("nothing_saved", text, run=self._path)
            return []
        named = named_files(
            pattern,
            None if base_path is None else os.fspath(base_path),
            glob,
            self._behaviour.save_root,
        )
        if not named:
            self._session.warn("nothing_saved", f"save({pattern!r}): no file is there to be saved", run=self._path)
            return []
        self._upload(self._files.take(named, policy))
        shown = {os.path.join(self.dir, *name.split("/")): path for name, path in named.items()}
        for there, path in shown.items():
            show_at(there, path)
        return list(shown)

    def restore(
        self, name: str, run_path: str | None = None, replace: bool = False, root: str | None = None
    ) -> TextIO | None:
        """Fetch a file of this run or another one.

        Args:
            run_path: `entity/project/id`, `project/id` or `id`; None means this run.
            replace: Fetch it even where a file of that name is there already.
            root: The directory it is put into; None means the run's files directory.
        Returns:
            The file, open for reading as text.
        Raises:
            CommError: There is no such run on the server.
            ValueError: The run has no such file.
        """
        return restored(
            self._session,
            None if self.offline else self._transport,
            name,
            run_path or self.path,
            replace,
            root or self.dir,
            project=self._path.project,
        )

    # ------------------------------------------------------------------ code

    def _log_code(
        self,
        root: str | os.PathLike[str] | None,
        name: str,
        include: Callable[..., bool],
        exclude: Callable[..., bool],
    ) -> Artifact | None:
        self._must_be_active("log_code")
        files = {} if root is None else code_below(os.fspath(root), include, exclude)
        if not files:
            text = f"log_code({root!r}): there are no files to be kept as code"
            self._session.warn("no_code", text, run=self._path)
            return None
        from wandb_testkit.sdk.run_artifacts import log_artifact  # only who has artifacts pays for them

        artifact = self._behaviour.media().own_artifact(name, "code")
        for path, content in files.items():
            artifact.add_content(path, content)
        return log_artifact(cast("Run", self), artifact)

    # ------------------------------------------------------------------ inside

    def _upload(self, files: Mapping[str, bytes]) -> None:
        if files:
            self._history.flush()
            self._transport.publish(FilesRecord(self._path, files))

    def _upload_rest(self) -> None:
        """Upload what is due at the end: what was saved, and with classic what was written into the run's directory."""
        self._upload(self._files.at_end())
        if self._events is not None:
            self._upload(self._events.files())
        if self._files_dir is not None and self._behaviour.uploads_run_directory:
            below = self._tree.files_below()
            known, made = self._files.names, self._files.made
            self._upload({n: content for n, content in below.items() if n not in known and made.get(n) != content})
