"""Companion voice: how newcomers and companions are told something, each in their language."""

from dataclasses import dataclass
from datetime import datetime

from bot.i18n import Catalogue
from bot.ids import UserId
from bot.services.outgoing import Outgoing
from bot.storage import member
from bot.storage.transaction import Transaction
from bot.text import Text, render


@dataclass(frozen=True, slots=True)
class Voice:
    """Tells people alone, each in their language; ``language`` is that of who chose none."""

    transaction: Transaction
    outgoing: Outgoing
    words: Catalogue
    language: str
    prefix: str
    now: datetime

    async def text(self, user: UserId, message_id: str, **params: object) -> Text:
        """Return a text in the language of ``user``."""
        return self._text(await self._language_of(user), message_id, params)

    async def text_for_both(
        self, one: UserId, other: UserId, message_id: str, **params: object
    ) -> Text:
        """Return a text in the language that both chose, or else in the community's."""
        first, second = await self._language_of(one), await self._language_of(other)
        return self._text(first if first == second else self.language, message_id, params)

    async def tell(self, user: UserId, message_id: str, **params: object) -> None:
        """Tell ``user`` alone."""
        self.outgoing.tell(user, await self.text(user, message_id, **params))

    async def _language_of(self, user: UserId) -> str:
        return (await member.get(self.transaction, user)).language or self.language

    def _text(self, language: str, message_id: str, params: dict[str, object]) -> Text:
        template = self.words.text(message_id, language)
        return render(template, {"prefix": self.prefix, **params})
