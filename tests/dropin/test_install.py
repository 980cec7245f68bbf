"""Installing and uninstalling: what `import wandb` means in between, and that everything is as before afterwards."""

from __future__ import annotations

import importlib
import itertools
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from wandb_testkit.dropin.install import Installation, install
from wandb_testkit.profiles import CLASSIC, CURRENT


def import_module(name: str) -> Any:
    return importlib.import_module(name)


def wandb_modules() -> list[str]:
    return [name for name in sys.modules if name == "wandb" or name.startswith("wandb.")]


def test_the_top_package_adds_a_world_of_the_same_profile() -> None:
    import wandb_testkit as wt

    before = wt.current()
    with wt.install(profile="current") as fake:
        wandb = importlib.import_module("wandb")
        with wandb.init(project="digits"):
            wandb.log({"loss": 0.5})
        inside = wt.current()

    assert inside is fake
    assert wt.current() is before
    assert fake.profile == "current"
    assert fake.run.history == [{"_step": 0, "loss": 0.5}]


def test_an_installation_with_a_world_ends_without_a_with_block() -> None:
    import wandb_testkit as wt

    before = wt.current()
    installation = wt.install(profile="classic")
    importlib.import_module("wandb").init().finish()
    runs = installation.world.runs
    installation.uninstall()
    installation.uninstall()

    assert [str(run.state) for run in runs] == ["finished"]
    assert wt.current() is before


def test_a_with_block_installs_and_takes_everything_back() -> None:
    path, modules = list(sys.meta_path), dict(sys.modules)
    with install(profile="current") as installation:
        wandb = import_module("wandb.sdk.wandb_run")
        assert isinstance(installation, Installation)
        assert (installation.mode, installation.profile) == ("module", CURRENT)
        assert "drop-in" in wandb.__doc__

    assert sys.meta_path == path
    assert wandb_modules() == [name for name in modules if name in wandb_modules()]


def test_the_end_comes_with_an_error_too() -> None:
    with pytest.raises(ZeroDivisionError), install():
        raise ZeroDivisionError

    assert wandb_modules() == []


def test_uninstalling_twice_is_uninstalling_once() -> None:
    with install() as outer:
        inner = install()
        inner.uninstall()
        inner.uninstall()
        assert import_module("wandb") is sys.modules["wandb"]
        outer.uninstall()

    assert wandb_modules() == []


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))), ids=str)
def test_installations_may_end_in_any_order(order: tuple[int, ...]) -> None:
    installations = [install(profile=CURRENT), install(profile=CLASSIC), install(profile=CURRENT)]
    left = dict(enumerate(installations))
    for index in order:
        installations[index].uninstall()
        del left[index]
        if left:
            wandb = import_module("wandb")
            shown = left[max(left)].profile
            assert hasattr(wandb, "teardown") is (shown is CURRENT)

    assert wandb_modules() == []


def test_an_installation_inside_of_another_keeps_its_modules() -> None:
    with install(profile=CLASSIC):
        outer = import_module("wandb")
        with install() as inner:
            assert inner.profile is CLASSIC
            assert import_module("wandb") is outer

        assert import_module("wandb") is outer


def test_an_installation_of_the_other_profile_gives_way_to_the_very_modules_of_before() -> None:
    with install(profile=CLASSIC):
        outer = import_module("wandb")
        util, log = outer.util, outer.log
        outer.log = "patched"
        with install(profile=CURRENT):
            inner = import_module("wandb")
            assert inner.log is not log
            assert not hasattr(inner.util, "generate_id")

        assert import_module("wandb") is outer
        assert import_module("wandb.util") is outer.util is util
        assert outer.log == "patched"


def test_the_next_installation_shows_the_same_modules_to_code_that_was_imported_before() -> None:
    with install(profile=CURRENT):
        first = import_module("wandb")
    with install(profile=CURRENT):
        second = import_module("wandb")

    assert first is second


def test_modules_work_for_those_who_still_hold_them_afterwards() -> None:
    with install(profile=CURRENT):
        wandb = import_module("wandb")
    assert wandb.sdk.wandb_settings.Settings is wandb.Settings
    assert wandb.run is None

    assert wandb_modules() == []


def test_the_finder_is_the_first_and_is_put_back_when_somebody_has_removed_it() -> None:
    before = list(sys.meta_path)
    with install():
        finder = sys.meta_path[0]
        sys.meta_path[:] = before
        with install():
            assert sys.meta_path == [finder, *before]

    assert sys.meta_path == before


