"""What the tests with a real kernel share: `python -m ipykernel` in a process of its own, and what its user sees.

Nothing waits for time to pass: a cell is over when the kernel says that it is idle.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from jupyter_client.blocking.client import BlockingKernelClient
from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import KernelManager

ROOT = Path(__file__).parents[2]
TIMEOUT_S = 60
COLOURS = re.compile(r"\x1b\[[0-9;]*m")


class Seen(NamedTuple):
    """What a cell shows: lines on stdout and stderr, displayed data, the value of its last line, its traceback."""

    stdout: str
    stderr: str
    displayed: list[dict[str, Any]]
    value: str | None
    error: str | None


class Kernel:
    """A kernel, as the user of a notebook meets it."""

    def __init__(self, client: BlockingKernelClient) -> None:
        self._client = client

    def run(self, cell: str) -> Seen:
        """Run a cell to its end.

        Raises:
            TimeoutError: It does not end.
        """
        texts = {"stdout": "", "stderr": ""}
        displayed: list[dict[str, Any]] = []
        value: str | None = None
        error: str | None = None

        def hear(message: dict[str, Any]) -> None:
            nonlocal value, error
            kind, content = message["header"]["msg_type"], message["content"]
            if kind == "stream":
                texts[content["name"]] += content["text"]
            elif kind == "display_data":
                displayed.append(content["data"])
            elif kind == "execute_result":
                value = content["data"]["text/plain"]
            elif kind == "error":
                error = COLOURS.sub("", "\n".join(content["traceback"]))

        self._client.execute_interactive(cell, output_hook=hear, timeout=TIMEOUT_S, allow_stdin=False)
        return Seen(texts["stdout"], texts["stderr"], displayed, value, error)

    def value(self, expression: str) -> str | None:
        """The value of an expression, as the notebook shows it."""
        seen = self.run(expression)
        assert seen.error is None, seen.error
        return seen.value


class _ThisPython(KernelManager):
    """Starts the interpreter that runs the tests, whatever kernels are installed."""

    @property
    def kernel_spec(self) -> KernelSpec:
        return KernelSpec(argv=[sys.executable, "-m", "ipykernel", "-f", "{connection_file}"], language="python")


@pytest.fixture
def kernel(tmp_path: Path) -> Iterator[Kernel]:
    """A fresh kernel in an empty directory and home; it is gone when the test is."""
    variables = {name: value for name, value in os.environ.items() if not name.startswith(("WANDB_", "JUPYTER"))}
    variables |= {
        "HOME": str(tmp_path),
        "IPYTHONDIR": str(tmp_path / "ipython"),
        "JUPYTER_RUNTIME_DIR": str(tmp_path / "runtime"),
        "PYTHONPATH": str(ROOT),
    }
    (tmp_path / "runtime").mkdir()
    manager = _ThisPython(connection_file=str(tmp_path / "runtime" / "kernel-test.json"))
    manager.start_kernel(cwd=str(tmp_path), env=variables)
    client = manager.blocking_client()
    client.start_channels()
    try:
        client.wait_for_ready(timeout=TIMEOUT_S)
        yield Kernel(client)
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
        manager.cleanup_resources()
        manager.context.destroy(linger=0)
