"""Programs of few lines, played by a real client and by the reference implementation: all that can be seen is equal.

One process of the real client plays them all; ours plays the very same script with the drop-in module.
"""

from __future__ import annotations

import json
import runpy
import sys
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, NamedTuple

import numpy
import pytest

import wandb_testkit as wt
from tests.clients import programs
from tests.clients.conftest import SCRIPTS, VERSIONS, Client
from wandb_testkit.dropin.originals import VERSIONS as PLAYED
from wandb_testkit.profiles import CLASSIC, CURRENT, Profile

pytestmark = pytest.mark.needs_client

SCRIPT = "programs.py"

ALL: Mapping[Profile, dict[str, str]] = {
    CURRENT: {
        **{f"m-{name}": code for name, code in {**programs.METRICS, **programs.METRICS_OF_CURRENT}.items()},
        **{f"s-{name}": code for name, code in {**programs.SUMMARIES, **programs.SUMMARIES_OF_CURRENT}.items()},
        **{f"v-{name}": code for name, code in {**programs.VALUES, **programs.VALUES_OF_CURRENT}.items()},
        **{f"n-{name}": code for name, code in {**programs.NAMES, **programs.NAMES_OF_CURRENT}.items()},
        **{f"a-{name}": code for name, code in programs.ARRAYS_OF_CURRENT.items()},
        **{f"c-{name}": code for name, code in programs.CONFIGS.items()},
    },
    CLASSIC: {
        **{f"m-{name}": code for name, code in {**programs.METRICS, **programs.METRICS_OF_CLASSIC}.items()},
        **{f"s-{name}": code for name, code in programs.SUMMARIES.items()},
        **{f"v-{name}": code for name, code in {**programs.VALUES, **programs.VALUES_OF_CLASSIC}.items()},
        **{f"n-{name}": code for name, code in {**programs.NAMES, **programs.NAMES_OF_CLASSIC}.items()},
        **{f"c-{name}": code for name, code in programs.CONFIGS.items()},
    },
}


KNOWN: Mapping[Profile, Mapping[str, str]] = {
    CURRENT: {
        "s-logged-none": "logged None is out of run.summary (SUMMARY-1), while what 0.31.0 uploads keeps the old value",
    },
    CLASSIC: {
        "m-step-of-a-glob": "0.10.33 tells that the step, which its own pattern matches, is a step of itself",
        "v-texts": '0.10.33 turns "" into []',
    },
}
"""Programs that come to something else, and why that is not followed."""


class Seen(NamedTuple):
    """What a program came to."""

    told: dict[str, Any]
    run: dict[str, Any]


def seen_in(runs: list[wt.RunView], told: dict[str, dict[str, Any]]) -> dict[str, Seen]:
    by_id = {run.id: run for run in runs}
    return {name: Seen(told[name], facts_of(by_id[name])) for name in told}


def facts_of(run: wt.RunView) -> dict[str, Any]:
    """What is to be equal: as text, so that NaN equals NaN."""
    facts = {
        "history": list(run.history),
        "summary": run.summary,
        "config": run.config,
        "metrics": metrics_of(run.client["config"]),
        "pinned": run.client["config"].get("pinned_keys"),
        "state": str(run.state),
        "exit code": run.exit_code,
        "alerts": run.alerts,
        "files": sorted(run.files),
        "output": run.output,
    }
    return {name: json.dumps(plain(value), sort_keys=True) for name, value in facts.items()}


def plain(value: Any) -> Any:
    """The value with 2.0 as 2 and -0.0 as 0: on the wire there is no difference."""
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value


def metrics_of(client_config: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    """The metric definitions by name; 0.31 sends them in any order, and empty lists too."""
    entries: list[dict[str, Any]] = client_config.get("m") or []
    metrics = []
    for entry in entries:
        shown: dict[str, Any] = dict(entry)
        if "5" in entry:
            shown["5"] = entries[entry["5"] - 1]["1"]
        for numbers in ("6", "7"):
            shown[numbers] = sorted(entry.get(numbers, []))
        metrics.append((entry.get("1") or entry["2"], shown))
    return sorted(metrics, key=lambda metric: metric[0])


PROCESSES: Mapping[Profile, int] = {CLASSIC: 8, CURRENT: 1}
"""0.10.33 waits for 2 seconds at the end of every run; 0.31.0 plays them all in a few."""


def with_numpy(directory: Path) -> dict[str, str]:
    """The variable by which a client finds the numpy of this environment, and nothing else of it."""
    packages = Path(numpy.__file__).parents[1]
    for name in ("numpy", "numpy.libs"):
        if (packages / name).exists():
            (directory / name).symlink_to(packages / name)
    return {"PYTHONPATH": str(directory)}


def played_by_a_client(profile: Profile, directory: Path) -> dict[str, Seen]:
    programs_of = list(ALL[profile].items())
    count = PROCESSES[profile]
    with wt.fake(profile=profile) as world:

        def play(share: int) -> dict[str, Any]:
            home = directory / str(share)
            home.mkdir()
            file = home / "programs.json"
            file.write_text(json.dumps(dict(programs_of[share::count])), encoding="utf-8")
            env = with_numpy(home) if profile is CURRENT else {}
            played = Client(PLAYED[profile], world, home).play(SCRIPT, file, env=env)
            assert played.exit_code == 0, played.output
            return played.told

        with ThreadPoolExecutor(count) as players:
            told = {name: said for share in players.map(play, range(count)) for name, said in share.items()}
        return seen_in(world.runs, told)


def played_by_ours(profile: Profile, directory: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Seen]:
    file = directory / "ours.json"
    told = directory / "told.txt"
    file.write_text(json.dumps(ALL[profile]), encoding="utf-8")
    with monkeypatch.context() as patch, told.open("w") as out, wt.install(profile=profile) as world:
        patch.chdir(directory)
        patch.setattr(sys, "argv", [SCRIPT, str(file)])
        patch.setattr(sys, "stdout", out)
        runpy.run_path(str(SCRIPTS / SCRIPT))
        out.flush()
        return seen_in(world.runs, json.loads(told.read_text().removeprefix("RESULT ")))


@pytest.fixture(scope="module", params=[p for p in Profile if PLAYED[p] in VERSIONS], ids=str)
def profile(request: pytest.FixtureRequest) -> Profile:
    value: Profile = request.param
    return value


@pytest.fixture(scope="module")
def both(profile: Profile, tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[Seen, Seen]]:
    """Name of the program -> what the real client came to, and what ours did."""
    with pytest.MonkeyPatch.context() as monkeypatch:
        ours = played_by_ours(profile, tmp_path_factory.mktemp("ours"), monkeypatch)
    theirs = played_by_a_client(profile, tmp_path_factory.mktemp("theirs"))
    return {name: (theirs[name], ours[name]) for name in theirs}


def test_every_program_comes_to_the_same(profile: Profile, both: dict[str, tuple[Seen, Seen]]) -> None:
    """LOG-1 to LOG-6, SUMMARY-1, SUMMARY-2, CONFIG-12"""
    differences = {
        name: [
            f"{what}: the client has {theirs!r}, ours {ours!r}"
            for what, theirs, ours in (
                ("told", client.told, kit.told),
                *((key, client.run[key], kit.run[key]) for key in client.run),
            )
            if theirs != ours
        ]
        for name, (client, kit) in both.items()
    }

    assert {name: found for name, found in differences.items() if found and name not in KNOWN[profile]} == {}
    assert [name for name in KNOWN[profile] if not differences[name]] == []
