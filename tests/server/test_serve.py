"""`wandb-testkit serve` as people run it: a process with a terminal, clients, Ctrl-C, and power that goes."""

from __future__ import annotations

import base64
import http.client
import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from tests.server.conftest import UPSERT
from tests.server.test_store import Kept, kept
from wandb_testkit.cli import main

KEY = "testkit0" * 5


class Served:
    """The command, in a process of its own."""

    def __init__(self, *arguments: str) -> None:
        environment = {name: value for name, value in os.environ.items() if not name.startswith("WANDB_")}
        self.process = subprocess.Popen(
            [sys.executable, "-u", "-m", "wandb_testkit.cli", "serve", *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env=environment,
        )
        assert self.process.stdout is not None
        self.greeting = ""
        for line in self.process.stdout:
            self.greeting += line
            if line.startswith("Stop it"):
                break
        found = re.search(r"WANDB_BASE_URL=(http://\S+)", self.greeting)
        assert found is not None, self.greeting
        self.url = found.group(1)

    def stop(self, number: int = signal.SIGINT) -> str:
        """Send a signal, and wait for the end; what was said since the greeting."""
        self.process.send_signal(number)
        return self.process.communicate(timeout=60)[0]

    def ask(
        self, method: str, path: str, body: bytes = b"", key: str = KEY, content_type: str = "text/plain"
    ) -> tuple[int, bytes]:
        connection = http.client.HTTPConnection(self.url.removeprefix("http://"), timeout=60)
        try:
            credentials = base64.b64encode(f"api:{key}".encode()).decode()
            headers = {"Authorization": f"Basic {credentials}", "Content-Type": content_type}
            connection.request(method, path, body, headers)
            response = connection.getresponse()
            return response.status, response.read()
        finally:
            connection.close()

    def start(self, run_id: str) -> None:
        """The upsert with which a client begins to log."""
        variables = {"name": run_id, "project": "p", "host": "here", "config": "{}"}
        status, body = self.ask("POST", "/graphql", json.dumps({"query": UPSERT, "variables": variables}).encode())
        assert status == 200, body

    def log(self, run_id: str, line: int, rows: int = 1) -> int:
        steps = range(line, line + rows)
        content = [json.dumps({"_step": step, "a": step, "_timestamp": 1.0, "_runtime": 0.5}) for step in steps]
        body = {"files": {"wandb-history.jsonl": {"offset": line, "content": content}}}
        return self.ask("POST", f"/files/testkit-user/p/{run_id}/file_stream", json.dumps(body).encode())[0]


@pytest.fixture
def serve() -> Iterator[Callable[..., Served]]:
    served: list[Served] = []

    def start(*arguments: str) -> Served:
        served.append(Served("--port", "0", *arguments))
        return served[-1]

    yield start
    for one in served:
        if one.process.poll() is None:
            one.process.kill()
        one.process.communicate()


def refusal(*arguments: str) -> str:
    result = CliRunner().invoke(main, ["serve", *arguments])
    assert result.exit_code == 1, result.output
    return result.output


def test_it_says_where_it_is_and_how_to_point_a_client_at_it(serve: Callable[..., Served]) -> None:
    server = serve()

    assert re.fullmatch(
        r"A wandb server for tests, with its runs at (http://127\.0\.0\.1:\d+)\n"
        r"State: in memory alone; --store FILE keeps it\. "
        r"Key: a well-known key of the kit; any other will do as well\.\n"
        r"To point a wandb client at it:\n\n"
        rf"  export WANDB_BASE_URL=\1\n  export WANDB_API_KEY={KEY}\n\nStop it with Ctrl-C\.\n",
        server.greeting,
    )
    assert b"0 projects, 0 runs" in server.ask("GET", "/")[1]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_ctrl_c_ends_it_with_a_line_on_what_was_kept(serve: Callable[..., Served], tmp_path: Path, number: int) -> None:
    store = tmp_path / "runs.db"
    server = serve("--store", str(store))
    server.start("r1")
    open_connection = http.client.HTTPConnection(server.url.removeprefix("http://"))
    open_connection.request("GET", "/")
    open_connection.getresponse().read()

    said = server.stop(number)

    assert (said, server.process.returncode) == (f"Stopped. Kept in {store}: 1 run, with their files.\n", 0)
    open_connection.close()


def test_without_a_store_it_says_that_nothing_was_kept(serve: Callable[..., Served]) -> None:
    server = serve()
    server.start("r1")
    server.start("r2")

    assert server.stop() == "Stopped. Nothing was kept: 2 runs in memory, and no --store FILE.\n"


def test_a_taken_port_is_refused_in_words() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])

        said = refusal("--port", port)

    assert said == (
        f"Error: port {port} of 127.0.0.1 is taken by another program; stop that one, or choose another: --port 0\n"
    )


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.0.1", "example.com"])
def test_other_machines_are_let_in_with_a_key_only(host: str) -> None:
    assert refusal("--host", host) == (
        f"Error: --host {host} lets other machines in, and needs a key of yours: add --api-key KEY "
        "(40 characters or more), or leave --host away\n"
    )


