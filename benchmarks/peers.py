"""Owns what is measured: for each peer how its users start a run, log to it, end it and read it back.

Imported by whatever interpreter has the peer, before the import that is timed. So it loads next to nothing: what is
loaded here would not be paid for again.
"""

from __future__ import annotations

import os

TYPE_CHECKING = False  # typing's own name for it would load typing
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import Any, Protocol

    Row = dict[str, Any]

    class Peer(Protocol):
        """One way to keep what a training loop logs.

        Attributes:
            written_after_s: How long after finish() rows may still be on their way.
        """

        written_after_s: float

        def load(self) -> None:
            """Do what makes the import of a user's module possible."""

        def init(self) -> None:
            """Start a run."""

        def log_rows(self, rows: Sequence[Row], count: int) -> None:
            """Log `count` rows, going round in `rows`."""

        def settle(self) -> None:
            """The barrier, if there is one before the end: afterwards every row can be read."""

        def finish(self) -> None:
            """End the run."""

        def read(self) -> Sequence[Row] | None:
            """Every row as a dict; None if the peer does not keep them."""


class Floor:
    """What any recorder has to do at the least: keep a copy of each row."""

    written_after_s = 0.0

    def load(self) -> None:
        pass

    def init(self) -> None:
        self.rows: list[Row] = []

    def log_rows(self, rows: Sequence[Row], count: int) -> None:
        kept, around = self.rows, len(rows)
        for i in range(count):
            kept.append(dict(rows[i % around]))

    def settle(self) -> None:
        pass

    def finish(self) -> None:
        pass

    def read(self) -> list[Row]:
        return list(self.rows)


class Package(Floor):
    """Our package without a use of it: what every pytest run of everybody who has it installed may pay."""

    def load(self) -> None:
        import wandb_testkit

        self.package = wandb_testkit


class _Module:
    """Something that has init(), whose runs have log() and finish()."""

    written_after_s = 0.0
    wandb: Any
    run: Any

    def init(self) -> None:
        self.run = self.wandb.init(project="benchmark")

    def log_rows(self, rows: Sequence[Row], count: int) -> None:
        run, around = self.run, len(rows)
        for i in range(count):
            run.log(rows[i % around])

    def settle(self) -> None:
        pass

    def finish(self) -> None:
        self.run.finish()


class Mock(_Module):
    """`wandb` replaced by a MagicMock, as most test suites do it."""

    def load(self) -> None:
        from unittest.mock import MagicMock

        self.make = MagicMock

    def init(self) -> None:
        self.wandb = self.make()
        super().init()

    def read(self) -> list[Row]:
        return [call.args[0] for call in self.run.log.call_args_list]


class Ours(_Module):
    """The drop-in module, each run in a world of its own, as every test has one under --wandb-fake."""

    profile = "classic"

    def load(self) -> None:
        import importlib

        import wandb_testkit

        wandb_testkit.install(profile=self.profile)
        self.fake = wandb_testkit.fake
        self.wandb = importlib.import_module("wandb")

    def init(self) -> None:
        self.world = self.fake(profile=self.profile).enter()
        super().init()

    def settle(self) -> None:
        self.view = self.world.run  # to read is the barrier

    def finish(self) -> None:
        super().finish()
        self.world.close()

    def read(self) -> list[Row]:
        return list(self.world.run.history)


class OursCurrent(Ours):
    """The same with the profile of wandb 0.31."""

    profile = "current"


class Disabled(_Module):
    """The real wandb in disabled mode: it keeps the last value of each key, and no rows."""

    mode = "disabled"

    def load(self) -> None:
        import importlib

        os.environ.update(
            WANDB_MODE=self.mode,
            WANDB_SILENT="true",
            WANDB_CONSOLE="off",
            WANDB_DISABLE_GIT="true",
            WANDB_ERROR_REPORTING="false",
        )
        self.wandb = importlib.import_module("wandb")

    def read(self) -> list[Row] | None:
        return None


