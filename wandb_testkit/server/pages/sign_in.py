"""Owns what pages show of keys: the form that asks for one, and who is looking."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from html import escape

from wandb_testkit.report.data import clean
from wandb_testkit.report.figures import clip
from wandb_testkit.report.html import head
from wandb_testkit.server.pages import live
from wandb_testkit.server.pages.control import ROOM
from wandb_testkit.server.pages.viewers import Viewer

ASKING: Mapping[str, str] = {"WWW-Authenticate": 'Basic realm="wandb-testkit", charset="UTF-8"'}


def sign_in_page(after: str, *, is_refused: bool) -> Iterator[str]:
    """A page that asks for a key; `after` is the one that is shown then."""
    yield from head("Sign in · wandb-testkit", policy=live.POLICY, more_css=live.CSS)
    yield "<header><h1>Sign in</h1></header>\n<main>\n"
    yield f'<form class="enter" method="post" action="/{ROOM}/login">'
    yield f'<input type="hidden" name="after" value="{escape(after)}">'
    if is_refused:
        yield '<p class="wrong" role="alert">That key is not accepted.</p>'
    yield '<label for="key">API key of an account on this server</label>'
    yield '<input id="key" name="key" type="password" autocomplete="current-password" required autofocus>'
    yield "<button>Sign in</button>"
    yield '<p class="quiet">It is the WANDB_API_KEY that a client of that account logs in with.</p></form>\n'
    yield "</main>\n</body>\n</html>\n"


def who_part(viewer: Viewer) -> str:
    """Who is looking, where it matters."""
    if viewer.account is None:
        return ""
    name = escape(clip(clean(viewer.account.name), 60))
    return (
        f'<div class="who" data-part="who"><span>seen as {name}</span>'
        f'<form method="post" action="/{ROOM}/logout"><button>sign out</button></form></div>'
    )
