"""Owns the projects: they come into being with their first run, or by name (protocol.md 4.9)."""

from __future__ import annotations

from collections.abc import Iterator

from wandb_testkit.ports import Clock
from wandb_testkit.server.rights import Access


class StoredProject:
    """One project; `number` is the id that clients may read as an int, `made_by` the name of who made it."""

    __slots__ = ("access", "created_at", "description", "entity", "made_by", "name", "number")

    def __init__(self, entity: str, name: str, number: int, created_at: float) -> None:
        self.entity = entity
        self.name = name
        self.number = number
        self.description: str | None = None
        self.access = Access.TEAM
        self.made_by = ""
        self.created_at = created_at


class Projects:
    """Every project of one server, by entity and name."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._projects: dict[tuple[str, str], StoredProject] = {}

    def __iter__(self) -> Iterator[StoredProject]:
        return iter(self._projects.values())

    def find(self, entity: str, name: str) -> StoredProject | None:
        """The project, or None where there is none."""
        return self._projects.get((entity, name))

    def imagined(self, entity: str, name: str) -> StoredProject:
        """A project that is not there, as it would be if it were made now."""
        return StoredProject(entity, name, 0, self._clock.time())

    def ensure(self, entity: str, name: str, made_by: str = "") -> StoredProject:
        """The project, made now by whom if there was none."""
        project = self._projects.get((entity, name))
        if project is None:
            number = len(self._projects) + 1
            project = self._projects[entity, name] = StoredProject(entity, name, number, self._clock.time())
            project.made_by = made_by
        return project
