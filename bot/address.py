"""Address: whether a message is meant for the bot, and what it then says."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from bot.ids import RoomId, UserId
from bot.model import Message
from bot.text import fold

_NAMED = re.compile(r"\s*[,:]?\s*")
"""What may stand between the bot's name and the command: ``compagnon, partage``."""


@dataclass(slots=True)
class Address:
    """Knows by which names and prefixes the bot is spoken to.

    ``names`` are its display name, localpart and user id; ``prefixes`` holds the rooms that chose a
    prefix of their own.
    """

    user_id: UserId
    names: tuple[str, ...]
    prefix: str
    prefixes: Mapping[RoomId, str]

    def prefix_in(self, room: RoomId) -> str:
        """Return the prefix of a room."""
        return self.prefixes.get(room, self.prefix)

    def command_of(self, message: Message, *, is_pair: bool) -> str | None:
        """Return the text of the command that ``message`` gives the bot, or None.

        ``is_pair`` tells a room of two, in which everything is meant for the bot. A prefix alone,
        or repeated (``!!!``), is no command.
        """
        body = message.body.strip()
        prefix = self.prefix_in(message.room_id)
        if body.startswith(prefix):
            rest = body[len(prefix) :]
            if rest[:1].isalnum():
                return rest
            return body if is_pair else None
        named = self._after_name(body)
        if named is not None:
            return named.removeprefix(prefix)
        return body if is_pair else None

    def _after_name(self, body: str) -> str | None:
        for name in self.names:
            if fold(body[: len(name)]) != fold(name):
                continue
            rest = body[len(name) :]
            separator = _NAMED.match(rest)
            if separator is None or (rest and not separator.group()):
                continue
            return rest[separator.end() :]
        return None
