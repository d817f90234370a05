"""Lost device: logs in as a new device in the place of one whose keys cannot be used any more."""

import logging
from pathlib import Path

from bot.errors import OperatorError
from bot.matrix.http import Homeserver, MatrixError, NetworkError, client_path
from bot.matrix.session import Account, Session, renew

log = logging.getLogger(__name__)


async def replace(
    server: Homeserver, account: Account, session: Session, data_dir: Path, reason: str
) -> Session:
    """Return the session of a new device, kept in ``data_dir``; the old one is logged out.

    ``reason`` says what is wrong with the old one. Raises OperatorError without a password, and
    what requests raise.
    """
    if account.password is None:
        raise OperatorError(
            f"The device {session.device_id} cannot go on: {reason}. Log in as a new device, put "
            "its token in matrix.access_token_file and its id in matrix.device_id, remove "
            f"{data_dir / 'session.json'}, and start again."
        )
    log.warning("event=device_lost device=%s reason=%r", session.device_id, reason)
    renewed = await renew(server, account, session, data_dir, is_soft=False)
    # Others would go on encrypting for a device that reads nothing.
    server.access_token = session.access_token
    try:
        await server.request("POST", client_path("logout"), json={})
    except (MatrixError, NetworkError) as error:
        log.warning("event=logout_failed device=%s reason=%r", session.device_id, str(error))
    finally:
        server.access_token = renewed.access_token
    return renewed
