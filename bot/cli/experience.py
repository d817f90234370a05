"""What ``compagnon export`` and ``compagnon import`` share: the database and its rooms."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.errors import OperatorError
from bot.ids import RoomId
from bot.services import setting
from bot.storage import room
from bot.storage.database import Database
from bot.storage.migration import HEAD, current


@dataclass(frozen=True, slots=True)
class Rooms:
    """The rooms of the community that the bot is in, and those of trust among them."""

    known: frozenset[RoomId]
    trusted: frozenset[RoomId]

    def chosen(self, names: Sequence[str]) -> frozenset[RoomId]:
        """Return the rooms called ``names``, or all where nothing may not be kept.

        Raises OperatorError for one that the bot is not in, or where nothing is kept.
        """
        for name in map(RoomId, names):
            if name not in self.known:
                shown = ", ".join(sorted(self.known - self.trusted)) or "none yet"
                raise OperatorError(f"The bot is not in {name}. Its rooms: {shown}.")
            if name in self.trusted:
                raise OperatorError(f"Nothing is kept in {name}: its animators said so.")
        return frozenset(map(RoomId, names)) or self.known - self.trusted


async def check_schema(url: str) -> None:
    """Raise OperatorError for a database that this version cannot read as it is."""
    if await current(url) != HEAD:
        raise OperatorError("The database is not of this version: `compagnon migrate` first.")


async def rooms_of(database: Database) -> Rooms:
    """Return the rooms as the bot last knew them."""
    async with database.read() as snapshot:
        known = await room.load(snapshot)
        trusted = await setting.trusted(snapshot)
    return Rooms(frozenset(name for name, item in known.items() if item.is_common), trusted)
