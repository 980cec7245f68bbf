"""Accounts: whose key is whose, and which entities an account may write to."""

from __future__ import annotations

from collections.abc import Callable

import pytest

import wandb_testkit as wt
from wandb_testkit.records import Account, Refusal
from wandb_testkit.server.accounts import DEFAULT_KEY, DEFAULT_USER, Accounts
from wandb_testkit.server.rights import Action, Place, refusal_of


@pytest.fixture
def accounts() -> Accounts:
    return Accounts()


def may_write(account: Account, entity: str) -> Refusal | None:
    """Why an account may not write to what is in no project of an entity, or in one with team access; or None."""
    return refusal_of(account, Action.WRITE, Place(entity))


def test_there_is_a_default_user_with_a_key_that_every_client_accepts(accounts: Accounts) -> None:
    assert accounts.default == Account(DEFAULT_USER, DEFAULT_KEY)
    assert len(DEFAULT_KEY) == 40


@pytest.mark.parametrize("api_key", [None, "", "short", "x" * 39])
def test_no_key_and_a_short_key_belong_to_nobody(accounts: Accounts, api_key: str | None) -> None:
    assert accounts.of(api_key) is None


def test_a_key_that_nobody_registered_is_the_default_users(accounts: Accounts) -> None:
    account = accounts.of("x" * 40)

    assert account == Account(DEFAULT_USER, "x" * 40)


def test_a_registered_key_belongs_to_its_user(accounts: Accounts) -> None:
    added = accounts.add_user("somebody")

    found = accounts.of(added.api_key)

    assert found is not None
    assert (found.entity, added.entity, len(added.api_key)) == ("somebody", "somebody", 40)


def test_a_revoked_key_is_refused_and_others_are_not(accounts: Accounts) -> None:
    added = accounts.add_user("somebody")

    accounts.revoke(added.api_key)

    assert accounts.of(added.api_key) is None
    assert accounts.of(DEFAULT_KEY) is not None


def test_a_short_key_cannot_be_registered(accounts: Accounts) -> None:
    with pytest.raises(ValueError, match="'short' has 5 characters; clients accept 40 or more"):
        accounts.add_user("somebody", api_key="short")


def test_a_key_has_one_owner(accounts: Accounts) -> None:
    with pytest.raises(ValueError, match="belongs to 'testkit-user' already"):
        accounts.add_user("somebody", api_key=DEFAULT_KEY)


def test_anonymous_accounts_are_numbered_and_have_good_keys(accounts: Accounts) -> None:
    made = [accounts.add_anonymous() for _ in range(2)]

    assert [(account.entity, account.anonymous, len(account.api_key)) for account in made] == [
        ("anonymous-1", True, 40),
        ("anonymous-2", True, 40),
    ]
    assert made[0].api_key != made[1].api_key


def test_an_account_may_write_to_itself_and_its_teams(accounts: Accounts) -> None:
    accounts.add_team("team")
    account = accounts.of(DEFAULT_KEY)

    assert account is not None
    assert [may_write(account, entity) for entity in (DEFAULT_USER, "team")] == [None, None]


def test_an_entity_that_nobody_registered_is_open_to_users_and_closed_to_anonymous_accounts(
    accounts: Accounts,
) -> None:
    anonymous = accounts.add_anonymous()
    user = accounts.of(DEFAULT_KEY)

    assert user is not None
    assert may_write(user, "some-team") is None
    assert may_write(anonymous, "some-team") is not None


def test_what_belongs_to_others_is_closed_and_the_refusal_says_what_is_open(accounts: Accounts) -> None:
    accounts.add_user("somebody", teams=("theirs",))
    accounts.add_team("ours")
    account = accounts.of(DEFAULT_KEY)

    assert account is not None
    for entity in ("somebody", "theirs"):
        refusal = may_write(account, entity)
        assert refusal is not None
        assert refusal.status == 403
        assert refusal.message == (
            f"permission denied: 'testkit-user' may write to 'testkit-user', 'ours', not to entity {entity!r}"
        )


