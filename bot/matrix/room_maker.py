"""Room maker: tries for as long as it may help to have a room made, at the server's own pace."""

import asyncio
import logging
from dataclasses import dataclass, field

from bot.clock import Clock
from bot.ids import RoomId, UserId
from bot.matrix import backoff
from bot.matrix.backoff import Sleep
from bot.matrix.http import Homeserver, MatrixError, NetworkError
from bot.matrix.room_request import Blocked, RoomRequest, Wanted

log = logging.getLogger(__name__)

AT_ONCE = 2
"""Rooms made side by side; homeservers limit it far more than messages."""

SERVER_ERRORS = 8
"""Errors of the server (5xx) with one room, four minutes of them, after which it is refused: the
server of somebody invited is away or banned."""


@dataclass(slots=True)
class RoomMaker:
    """Has rooms made; waiting for one keeps no message waiting."""

    server: Homeserver
    user_id: UserId
    clock: Clock
    is_encrypting: bool = True
    sleep: Sleep = asyncio.sleep
    _slots: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(AT_ONCE))
    _not_before: float = 0.0
    _request: RoomRequest = field(init=False)

    def __post_init__(self) -> None:
        self._request = RoomRequest(self.server, self.user_id, is_encrypting=self.is_encrypting)

    async def make(self, wanted: Wanted) -> RoomId:
        """Return the room that is ``wanted``, made now or by an earlier attempt.

        Raises Useless, Blocked or Gone (`bot.matrix.room_request`).
        """
        attempts, errors = 0, 0
        while True:
            try:
                async with self._slots:
                    await self._wait_for_permission()
                    return await self._request.room_of(wanted)
            except NetworkError as error:
                attempts += 1
                await self._wait(wanted, attempts, error, None)
            except MatrixError as error:
                attempts += 1
                errors += error.status >= 500 and bool(error.errcode)
                if errors >= SERVER_ERRORS:
                    raise Blocked(str(error)[:200], None) from error
                if error.status == 429 and error.retry_after is not None:
                    until = self.clock.monotonic() + error.retry_after
                    self._not_before = max(self._not_before, until)
                await self._wait(wanted, attempts, error, error.retry_after)

    async def abandon(self, room: RoomId, wanted: Wanted) -> None:
        """Leave a room that nobody will use, as far as the server lets."""
        await self._request.abandon(room, wanted)

    async def _wait_for_permission(self) -> None:
        seconds = self._not_before - self.clock.monotonic()
        if seconds > 0:
            await self.sleep(seconds)

    async def _wait(
        self, wanted: Wanted, attempt: int, error: Exception, retry_after: float | None
    ) -> None:
        seconds = backoff.delay(attempt, retry_after)
        log.warning("event=room_waits marker=%s attempt=%d wait=%.1f reason=%r",
                    wanted.marker, attempt, seconds, str(error)[:200])  # fmt: skip
        await self.sleep(seconds)
