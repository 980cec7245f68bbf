"""Owns `wandb-testkit knobs`: what is set on a server that runs in another process, and how it is set from a shell."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from typing import Any
from urllib.parse import urlsplit

import click

from wandb_testkit.faults import FAILURES

TIMEOUT_S = 30.0


class Door:
    """The way to a served server."""

    def __init__(self, url: str, api_key: str | None) -> None:
        self._url = url.rstrip("/")
        self._api_key = api_key
        is_here = urlsplit(self._url).hostname in ("127.0.0.1", "localhost", "::1")
        # A proxy of the environment leads away from this machine.
        self._open = urllib.request.build_opener(*([urllib.request.ProxyHandler({})] if is_here else [])).open

    def ask(self, method: str, path: str, given: dict[str, Any] | None = None) -> dict[str, Any]:
        """Have something done.

        Raises:
            ClickException: The server cannot be reached, or refuses; with its reason.
        """
        headers = {} if given is None else {"Content-Type": "application/json"}
        if self._api_key:
            headers["Authorization"] = f"Bearer {self._api_key}"
        body = None if given is None else json.dumps(given).encode()
        try:
            request = urllib.request.Request(f"{self._url}/-/{path}", body, headers, method=method)
            with self._open(request, timeout=TIMEOUT_S) as answer:
                told: dict[str, Any] = json.load(answer)
                return told
        except urllib.error.HTTPError as error:
            raise click.ClickException(_reason(error)) from error
        except (OSError, ValueError) as error:
            why = getattr(error, "reason", error)
            raise click.ClickException(
                f"no server of wandb-testkit serve answers at {self._url}: {why}. Start one, or name it with --url"
            ) from error


@click.group(invoke_without_command=True)
@click.option(
    "--url",
    envvar="WANDB_BASE_URL",
    default="http://127.0.0.1:8080",
    show_default=True,
    show_envvar=True,
    help="The server, as `serve` prints it.",
)
@click.option(
    "--api-key", metavar="KEY", envvar="WANDB_TESTKIT_API_KEY", help="The key that the server was started with, if any."
)
@click.pass_context
def knobs(context: click.Context, url: str, api_key: str | None) -> None:
    """Make a running server fail, limit it, and see what is set.

    It says to a `wandb-testkit serve` of another process what a test says to fake.server: the training script goes on
    logging meanwhile. With --store all of it is kept, and a fault counts on where it was.

    \b
    Example:
      wandb-testkit knobs fail upload --nth 3 --reply 503
      wandb-testkit knobs
      wandb-testkit knobs heal
    """
    context.obj = Door(url, api_key)
    if context.invoked_subcommand is None:
        _show(context.obj.ask("GET", "knobs"))


@knobs.command()
@click.argument("on", default="any")
@click.option("--nth", metavar="N", type=int, help="The how many-th from now on, from 1; without it every one.")
@click.option("--file", metavar="NAME", help='Which files it is about, such as "*.ckpt".')
@click.option("--reply", metavar="STATUS", type=int, default=500, show_default=True, help="0: no connection.")
@click.option("--how", type=click.Choice([*FAILURES]), default="refuse", show_default=True)
@click.option("--message", metavar="TEXT", default="", help="What the client is told.")
@click.option("--retry-after", metavar="S", type=int, help="Seconds that the client is asked to wait.")
@click.option("--limit-s", metavar="S", type=float, default=30.0, show_default=True, help="How long a slow one waits.")
@click.pass_obj
def fail(
    door: Door,
    on: str,
    nth: int | None,
    file: str | None,
    reply: int,
    how: str,
    message: str,
    retry_after: int | None,
    limit_s: float,
) -> None:
    """Have requests or records fail from now on; ON is a kind of them.

    Requests over HTTP: graphql, file_stream, upload, download. Records in them: history, summary, files, exit ... A
    word that is none is answered with the list. Without ON it is any request.

    \b
    Example:
      wandb-testkit knobs fail file_stream --nth 2 --reply 429 --retry-after 1
      wandb-testkit knobs fail upload --file "*.ckpt" --how slow --limit-s 5
    """
    given = {"on": on, "nth": nth, "file": file, "reply": reply, "how": how, "message": message}
    told = door.ask("POST", "faults", {**given, "retry_after": retry_after, "limit_s": limit_s})
    click.echo(f"Fault {told['number']} is armed; `wandb-testkit knobs heal {told['number']}` takes it back.")


@knobs.command()
@click.argument("number", required=False, type=int)
@click.pass_obj
def heal(door: Door, number: int | None) -> None:
    """Take back the fault with a number, or all faults.

    \b
    Example:
      wandb-testkit knobs heal
    """
    _show(door.ask("DELETE", "faults" if number is None else f"faults/{number}"))


@knobs.command()
@click.option("--requests", metavar="N", type=int, help="As many in --per-s seconds, then 429 with Retry-After.")
@click.option("--per-s", metavar="S", type=float, default=60.0, show_default=True)
@click.option("--body-bytes", metavar="N", type=int, help="Of one request, then 413.")
@click.option("--storage-bytes", metavar="N", type=int, help="Of the files of an entity, then 403.")
@click.pass_obj
def limits(door: Door, requests: int | None, per_s: float, body_bytes: int | None, storage_bytes: int | None) -> None:
    """Limit what the server takes from now on; without options it takes everything again.

    \b
    Example:
      wandb-testkit knobs limits --requests 10 --per-s 60
    """
    given = {"requests": requests, "per_s": per_s, "body_bytes": body_bytes, "storage_bytes": storage_bytes}
    _show(door.ask("PATCH", "knobs", {"limits": given}))


@knobs.command()
@click.argument("names", metavar="all|none|NAME...", nargs=-1, required=True)
@click.pass_obj
def features(door: Door, names: tuple[str, ...]) -> None:
    """Say which server features clients are told are on.

    \b
    Example:
      wandb-testkit knobs features none
      wandb-testkit knobs features FILESTREAM_GZIP ARTIFACT_TAGS
    """
    wanted: str | list[str] = names[0] if names in (("all",), ("none",)) else list(names)
    _show(door.ask("PATCH", "knobs", {"features": wanted}))


@knobs.command("message")
@click.argument("text", required=False)
@click.option("--level", type=click.Choice(["info", "warning", "error"]), default="info", show_default=True)
@click.pass_obj
def message(door: Door, text: str | None, level: str) -> None:
    """Have clients of 0.13 to 0.17 show one more line at the end of a run; without a text all are taken back.

    \b
    Example:
      wandb-testkit knobs message "the disk is nearly full" --level warning
    """
    messages = [] if text is None else [*door.ask("GET", "knobs")["messages"], [text, level]]
    _show(door.ask("PATCH", "knobs", {"messages": messages}))


@knobs.command("history-length")
@click.argument("reported", type=click.Choice(["told", "not-told"]))
@click.pass_obj
def history_length(door: Door, reported: str) -> None:
    """Say whether clients are told how much history a run has that they start again: then they append to it.

    \b
    Example:
      wandb-testkit knobs history-length not-told
    """
    _show(door.ask("PATCH", "knobs", {"reports_history_length": reported == "told"}))


@knobs.command("add-user")
@click.argument("name")
@click.option("--team", "teams", metavar="TEAM", multiple=True, help="To be a member of; made if it is not there.")
@click.pass_obj
def add_user(door: Door, name: str, teams: tuple[str, ...]) -> None:
    """Register one more user, and print the key; from then on pages show to each key what its account may see.

    \b
    Example:
      wandb-testkit knobs add-user alice --team vision
    """
    told = door.ask("POST", "users", {"name": name, "teams": list(teams)})
    click.echo(f"export WANDB_API_KEY={told['api_key']}")


def _show(told: dict[str, Any]) -> None:
    lines = [
        *(_fault(fault) for fault in told["faults"]),
        *_limits(told["limits"]),
        *([] if told["features"] == "all" else [f"features: {', '.join(told['features']) or 'none'}"]),
        *(f"message, {level}: {text}" for text, level in told["messages"]),
        *([] if told["reports_history_length"] else ["the length of histories is not told"]),
    ]
    click.echo("\n".join(lines) or "Nothing is set: no faults, no limits, every feature on.")


def _limits(limits: dict[str, Any]) -> list[str]:
    requests, body, storage = (limits[name] for name in ("requests", "body_bytes", "storage_bytes"))
    return [
        *([] if requests is None else [f"limit: {requests} requests in {limits['per_s']:g} s"]),
        *([] if body is None else [f"limit: {body} bytes of a body"]),
        *([] if storage is None else [f"limit: {storage} bytes of the files of an entity"]),
    ]


def _fault(fault: dict[str, Any]) -> str:
    which = "every" if fault["nth"] is None else f"number {fault['nth']} of"
    of = "" if fault["file"] is None else f" of {fault['file']}"
    what = f"reply {fault['reply']}" if fault["how"] == "refuse" else fault["how"]
    return f"fault {fault['number']}: {which} {fault['on']}{of}: {what}; {fault['met']} came by"


def _reason(error: urllib.error.HTTPError) -> str:
    text = error.read(100_000).decode("utf-8", "replace")
    try:
        said = json.loads(text)["error"]
    except (ValueError, TypeError, KeyError):
        said = text.strip()
    if error.code == 401:
        said = f"{said} Give it with --api-key"
    return str(said) or f"the server answers {error.code}"
