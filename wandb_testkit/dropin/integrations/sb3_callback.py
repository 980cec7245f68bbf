"""Owns wandb.integration.sb3: a callback of stable-baselines3 that keeps hyperparameters, gradients and the model."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from wandb_testkit.dropin.calls import active_run, show_line
from wandb_testkit.dropin.integrations.building import built
from wandb_testkit.profiles import Profile

LOGS = ("gradients", "parameters", "all", None)


class WandbCallback:
    """Keeps what the agent is made of in the config, watches its policy, and saves the model.

    Args:
        verbose: As stable-baselines3 says.
        model_save_path: The folder in which the model is saved; None saves none.
        model_save_freq: Calls between two savings; 0 saves at the end only.
        gradient_save_freq: Calls between two histograms; 0 watches nothing.
        log: What is watched: "gradients", "parameters", "all" or None.
    Raises:
        Error: There is no run.
    """

    if TYPE_CHECKING:
        model: Any
        n_calls: int

    def __init__(
        self,
        verbose: int = 0,
        model_save_path: str | None = None,
        model_save_freq: int = 0,
        gradient_save_freq: int = 0,
        log: str | None = "all",
    ) -> None:
        super().__init__(verbose)  # type: ignore[call-arg] # the base class is that of stable-baselines3
        active_run("WandbCallback()")
        if log not in LOGS:
            show_line(
                "`log` must be one of `None`, 'gradients', 'parameters', or 'all', falling back to 'all'", "warning"
            )
            log = "all"
        if model_save_path is None and model_save_freq:
            raise AssertionError("to use the `model_save_freq` you have to set the `model_save_path` parameter")
        self.model_save_path = model_save_path
        self.model_save_freq = model_save_freq
        self.gradient_save_freq = gradient_save_freq
        self.log = log
        if model_save_path is not None:
            os.makedirs(model_save_path, exist_ok=True)
            self.path = os.path.join(model_save_path, "model.zip")

    def _init_callback(self) -> None:
        run = active_run("wandb.config")
        facts = {"algo": type(self.model).__name__}
        for name, value in vars(self.model).items():
            if name not in run.config:
                facts[name] = value if type(value) in (float, int, str) else str(value)
        if self.gradient_save_freq > 0:
            run.watch(self.model.policy, log_freq=self.gradient_save_freq, log=self.log)
        run.config.setdefaults(facts)

    def _on_step(self) -> bool:
        if self.model_save_freq > 0 and self.n_calls % self.model_save_freq == 0:
            self.save_model()
        return True

    def _on_training_end(self) -> None:
        if self.model_save_path is not None:
            self.save_model()

    def save_model(self) -> None:
        """Write the model, and keep it with the run."""
        self.model.save(self.path)
        active_run("wandb.save()").save(self.path, base_path=self.model_save_path)


def callback_class(profile: Profile) -> type:
    """The class for stable-baselines3.

    Raises:
        ModuleNotFoundError: stable-baselines3 is not installed.
    """
    return built(WandbCallback, "stable_baselines3.common.callbacks", "BaseCallback", "wandb.integration.sb3")
