"""Owns the door for documents of the public API that come as records, and not over HTTP."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from wandb_testkit.records import Account, GraphQLRequest, Refusal, Result
from wandb_testkit.server.context import Context
from wandb_testkit.server.executor import execute
from wandb_testkit.server.refused import Refused
from wandb_testkit.wire.http import Request, WireError

if TYPE_CHECKING:
    from wandb_testkit.server.app import FakeServer


def answer_query(server: FakeServer, record: GraphQLRequest, account: Account) -> Result:
    """Execute a document on behalf of an account; what it changes is carried out as the records that it is."""
    context = Context(server, Request("POST", "/graphql"))
    context.account = account
    try:
        response = execute(context, {"query": record.document, "variables": dict(record.variables)})
    except Refused as refused:
        return Result(refusal=refused.refusal)
    except WireError as error:
        return Result(refusal=Refusal(error.status, error.message))
    for fault in context.slow:
        fault.wait()
    return Result(data=json.loads(response.body)["data"])
