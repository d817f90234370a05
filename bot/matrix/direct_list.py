"""Direct list: the account's ``m.direct``, a hint for other clients of which rooms are direct."""

import asyncio
import logging
from typing import Any

from bot.ids import RoomId, UserId
from bot.matrix.http import Homeserver, MatrixError, NetworkError, client_path

log = logging.getLogger(__name__)


class DirectList:
    """Adds rooms to ``m.direct`` (Matrix 1.16, 11.22); many that come together in one request.

    It is a hint and not the truth: what could not be written is let go.
    """

    def __init__(self, server: Homeserver, user_id: UserId) -> None:
        self._server = server
        self._path = client_path("user", user_id, "account_data", "m.direct")
        self._new: dict[UserId, RoomId] = {}
        self._writing = asyncio.Lock()

    async def add(self, user: UserId, room: RoomId) -> None:
        """Note that ``room`` is the direct room with ``user``."""
        self._new[user] = room
        async with self._writing:
            if not self._new:
                return
            taken, self._new = self._new, {}
            try:
                await self._write(taken)
            except (MatrixError, NetworkError) as error:
                log.warning("event=direct_list_failed reason=%r", str(error)[:200])

    async def _write(self, taken: dict[UserId, RoomId]) -> None:
        known = await self._known()
        for user, room in taken.items():
            rooms = known.get(user)
            rooms = rooms if isinstance(rooms, list) else []
            known[user] = [room, *(name for name in rooms if name != room)]
        await self._server.request("PUT", self._path, json=known)

    async def _known(self) -> dict[str, Any]:
        try:
            return await self._server.request("GET", self._path)
        except MatrixError as error:
            if error.status == 404:
                return {}
            raise
