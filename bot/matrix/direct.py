"""Direct: opens the one room in which the bot speaks alone with somebody, and never a second."""

import logging
from dataclasses import dataclass, field, replace

from bot import crash
from bot.clock import Clock
from bot.ids import RoomAlias, RoomId, UserId, direct_user
from bot.matrix.direct_list import DirectList
from bot.matrix.http import Homeserver
from bot.matrix.room_maker import RoomMaker
from bot.matrix.room_request import Blocked, Gone, Useless, Wanted
from bot.matrix.rooms import Rooms
from bot.pseudonym import Pseudonyms
from bot.services import direct
from bot.services.direct import FirstContact
from bot.services.outgoing import Outgoing
from bot.storage.database import Database
from bot.storage.direct_room import DirectRoom, State
from bot.storage.outbox import Parcel
from bot.storage.room import Room
from bot.storage.transaction import Transaction

log = logging.getLogger(__name__)

MARKER = "app.compagnon.direct"
"""Key in the creation content of a direct room of ours."""

GENERATIONS = 5
"""Rooms tried for one person; more than one takes a server that died while making the first."""


@dataclass(slots=True)
class DirectRooms:
    """Finds out to which room a parcel for a person goes, and has it made where there is none.

    Everything is committed before the server is asked, so that after a kill the room made before
    is found again by its alias. Waiting for one person keeps nobody else waiting.
    """

    server: Homeserver
    database: Database
    rooms: Rooms
    clock: Clock
    user_id: UserId
    pseudonyms: Pseudonyms
    name: str
    maker: RoomMaker
    first_contact: FirstContact = direct.nothing_to_say
    _list: DirectList = field(init=False)

    def __post_init__(self) -> None:
        self._list = DirectList(self.server, self.user_id)

    async def address(self, parcel: Parcel) -> Parcel:
        """Return ``parcel`` with its room, which is durable: it is never tried in another one.

        Tries for as long as it may help. Raises UnreachableError if the person cannot be told
        alone.
        """
        user = direct_user(parcel.room_id)
        if user is None:
            return parcel

        async def work(transaction: Transaction) -> RoomId | None:
            return await direct.bind(transaction, parcel, user)

        while True:
            room = await self.database.write_patiently(work)
            if room is not None:
                crash.point("direct.bound")
                return replace(parcel, room_id=room)
            await self._open(user)

    async def miss(self, parcel: Parcel, reason: str, *, is_gone: bool = False) -> None:
        """Give up telling ``parcel`` alone; its fallback is said instead.

        With ``is_gone`` the room it was sent to does not take it: the bot is not in it any more.
        """

        async def work(transaction: Transaction) -> None:
            now = self.clock.now()
            user = direct_user(parcel.conversation)
            if is_gone and user is not None:
                await direct.part(transaction, user, parcel.room_id, now)
            await direct.miss(transaction, parcel, reason, now)

        log.info("event=direct_missed oid=%s reason=%r", parcel.oid, reason)
        await self.database.write_patiently(work)
        crash.point("direct.missed")

    async def _open(self, user: UserId) -> None:
        """Have a room made for ``user``, or note that there cannot be one."""
        planned = await self._plan(user, 0)
        while planned is not None:
            crash.point("direct.planned")
            try:
                room = await self.maker.make(self._wanted(planned))
            except Useless:
                if planned.generation % GENERATIONS == 0:
                    await self._settle(planned, State.REFUSED, None, "no room could be made")
                planned = await self._plan(user, planned.generation)
            except Blocked as error:
                await self._settle(planned, State.REFUSED, None, str(error))
                if error.room is not None:
                    await self.maker.abandon(error.room, self._wanted(planned))
                return
            except Gone as error:
                await self._settle(planned, State.LEFT, error.room, "left")
                return
            else:
                crash.point("direct.created")
                await self._take(planned, room)
                return

    async def _plan(self, user: UserId, after: int) -> DirectRoom | None:
        async def work(transaction: Transaction) -> DirectRoom | None:
            now = self.clock.now()
            return await direct.plan(transaction, user, self._alias_of, now, after=after)

        return await self.database.write_patiently(work)

    def _alias_of(self, user: UserId, generation: int) -> RoomAlias:
        server = self.user_id.partition(":")[2]
        return RoomAlias(f"#{self.pseudonyms.of('direct', user, generation)}:{server}")

    def _wanted(self, planned: DirectRoom) -> Wanted:
        assert planned.alias is not None  # noqa: S101  what is planned has one
        return Wanted(planned.alias, (planned.user_id,), self.name, MARKER, is_direct=True)

    async def _take(self, planned: DirectRoom, room: RoomId) -> None:
        """Commit that ``room`` is the one, and that nothing goes there unsealed."""
        is_new = room not in self.rooms

        async def work(transaction: Transaction) -> Room | None:
            now = self.clock.now()
            if not await direct.settle(transaction, planned, State.OPEN, room, now):
                return None
            cause = f"direct:{planned.user_id}:{planned.generation}"
            await self.first_contact(
                transaction, Outgoing(transaction, cause, now), planned.user_id
            )
            return await direct.keep_sealed(
                transaction, room, now, is_encrypted=self.maker.is_encrypting
            )

        kept = await self.database.write_patiently(work)
        if kept is None:
            # They opened a room of their own meanwhile.
            await self.maker.abandon(room, self._wanted(planned))
            return
        if is_new and room not in self.rooms:
            self.rooms.keep(kept)
        log.info("event=direct_opened room=%s generation=%d", room, planned.generation)
        crash.point("direct.opened")
        await self._list.add(planned.user_id, room)
        crash.point("direct.listed")

    async def _settle(
        self, planned: DirectRoom, state: State, room: RoomId | None, reason: str
    ) -> None:
        async def work(transaction: Transaction) -> bool:
            now = self.clock.now()
            return await direct.settle(transaction, planned, state, room, now)

        log.warning("event=direct_%s generation=%d reason=%r", state, planned.generation, reason)
        await self.database.write_patiently(work)
