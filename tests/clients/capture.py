"""Writes fixtures/wire/: what a real client of one version says while it runs a script, and what it is answered.

    python -m tests.clients.capture 0.31.0 0.10.33 online resume
    python -m tests.clients.capture --transport 0.31.0 0.10.33

The first plays those of SCRIPTS_OF_RUNS that are named, or all. The second writes fixtures/wire/transport/: what the
client sends for each of fixtures/scripts/wire/, without the answers; the kit's own transport is compared with it.

Redacted on the way: no keys, no names of machines, no files that describe them.
"""

from __future__ import annotations

import base64
import datetime
import hashlib
import json
import re
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tests.clients.conftest import SCRIPTS, Client
from wandb_testkit.server.files import CLIENT_FILES
from wandb_testkit.wire.http import Request, Response
from wandb_testkit.world import World, fake

FIXTURES = Path(__file__).parents[2] / "fixtures" / "wire"

SCRIPTS_OF_RUNS: dict[str, tuple[tuple[str, ...], ...]] = {
    "online": (("online.py", "captured"),),
    "artifacts": (("artifacts.py", "captured"),),
    "resume": (("resume.py", "captured", "none", "2"), ("resume.py", "captured", "allow", "1")),
    "api": (("online.py", "captured"), ("captured_api.py", "testkit-user")),
}
"""Name of the fixture -> the scripts that are played one after the other in one world, with their arguments."""

TRANSPORT_SCRIPTS = SCRIPTS.parent / "wire"


def captured(version: str, scripts: Sequence[Sequence[str]]) -> dict[str, Any]:
    """The exchanges of scripts that are played one after the other, as the content of a fixture."""
    with fake(profile="current") as world, tempfile.TemporaryDirectory() as directory:
        exchanges = exchanges_from_now(world)
        client = Client(version, world, Path(directory))
        for script, *arguments in scripts:
            client.play(script, *arguments, env={"TMPDIR": directory})
        world.close()
        exchanges = without_place(exchanges, directory)
    names = ", ".join(Path(script).name for script, *_ in scripts)
    header = {"client": version, "date": datetime.date.today().isoformat(), "script": names}
    return {"header": header, "exchanges": exchanges}


def exchanges_from_now(world: World) -> list[dict[str, Any]]:
    """A list that grows by every exchange of a world's server over HTTP."""
    exchanges: list[dict[str, Any]] = []
    handle = world.server.handle

    def listening(request: Request) -> Response:
        response = handle(request)
        exchanges.append(exchange_of(request, response))
        return response

    world.server.handle = listening  # type: ignore[method-assign]
    return exchanges


def exchange_of(request: Request, response: Response) -> dict[str, Any]:
    """One exchange without what differs from machine to machine, or must not be told."""
    name = request.path.rsplit("/", 1)[-1]
    if request.method == "GET":
        body: Any = None
    elif request.method == "PUT":
        body = "redacted" if name in CLIENT_FILES else request.body.decode()
    else:
        body = json.loads(request.body)
        variables = body.get("variables") or {}
        variables.update({key: "redacted" for key in ("host", "program") if variables.get(key)})
    return {
        "method": request.method,
        "path": request.path,
        "agent": request.headers.get("user-agent", ""),
        "body": body,
        "status": response.status,
        "answer": answer_of(response),
    }


def without_place(exchanges: list[dict[str, Any]], directory: str) -> list[dict[str, Any]]:
    """The exchanges as if they had been made elsewhere: manifests name places of files, and digests name manifests."""
    replaced = {directory: "/elsewhere"}
    for exchange in exchanges:
        if exchange["method"] == "PUT" and directory in exchange["body"]:
            before = hashlib.md5(exchange["body"].encode())
            after = hashlib.md5(exchange["body"].replace(directory, "/elsewhere").encode())
            replaced[before.hexdigest()] = after.hexdigest()
            replaced[base64.b64encode(before.digest()).decode()] = base64.b64encode(after.digest()).decode()
    text = json.dumps(exchanges)
    for old, new in replaced.items():
        text = text.replace(old, new)
    told: list[dict[str, Any]] = json.loads(text)
    return told


def answer_of(response: Response) -> Any:
    """The answer as a client reads it, without times and without origins and signatures of URLs."""
    if response.headers.get("Content-Type", "").startswith("application/octet-stream"):
        return response.body.decode()
    text = re.sub(r"http://[^/\"]+(/(?:artifact-)?storage/[^?\"]+)\?[^\"]+", r"\1", response.body.decode())
    text = re.sub(r"\"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\"", '"some time"', text)
    return json.loads(text) if text else None


def capture_for_transport(version: str) -> None:
    """Write what one client sends for each script of the transport."""
    directory = FIXTURES / "transport"
    directory.mkdir(parents=True, exist_ok=True)
    for script in sorted(TRANSPORT_SCRIPTS.glob("*.py")):
        content = captured(version, [(str(script), "captured")])
        lines = [
            json.dumps({key: exchange[key] for key in ("method", "path", "agent", "body")})
            for exchange in content["exchanges"]
        ]
        text = f'{{"header": {json.dumps(content["header"])},\n"exchanges": [\n' + ",\n".join(lines) + "\n]}\n"
        (directory / f"{version}-{script.stem}.json").write_text(text, encoding="utf-8")


def main() -> None:
    """Capture every version that is named."""
    if sys.argv[1:2] == ["--transport"]:
        for version in sys.argv[2:]:
            capture_for_transport(version)
        return
    named = [name for name in SCRIPTS_OF_RUNS if name in sys.argv] or list(SCRIPTS_OF_RUNS)
    for version in (argument for argument in sys.argv[1:] if argument not in SCRIPTS_OF_RUNS):
        for name in named:
            path = FIXTURES / f"{version}-{name}.json"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(json.dumps(captured(version, SCRIPTS_OF_RUNS[name]), indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
