"""Owns the texts of JSON files: that of 0.31.0, which is written by pydantic, and the standard library's before it.

They differ in spaces, in characters beyond ASCII and in exponents, and so in check sums. Source: observed.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator
from typing import Any

from wandb_testkit.sdk.current_values import in_row
from wandb_testkit.sdk.data_types.cells import plain
from wandb_testkit.sdk.values import Unserializable


def spaced(value: Any) -> bytes:
    """The text of the standard library."""
    return json.dumps(value, default=plain).encode()


def compact(value: Any) -> bytes:
    """The text of pydantic: no spaces, UTF-8, exponents without zeros."""
    return "".join(_parts(value)).encode()


def _parts(value: Any) -> Iterator[str]:
    if value is None or value is True or value is False:
        yield {None: "null", True: "true", False: "false"}[value]
    elif isinstance(value, float):
        yield _float(float(value))
    elif isinstance(value, int):
        yield str(int(value))
    elif isinstance(value, str):
        yield json.dumps(str.__str__(value), ensure_ascii=False)
    elif isinstance(value, dict):
        yield "{"
        for number, (key, item) in enumerate(value.items()):
            yield f"{',' if number else ''}{json.dumps(_key(key), ensure_ascii=False)}:"
            yield from _parts(item)
        yield "}"
    elif isinstance(value, (list, tuple)):
        yield "["
        for number, item in enumerate(value):
            if number:
                yield ","
            yield from _parts(item)
        yield "]"
    else:
        yield from _parts(_known(value))


def _known(value: Any) -> Any:
    try:
        return in_row(value)
    except Unserializable:
        return plain(value)


def _key(key: Any) -> str:
    if isinstance(key, bool):
        return str(key).lower()
    return key if isinstance(key, str) else str(key)


def _float(number: float) -> str:
    if not math.isfinite(number):
        return "NaN" if math.isnan(number) else "Infinity" if number > 0 else "-Infinity"
    text = repr(number)
    if "e" not in text:
        return text
    if 1e-5 <= abs(number) < 1e-4:
        digits = re.sub(r"[-.]|e.*", "", text)
        return f"{'-' if number < 0 else ''}0.0000{digits}"
    return re.sub(r"e([+-]?)0*", lambda found: f"e{found[1].strip('+')}", text)
