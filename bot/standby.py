"""Standby: waits with its keys in hand until the process that works for the bot is gone."""

import asyncio
import logging
from functools import partial

from bot.clock import Clock
from bot.config import Settings
from bot.encryption import open_encryption
from bot.errors import OperatorError
from bot.login import logged_in
from bot.matrix import backoff
from bot.matrix.http import Homeserver, MatrixError, NetworkError
from bot.matrix.session import Account, Session
from bot.matrix.vigil import Vigil
from bot.storage import sync_position
from bot.storage.database import Database
from bot.succession import watched
from bot.tenure import Tenure

log = logging.getLogger(__name__)

LONGEST_WAIT = 30.0
"""Seconds between two attempts to make the device ready while the homeserver is away."""


async def stand_by(
    settings: Settings,
    account: Account,
    database: Database,
    clock: Clock,
    tenure: Tenure,
    stop: asyncio.Event,
) -> None:
    """Return when it is this process's turn, with the lease, or when it is told to stop.

    Raises OperatorError where the device cannot be made ready without the operator.
    """
    watch = asyncio.create_task(_watch(settings, account, database, clock), name="watch")
    turn = asyncio.create_task(tenure.turn(), name="turn")
    stopped = asyncio.create_task(stop.wait(), name="stopped")
    try:
        done, _ = await asyncio.wait((watch, turn, stopped), return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            await task
    finally:
        for task in (watch, turn, stopped):
            task.cancel()
        await asyncio.gather(watch, turn, stopped, return_exceptions=True)


async def _watch(settings: Settings, account: Account, database: Database, clock: Clock) -> None:
    """Keep the device signed and its keys supplied, until cancelled."""
    attempt = 0
    async with Homeserver(settings.matrix.homeserver) as server:
        look = partial(_look, settings, account, database, clock, server)
        while True:
            try:
                await logged_in(server, account, settings.storage.data_dir, look)
            except (MatrixError, NetworkError) as error:
                if isinstance(error, MatrixError) and error.errcode and not error.is_temporary:
                    raise OperatorError(
                        f"The homeserver refuses what the bot needs to stand by: {error}. "
                        "Run compagnon check; it says what to do."
                    ) from error
                attempt += 1
                seconds = backoff.delay(attempt, longest=LONGEST_WAIT)
                log.warning("event=homeserver_away wait=%.1f reason=%r", seconds, str(error))
                await asyncio.sleep(seconds)


async def _look(
    settings: Settings,
    account: Account,
    database: Database,
    clock: Clock,
    server: Homeserver,
    session: Session,
) -> None:
    """Take what is sent to the session's device, until cancelled."""
    encryption = await open_encryption(settings, clock, server, account, session)
    try:
        async with database.read() as snapshot:
            token = await sync_position.load(snapshot, session.device_id)
        log.info("event=watching device=%s", session.device_id)
        save = watched(database, clock, session.device_id)
        await Vigil(server, encryption.cipher, token, save).run()
    finally:
        await encryption.cipher.close()
