"""Owns how autologgers listen to a library: its methods are wrapped, and what a call gives is logged.

Source: observed with 0.31.0 (docs/integrations.md).
"""

from __future__ import annotations

import functools
import importlib
import inspect
import logging
import time
from collections.abc import Callable, Sequence
from typing import Any

from wandb_testkit.dropin import current as dropin
from wandb_testkit.dropin.telemetry import context
from wandb_testkit.errors import Error, TestkitError
from wandb_testkit.world import current

_LOG = logging.getLogger(__name__)

Resolver = Callable[[Sequence[Any], dict[str, Any], Any, float, float], "dict[str, Any] | None"]
"""Arguments, keyword arguments, what the call gave, when it began, how long it took -> what is logged, or None."""

ELAPSED_S = 0.0
"""What wandb tells as the time that a call took: its clock is read before it has stopped."""


class AutologAPI:
    """Logs what a library's methods give, from the moment it is called until disable().

    Args:
        name: The library; it is imported when this is enabled.
        symbols: Its methods, as "Class.method".
        resolver: What is logged of one call.
        telemetry_feature: The name under which the run is told of it.
    """

    def __init__(
        self, name: str, symbols: Sequence[str], resolver: Resolver, telemetry_feature: str | None = None
    ) -> None:
        self._name = name
        self._symbols = symbols
        self._resolver = resolver
        self._feature = telemetry_feature
        self._run: Any = None
        self._is_own_run = False
        self._originals: list[tuple[Any, str, Any]] = []

    def __call__(self, init: dict[str, Any] | None = None) -> None:
        """The same as enable()."""
        self.enable(init)

    def enable(self, init: dict[str, Any] | None = None) -> None:
        """Listen from now on, and log to a run that init() makes of these arguments; without them, to the active one.

        Raises:
            Error: The library is not installed.
        """
        self.disable()
        before = current().session.run
        self._run = dropin.init(**init) if init else before or dropin.init()
        self._is_own_run = self._run is not before
        self._wrap()
        if self._feature:
            with context(self._run) as told:
                setattr(told.feature, self._feature, True)

    def disable(self) -> None:
        """Listen no longer, and end the run if enable() has made it."""
        if self._run is None:
            return
        if self._is_own_run:
            self._run.finish()
        self._run = None
        for home, name, original in self._originals:
            setattr(home, name, original)
        self._originals.clear()

    def _wrap(self) -> None:
        try:
            library = importlib.import_module(self._name)
        except ModuleNotFoundError as cause:
            text = f"To use the W&B {self._name} Autolog, you need to have the `{self._name}` python package installed."
            raise Error(f"{text} Please install it with `pip install {self._name}`.") from cause
        found = []
        for symbol in self._symbols:
            *parts, name = symbol.split(".")
            home: Any = functools.reduce(getattr, parts, library)
            found.append((home, name, getattr(home, name)))
        for home, name, original in found:
            setattr(home, name, self._wrapped(original))
        self._originals += found

    def _wrapped(self, original: Callable[..., Any]) -> Callable[..., Any]:
        run = self._run

        if inspect.iscoroutinefunction(original):

            @functools.wraps(original)
            async def wait(*args: Any, **kwargs: Any) -> Any:
                began = time.time()
                result = await original(*args, **kwargs)
                self._log(run, args, kwargs, result, began)
                return result

            return wait

        @functools.wraps(original)
        def call(*args: Any, **kwargs: Any) -> Any:
            began = time.time()
            result = original(*args, **kwargs)
            self._log(run, args, kwargs, result, began)
            return result

        return call

    def _log(self, run: Any, args: Sequence[Any], kwargs: dict[str, Any], result: Any, began: float) -> None:
        """The library's user is not to be disturbed by what goes wrong here, except by what the kit does not model."""
        try:
            row = self._resolver(args, kwargs, result, began, ELAPSED_S)
            if row is not None:
                run.log(row)
        except TestkitError:
            raise
        except Exception as error:
            _LOG.warning(error)