@pytest.mark.parametrize("prefers", [True, False, None])
def test_a_user_may_prefer_code_to_be_saved(accounts: Accounts, prefers: bool | None) -> None:
    """CODE-1"""
    accounts.set_code_saving(prefers)
    other = accounts.add_user("other", code_saving=prefers)

    mine = accounts.of(DEFAULT_KEY)
    theirs = accounts.of(other.api_key)
    assert mine is not None
    assert theirs is not None
    assert (mine.code_saving, theirs.code_saving, accounts.default.code_saving) == (prefers, prefers, prefers)


def test_the_preference_of_one_user_is_not_that_of_another() -> None:
    """CODE-1"""
    with wt.fake() as fake:
        other = fake.server.add_user("other")

        fake.server.set_code_saving(True, user="other")

        preferences = [fake.server.accounts.of(key) for key in (other.api_key, fake.api_key)]
    assert [account and account.code_saving for account in preferences] == [True, None]


def test_a_preference_of_nobody_is_refused_by_name(accounts: Accounts) -> None:
    """CODE-1"""
    with pytest.raises(LookupError, match=r"no user 'nobody'.*'testkit-user'.*add_user"):
        accounts.set_code_saving(True, "nobody")


def test_a_user_has_several_keys_and_each_can_be_revoked_and_reinstated(accounts: Accounts) -> None:
    first = accounts.add_user("somebody").api_key
    second = accounts.add_api_key("somebody").key

    accounts.revoke(first)
    revoked = [accounts.of(key) is None for key in (first, second)]
    accounts.reinstate(first)

    assert revoked == [True, False]
    assert [account and account.entity for account in map(accounts.of, (first, second))] == ["somebody"] * 2


def test_a_role_changes_what_a_key_may_do_at_once(accounts: Accounts) -> None:
    key = accounts.add_user("somebody").api_key
    accounts.add_team("team", members=("somebody",))

    def allowed() -> bool:
        account = accounts.of(key)
        assert account is not None
        return may_write(account, "team") is None

    seen = [allowed()]
    for role in ("view-only", "admin", None):
        accounts.set_role("team", "somebody", role)
        seen.append(allowed())

    assert seen == [True, False, True, False]


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda accounts: accounts.add_user("testkit-user"), "'testkit-user' exists already, as a user"),
        (lambda accounts: accounts.add_team("t", members=("x",)), r"cannot have members \['x'\]: add_user\(\) them"),
        (lambda accounts: accounts.add_team("t", roles={"testkit-user": "king"}), "one of .*'view-only'.*not 'king'"),
        (
            lambda accounts: accounts.set_role("t", "testkit-user", "admin"),
            r"there is no team 't'.*add_team\(\) it first",
        ),
        (lambda accounts: accounts.add_service_account("s", team="t"), "there is no team 't'"),
        (lambda accounts: accounts.add_api_key("x"), "there is no user 'x'"),
        (lambda accounts: accounts.add_organization("o", teams=("t",)), "there is no team 't'"),
        (lambda accounts: accounts.add_organization("o", members=("x",)), r"cannot have members \['x'\]"),
    ],
)
def test_accounts_that_cannot_be_are_refused_with_what_to_do(
    accounts: Accounts, change: Callable[[Accounts], object], says: str
) -> None:
    with pytest.raises(ValueError, match=says):
        change(accounts)


def test_users_know_whom_they_share_a_team_or_an_organization_with(accounts: Accounts) -> None:
    for name in ("a", "b", "c", "d"):
        accounts.add_user(name, api_key=name * 40)
    accounts.add_team("one", members=("a", "b"))
    accounts.add_team("two", members=("c",))
    accounts.add_organization("all", teams=("one", "two"))

    known = {name: [other for other in "abcd" if accounts.knows(name, other)] for name in "abcd"}

    assert known == {"a": ["a", "b", "c"], "b": ["a", "b", "c"], "c": ["a", "b", "c"], "d": ["d"]}
