"""Experience sight: what may be shown somewhere, by the server's word of the moment."""

from collections.abc import Iterable
from dataclasses import dataclass

from bot.ids import RoomId, UserId
from bot.ports import RoomReader
from bot.services import setting
from bot.storage import experience
from bot.storage import room as stored_room
from bot.storage.database import Database
from bot.storage.experience import Experience, Visibility


@dataclass(frozen=True, slots=True)
class Sight:
    """The ``rooms`` whose experiences may be shown, and whether those widened to the community may.

    Of the ``trusted`` rooms nothing may, whatever was decided before; who could see it there may
    still delete it.
    """

    rooms: frozenset[RoomId]
    is_widened: bool = False
    trusted: frozenset[RoomId] = frozenset()

    @property
    def open(self) -> frozenset[RoomId]:
        """Return the rooms whose experiences may all be shown."""
        return self.rooms - self.trusted

    def shows(self, item: Experience) -> bool:
        """Return whether ``item`` may be shown."""
        if item.room_id in self.trusted:
            return False
        return item.room_id in self.rooms or (
            self.is_widened and item.visibility != Visibility.ROOM
        )

    def among(self, items: Iterable[Experience]) -> list[Experience]:
        """Return those of ``items`` that may be shown."""
        return [item for item in items if self.shows(item)]


async def look(
    reader: RoomReader,
    database: Database,
    room: RoomId,
    user: UserId,
    *,
    is_pair: bool,
    only: frozenset[RoomId] | None = None,
) -> Sight:
    """Return what may be shown to ``user`` in ``room``; asks the server in a room of two.

    In a room it is its own experiences, since all its members read the answer, and those widened.
    Alone with the bot, it is also every room that the user is in now; who is in none of the bot's
    rooms is no member of the community. ``only`` are the rooms that matter for the question.
    """
    async with database.read() as snapshot:
        trusted = await setting.trusted(snapshot)
        if not is_pair:
            is_open = room not in trusted
            return Sight(frozenset({room}), is_open, trusted)
        holding = await experience.rooms(snapshot) if only is None else only
        shared = [
            item.room_id for item in (await stored_room.load(snapshot)).values() if item.is_common
        ]
    asked = holding - {room}
    joined = await reader.joined_rooms_of(user, frozenset(asked))
    is_member = bool(joined) or bool(
        await reader.joined_rooms_of(user, frozenset(shared) - asked - {room})
    )
    return Sight(frozenset({room, *joined}), is_member, trusted)
