"""What each field of the schema is: read from the state, or carried out on it.

A resolver is `f(source, context, **arguments)`; fields that are not named here are items of the dict that their parent
is.
"""

from __future__ import annotations

from wandb_testkit.server.resolvers import accounts, files, history, projects, runs
from wandb_testkit.server.resolvers.table import Fields

RESOLVERS: dict[str, Fields] = {
    "Query": {**accounts.QUERY, **projects.QUERY},
    "Mutation": {**accounts.MUTATION, **projects.MUTATION, **runs.MUTATION, **files.MUTATION},
    "User": accounts.USER,
    "Entity": accounts.ENTITY,
    "ServerInfo": accounts.SERVER_INFO,
    "Project": projects.PROJECT,
    "Run": {**runs.RUN, **history.RUN, **files.RUN},
    "File": files.FILE,
}
