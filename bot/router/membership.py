"""Membership: who came into a room of the community, and who went."""

from bot.ids import RoomId, UserId
from bot.model import Membership
from bot.router.direct import DirectHandler
from bot.router.surroundings import Surroundings
from bot.services import companion_room, direct, newcomer
from bot.services.companion_voice import Voice
from bot.services.meeting import attendance
from bot.services.newcomer import Arrival
from bot.storage import direct_room, feed, inbox
from bot.storage import room as rooms
from bot.storage.inbox import Entry, Outcome
from bot.storage.transaction import Transaction


class MembershipHandler:
    """Handles those changes of membership that the journal keeps: somebody came, or went."""

    def __init__(self, surroundings: Surroundings, directs: DirectHandler) -> None:
        self._surroundings = surroundings
        self._directs = directs

    async def handle(self, entry: Entry, membership: Membership) -> None:
        """Note who is to be greeted or need not be any more, and who left a direct message.

        Who leaves a room leaves their places in its meetings to others, and their address of its
        calendar opens nothing any more.
        """
        around = self._surroundings
        room, user = membership.room_id, membership.user_id
        is_new = membership.membership == "join" and not await self._moved_along(room, user)

        async def work(transaction: Transaction) -> None:
            if not await inbox.is_waiting(transaction, entry.event_id):
                return
            now = around.clock.now()
            inbox.mark_done(transaction, entry.event_id, Outcome.IGNORED, None, now)
            is_join = membership.membership == "join"
            if not is_join and await direct.part(transaction, user, room, now):
                return
            if not is_join and around.rooms.is_trio(room):
                await self._part(transaction, entry, user)
                return
            if not is_join:
                await attendance.leave_room(transaction, room, user, now)
                await feed.leave_room(transaction, room, user)
            if not await self._is_watched(transaction, membership):
                return
            person = around.pseudonyms.of(newcomer.PSEUDONYM, room, user)
            at = min(membership.sent_at, now) if entry.is_late else now
            arrival = Arrival(room, user, person, at)
            if is_join:
                await newcomer.come(transaction, arrival, now, around.greeting_delay, is_new=is_new)
            else:
                await newcomer.go(transaction, arrival, now)

        await around.database.write(work)
        self._directs.forget(user)

    async def _part(self, transaction: Transaction, entry: Entry, user: UserId) -> None:
        """Note who left the room of a newcomer and their companion."""
        around, now = self._surroundings, self._surroundings.clock.now()
        place = around.preferences.place(entry.room_id, is_pair=False)
        outgoing = around.outgoing(transaction, entry.event_id, now)
        voice = Voice(transaction, outgoing, around.words, place.language, place.prefix, now)
        await companion_room.part(voice, entry.room_id, user)

    async def _moved_along(self, room: RoomId, user: UserId) -> bool:
        """Return whether ``user`` was there already before ``room`` took another one's place."""
        async with self._surroundings.database.read() as snapshot:
            before = await rooms.replaced_by(snapshot, room)
        return before is not None and await self._surroundings.reader.is_member(before, user)

    async def _is_watched(self, transaction: Transaction, membership: Membership) -> bool:
        around = self._surroundings
        room = membership.room_id
        return (
            around.rooms.is_open(room)
            and not around.rooms.is_trio(room)
            and room != around.roles.animators_room
            and not around.is_bot(room, membership.user_id)
            and await direct_room.of_room(transaction, room) is None
        )
