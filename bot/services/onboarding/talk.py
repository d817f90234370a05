"""Talk: how the bot speaks with one person during their onboarding."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.i18n import Catalogue
from bot.ids import Oid, RoomId, UserId
from bot.model import Message
from bot.services import question
from bot.services.outgoing import Fallback, Outgoing, conversation_with
from bot.services.question import Inquiry
from bot.storage.transaction import Transaction
from bot.text import Text, render

NOUN = "onboarding"
"""The command that asks, and hears the answers."""


@dataclass(frozen=True, slots=True)
class Voice:
    """In which language the bot speaks, how it writes commands, and for which community.

    ``controller`` is who answers for its data, where that is not the community by its name.
    """

    words: Catalogue
    language: str
    prefix: str
    community: str = ""
    controller: str = ""

    def text(self, message_id: str, *, n: int | None = None, **params: object) -> Text:
        """Return a text of the catalogue; ``{prefix}`` and ``{community}`` are always there."""
        shown = {"prefix": self.prefix, "community": self.community, **params}
        template = self.words.text(message_id, self.language, n=n)
        return render(template, shown if n is None else {**shown, "n": n})


@dataclass(frozen=True, slots=True)
class Talk:
    """What is said to ``user`` in ``room``, which may stand for their direct message.

    ``prompt`` is the message of theirs that is answered; without one what is said notifies.
    """

    transaction: Transaction
    outgoing: Outgoing
    voice: Voice
    user: UserId
    room: RoomId
    now: datetime
    prompt: Message | None = None

    @property
    def conversation(self) -> str:
        """Return the key within which what is said keeps its order."""
        return conversation_with(self.room, self.user)

    def say(self, text: Text, *, card: str | None = None, fallback: Fallback | None = None) -> Oid:
        """Say something; with a ``fallback`` where they cannot be told alone."""
        if fallback is not None:
            return self.outgoing.tell(self.user, text, card=card, fallback=fallback)
        return self.outgoing.say(
            self.room,
            text,
            is_notice=self.prompt is not None,
            conversation=self.conversation,
            card=card,
        )

    async def ask(
        self, key: str, text: Text, *, offers: Sequence[str] = (), buttons: Sequence[str] = ()
    ) -> Oid:
        """Ask what ``key`` names; any other question of the onboarding is closed by it."""
        inquiry = Inquiry(
            user=self.user,
            noun=NOUN,
            room_id=self.room,
            reference=key,
            offers=offers,
            buttons=buttons,
            prompt=self.prompt,
        )
        return await question.ask(
            self.transaction,
            self.outgoing,
            inquiry,
            self.now,
            lambda card: self.say(text, card=card),
        )
