"""Owns the notebook document that is made of the cells of a session: `code/_session_history.ipynb`.

Written by hand, in notebook format 4.4, which has no cell ids: nbformat is a heavy guest for a dictionary.
Source: CODE-1, JUPYTER-3.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

SESSION_HISTORY = "code/_session_history.ipynb"


def document_of(shell: Any, displayed: Mapping[int, Sequence[Mapping[str, Any]]]) -> bytes | None:
    """The cells that this session has run, and what they gave, as a notebook; None if it has run none.

    Args:
        shell: IPython's.
        displayed: Execution count -> what the cell displayed.
    """
    manager = shell.history_manager
    if manager is None:
        return None
    cells = [
        _cell(count, source, result, displayed.get(count, ()))
        for _, count, (source, result) in manager.get_range(output=True)
        if source
    ]
    if not cells:
        return None
    import platform

    kernel = getattr(shell, "kernel", None)
    document = {
        "cells": cells,
        "metadata": {
            "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
            "language_info": {"name": "python", "version": platform.python_version()}
            if kernel is None
            else dict(kernel.language_info),
        },
        "nbformat": 4,
        "nbformat_minor": 4,
    }
    return (json.dumps(document, indent=1, ensure_ascii=False, default=str) + "\n").encode()


def _cell(count: int, source: str, result: str | None, displayed: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    outputs: list[dict[str, Any]] = [
        {"output_type": "display_data", "data": one["data"], "metadata": one["metadata"]} for one in displayed
    ]
    if result:
        outputs.append(
            {
                "output_type": "execute_result",
                "execution_count": count,
                "data": {"text/plain": result},
                "metadata": {},
            }
        )
    return {
        "cell_type": "code",
        "execution_count": count,
        "metadata": {},
        "outputs": outputs,
        "source": source,
    }
