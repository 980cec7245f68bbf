"""Owns the projects: they come into being with their first run, or by name (protocol.md 4.9)."""

from __future__ import annotations

from collections.abc import Iterator

from wandb_testkit.ports import Clock


class StoredProject:
    """One project; `number` is the id that clients may read as an int."""

    __slots__ = ("created_at", "description", "entity", "name", "number")

    def __init__(self, entity: str, name: str, number: int, created_at: float) -> None:
        self.entity = entity
        self.name = name
        self.number = number
        self.description: str | None = None
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

    def ensure(self, entity: str, name: str) -> StoredProject:
        """The project, made now if there was none."""
        project = self._projects.get((entity, name))
        if project is None:
            project = self._projects[entity, name] = StoredProject(
                entity, name, len(self._projects) + 1, self._clock.time()
            )
        return project
