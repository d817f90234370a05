"""``!ics subscribe``: an address of one's own at which another calendar follows the meetings."""

from dataclasses import dataclass, field
from enum import StrEnum

from bot.command import Context
from bot.errors import UserError
from bot.services import feed
from bot.services.announcement_delivery import room_link
from bot.services.content import Fallback
from bot.services.feed import Wanted
from bot.storage import feed as stored_feed
from bot.storage.feed import Scope
from bot.text import Code, Text


class Act(StrEnum):
    """One more address, a new one instead of those there are, or none any more."""

    SUBSCRIBE = "subscribe"
    RENEW = "renew"
    REVOKE = "revoke"


NAMES = {
    **dict.fromkeys(("subscribe", "abonner", "abonnement"), Act.SUBSCRIBE),
    **dict.fromkeys(("new", "nouvelle", "nouveau"), Act.RENEW),
    **dict.fromkeys(("revoke", "unsubscribe", "revoquer", "resilier", "desabonner"), Act.REVOKE),
}
"""What is done, by the first word, folded."""


@dataclass(frozen=True, slots=True)
class Secret:
    """What will be known to the person alone; drawn before the transaction, which may run twice."""

    value: str = field(repr=False)


def gather() -> Secret:
    """Draw a secret."""
    return Secret(feed.new_secret())


async def run(context: Context, secret: Secret, act: Act, *, is_mine: bool) -> None:
    """Open an address and tell it to the person alone, or close all of theirs."""
    if act is Act.REVOKE:
        count = await stored_feed.remove_all(context.transaction, context.person.user_id)
        text = context.text("feed.revoked", n=count) if count else context.text("feed.none")
        context.answer(text)
        return
    base = context.about.public_url
    if not base:
        raise UserError("feed.off")
    wanted = _wanted(context, is_mine=is_mine)
    await feed.subscribe(
        context.transaction, wanted, secret.value, context.now, is_instead=act is Act.RENEW
    )
    told = _told(context, wanted, feed.address(base, secret.value))
    if context.place.is_pair:
        context.answer(told)
        return
    context.confirm(context.text("feed.sent"))
    fallback = Fallback(context.place.room_id, context.text("feed.not_told"))
    context.outgoing.tell(wanted.user, told, fallback=fallback)


def _wanted(context: Context, *, is_mine: bool) -> Wanted:
    user, place = context.person.user_id, context.place
    if is_mine:
        return Wanted(user, Scope.MINE)
    return Wanted(user, Scope.ROOMS) if place.is_pair else Wanted(user, Scope.ROOM, place.room_id)


def _told(context: Context, wanted: Wanted, address: str) -> Text:
    shown = room_link(wanted.room) if wanted.room is not None else ""
    # As code it is copied whole, and no client asks its server for a preview of it.
    return context.text(f"feed.{wanted.scope}", room=shown, address=Code(address))
