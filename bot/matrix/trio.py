"""Trio: makes the one room of three in which a newcomer and their companion meet."""

import logging
from dataclasses import dataclass, replace

from bot import crash
from bot.clock import Clock
from bot.ids import RoomAlias, RoomId, UserId, trio_search
from bot.matrix.room_maker import RoomMaker
from bot.matrix.room_request import Blocked, Gone, Useless, Wanted
from bot.matrix.rooms import TRIO_MARKER, Rooms
from bot.pseudonym import Pseudonyms
from bot.services import direct, trio
from bot.storage.database import Database
from bot.storage.outbox import Parcel
from bot.storage.room import Room
from bot.storage.transaction import Transaction
from bot.storage.trio import Trio

log = logging.getLogger(__name__)

GENERATIONS = 5
"""Rooms tried for one search; more than one takes a server that died while making the first."""


@dataclass(slots=True)
class TrioRooms:
    """Finds out to which room a parcel for a trio goes, and has it made where there is none.

    It is made as direct rooms are (`bot.matrix.direct`): planned and committed first, found again
    by its alias after a kill. ``name`` is what it is called in clients.
    """

    database: Database
    rooms: Rooms
    clock: Clock
    user_id: UserId
    pseudonyms: Pseudonyms
    name: str
    maker: RoomMaker

    async def address(self, parcel: Parcel) -> Parcel:
        """Return ``parcel`` with its room, which is durable: it is never tried in another one.

        Raises UnreachableError if there can be none, OverError if none is wanted any more.
        """
        search = trio_search(parcel.room_id)
        if search is None:
            return parcel
        while True:
            room = await self.database.write_patiently(
                lambda transaction: trio.bind(transaction, parcel, search)
            )
            if room is not None:
                crash.point("trio.bound")
                return replace(parcel, room_id=room)
            await self._open(search)

    async def _open(self, search: int) -> None:
        """Have a room made for ``search``, or note that there cannot be one."""
        planned = await self._plan(search, 0)
        while planned is not None:
            crash.point("trio.planned")
            wanted = self._wanted(planned)
            try:
                room = await self.maker.make(wanted)
            except Useless:
                if planned.generation >= GENERATIONS:
                    await self._refuse(planned, None, "no room could be made")
                planned = await self._plan(search, planned.generation)
            except (Blocked, Gone) as error:
                await self._refuse(planned, error.room, str(error))
                return
            else:
                crash.point("trio.created")
                await self._take(planned, room)
                return

    async def _plan(self, search: int, after: int) -> Trio | None:
        async def work(transaction: Transaction) -> Trio | None:
            now = self.clock.now()
            return await trio.plan(transaction, search, self._alias_of, now, after=after)

        return await self.database.write_patiently(work)

    def _alias_of(self, item: Trio) -> RoomAlias:
        server = self.user_id.partition(":")[2]
        parts = (item.search, item.newcomer, item.member, item.generation)
        return RoomAlias(f"#{self.pseudonyms.of('trio', *parts)}:{server}")

    def _wanted(self, planned: Trio) -> Wanted:
        assert planned.alias is not None  # noqa: S101  what is planned has one
        invited = (planned.newcomer, planned.member)
        return Wanted(planned.alias, invited, self.name, TRIO_MARKER)

    async def _take(self, planned: Trio, room: RoomId) -> None:
        """Commit that ``room`` is the one, and that nothing goes there unsealed."""

        async def work(transaction: Transaction) -> Room | None:
            now = self.clock.now()
            if not await trio.settle(transaction, planned, room, now):
                return None
            if room in self.rooms:
                return Room(room)
            sealed = self.maker.is_encrypting
            return await direct.keep_sealed(
                transaction, room, now, is_encrypted=sealed, is_trio=True
            )

        kept = await self.database.write_patiently(work)
        if kept is None:
            # They ended it meanwhile.
            await self.maker.abandon(room, self._wanted(planned))
            return
        if room not in self.rooms:
            self.rooms.keep(kept)
        log.info("event=trio_opened room=%s generation=%d", room, planned.generation)
        crash.point("trio.opened")

    async def _refuse(self, planned: Trio, room: RoomId | None, reason: str) -> None:
        async def work(transaction: Transaction) -> bool:
            return await trio.settle(transaction, planned, None, self.clock.now())

        log.warning("event=trio_refused generation=%d reason=%r", planned.generation, reason)
        if room is not None:
            # Before it is noted: a kill between the two does it again rather than never.
            await self.maker.abandon(room, self._wanted(planned))
        await self.database.write_patiently(work)
