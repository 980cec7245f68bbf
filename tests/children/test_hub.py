"""The thread that listens to children: whoever waits for it is answered, whatever happens meanwhile."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from selectors import EVENT_READ, SelectorKey
from typing import Any

import pytest

import wandb_testkit as wt
from wandb_testkit.children.hub import Hub
from wandb_testkit.children.line import ParentLine

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="children need a socket with a place on the disk")

PATIENCE_S = 20


@pytest.fixture
def hub() -> Iterator[Hub]:
    hub = Hub()
    hub.listener.bind()
    yield hub
    hub.listener.close()


class Between:
    """A selector that lets something happen when it is first asked what is there just now."""

    def __init__(self, selector: Any, happens: Any) -> None:
        self._selector = selector
        self._happens = [happens]

    def select(self, timeout: float | None = None) -> Any:
        if timeout == 0 and self._happens:
            self._happens.pop()()
            self._selector.select()  # until it is heard of
        return self._selector.select(timeout)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._selector, name)


def test_who_asks_while_another_one_is_served_is_served_next(hub: Hub) -> None:
    """His call is heard among what the other one's children sent; it is not to be forgotten."""
    with ThreadPoolExecutor(2) as threads:
        others: list[Any] = []
        vars(hub.listener)["_selector"] = Between(
            hub.listener._selector, lambda: others.append(threads.submit(hub.listener.settle))
        )
        hub.listener.start()

        assert threads.submit(hub.listener.settle).result(PATIENCE_S)
        assert others.pop().result(PATIENCE_S)


def test_a_world_that_comes_does_not_disturb_who_looks_for_one(hub: Hub) -> None:
    with wt.fake(environ={}) as one, wt.fake(environ={}) as other:
        hub.enter(one.as_parent())
        looking = iter(hub.parents.items())
        next(looking)

        hub.enter(other.as_parent())

        assert list(looking) == []
        assert list(hub.parents.values()) == [one.as_parent(), other.as_parent()]


def test_a_mistake_of_ours_is_told_to_who_waits_and_to_the_child(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    def mistaken(*_: object) -> None:
        raise RuntimeError("ours")

    monkeypatch.setattr(hub, "_answer", mistaken)
    hub.listener.start()
    line = ParentLine(hub.listener.address)

    with pytest.raises(wt.TestkitError, match="is over"):
        line.described()
    with pytest.raises(RuntimeError, match="please report it") as told:
        hub.listener.settle()

    assert repr(told.value.__cause__) == "RuntimeError('ours')"
    assert not hub.listener.settle()
    assert not hub.listener.is_serving


def test_a_mistake_ends_the_wait_of_who_waits_already(hub: Hub) -> None:
    def mistaken() -> None:
        raise RuntimeError("ours")

    vars(hub.listener)["_selector"] = Between(hub.listener._selector, mistaken)
    hub.listener.start()

    with ThreadPoolExecutor(1) as threads, pytest.raises(RuntimeError, match="please report it"):
        threads.submit(hub.listener.settle).result(PATIENCE_S)
    assert "wandb_testkit-children" not in {thread.name for thread in threading.enumerate()}


def test_the_thread_knows_itself_also_when_it_is_to_stop(hub: Hub) -> None:
    """It must not wait for itself, while who stops it waits for it."""
    known: list[bool] = []

    def is_stopped_meanwhile() -> None:
        stopping = threading.Thread(target=hub.listener.stop)
        stopping.start()
        while hub.listener.is_serving:
            pass
        known.append(hub.listener.is_this_thread)
        known.append(hub.listener.settle())
        threads.append(stopping)

    threads: list[threading.Thread] = []
    vars(hub.listener)["_selector"] = Between(hub.listener._selector, is_stopped_meanwhile)
    hub.listener.start()
    hub.listener.settle()

    threads.pop().join(PATIENCE_S)
    assert known == [True, False]


def test_while_it_is_at_rest_no_thread_runs(hub: Hub) -> None:
    def running() -> set[str]:
        return {thread.name for thread in threading.enumerate()} & {"wandb_testkit-children"}

    with hub.listener.at_rest():
        assert not running()
    assert not running()

    hub.listener.start()
    with hub.listener.at_rest():
        assert not running()
    assert running()
    assert hub.listener.settle()


class Endless:
    """A selector that always has something of a child."""

    def __init__(self, selector: Any) -> None:
        self._selector = selector
        self.taken = 0

    def take(self) -> None:
        self.taken += 1

    def select(self, timeout: float | None = None) -> Any:
        key = SelectorKey(None, 10_000, EVENT_READ, self.take)  # type: ignore[arg-type]
        return [*self._selector.select(timeout), *([(key, EVENT_READ)] if timeout == 0 else [])]

    def __getattr__(self, name: str) -> Any:
        return getattr(self._selector, name)


def test_a_child_that_goes_on_and_on_is_not_listened_to_for_ever(hub: Hub) -> None:
    endless = Endless(hub.listener._selector)
    vars(hub.listener)["_selector"] = endless
    hub.listener.start()

    assert hub.listener.settle()
    assert endless.taken == 1
