"""Every exception of the kit, and which profile raises it.

    Exception
    ├── Error                        wandb.Error                          both
    │   ├── CommError                wandb.CommError                      both
    │   │   └── AuthenticationError  wandb.errors                         current
    │   ├── UsageError               wandb.UsageError                     both
    │   │   └── UnsupportedError     wandb.errors                         current
    │   ├── LogError                 wandb.errors                         classic
    │   │   └── LogMultiprocessError wandb.errors                         classic
    │   ├── WandbCoreNotAvailableError   wandb.errors                     current
    │   └── ConfigError              wandb.sdk.lib.config_util            both
    ├── ServerResponseError          wandb.sdk.mailbox                    current
    ├── ValueError
    │   └── ValidationError          pydantic's, with its own last words  current
    └── TestkitError                 the kit's own: the test is told, never the code under test
        ├── RunLookupError           also a LookupError: fake.run when there is not exactly one
        ├── AnswersError             fake(answers=[...]) has too few or too many
        ├── NetworkRefusedError      under pytest: code was about to reach W&B's hosts
        ├── ParentGoneError          a child process of a test that is over has something to log
        ├── StoreError               the file of a server cannot be opened, read or written
        ├── UnknownMetricError       also a KeyError: history["los"]
        ├── NotAnOfflineRunError     also a ValueError: read_offline() of something else
        ├── NotARecordingError       also a ValueError: load() of something else
        ├── SyncRefusedError         replay(): the server did not take a record of an offline run
        ├── NotModelledError         an argument or a mode that this version of the kit refuses by name
        └── NotModelledAttributeError, NotModelledImportError   names that the drop-in module does not have
            └── NotModelledModuleError   also a ModuleNotFoundError: import wandb.nope

The classes above `TestkitError` are what user code catches as `wandb.Error` ...; the drop-in module shows these very
objects. Source: spec.md ERR-2, ERR-3.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any


class Error(Exception):
    """Base class of what wandb raises; `message` is its text."""

    def __init__(self, message: str, context: dict[str, object] | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.context = context


class CommError(Error):
    """The server could not be reached, or refused; `exc` is the cause, where there is one."""

    def __init__(self, msg: str, exc: Exception | None = None) -> None:
        super().__init__(msg)
        self.exc = exc


class AuthenticationError(CommError):
    """The API key has a form that no server could accept."""


class UsageError(Error):
    """The API was used in a way that it does not allow."""


class UnsupportedError(UsageError):
    """The server or the mode does not support what was asked for."""


class LogError(Error):
    """A row could not be logged."""


class LogMultiprocessError(LogError):
    """A forked child logged to a run of its parent."""


class WandbCoreNotAvailableError(Error):
    """The service process of wandb is missing from its installation."""


class ConfigError(Error):
    """A config value was to be changed that may not be, or a config file cannot be used."""


class ServerResponseError(Exception):
    """The service process answered a request with an error."""


class ValidationError(ValueError):
    """An argument or setting has a value that the settings do not allow; it reads as pydantic's error does.

    Args:
        title: What was validated; without `details`, the whole message.
        details: One mapping for each value that is wrong: `type`, `loc` (a tuple), `msg`, `input`, and where there is
            one `hint`, which says what to do and stands where pydantic shows an address.
    """

    def __init__(self, title: str, details: Sequence[Mapping[str, Any]] = ()) -> None:
        super().__init__(title, details)
        self.title = title
        self._details = details

    def __str__(self) -> str:
        count = len(self._details)
        if not count:
            return self.title
        lines = [f"{count} validation error{'s' if count > 1 else ''} for {self.title}"]
        for detail in self._details:
            if detail["loc"]:
                lines.append(".".join(map(str, detail["loc"])))
            shown = _shortened(repr(detail["input"]))
            kind = type(detail["input"]).__name__
            lines.append(f"  {detail['msg']} [type={detail['type']}, input_value={shown}, input_type={kind}]")
            if detail.get("hint"):
                lines.append(f"    {detail['hint']}")
        return "\n".join(lines)

    def error_count(self) -> int:
        """How many values are wrong."""
        return len(self._details) or 1

    def errors(
        self, *, include_url: bool = True, include_context: bool = True, include_input: bool = True
    ) -> list[dict[str, Any]]:
        """One dict for each value that is wrong: `type`, `loc`, `msg` and `input`.

        There are no addresses and no contexts in it, so `include_url` and `include_context` make no difference.
        """
        details = self._details or ({"type": "value_error", "loc": (), "msg": self.title, "input": None},)
        names = ("type", "loc", "msg", "input") if include_input else ("type", "loc", "msg")
        return [{name: detail[name] for name in names} for detail in details]


def _shortened(text: str) -> str:
    """The two ends of a long text, as pydantic shows values."""
    return text if len(text) <= 50 else f"{text[:25]}...{text[-24:]}"


class TestkitError(Exception):
    """Base class of the kit's own errors."""

    __test__ = False  # pytest collects classes whose names begin with "Test"


class RunLookupError(TestkitError, LookupError):
    """There is not exactly one run to speak of."""


class NetworkRefusedError(TestkitError):
    """A connection that the tests' network guard does not let through (ini option wandb_network)."""


class AnswersError(TestkitError):
    """The user at the terminal was asked more, or less, than the test gave answers for (FORCE-4)."""


class ParentGoneError(TestkitError):
    """The test that started this process is over."""


class StoreError(TestkitError):
    """The file that a server keeps its state in cannot be opened, read or written."""


class UnknownMetricError(TestkitError, KeyError):
    """No row of the run has that key."""

    def __str__(self) -> str:
        return str(self.args[0])  # KeyError would show the repr of the message


class NotAnOfflineRunError(TestkitError, ValueError):
    """There is no offline run at that place."""


class NotARecordingError(TestkitError, ValueError):
    """The file is no recording of runs, or one that this version of the kit cannot read."""


class SyncRefusedError(TestkitError):
    """The server did not take a record of an offline run."""


class OfflineRunWarning(UserWarning):
    """Something of an offline run could not be read.

    Attributes:
        offset: From which byte of the log on, None where it is not the log that is damaged.
        lost_bytes: How many bytes of the log were not read.
    """

    def __init__(self, message: str, *, offset: int | None = None, lost_bytes: int = 0) -> None:
        super().__init__(message)
        self.offset = offset
        self.lost_bytes = lost_bytes


class NotModelledError(TestkitError):
    """What was asked for is part of wandb, and not of this version of the kit."""


class NotModelledAttributeError(TestkitError, AttributeError):
    """The name is not part of the drop-in module, or of a run, in this version of the kit."""


class NotModelledImportError(TestkitError, ImportError):
    """The name cannot be imported from the drop-in module."""


class NotModelledModuleError(NotModelledImportError, ModuleNotFoundError):
    """The module is not part of the drop-in tree."""
