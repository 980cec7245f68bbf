"""What can be seen of artifacts afterwards: each version as a plain, frozen value, and those of a run by name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import field
from typing import Any

from wandb_testkit.frozen import dataclass


@dataclass(frozen=True)
class ArtifactView:
    """One version of an artifact, as the server has it.

    Attributes:
        name: Of its collection: "model" of "model:v0".
        version: "v0", "v1" ...
        type: Such as "model" or "dataset".
        aliases: In order of their names; the version is none of them.
        description, metadata: What the user gave with it, or edited since.
        digest: Of the manifest: 32 characters of hex.
        size: Bytes of all files, and of references as far as their size is known.
        files: Path -> content.
        references: Path -> the URI that stands for the content; nothing is fetched.
        tags: In order of their names.
        logged, used: What the run that it is seen from did with it.
    """

    name: str
    version: str
    type: str
    aliases: tuple[str, ...]
    description: str | None
    metadata: dict[str, Any]
    digest: str
    size: int
    files: dict[str, bytes] = field(repr=False)
    references: dict[str, str]
    tags: tuple[str, ...] = ()
    logged: bool = False
    used: bool = False


class Artifacts(Mapping[str, ArtifactView]):
    """The artifacts of one run, by name.

    A key is the name of a collection, with "entity/project/" before it where that is not the run's own project. Of a
    name of which the run has several versions, it finds the one touched last; `["model:v0"]` and `["model:best"]` find
    the one with that version or alias, and `versions("model")` all.
    """

    __slots__ = ("_by_name",)

    def __init__(self, by_name: Mapping[str, Sequence[ArtifactView]]) -> None:
        self._by_name = by_name

    def __getitem__(self, key: str) -> ArtifactView:
        __tracebackhide__ = True  # a failing test is to end at the line that asked
        name, _, which = key.partition(":")
        found = [view for view in self._by_name.get(name, ()) if not which or which in (view.version, *view.aliases)]
        if not found:
            raise KeyError(f"artifact {key!r}: the run has {self._known()}")
        return found[-1]

    def __iter__(self) -> Iterator[str]:
        return iter(self._by_name)

    def __len__(self) -> int:
        return len(self._by_name)

    def __eq__(self, other: object) -> bool:
        """Equal to other artifacts with the same versions; to a plain mapping of those that `[name]` finds."""
        if isinstance(other, Artifacts):
            mine, theirs = ({name: list(views) for name, views in one._by_name.items()} for one in (self, other))
            return mine == theirs
        return super().__eq__(other)

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return repr({name: list(views) for name, views in self._by_name.items()})

    def versions(self, name: str) -> list[ArtifactView]:
        """Every version of one name that the run logged or used, in order; none if it has no such artifact."""
        return list(self._by_name.get(name, ()))

    def _known(self) -> str:
        known = [f"{name}:{view.version}" for name, views in self._by_name.items() for view in views]
        return ", ".join(map(repr, known)) or "none"


NO_ARTIFACTS = Artifacts({})
"""Of a run that neither logged nor used one."""
