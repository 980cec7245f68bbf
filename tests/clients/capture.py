"""Writes fixtures/wire/: what a real client of one version says while it runs a script, and what it is answered.

    python -m tests.clients.capture 0.31.0 0.10.33
    python -m tests.clients.capture --transport 0.31.0 0.10.33

The second writes fixtures/wire/transport/: what the client sends for each of fixtures/scripts/wire/, without the
answers; the kit's own transport is compared with it.

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
from pathlib import Path
from typing import Any

from tests.clients.conftest import SCRIPTS, Client
from wandb_testkit.server.files import CLIENT_FILES
from wandb_testkit.wire.http import Request, Response
from wandb_testkit.world import fake

FIXTURES = Path(__file__).parents[2] / "fixtures" / "wire"

SCRIPT = "online.py"

CAPTURED_SCRIPTS = (SCRIPT, "artifacts.py")
"""What is captured of every version, with the answers."""

TRANSPORT_SCRIPTS = SCRIPTS.parent / "wire"


def captured(version: str, script: str = SCRIPT) -> dict[str, Any]:
    """The exchanges of one script, as the content of a fixture."""
    exchanges: list[dict[str, Any]] = []
    with fake(profile="current") as world, tempfile.TemporaryDirectory() as directory:
        handle = world.server.handle

        def listening(request: Request) -> Response:
            response = handle(request)
            exchanges.append(exchange_of(request, response))
            return response

        world.server.handle = listening  # type: ignore[method-assign]
        Client(version, world, Path(directory)).play(script, "captured", env={"TMPDIR": directory})
        world.close()
        exchanges = without_place(exchanges, directory)
    header = {"client": version, "date": datetime.date.today().isoformat(), "script": script}
    return {"header": header, "exchanges": exchanges}


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
        content = captured(version, str(script))
        content["header"]["script"] = script.name
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
    for version in sys.argv[1:]:
        for script in CAPTURED_SCRIPTS:
            path = FIXTURES / f"{version}-{script.removesuffix('.py')}.json"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(json.dumps(captured(version, script), indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
