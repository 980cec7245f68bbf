"""Owns how a server is asked over HTTP: documents and their answers, streams, files up and down.

What is asked, and what the answers mean, is said in http.py and artifacts.py.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any
from urllib.parse import quote

from wandb_testkit.records import DONE, Account, Refusal, Result, RunPath
from wandb_testkit.transport import documents, uploads
from wandb_testkit.transport.connection import Answer, Connection, NotAccepted
from wandb_testkit.transport.dialects import Dialect
from wandb_testkit.transport.documents import Document
from wandb_testkit.wire.http import RECORD_HEADER, WireError, as_object, decode_json

JSON = {"Content-Type": "application/json"}


class Asking:
    """One server, as a generation of clients asks it.

    Args:
        connection: To the server, with the key of an account.
        dialect: The generation.
        api_key: The key; None: no credentials.
    """

    def __init__(self, connection: Connection, dialect: Dialect, api_key: str | None) -> None:
        self._connection = connection
        self._api_key = api_key
        self._dialect = dialect
        self._features: frozenset[str] | None = None

    def ask(
        self,
        document: Document,
        variables: Mapping[str, Any],
        reading: Callable[[Mapping[str, Any]], Any],
        what: str = "",
    ) -> Any:
        """What `reading` finds in the answer to a document; `what` as in send()."""
        return self.read(self.send(document, variables, what=what), reading)

    def send(
        self, document: Document, variables: Mapping[str, Any], *, kind: str = "graphql", what: str = ""
    ) -> Answer:
        """Send a document, and wait for the answer; one that tells of errors is a refusal.

        Args:
            kind: Which patience it is sent with (Dialect.retried).
            what: The record that it says, or that it does not begin or end it (GOES_ON, ENDS), for servers of ours.
        """
        body = {"query": document.text, "variables": variables}
        if self._dialect.names_operations:
            body["operationName"] = document.operation
        headers = {**JSON, RECORD_HEADER: what} if what else JSON
        answer = self._connection.send(
            "POST",
            f"{self._connection.url}/graphql",
            json.dumps(body).encode(),
            headers=headers,
            retried=self._dialect.retried[kind],
        )
        errors = self._body(answer).get("errors")
        if errors:  # with status 200 they are not tried again: they fail (protocol.md trap 10)
            told = "; ".join(str(one.get("message", one)) if isinstance(one, dict) else str(one) for one in errors)
            raise NotAccepted(Refusal(200, told), answer.key)
        return answer

    def read(self, answer: Answer, reading: Callable[[Mapping[str, Any]], Any]) -> Any:
        """What `reading` finds in the data of an answer.

        Raises:
            NotAccepted: 502: the answer does not have the shape of protocol.md 3.2.
        """
        try:
            return reading(as_object(self._body(answer).get("data"), "data"))
        except (LookupError, TypeError, ValueError, AttributeError, WireError) as error:
            raise self._unreadable(answer, error) from None

    def stream(self, path: RunPath, body: Mapping[str, Any]) -> Result:
        """Send a piece of the streams of a run."""
        where = "/".join(quote(part, safe="") for part in path)
        self._connection.send(
            "POST",
            f"{self._connection.url}/files/{where}/file_stream",
            json.dumps(body).encode(),
            headers=JSON,
            retried=self._dialect.retried["file_stream"],
        )
        return DONE

    def put(self, url: str, content: bytes, headers: Sequence[str]) -> None:
        """Upload a file."""
        given = dict(header.split(":", 1) for header in headers)
        retried = self._dialect.retried["upload"]
        self._connection.send(
            "PUT", url, content, headers=given, retried=retried, retries=uploads.RETRIES, has_credentials=False
        )

    def get(self, url: str) -> bytes:
        """Download a file."""
        retried = self._dialect.retried["upload"]
        return self._connection.send("GET", url, b"", headers={}, retried=retried, has_credentials=False).body

    # ------------------------------------------------------------------ what the server says of itself and of the key

    def account(self) -> Account:
        """The account of the key.

        Raises:
            NotAccepted: 401: the server knows none.
        """
        answer = self.send(self._dialect.viewer, {})
        viewer = self.read(answer, lambda data: data["viewer"])
        if viewer is None:
            raise NotAccepted(Refusal(401, "the server does not know whose key this is"), answer.key)
        teams = self.read(answer, lambda data: tuple(edge["node"]["name"] for edge in viewer["teams"]["edges"]))
        return Account(viewer["entity"], self._api_key or "", teams=teams)

    def own_entity(self) -> str:
        """The entity of the key."""
        return self.account().entity

    def features(self) -> frozenset[str]:
        """The features of the server, asked once; a server that refuses the question has none (protocol.md 1.4)."""
        if self._features is None:
            self._features = frozenset()
            if self._dialect.asks_features:
                try:
                    listed = self.ask(documents.FEATURES, {}, lambda data: data["serverInfo"]["features"] or [])
                except NotAccepted:
                    listed = []
                self._features = frozenset(one["name"] for one in listed if one["isEnabled"])
        return self._features

    # ------------------------------------------------------------------ inside

    def _body(self, answer: Answer) -> dict[str, Any]:
        try:
            return as_object(decode_json(answer.body, "the answer"), "the answer")
        except WireError as error:
            raise self._unreadable(answer, error) from None

    def _unreadable(self, answer: Answer, error: Exception) -> NotAccepted:
        told = f"the answer of {self._connection.url} cannot be read: {type(error).__name__}: {error}"
        return NotAccepted(Refusal(502, told), answer.key)
