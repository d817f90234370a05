"""Secret storage: secrets that the homeserver keeps for the account without being able to read.

Matrix 1.16, client-server API 10.12.2, algorithm ``m.secret_storage.v1.aes-hmac-sha2``. Any client
of the account opens it with the recovery key.
"""

import hashlib
import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from bot.ids import UserId
from bot.matrix.encryption import recovery_key, unpadded
from bot.matrix.http import Homeserver, MatrixError, client_path

ALGORITHM = "m.secret_storage.v1.aes-hmac-sha2"
DEFAULT_KEY = "m.secret_storage.default_key"

_KEY_LENGTH_BYTES = 32
_IV_LENGTH_BYTES = 16
_ITERATIONS_LIMIT = 10_000_000
"""More rounds of PBKDF2 than a client asks for (500,000); a server could ask for a day of work."""


@dataclass(frozen=True, slots=True)
class StorageKey:
    """A key of the secret storage and the id under which the account knows it."""

    key_id: str
    key: bytes = field(repr=False)

    @classmethod
    def create(cls) -> Self:
        """Return a new key."""
        return cls(secrets.token_hex(16), secrets.token_bytes(_KEY_LENGTH_BYTES))

    @property
    def recovery_key(self) -> str:
        """The key as a person writes it down."""
        return recovery_key.write(self.key)


class SecretStorage:
    """The secrets of one account, kept in its account data."""

    def __init__(self, server: Homeserver, user_id: UserId) -> None:
        self._server = server
        self._user_id = user_id

    async def default_key(self) -> str | None:
        """Return the id of the key that clients use, or None."""
        key_id = (await self._get(DEFAULT_KEY)).get("key")
        return key_id if isinstance(key_id, str) else None

    async def keep(self, storage_key: StorageKey, contents: Mapping[str, str]) -> None:
        """Store ``contents`` (name, secret) so that ``storage_key`` opens them, then announce it.

        May be repeated with the same key. The key becomes the default one last, when all it
        opens is there.
        """
        sealed = seal(b"\0" * _KEY_LENGTH_BYTES, storage_key.key, "")
        description = {
            "name": "Compagnon",
            "algorithm": ALGORITHM,
            "iv": sealed["iv"],
            "mac": sealed["mac"],
        }
        await self._put(f"m.secret_storage.key.{storage_key.key_id}", description)
        for name, secret in contents.items():
            encrypted = {storage_key.key_id: seal(secret.encode(), storage_key.key, name)}
            await self._put(name, {"encrypted": encrypted})
        await self._put(DEFAULT_KEY, {"key": storage_key.key_id})

    async def open(self, name: str, words: str) -> str | None:
        """Return a secret that a recovery key or a passphrase opens; None if it is not stored.

        Raises ValueError if ``words`` open none of its ciphertexts.
        """
        encrypted = (await self._get(name)).get("encrypted")
        if not isinstance(encrypted, dict) or not encrypted:
            return None
        for key_id, sealed in encrypted.items():
            description = await self._get(f"m.secret_storage.key.{key_id}")
            key = key_from(words, description)
            if key is not None:
                return unseal(sealed, key, name).decode()
        raise ValueError("the recovery key opens nothing here")

    async def _get(self, kind: str) -> dict[str, Any]:
        try:
            return await self._server.request("GET", self._path(kind))
        except MatrixError as error:
            if error.status != 404:
                raise
            return {}

    async def _put(self, kind: str, content: Mapping[str, Any]) -> None:
        await self._server.request("PUT", self._path(kind), json=content)

    def _path(self, kind: str) -> str:
        return client_path("user", self._user_id, "account_data", kind)


def key_from(words: str, description: Mapping[str, Any]) -> bytes | None:
    """Return the key that ``words`` stand for, if it is the one described, else None.

    They are a recovery key, or a passphrase (PBKDF2 with SHA-512: ``m.pbkdf2``).
    """
    if description.get("algorithm") != ALGORITHM:
        return None
    key = _as_recovery_key(words) or _derived(words, description.get("passphrase"))
    if key is None:
        return None
    try:
        iv, mac = unpadded.decode(description.get("iv")), unpadded.decode(description.get("mac"))
    except ValueError:
        return None
    expected = seal(b"\0" * _KEY_LENGTH_BYTES, key, "", iv=iv)["mac"]
    return key if hmac.compare_digest(unpadded.decode(expected), mac) else None


def _as_recovery_key(words: str) -> bytes | None:
    try:
        return recovery_key.read(words)
    except ValueError:
        return None


def _derived(words: str, rule: object) -> bytes | None:
    if not isinstance(rule, dict) or rule.get("algorithm") != "m.pbkdf2":
        return None
    salt, iterations, bits = rule.get("salt"), rule.get("iterations"), rule.get("bits", 256)
    if not isinstance(salt, str) or not isinstance(iterations, int) or bits != 256:
        return None
    if not 0 < iterations <= _ITERATIONS_LIMIT:
        return None
    return hashlib.pbkdf2_hmac("sha512", words.encode(), salt.encode(), iterations, bits // 8)


def seal(secret: bytes, key: bytes, name: str, *, iv: bytes | None = None) -> dict[str, str]:
    """Return ``secret`` encrypted for the place ``name``; ``iv`` is 16 bytes, else fresh ones."""
    if iv is None:
        fresh = bytearray(secrets.token_bytes(_IV_LENGTH_BYTES))
        fresh[8] &= 0x7F  # bit 63 is left out, for AES-CTR implementations with a signed counter
        iv = bytes(fresh)
    cipher_key, mac_key = _keys(key, name)
    ciphertext = _aes_ctr(secret, cipher_key, iv)
    return {
        "iv": unpadded.encode(iv),
        "ciphertext": unpadded.encode(ciphertext),
        "mac": unpadded.encode(hmac.digest(mac_key, ciphertext, "sha256")),
    }


def unseal(sealed: object, key: bytes, name: str) -> bytes:
    """Return the secret; raises ValueError if it is damaged, or made for another place or key."""
    if not isinstance(sealed, dict):
        raise ValueError("no ciphertext")  # noqa: TRY004  one error for whatever is stored
    iv, ciphertext, mac = (
        unpadded.decode(sealed.get(part)) for part in ("iv", "ciphertext", "mac")
    )
    cipher_key, mac_key = _keys(key, name)
    if not hmac.compare_digest(hmac.digest(mac_key, ciphertext, "sha256"), mac):
        raise ValueError("the ciphertext is damaged")
    return _aes_ctr(ciphertext, cipher_key, iv)


def _keys(key: bytes, name: str) -> tuple[bytes, bytes]:
    both = HKDF(SHA256(), length=64, salt=b"\0" * 32, info=name.encode()).derive(key)
    return both[:32], both[32:]


def _aes_ctr(data: bytes, key: bytes, iv: bytes) -> bytes:
    encryptor = Cipher(algorithms.AES(key), modes.CTR(iv)).encryptor()
    return encryptor.update(data) + encryptor.finalize()
