"""Preference: in which language, zone and manner the bot speaks with somebody somewhere."""

from zoneinfo import ZoneInfo

from bot.ids import RoomId, UserId
from bot.person import Person, Place
from bot.ports import RoomReader
from bot.services.manner import USUAL
from bot.services.user_pattern import UserPatterns
from bot.storage import member, room_setting
from bot.storage.database import Database
from bot.storage.member import Member
from bot.storage.room_setting import RoomSetting
from bot.when import QuietHours, read_quiet_hours, zone_named

_MOST_MEMBERS = 10_000
"""Members remembered at once, about 3 MB; those unused for longest are read again when needed."""


class Preferences:
    """What members and rooms chose, kept in memory and read anew when it changes.

    The member's choice comes first, then the room's, then the configured one. ``prefixes`` holds
    the rooms with a prefix of their own and changes in place.
    """

    def __init__(
        self,
        database: Database,
        *,
        language: str,
        timezone: str,
        prefix: str,
        quiet: QuietHours = USUAL.quiet,
    ) -> None:
        self._database = database
        self._language = language
        self._zone = ZoneInfo(timezone)
        self._prefix = prefix
        self._quiet = quiet
        self._rooms: dict[RoomId, dict[str, RoomSetting]] = {}
        self._members: dict[UserId, Member] = {}
        self.prefixes: dict[RoomId, str] = {}

    @property
    def language(self) -> str:
        """Return the configured language."""
        return self._language

    async def load(self) -> None:
        """Read the settings of all rooms; once, at the start."""
        async with self._database.read() as snapshot:
            self._rooms = await room_setting.load(snapshot)
        for room in self._rooms:
            self._note_prefix(room)

    async def refresh(self, room: RoomId, user: UserId | None = None) -> None:
        """Read anew what was chosen for ``room`` and by ``user``, after it changed."""
        async with self._database.read() as snapshot:
            self._rooms[room] = await room_setting.of_room(snapshot, room)
        self._note_prefix(room)
        if user is not None:
            self._members.pop(user, None)

    async def person(self, user: UserId, place: Place, reader: RoomReader | None = None) -> Person:
        """Return how to speak with ``user`` at ``place``.

        With a ``reader`` somebody who chose no zone is looked up in their profile (``m.tz``).
        """
        chosen = await self._chosen(user)
        zone = zone_named(chosen.timezone)
        if zone is None and reader is not None:
            zone = zone_named(await reader.timezone_of(user))
        return Person(user, chosen.language or place.language, zone or place.zone)

    def place(self, room: RoomId, *, is_pair: bool) -> Place:
        """Return how to speak in ``room``."""
        return Place(
            room_id=room,
            prefix=self._value(room, "prefix") or self._prefix,
            language=self._value(room, "language") or self._language,
            zone=zone_named(self._value(room, "timezone")) or self._zone,
            acknowledges_by_reaction=self._value(room, "ack") == "reaction",
            is_pair=is_pair,
            quiet=read_quiet_hours(self._value(room, "quiet") or str(self._quiet)) or self._quiet,
        )

    def is_bot(self, room: RoomId, user: UserId) -> bool:
        """Return whether the animators of ``room`` said that ``user`` is a bot."""
        named = self._value(room, "bots")
        return named is not None and UserPatterns(named.split()).matches(user)

    def _value(self, room: RoomId, key: str) -> str | None:
        setting = self._rooms.get(room, {}).get(key)
        return setting.value if setting is not None else None

    def _note_prefix(self, room: RoomId) -> None:
        prefix = self._value(room, "prefix")
        if prefix is None:
            self.prefixes.pop(room, None)
        else:
            self.prefixes[room] = prefix

    async def _chosen(self, user: UserId) -> Member:
        known = self._members.pop(user, None)
        if known is None:
            async with self._database.read() as snapshot:
                known = await member.get(snapshot, user)
        # Put back at the end: the dictionary's order is that of the last use.
        self._members[user] = known
        if len(self._members) > _MOST_MEMBERS:
            del self._members[next(iter(self._members))]
        return known