def test_threads_may_install_at_once() -> None:
    def work() -> None:
        for _ in range(50):
            with install(profile=CURRENT):
                assert callable(import_module("wandb").log)

    with install(profile=CURRENT):
        threads = [threading.Thread(target=work) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    assert wandb_modules() == []


@pytest.mark.parametrize("mode", ["server", "modul", ""])
def test_a_mode_that_is_not_there_is_answered_with_those_there_are(mode: str) -> None:
    with pytest.raises(ValueError, match=f"install\\(mode='{mode}'\\).*there is 'module'"):
        install(mode=mode)

    assert wandb_modules() == []


def test_a_profile_that_does_not_exist_installs_nothing() -> None:
    path = list(sys.meta_path)
    with pytest.raises(ValueError, match="expected 'classic'"):
        install(profile="modern")

    assert sys.meta_path == path


def test_the_interpreters_own_wandb_comes_back_as_the_very_same_modules(
    python: Callable[..., str], other_wandb: Callable[[str], Path]
) -> None:
    python(
        """
        import sys, warnings
        import wandb, wandb.sdk
        sys.modules["wandb.blocked"] = None
        real = {name: module for name, module in sys.modules.items() if name.startswith("wandb")}
        before = {name: dict(vars(module)) for name, module in real.items() if module}
        from wandb_testkit.dropin.install import install
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            installation = install()
        import wandb as ours
        import wandb.errors
        assert ours is not real["wandb"] and ours.run is None and "wandb.blocked" not in sys.modules
        sys.modules["wandb.stray"] = sys
        installation.uninstall()
        after = {name: module for name, module in sys.modules.items() if name.startswith("wandb")}
        assert {n: m for n, m in after.items() if not n.startswith("wandb_testkit")} == real
        assert {name: dict(vars(module)) for name, module in real.items() if module} == before
        import wandb
        assert wandb is real["wandb"] and wandb.init().__class__ is wandb.sdk.Run
        """,
        path=(other_wandb("0.31.0"),),
    )


def test_who_had_imported_the_interpreters_own_wandb_is_named_in_a_warning(
    python: Callable[..., str], other_wandb: Callable[[str], Path], tmp_path: Path
) -> None:
    site = other_wandb("0.31.0")
    (site / "early.py").write_text("import wandb as w\n")
    (site / "by_class.py").write_text("from wandb.sdk import Run\n")
    (site / "by_function.py").write_text("from wandb import init\n")
    (site / "harmless.py").write_text(
        "class Lazy:\n    @property\n    def __class__(self): raise RuntimeError('looked at')\nlazy = Lazy()\n"
    )
    said = python(
        """
        import warnings
        import early, by_class, by_function, harmless
        from wandb_testkit.dropin.install import RealWandbImportedWarning, install
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            with install():
                install().uninstall()
        [warning] = caught
        assert warning.category is RealWandbImportedWarning and warning.filename == "<string>"
        print(warning.message)
        """,
        path=(site,),
    )

    assert said == (
        f"wandb had been imported (from {site / 'wandb' / '__init__.py'}) before the drop-in was installed. "
        "From now on `import wandb` is wandb_testkit's. "
        "These modules hold it, and go on using it: by_class, by_function, early. "
        "Install the drop-in before they are imported."
    )


def test_where_warnings_are_errors_nothing_is_installed(
    python: Callable[..., str], other_wandb: Callable[[str], Path]
) -> None:
    python(
        """
        import sys, wandb
        from wandb_testkit.dropin.install import RealWandbImportedWarning, install
        path = list(sys.meta_path)
        try:
            install()
        except RealWandbImportedWarning:
            pass
        else:
            raise AssertionError("no warning")
        assert sys.meta_path == path and sys.modules["wandb"] is wandb
        """,
        path=(other_wandb("0.31.0"),),
    )


def test_an_installed_wandb_that_was_not_imported_is_no_reason_to_warn(
    python: Callable[..., str], other_wandb: Callable[[str], Path]
) -> None:
    python(
        """
        import sys
        from wandb_testkit.dropin.install import install
        with install():
            import wandb
            assert wandb.run is None
        assert "wandb" not in sys.modules
        import wandb
        assert wandb.sdk.Run
        """,
        path=(other_wandb("0.31.0"),),
    )
