"""Owns the files of a run of the public API."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TextIO

from wandb_testkit.dropin.public import documents
from wandb_testkit.dropin.public.asking import Asker, normalized
from wandb_testkit.dropin.public.attrs import Attrs, shown_as
from wandb_testkit.dropin.public.paging import SizedPaginator
from wandb_testkit.records import RunPath
from wandb_testkit.world import current

if TYPE_CHECKING:
    from wandb_testkit.dropin.public.runs import Run

UNITS = ("B", "KiB", "MiB", "GiB", "TiB")


class File(Attrs):
    """A file of a run: name, size (bytes), md5 (base64), mimetype, url, updated_at."""

    def __init__(self, asker: Asker, attrs: Mapping[str, Any], run: Run | None) -> None:
        super().__init__(attrs)
        self._asker = asker
        self.run = run

    @property
    def size(self) -> int:
        """Bytes."""
        return int(self._attrs["sizeBytes"] or 0)

    @normalized
    def download(self, root: str = ".", replace: bool = False) -> TextIO:
        """Fetch it, and open it for reading as text.

        Args:
            root: The directory it is put into.
            replace: Overwrite a file that is there.
        Raises:
            CommError: A file is there already, or the run has none of this name.
        """
        return self._download(root, replace, "File already exists, pass replace=True to overwrite")

    def _download(self, root: str, replace: bool, refusal: str) -> TextIO:
        path = os.path.normpath(os.path.join(root, self.name))
        if os.path.relpath(path, root).startswith(".."):
            raise ValueError(f"{self.name!r} leads out of {root!r}")
        if os.path.exists(path) and not replace:
            raise ValueError(refusal)
        content = self._content()
        if content is None:
            raise ValueError(f"there is no file {self.name!r} on the server")
        os.makedirs(os.path.dirname(os.path.abspath(path)), exist_ok=True)
        with open(path, "wb") as file:
            file.write(content)
        return open(path)

    def _content(self) -> bytes | None:
        assert self.run is not None, "a file of a run"
        return self._asker.file(RunPath(self.run.entity, self.run.project, self.run.id), self.name)

    @normalized
    def delete(self) -> None:
        """Delete it on the server."""
        self._asker.ask(documents.DELETE_FILES, {"files": [self._attrs["id"]]})

    def __repr__(self) -> str:
        return f"<File {self.name} ({self.mimetype}) {_size(self.size)}>"


@shown_as("File")
class CurrentFile(File):
    """A file as 0.31 has it."""

    @normalized
    def download(
        self, root: str = ".", replace: bool = False, exist_ok: bool = False, api: Any | None = None
    ) -> TextIO:
        """Fetch it, and open it for reading as text.

        Args:
            root: The directory it is put into.
            replace: Overwrite a file that is there.
            exist_ok: Leave a file that is there as it is.
            api: Accepted, and of no effect: the server is the same.
        Raises:
            CommError: A file is there already, or the run has none of this name.
        """
        path = os.path.join(root, self.name)
        if exist_ok and not replace and os.path.exists(path):
            return open(path)
        advice = "pass replace=True to overwrite or exist_ok=True to leave it as is and don't error."
        return self._download(root, replace, f"File already exists, {advice}")

    @property
    def path_uri(self) -> str:
        """Where it lies in a store of one's own: nowhere, and a warning says so."""
        text = "path_uri is only available for files stored in S3"
        current().session.terminal.line(text, level="warning")
        return ""


class Files(SizedPaginator[File]):
    """Files of a run: with these names, there or not; without names those that are there."""

    document = documents.FILES
    where = ("project", "run", "files")
    file_class: type[File] = File

    def __init__(
        self, asker: Asker, run: Run, names: list[str] | None = None, per_page: int = 50, pattern: str | None = None
    ) -> None:
        if names and pattern:
            raise ValueError(
                "Querying for files by both names and pattern is not supported. Please provide either a list of names "
                "or a pattern to match."
            )
        self.run = run
        variables = run._variables(fileNames=names or [], pattern=pattern)
        super().__init__(asker, variables, per_page)

    total = staticmethod(lambda response: response["project"]["run"]["fileCount"])

    def update_variables(self) -> None:
        """Set the variables for the next page."""
        self.variables.update({"fileLimit": self.per_page, "fileCursor": self.cursor})

    def _convert(self, node: Mapping[str, Any]) -> File:
        return self.file_class(self._asker, node, self.run)

    def __repr__(self) -> str:
        return f"<Files {'/'.join(self.run.path)} ({len(self)})>"


@shown_as("Files")
class CurrentFiles(Files):
    """Files as 0.31 has them."""

    file_class = CurrentFile


def _size(size: float) -> str:
    """Bytes as people read them."""
    power = 0
    while size >= 1024 and power < len(UNITS) - 1:
        size, power = size / 1024, power + 1
    return f"{size:.1f}{UNITS[power]}"
