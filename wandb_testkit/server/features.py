"""Owns what a server can do and tell, as far as a test may choose: features, limits, messages, length of history."""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection
from typing import TYPE_CHECKING

from wandb_testkit.server.limits import Gate, Limits

if TYPE_CHECKING:
    from wandb_testkit.ports import Clock
    from wandb_testkit.server.runs import Runs

FEATURES = frozenset(
    {
        "STRUCTURED_CONSOLE_LOGS",
        "FILESTREAM_GZIP",
        "EXPAND_DEFINED_METRIC_GLOBS",
        "LARGE_FILENAMES",
        "SWEEPS_QUERY_FILTERING",
        "ARTIFACT_TAGS",
        "CLIENT_IDS",
        "USE_ARTIFACT_WITH_ENTITY_AND_PROJECT_INFORMATION",
        "PROJECT_ARTIFACT_COLLECTION_MEMBERSHIP",
        "ARTIFACT_COLLECTION_MEMBERSHIP_FILES",
        "ARTIFACT_COLLECTION_MEMBERSHIP_FILE_DOWNLOAD_HANDLER",
        "ARTIFACT_V2_DOWNLOAD_HANDLER_SUPPORTS_ARTIFACT_ID",
        "TOTAL_COUNT_IN_FILE_CONNECTION",
        "ARTIFACT_COLLECTIONS_FILTERING_SORTING",
        "ARTIFACT_MEMBERSHIP_IN_LINK_ARTIFACT_RESPONSE",
        "ARTIFACT_REGISTRY_SEARCH",
    }
)
"""All server features that the fake has (protocol.md 3.5); a test may take some away."""

LEVELS = {"info": 20, "warning": 30, "error": 40}
"""Level of a message -> the number that clients know it by."""


class ServerKnobs:
    """The knobs of a server; a part of FakeServer."""

    runs: Runs
    clock: Clock
    lock: threading.RLock
    settle: Callable[[], None]
    _keep: Callable[[], None]
    gate: Gate | None = None
    messages: tuple[tuple[str, str], ...] = ()
    _features: frozenset[str] = FEATURES

    @property
    def features(self) -> frozenset[str]:
        """Names of the server features that clients are told are on (protocol.md 3.5).

        Set it to "all" (the default), "none", or some names.

        Raises:
            ValueError: The fake does not have such a feature; the message lists those that it has.
        """
        return self._features

    @features.setter
    def features(self, wanted: str | Collection[str]) -> None:
        if isinstance(wanted, str):
            words = {"all": FEATURES, "none": frozenset[str]()}
            if wanted not in words:
                raise ValueError(f'features={wanted!r} should be "all", "none", or a set of names')
            self._features = words[wanted]
            self._keep()
            return
        unknown = sorted(set(wanted) - FEATURES)
        if unknown:
            raise ValueError(f"features {unknown} are not part of the fake; it has {sorted(FEATURES)}")
        self._features = frozenset(wanted)
        self._keep()

    @property
    def reports_history_length(self) -> bool:
        """Whether clients are told how much history a run has that they start again without resume.

        True, as W&B does: current clients then append to it. False: they overwrite it (RESUME-1; spec.md F.4.1).
        """
        return self.runs.reports_history_length

    @reports_history_length.setter
    def reports_history_length(self, reports: bool) -> None:
        self.runs.reports_history_length = reports
        self._keep()

    def add_message(self, text: str, *, level: str = "info") -> None:
        """Have clients of 0.13 to 0.17 show a line when a run has ended, such as a warning that space runs out.

        Newer ones ask for messages, and show none.

        Args:
            level: "info", "warning" or "error".
        Raises:
            ValueError: There is no such level.
        """
        check_level(level)
        self.messages = (*self.messages, (text, level))
        self._keep()

    def limits(
        self,
        *,
        requests: int | None = None,
        per_s: float = 60.0,
        body_bytes: int | None = None,
        storage_bytes: int | None = None,
    ) -> Limits:
        """Limit what the server takes from now on; without arguments it takes everything again.

        What is refused by a limit fails no test: it is refused on purpose.

        Args:
            requests: As many in any `per_s` seconds, then 429 with Retry-After; over HTTP whole requests, in memory
                records.
            body_bytes: Of one request, then 413; in memory of the files of one record.
            storage_bytes: Of the files of all runs of an entity, then 403.
        Raises:
            ValueError: A limit is not above 0.
        """
        self.settle()
        chosen = Limits(requests, per_s, body_bytes, storage_bytes)
        gate = Gate(chosen, self.clock)
        with self.lock:
            self.gate = None if chosen == Limits(per_s=per_s) else gate
        self._keep()
        return chosen


def check_level(level: str) -> None:
    """Let a message have a level.

    Raises:
        ValueError: There is no such level.
    """
    if level not in LEVELS:
        raise ValueError(f"level of a message should be one of {sorted(LEVELS)}, not {level!r}")
