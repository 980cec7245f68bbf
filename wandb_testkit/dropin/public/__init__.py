"""Owns the public API of the drop-in module: what `wandb.Api()` reads and edits, in documents for the server."""