class Offline(Disabled):
    """The real wandb in offline mode: the rows are in a transaction log on disk."""

    mode = "offline"
    written_after_s = 1.0  # 0.31: finish() returns before wandb-core has the last rows in its log

    def init(self) -> None:
        super().init()
        self.directory = os.path.dirname(self.run.dir)

    def read(self) -> list[Row]:
        import importlib
        import json

        protocol = importlib.import_module("wandb.proto.wandb_internal_pb2")
        (name,) = (name for name in os.listdir(self.directory) if name.endswith(".wandb"))
        with open(os.path.join(self.directory, name), "rb") as file:
            log = file.read()
        rows = []
        for written in _log_records(log):
            record = protocol.Record()
            record.ParseFromString(written)
            if record.WhichOneof("record_type") == "history":
                items = record.history.item
                rows.append({item.key or ".".join(item.nested_key): json.loads(item.value_json) for item in items})
        return rows


class Trackio(Floor):
    """trackio on this machine: rows go to a database of SQLite, written by a thread of its own."""

    written_after_s = 1.0

    def load(self) -> None:
        import importlib

        os.environ["TRACKIO_DIR"] = os.path.abspath("trackio")
        self.trackio = importlib.import_module("trackio")
        self.count = 0

    def init(self) -> None:
        self.count += 1
        self.name = f"run-{self.count}"
        self.trackio.init(project="benchmark", name=self.name, embed=False, auto_log_gpu=False, auto_log_cpu=False)

    def log_rows(self, rows: Sequence[Row], count: int) -> None:
        log, around = self.trackio.log, len(rows)
        for i in range(count):
            log(rows[i % around])

    def finish(self) -> None:
        self.trackio.finish()

    def read(self) -> list[Row]:
        import importlib

        storage = importlib.import_module("trackio.sqlite_storage").SQLiteStorage
        logs: list[Row] = storage.get_logs("benchmark", self.name)
        return logs


class Mlflow(Floor):
    """mlflow with its database of SQLite in a file: each row is a transaction, and done when it is logged."""

    def load(self) -> None:
        import importlib

        os.environ.update(MLFLOW_DISABLE_TELEMETRY="true", MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT="true")
        self.mlflow = importlib.import_module("mlflow")
        self.mlflow.set_tracking_uri("sqlite:///" + os.path.abspath("mlflow.db"))

    def init(self) -> None:
        self.mlflow.set_experiment("benchmark")
        self.run_id = self.mlflow.start_run().info.run_id
        self.step = 0

    def log_rows(self, rows: Sequence[Row], count: int) -> None:
        log, around, step = self.mlflow.log_metrics, len(rows), self.step
        for i in range(count):
            log(rows[i % around], step=step + i)
        self.step += count

    def finish(self) -> None:
        self.mlflow.end_run()

    def read(self) -> list[Row]:
        client = self.mlflow.MlflowClient()
        rows: dict[int, Row] = {}
        for key in client.get_run(self.run_id).data.metrics:
            for metric in client.get_metric_history(self.run_id, key):
                rows.setdefault(metric.step, {})[key] = metric.value
        return [rows[step] for step in sorted(rows)]


def _log_records(log: bytes) -> Iterator[bytes]:
    """The records of a LevelDB log: blocks of 32 KiB, and a header of checksum, length and kind before each piece."""
    at, pieces = 7, []
    while at + 7 <= len(log):
        left = 32768 - at % 32768
        size, kind = int.from_bytes(log[at + 4 : at + 6], "little"), log[at + 6]
        if left < 7 or kind == 0:
            at += left
            continue
        pieces.append(log[at + 7 : at + 7 + size])
        at += 7 + size
        if kind in (1, 4):  # a whole record, or the last piece of one
            yield b"".join(pieces)
            pieces = []


PEERS: dict[str, type[Peer]] = {
    "floor": Floor,
    "mock": Mock,
    "disabled": Disabled,
    "offline": Offline,
    "trackio": Trackio,
    "mlflow": Mlflow,
    "package": Package,
    "classic": Ours,
    "current": OursCurrent,
}
