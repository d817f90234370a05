"""Alert: tells the animators' room what needs a person."""

from dataclasses import dataclass

from bot.clock import Clock
from bot.i18n import Catalogue
from bot.ids import DeviceId, RoomId
from bot.services.outgoing import Outgoing
from bot.storage.outbox import Parcel, State
from bot.storage.transaction import Transaction
from bot.text import render


@dataclass(slots=True)
class Alert:
    """Says in the animators' room that something was given up; says nothing where there is none.

    An alert that itself cannot be sent makes no further alert.
    """

    clock: Clock
    words: Catalogue
    language: str
    room: RoomId | None

    def parcel_stopped(
        self, transaction: Transaction, parcel: Parcel, state: State, reason: str
    ) -> None:
        """Tell that a message was refused by the server, or is held because nobody can know.

        Part of the transaction that stops the parcel, so that no kill comes between.
        """
        if self.room is None or parcel.room_id == self.room:
            return
        noun = "alert.message_refused" if state is State.DEAD else "alert.message_held"
        template = self.words.text(noun, self.language)
        text = render(template, {"room": parcel.room_id, "reason": reason})
        Outgoing(transaction, f"stopped:{parcel.oid}", self.clock.now()).say(self.room, text)

    def device_changed(self, transaction: Transaction, device: DeviceId) -> None:
        """Tell that the bot is another device than before; whoever verified that one may wonder."""
        if self.room is None:
            return
        template = self.words.text("alert.device_changed", self.language)
        text = render(template, {"device_id": device})
        Outgoing(transaction, f"device:{device}", self.clock.now()).say(self.room, text)

    def position_lost(self, transaction: Transaction) -> None:
        """Tell that commands of the last while may have to be given again."""
        if self.room is None:
            return
        now = self.clock.now()
        text = render(self.words.text("alert.position_lost", self.language), {})
        Outgoing(transaction, f"position_lost:{now.isoformat()}", now).say(self.room, text)

    def took_over(self, transaction: Transaction, device: DeviceId, former: DeviceId) -> None:
        """Tell that ``device``, which stood by, goes on in the place of ``former``."""
        if self.room is None:
            return
        now = self.clock.now()
        template = self.words.text("alert.took_over", self.language)
        text = render(template, {"device_id": device, "former": former})
        Outgoing(transaction, f"took_over:{device}:{now.isoformat()}", now).say(self.room, text)
