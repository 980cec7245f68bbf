"""Owns the door through which a running server is set, from outside of its process: `/-/`, in JSON.

It says what `fake.server` says in Python: faults, limits, features, messages, users. A browser's page of somebody else
cannot use it: a body must be application/json, which a browser asks leave for first, and gets none.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from wandb_testkit.server.app import FakeServer
from wandb_testkit.server.features import check_level
from wandb_testkit.server.knobs import FAULT_WORDS, KNOBS, told
from wandb_testkit.server.limits import Limits
from wandb_testkit.wire.http import Request, Response, WireError, error_response, json_object, json_response

ROOM = "-"
"""First part of the paths; no entity is called so."""

MAX_BYTES = 2**20


def control(server: FakeServer, request: Request) -> Response:
    """Answer one request of who runs the server; what cannot be done is answered with 400 and the reason."""
    parts = tuple(request.path.split("/")[2:])
    try:
        verb = VERBS.get((request.method, *parts[:1]))
        if verb is None or len(parts) > 2 or (len(parts) == 2 and verb is not _heal):
            known = ", ".join(f"{method} /{ROOM}/{name}" for method, name in VERBS)
            return error_response(404, f"{request.method} {request.path} is nothing to be set; there is {known}")
        return verb(server, request, parts[1] if len(parts) == 2 else "")
    except WireError as error:
        return error_response(error.status, error.message)
    except (ValueError, TypeError, LookupError) as error:
        return error_response(400, str(error))


def _show(server: FakeServer, request: Request, number: str) -> Response:
    return json_response(server.knobs.told())


def _change(server: FakeServer, request: Request, number: str) -> Response:
    given = _given(request, tuple(name for name in KNOBS if name != "faults"))
    with server.lock:
        before = server.knobs.told()
        try:
            for name, value in given.items():
                CHANGES[name](server, value)
        except (ValueError, TypeError):
            for name in given:
                CHANGES[name](server, before[name])
            raise
    return _show(server, request, "")


def _fail(server: FakeServer, request: Request, number: str) -> Response:
    given = _given(request, FAULT_WORDS)
    for name, value in given.items():
        _check(f"{name} of a fault", value, KINDS_OF_WORDS.get(name, (str,)))
    with server.lock:
        server.fail(**given)
        return json_response(told(server.armed[-1]), 201)


def _heal(server: FakeServer, request: Request, number: str) -> Response:
    with server.lock:
        if not number:
            server.heal()
        else:
            chosen = [armed.fault for armed in server.armed if str(armed.number) == number]
            if not chosen:
                known = ", ".join(str(armed.number) for armed in server.armed) or "none"
                raise WireError(f"there is no fault {number}; armed are {known}", 404)
            server.heal(chosen[0])
    return _show(server, request, "")


def _add_user(server: FakeServer, request: Request, number: str) -> Response:
    given = _given(request, ("name", "api_key", "teams", "email", "admin"))
    _check("name of a user", given.get("name"), (str,))
    for name, kinds in (("api_key", (str, NONE)), ("email", (str, NONE)), ("admin", (bool,))):
        if name in given:
            _check(f"{name} of a user", given[name], kinds)
    teams = given.get("teams", [])
    _check("teams of a user", teams, (list,))
    for team in teams:
        _check("a team of a user", team, (str,))
    with server.lock:
        account = server.add_user(**{**given, "teams": tuple(teams)})
    return json_response({"name": account.name, "api_key": account.api_key, "teams": list(account.teams)}, 201)


VERBS: dict[tuple[str, ...], Callable[[FakeServer, Request, str], Response]] = {
    ("GET", "knobs"): _show,
    ("PATCH", "knobs"): _change,
    ("POST", "faults"): _fail,
    ("DELETE", "faults"): _heal,
    ("POST", "users"): _add_user,
}


# ---------------------------------------------------------------- what is set


def _limit(server: FakeServer, value: Any) -> None:
    _check("limits", value, (dict,))
    if unknown := sorted(set(value) - set(Limits._fields)):
        raise ValueError(f"limits {unknown} are none; there are {', '.join(Limits._fields)}")
    server.limits(**value)


def _features(server: FakeServer, value: Any) -> None:
    _check("features", value, (str, list))
    for name in value if isinstance(value, list) else ():
        _check("a feature", name, (str,))
    server.features = value


def _messages(server: FakeServer, value: Any) -> None:
    _check("messages", value, (list,))
    for message in value:
        if not (isinstance(message, list) and len(message) == 2 and all(isinstance(part, str) for part in message)):
            raise ValueError(f"a message is a list of its text and its level, not {message!r}")
    for _, level in value:
        check_level(level)
    server.knobs.messages = value
    if server.keeper is not None:
        server.keeper.keep(everything=True)


def _reports(server: FakeServer, value: Any) -> None:
    _check("reports_history_length", value, (bool,))
    server.reports_history_length = value


CHANGES: Mapping[str, Callable[[FakeServer, Any], None]] = {
    "limits": _limit,
    "features": _features,
    "messages": _messages,
    "reports_history_length": _reports,
}

NONE = type(None)

KINDS_OF_WORDS: Mapping[str, tuple[type, ...]] = {
    "nth": (int, NONE),
    "reply": (int,),
    "retry_after": (int, NONE),
    "limit_s": (int, float),
    "file": (str, NONE),
}
"""Words of a fault that are no plain texts."""


def _given(request: Request, known: tuple[str, ...]) -> dict[str, Any]:
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/json":
        raise WireError(f"Content-Type should be application/json, not {kind!r}", 415)
    given = json_object(request, MAX_BYTES)
    if unknown := sorted(set(given) - set(known)):
        raise ValueError(f"{unknown} are nothing to be set here; there are {', '.join(known)}")
    return given


def _check(what: str, value: Any, kinds: tuple[type, ...]) -> None:
    is_number_for_truth = isinstance(value, bool) and bool not in kinds
    if is_number_for_truth or not isinstance(value, kinds):
        words = " or ".join(NAMES[kind] for kind in kinds)
        raise ValueError(f"{what} should be {words}, not {value!r}")


NAMES = {
    str: "a text",
    int: "a whole number",
    float: "a number",
    bool: "true or false",
    list: "a list",
    dict: "an object",
    NONE: "null",
}
