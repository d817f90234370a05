"""Pickle key: the secret that locks the encryption store, in a file of its own."""

import secrets
from pathlib import Path

from bot.config.secret import read_secret, write_secret
from bot.errors import OperatorError

FILE_NAME = "pickle_key"

LENGTH_BYTES = 32
"""Vodozemac encrypts its pickles with AES-256; more would be hashed down to this anyway."""


def load_or_make(file: Path, *, has_store: bool) -> str:
    """Return the pickle key kept in ``file``, made at the first start.

    Raises OperatorError when others can read the file, and when it is missing though there is a
    store that it locked: a new key would not open that store.
    """
    if file.exists():
        return read_secret(file)
    if has_store:
        raise OperatorError(
            f"{file} is missing, and nothing else opens the encryption store. Put it back; or move "
            "the directory crypto in data_dir away, and the bot logs in as a new device.",
            exit_code=2,
        )
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    key = secrets.token_urlsafe(LENGTH_BYTES)
    write_secret(file, key)
    return key
