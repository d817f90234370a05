"""Announcement: made, confirmed, changed and called off by animators; owned by the community."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from bot.errors import UserError
from bot.ids import EventId, RoomId, UserId
from bot.services import schedule
from bot.services.number import ANNOUNCEMENT, named
from bot.storage import announcement, announcement_history, due
from bot.storage.announcement import OPEN, Announcement, State
from bot.storage.announcement_history import Deed
from bot.storage.due import Due
from bot.storage.transaction import Transaction
from bot.when import Recurrence, When

KIND = "announcement"
"""Kind of what falls due, and of the card on a preview."""

MAX_LENGTH = 20_000
"""Characters: what is longer is no announcement, and would be cut into several messages."""

MAX_OPEN = 500
"""Announcements that wait at the same time."""

PAST = timedelta(hours=1)
"""A draft that is confirmed so long after its time is to be moved first."""

CALL = "@room"
"""What mentions everybody in a room, where its owner may."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What ``owner`` wants to be said in ``rooms``, and when; ``source`` is the command."""

    owner: UserId
    rooms: tuple[RoomId, ...]
    text: str
    when: When
    source: EventId


async def create(transaction: Transaction, wish: Wish, now: datetime) -> Announcement:
    """Keep a draft; it is said only once it is confirmed.

    What the command ``wish.source`` made before is corrected, and is to be confirmed anew. Raises
    UserError for a text that is too long, and where there are too many already.
    """
    _check(wish.text)
    start = schedule.first(wish.when, now)
    item = _timed(
        Announcement(
            owner=wish.owner,
            text=wish.text,
            due_at=start,
            wall="",
            zone="",
            source_event_id=wish.source,
            created_at=now,
            rooms=wish.rooms,
        ),
        wish.when,
        start,
    )
    known = await announcement.of_source(transaction, wish.source)
    if known is not None:
        _check_open(known)
        await due.cancel(transaction, KIND, str(known.id))
        corrected = replace(item, id=known.id, late_hours=known.late_hours)
        await announcement.save(transaction, corrected)
        return await _noted(transaction, corrected, wish.owner, "edit", now)
    if len(await announcement.waiting(transaction)) >= MAX_OPEN:
        raise UserError("announcement.too_many", limit=MAX_OPEN)
    created = await announcement.create(transaction, item)
    return await _noted(transaction, created, wish.owner, "create", now)


async def get_open(transaction: Transaction, number: int) -> Announcement:
    """Return ``A<number>``; raises UserError if it cannot be changed any more."""
    item = await announcement.get(transaction, number)
    if item is None:
        raise UserError("announcement.not_found", id=named(ANNOUNCEMENT, number))
    _check_open(item)
    return item


async def confirm(
    transaction: Transaction, number: int, user: UserId, now: datetime
) -> Announcement:
    """Plan a draft; one that is planned already stays as it is.

    Raises UserError for a draft whose only time has passed.
    """
    item = await get_open(transaction, number)
    if item.state is State.PLANNED:
        return item
    if item.rrule is not None and item.due_at <= now:
        later = schedule.following(item.rrule, item.wall, item.zone, now)
        item = replace(item, due_at=later or item.due_at)
    if item.due_at <= now - PAST:
        raise UserError("announcement.past", id=named(ANNOUNCEMENT, number))
    planned = replace(item, state=State.PLANNED, due_at=max(item.due_at, now))
    await announcement.save(transaction, planned)
    await _plan(transaction, planned, planned.due_at)
    return await _noted(transaction, planned, user, "confirm", now)


async def edit(
    transaction: Transaction, number: int, user: UserId, text: str, now: datetime
) -> Announcement:
    """Say something else; who changes the words answers for them from now on."""
    _check(text)
    item = replace(await get_open(transaction, number), text=text, owner=user)
    await announcement.save(transaction, item)
    return await _noted(transaction, item, user, "edit", now)


