"""Owns the way of a real client's requests to a server that is not ours, and what is seen of them on that way.

Each request is handed on as it came, by whoever stands between; so it can be told what was asked, how many rows have
arrived, and the network can be cut. What the server keeps is asked of the server itself.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

import requests
from urllib3.exceptions import HTTPError

from wandb_testkit import actions
from wandb_testkit.observation import InitSeen, RunView
from wandb_testkit.ports import Transport
from wandb_testkit.targets.client_signs import asked_by
from wandb_testkit.targets.own_projects import OwnProjects
from wandb_testkit.targets.server_side import Asked
from wandb_testkit.transport.connection import LOOPBACK
from wandb_testkit.wire.filestream import HISTORY
from wandb_testkit.wire.http import Request, Response, WireError, json_object

ANSWER_TIMEOUT_S = 60.0
"""How long the server may take for one answer; the clients' own patience ends before that (protocol.md 6.3)."""

OF_THIS_HOP = frozenset(
    {
        *("connection", "keep-alive", "proxy-authenticate", "proxy-authorization", "te", "trailer"),
        *("transfer-encoding", "upgrade", "host", "content-length"),
    }
)
"""Headers that are about one connection alone (RFC 9110, 7.6.1), or that are written anew."""

BEGINS = ("host", "program")
"""What a client tells with the upsert of an init(), and with no later one (protocol.md 3.3)."""

MAX_BODY_BYTES = 2**28


class ForeignServer:
    """The server behind a URL, as one script meets it.

    Args:
        url: Scheme, host and port, as WANDB_BASE_URL.
        api_key: Of the account that scripts log in with; `entity` is what it is called.
        transport: Asks the server what it kept; is closed with this.
    """

    def __init__(self, url: str, api_key: str, entity: str, transport: Transport) -> None:
        self.api_key = api_key
        self._url = url.rstrip("/")
        self._transport = transport
        self._projects = OwnProjects(transport, entity)
        self._rows: dict[str, int] = {}
        self._session = requests.Session()
        self._session.headers.clear()
        self._session.trust_env = urlsplit(url).hostname not in LOOPBACK

    def answer(self, request: Request) -> tuple[Response, list[Asked]]:
        """Hand it on, and tell what it asked by its document."""
        response = self._handed_on(request)
        asked = list(_asked(request))
        if response.status == 200:
            for kind, _, run_id in asked:
                if kind == "run":
                    self._rows.setdefault(run_id, 0)
            if request.path.endswith("/file_stream"):
                self._note_rows(request)
        return response, asked

    def _handed_on(self, request: Request) -> Response:
        query = f"?{request.query}" if request.query else ""
        try:
            with self._session.request(
                request.method,
                f"{self._url}{request.path}{query}",
                data=request.body,
                headers={name: value for name, value in request.headers.items() if name not in OF_THIS_HOP},
                auth=lambda prepared: prepared,  # what the client sent, and nothing from a netrc of this machine
                timeout=ANSWER_TIMEOUT_S,
                allow_redirects=False,
                stream=True,
            ) as came:
                headers = {name: value for name, value in came.headers.items() if name.lower() not in OF_THIS_HOP}
                return Response(came.status_code, came.raw.read(decode_content=False), headers)
        except (requests.RequestException, HTTPError, OSError):
            return Response(0)  # the client sees the connection end, as it would without somebody between

    def _note_rows(self, request: Request) -> None:
        try:
            lines = json_object(request, MAX_BODY_BYTES)["files"][HISTORY]
            run_id = request.path.split("/")[-2]
            self._rows[run_id] = self._rows.get(run_id, 0) + len(lines["content"])
        except (WireError, KeyError, TypeError, IndexError):
            return  # of another stream

    def rows(self) -> Mapping[str, int]:
        """How many rows of each run that was started the server has accepted."""
        return dict(self._rows)

    def placed(self, action: actions.Action, environ: Mapping[str, str]) -> actions.Action:
        """The action in a project of the script."""
        return self._projects.placed(action, environ)

    def told(self, run: RunView) -> RunView:
        """With the project as the script calls it."""
        return self._projects.plain(run)

    def delete_run(self, run_id: str) -> None:
        """Delete the run of that id."""
        self._projects.delete(run_id)

    def log_in(self, user: str, api_key: str) -> None:
        """No script that logs in is played here (server.NOT_ASKED)."""
        raise ValueError("a server that is not ours gives the suite no second account")

    def revoke(self, api_keys: Sequence[str]) -> None:
        """No script whose key is revoked is played here (server.NOT_ASKED)."""
        raise ValueError("a server that is not ours does not revoke the key that it was given")

    def reinstate(self, api_keys: Sequence[str]) -> None:
        """Nothing was revoked."""

    def runs(self, inits: Sequence[InitSeen]) -> list[RunView]:
        """As the server tells them."""
        return list(self._projects.runs(inits))

    def close(self) -> None:
        """Cut what is kept open."""
        self._session.close()
        self._transport.close()


def _asked(request: Request) -> Iterator[Asked]:
    """What a request asked; an upsert that tells nothing of the program is no question of an init()."""
    for kind, entity, run_id in asked_by(request):
        is_edit = kind == "run" and not any(_variables(request).get(name) for name in BEGINS)
        yield "edit" if is_edit else kind, entity, run_id


def _variables(request: Request) -> Mapping[str, Any]:
    told: Mapping[str, Any] = json.loads(request.body).get("variables") or {}
    return told
