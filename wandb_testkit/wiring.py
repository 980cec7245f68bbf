"""Owns how the records of a world travel: one line for each name that `fake(transport=...)` takes.

A line makes transports, lets what is under way arrive, and ends with its world. Third parties and processes are paid
for by those lines alone that need them.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple, Protocol

from wandb_testkit.errors import NotModelledError
from wandb_testkit.ports import Clock, Terminal, Transport
from wandb_testkit.records import Record, Refusal, Result
from wandb_testkit.sdk.history import MAX_BATCH_ROWS
from wandb_testkit.server.app import FakeServer
from wandb_testkit.server.local import LocalRun
from wandb_testkit.transport.memory import MemoryTransport
from wandb_testkit.transport.offline import LogTransport

if TYPE_CHECKING:
    from wandb_testkit.server.mounts.loopback import Loopback
    from wandb_testkit.server.mounts.responses import Mounted
    from wandb_testkit.transport.http import HttpTransport
    from wandb_testkit.transport.process import ProcessTransport, ServiceProcess


class Ends(NamedTuple):
    """What a world has for a line to join.

    Attributes:
        server: Its server, and `url()`, where it is reached over loopback HTTP.
        local: Makes what keeps an offline run.
        version: The wandb version that its clients speak like.
        clock: Its clock.
        unsent: Is told each record that was not accepted, and the Idempotency-Key of the request that ended it.
    """

    server: FakeServer
    url: Callable[[], str]
    local: Callable[[], LocalRun]
    version: str
    clock: Clock
    unsent: Callable[[Record, Refusal, str], None]


class Address:
    """Where the clients of a world reach its server; it is made when first asked for, and ends with the world.

    Args:
        server: Answers requests with its handle(), which a test may have replaced by the time somebody asks.
        elsewhere: The address of a server in another process, which clients are to speak to instead.
    """

    __slots__ = ("_elsewhere", "_loopback", "_server")

    def __init__(self, server: FakeServer, elsewhere: str | None = None) -> None:
        self._server = server
        self._elsewhere = elsewhere
        self._loopback: Loopback | None = None

    @property
    def url(self) -> str:
        """The one of the world's own server."""
        if self._loopback is None:
            from wandb_testkit.server.mounts.loopback import Loopback  # only who asks pays for http.server

            self._loopback = Loopback(self._server.handle)
        return self._loopback.url

    @property
    def known(self) -> str | None:
        """The same, None if nobody has asked for it."""
        return None if self._loopback is None else self._loopback.url

    def of_clients(self) -> str:
        """The one that clients in this process speak to."""
        return self._elsewhere or self.url

    def disown(self) -> None:
        """This process is a forked child now: the socket is its parent's."""
        self._loopback = None

    def close(self) -> None:
        """Answer nobody any more."""
        if self._loopback is not None:
            self._loopback.close()
            self._loopback = None


def must_be_near(server_url: str, transport: object) -> None:
    """Data of a test goes to a fake on this machine, and nowhere else.

    Raises:
        ValueError: The transport does not speak to a URL.
        NotModelledError: It is not the address of this machine.
    """
    from urllib.parse import urlsplit

    if transport not in ("loopback", "process"):
        raise ValueError(f"server_url={server_url!r} needs transport='loopback' or 'process', not {transport!r}")
    if urlsplit(server_url).hostname not in ("127.0.0.1", "localhost", "::1"):
        raise NotModelledError(f"server_url={server_url!r} is not on this machine; give the url of another fake")


def tell_unsent(server: FakeServer, terminal: Terminal, record: Record, refusal: Refusal, key: str) -> None:
    """A client's record was not accepted: whoever looks finds it, unless the server has told already."""
    known = server.repeats.find(key)
    if known is None or not known.is_told:
        on_purpose = known is not None and known.on_purpose
        server.observer.refused(record, Result(refusal=refusal._replace(on_purpose=on_purpose)))
    terminal.line(f"{type(record).__name__} was not accepted: {refusal.message}", level="error")


class Line(Protocol):
    """The way between the clients of a world and its server.

    Attributes:
        batch_rows: How many rows of history a run holds back, while no fault is armed.
        is_armed: Whether faults are armed.
    """

    batch_rows: int
    is_armed: bool

    def connect(self, api_key: str | None) -> Transport:
        """A transport for the account of a key (None: no credentials)."""

    def connect_offline(self) -> Transport:
        """The way of an offline run's records to what keeps them; its directory is the world's matter."""

    def settle(self) -> None:
        """Let everything that was published arrive."""

    def close(self) -> None:
        """End, with all that is open."""


LineOf = Callable[[Ends], Line]


