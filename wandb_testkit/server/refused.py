"""Owns the exception that ends a request over HTTP: a refusal, with its status, on its way to the door."""

from __future__ import annotations

from wandb_testkit.records import Refusal, Result


class Refused(Exception):
    """The request is refused as a whole."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.message)
        self.refusal = refusal


def accepted(result: Result) -> Result:
    """The result of a record that was carried out.

    Raises:
        Refused: It was not.
    """
    if result.refusal is not None:
        raise Refused(result.refusal)
    return result
