"""A running server is set from outside of its process: by `wandb-testkit knobs`, or in JSON."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from tests.server.test_pages import page, text
from tests.server.test_serve import Served, serve
from wandb_testkit.cli import main
from wandb_testkit.records import FilesRecord, RunPath, RunRecord
from wandb_testkit.server.pages.site import Site, served
from wandb_testkit.wire.http import Request, Response

__all__ = ["serve"]

KEY = "testkit0" * 5


@pytest.fixture
def site() -> Site:
    return served(None, None)


def ask(site: Site, method: str, path: str, given: Any = None, **headers: str) -> Response:
    body = b"" if given is None else json.dumps(given).encode()
    named = {"host": "127.0.0.1:8080", "content-type": "application/json"}
    named |= {name.replace("_", "-"): value for name, value in headers.items()}
    return site.handle(Request(method, path, "", named, body, "http://127.0.0.1:8080"))


def told(response: Response) -> Any:
    assert response.status in (200, 201), response.body
    return json.loads(response.body)


NOTHING = {
    "faults": [],
    "limits": {"requests": None, "per_s": 60.0, "body_bytes": None, "storage_bytes": None},
    "features": "all",
    "messages": [],
    "reports_history_length": True,
}


def test_what_is_set_is_told_and_taken_back(site: Site) -> None:
    before = told(ask(site, "GET", "/-/knobs"))
    fault = told(ask(site, "POST", "/-/faults", {"on": "upload", "nth": 3, "reply": 503}))
    other = told(ask(site, "POST", "/-/faults", {}))
    changed = told(
        ask(
            site,
            "PATCH",
            "/-/knobs",
            {
                "limits": {"requests": 5},
                "features": ["CLIENT_IDS"],
                "messages": [["hi", "error"]],
                "reports_history_length": False,
            },
        )
    )
    told(ask(site, "DELETE", f"/-/faults/{fault['number']}"))
    left = told(ask(site, "GET", "/-/knobs"))
    told(ask(site, "DELETE", "/-/faults"))
    after = told(ask(site, "PATCH", "/-/knobs", {name: NOTHING[name] for name in NOTHING if name != "faults"}))

    assert before == after == NOTHING
    assert (fault["on"], fault["nth"], fault["reply"], fault["met"], fault["number"]) == ("upload", 3, 503, 0, 1)
    assert [one["number"] for one in changed["faults"]] == [1, 2]
    assert changed["limits"]["requests"] == 5
    assert (changed["features"], changed["messages"]) == (["CLIENT_IDS"], [["hi", "error"]])
    assert left["faults"] == [other]


@pytest.mark.parametrize(
    ("method", "path", "given", "said"),
    [
        ("POST", "/-/faults", {"on": "upload", "nht": 3}, r"\['nht'\] are nothing to be set here; there are on, nth"),
        ("POST", "/-/faults", {"on": "uploads"}, "there is no such record"),
        ("POST", "/-/faults", {"on": ["upload"]}, r"on of a fault should be a text, not \['upload'\]"),
        ("POST", "/-/faults", {"nth": True}, "nth of a fault should be a whole number or null, not True"),
        ("POST", "/-/faults", {"reply": 99}, "expected a status from 400 to 599"),
        ("POST", "/-/faults", {"limit_s": float("nan")}, "expected seconds"),
        ("POST", "/-/faults", [], "should be a JSON object"),
        ("PATCH", "/-/knobs", {"limits": {"requests": 0}}, "a limit is a number above 0"),
        ("PATCH", "/-/knobs", {"limits": {"speed": 1}}, "requests, per_s, body_bytes, storage_bytes"),
        ("PATCH", "/-/knobs", {"limits": None}, "limits should be an object, not None"),
        ("PATCH", "/-/knobs", {"features": "some"}, 'should be "all", "none"'),
        ("PATCH", "/-/knobs", {"features": [1]}, "a feature should be a text"),
        ("PATCH", "/-/knobs", {"messages": [["a", "loud"]]}, "level of a message should be one of"),
        ("PATCH", "/-/knobs", {"messages": ["a"]}, "a message is a list of its text and its level"),
        ("PATCH", "/-/knobs", {"reports_history_length": 1}, "should be true or false, not 1"),
        ("PATCH", "/-/knobs", {"faults": []}, "nothing to be set here"),
        ("POST", "/-/users", {}, "name of a user should be a text, not None"),
        ("POST", "/-/users", {"name": "testkit-user"}, "exists already"),
        ("POST", "/-/users", {"name": "a", "teams": "v"}, "teams of a user should be a list"),
        ("DELETE", "/-/faults/7", None, "there is no fault 7; armed are none"),
        ("GET", "/-/nothing", None, "is nothing to be set; there is GET /-/knobs"),
        ("GET", "/-/knobs/1", None, "is nothing to be set"),
    ],
)
def test_what_cannot_be_set_is_refused_in_words(site: Site, method: str, path: str, given: Any, said: str) -> None:
    response = ask(site, method, path, given)

    assert response.status in (400, 404), response.body
    assert re.search(said, json.loads(response.body)["error"]), response.body
    assert told(ask(site, "GET", "/-/knobs")) == NOTHING


def test_either_all_of_a_change_is_made_or_nothing(site: Site) -> None:
    told(ask(site, "PATCH", "/-/knobs", {"limits": {"requests": 5}}))

    refused = ask(site, "PATCH", "/-/knobs", {"limits": {"requests": 9}, "features": "some"})

    assert refused.status == 400
    assert told(ask(site, "GET", "/-/knobs"))["limits"]["requests"] == 5


def test_a_form_of_a_page_of_somebody_else_sets_nothing(site: Site) -> None:
    """A browser sends a form without asking; for JSON it asks, and no answer of ours gives leave."""
    plain = ask(site, "POST", "/-/faults", {}, content_type="text/plain")
    foreign = ask(site, "POST", "/-/faults", {}, origin="http://evil.example")
    leave = ask(site, "OPTIONS", "/-/faults", origin="http://evil.example", access_control_request_method="POST")

    assert (plain.status, foreign.status, leave.status) == (415, 403, 403)
    assert told(ask(site, "GET", "/-/knobs")) == NOTHING


def test_a_server_with_a_key_is_set_by_that_key_alone() -> None:
    site = served("k" * 40, None)
    alice = site.server.add_user("alice", admin=True)

    statuses = [
        ask(site, "GET", "/-/knobs", **headers).status
        for headers in (
            {},
            {"authorization": f"Bearer {alice.api_key}"},
            {"authorization": f"Bearer {'k' * 40}"},
        )
    ]

    assert statuses == [401, 401, 200]


def test_the_first_page_says_what_is_set(site: Site) -> None:
    assert "set on this server" not in page(site, "/")

    site.server.fail("upload", nth=3, reply=503, retry_after=2)
    site.server.fail("file_stream", how="lose_answer")
    site.server.limits(requests=10, body_bytes=5)
    site.server.apply(RunRecord(RunPath("testkit-user", "p", "r"), starts=True), api_key=KEY)
    shown = text(page(site, "/"))

    assert "4 things set on this server" in shown
    assert "fault 1: upload number 3 is refused with 503, Retry-After 2 s; 0 came by" in shown
    assert "fault 2: every file_stream is carried out, and its answer gets lost" in shown
    assert "at most 10 requests in 60 s" in shown


def test_a_fault_set_from_a_shell_meets_a_client_and_outlives_a_kill(
    serve: Callable[..., Served], tmp_path: Path
) -> None:
    store = tmp_path / "runs.db"
    server = serve("--store", str(store))
    server.start("r1")

    def knobs(*words: str) -> str:
        result = CliRunner().invoke(main, ["knobs", "--url", server.url, *words])
        assert result.exit_code == 0, result.output
        return result.output

    knobs("fail", "upload", "--file", "*.ckpt")
    of_files = knobs()
    knobs("heal")
    armed = knobs("fail", "file_stream", "--nth", "2", "--reply", "404")
    knobs("limits", "--body-bytes", "100000")
    statuses = [server.log("r1", 0)]
    server.process.kill()
    server.process.wait()
    server = serve("--store", str(store))
    shown = knobs()
    statuses += [server.log("r1", 1), server.log("r1", 1)]
    healed = knobs("heal"), knobs("limits")

    assert of_files == "fault 1: every upload of *.ckpt: reply 500; 0 came by\n"
    assert armed == "Fault 1 is armed; `wandb-testkit knobs heal 1` takes it back.\n"
    assert shown == "fault 1: number 2 of file_stream: reply 404; 1 came by\nlimit: 100000 bytes of a body\n"
    assert statuses == [200, 404, 200]
    assert healed == (
        "limit: 100000 bytes of a body\n",
        "Nothing is set: no faults, no limits, every feature on.\n",
    )


def test_while_an_answer_is_held_back_others_are_given(serve: Callable[..., Served]) -> None:
    server = serve()
    server.start("r1")
    CliRunner().invoke(main, ["knobs", "--url", server.url, "fail", "file_stream", "--how", "slow", "--limit-s", "600"])
    answered: list[int] = []
    waiting = threading.Thread(target=lambda: answered.append(server.log("r1", 0)), daemon=True)
    waiting.start()

    while b"1 came by" not in server.ask("GET", "/")[1]:
        assert not answered
    CliRunner().invoke(main, ["knobs", "--url", server.url, "heal"])
    waiting.join(60)

    assert answered == [200]


def test_the_command_says_where_no_server_is_and_what_it_refuses(serve: Callable[..., Served]) -> None:
    nowhere = CliRunner().invoke(main, ["knobs", "--url", "http://127.0.0.1:9", "fail"])
    server = serve("--api-key", "k" * 40)
    without = CliRunner().invoke(main, ["knobs", "--url", server.url])
    wrong = CliRunner().invoke(main, ["knobs", "--url", server.url, "--api-key", "k" * 40, "fail", "everything"])
    added = CliRunner().invoke(main, ["knobs", "--url", server.url, "--api-key", "k" * 40, "add-user", "alice"])

    assert nowhere.exit_code == without.exit_code == wrong.exit_code == 1
    assert "no server of wandb-testkit serve answers at http://127.0.0.1:9" in nowhere.output
    assert "asks for the key that it was started with. Give it with --api-key" in without.output
    assert "there is no such record; expected one of any, " in wrong.output
    assert re.fullmatch(r"export WANDB_API_KEY=[0-9a-f]{40}\n", added.output)


def test_files_that_a_limit_refuses_are_not_kept(site: Site) -> None:
    path = RunPath("testkit-user", "p", "r")
    site.server.apply(RunRecord(path, starts=True), api_key=KEY)
    told(ask(site, "PATCH", "/-/knobs", {"limits": {"storage_bytes": 3}}))

    result = site.server.apply(FilesRecord(path, {"a": b"1234"}), api_key=KEY)

    assert result.refusal is not None
    assert result.refusal.status == 403
