"""Owns the list of what a store keeps of a server: which objects, and which of their attributes.

A subject joins with a line in KINDS for each class whose objects are kept, and a name in VALUES for each class of plain
values in them. What is not named here is not kept.
"""

from __future__ import annotations

from collections.abc import Callable
from operator import attrgetter
from typing import Any, NamedTuple

from wandb_testkit.observation import RunState
from wandb_testkit.records import MetricRecord, RunPath, RunRecord
from wandb_testkit.server.accounts import Accounts
from wandb_testkit.server.app import FakeServer
from wandb_testkit.server.artifact_blobs import Blob, Blobs, PartsUpload
from wandb_testkit.server.artifact_collections import Membership, StoredCollection
from wandb_testkit.server.artifact_manifests import Entry, StoredManifest
from wandb_testkit.server.artifacts import Artifacts, ArtifactType
from wandb_testkit.server.knobs import KNOBS, Knobs
from wandb_testkit.server.projects import Projects, StoredProject
from wandb_testkit.server.rights import Access
from wandb_testkit.server.runs import Runs
from wandb_testkit.server.stored_account import ApiKey, StoredOrganization, TeamRole
from wandb_testkit.server.stored_artifact import ArtifactState, StoredArtifact
from wandb_testkit.server.stored_run import StoredRun, Stream
from wandb_testkit.server.stored_sweep import StoredAgent, StoredSweep, SweepState
from wandb_testkit.server.sweeps import Sweeps


class Kind(NamedTuple):
    """One class of objects that are kept by themselves, and may refer to each other.

    Attributes:
        names: The attributes that are kept.
        streams: Those of them, lists and dicts, that are kept item by item: a change rewrites what changed.
        is_append_only: Containers in them are replaced or grow at the end, and never change otherwise, but for those
            in `changing`.
        home: Where the one object of this class is found from the server, "" if there may be many.
        fresh: A new object; gives the attributes that an older file does not have.
    """

    cls: type
    names: tuple[str, ...]
    streams: frozenset[str] = frozenset()
    is_append_only: bool = False
    changing: frozenset[str] = frozenset()
    home: str = ""
    fresh: Callable[[], Any] | None = None

    def only_grows(self, name: str) -> bool:
        """Whether an attribute that is the same object, and as long as it was, is as it was."""
        return self.is_append_only and name not in self.changing

    def at_home(self, server: FakeServer) -> Any:
        """The one object of a class that has a home."""
        return attrgetter(self.home)(server)


_OF_ARTIFACTS = ("_types", "_collections", "_artifacts", "_manifests", "_by_client_id", "_sequence_by_client_id")

KINDS: dict[str, Kind] = {
    "accounts": Kind(Accounts, ("without_keys",), home="accounts"),
    "knobs": Kind(Knobs, KNOBS, home="knobs"),
    "projects": Kind(Projects, ("_projects",), frozenset({"_projects"}), home="projects"),
    "runs": Kind(Runs, ("_runs", "_made_in"), frozenset({"_runs"}), home="runs"),
    "project": Kind(StoredProject, StoredProject.__slots__, fresh=lambda: StoredProject("", "", 0, 0.0)),
    "run": Kind(
        StoredRun,
        StoredRun.__slots__,
        frozenset({"rows", "timestamps", "runtimes", "output", "stats", "files", "client_files"}),
        is_append_only=True,
        changing=frozenset({"touched"}),
        fresh=lambda: StoredRun(RunPath("", "", ""), None, "user", 0.0),
    ),
    "artifacts": Kind(Artifacts, _OF_ARTIFACTS, frozenset(_OF_ARTIFACTS), home="artifacts"),
    "blobs": Kind(Blobs, ("_blobs", "_uploads"), frozenset({"_blobs"}), home="artifacts.blobs"),
    "parts upload": Kind(PartsUpload, ("entity", "artifact", "hex_md5", "expected", "parts"), frozenset({"parts"})),
    "artifact type": Kind(ArtifactType, ArtifactType.__slots__),
    "collection": Kind(StoredCollection, StoredCollection.__slots__, frozenset({"memberships"})),
    "membership": Kind(Membership, Membership.__slots__),
    "artifact": Kind(StoredArtifact, StoredArtifact.__slots__, frozenset({"entries", "contents"})),
    "manifest": Kind(StoredManifest, StoredManifest.__slots__),
    "sweeps": Kind(Sweeps, ("_sweeps", "_agents"), frozenset({"_sweeps", "_agents"}), home="sweeps"),
    "sweep": Kind(StoredSweep, StoredSweep.__slots__, frozenset({"runs", "agents", "parameters"})),
    "agent": Kind(StoredAgent, StoredAgent.__slots__),
}
"""Name in the file -> class; names stay, whatever becomes of the classes."""

VALUES: dict[str, type] = {
    "Access": Access,
    "ApiKey": ApiKey,
    "ArtifactState": ArtifactState,
    "Blob": Blob,
    "Entry": Entry,
    "MetricRecord": MetricRecord,
    "RunPath": RunPath,
    "RunRecord": RunRecord,
    "RunState": RunState,
    "StoredOrganization": StoredOrganization,
    "Stream": Stream,
    "SweepState": SweepState,
    "TeamRole": TeamRole,
}
"""Name in the file -> class of plain values: enums, NamedTuples and frozen dataclasses."""

HIDDEN: dict[type, str] = {ApiKey: "key"}
"""The NamedTuples among them that hold a key, and the attribute that it is in: its hash is kept in its place."""
