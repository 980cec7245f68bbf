"""Owns the registries of organizations: which there are, and who may link to them and see what is linked.

A registry is a project of the organization's own entity. Versions are logged to projects and linked to registries.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from wandb_testkit.records import Account, Refusal

if TYPE_CHECKING:
    from wandb_testkit.server.accounts import Accounts

REGISTRY_PREFIX = "wandb-registry-"


def is_registry(project: str) -> bool:
    """Whether a project is one, by its name."""
    return project.startswith(REGISTRY_PREFIX)


def refusal_in_registry(accounts: Accounts, account: Account, entity: str, project: str) -> Refusal | None:
    """Why an account may neither see a registry nor link to it, None where it may."""
    organization = accounts.organization(entity)
    if organization is None:
        return Refusal(
            404, f"registry {project!r}: {entity!r} is no organization; make one with fake.server.add_organization()"
        )
    name = project.removeprefix(REGISTRY_PREFIX)
    if name not in organization.registries:
        known = ", ".join(map(repr, organization.registries)) or "none"
        return Refusal(
            404,
            f"organization {entity!r} has no registry {name!r}; it has {known}: name others in "
            "fake.server.add_organization(registries=...)",
        )
    if organization not in accounts.organizations_of(account.acts_for or account.name):
        teams = set(account.teams) & set(organization.teams)
        if not teams and account.entity not in organization.teams:
            return Refusal(403, f"permission denied: {account.name!r} is not in organization {entity!r}")
    return None
