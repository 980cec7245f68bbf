"""Waiting for a real client: for rows until they are there, for its processes until all of them have ended."""

from __future__ import annotations

import base64
import json
import subprocess
import sys
import threading
from contextlib import closing
from pathlib import Path
from typing import Any

from wandb_testkit.profiles import CLASSIC
from wandb_testkit.targets import arrivals
from wandb_testkit.targets.arrivals import Arrivals
from wandb_testkit.targets.client_service import wait_for_all
from wandb_testkit.targets.server_side import OwnServer
from wandb_testkit.wire.http import Request

LOCKS_AND_STARTS_ANOTHER = """
import fcntl, os, subprocess, sys
output = os.open(sys.argv[1], os.O_WRONLY | os.O_CREAT)
fcntl.flock(output, fcntl.LOCK_EX)
os.dup2(output, 1)
subprocess.Popen([sys.executable, "-c", "import sys; sys.stdin.read()"])
print("started", flush=True)
"""

START = """
mutation UpsertBucket($name: String, $host: String) {
  upsertBucket(input: {name: $name, modelName: "p", host: $host}) { bucket { name } }
}
"""


def post(path: str, body: dict[str, Any], api_key: str) -> Request:
    key = base64.b64encode(f"api:{api_key}".encode()).decode()
    return Request("POST", path, "", {"authorization": f"Basic {key}"}, json.dumps(body).encode(), "http://here")


def test_rows_of_a_run_that_begins_anew_are_waited_for_like_any_other() -> None:
    """RESUME-1: the stream of an id that is used again has fewer rows than have arrived."""
    arrived = {"a": 0}
    told = Arrivals(lambda: arrived)
    told.note_row("a")
    told.note_row("a")
    arrived["a"] = 2
    told.note_row("a")
    waiting = threading.Thread(target=told.wait_for_rows)

    waiting.start()
    with told.answered:
        arrived["a"] = 3
        told.answered.notify_all()
    waiting.join(arrivals.ROWS_TIMEOUT_S / 2)

    assert not waiting.is_alive()


def test_rows_that_were_replaced_have_arrived_all_the_same() -> None:
    """RESUME-1"""
    server = OwnServer(CLASSIC)
    with closing(server):
        for first_step in (0, 7):
            body = {"query": START, "variables": {"name": "a", "host": "here"}}
            answers = [server.answer(post("/graphql", body, server.api_key))]
            line = json.dumps({"_step": first_step})
            stream = {"files": {"wandb-history.jsonl": {"offset": 0, "content": [line]}}}
            answers.append(server.answer(post("/files/testkit-user/p/a/file_stream", stream, server.api_key)))
            assert [response.status for response, _ in answers] == [200, 200]

        assert dict(server.rows()) == {"a": 2}
        assert [len(run.history) for run in server.runs(())] == [1]


def test_a_process_is_waited_for_with_all_that_it_has_started(tmp_path: Path) -> None:
    output = tmp_path / "output"
    program = [sys.executable, "-c", LOCKS_AND_STARTS_ANOTHER, str(output)]
    with subprocess.Popen(program, stdin=subprocess.PIPE) as process:
        process.wait()

        while_another_lives = wait_for_all(output, 0.1)
        assert process.stdin is not None
        process.stdin.close()

        assert (while_another_lives, wait_for_all(output, 30)) == (False, True)
    assert output.read_text(encoding="utf-8") == "started\n"
