"""Owns `wandb-testkit serve`: a server in a process of its own, run by uvicorn, and what it says to who started it."""

from __future__ import annotations

import errno
import ipaddress
import shlex
import signal
import socket
from contextlib import suppress
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Any

import click

from wandb_testkit.errors import StoreError
from wandb_testkit.observation import RunState
from wandb_testkit.report.figures import count
from wandb_testkit.server.accounts import DEFAULT_KEY
from wandb_testkit.server.asgi import asgi_app
from wandb_testkit.server.keys import MIN_KEY_LENGTH
from wandb_testkit.server.mounts.loopback import BACKLOG
from wandb_testkit.server.pages.site import Site, served

if TYPE_CHECKING:
    from uvicorn import Server

GRACE_S = 3
"""Requests that are under way when the server is stopped have this long to end."""


def run_server(host: str, port: int, store: Path | None, api_key: str | None) -> None:
    """Serve until Ctrl-C or SIGTERM.

    Raises:
        ClickException: uvicorn is missing, the port is taken, the host needs a key, or the store cannot be used.
    """
    _check_key(host, api_key)
    uvicorn = _uvicorn()
    listening = _listening(host, port)
    try:
        site = served(api_key, store)
    except StoreError as error:
        listening.close()
        raise click.ClickException(str(error)) from error
    config = uvicorn.Config(
        asgi_app(site, close=site.close),
        log_level="warning",
        access_log=False,
        server_header=False,
        lifespan="on",
        timeout_graceful_shutdown=GRACE_S,
        backlog=BACKLOG,
    )
    click.echo(_greeting(_url(host, listening.getsockname()[1]), store, api_key, site))
    signal.signal(signal.SIGTERM, _stop)
    server: Server = uvicorn.Server(config)
    with suppress(KeyboardInterrupt):
        server.run(sockets=[listening])
    listening.close()
    click.echo(_farewell(store, site))


def _stop(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _uvicorn() -> Any:
    try:
        import uvicorn
    except ImportError:
        raise click.ClickException("serve needs the extra: pip install 'wandb_testkit[serve]'") from None
    return uvicorn


def _check_key(host: str, api_key: str | None) -> None:
    if api_key is not None and len(api_key) < MIN_KEY_LENGTH:
        raise click.ClickException(
            f"the API key has {len(api_key)} characters; wandb clients accept {MIN_KEY_LENGTH} or more, "
            "such as: python -c 'import secrets; print(secrets.token_hex(20))'"
        )
    if api_key is not None and not (api_key.isascii() and api_key.isprintable()):
        raise click.ClickException("the API key should be of printable ASCII characters")
    if api_key is None and not _is_loopback(host):
        raise click.ClickException(
            f"--host {host} lets other machines in, and needs a key of yours: add --api-key KEY "
            f"({MIN_KEY_LENGTH} characters or more), or leave --host away"
        )


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _listening(host: str, port: int) -> socket.socket:
    """A socket that clients can connect to from now on."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # asyncio sends without delay only over sockets that name TCP; each answer would wait 40 ms for an acknowledgement.
    listening = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((host, port))
        listening.listen(BACKLOG)
    except OSError as error:
        listening.close()
        if error.errno == errno.EADDRINUSE:
            said = f"port {port} of {host} is taken by another program; stop that one, or choose another: --port 0"
        else:
            said = f"cannot listen on {host} port {port}: {error.strerror or error}"
        raise click.ClickException(said) from error
    return listening


def _url(host: str, port: int) -> str:
    if host in ("0.0.0.0", "::"):
        host = socket.gethostname()
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def _greeting(url: str, store: Path | None, api_key: str | None, site: Site) -> str:
    runs = _runs(site)
    kept = f"kept in {store}, {count(runs, 'run')} so far" if store else "in memory alone; --store FILE keeps it"
    whose = "this key alone is accepted" if api_key else "a well-known key of the kit; any other will do as well"
    return (
        f"A wandb server for tests, with its runs at {url}\n"
        f"State: {kept}. Key: {whose}.\n"
        f"To point a wandb client at it:\n\n"
        f"  export WANDB_BASE_URL={url}\n"
        f"  export WANDB_API_KEY={shlex.quote(api_key or DEFAULT_KEY)}\n\n"
        f"Stop it with Ctrl-C."
    )


def _farewell(store: Path | None, site: Site) -> str:
    runs = count(_runs(site), "run")
    if store:
        return f"Stopped. Kept in {store}: {runs}, with their files."
    return f"Stopped. Nothing was kept: {runs} in memory, and no --store FILE."


def _runs(site: Site) -> int:
    return sum(run.state is not RunState.DELETED for run in site.server.runs)
