"""Pseudonym: names that stand for a person, and that nobody without the bot's key can make."""

import hmac
import secrets
from dataclasses import dataclass
from pathlib import Path

from bot.config.secret import read_secret, write_secret

FILE_NAME = "pseudonym_key"

LENGTH_BYTES = 32
"""As long as the digest, which is what RFC 2104, 3, recommends for a key."""


@dataclass(frozen=True, slots=True)
class Pseudonyms:
    """Makes pseudonyms with ``key``: the same for the same parts, of which nothing can be told."""

    key: bytes

    def of(self, purpose: str, *parts: object) -> str:
        """Return 32 hexadecimal characters for ``parts``; different ones for each ``purpose``."""
        words = "\0".join([purpose, *map(str, parts)])
        return hmac.digest(self.key, words.encode(), "sha256").hex()[:32]


def load_or_make(data_dir: Path) -> Pseudonyms:
    """Return what is made with the key kept in ``data_dir``, which is made at the first start.

    Raises OperatorError when others can read the file.
    """
    file = data_dir / FILE_NAME
    if not file.exists():
        data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
        write_secret(file, secrets.token_hex(LENGTH_BYTES))
    return Pseudonyms(read_secret(file).encode())
