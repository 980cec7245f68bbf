"""The conformance suite: what an implementation of wandb.init() claims, held against the spec clause by clause."""
