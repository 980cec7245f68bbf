"""Owns what `import wandb` finds: a tree of modules with wandb's own names, its finder, and its installation.

Nothing is imported here: this file is also the `__file__` of every module of the tree.
"""
