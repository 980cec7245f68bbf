"""Owns what `import wandb` finds: a tree of modules with wandb's own names, the finder that serves it, and its installation.

Nothing is imported here: this file is also the `__file__` of every module of the tree.
"""
