"""A headless Chromium that a test drives through the pipe of its debugging protocol; no library, no port."""

from __future__ import annotations

import base64
import json
import os
import shutil
import subprocess
import time
from pathlib import Path
from typing import Any

PROGRAMS = ("chromium", "chromium-browser", "google-chrome")

FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--remote-debugging-pipe",
)

PATIENCE_S = 60.0


def program() -> str | None:
    """The browser that is installed, None if there is none."""
    return next(filter(None, map(shutil.which, PROGRAMS)), None)


class Browser:
    """One page of one browser.

    Attributes:
        said: What the page wrote to its console, errors and refusals of its policy among it.
    """

    def __init__(self, path: str, folder: Path) -> None:
        (to_read, self._write), (self._read, to_write) = os.pipe(), os.pipe()

        def hand_over() -> None:
            # The browser reads from descriptor 3 and writes to 4; either may be one of ours already.
            source, sink = os.dup(to_read), os.dup(to_write)
            os.dup2(os.dup(source), 10)
            os.dup2(sink, 11)
            os.dup2(10, 3)
            os.dup2(11, 4)

        self._process = subprocess.Popen(
            [path, *FLAGS, f"--user-data-dir={folder}", "about:blank"],
            preexec_fn=hand_over,
            close_fds=False,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        os.close(to_read)
        os.close(to_write)
        self.said: list[str] = []
        self._left = b""
        self._number = 0
        self._session = ""
        pages = self._ask("Target.getTargets")["targetInfos"]
        (page, *_) = [found["targetId"] for found in pages if found["type"] == "page"]
        self._session = self._ask("Target.attachToTarget", targetId=page, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log"):
            self._ask(f"{domain}.enable")

    def open(self, url: str, *, key: str | None = None) -> None:
        """Show a page; with a key as a user who has given it to the browser."""
        if key is not None:
            credentials = base64.b64encode(f"any:{key}".encode()).decode()
            self._ask("Network.enable")
            self._ask("Network.setExtraHTTPHeaders", headers={"Authorization": f"Basic {credentials}"})
        self._ask("Page.navigate", url=url)
        self.wait_for("document.readyState === 'complete' && location.href !== 'about:blank'")

    def look(self, *, width: int, dark: bool = False) -> None:
        """Choose what the page is shown on."""
        self._ask("Emulation.setDeviceMetricsOverride", width=width, height=900, deviceScaleFactor=1, mobile=False)
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self._ask("Emulation.setEmulatedMedia", features=[scheme])

    def evaluate(self, script: str) -> Any:
        """The value of a JavaScript expression."""
        answer = self._ask("Runtime.evaluate", expression=script, returnByValue=True)
        assert "exceptionDetails" not in answer, answer["exceptionDetails"]
        return answer["result"].get("value")

    def wait_for(self, script: str) -> None:
        """Wait until an expression is true."""
        deadline = time.monotonic() + PATIENCE_S
        while not self.evaluate(script):
            assert time.monotonic() < deadline, f"{script} did not come true; the page: {self.text()[:2000]}"

    def text(self) -> str:
        """What a reader sees."""
        return str(self.evaluate("document.body.innerText"))

    def press(self, key: str) -> None:
        """Press a key, such as Tab."""
        codes = {"Tab": 9, "Enter": 13, "Escape": 27, "ArrowLeft": 37, "ArrowUp": 38, "ArrowRight": 39, "ArrowDown": 40}
        for kind in ("rawKeyDown", "keyUp"):
            self._ask("Input.dispatchKeyEvent", type=kind, key=key, code=key, windowsVirtualKeyCode=codes[key])
            if kind == "rawKeyDown" and key == "Enter":
                self._ask("Input.dispatchKeyEvent", type="char", key=key, text="\r", windowsVirtualKeyCode=13)

    def screenshot(self, path: Path) -> None:
        """Keep a picture of the whole page."""
        shot = self._ask("Page.captureScreenshot", captureBeyondViewport=True)
        path.write_bytes(base64.b64decode(shot["data"]))

    def close(self) -> None:
        """End the browser."""
        self._process.terminate()
        self._process.wait()
        os.close(self._write)
        os.close(self._read)

    def _ask(self, method: str, **parameters: Any) -> Any:
        self._number += 1
        asked: dict[str, Any] = {"id": self._number, "method": method, "params": parameters}
        if self._session:
            asked["sessionId"] = self._session
        os.write(self._write, json.dumps(asked).encode() + b"\0")
        while True:
            answer = self._message()
            if answer.get("id") == self._number:
                assert "error" not in answer, answer
                return answer["result"]
            if answer.get("method") in ("Log.entryAdded", "Runtime.exceptionThrown", "Runtime.consoleAPICalled"):
                self.said.append(json.dumps(answer["params"]))

    def _message(self) -> Any:
        while b"\0" not in self._left:
            part = os.read(self._read, 1 << 16)
            assert part, "the browser has ended"
            self._left += part
        message, _, self._left = self._left.partition(b"\0")
        return json.loads(message)
