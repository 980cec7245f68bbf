"""Owns how the public API asks: on whose behalf, where, and what becomes of a refusal."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from wandb_testkit.errors import CommError, Error, NotModelledError, UsageError
from wandb_testkit.records import FileRequest, FilesRecord, GraphQLRequest, Record, Result, RunPath
from wandb_testkit.sdk.credentials import find_key

if TYPE_CHECKING:
    from wandb_testkit.sdk.session import Session

_Method = TypeVar("_Method", bound=Callable[..., Any])


class Asker:
    """One key, and the server that it is for.

    Args:
        session: The process that asks.
        api_key: None means the one that the process would use.
    Raises:
        UsageError: There is no key.
    """

    def __init__(self, session: Session, api_key: str | None = None) -> None:
        self.session = session
        key = api_key or find_key(session)
        if key is None:
            raise UsageError("No API key configured. Use `wandb login` to log in.")
        self.api_key = key

    @property
    def app_url(self) -> str:
        """Where the pages are, with a slash at its end."""
        return f"{self.session.app_url()}/"

    def ask(self, document: str, variables: Mapping[str, Any]) -> dict[str, Any]:
        """What the server says to a document.

        Raises:
            CommError: It refuses, or cannot be reached.
        """
        result = self._deliver(GraphQLRequest(document, dict(variables)))
        return dict(result.data or {})

    def file(self, path: RunPath, name: str) -> bytes | None:
        """The content of a file of a run, None where there is none."""
        return self._deliver(FileRequest(path, name)).file

    def upload(self, path: RunPath, name: str, content: bytes) -> None:
        """Put a file to a run."""
        self._deliver(FilesRecord(path, {name: content}))

    def tell(self, record: Record) -> Result:
        """Send any other record.

        Raises:
            CommError: The server refuses it, or cannot be reached.
        """
        return self._deliver(record)

    def _deliver(self, record: Record) -> Result:
        result = self.session.connect(self.api_key).deliver(record)
        if result.refusal is not None:
            raise CommError(result.refusal.message)
        return result


def normalized(method: _Method) -> _Method:
    """What a method of the public API raises is a CommError, as in wandb; its own errors, and the kit's, stay."""

    @functools.wraps(method)
    def asking(*args: Any, **kwargs: Any) -> Any:
        try:
            return method(*args, **kwargs)
        except (Error, NotModelledError):
            raise
        except Exception as error:
            raise CommError(str(error)) from error

    return cast(_Method, asking)
