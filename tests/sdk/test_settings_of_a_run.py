"""What run.settings of 0.31 reads as."""

from __future__ import annotations

import pytest

import wandb_testkit as wt


def test_settings_without_a_value_read_as_their_default() -> None:
    with wt.fake(profile="current", environ={}) as fake:
        run = fake.init(project="p", settings=wt.Settings(console="off"))
        settings = run.settings

        assert (settings.project, settings.console, settings.run_group, settings.mode) == ("p", "off", None, "online")
        with pytest.raises(AttributeError, match="no attribute 'nonsense'"):
            _ = settings.nonsense
