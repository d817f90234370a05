"""Attachment: a file encrypted as encrypted rooms want it (Matrix 1.16, 11.12.1.7.1)."""

import base64
import hashlib
import secrets
from typing import Any

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CTR

from bot.matrix.encryption import unpadded
from bot.model import Seal

_KEY_BYTES = 32
_IV_BYTES = 16
_RANDOM_IV_BYTES = 8
"""The other half of the initial value counts blocks from 0: it must not overflow."""


class SealError(Exception):
    """A file that is not what its sender sealed, or a seal that is none."""


def seal(data: bytes) -> tuple[bytes, Seal]:
    """Return ``data`` encrypted with a new key, and what decrypts it; slow for large files."""
    key = base64.urlsafe_b64encode(secrets.token_bytes(_KEY_BYTES)).decode().rstrip("=")
    iv = secrets.token_bytes(_RANDOM_IV_BYTES) + bytes(_IV_BYTES - _RANDOM_IV_BYTES)
    fresh = Seal(key, unpadded.encode(iv), "")
    sealed = seal_again(data, fresh)
    return sealed, Seal(fresh.key, fresh.iv, unpadded.encode(hashlib.sha256(sealed).digest()))


def seal_again(data: bytes, known: Seal) -> bytes:
    """Return ``data`` encrypted as `seal` did before; raises SealError for a broken seal."""
    # In this mode encrypting and decrypting are the same.
    return Cipher(AES(_key_of(known)), CTR(_iv_of(known))).encryptor().update(data)


def unseal(data: bytes, known: Seal) -> bytes:
    """Return the file that ``known`` decrypts; raises SealError if it is not the one sealed."""
    try:
        expected = unpadded.decode(known.sha256)
    except ValueError as error:
        raise SealError("a hash that is none") from error
    if not secrets.compare_digest(hashlib.sha256(data).digest(), expected):
        raise SealError("not the file that was sealed")
    return seal_again(data, known)


def file_of(content_uri: str, known: Seal) -> dict[str, Any]:
    """Return the ``file`` of a message: where it lies, and what decrypts it."""
    key = {
        "kty": "oct",
        "key_ops": ["encrypt", "decrypt"],
        "alg": "A256CTR",
        "k": known.key,
        "ext": True,
    }
    return {
        "v": "v2",
        "url": content_uri,
        "key": key,
        "iv": known.iv,
        "hashes": {"sha256": known.sha256},
    }


def _key_of(known: Seal) -> bytes:
    try:
        key = base64.urlsafe_b64decode(known.key + "=" * (-len(known.key) % 4))
    except ValueError as error:
        raise SealError("a key that is none") from error
    if len(key) != _KEY_BYTES:
        raise SealError("a key of another length")
    return key


def _iv_of(known: Seal) -> bytes:
    try:
        iv = unpadded.decode(known.iv)
    except ValueError as error:
        raise SealError("an initial value that is none") from error
    if len(iv) != _IV_BYTES:
        raise SealError("an initial value of another length")
    return iv
