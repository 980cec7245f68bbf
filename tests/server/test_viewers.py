"""Who sees what on the pages of a served server, once there is more than one account."""

from __future__ import annotations

import base64
from urllib.parse import urlencode

import pytest

from tests.server.test_pages import get, page, text
from wandb_testkit.records import AnonymousAccountRequest, FilesRecord, HistoryRecord, RunPath, RunRecord
from wandb_testkit.server.pages.site import Site, served
from wandb_testkit.server.pages.viewers import MAX_SESSIONS
from wandb_testkit.wire.http import Request, Response

KEY = "testkit0" * 5
HOME = "127.0.0.1:8080"


@pytest.fixture
def site() -> Site:
    """Alice and Bob have a run each, and a team where Bob alone is."""
    site = served(None, None)
    site.server.add_user("alice", api_key="a" * 40)
    site.server.add_user("bob", api_key="b" * 40, teams=("vision",))
    log(site, RunPath("alice", "digits", "ra"), "a" * 40)
    log(site, RunPath("bob", "digits", "rb"), "b" * 40)
    log(site, RunPath("vision", "shared", "rv"), "b" * 40)
    return site


def log(site: Site, path: RunPath, key: str) -> None:
    for record in (RunRecord(path, starts=True), FilesRecord(path, {"f.txt": f"of {path.run_id}".encode()})):
        assert site.server.apply(record, api_key=key).refusal is None


def with_key(key: str) -> dict[str, str]:
    return {"authorization": f"Basic {base64.b64encode(f'any:{key}'.encode()).decode()}"}


def post(site: Site, path: str, form: dict[str, str], **headers: str) -> Response:
    named = {"host": HOME, **{name.replace("_", "-"): value for name, value in headers.items()}}
    return site.handle(Request("POST", path, "", named, urlencode(form).encode(), f"http://{HOME}"))


def cookie_of(response: Response) -> str:
    return response.headers["Set-Cookie"].partition(";")[0]


def test_each_key_shows_what_its_account_may_see(site: Site) -> None:
    of_alice, of_bob = (text(page(site, "/", **with_key(key * 40))) for key in "ab")

    assert "1 project, 1 run" in of_alice
    assert "seen as alice" in of_alice
    assert "alice/digits" in of_alice
    assert "2 projects, 2 runs" in of_bob
    assert "bob/digits" in of_bob
    assert "vision/shared" in of_bob
    assert "alice" not in of_bob
    assert "bob" not in of_alice


@pytest.mark.parametrize("where", ["/bob/digits", "/bob/digits/runs/rb", "/bob/digits/runs/rb/files/f.txt"])
def test_what_is_anothers_is_as_if_it_were_not_there(site: Site, where: str) -> None:
    of_nobody = get(site, where.replace("bob", "eve").replace("rb", "none"), **with_key("a" * 40))
    of_bob = get(site, where, **with_key("a" * 40))

    assert get(site, where, **with_key("b" * 40)).status == 200
    assert (of_bob.status, of_nobody.status) == (404, 404)
    assert of_bob.body.replace(b"bob", b"eve").replace(b"rb", b"none") == of_nobody.body


@pytest.mark.parametrize("where", ["/", "/authorize", "/bob/digits", "/bob/digits/runs/rb", "/nothing/there"])
def test_without_a_key_nothing_is_shown_but_the_question_for_one(site: Site, where: str) -> None:
    for_browsers = get(site, where, accept="text/html,*/*")
    for_others = get(site, where)

    assert for_browsers.status == for_others.status == 401
    assert "API key of an account on this server" in text(for_browsers.body.decode())
    assert "WWW-Authenticate" not in for_browsers.headers  # it would have the browser ask, over the page
    assert for_others.headers["WWW-Authenticate"].startswith("Basic")
    assert not {"alice", "bob", "vision"} & {*text(for_browsers.body.decode()).split()}


def test_a_public_project_is_seen_by_all_who_have_a_key(site: Site) -> None:
    site.server.set_access("digits", "public", entity="bob")

    assert "bob/digits" in text(page(site, "/", **with_key("a" * 40)))
    assert page(site, "/bob/digits/runs/rb", **with_key("a" * 40))


def test_who_signs_in_stays_so_until_they_sign_out_or_the_key_is_revoked(site: Site) -> None:
    entered = post(site, "/-/login", {"key": " " + "a" * 40, "after": "/alice/digits?page=1"})
    cookie = cookie_of(entered)
    seen = page(site, "/alice/digits", cookie=f"other=1; {cookie}")
    left = post(site, "/-/logout", {}, cookie=cookie)
    again = cookie_of(post(site, "/-/login", {"key": "a" * 40}))
    site.server.revoke_api_key("a" * 40)

    assert (entered.status, entered.headers["Location"]) == (303, "/alice/digits?page=1")
    assert "a" * 40 not in repr(entered.headers)
    assert {"HttpOnly", "SameSite=Lax", "Path=/"} <= set(entered.headers["Set-Cookie"].split("; "))
    assert "seen as alice" in text(seen)
    assert (left.status, "Max-Age=0" in left.headers["Set-Cookie"]) == (303, True)
    assert get(site, "/", cookie=cookie).status == 401
    assert get(site, "/", cookie=again).status == 401


