"""Identity: the three keys by which the account vouches for its devices (cross-signing).

Matrix 1.16, client-server API 10.11.2: the master key is who the bot is; the self-signing key signs
its devices; the user-signing key signs other people.
"""

import secrets
from dataclasses import dataclass, field
from typing import Any, Self

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from bot.ids import UserId
from bot.matrix.encryption import canonical_json, unpadded

USAGES = ("master", "self_signing", "user_signing")
"""The keys' names in uploads, in queries and in secret storage."""

_SEED_LENGTH_BYTES = 32
_GROUP = 4


@dataclass(frozen=True, slots=True)
class Identity:
    """The private keys of ``user_id``, as Ed25519 seeds of 32 bytes; never shown, never logged."""

    user_id: UserId
    master: bytes = field(repr=False)
    self_signing: bytes = field(repr=False)
    user_signing: bytes = field(repr=False)

    def __post_init__(self) -> None:
        for usage in USAGES:
            if len(self.seed(usage)) != _SEED_LENGTH_BYTES:
                raise ValueError(f"the {usage} key has not {_SEED_LENGTH_BYTES} bytes")

    @classmethod
    def create(cls, user_id: UserId) -> Self:
        """Return a new identity."""
        return cls(user_id, *(secrets.token_bytes(_SEED_LENGTH_BYTES) for _ in USAGES))

    def seed(self, usage: str) -> bytes:
        """Return one private key."""
        seeds = {
            "master": self.master,
            "self_signing": self.self_signing,
            "user_signing": self.user_signing,
        }
        return seeds[usage]

    def public(self, usage: str) -> bytes:
        """Return one public key."""
        private = Ed25519PrivateKey.from_private_bytes(self.seed(usage))
        return private.public_key().public_bytes_raw()

    def name(self, usage: str) -> str:
        """Return the public key in unpadded base64, which is also the name in its key id."""
        return unpadded.encode(self.public(usage))

    @property
    def fingerprint(self) -> str:
        """The public master key in groups of four signs, to be compared by people."""
        return grouped(self.name("master"))

    def upload(self) -> dict[str, Any]:
        """Return the body of ``POST /keys/device_signing/upload``, without authentication."""
        return {f"{usage}_key": self.public_object(usage) for usage in USAGES}

    def public_object(self, usage: str) -> dict[str, Any]:
        """Return a key as it is published: the two lesser ones are signed by the master key."""
        name = self.name(usage)
        value = {"user_id": self.user_id, "usage": [usage], "keys": {f"ed25519:{name}": name}}
        if usage == "master":
            return value
        return canonical_json.sign(value, self.user_id, self.master, self.name("master"))


def grouped(name: str) -> str:
    """Return a key in groups of four signs."""
    return " ".join(name[at : at + _GROUP] for at in range(0, len(name), _GROUP))
