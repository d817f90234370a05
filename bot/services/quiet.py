"""Quiet: when the bot may say what nobody asked it for.

A due job that is about to speak of its own accord asks for its turn, and falls due again when it
may speak; what somebody scheduled (a reminder of theirs, an animator's announcement) asks nothing::

    turn = await quiet.turn_in_room(transaction, room, now, usual)
    if turn > now:
        await due.postpone(transaction, item, turn)  # or due.drop, if that is too late
        return
"""

from datetime import UTC, datetime, time, timedelta

from bot.ids import RoomId, UserId
from bot.services import manner
from bot.services.manner import Manner
from bot.storage import member, quiet
from bot.storage.transaction import Reader, Transaction


def earliest(
    now: datetime, how: Manner, *, spoken: int = 0, paused_until: datetime | None = None
) -> datetime:
    """Return the first moment from ``now`` on (aware UTC) at which something may be said unasked.

    ``spoken`` is how often something was said already on this day of the zone: at the day's limit
    nothing more is said today. Until ``paused_until`` the person wants nothing.
    """
    at = now.astimezone(UTC)
    if paused_until is not None and paused_until > at:
        at = paused_until.astimezone(UTC)
    local = now.astimezone(how.zone)
    if spoken >= how.daily:
        tomorrow = datetime.combine(local.date() + timedelta(days=1), time(), how.zone)
        at = max(at, tomorrow.astimezone(UTC))
    return how.quiet.over_at(at, how.zone)


async def turn_in_room(
    transaction: Transaction, room: RoomId, now: datetime, usual: Manner
) -> datetime:
    """Return when the bot may speak unasked in ``room``: ``now``, and then it counts, or later.

    Call it only with something to say, in the transaction that says it.
    """
    how = await manner.of_room(transaction, room, usual)
    today = now.astimezone(how.zone).date()
    at = earliest(now, how, spoken=await quiet.spoken(transaction, room, today))
    if at <= now:
        await quiet.count(transaction, room, today)
    return at


async def turn_with(reader: Reader, user: UserId, now: datetime, usual: Manner) -> datetime:
    """Return when the bot may write to ``user`` unasked: ``now`` or later.

    Their pause and the quiet hours in their own zone count; ``usual`` is how to speak with those
    who chose nothing.
    """
    how = await manner.of_member(reader, user, usual)
    paused_until = (await member.get(reader, user)).paused_until
    return earliest(now, how, paused_until=paused_until)
