"""Desk: the animators' room, where a person compares the bot's emojis and says what they see."""

import secrets
from dataclasses import dataclass

from bot.clock import Clock
from bot.i18n import Catalogue
from bot.ids import UserId
from bot.matrix.encryption.sas import named
from bot.ports import RoomReader
from bot.router import Roles
from bot.services.outgoing import Outgoing
from bot.storage.database import Database
from bot.storage.transaction import Transaction
from bot.text import render


@dataclass(frozen=True, slots=True)
class AnimatorsDesk:
    """Fulfils the verifier's ``Desk`` in the animators' room; without one nobody may ask."""

    database: Database
    clock: Clock
    words: Catalogue
    language: str
    prefix: str
    reader: RoomReader
    roles: Roles
    own_user_id: UserId

    async def may_ask(self, user_id: UserId) -> bool:
        """Return whether ``user_id`` is an animator, or the bot's account on another device."""
        room = self.roles.animators_room
        if room is None:
            return False
        if user_id == self.own_user_id or user_id in self.roles.animators:
            return True
        return await self.reader.is_member(room, user_id)

    async def show(self, number: int, user_id: UserId, emojis: tuple[str, ...]) -> None:
        """Show the emojis, with the two commands of which a person chooses one."""
        shown = named(emojis, self.words.text("verification.emojis", self.language))
        await self._say("verification.compare", number=number, user_id=user_id, emojis=shown)

    async def tell(self, number: int, user_id: UserId, *, is_verified: bool) -> None:
        """Tell how a comparison has ended."""
        message_id = "verification.done" if is_verified else "verification.ended"
        await self._say(message_id, number=number, user_id=user_id)

    async def _say(self, message_id: str, **params: object) -> None:
        room = self.roles.animators_room
        if room is None:
            return
        template = self.words.text(message_id, self.language)
        text = render(template, {"prefix": self.prefix, **params})
        # Comparisons do not survive a restart, so neither does what their messages are known by.
        cause = f"verification:{secrets.token_hex(8)}"

        async def work(transaction: Transaction) -> None:
            Outgoing(transaction, cause, self.clock.now()).say(room, text)

        await self.database.write(work)
