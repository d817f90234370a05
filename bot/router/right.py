"""Right: who is an animator, by the configuration and by what the server says now."""

from dataclasses import dataclass, field

from bot.ids import RoomId, UserId
from bot.ports import RoomReader

_MOST_NAMED = 5
"""How many of those who may are named to somebody who may not."""


@dataclass(frozen=True, slots=True)
class Roles:
    """What makes an animator: a power level in the room, a full user id, or the animators' room."""

    power_level: int = 50
    animators: frozenset[UserId] = frozenset()
    animators_room: RoomId | None = None


@dataclass(slots=True)
class Rights:
    """The rights of one user in one room, asked from the server when they are needed, once."""

    roles: Roles
    reader: RoomReader
    room: RoomId
    user: UserId
    known: bool | None = field(default=None)

    async def is_animator(self) -> bool:
        """Return whether the user is an animator in the room, from the server's own state."""
        if self.known is None:
            self.known = await self._ask()
        return self.known

    async def animates(self, room: RoomId) -> bool:
        """Return whether the user is an animator in ``room``."""
        return await Rights(self.roles, self.reader, room, self.user).is_animator()

    async def _ask(self) -> bool:
        if self.user in self.roles.animators:
            return True
        levels = await self.reader.power_levels(self.room)
        if levels.of(self.user) >= self.roles.power_level:
            return True
        room = self.roles.animators_room
        return room is not None and await self.reader.is_member(room, self.user)

    async def who_may(self, bot: UserId) -> list[UserId]:
        """Return some of those in the room who are animators, the most powerful first."""
        levels = await self.reader.power_levels(self.room)
        users = {*levels.users, *levels.creators, *self.roles.animators} - {bot}
        entitled = [
            user
            for user in sorted(users, key=lambda user: (-levels.of(user), user))
            if user in self.roles.animators or levels.of(user) >= self.roles.power_level
        ]
        return entitled[:_MOST_NAMED]
