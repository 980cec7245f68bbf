"""Owns the operators of torchvision where its own cannot be loaded: it was built for another torch than is installed.

The torchvision of PyPI is built for the torch of PyPI, which on Linux is one for graphics cards; beside a torch without
them it cannot even be imported, because two of its operators are missing. Scripts call this before anything else.
"""

from __future__ import annotations

import importlib
import os

NAMES = ("nms", "qnms")


def make_them_importable() -> None:
    """Declare the two; nobody here calls them: ultralytics takes its own, and is told so."""
    torch = importlib.import_module("torch")
    try:
        importlib.import_module("torchvision")
    except RuntimeError:
        library = torch.library.Library("torchvision", "FRAGMENT")
        for name in NAMES:
            library.define(f"{name}(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
        _kept.append(library)
        importlib.import_module("torchvision")
    os.environ.setdefault("YOLO_OFFLINE", "1")


_kept: list[object] = []
"""What is declared is there as long as the library is."""
