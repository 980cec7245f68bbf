"""What `import wandb_testkit` costs whoever has it installed: next to nothing."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


def printed_by(code: str) -> str:
    """Run code in a fresh interpreter that can import the kit, and return what it printed."""
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code)],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_an_import_loads_typing_and_nothing_else() -> None:
    loaded = printed_by(
        """
        import sys
        import __future__, typing
        before = set(sys.modules)
        import wandb_testkit
        print(*sorted(set(sys.modules) - before))
        """
    )

    assert loaded == "wandb_testkit"


@pytest.mark.parametrize("module", ["threading", "socket", "logging", "json", "dataclasses", "pytest", "inspect"])
def test_an_import_leaves_what_costs_alone(module: str) -> None:
    before_and_after = printed_by(
        f"""
        import sys
        before = {module!r} in sys.modules
        import wandb_testkit
        print(before, {module!r} in sys.modules)
        """
    )

    before, after = before_and_after.split()
    assert before == after


@pytest.mark.parametrize("profile", ["classic", "current"])
def test_the_drop_in_needs_little_of_the_standard_library(profile: str) -> None:
    costly = (
        *("configparser", "datetime", "difflib", "email", "hashlib", "html", "http", "importlib.metadata", "ipaddress"),
        *("logging", "netrc", "platform", "random", "shutil", "socket", "tempfile", "traceback", "urllib.parse"),
    )
    loaded = printed_by(
        f"""
        import sys
        before = set(sys.modules)
        import wandb_testkit
        with wandb_testkit.install(profile={profile!r}) as fake:
            import wandb
            wandb.init(config={{"lr": 0.1}}, name="a run")
            wandb.log({{"loss": 1.0}})
            wandb.finish()
            assert fake.run.history["loss"] == [1.0]
        print(*sorted(set(sys.modules) - before))
        """
    ).split()

    assert [name for name in costly if name in loaded] == []
    assert [name for name in loaded if name.startswith(("wandb_testkit.spec", "wandb_testkit.wire.messages"))] == []
    assert f"wandb_testkit.sdk.{profile}" in loaded


def test_an_import_starts_no_thread_and_reads_no_environment() -> None:
    told = printed_by(
        """
        import os, threading

        class Guarded(dict):
            def __getitem__(self, name):
                raise AssertionError(f"{name} was read")
            get = __contains__ = __getitem__

        os.environ = Guarded()
        import wandb_testkit
        print(threading.active_count())
        """
    )

    assert told == "1"


def test_a_world_needs_no_third_party() -> None:
    loaded = printed_by(
        """
        import sys
        outside = {name for name in sys.modules if "." not in name}
        import wandb_testkit
        with wandb_testkit.fake(environ={}) as fake:
            with fake.init() as run:
                run.log({"loss": 1})
                run.summary["best"] = 1
                run.define_metric("loss", summary="min")
            assert fake.run.history["loss"] == [1]
        new = {name for name in sys.modules if "." not in name} - outside
        print(*sorted(new - set(sys.stdlib_module_names)))
        """
    )

    assert loaded == "wandb_testkit"
