"""The clauses as data, a module for each part of spec.md; `wandb_testkit.spec.clauses()` reads them."""
