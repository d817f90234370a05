"""Direct: notices where people are alone with the bot, and that they left."""

from collections import OrderedDict

from bot.ids import RoomId, UserId
from bot.model import Message
from bot.router.surroundings import Surroundings
from bot.services import direct
from bot.storage.transaction import Transaction

_MOST_REMEMBERED = 10_000
"""People whose direct room is remembered, so that a message costs no question to the database."""


class DirectHandler:
    """Keeps in step which room is the direct message with somebody."""

    def __init__(self, surroundings: Surroundings) -> None:
        self._surroundings = surroundings
        self._noted: OrderedDict[UserId, RoomId] = OrderedDict()

    async def note(self, message: Message) -> None:
        """Answer somebody alone where they write, if there is no other direct room with them."""
        around = self._surroundings
        user, room = message.sender, message.room_id
        if not around.rooms.is_pair(room) or self._noted.get(user) == room:
            return

        async def work(transaction: Transaction) -> None:
            now = around.clock.now()
            if await direct.heard(transaction, user, room, now):
                # Numbered apart from what the message itself is answered.
                outgoing = around.outgoing_for(transaction, f"heard:{message.event_id}", now)
                await around.first_contact(transaction, outgoing, user)

        await around.database.write(work)
        self._noted[user] = room
        if len(self._noted) > _MOST_REMEMBERED:
            self._noted.popitem(last=False)

    def forget(self, user: UserId) -> None:
        """Look anew where ``user`` writes next."""
        self._noted.pop(user, None)
