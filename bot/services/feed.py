"""Feed: calendars subscribe to meetings at an address whose secret only its owner knows."""

import hashlib
import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from bot.errors import UserError
from bot.ids import RoomId, UserId
from bot.services.icalendar import writing
from bot.services.icalendar.writing import Entry
from bot.services.meeting import series
from bot.storage import attendee, feed, meeting
from bot.storage.attendee import Answer
from bot.storage.feed import Feed, Scope
from bot.storage.transaction import Reader, Transaction

SECRET_BYTES = 32
"""256 bits: nobody guesses one, and its plain SHA-256 tells nothing of it."""

SECRET = re.compile(r"[A-Za-z0-9_-]{43}", re.ASCII)
"""A secret as it is written: Base64 for addresses (RFC 4648, 5), without its padding."""

MOST = 5
"""Addresses of one person for the same: one for each of their devices."""

PAST = timedelta(days=183)
"""How long what is over stays in a subscribed calendar."""

MOST_MEETINGS = 2_000
"""In one feed, the newest: seven rooms that are full; written in under a second."""

_FAR = datetime.max.replace(tzinfo=UTC)

_COMES = (Answer.GOING, Answer.WAITING, Answer.MAYBE)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What ``user`` wants to subscribe to; the ``room`` where the scope is one."""

    user: UserId
    scope: Scope
    room: RoomId | None = None


def new_secret() -> str:
    """Return a secret that nobody else has."""
    return secrets.token_urlsafe(SECRET_BYTES)


def address(base: str, secret: str) -> str:
    """Return the address of the feed with ``secret`` below the public address of the bot."""
    return f"{base}/calendar/{secret}.ics"


async def subscribe(
    transaction: Transaction, wanted: Wanted, secret: str, now: datetime, *, is_instead: bool
) -> None:
    """Open an address, beside those there are or instead of them; raises UserError for too many."""
    user, scope, room = wanted.user, wanted.scope, wanted.room
    if is_instead:
        await feed.remove(transaction, user, scope, room)
    elif await feed.count(transaction, user, scope, room) >= MOST:
        raise UserError("feed.too_many", limit=MOST)
    await feed.create(transaction, Feed(_digest(secret), user, scope, room, now))


async def opened(reader: Reader, secret: str) -> Feed | None:
    """Return the feed that ``secret`` opens; None for one that is unknown or was revoked.

    It is looked up by its digest, so that how long this takes tells nothing of any secret.
    """
    wanted = _digest(secret)
    found = await feed.get(reader, wanted)
    return found if found is not None and secrets.compare_digest(found.digest, wanted) else None


async def entries(
    reader: Reader, item: Feed, rooms: Sequence[RoomId], now: datetime
) -> list[Entry]:
    """Return what a feed shows of ``rooms``: what is to come, what was, and what is called off."""
    found = await meeting.shown_since(reader, rooms, now - PAST)
    if item.scope is Scope.MINE:
        since = series.stamp(now - PAST)
        coming = await attendee.meetings_of(reader, item.user_id, _COMES, since)
        found = [each for each in found if each.organiser == item.user_id or each.id in coming]
    newest = sorted(found, key=lambda each: each.over_at or _FAR)[-MOST_MEETINGS:]
    return await writing.entries(reader, sorted(newest, key=lambda each: each.id))


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
