"""Login: does something with a session that the homeserver still knows."""

import logging
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeVar

from bot.matrix.cipher import DeviceLostError
from bot.matrix.encryption.lost_device import replace
from bot.matrix.http import Homeserver, MatrixError
from bot.matrix.session import Account, Session, open_session, renew

log = logging.getLogger(__name__)

T = TypeVar("T")


async def logged_in(
    server: Homeserver, account: Account, data_dir: Path, act: Callable[[Session], Awaitable[T]]
) -> T:
    """Return what ``act`` returns for the kept session, or for a new one where that is over.

    Raises what ``act`` raises, OperatorError where only the operator can log in, and what requests
    raise.
    """
    session = await open_session(server, account, data_dir)
    try:
        return await act(session)
    except DeviceLostError as error:
        session = await replace(server, account, session, data_dir, str(error))
    except MatrixError as error:
        if error.status != 401:
            raise
        # The login was ended while the bot was away.
        log.warning("event=token_refused errcode=%s", error.errcode)
        is_soft = error.body.get("soft_logout") is True
        session = await renew(server, account, session, data_dir, is_soft=is_soft)
    return await act(session)
