"""Identity file: the private keys on the bot's own disk, encrypted, in a file of mode 0600.

It stands beside the encryption store, not in it: a store that is lost or too old to be used again
takes no identity with it. It is locked by the pickle key (scrypt, RFC 7914, then AES-256-GCM), so
that a backup of the data without the key file opens nothing. The key file is made by the bot from
256 random bits, but may be an operator's own words: hence scrypt and not a bare hash.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from bot.errors import OperatorError
from bot.ids import UserId
from bot.matrix import decode
from bot.matrix.encryption import unpadded
from bot.matrix.encryption.identity import USAGES, Identity
from bot.matrix.encryption.secret_storage import StorageKey
from bot.matrix.session import write_private

FILE_NAME = "identity.json"
NEXT_FILE_NAME = "identity.next.json"
"""The identity of a reset that may not have reached the homeserver yet."""

COST = 2**14
"""scrypt's N for the pickle key: 16 MiB and some 40 ms at every start."""

EXPORT_COST = 2**17
"""scrypt's N for an export, which a person's passphrase locks: 128 MiB, some 0.4 s."""

_COST_LIMIT = 2**20
_VERSION = 1


@dataclass(frozen=True, slots=True)
class Kept:
    """What the file holds. ``storage_key`` is there only until the secret storage is complete."""

    identity: Identity
    storage_key: StorageKey | None = None


class WrongKeyError(Exception):
    """The passphrase does not open the file, or the file was changed."""


def files(data_dir: Path) -> list[Path]:
    """Return the identity files there are in ``data_dir``."""
    return [file for name in (FILE_NAME, NEXT_FILE_NAME) if (file := data_dir / name).exists()]


def read(file: Path, passphrase: str) -> Kept | None:
    """Return what ``file`` holds; None if there is no file.

    Raises OperatorError for a file that others can read or that is damaged, and WrongKeyError.
    """
    if not file.exists():
        return None
    if file.stat().st_mode & 0o077:
        raise OperatorError(f"{file} can be read by others. Run: chmod 600 {file}", exit_code=2)
    try:
        locked = decode.loads(file.read_bytes())
        if locked["version"] != _VERSION:
            raise OperatorError(f"{file} was written by a newer version of the bot: use that one.")
        salt, nonce, ciphertext = (
            unpadded.decode(locked[part]) for part in ("salt", "nonce", "ciphertext")
        )
        user_id, cost = str(locked["user_id"]), int(locked["cost"])
        if not 1 < cost <= _COST_LIMIT:
            raise ValueError("no cost of scrypt")  # noqa: TRY301  met like the other damage
        key = _key(passphrase, salt, cost)
        opened = decode.loads(AESGCM(key).decrypt(nonce, ciphertext, user_id.encode()))
        return _kept(UserId(user_id), opened)
    except InvalidTag:
        raise WrongKeyError from None
    except (ValueError, KeyError, TypeError) as error:
        raise OperatorError(
            f"{file} is damaged. Put it back from a backup, or move it away and run: "
            "compagnon identity restore"
        ) from error


def write(file: Path, kept: Kept, passphrase: str, *, cost: int = COST) -> None:
    """Replace ``file``, whole or not at all, on the disk when it returns."""
    salt, nonce = os.urandom(16), os.urandom(12)
    identity = kept.identity
    secret: dict[str, Any] = {usage: unpadded.encode(identity.seed(usage)) for usage in USAGES}
    if kept.storage_key is not None:
        secret["storage_key_id"] = kept.storage_key.key_id
        secret["storage_key"] = unpadded.encode(kept.storage_key.key)
    cipher = AESGCM(_key(passphrase, salt, cost))
    locked = {
        "version": _VERSION,
        "user_id": identity.user_id,
        "cost": cost,
        "salt": unpadded.encode(salt),
        "nonce": unpadded.encode(nonce),
        "ciphertext": unpadded.encode(
            cipher.encrypt(nonce, decode.dumps(secret), identity.user_id.encode())
        ),
    }
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    write_private(file, decode.dumps(locked))


def _kept(user_id: UserId, opened: Mapping[str, Any]) -> Kept:
    identity = Identity(user_id, *(unpadded.decode(opened[usage]) for usage in USAGES))
    if "storage_key" not in opened:
        return Kept(identity)
    key = StorageKey(str(opened["storage_key_id"]), unpadded.decode(opened["storage_key"]))
    return Kept(identity, key)


def _key(passphrase: str, salt: bytes, cost: int) -> bytes:
    return Scrypt(salt=salt, length=32, n=cost, r=8, p=1).derive(passphrase.encode())
