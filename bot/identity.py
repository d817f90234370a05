"""Opens the account's identity with the files and secrets that the settings name."""

import logging
from pathlib import Path

from bot.config import Settings
from bot.errors import OperatorError
from bot.ids import UserId
from bot.matrix.encryption import identity_file, pickle_key
from bot.matrix.encryption.cross_signing import CrossSigning
from bot.matrix.encryption.identity import Identity
from bot.matrix.encryption.published import OwnDevice
from bot.matrix.http import Homeserver, MatrixError

log = logging.getLogger(__name__)


def pickle_key_path(settings: Settings) -> Path:
    """Return where the key is that locks the encryption store and the identity."""
    return settings.matrix.pickle_key_file or settings.storage.data_dir / pickle_key.FILE_NAME


def open_cross_signing(
    settings: Settings, server: Homeserver, password: str | None
) -> CrossSigning:
    """Return what establishes, restores and replaces the identity; makes a missing pickle key.

    Raises OperatorError where that key is missing although the identity is locked by it.
    """
    file, data_dir = pickle_key_path(settings), settings.storage.data_dir
    locked = identity_file.files(data_dir)
    if locked and not file.exists():
        raise OperatorError(
            f"{file} is missing, and it locks {locked[0]}. Put it back from a backup; if it is "
            f"lost, move {locked[0]} away and run: compagnon identity restore",
            exit_code=2,
        )
    has_store = any(data_dir.glob("crypto/*.db"))
    passphrase = pickle_key.load_or_make(file, has_store=has_store)
    return CrossSigning(server, UserId(settings.matrix.user_id), data_dir, passphrase, password)


async def vouched(signing: CrossSigning, device: OwnDevice) -> Identity | None:
    """Let the account vouch for its device, and return its identity.

    None where the homeserver knows no identities. Raises what ``CrossSigning.vouch`` does.
    """
    try:
        return await signing.vouch(device)
    except MatrixError as error:
        if error.status not in (404, 405) and error.errcode != "M_UNRECOGNIZED":
            raise
        log.warning("event=identity_unsupported reason=%r", str(error))
        return None