class MemoryLine:
    """Calls the server directly: what is published has arrived."""

    __slots__ = ("_ends", "is_armed")

    batch_rows = MAX_BATCH_ROWS

    def __init__(self, ends: Ends) -> None:
        self._ends = ends
        self.is_armed = False

    def connect(self, api_key: str | None) -> Transport:
        """A transport for the account of a key."""
        return MemoryTransport(self._ends.server, api_key, version=self._ends.version)

    def connect_offline(self) -> Transport:
        """The transport of an offline run: no server sees it (MODE-3)."""
        return MemoryTransport(self._ends.local())

    def settle(self) -> None:
        """Nothing is under way."""

    def close(self) -> None:
        """Nothing is open."""


class LogLine(MemoryLine):
    """Through a transaction log: what is published is written, read back, and has then arrived."""

    __slots__ = ()

    def connect(self, api_key: str | None) -> Transport:
        """A transport for the account of a key."""
        return LogTransport(self._ends.server, api_key, version=self._ends.version)

    def connect_offline(self) -> Transport:
        """The transport of an offline run: no server sees it (MODE-3)."""
        return LogTransport(self._ends.local())


class LoopbackLine(MemoryLine):
    """HTTP over real sockets to the world's own URL; offline runs stay in memory.

    Each record is sent when it is published and waited for: the history crosses in batches, and what crosses has
    arrived. The clients of one key share a connection.
    """

    __slots__ = ("_transports",)

    def __init__(self, ends: Ends) -> None:
        super().__init__(ends)
        self._transports: dict[str | None, HttpTransport] = {}

    def connect(self, api_key: str | None) -> Transport:
        """A transport for the account of a key."""
        if api_key not in self._transports:
            from wandb_testkit.transport.dialects import DIALECTS
            from wandb_testkit.transport.http import HttpTransport
            from wandb_testkit.transport.patience import PROMPT

            ends = self._ends
            self._transports[api_key] = HttpTransport(
                self._url(),
                api_key,
                dialect=DIALECTS[ends.version],
                patience=PROMPT,
                clock=ends.clock,
                unsent=ends.unsent,
            )
        return self._transports[api_key]

    def close(self) -> None:
        """Cut the connections."""
        for transport in self._transports.values():
            transport.close()
        self._transports.clear()

    def _url(self) -> str:
        return self._ends.url()


class ResponsesLine(LoopbackLine):
    """HTTP without a socket: `responses` hands each request to the server (extra: responses)."""

    __slots__ = ("_mounted",)

    _numbers = itertools.count(1)

    def __init__(self, ends: Ends) -> None:
        super().__init__(ends)
        self._mounted: Mounted | None = None

    def close(self) -> None:
        """Stop answering."""
        super().close()
        if self._mounted is not None:
            self._mounted.close()
            self._mounted = None

    def _url(self) -> str:
        if self._mounted is None:
            from wandb_testkit.server.mounts.responses import Mounted

            name = f"http://world-{next(self._numbers)}.wandb-testkit.invalid"  # RFC 6761: it is nobody's
            self._mounted = Mounted(self._ends.server.handle, name)
        return self._mounted.url


class ProcessLine(MemoryLine):
    """A child process that talks to the world's URL over HTTP (INIT-3); offline runs stay in memory.

    It is started by the first init() that needs it. Rows are handed over one by one, so that those of a program that is
    killed are delivered; the service sends what has come together in batches.

    Args:
        service: A process that is there already, and stays; None: one of the world's own.
    """

    __slots__ = ("_connections", "_is_ours", "_service")

    batch_rows = 1

    def __init__(self, ends: Ends, service: ServiceProcess | None = None) -> None:
        super().__init__(ends)
        self._service = service
        self._is_ours = service is None
        self._connections: dict[str | None, ProcessTransport] = {}

    @property
    def service(self) -> ServiceProcess | None:
        """The process, None before anybody needs it."""
        return self._service

    def connect(self, api_key: str | None) -> Transport:
        """A transport for the account of a key."""
        if api_key not in self._connections:
            from wandb_testkit.transport.patience import PROMPT
            from wandb_testkit.transport.process import ProcessTransport, ServiceProcess

            if self._service is None:
                self._service = ServiceProcess()
            ends = self._ends
            number = self._service.connect(ends.url(), api_key, ends.version, PROMPT, ends.unsent)
            self._connections[api_key] = ProcessTransport(self._service, number, ends.unsent, lambda: self.is_armed)
        return self._connections[api_key]

    def settle(self) -> None:
        """Wait until what was handed over is delivered."""
        for transport in self._connections.values():
            transport.settle()

    def close(self) -> None:
        """Deliver the rest, and see the process end."""
        for transport in self._connections.values():
            transport.close()
        self._connections.clear()
        if self._is_ours and self._service is not None:
            self._service.close()
            self._service = None


LINES: dict[str, LineOf] = {
    "memory": MemoryLine,
    "responses": ResponsesLine,
    "loopback": LoopbackLine,
    "process": ProcessLine,
    "offline": LogLine,
}
"""What `fake(transport=...)` takes, and the line that it names."""
