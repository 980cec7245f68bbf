"""Owns the API keys: whose key is whose, which are refused, and what stands for them in a store.

A server that keeps its state in a file keeps hashes of keys. A user that came out of the file is known by the hash of
the key until its owner comes with the key itself.
"""

from __future__ import annotations

from collections.abc import Iterable

from wandb_testkit.server.stored_account import HASHED, ApiKey, StoredUser

MIN_KEY_LENGTH = 40


class Keys:
    """Every key of one server.

    Args:
        default: The key of the user who runs the tests.

    Attributes:
        salt: What keys are hashed with, b"" as long as nothing is kept in a store.
    """

    def __init__(self, default: str) -> None:
        self.default = default
        self.salt = b""
        self._owners: dict[str, StoredUser] = {}
        self._revoked: set[str] = set()

    def is_good(self, api_key: str) -> bool:
        """Whether what was sent may be a key: it is long enough, and neither revoked nor read in a store."""
        if api_key in self._revoked or len(api_key) < MIN_KEY_LENGTH:
            return False
        return not (self.salt and (api_key.startswith(HASHED) or self.hashed(api_key) in self._revoked))

    def owner(self, api_key: str) -> StoredUser | None:
        """Who was given a key, None where nobody was."""
        return self._owners.get(api_key) or (self._owners.get(self.hashed(api_key)) if self.salt else None)

    def check(self, api_key: str, name: str) -> None:
        """Let a key be given to somebody.

        Raises:
            ValueError: It is shorter than clients accept, or belongs to somebody.
        """
        if len(api_key) < MIN_KEY_LENGTH:
            raise ValueError(
                f"api_key {api_key!r} has {len(api_key)} characters; clients accept {MIN_KEY_LENGTH} or more"
            )
        if owner := self.owner(api_key):
            raise ValueError(f"api_key of {name!r} belongs to {owner.name!r} already; give another one")

    def give(self, user: StoredUser, api_key: str, description: str | None = None) -> ApiKey:
        """Give a user one more key.

        Raises:
            ValueError: As check().
        """
        self.check(api_key, user.name)
        made = ApiKey(len(self._owners) + 1, api_key, description)
        user.keys.append(made)
        self._owners[api_key] = user
        return made

    def revoke(self, api_key: str) -> None:
        """Refuse this key from now on."""
        self._revoked |= self._forms_of(api_key)

    def reinstate(self, api_key: str) -> None:
        """Accept a revoked key again."""
        self._revoked -= self._forms_of(api_key)

    def is_revoked(self, api_key: str) -> bool:
        """Whether a key is refused."""
        return not self._revoked.isdisjoint(self._forms_of(api_key))

    # ------------------------------------------------------------------ in a store

    def hashed(self, api_key: str) -> str:
        """What stands for a key in a store: a salted hash; "" for the default user's, which each start says anew."""
        if api_key == self.default:
            return ""
        if api_key.startswith(HASHED):
            return api_key
        import hashlib  # only servers with a store pay for OpenSSL

        return HASHED + hashlib.sha256(self.salt + api_key.encode("utf-8", "surrogatepass")).hexdigest()

    @property
    def revoked_hashes(self) -> list[str]:
        """What a store keeps of the revoked keys; the one that a start names is good again."""
        return sorted({self.hashed(key) for key in self._revoked} - {""})

    def restore(self, users: Iterable[StoredUser], default: StoredUser, revoked: Iterable[str]) -> None:
        """Be the keys that a store has kept."""
        self._owners = {}
        for user in users:
            user.keys = [known if known.key else known._replace(key=self.default) for known in user.keys]
            self._owners.update((known.key, user) for known in user.keys)
        self._owners[self.default] = default
        self._revoked = set(revoked)

    def _forms_of(self, api_key: str) -> set[str]:
        """A key, and what stands for it in the store."""
        return {api_key, self.hashed(api_key)} - {""} if self.salt else {api_key}
