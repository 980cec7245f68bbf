"""The commands of `wandb-testkit` that have more to say than `cli` has room for: one module each."""