def test_a_wrong_key_is_asked_for_again_with_the_page_that_was_wanted(site: Site) -> None:
    site.server.revoke_api_key("w" * 40)

    refused = post(site, "/-/login", {"key": "w" * 40, "after": "/bob/digits"}, accept="text/html")

    assert refused.status == 401
    assert "That key is not accepted." in text(refused.body.decode())
    assert 'name="after" value="/bob/digits"' in refused.body.decode()


@pytest.mark.parametrize(
    "after", ["//evil.example/x", "\\\\evil.example", "/\\evil.example", "https://evil.example", "\r\nSet-Cookie: a=b"]
)
def test_after_signing_in_one_is_still_on_this_server(site: Site, after: str) -> None:
    where = post(site, "/-/login", {"key": "a" * 40, "after": after}).headers["Location"]

    assert where.startswith("/")
    assert not where.startswith(("//", "/\\"))
    assert where.isprintable()


def test_a_link_of_an_anonymous_run_shows_it_and_loses_its_key(site: Site) -> None:
    account = site.server.apply(AnonymousAccountRequest()).account
    assert account is not None
    path = RunPath(account.entity, "p", "r")
    log(site, path, account.api_key)
    where = f"/{account.entity}/p/runs/r"

    entered = get(site, f"{where}?before=3&apiKey={account.api_key}")
    shown = page(site, where, cookie=cookie_of(entered))

    assert (entered.status, entered.headers["Location"]) == (303, f"{where}?before=3")
    assert f"seen as {account.entity}" in text(shown)
    assert get(site, "/alice/digits", cookie=cookie_of(entered)).status == 404
    assert get(site, f"{where}?apiKey=short", accept="text/html").status == 401


def test_anonymous_accounts_alone_hide_nothing_from_who_runs_the_server() -> None:
    site = served(None, None)
    account = site.server.apply(AnonymousAccountRequest()).account
    assert account is not None
    log(site, RunPath(account.entity, "p", "r"), account.api_key)

    assert f"{account.entity}/p" in text(page(site, "/"))
    assert f"seen as {account.entity}" in text(page(site, "/", **with_key(account.api_key)))


def test_a_server_with_a_key_is_opened_by_each_account_with_its_own() -> None:
    site = served("k" * 40, None)
    alone = text(page(site, "/", **with_key("k" * 40)))
    alice = site.server.add_user("alice")
    log(site, RunPath("alice", "p", "ra"), alice.api_key)
    log(site, RunPath("testkit-user", "p", "rt"), "k" * 40)

    of_alice, of_default = (text(page(site, "/", **with_key(key))) for key in (alice.api_key, "k" * 40))

    assert "seen as" not in alone
    assert ("alice/p" in of_alice, "testkit-user/p" in of_alice) == (True, False)
    assert ("alice/p" in of_default, "testkit-user/p" in of_default) == (False, True)
    assert get(site, "/", **with_key("x" * 40)).status == 401


def test_refusals_are_told_to_those_whose_runs_they_are_about(site: Site) -> None:
    late = HistoryRecord(RunPath("bob", "digits", "no-such-run"), 0, [{"_step": 0}], [0.0], [0.0])
    site.server.apply(late, api_key="b" * 40)
    get(site, "/bob/secret/place", "POST")

    of_alice, of_bob = (text(page(site, "/", **with_key(key * 40))) for key in "ab")

    assert "refused" not in of_alice
    assert "1 request refused lately" in of_bob
    assert "secret" not in of_bob


FOREIGN = [{"sec_fetch_site": "cross-site"}, {"sec_fetch_site": "same-site"}, {"origin": "http://evil.example"}]


@pytest.mark.parametrize("headers", [*FOREIGN, {"origin": "null"}, {"origin": "http://127.0.0.1:9999"}])
@pytest.mark.parametrize("path", ["/-/login", "/-/logout", "/graphql"])
def test_a_page_of_somebody_else_changes_nothing_here(site: Site, path: str, headers: dict[str, str]) -> None:
    cookie = cookie_of(post(site, "/-/login", {"key": "a" * 40}))

    refused = post(site, path, {"key": "b" * 40}, cookie=cookie, **headers)

    assert refused.status == 403
    assert "seen as alice" in text(page(site, "/", cookie=cookie))


@pytest.mark.parametrize("path", ["/-/login", "/-/knobs"])
def test_a_name_that_is_not_of_this_machine_leads_nowhere(site: Site, path: str) -> None:
    posted = post(site, path, {"key": "a" * 40}, host="evil.example")
    read = get(site, path, host="evil.example")

    assert (posted.status, read.status) == (403, 403)


def test_sessions_are_bounded_and_a_nonsense_cookie_is_none(site: Site) -> None:
    first = cookie_of(post(site, "/-/login", {"key": "a" * 40}))
    for _ in range(MAX_SESSIONS):
        post(site, "/-/login", {"key": "b" * 40})

    assert get(site, "/", cookie=first).status == 401
    for nonsense in ("", "=;;=", "\x00", "wandb-testkit-8080=", 'wandb-testkit-8080="\\377"', "a" * 100_000):
        assert get(site, "/", cookie=nonsense).status == 401


@pytest.mark.parametrize("host", ["[", "[::1", "[]:1", "a:b:c", "", "localhost:99999"])
def test_a_host_that_cannot_be_read_is_no_mistake_of_ours(site: Site, host: str) -> None:
    response = site.handle(Request("GET", "/", "apiKey=" + "a" * 40, {"host": host}, b"", f"http://{host}"))

    assert response.status in (303, 403)
