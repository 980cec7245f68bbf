"""Owns the gradients that the WandbCallback of 0.10.33 logs: the sum over the training data, nothing being learned."""

from __future__ import annotations

import importlib
import logging
from typing import Any

from wandb_testkit.sdk.data_types.histogram import Histogram


def training_pair(data: Any) -> tuple[Any, Any]:
    """x and y of training data; where they are one, such as a generator, y is None.

    Raises:
        ValueError: There are none, or no pair of them.
    """
    if data is None:
        raise ValueError("training_data argument is required for gradient logging.")
    if not isinstance(data, (list, tuple)):
        return data, None
    if len(data) != 2:
        raise ValueError("training data must be a tuple of length two")
    return data[0], data[1]


def must_be_possible() -> None:
    """Refuse what wandb 0.10.33 cannot do either.

    Raises:
        AttributeError: Optimizers are those of TensorFlow 2.11 and newer; so it ends in wandb, after the first epoch.
    """
    tensorflow = importlib.import_module("tensorflow")
    if not hasattr(tensorflow.keras.optimizers.Optimizer, "_resource_apply_dense"):
        raise AttributeError(
            f"WandbCallback(log_gradients=True): wandb 0.10.33 knows the optimizers of TensorFlow 2.10 and older, and "
            f"this is {tensorflow.__version__}; leave log_gradients out, as it ends with an AttributeError in wandb too"
        )


def of_model(model: Any, x: Any, y: Any) -> dict[str, Histogram]:
    """A histogram for each weight that is learned, of its gradients' sum over all batches of the training data.

    Args:
        x, y: As for fit(); None for `y` where `x` has both.
    """
    must_be_possible()
    tensorflow = importlib.import_module("tensorflow")
    kept = model.get_weights()
    summing, sums = _summing(tensorflow, model)
    log = tensorflow.get_logger()
    level = log.level
    log.setLevel(logging.ERROR)
    summing.fit(x, y, verbose=0)
    log.setLevel(level)
    model.set_weights(kept)  # what layers count by the way, such as the means of a normalization
    pairs = zip(model.trainable_weights, sums, strict=True)
    return {f"gradients/{weight.name.split(':')[0]}.gradient": Histogram(total.numpy()) for weight, total in pairs}


def _summing(tensorflow: Any, model: Any) -> tuple[Any, list[Any]]:
    """A model of the same layers, whose step adds up gradients, and what it adds them up in."""
    wide = tensorflow.float64  # the sum of many, as numpy would have it

    class Summing(tensorflow.keras.Model):  # type: ignore[misc] # of a library that is asked for when it is needed
        def train_step(self, data: Any) -> dict[str, Any]:
            x, y, weights = tensorflow.keras.utils.unpack_x_y_sample_weight(data)
            with tensorflow.GradientTape() as tape:
                said = self(x, training=True)
                loss = self.compiled_loss(y, said, weights, regularization_losses=self.losses)
            for total, part in zip(sums, tape.gradient(loss, self.trainable_variables), strict=True):
                total.assign_add(tensorflow.cast(part, wide))
            return {}

    zeros = [tensorflow.zeros(weight.shape, wide) for weight in model.trainable_weights]
    sums = [tensorflow.Variable(zero, trainable=False) for zero in zeros]
    summing = Summing(model.inputs, model(model.inputs))
    summing.compile(loss=model.loss)
    return summing, sums
