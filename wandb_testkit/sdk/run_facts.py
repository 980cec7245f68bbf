"""Owns what a run is called and where it belongs: what its user reads, and sets of it (name, notes, tags).

Source: GLOBAL-4, META-1, NAME-2, RESUME-7, TAGS-1.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from wandb_testkit.records import RunPath, RunRecord

if TYPE_CHECKING:
    from wandb_testkit.sdk.session import Session


class RunFacts:
    """The facts of a run; `Run` adds what it does.

    They are kept in `__dict__`, because setting an attribute of a run is a thing of its own (GLOBAL-4).
    """

    if TYPE_CHECKING:
        _path: RunPath
        _mode: str
        _given: Mapping[str, Any]
        _session: Session

        def _must_be_active(self, what: str) -> None: ...
        def _edit(self, record: RunRecord) -> None: ...

    @property
    def id(self) -> str:
        """The run id."""
        return self._path.run_id

    @property
    def entity(self) -> str:
        """Who the run belongs to; "" for an offline run that named nobody."""
        return self._path.entity

    @property
    def project(self) -> str:
        """The project."""
        return self._path.project

    @property
    def path(self) -> str:
        """`entity/project/id`, without an entity where there is none."""
        return "/".join(part for part in self._path if part)

    @property
    def url(self) -> str | None:
        """The page of the run, None offline (MODE-3)."""
        return self.__dict__["_url"]  # type: ignore[no-any-return]

    @property
    def name(self) -> str | None:
        """The display name (NAME-2)."""
        return self.__dict__["_name"]  # type: ignore[no-any-return]

    @name.setter
    def name(self, value: str) -> None:
        self._must_be_active("name")
        self.__dict__["_name"] = value
        self._edit(RunRecord(self._path, display_name=value))

    @property
    def notes(self) -> str | None:
        """The notes."""
        return self._given.get("run_notes")

    @notes.setter
    def notes(self, value: str) -> None:
        self._must_be_active("notes")
        self._give("run_notes", value)
        self._edit(RunRecord(self._path, notes=value))

    @property
    def tags(self) -> tuple[str, ...]:
        """The tags, in order (TAGS-1)."""
        return tuple(self._given.get("run_tags") or ())

    @tags.setter
    def tags(self, value: tuple[str, ...]) -> None:
        self._must_be_active("tags")
        self._give("run_tags", tuple(value))
        self._edit(RunRecord(self._path, tags=tuple(value)))

    @property
    def group(self) -> str:
        """The group, "" if none was given."""
        return self._given.get("run_group") or ""

    @property
    def job_type(self) -> str:
        """The job type, "" if none was given (META-2)."""
        return self._given.get("run_job_type") or ""

    @property
    def resumed(self) -> bool:
        """Whether the run continues an earlier one (RESUME-10)."""
        return self.__dict__["_resumed"]  # type: ignore[no-any-return]

    @property
    def offline(self) -> bool:
        """Whether no server hears of the run."""
        return bool(self._mode == "offline")

    @property
    def disabled(self) -> bool:
        """False: a disabled run is another object."""
        return False

    @property
    def start_time(self) -> float:
        """When init() made it, in seconds since the epoch."""
        return self.__dict__["_started_at"]  # type: ignore[no-any-return]

    @property
    def sweep_id(self) -> str | None:
        """The sweep it belongs to, None outside of sweeps."""
        return self._given.get("sweep_id")

    @property
    def starting_step(self) -> int:
        """`_step` of the first row that it logs by default (RESUME-7a)."""
        return self.__dict__["_starting_step"]  # type: ignore[no-any-return]

    def _url_of(self, page: str) -> str | None:
        """A page below that of the project; offline there is none, and a warning says so (MODE-3)."""
        whole = self.url
        if whole is None:
            self._session.warn("no_url_offline", "URL not available in offline run", run=self._path)
            return None
        project, _, run = whole.partition("/runs/")
        _, is_secret, secret = run.partition("?")
        return f"{project}{page}{is_secret}{secret}"

    def _give(self, setting: str, value: Any) -> None:
        self.__dict__["_given"] = {**self._given, setting: value}
