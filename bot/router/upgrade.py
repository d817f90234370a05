"""Upgrade: when a room is replaced, what the bot keeps of it moves along."""

from datetime import datetime

from bot.ids import RoomId
from bot.model import Upgrade
from bot.ports import RefusedError
from bot.router.surroundings import Surroundings
from bot.services.letter import plan as letter_plan
from bot.storage import (
    announcement,
    direct_room,
    experience,
    feed,
    inbox,
    meeting,
    newcomer,
    onboarding,
    onboarding_line,
    question,
    reminder,
    request,
    retour,
    room,
    room_setting,
    trio,
    welcome,
)
from bot.storage.inbox import Entry, Outcome
from bot.storage.transaction import Transaction


class UpgradeHandler:
    """Handles tombstones: the old room is frozen, the new one is believed if both agree.

    The bot may not be let into the new room; then it waits there to be invited, and moves then.
    """

    def __init__(self, surroundings: Surroundings) -> None:
        self._surroundings = surroundings

    async def handle(self, entry: Entry, upgrade: Upgrade) -> None:
        """Follow a room to its replacement as far as the server lets the bot."""
        around = self._surroundings
        old, new = upgrade.room_id, upgrade.replacement
        is_followed = await self._enter(old, new)

        async def work(transaction: Transaction) -> None:
            if is_followed:
                await _move(transaction, old, new, around.clock.now())
            outcome = Outcome.ANSWERED if is_followed else Outcome.IGNORED
            inbox.mark_done(transaction, entry.event_id, outcome, None, around.clock.now())

        await around.database.write(work)
        await self._refresh(old, new)

    async def follow(self, new: RoomId) -> bool:
        """Enter ``new`` and move there if a room of the bot was replaced by it; return whether."""
        around = self._surroundings
        async with around.database.read() as snapshot:
            old = await room.replaced_by(snapshot, new)
        if old is None or not await self._enter(old, new):
            return False
        now = around.clock.now()
        await around.database.write(lambda transaction: _move(transaction, old, new, now))
        await self._refresh(old, new)
        return True

    async def _enter(self, old: RoomId, new: RoomId) -> bool:
        """Join ``new`` and return whether it says that it replaces ``old``; if not, leave it."""
        around = self._surroundings
        was_there = around.rooms.is_open(new)
        try:
            await around.homeservers.join(new)
        except RefusedError:
            return False
        if await around.reader.predecessor(new) == old:
            return True
        if not was_there:
            await around.homeservers.leave(new)
        return False

    async def _refresh(self, old: RoomId, new: RoomId) -> None:
        await self._surroundings.preferences.refresh(old)
        await self._surroundings.preferences.refresh(new)


async def _move(transaction: Transaction, old: RoomId, new: RoomId, now: datetime) -> None:
    await room_setting.move(transaction, old, new)
    await experience.move(transaction, old, new)
    await reminder.move(transaction, old, new)
    await request.move(transaction, old, new)
    await announcement.move(transaction, old, new)
    await letter_plan.move(transaction, old, new, now)
    await question.move(transaction, old, new)
    await onboarding.move(transaction, old, new)
    await onboarding_line.move(transaction, old, new)
    await meeting.move(transaction, old, new)
    await retour.move(transaction, new)
    await feed.move(transaction, old, new)
    await direct_room.move(transaction, old, new)
    await trio.move(transaction, old, new)
    # Who moves along is not new there: the membership handler asks.
    await newcomer.forget_rooms(transaction, [old])
    await welcome.move(transaction, old, new)
