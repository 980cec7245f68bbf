"""What each field of the schema is: read from the state, or carried out on it.

A resolver is `f(source, context, **arguments)`; fields that are not named here are items of the dict that their parent
is.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from wandb_testkit.server.resolvers import (
    accounts,
    artifact_collections,
    artifact_edits,
    artifact_files,
    artifacts,
    files,
    history,
    members,
    projects,
    registries,
    runs,
    sweeps,
)
from wandb_testkit.server.resolvers.table import Fields
from wandb_testkit.server.stored_run import StoredRun

RESOLVERS: dict[str, Fields] = {
    "Query": {**accounts.QUERY, **members.QUERY, **projects.QUERY, **artifacts.QUERY, **artifact_collections.QUERY},
    "Mutation": {
        **accounts.MUTATION,
        **members.MUTATION,
        **projects.MUTATION,
        **runs.MUTATION,
        **files.MUTATION,
        **sweeps.MUTATION,
        **artifacts.MUTATION,
        **artifact_edits.MUTATION,
        **artifact_collections.MUTATION,
        **artifact_files.MUTATION,
    },
    "User": accounts.USER,
    "Organization": {**accounts.ORGANIZATION, **registries.ORGANIZATION},
    "Entity": {**accounts.ENTITY, **registries.ENTITY},
    "ServerInfo": accounts.SERVER_INFO,
    "Project": {**projects.PROJECT, **sweeps.PROJECT, **artifact_collections.PROJECT, **registries.PROJECT},
    "Run": {**runs.RUN, **history.RUN, **files.RUN, **sweeps.RUN, **artifacts.RUN},
    "Sweep": sweeps.SWEEP,
    "Agent": sweeps.AGENT,
    "File": files.FILE,
    "Artifact": {**artifacts.ARTIFACT, **artifact_files.ARTIFACT},
    "ArtifactAlias": artifacts.ALIAS,
    "Tag": artifacts.TAG,
    "ArtifactType": artifact_collections.TYPE,
    "ArtifactSequence": artifact_collections.SEQUENCE,
    "ArtifactPortfolio": artifact_collections.COLLECTION,
    "ArtifactCollectionMembership": {**artifact_collections.MEMBERSHIP, **artifact_files.MEMBERSHIP},
    "ArtifactManifest": artifact_files.MANIFEST,
}

KINDS_OF: dict[str, Callable[[Any], str]] = {
    "ArtifactCollection": artifact_collections.kind_of_collection,
    "ArtifactCreator": lambda source: "Run" if isinstance(source, StoredRun) else "User",
}
"""Name of an interface or a union -> which of its types a value is."""
