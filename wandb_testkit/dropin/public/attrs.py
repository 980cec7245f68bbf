"""Owns what objects of the public API have in common: the fields that the server told, read by their Python names."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from wandb_testkit.errors import NotModelledAttributeError

_Kind = TypeVar("_Kind", bound=type)

TOGGLE = "<button onClick=\"this.nextSibling.style.display='block';this.style.display='none';\">Display W&B {}</button>"


def shown_as(name: str) -> Callable[[_Kind], _Kind]:
    """A class that a profile shows by another name has it: in messages, and for code that asks."""

    def rename(kind: _Kind) -> _Kind:
        kind.__name__ = kind.__qualname__ = name
        return kind

    return rename


class Attrs:
    """An object that the server has told of; `created_at` reads its field createdAt.

    Args:
        attrs: The fields, as the server names them.
    """

    not_modelled: frozenset[str] = frozenset()
    """Names that wandb's object has and this one refuses."""

    def __init__(self, attrs: Mapping[str, Any]) -> None:
        self._attrs = dict(attrs)

    def snake_to_camel(self, string: str) -> str:
        """`created_at` as the server says it: createdAt."""
        first, *rest = string.split("_")
        return first + "".join(part.title() for part in rest)

    def to_html(self, *args: Any, **kwargs: Any) -> str | None:
        """A frame with its page, by `height` and `hidden`; None for what has no page."""
        return None

    def display(self, height: int = 420, hidden: bool = False) -> bool:
        """Show it in a notebook, and tell whether there is one."""
        from wandb_testkit.world import current

        ipython = sys.modules.get("IPython")
        page = self.to_html(height, hidden)
        if ipython is None or page is None or not current().session.shell.is_notebook():
            return False
        ipython.display.display(ipython.display.HTML(page))
        return True

    def __getattr__(self, name: str) -> Any:
        if not name.startswith("_"):
            attrs = self._attrs
            for key in (self.snake_to_camel(name), name):
                if key in attrs and key != "user":
                    return attrs[key]
            if name in self.not_modelled:
                raise NotModelledAttributeError(
                    f"{type(self).__name__}.{name} is part of wandb and not of this version of the kit", name=name
                )
        raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}", name=name, obj=self)


def frame(url: str, height: int, hidden: bool, what: str) -> str:
    """A page of a frame, behind a button if it is hidden."""
    style = f"border:none;width:100%;height:{height}px;{'display:none;' if hidden else ''}"
    shown = f"<iframe src={url + '?jupyter=true'!r} style={style!r}></iframe>"
    return f"{TOGGLE.format(what)}{shown}" if hidden else shown
