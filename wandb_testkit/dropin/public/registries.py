"""Owns the registries of an organization as the public API reads them: collections in them, and versions linked there.

Source: observed with 0.31.0.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, NoReturn

from wandb_testkit.dropin.public import documents_of_registries as documents
from wandb_testkit.dropin.public.artifacts import ArtifactCollection, find_artifact
from wandb_testkit.dropin.public.asking import Asker
from wandb_testkit.dropin.public.paging import Paginator, SizedPaginator
from wandb_testkit.errors import CommError, NotModelledAttributeError, NotModelledError, UnsupportedError
from wandb_testkit.sdk.artifacts.names import REGISTRY_PREFIX

Filter = Mapping[str, Any]

NOT_MODELLED = frozenset(
    {
        *("add_members", "create", "delete", "members", "remove_members", "save", "team_members", "update_member"),
        "user_members",
    }
)
"""What changes a registry, or tells who may."""


def _with_prefix(value: Any) -> Any:
    """The names of registries in a filter as the server has them; a pattern stays as it is."""
    if isinstance(value, str):
        return value if value.startswith(REGISTRY_PREFIX) else f"{REGISTRY_PREFIX}{value}"
    if isinstance(value, Mapping):
        return {key: item if key == "$regex" else _with_prefix(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_with_prefix(item) for item in value]
    return value


def _of_registries(filter: Filter | None) -> dict[str, Any] | None:
    """A filter of registries as the server takes it."""
    if not filter:
        return None
    told: dict[str, Any] = {}
    for key, value in filter.items():
        if key.startswith("$"):
            told[key] = [_of_registries(one) for one in value] if isinstance(value, list) else _of_registries(value)
        else:
            told[key] = _with_prefix(value) if key == "name" else value
    return told


def _json(filter: Filter | None) -> str | None:
    return json.dumps(dict(filter)) if filter else None


def _must_begin_at_the_start(start: str | None) -> None:
    if start is not None:
        raise NotModelledError("start= is not part of this version of the kit; leave it out")


def organization_of(asker: Asker, entity: str) -> str:
    """The organization that is meant where none is named: that of the settings, or the only one of an entity.

    Raises:
        ValueError: There is none, or there are several.
    """
    named: str | None = asker.session.of_process().get("organization")
    if named is not None:
        return named
    told = asker.ask(documents.ORGANIZATIONS_OF_ENTITY, {"entity": entity})["entity"] or {}
    if told.get("organization"):
        return str(told["organization"]["name"])
    found = (told.get("user") or {}).get("organizations") or []
    if len(found) != 1:
        number = "Multiple" if found else "No"
        raise ValueError(f"{number} organizations found for entity. Please specify an organization in the settings.")
    return str(found[0]["name"])


def registry_of(asker: Asker, organization: str, name: str) -> Registry:
    """A registry by its name.

    Raises:
        CommError: There is no such organization.
        ValueError: It has no such registry.
    """
    told = asker.ask(documents.ORGANIZATION, {"organization": organization})["organization"]
    if told is None:
        raise CommError(f"Organization {organization!r} not found.")
    registry = Registry(asker, organization, told["orgEntity"]["name"], name)
    registry.load()
    return registry


class _OfOrganization:
    """What the lists have in common: an organization that may not be there."""

    organization: str

    def _what(self) -> NoReturn:
        raise ValueError(
            f"Organization {self.organization!r} not found. Please verify the organization name is correct."
        )


class Registries(_OfOrganization, Paginator["Registry"]):
    """The registries of an organization that fit the filter."""

    document = documents.REGISTRIES
    where = ("organization", "orgEntity", "projects")

    def __init__(
        self,
        asker: Asker,
        organization: str,
        filter: Filter | None = None,
        order: str | None = None,
        per_page: int = 100,
        start: str | None = None,
    ) -> None:
        _must_begin_at_the_start(start)
        self.organization = organization
        self.filter = _of_registries(filter)
        self.order = order
        super().__init__(asker, {"organization": organization, "filters": _json(self.filter), "order": order}, per_page)

    def collections(
        self, filter: Filter | None = None, order: str | None = None, per_page: int = 100, start: str | None = None
    ) -> Any:
        """The collections in these registries; in the order of the registries if they have one."""
        _must_begin_at_the_start(start)
        if self.order is None:
            return Collections(self._asker, self.organization, self.filter, filter, order, per_page)
        return _Chained(self, lambda registry: registry.collections(filter, order, per_page))

    def versions(
        self, filter: Filter | None = None, order: str | None = None, per_page: int = 100, start: str | None = None
    ) -> Any:
        """The versions that are linked to these registries."""
        _must_begin_at_the_start(start)
        if self.order is None:
            return Versions(self._asker, self.organization, self.filter, None, filter, order, per_page)
        return _Chained(self, lambda registry: registry.versions(filter, order, per_page))

    @property
    def length(self) -> int | None:
        """How many came with the last page."""
        return None if self.last_response is None else len(self._connection()["edges"])

    def _convert(self, node: Mapping[str, Any]) -> Registry:
        return Registry(self._asker, self.organization, node["entity"]["name"], node["name"], node)


class Collections(_OfOrganization, SizedPaginator[ArtifactCollection]):
    """The collections in registries that fit the filters."""

    document = documents.COLLECTIONS
    where = ("organization", "orgEntity", "artifactCollections")
    total = staticmethod(lambda response: response["organization"]["orgEntity"]["artifactCollections"]["totalCount"])

    def __init__(
        self,
        asker: Asker,
        organization: str,
        registry_filter: Filter | None = None,
        collection_filter: Filter | None = None,
        order: str | None = None,
        per_page: int = 100,
        start: str | None = None,
    ) -> None:
        _must_begin_at_the_start(start)
        self.organization = organization
        self.registry_filter = _of_registries(registry_filter)
        self.collection_filter = collection_filter
        self.order = order
        variables = {
            "organization": organization,
            "registryFilter": _json(self.registry_filter),
            "collectionFilter": _json(collection_filter),
            "order": order,
        }
        super().__init__(asker, variables, per_page)

    def versions(
        self, filter: Filter | None = None, order: str | None = None, per_page: int = 100, start: str | None = None
    ) -> Any:
        """The versions that are linked to these collections."""
        _must_begin_at_the_start(start)
        asker, organization = self._asker, self.organization
        if self.order is None:
            chosen = (self.registry_filter, self.collection_filter)
            return Versions(asker, organization, *chosen, filter, order, per_page)
        return _Chained(
            self,
            lambda one: Versions(
                asker, organization, {"name": one.project}, {"name": one.name}, filter, order, per_page
            ),
        )

    def _convert(self, node: Mapping[str, Any]) -> ArtifactCollection:
        project = node["project"]
        kind = node["defaultArtifactType"]["name"]
        return ArtifactCollection(self._asker, project["entity"]["name"], project["name"], kind, node)


class Versions(_OfOrganization, Paginator[Any]):
    """The versions that are linked to registries, and fit the filters."""

    document = documents.VERSIONS
    where = ("organization", "orgEntity", "artifactMemberships")

    def __init__(
        self,
        asker: Asker,
        organization: str,
        registry_filter: Filter | None = None,
        collection_filter: Filter | None = None,
        artifact_filter: Filter | None = None,
        order: str | None = None,
        per_page: int = 100,
        start: str | None = None,
    ) -> None:
        _must_begin_at_the_start(start)
        if order is not None:
            raise UnsupportedError(
                "Ordering registry versions is not supported for this organization. If you have any questions, please "
                "contact support at support@wandb.com."
            )
        self.organization = organization
        self.registry_filter = _of_registries(registry_filter)
        self.collection_filter = collection_filter
        self.artifact_filter = artifact_filter
        variables = {
            "organization": organization,
            "registryFilter": _json(self.registry_filter),
            "collectionFilter": _json(collection_filter),
            "artifactFilter": _json(artifact_filter),
        }
        super().__init__(asker, variables, per_page)

    @property
    def length(self) -> int | None:
        """How many came with the last page."""
        return None if self.last_response is None else len(self._connection()["edges"])

    def _convert(self, node: Mapping[str, Any]) -> Any:
        collection = node["artifactCollection"]
        project = collection["project"]
        name = f"{collection['name']}:v{node['versionIndex']}"
        return find_artifact(self._asker, project["entity"]["name"], project["name"], name)


class _Chained:
    """The lists of several things, one after the other."""

    def __init__(self, things: Any, listed: Any) -> None:
        self._found: Iterator[Any] = (item for thing in things for item in listed(thing))

    def __iter__(self) -> Iterator[Any]:
        return self

    def __next__(self) -> Any:
        return next(self._found)


class Registry:
    """A registry: what it is called and for whom it is, the collections in it, and the versions linked to it."""

    def __init__(
        self, asker: Asker, organization: str, entity: str, name: str, attrs: Mapping[str, Any] | None = None
    ) -> None:
        self._asker = asker
        self.organization = organization
        self.entity = entity
        self.name = name.removeprefix(REGISTRY_PREFIX)
        self._attrs: Mapping[str, Any] = attrs or {}

    def load(self) -> None:
        """Ask the server once more.

        Raises:
            ValueError: There is no such registry.
        """
        answer = self._asker.ask(documents.REGISTRY, {"name": self.full_name, "entity": self.entity})
        found = (answer["entity"] or {}).get("project")
        if found is None:
            raise ValueError(f"Failed to load registry {self.name!r} in organization {self.organization!r}.")
        self._attrs = found

    @property
    def id(self) -> str:
        """Its id."""
        return str(self._attrs["id"])

    @property
    def internal_id(self) -> str | None:
        """The id of its project."""
        found: str | None = self._attrs["internalId"]
        return found

    @property
    def full_name(self) -> str:
        """The name of its project."""
        return f"{REGISTRY_PREFIX}{self.name}"

    @property
    def path(self) -> list[str]:
        """Entity and project."""
        return [self.entity, self.full_name]

    @property
    def description(self) -> str | None:
        """What is said of it."""
        found: str | None = self._attrs["description"]
        return found

    @property
    def visibility(self) -> str:
        """For whom it is: "organization" or "restricted"."""
        return "restricted" if self._attrs["access"] == "RESTRICTED" else "organization"

    @property
    def allow_all_artifact_types(self) -> bool:
        """Whether versions of any type may be linked."""
        return bool(self._attrs["allowAllArtifactTypesInRegistry"])

    @property
    def artifact_types(self) -> list[str]:
        """The types of what is linked."""
        return [edge["node"]["name"] for edge in self._attrs["artifactTypes"]["edges"]]

    @property
    def created_at(self) -> str:
        """When it was made."""
        return str(self._attrs["createdAt"])

    @property
    def updated_at(self) -> str | None:
        """When it was changed."""
        found: str | None = self._attrs["updatedAt"]
        return found

    def collections(
        self, filter: Filter | None = None, order: str | None = None, per_page: int = 100, start: str | None = None
    ) -> Collections:
        """The collections in it that fit the filter."""
        return Collections(self._asker, self.organization, self._own(), filter, order, per_page, start)

    def versions(
        self, filter: Filter | None = None, order: str | None = None, per_page: int = 100, start: str | None = None
    ) -> Versions:
        """The versions linked to it that fit the filter."""
        return Versions(self._asker, self.organization, self._own(), None, filter, order, per_page, start)

    def _own(self) -> dict[str, Any]:
        return {"name": self.full_name}

    def __getattr__(self, name: str) -> NoReturn:
        if name in NOT_MODELLED:
            raise NotModelledAttributeError(
                f"Registry.{name} is not part of this version of the kit: registries are read here, and made with "
                "fake.server.add_organization(registries=...)",
                name=name,
                obj=self,
            )
        raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}", name=name, obj=self)
