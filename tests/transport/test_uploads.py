"""An upload that is refused is sent again where real clients do so, over every transport; each try counts."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from wandb_testkit.wiring import LINES
from wandb_testkit.world import fake

OBSERVED = {
    "classic": {408, 409, 429, 500, 502, 503, 504},
    "current": {429, 500, 502, 503, 504, 507},
}
"""Statuses of the first upload of a file after which it arrived: with 0.10.33, and with 0.31.0."""

STATUSES = (400, 401, 403, 404, 405, 408, 409, 410, 412, 413, 422, 429, 500, 501, 502, 503, 504, 507)


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def saved(profile: str, transport: str, *faults: dict[str, Any]) -> tuple[set[str], list[tuple[str, int]]]:
    """The files that a run has in the end, and the kind and status of what was refused."""
    with fake(profile=profile, transport=transport, environ={}) as world:
        for fault in faults:
            world.server.fail(limit_s=0.0, **fault)
        run: Any = world.init(project="p", id="r")
        for fault in faults:
            name = fault["file"]
            Path(name).write_text(name)
            run.save(name, policy="now")
        run.finish()
        told = [(type(one.record).__name__, one.refusal.status) for one in world.recorder.refusals]
        assert all(one.refusal.on_purpose for one in world.recorder.refusals)
        return set(world.run.files), told


@pytest.mark.parametrize("on", ["files", "upload"])
@pytest.mark.parametrize("transport", ["memory", "responses"])
@pytest.mark.parametrize("profile", OBSERVED)
def test_a_file_arrives_where_real_clients_try_again(profile: str, transport: str, on: str) -> None:
    faults = [{"on": on, "nth": 1, "reply": status, "file": f"{status}.txt"} for status in STATUSES]

    files, told = saved(profile, transport, *faults)

    assert files == {f"{status}.txt" for status in OBSERVED[profile]}
    assert [status for _, status in told if status not in OBSERVED[profile]] == [
        status for status in STATUSES if status not in OBSERVED[profile]
    ]


@pytest.mark.parametrize("transport", sorted(LINES))
@pytest.mark.parametrize("how", ["cut", "lose_answer", "malformed", "twice", "slow"])
def test_a_file_arrives_whatever_becomes_of_its_first_answer(transport: str, how: str) -> None:
    files, _ = saved("current", transport, {"on": "files", "nth": 1, "how": how, "file": "f.txt"})

    assert files == {"f.txt"}


@pytest.mark.parametrize("transport", sorted(LINES))
def test_an_upload_is_given_up_after_twenty_more_tries(transport: str) -> None:
    files, told = saved("current", transport, {"on": "files", "reply": 500, "file": "f.txt"})

    assert (files, told) == (set(), [("FilesRecord", 500)] * 21)


@pytest.mark.parametrize("transport", ["memory", "responses"])
def test_three_tries_that_fail_leave_a_fourth(transport: str) -> None:
    faults = [{"on": "files", "nth": 1, "reply": 503, "file": "f.txt"}] * 3

    files, told = saved("current", transport, *faults)

    assert (files, told) == ({"f.txt"}, [("FilesRecord", 503)] * 3)


@pytest.mark.parametrize("transport", ["memory", "responses"])
def test_a_limit_of_the_server_is_no_fault_that_is_over_at_the_next_try(transport: str) -> None:
    with fake(profile="current", transport=transport, environ={}) as world:
        run: Any = world.init(project="p", id="r")
        Path("f.txt").write_text("four")
        world.server.limits(storage_bytes=3)
        run.save("f.txt", policy="now")

        assert [one.refusal.status for one in world.recorder.refusals] == [403]


STORED = json.loads((Path(__file__).parents[2] / "fixtures" / "clients" / "faults.json").read_text(encoding="utf-8"))
"""What users of real clients see of a fault, by version (tests/clients/test_faults.py)."""


@pytest.mark.parametrize("transport", ["memory", "responses"])
@pytest.mark.parametrize(("profile", "version"), [("classic", "0.10.33"), ("current", "0.31.0")])
def test_what_becomes_of_a_file_is_what_is_kept_of_the_real_client(profile: str, version: str, transport: str) -> None:
    """The table of faults in README is made of the same."""
    kept = {
        fault.partition(" ")[2]: seen["files"] == 1
        for fault, seen in STORED[version]["results"].items()
        if fault.startswith("upload ")
    }

    ours = {}
    for name in kept:
        way = {"reply": int(name)} if name.isdigit() else {"how": name}
        files, _ = saved(profile, transport, {"on": "upload", "nth": 1, "file": "f.txt", **way})
        ours[name] = files == {"f.txt"}

    assert ours == kept
