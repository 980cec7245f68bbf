"""What the tests of transports share: a server of a few lines that answers as it is told, over real sockets."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from wandb_testkit.server.mounts.loopback import Loopback
from wandb_testkit.wire.http import Request, Response

Handle = Callable[[Request], Response]


class Answering:
    """Answers with what is next in line, the last one for ever, and keeps what was asked."""

    def __init__(self, *answers: Response | Handle) -> None:
        self.answers = list(answers)
        self.requests: list[Request] = []

    def __call__(self, request: Request) -> Response:
        self.requests.append(request)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        return answer if isinstance(answer, Response) else answer(request)


@pytest.fixture
def serve() -> Iterator[Callable[[Handle], str]]:
    """Starts a server, and gives its URL."""
    running: list[Loopback] = []

    def start(handle: Handle) -> str:
        running.append(Loopback(handle))
        return running[-1].url

    yield start
    for loopback in running:
        loopback.close()
