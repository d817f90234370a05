"""Vigil: takes the room keys that are sent to a device which follows no events."""

import asyncio
import logging
from collections.abc import Awaitable, Callable

import orjson

from bot.ids import SyncToken
from bot.matrix import backoff
from bot.matrix.backoff import Sleep
from bot.matrix.cipher import Cipher
from bot.matrix.http import Homeserver, MatrixError, NetworkError, client_path
from bot.matrix.parse import MalformedEventError, text_of

log = logging.getLogger(__name__)

TIMEOUT_MS = 30_000
"""How long the server may wait for news (the usual value of clients)."""

_NOTHING: dict[str, object] = {"types": []}
_FILTER = orjson.dumps(
    {"presence": _NOTHING, "account_data": _NOTHING, "room": {"rooms": []}}
).decode()

Save = Callable[[SyncToken], Awaitable[None]]


class Vigil:
    """Follows what is sent to the device alone, from ``token`` on; ``save`` keeps how far.

    The server keeps what is sent to a device until that device has asked for what came after
    (Matrix 1.16, 11.11): a device that goes on from another's position has to take it first.
    """

    def __init__(
        self, server: Homeserver, cipher: Cipher, token: SyncToken | None, save: Save
    ) -> None:
        self.sleep: Sleep = asyncio.sleep
        self._server = server
        self._cipher = cipher
        self._token = token
        self._save = save

    async def run(self) -> None:
        """Take what comes until cancelled, through the homeserver's absences.

        Raises MatrixError where asking again does not help.
        """
        failures = 0
        while True:
            try:
                await self.step(TIMEOUT_MS if failures == 0 else 0)
            except (MatrixError, NetworkError) as error:
                if isinstance(error, MatrixError) and error.errcode and not error.is_temporary:
                    raise
                failures += 1
                retry_after = error.retry_after if isinstance(error, MatrixError) else None
                seconds = backoff.delay(failures, retry_after, longest=30.0)
                log.warning("event=vigil_failed wait=%.1f reason=%r", seconds, str(error))
                await self.sleep(seconds)
            else:
                failures = 0

    async def catch_up(self) -> None:
        """Take all that waits, and let the server know that it was taken."""
        while await self.step(0):
            pass

    async def step(self, timeout_ms: int) -> int:
        """Ask once; return how many messages to this device came. All are durable then."""
        query = {"timeout": str(timeout_ms), "filter": _FILTER}
        if self._token is not None:
            query["since"] = self._token
        answer = await self._server.request(
            "GET", client_path("sync"), query=query, timeout=timeout_ms / 1000 + 60
        )
        try:
            token = SyncToken(text_of(answer.get("next_batch"), limit=4096))
        except MalformedEventError as error:
            raise NetworkError("the sync answer has no token") from error
        await self._cipher.receive(answer)
        await self._save(token)
        self._token = token
        await self._cipher.upkeep()
        section = answer.get("to_device")
        events = section.get("events") if isinstance(section, dict) else None
        return len(events) if isinstance(events, list) else 0
