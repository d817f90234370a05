"""Canonical JSON, and the signatures that are made over it (Matrix 1.16, appendices 3 and 4)."""

import json
from collections.abc import Mapping
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from bot.matrix.encryption import unpadded

_UNSIGNED = ("signatures", "unsigned")
"""The two keys of an object that no signature covers."""


def encode(value: object) -> bytes:
    """Return the one way to write ``value``: shortest, keys sorted by code point, UTF-8.

    Raises ValueError for what Matrix has no place for: NaN and lone surrogates.
    """
    text = json.dumps(
        value, sort_keys=True, ensure_ascii=False, allow_nan=False, separators=(",", ":")
    )
    return text.encode()


def sign(value: Mapping[str, Any], user_id: str, seed: bytes, key_name: str) -> dict[str, Any]:
    """Return ``value`` with its earlier signatures and that of the Ed25519 key of ``seed``.

    ``key_name`` is what follows ``ed25519:`` in the key's id.
    """
    signature = Ed25519PrivateKey.from_private_bytes(seed).sign(encode(_signed_part(value)))
    signatures = {user: dict(made) for user, made in value.get("signatures", {}).items()}
    signatures.setdefault(user_id, {})[f"ed25519:{key_name}"] = unpadded.encode(signature)
    return {**value, "signatures": signatures}


def is_signed(value: Mapping[str, Any], user_id: str, public: bytes, key_name: str) -> bool:
    """Return whether ``value`` has that signature and it is right, whatever shape it came in."""
    try:
        signature = unpadded.decode(value["signatures"][user_id][f"ed25519:{key_name}"])
        key = Ed25519PublicKey.from_public_bytes(public)
        key.verify(signature, encode(_signed_part(value)))
    except (KeyError, TypeError, ValueError, InvalidSignature):
        return False
    return True


def _signed_part(value: Mapping[str, Any]) -> dict[str, Any]:
    return {key: part for key, part in value.items() if key not in _UNSIGNED}
