"""Owns which connections tests may make: none to W&B's hosts, and where a suite says so none that leave the machine.

A refusal is raised where the connection is made, and names the address and the call. Names are looked at before they
are looked up, so that nothing has left the machine by then. A proxy is told where a request is to go, so what is sent
is looked at as well; one that is spoken to in TLS is not seen through.
"""

from __future__ import annotations

import ipaddress
import os
import re
import socket
import sys
import sysconfig
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from wandb_testkit.errors import NetworkRefusedError

RULES = ("wandb", "none", "all")
"""What the ini option wandb_network may be: what is refused is W&B's hosts, everything outside, nothing."""

WANDB_HOSTS = ("wandb.ai", "wandb.com", "wandb.me")

GUARDED = ("connect", "connect_ex", "sendto")
"""Methods of a socket that name an address."""

SENDING = ("send", "sendall", "sendmsg")
"""Methods of a socket that may name one to a proxy."""

FOR_A_PROXY = re.compile(
    rb"(?:CONNECT |[A-Z]{3,7} https?://(?:[^/@ ]*@)?)(\[[^] ]+\]|[^/:? \r]+)(?::(\d+))?[^ ]* HTTP/1"
)
"""How a request begins that a proxy is to pass on: where it goes is in its first line (RFC 9112, 3.2)."""

INTERNET = (socket.AF_INET, socket.AF_INET6)

FIRST_BYTES = 2048
"""In which the host is, whatever follows it."""


class NetworkGuard:
    """Refuses connections while it is in place; several may be, and each is lifted by itself.

    Args:
        rule: One of RULES.
        tell: Hears of each refusal, in words.

    Attributes:
        refused: What was refused since the list was last emptied, in words.
    """

    def __init__(self, rule: str, tell: Callable[[str], None] = lambda message: None) -> None:
        self._rule = rule
        self._tell = tell
        self._hosts = {*WANDB_HOSTS, *_own_server(os.environ.get("WANDB_BASE_URL"))}
        self._socket: type = next(kind for kind in socket.socket.__mro__ if kind.__module__ == "socket")
        self._before: dict[str, Any] = {}
        self._placed: dict[str, Any] = {}
        self.refused: list[str] = []

    def place(self) -> None:
        """Come into force, also if another plugin has put the socket's own methods back meanwhile."""
        if self._rule == "all":
            return
        for name in (*GUARDED, *SENDING):
            if hasattr(self._socket, name) and vars(self._socket).get(name) is not self._placed.get(name, self):
                self._before[name] = vars(self._socket).get(name)
                guarded = self._guarded if name in GUARDED else self._guarded_sending
                self._placed[name] = guarded(name, getattr(self._socket, name))
                setattr(self._socket, name, self._placed[name])
        if socket.getaddrinfo is not self._placed.get("getaddrinfo"):
            self._before["getaddrinfo"] = socket.getaddrinfo
            self._placed["getaddrinfo"] = self._guarded_lookup(socket.getaddrinfo)
            socket.getaddrinfo = self._placed["getaddrinfo"]

    def lift(self) -> None:
        """Put everything back that is still ours."""
        for name in (*GUARDED, *SENDING):
            if name in self._placed and vars(self._socket).get(name) is self._placed[name]:
                if self._before[name] is None:
                    delattr(self._socket, name)
                else:
                    setattr(self._socket, name, self._before[name])
        if socket.getaddrinfo is self._placed.get("getaddrinfo"):
            socket.getaddrinfo = self._before["getaddrinfo"]
        self._placed.clear()

    def _guarded(self, name: str, method: Callable[..., Any]) -> Callable[..., Any]:
        def guarded(sock: socket.socket, *args: Any) -> Any:
            address = args[-1] if args else None
            if isinstance(address, tuple) and len(address) >= 2 and isinstance(address[0], str):
                self._check(address[0], address[1], name)
            return method(sock, *args)

        return guarded

    def _guarded_sending(self, name: str, method: Callable[..., Any]) -> Callable[..., Any]:
        def guarded(sock: socket.socket, data: Any, *args: Any) -> Any:
            if (asked := _asked_of_a_proxy(data)) and sock.family in INTERNET:
                self._check(*asked, name, through=sock)
            return method(sock, data, *args)

        return guarded

    def _guarded_lookup(self, function: Callable[..., Any]) -> Callable[..., Any]:
        def getaddrinfo(host: Any, port: Any, *args: Any, **kwargs: Any) -> Any:
            name = host.decode("ascii", "replace") if isinstance(host, bytes) else host
            if isinstance(name, str):
                self._check(name, port, "getaddrinfo")
            return function(host, port, *args, **kwargs)

        return getaddrinfo

    def _check(self, host: str, port: object, call: str, *, through: socket.socket | None = None) -> None:
        if self._is_allowed(host.lower().rstrip(".")):
            return
        what = f"{host}:{port}" if port is not None else host
        if through is not None:
            proxy, proxy_port, *_ = through.getpeername()
            what += f" through the proxy at {proxy}:{proxy_port}"
        if self._rule == "none":
            why = "wandb_network = none lets nothing leave this machine"
        else:
            why = "under wandb_testkit nothing is sent to Weights & Biases"
        message = f"the connection to {what} was refused ({why}): {call}() was called by {_caller()}"
        self.refused.append(message)
        self._tell(message)
        raise NetworkRefusedError(message)

    def _is_allowed(self, host: str) -> bool:
        if self._rule == "none":
            return _is_here(host)
        return not any(host == known or host.endswith(f".{known}") for known in self._hosts)


def _asked_of_a_proxy(data: Any) -> tuple[str, str | None] | None:
    """Host and port that a proxy is asked for, None if nothing is."""
    if isinstance(data, (list, tuple)):  # sendmsg() takes several pieces
        data = data[0] if data else b""
    try:
        first = bytes(memoryview(data)[:FIRST_BYTES])
    except TypeError:
        return None  # the socket itself says what is wrong
    found = FOR_A_PROXY.match(first)
    if found is None:
        return None
    host, port = found.groups()
    return host.decode("ascii", "replace").strip("[]"), None if port is None else port.decode()


def _own_server(base_url: str | None) -> set[str]:
    """The host of a server that the suite's own environment names, unless it is on this machine."""
    host = urlsplit(base_url or "").hostname
    return {host} if host and not _is_here(host) else set()


def _is_here(host: str) -> bool:
    if host in ("", "localhost", "0.0.0.0", "::", socket.gethostname().lower()) or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host.partition("%")[0]).is_loopback
    except ValueError:
        return False  # a name, which would have to be looked up


def _caller() -> str:
    """The innermost line that is neither Python's nor a library's: what somebody has to look at."""
    libraries = tuple(sysconfig.get_paths()[name] for name in ("stdlib", "platstdlib", "purelib", "platlib"))
    stack = traceback.extract_stack(sys._getframe(3))
    own = [frame for frame in stack if not frame.filename.startswith((*libraries, "<", str(Path(__file__).parent)))]
    frame = (own or list(stack))[-1]
    return f"{frame.name}() at {frame.filename}:{frame.lineno}: {frame.line}"
