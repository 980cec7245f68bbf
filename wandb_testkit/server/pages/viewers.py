"""Owns who looks at the pages of a served server: known by a key, by a link with one, or by a cookie of their own.

While the default user is the only one that was registered there is nobody to hide anything from: whoever may open the
pages sees all of it. With others there as well it takes a key, and its account sees what `rights` lets it see.
"""

from __future__ import annotations

import hmac
import secrets
from collections import OrderedDict
from http.cookies import CookieError, SimpleCookie
from typing import NamedTuple
from urllib.parse import parse_qs, parse_qsl, quote, urlencode, urlsplit

from wandb_testkit.records import Account
from wandb_testkit.server.app import FakeServer
from wandb_testkit.server.rights import Action, may
from wandb_testkit.wire.http import Request, Response, api_key_of

KEY_IN_A_LINK = "apiKey"
"""As W&B has it in the links that clients print for anonymous runs."""

MAX_SESSIONS = 1_000
MAX_FORM_BYTES = 10_000


class Viewer(NamedTuple):
    """Somebody who looks; without an account it is whoever runs the server, and sees all."""

    server: FakeServer
    account: Account | None = None

    @property
    def sees_all(self) -> bool:
        """Whether nothing is hidden."""
        return self.account is None

    def may_see(self, entity: str, project: str) -> bool:
        """Whether a project is shown."""
        return self.account is None or may(self.account, Action.SEE, self.server.place(entity, project))


class Viewers:
    """Everybody who has come with a key.

    Args:
        server: The server.
        asks_for_key: Whether nothing is shown without one, though there be one account alone.
    """

    def __init__(self, server: FakeServer, *, asks_for_key: bool) -> None:
        self._server = server
        self._asks_for_key = asks_for_key
        self._sessions: OrderedDict[str, str] = OrderedDict()

    def of(self, request: Request) -> Viewer | None:
        """Who looks, None if it takes a key to be told."""
        sent = request.headers.get("authorization")
        if sent is not None:
            return self._with(api_key_of(request.headers))
        session = self._session(request)
        if session is not None:
            return self._with(self._sessions[session])
        return None if self._asks_for_key or self.are_several else Viewer(self._server)

    @property
    def are_several(self) -> bool:
        """Whether users were registered beside the default one."""
        accounts = self._server.accounts
        default = accounts.default.name
        return any(user.name != default and not user.anonymous for user in accounts.users)

    def runs_the_server(self, request: Request) -> bool:
        """Whether a request comes with the key that the server was started with, or none is needed."""
        given = (api_key_of(request.headers) or "").encode("utf-8", "replace")
        return not self._asks_for_key or hmac.compare_digest(given, self._server.accounts.default.api_key.encode())

    def _with(self, api_key: str | None) -> Viewer | None:
        account = self._server.accounts.of(api_key)
        if account is None:
            return None
        is_alone = account.name == self._server.accounts.default.name and not self.are_several
        return Viewer(self._server, None if is_alone else account)

    # ------------------------------------------------------------------ coming and going

    def by_link(self, request: Request) -> Response | None:
        """Take the key out of a link, and show the page it leads to; None if there is none in it, or it is not good."""
        pairs = parse_qsl(request.query, keep_blank_values=True)
        keys = [value for name, value in pairs if name == KEY_IN_A_LINK]
        if not keys or self._server.accounts.of(keys[0]) is None:
            return None
        query = urlencode([pair for pair in pairs if pair[0] != KEY_IN_A_LINK], errors="surrogatepass")
        return self._entered(request, keys[0], f"{_below(request.path)}?{query}" if query else _below(request.path))

    def sign_in(self, request: Request) -> Response | None:
        """Take the key of a form, and show the page that it was asked on; None if it is not good."""
        key = _of_form(request, "key").strip()
        if self._server.accounts.of(key) is None:
            return None
        path, _, query = asked_for(request).partition("?")
        return self._entered(request, key, f"{_below(path)}?{_quoted(query)}" if query else _below(path))

    def sign_out(self, request: Request) -> Response:
        """Forget the session, and show the first page."""
        session = self._session(request)
        if session is not None:
            self._sessions.pop(session, None)
        return _redirect("/", f"{_cookie_name(request)}=; Max-Age=0; {_COOKIE}")

    def _entered(self, request: Request, api_key: str, where: str) -> Response:
        session = secrets.token_urlsafe(32)
        self._sessions[session] = api_key
        while len(self._sessions) > MAX_SESSIONS:
            self._sessions.popitem(last=False)
        secure = "; Secure" if request.origin.startswith("https:") else ""
        return _redirect(where, f"{_cookie_name(request)}={session}; {_COOKIE}{secure}")

    def _session(self, request: Request) -> str | None:
        try:
            morsel = SimpleCookie(request.headers.get("cookie", "")).get(_cookie_name(request))
        except CookieError:
            return None
        return morsel.value if morsel is not None and morsel.value in self._sessions else None


_COOKIE = "Path=/; HttpOnly; SameSite=Lax"


def asked_for(request: Request) -> str:
    """The page that a form for a key was shown in the place of."""
    return _of_form(request, "after") or "/"


def _of_form(request: Request, name: str) -> str:
    if len(request.body) > MAX_FORM_BYTES:
        return ""
    return parse_qs(request.body.decode("utf-8", "replace")).get(name, [""])[0]


def _cookie_name(request: Request) -> str:
    """Of a port: a browser sends cookies to all ports of a machine, and each has sessions of its own."""
    try:
        port = urlsplit(request.origin).port
    except ValueError:
        port = None
    return f"wandb-testkit-{port or 80}"


def _below(path: str) -> str:
    """A path of this server: two slashes at its begin would be another's name for a browser."""
    return "/" + _quoted(path.lstrip("/\\"))


def _quoted(text: str) -> str:
    return quote(text, safe="/%:@!$&'()*+,;=~?", errors="replace")


def _redirect(where: str, cookie: str) -> Response:
    return Response(303, b"", {"Location": where, "Set-Cookie": cookie, "Cache-Control": "no-store"})


def comes_from_elsewhere(request: Request) -> bool:
    """Whether a page of somebody else has a browser send this; clients that are no browsers say nothing of it."""
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        return site not in ("same-origin", "none")
    origin = request.headers.get("origin")
    return origin is not None and urlsplit(origin).netloc != request.headers.get("host", "")
