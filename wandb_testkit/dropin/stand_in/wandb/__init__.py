"""Stands where a fresh interpreter that a test has started looks for wandb, and makes way for the drop-in."""

from wandb_testkit.dropin.making_way import make_way

make_way()
