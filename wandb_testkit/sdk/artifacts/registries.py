"""Owns how a path into a registry finds the organization that it belongs to. Source: observed with 0.31.0."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from wandb_testkit.errors import CommError
from wandb_testkit.records import GraphQLRequest, Record, Result, RunPath
from wandb_testkit.sdk.artifacts.names import is_registry

ORGANIZATIONS = """query OrganizationsOfEntity($entity: String!) {
  entity(name: $entity) {
    organization { name orgEntity { name } }
    user { organizations { name orgEntity { name } } }
  }
}"""

ADVICE = "Please specify the organization in the Registry path or use a team entity in the entity settings."


def with_organization(
    path: RunPath, entity: str, preferred: str | None, deliver: Callable[[Record], Result]
) -> RunPath:
    """A path whose entity, in a registry, is that of an organization: the one it names, or the only one there is.

    Args:
        path: Its entity is the name of an organization, or "".
        entity: Whose organization it is.
        preferred: The organization of the process's settings.
        deliver: Asks the server.
    Raises:
        CommError: There is none, or there are several, or not the one that is named.
    """
    if not is_registry(path.project):
        return path
    told = (deliver(GraphQLRequest(ORGANIZATIONS, {"entity": entity})).data or {}).get("entity") or {}
    return path._replace(entity=_chosen(told, entity, path.entity or preferred))


def _chosen(told: Mapping[str, Any], entity: str, named: str | None) -> str:
    own = _known(told.get("organization"))
    if own is not None and named in (None, "", *own):
        return own[1]
    found = [known for one in (told.get("user") or {}).get("organizations") or () if (known := _known(one))]
    if not found:
        if told.get("user") and not named:
            raise CommError(
                f"Unable to resolve an organization associated with personal entity: {entity!r}. This could be because "
                f"its a personal entity that doesn't belong to any organizations. {ADVICE}"
            )
        raise CommError(f"Unable to find organization for entity {entity!r}.")
    if named:
        for names in found:
            if named in names:
                return names[1]
        if len(found) == 1:
            raise CommError(
                f"Expecting the organization name or entity name to match {found[0][0]!r} and cannot be linked/fetched "
                f"with {named!r}. Please update the target path with the correct organization name."
            )
        raise CommError(
            "Personal entity belongs to multiple organizations and cannot be linked/fetched with "
            f"{named!r}. Please update the target path with the correct organization name or use a team entity in the "
            "entity settings."
        )
    if len(found) > 1:
        raise CommError(
            f"Personal entity {entity!r} belongs to multiple organizations and cannot be used without specifying the "
            f"organization name. {ADVICE}"
        )
    return found[0][1]


def _known(organization: Mapping[str, Any] | None) -> tuple[str, str] | None:
    """Name and entity of an organization."""
    if not organization or not organization.get("orgEntity"):
        return None
    return organization["name"], organization["orgEntity"]["name"]