def test_a_key_that_clients_would_not_accept_is_refused() -> None:
    assert "the API key has 5 characters; wandb clients accept 40 or more" in refusal("--api-key", "short")
    assert "printable ASCII" in refusal("--api-key", "ü" * 40)


def test_a_store_that_is_in_use_is_refused_in_words(serve: Callable[..., Served], tmp_path: Path) -> None:
    store = tmp_path / "runs.db"
    serve("--store", str(store))

    assert f"the store {store} is in use by another server" in refusal("--port", "0", "--store", str(store))


def test_help_shows_an_example() -> None:
    result = CliRunner().invoke(main, ["serve", "--help"])

    assert "wandb-testkit serve --port 8080 --store runs.db" in result.output


def test_with_a_key_nothing_else_opens_it(serve: Callable[..., Served]) -> None:
    server = serve("--api-key", "k" * 40, "--host", "0.0.0.0")
    server.url = f"http://127.0.0.1:{server.url.rpartition(':')[2]}"
    question = json.dumps({"query": "query { viewer { entity } }"}).encode()

    statuses = [server.ask(*what, key=key)[0] for key in ("k" * 40, KEY) for what in (("GET", "/"),)]
    answers = [server.ask("POST", "/graphql", question, key=key)[0] for key in ("k" * 40, KEY)]

    assert (statuses, answers) == ([200, 401], [200, 401])


def test_what_was_acknowledged_before_a_kill_is_there_exactly_once(
    serve: Callable[..., Served], tmp_path: Path
) -> None:
    """Four clients stream while the process is killed; each goes on with the next server where it was not answered."""
    store = tmp_path / "runs.db"
    acknowledged = dict.fromkeys(("r0", "r1", "r2", "r3"), 0)
    enough = threading.Semaphore(0)

    def stream(server: Served, run_id: str, until: int) -> None:
        try:
            while acknowledged[run_id] < until:
                line = acknowledged[run_id]
                if server.log(run_id, line, rows=3) == 200:
                    acknowledged[run_id] = line + 3
                if acknowledged[run_id] == 60:
                    enough.release()
        except (OSError, http.client.HTTPException):
            return  # the server is gone in the middle of it

    def all_stream(server: Served, until: int) -> list[threading.Thread]:
        clients = [threading.Thread(target=stream, args=(server, name, until)) for name in acknowledged]
        for client in clients:
            client.start()
        return clients

    first = serve("--store", str(store))
    for name in acknowledged:
        first.start(name)
    clients = all_stream(first, 10**9)
    for _ in acknowledged:
        assert enough.acquire(timeout=120)
    first.process.kill()
    for client in clients:
        client.join()
    with kept(store) as found:
        kept_rows = {run.id: run.history["a"] for run in found.runs}

    assert {name: rows[: acknowledged[name]] for name, rows in kept_rows.items()} == {
        name: list(range(count)) for name, count in acknowledged.items()
    }
    assert all(len(rows) - acknowledged[name] in (0, 3) for name, rows in kept_rows.items())

    second = serve("--store", str(store))
    until = max(acknowledged.values()) + 30
    for client in all_stream(second, until):
        client.join()
    second.process.kill()
    second.process.wait()
    with kept(store) as found:
        rows = {run.id: run.history["a"] for run in found.runs}

    assert rows == {name: list(range(acknowledged[name])) for name in acknowledged}


def test_files_and_deletions_outlive_a_kill(serve: Callable[..., Served], tmp_path: Path) -> None:
    store = tmp_path / "runs.db"
    server = serve("--store", str(store))
    server.start("r1")
    create = """mutation ($files: [String!]!) { createRunFiles(input: {entityName: "testkit-user", projectName: "p",
        runName: "r1", files: $files}) { files { name uploadUrl } } }"""
    body = json.dumps({"query": create, "variables": {"files": ["a.bin"]}}).encode()
    answer: Any = json.loads(server.ask("POST", "/graphql", body)[1])
    url = answer["data"]["createRunFiles"]["files"][0]["uploadUrl"]

    uploaded, _ = server.ask("PUT", url.removeprefix(server.url), b"content" * 1000)
    server.process.kill()
    server.process.wait()

    assert uploaded == 200
    found = Kept(store)
    files = found.runs[0].files
    found.server.delete_run("r1")
    found.store._file._connection.close()  # as a kill would, without a last word
    with kept(store) as again:
        runs = again.runs

    assert files == {"a.bin": b"content" * 1000}
    assert runs == []
