"""Accounts: whose key is whose, and which entities an account may write to."""

from __future__ import annotations

import pytest

from wandb_testkit.records import Account
from wandb_testkit.server.accounts import DEFAULT_KEY, DEFAULT_USER, Accounts, may_write


@pytest.fixture
def accounts() -> Accounts:
    return Accounts()


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


def test_a_preference_of_nobody_is_refused_by_name(accounts: Accounts) -> None:
    """CODE-1"""
    with pytest.raises(LookupError, match=r"no user 'nobody'.*'testkit-user'.*add_user"):
        accounts.set_code_saving(True, "nobody")
