"""Owns the rights: who may see and change what, as one table; both doors of the server ask it.

What an account may do is decided by its role in the entity and by the access of the project. There is no right without
a row: what the table does not name is refused.
"""

from __future__ import annotations

from enum import Enum
from typing import NamedTuple

from wandb_testkit.records import Account, Refusal


class Action(str, Enum):
    """What somebody wants to do with what an entity has."""

    SEE = "see"
    WRITE = "write to"
    MANAGE = "manage"


class Role(str, Enum):
    """What an account is to an entity.

    OWNER: it is the user's own. ADMIN, MEMBER, VIEW_ONLY: of the team. SERVICE: a service account of the team. GUEST: a
    user, where nobody has registered the entity. STRANGER: the entity belongs to somebody else. ANONYMOUS: a stranger
    without a name.
    """

    OWNER = "owner"
    ADMIN = "admin"
    MEMBER = "member"
    VIEW_ONLY = "view-only"
    SERVICE = "service"
    GUEST = "guest"
    STRANGER = "stranger"
    ANONYMOUS = "anonymous"


class Access(str, Enum):
    """Who may see a project.

    PRIVATE: in a team its admins and who made it. TEAM: all of the team; the default. PUBLIC: all may see it.
    """

    PRIVATE = "private"
    TEAM = "team"
    PUBLIC = "public"


ALL = frozenset(Action)
USE = frozenset({Action.SEE, Action.WRITE})
SEE = frozenset({Action.SEE})
NONE: frozenset[Action] = frozenset()

RIGHTS: dict[Role, dict[Access, frozenset[Action]]] = {
    Role.OWNER: {Access.PRIVATE: ALL, Access.TEAM: ALL, Access.PUBLIC: ALL},
    Role.ADMIN: {Access.PRIVATE: ALL, Access.TEAM: ALL, Access.PUBLIC: ALL},
    Role.MEMBER: {Access.PRIVATE: NONE, Access.TEAM: USE, Access.PUBLIC: USE},
    Role.SERVICE: {Access.PRIVATE: NONE, Access.TEAM: USE, Access.PUBLIC: USE},
    Role.VIEW_ONLY: {Access.PRIVATE: NONE, Access.TEAM: SEE, Access.PUBLIC: SEE},
    Role.GUEST: {Access.PRIVATE: ALL, Access.TEAM: ALL, Access.PUBLIC: ALL},
    Role.STRANGER: {Access.PRIVATE: NONE, Access.TEAM: NONE, Access.PUBLIC: SEE},
    Role.ANONYMOUS: {Access.PRIVATE: NONE, Access.TEAM: NONE, Access.PUBLIC: SEE},
}
"""Role in an entity -> access of the project -> what may be done. Who made a private project may use it, too."""


class Place(NamedTuple):
    """Where something is to be done.

    Attributes:
        entity: Whose it is.
        access: Of the project; of what is in no project, TEAM.
        made_by: The name of who made the project, "" if that is not known.
    """

    entity: str
    access: Access = Access.TEAM
    made_by: str = ""


def role_in(account: Account, entity: str) -> Role:
    """What an account is to an entity."""
    if entity == account.entity and not account.service:
        return Role.OWNER
    if entity in account.teams or entity == account.entity:
        if account.service:
            return Role.SERVICE
        if entity in account.admin_of:
            return Role.ADMIN
        return Role.VIEW_ONLY if entity in account.viewer_of else Role.MEMBER
    if account.anonymous:
        return Role.ANONYMOUS
    return Role.STRANGER if entity in account.strangers or account.service else Role.GUEST


def may(account: Account, action: Action, place: Place) -> bool:
    """Whether an account may do something somewhere."""
    role = role_in(account, place.entity)
    if action in RIGHTS[role][place.access]:
        return True
    was_made_by_it = bool(place.made_by) and place.made_by == account.name
    return was_made_by_it and place.access is Access.PRIVATE and action in RIGHTS[role][Access.TEAM]


def refusal_of(account: Account, action: Action, place: Place) -> Refusal | None:
    """Why an account may not do something somewhere, or None where it may."""
    if may(account, action, place):
        return None
    known = ", ".join(repr(name) for name in (account.entity, *account.teams))
    role = role_in(account, place.entity)
    if role in (Role.STRANGER, Role.ANONYMOUS):
        said = f"{account.name!r} may {action.value} {known}, not {_to(action)}entity {place.entity!r}"
    else:
        what = f"may not {action.value} a {place.access.value} project of it"
        said = f"{account.name!r} is {role.value} of {place.entity!r} and {what}"
    return Refusal(403, f"permission denied: {said}")


def _to(action: Action) -> str:
    return "to " if action is Action.WRITE else ""
