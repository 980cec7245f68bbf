"""Owns what `--wandb-fake` does without pytest: `import wandb` is the drop-in module, and a world is in force."""

from __future__ import annotations

from importlib import import_module
from types import TracebackType

from wandb_testkit.dropin import install as dropin
from wandb_testkit.profiles import Profile
from wandb_testkit.sdk.process_end import exit_code_of
from wandb_testkit.world import World


class FakeInstallation:
    """`import wandb` is the drop-in module, and a world of its profile is in force, until uninstall().

    Attributes:
        world: The world that the runs end in; it is what `with wt.install() as fake` gives.
    """

    def __init__(self, module: dropin.Installation) -> None:
        self._module = module
        import_module(f"wandb_testkit.dropin.{module.profile}")  # the functions of `wandb`: who installs it calls them
        self.world = World(module.profile).enter()

    def uninstall(self) -> None:
        """End it: `import wandb` and the world in force are what they were; a second time nothing happens."""
        self._module.uninstall()
        self.world.close()

    def __enter__(self) -> World:
        return self.world

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.world.finish_unfinished(exit_code_of(error))
        self.uninstall()


def install(mode: str = "module", profile: Profile | str | None = None) -> FakeInstallation:
    """Do what --wandb-fake does, for unittest, notebooks and scripts.

    Args:
        mode: "module": `import wandb` is the drop-in module.
        profile: Whose names and behaviour; None means that of the installed wandb, current where there is none.
    Raises:
        ValueError: There is no such mode or profile.
    Warns:
        RealWandbImportedWarning: The interpreter's own wandb has been imported already.
    """
    return FakeInstallation(dropin.install(mode, profile))
