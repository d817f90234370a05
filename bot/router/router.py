"""Router: what came in is decoded and handed to the one that handles its kind."""

from collections.abc import Mapping, Sequence

from bot import crash
from bot.command import Twin
from bot.file_twin import FileTwin
from bot.model import Event, Invite, Membership, Message, Reaction, Redaction, Upgrade, from_payload
from bot.router.call import Runner
from bot.router.direct import DirectHandler
from bot.router.invitation import InvitationHandler, Quota
from bot.router.media import MediaHandler
from bot.router.membership import MembershipHandler
from bot.router.message import MessageHandler
from bot.router.reaction import ReactionHandler
from bot.router.redaction import RedactionHandler
from bot.router.surroundings import Surroundings
from bot.router.upgrade import UpgradeHandler
from bot.services.limit import Limit
from bot.services.outgoing import conversation_with
from bot.storage import inbox
from bot.storage.inbox import Entry
from bot.storage.transaction import Transaction
from bot.text import render


class Router:
    """Handles journalled events, one at a time within a room."""

    def __init__(
        self,
        surroundings: Surroundings,
        *,
        twins: Sequence[Twin],
        file_twins: Sequence[FileTwin] = (),
        commands_per_minute: int,
        allowed_inviters: Sequence[str],
    ) -> None:
        self._surroundings = surroundings
        limit = Limit(commands_per_minute)
        runner = Runner(surroundings)
        upgrades = UpgradeHandler(surroundings)
        media = MediaHandler(surroundings, runner, limit, file_twins)
        self._messages = MessageHandler(surroundings, runner, limit, media)
        self._reactions = ReactionHandler(surroundings, runner, limit, twins)
        self._redactions = RedactionHandler(surroundings, runner, self._reactions)
        self._invitations = InvitationHandler(surroundings, Quota(allowed_inviters), upgrades)
        self._upgrades = upgrades
        self._directs = DirectHandler(surroundings)
        self._memberships = MembershipHandler(surroundings, self._directs)

    async def handle(self, entry: Entry) -> None:
        """Handle ``entry``: its effects and its mark in the inbox become true together.

        Raises whatever broke; then nothing of it has happened, and it can be handled again.
        """
        crash.point("handle.started")
        await self._dispatch(entry, decode(entry))
        crash.point("handle.committed")

    async def _dispatch(self, entry: Entry, event: Event) -> None:
        is_own = event.sender == self._surroundings.about.user_id
        match event:
            case Invite() if not is_own:
                await self._invitations.handle(entry, event)
            case Upgrade():
                await self._upgrades.handle(entry, event)
            case Redaction() if not is_own:
                await self._redactions.handle(entry, event)
            case Membership() if not is_own:
                await self._memberships.handle(entry, event)
            case Message() if self._is_heard(event):
                await self._directs.note(event)
                await self._messages.handle(entry, event)
            case Reaction() if self._is_heard(event):
                await self._reactions.handle(entry, event)
            case _:
                await self._surroundings.finish(entry)

    def _is_heard(self, event: Event) -> bool:
        """Return whether ``event`` is somebody else's, in a room that was not replaced."""
        around = self._surroundings
        return event.sender != around.about.user_id and around.rooms.is_open(event.room_id)

    async def give_up(self, entry: Entry) -> None:
        """Put ``entry`` aside for a person, say so to its sender and to the animators."""
        around = self._surroundings
        place = around.preferences.place(entry.room_id, is_pair=around.rooms.is_pair(entry.room_id))
        now = around.clock.now()
        person = await around.preferences.person(entry.sender, place)
        sorry = render(around.words.text("error.broken", person.language), {"prefix": place.prefix})
        alert = render(
            around.words.text("alert.command_failed", around.preferences.language),
            {"prefix": place.prefix, "room": entry.room_id, "event_id": entry.event_id},
        )

        async def put_aside(transaction: Transaction) -> None:
            outgoing = around.outgoing(transaction, entry.event_id, now)
            if entry.kind == "message":
                conversation = conversation_with(entry.room_id, entry.sender)
                outgoing.say(
                    entry.room_id, sorry, reply_to=entry.event_id, conversation=conversation
                )
            if around.roles.animators_room is not None:
                outgoing.say(around.roles.animators_room, alert)
            await inbox.mark_dead(transaction, entry.event_id, None, now)

        await around.database.write(put_aside)


def decode(entry: Entry) -> Event:
    """Return the event that was journalled.

    Raises KeyError, TypeError or ValueError for one that another version of the bot wrote.
    """
    if not isinstance(entry.payload, Mapping):
        raise TypeError(f"no event in the journal entry {entry.event_id}")
    return from_payload(entry.kind, entry.payload)
