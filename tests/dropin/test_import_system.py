"""How the drop-in comes in: through the import system and its metadata, as an installed wandb does."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from wandb_testkit.dropin import names
from wandb_testkit.profiles import CLASSIC, Profile


def test_every_module_has_a_spec_before_and_after_its_import(python: Callable[..., str]) -> None:
    python(
        """
        import importlib, importlib.util, os, sys
        from wandb_testkit.dropin import names
        from wandb_testkit.dropin.install import install
        from wandb_testkit.profiles import CURRENT
        assert importlib.util.find_spec("wandb") is None
        with install(profile="current"):
            assert not any(name == "wandb" or name.startswith("wandb.") for name in sys.modules)
            for name in filter(lambda name: names.has_module(name, CURRENT), names.NAMES):
                spec = importlib.util.find_spec(name)
                assert spec.name == name and spec.loader and os.path.isfile(spec.origin)
                assert (spec.submodule_search_locations is not None) is names.is_package(name, CURRENT)
                module = importlib.import_module(name)
                assert module.__spec__ == importlib.util.find_spec(name) == sys.modules[name].__spec__
                assert module.__file__ == spec.origin and module.__loader__ is spec.loader
                assert module.__package__ == (name if names.is_package(name, CURRENT) else name.rpartition(".")[0])
                assert hasattr(module, "__path__") is names.is_package(name, CURRENT)
        assert importlib.util.find_spec("wandb") is None
        """
    )


@pytest.mark.parametrize(
    "statement",
    [
        "import wandb",
        "import wandb as w",
        "from wandb import init, log, config, run, Error, util, errors",
        "from wandb import *",
        "from wandb.util import *",
        "from wandb.errors import *",
        "import wandb.sdk.wandb_run",
        "from wandb.sdk.wandb_run import Run",
        "from wandb.wandb_run import Run",
        "from wandb.sdk.lib import RunDisabled",
        "from wandb.sdk.lib.config_util import ConfigError",
        "from wandb.errors.term import termwarn",
        "import wandb; wandb.sdk.lib.disabled.RunDisabled",
        "import wandb; wandb.wandb_sdk.wandb_settings.Settings",
    ],
)
def test_import_statements_work_first_thing(python: Callable[..., str], statement: str) -> None:
    python(f"from wandb_testkit.dropin.install import install\ninstall()\n{statement}")


def test_a_star_import_brings_the_names_of_wandbs_own_list(python: Callable[..., str]) -> None:
    said = python(
        """
        from wandb_testkit.dropin.install import install
        install(profile="classic")
        before = set(globals())
        from wandb import *
        print(*sorted(set(globals()) - before - {"before"}))
        """
    )

    assert said.split() == sorted(names.star_of("wandb", CLASSIC))


def test_threads_that_import_at_once_all_get_the_same_modules(python: Callable[..., str]) -> None:
    python(
        """
        import sys, threading
        from wandb_testkit.dropin.install import install
        install(profile="current")
        sys.setswitchinterval(1e-6)
        start, seen, failed = threading.Barrier(12), [], []

        def work(number):
            start.wait()
            try:
                if number % 3 == 0:
                    import wandb
                elif number % 3 == 1:
                    import wandb.sdk.wandb_run, wandb
                else:
                    from wandb.errors import CommError
                    import wandb
                seen.append((wandb, wandb.log, wandb.init, wandb.sdk.wandb_run.Run, wandb.errors.CommError, wandb.run))
            except BaseException as error:
                failed.append(error)

        threads = [threading.Thread(target=work, args=(number,)) for number in range(12)]
        [thread.start() for thread in threads]
        [thread.join() for thread in threads]
        assert not failed, failed
        assert len(seen) == 12 and len(set(seen)) == 1
        """
    )


@pytest.mark.parametrize("profile", list(Profile), ids=str)
def test_metadata_answer_as_for_an_installed_wandb(python: Callable[..., str], profile: Profile) -> None:
    said = python(
        f"""
        import importlib.metadata as metadata
        from wandb_testkit.dropin.install import install
        known = len(list(metadata.distributions()))
        with install(profile={profile.value!r}):
            import wandb
            assert metadata.version("wandb") == metadata.version("Wandb") == wandb.__version__
            found = metadata.distribution("wandb")
            assert found.metadata["Name"] == "wandb" and found.version == wandb.__version__
            assert found.files is None and found.requires is None and list(found.entry_points) == []
            if hasattr(metadata, "packages_distributions"):
                assert metadata.packages_distributions()["wandb"] == ["wandb"]
            assert len(list(metadata.distributions())) == known + 1
            assert not list(metadata.distributions(name="wandb", path=["."])), "nobody asked about this interpreter"
            assert not list(metadata.distributions(name="wandbx"))
            print(wandb.__version__)
        try:
            metadata.version("wandb")
        except metadata.PackageNotFoundError:
            pass
        else:
            raise AssertionError("still there")
        """
    )

    assert said == {"classic": "0.10.33", "current": "0.31.0"}[profile]


@pytest.mark.parametrize("version", ["0.10.30", "0.13.1", "0.31.0"])
def test_metadata_of_an_installed_wandb_answer_for_themselves(
    python: Callable[..., str], other_wandb: Callable[[str], Path], version: str
) -> None:
    said = python(
        """
        import importlib.metadata as metadata
        from wandb_testkit.dropin.install import install
        with install() as installation:
            import wandb
            assert not hasattr(wandb, "REAL")
            assert [d.version for d in metadata.distributions(name="wandb")] == [metadata.version("wandb")]
            assert metadata.packages_distributions()["wandb"] == ["wandb"]
            assert wandb.__version__ == metadata.version("wandb")
            print(wandb.__version__, installation.profile)
        """,
        path=(other_wandb(version),),
    )

    assert said == f"{version} {'classic' if version.startswith('0.10') else 'current'}"


def test_the_shown_version_belongs_to_the_profile_whatever_is_installed(
    python: Callable[..., str], other_wandb: Callable[[str], Path]
) -> None:
    said = python(
        """
        from wandb_testkit.dropin.install import install
        with install(profile="classic"):
            import wandb
            print(wandb.__version__)
        """,
        path=(other_wandb("0.31.0"),),
    )

    assert said == "0.10.33"


def test_an_import_of_the_drop_in_brings_no_third_party_and_little_of_ours(python: Callable[..., str]) -> None:
    """What is not imported takes no time; benchmarks/ measure the rest beside a MagicMock."""
    said = python(
        """
        import sys
        before = set(sys.modules)
        from wandb_testkit.dropin.install import install
        install(profile="current")
        import wandb
        new = {name.partition(".")[0] for name in set(sys.modules) - before} - {"wandb", "wandb_testkit"}
        assert new <= sys.stdlib_module_names, new - sys.stdlib_module_names
        assert not {"dataclasses", "inspect", "importlib.metadata", "email", "json", "logging"} & set(sys.modules)
        kit = {name for name in sys.modules if name.startswith("wandb_testkit.")}
        assert not {name for name in kit if not name.startswith("wandb_testkit.dropin")} - {
            "wandb_testkit.errors", "wandb_testkit.forks", "wandb_testkit.profiles",
            "wandb_testkit.children", "wandb_testkit.children.starting",
        }, kit
        print("checked")
        """
    )

    assert said == "checked"
