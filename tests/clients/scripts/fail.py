"""Fail with an exception in the middle of a run."""

import sys

import wandb

run = wandb.init(project="p", id=sys.argv[1])
run.log({"a": 1})
raise RuntimeError("on purpose")
