"""Invitation: into which rooms the bot lets itself be invited, and how often."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.ids import EventId, direct_room
from bot.model import Invite
from bot.ports import RefusedError
from bot.router.surroundings import Surroundings
from bot.router.upgrade import UpgradeHandler
from bot.services import direct
from bot.services.outgoing import conversation_with
from bot.services.user_pattern import UserPatterns
from bot.storage import inbox
from bot.storage.inbox import Entry, Outcome
from bot.storage.transaction import Transaction
from bot.text import render

INVITES_AN_HOUR = 10
"""Invitations that the bot accepts from one server in an hour."""

_HOUR = timedelta(hours=1)


class Quota:
    """Who may invite the bot: by patterns such as ``*:example.org``, and not too often."""

    def __init__(self, allowed_inviters: Sequence[str]) -> None:
        self._allowed = UserPatterns(allowed_inviters)
        self._accepted: dict[str, dict[EventId, datetime]] = {}

    def accepts(self, invite: Invite, at: datetime) -> bool:
        """Return whether an invitation counts now; if it does, it is counted.

        Once: on a bad line it is handled again and again until the server has answered.
        """
        if not self._allowed.matches(invite.sender):
            return False
        _, _, server = invite.sender.partition(":")
        found = self._accepted.get(server, {})
        recent = {event: then for event, then in found.items() if at - then < _HOUR}
        self._accepted[server] = recent
        if invite.event_id not in recent and len(recent) >= INVITES_AN_HOUR:
            return False
        recent.setdefault(invite.event_id, at)
        return True


class InvitationHandler:
    """Accepts invitations or declines them."""

    def __init__(self, surroundings: Surroundings, quota: Quota, upgrades: UpgradeHandler) -> None:
        self._surroundings = surroundings
        self._quota = quota
        self._upgrades = upgrades

    async def handle(self, entry: Entry, invite: Invite) -> None:
        """Join the room, or decline; the invitation into the successor of a room counts as well."""
        around = self._surroundings
        if await self._upgrades.follow(invite.room_id):
            await around.finish(entry, Outcome.ANSWERED)
            return
        if not self._quota.accepts(invite, around.clock.now()):
            await around.homeservers.leave(invite.room_id)
            await around.finish(entry, Outcome.REFUSED)
            return
        try:
            await around.homeservers.join(invite.room_id)
        except RefusedError:
            await around.finish(entry, Outcome.REFUSED)  # taken back before it was answered
            return
        await around.database.write(lambda transaction: self._greet(transaction, entry, invite))

    async def _greet(self, transaction: Transaction, entry: Entry, invite: Invite) -> None:
        """Say one hello where somebody opened a conversation of two; elsewhere nothing."""
        around = self._surroundings
        now = around.clock.now()
        if invite.is_direct:
            place = around.preferences.place(invite.room_id, is_pair=True)
            hello = render(
                around.words.text("hint.hello", place.language), {"prefix": place.prefix}
            )
            outgoing = around.outgoing(transaction, invite.event_id, now)
            await direct.adopt(transaction, invite.sender, invite.room_id, now)
            # In one conversation with what they are told the first time.
            conversation = conversation_with(direct_room(invite.sender), invite.sender)
            outgoing.say(invite.room_id, hello, conversation=conversation)
            await around.first_contact(transaction, outgoing, invite.sender)
        inbox.mark_done(transaction, entry.event_id, Outcome.ANSWERED, None, now)
