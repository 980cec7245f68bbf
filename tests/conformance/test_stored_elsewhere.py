"""What the trackers in the box have stored is read as they write it (trackio 0.43, swanlab 0.10)."""

from __future__ import annotations

import json
import sqlite3
import struct
from pathlib import Path

from wandb_testkit.targets.modules import trackio_runs
from wandb_testkit.targets.swanlab_log import swanlab_runs


def field(number: int, value: int | float | bytes) -> bytes:
    """One field of a protobuf message."""
    if isinstance(value, float):
        return bytes([number << 3 | 1]) + struct.pack("<d", value)
    if isinstance(value, bytes):
        return bytes([number << 3 | 2]) + bytes([len(value)]) + value
    return bytes([number << 3, value])


def frame(record: bytes) -> bytes:
    """A whole record in the log."""
    return struct.pack("<IHB", 0, len(record), 1) + record


def test_a_log_of_swanlab(tmp_path: Path) -> None:
    folder = tmp_path / "swanlog" / "run-1-a"
    (folder / "files").mkdir(parents=True)
    (folder / "files" / "config.yaml").write_text("lr:\n  desc: ''\n  value: 1\n", encoding="utf-8")
    start = field(1, b"p") + field(4, b"n") + field(6, b"x") + field(6, b"y") + field(7, b"g")
    scalars = [field(1, b"loss") + field(2, step) + field(5, field(1, step / 2)) for step in (0, 3)]
    records = [field(10, start), *(field(13, scalar) for scalar in scalars), field(11, field(1, 1))]
    log = b"seven.." + b"".join(map(frame, records))
    (folder / "run-a.swanlab").write_bytes(log)

    assert swanlab_runs(tmp_path) == [
        {
            "id": "a",
            "project": "p",
            "name": "n",
            "tags": ["x", "y"],
            "group": "g",
            "config": {"lr": 1},
            "history": [{"_step": 0, "loss": 0.0}, {"_step": 3, "loss": 1.5}],
            "exit_code": 0,
        }
    ]


def test_a_database_of_trackio(tmp_path: Path) -> None:
    (tmp_path / "trackio").mkdir()
    database = sqlite3.connect(tmp_path / "trackio" / "p.db")
    for table, columns in {
        "configs": "id INTEGER PRIMARY KEY, run_id, run_name, config",
        "metrics": "id INTEGER PRIMARY KEY, run_id, run_name, step, metrics",
        "alerts": "id INTEGER PRIMARY KEY, run_id, title, text, level",
    }.items():
        database.execute(f"CREATE TABLE {table} ({columns})")
    database.execute("INSERT INTO configs VALUES (1, 'a', 'n', ?)", (json.dumps({"lr": 1, "_Group": None}),))
    database.execute("INSERT INTO metrics VALUES (1, 'a', 'n', 0, ?)", (json.dumps({"x": 1}),))
    database.execute("INSERT INTO metrics VALUES (2, 'b', 'm', 4, ?)", (json.dumps({"x": 2}),))
    database.execute("INSERT INTO alerts VALUES (1, 'a', 'title', NULL, 'warn')")
    database.commit()
    database.close()

    assert trackio_runs(tmp_path) == [
        {
            "id": "a",
            "project": "p",
            "name": "n",
            "config": {"lr": 1},
            "history": [{"_step": 0, "x": 1}],
            "alerts": [{"title": "title", "text": "", "level": "WARN"}],
        },
        {"id": "b", "project": "p", "name": "m", "history": [{"_step": 4, "x": 2}], "alerts": []},
    ]
