"""Owns lists that are fetched page by page, when somebody reads that far."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Generic, TypeVar, overload

from wandb_testkit.dropin.public.asking import Asker

_Item = TypeVar("_Item")


class Paginator(Generic[_Item]):
    """A list that is fetched page by page; it is its own iterator, and starts anew with each `for`.

    Args:
        variables: Of the document.
        per_page: How many come with a page.

    Attributes:
        objects: What has come so far.
        last_response: The last answer of the server, None before the first.
    """

    document: str = ""
    where: tuple[str, ...] = ()
    """The fields that lead from the answer to the connection."""

    def __init__(self, asker: Asker, variables: Mapping[str, Any], per_page: int = 50) -> None:
        self._asker = asker
        self.variables: dict[str, Any] = dict(variables)
        self.per_page = per_page
        self.objects: list[_Item] = []
        self.index = -1
        self.last_response: dict[str, Any] | None = None

    def convert_objects(self) -> list[_Item]:
        """The objects of the last page."""
        return [self._convert(edge["node"]) for edge in self._connection()["edges"]]

    def _convert(self, node: Mapping[str, Any]) -> _Item:
        raise NotImplementedError

    @property
    def more(self) -> bool:
        """Whether there are more pages."""
        return self.last_response is None or bool(self._connection()["pageInfo"]["hasNextPage"])

    @property
    def cursor(self) -> str | None:
        """Where the next page begins."""
        edges = [] if self.last_response is None else self._connection()["edges"]
        return str(edges[-1]["cursor"]) if edges else None

    def update_variables(self) -> None:
        """Set the variables for the next page."""
        self.variables.update({"perPage": self.per_page, "cursor": self.cursor})

    def next(self) -> _Item:
        """The next one."""
        return self.__next__()

    def __iter__(self) -> Iterator[_Item]:
        self.index = -1
        return self

    def __next__(self) -> _Item:
        self.index += 1
        if self.index >= len(self.objects) and not (self._load_page() and self.index < len(self.objects)):
            raise StopIteration
        return self.objects[self.index]

    @overload
    def __getitem__(self, index: int) -> _Item: ...
    @overload
    def __getitem__(self, index: slice) -> list[_Item]: ...
    def __getitem__(self, index: int | slice) -> _Item | list[_Item]:
        stop = index.stop if isinstance(index, slice) else index
        while (stop is None or stop < 0 or stop >= len(self.objects)) and self._load_page():
            pass
        return self.objects[index]

    def _load_page(self) -> bool:
        if not self.more:
            return False
        self.update_variables()
        self.last_response = self._asker.ask(self.document, self.variables)
        self.objects.extend(self.convert_objects())
        return True

    def _connection(self) -> dict[str, Any]:
        value: Any = self.last_response
        for field in self.where:
            value = (value or {}).get(field)
        if value is None:
            raise ValueError(f"Could not find {self._what()}")
        return dict(value)

    def _what(self) -> str:
        return type(self).__name__


class SizedPaginator(Paginator[_Item]):
    """One of which the server tells how many there are."""

    total: Callable[[Any], Any] = staticmethod(lambda response: None)
    """Reads the number from an answer."""

    @property
    def _length(self) -> int | None:
        return None if self.last_response is None else int(self.total(self.last_response) or 0)

    def __len__(self) -> int:
        if self._length is None:
            self._load_page()
        return self._length or 0


class WithLength:
    """What lists of 0.10 have besides."""

    _length: int | None

    @property
    def length(self) -> int | None:
        """How many there are, None before anybody has asked."""
        return self._length