async def move(
    transaction: Transaction, number: int, user: UserId, when: When, now: datetime
) -> Announcement:
    """Say it at another time; a draft stays one."""
    start = schedule.first(when, now)
    item = _timed(await get_open(transaction, number), when, start)
    await announcement.save(transaction, item)
    if item.state is State.PLANNED:
        await due.cancel(transaction, KIND, str(item.id))
        await _plan(transaction, item, item.due_at)
    return await _noted(transaction, item, user, "move", now)


async def cancel(
    transaction: Transaction, number: int, user: UserId, now: datetime
) -> Announcement:
    """Never say it, or never again."""
    item = await get_open(transaction, number)
    await due.cancel(transaction, KIND, str(item.id))
    await announcement.end(transaction, item.id, State.CANCELLED, now)
    return await _noted(transaction, item, user, "cancel", now)


async def say_now(
    transaction: Transaction, number: int, user: UserId, cause: EventId, now: datetime
) -> Announcement:
    """Say it at once: instead of its only time, or beside the times of a recurring one."""
    item = await get_open(transaction, number)
    if item.rrule is None:
        await due.cancel(transaction, KIND, str(item.id))
    elif item.state is State.DRAFT:
        item = await confirm(transaction, number, user, now)
    planned = replace(item, state=State.PLANNED)
    if item.rrule is None:
        planned = replace(planned, due_at=now)
    await announcement.save(transaction, planned)
    await _plan(transaction, planned, now, extra=cause)
    return await _noted(transaction, planned, user, "now", now)


async def take(transaction: Transaction, number: int, user: UserId, now: datetime) -> Announcement:
    """Let another animator answer for it."""
    item = replace(await get_open(transaction, number), owner=user)
    await announcement.save(transaction, item)
    return await _noted(transaction, item, user, "take", now)


async def set_late(
    transaction: Transaction, number: int, user: UserId, hours: int, now: datetime
) -> Announcement:
    """Choose for how many hours after its time it is still of use."""
    item = replace(await get_open(transaction, number), late_hours=hours)
    await announcement.save(transaction, item)
    return await _noted(transaction, item, user, "late", now)


async def take_back(transaction: Transaction, source: EventId, now: datetime) -> bool:
    """Call off what the redacted command ``source`` made; return whether it was still to come."""
    item = await announcement.of_source(transaction, source)
    if item is None or item.state not in OPEN:
        return False
    await cancel(transaction, item.id, item.owner, now)
    return True


async def _plan(
    transaction: Transaction, item: Announcement, at: datetime, extra: EventId | None = None
) -> None:
    """Plan one occurrence in every room: each is fired once, whatever happens to the others."""
    for room in item.rooms:
        await due.plan(transaction, occurrence(item.id, at, room, extra))


def occurrence(number: int, at: datetime, room: RoomId, extra: EventId | None = None) -> Due:
    """Return what falls due ``at`` for one room; ``extra`` is the command that wants it at once."""
    stamp = at.astimezone(UTC).isoformat()
    name = f"{stamp} {room}" if extra is None else f"{stamp} {room} {extra}"
    return Due(KIND, str(number), name, at)


def _check(text: str) -> None:
    if len(text) > MAX_LENGTH:
        raise UserError("announcement.too_long", limit=MAX_LENGTH)


def _check_open(item: Announcement) -> None:
    if item.state not in OPEN:
        raise UserError("announcement.over", id=named(ANNOUNCEMENT, item.id))


def _timed(item: Announcement, when: When, start: datetime) -> Announcement:
    return replace(
        item,
        due_at=start.astimezone(UTC),
        wall=schedule.wall_of(start),
        zone=when.zone.key,
        rrule=when.rrule if isinstance(when, Recurrence) else None,
    )


async def _noted(
    transaction: Transaction, item: Announcement, user: UserId, act: str, now: datetime
) -> Announcement:
    await announcement_history.add(transaction, item.id, Deed(user, act, now))
    return item
