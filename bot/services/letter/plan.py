"""Plan: when a room gets its letter, who reads it before, and what an animator decides about it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from bot.errors import UserError
from bot.ids import EventId, RoomId, UserId
from bot.services import schedule
from bot.storage import due, letter
from bot.storage.due import Due
from bot.storage.letter import FINAL, Issue, Letter, State
from bot.storage.transaction import Reader, Transaction
from bot.when import Recurrence

KIND = "letter"
"""Kind of what falls due: the draft, and the letter itself."""

NOTICE = timedelta(days=1)
"""How long before the letter its draft is shown to the animators."""

MAX_INTRODUCTION = 2_000
"""Characters of an introduction: a letter takes two minutes to read."""


def period_of(item: Letter) -> str:
    """Return the name of the next letter's period: the local day on which it is due."""
    return item.due_at.astimezone(ZoneInfo(item.zone)).date().isoformat()


async def get(reader: Reader, room: RoomId) -> Letter:
    """Return how ``room`` gets its letter; raises UserError if it gets none."""
    item = await letter.get(reader, room)
    if item is None:
        raise UserError("letter.none_here")
    return item


async def put(
    transaction: Transaction,
    room: RoomId,
    when: Recurrence,
    user: UserId,
    now: datetime,
    *,
    is_community: bool,
) -> Letter:
    """Let ``room`` get its letter ``when``; how it is approved stays as it was."""
    known = await letter.get(transaction, room)
    start = schedule.first(when, now)
    item = Letter(
        room_id=room,
        is_community=is_community,
        rrule=when.rrule,
        wall=schedule.wall_of(start),
        zone=when.zone.key,
        due_at=start.astimezone(UTC),
        approval=known.approval if known else "send",
        changed_by=user,
        changed_at=now,
        introduction=known.introduction if known else None,
    )
    await letter.put(transaction, item)
    await plan(transaction, item, now)
    return item


async def change(
    transaction: Transaction, room: RoomId, user: UserId, now: datetime, **values: str | None
) -> Letter:
    """Write the introduction or the approval of a room's letter."""
    introduction = values.get("introduction")
    if introduction is not None and len(introduction) > MAX_INTRODUCTION:
        raise UserError("letter.introduction_too_long", limit=MAX_INTRODUCTION)
    item = replace(await get(transaction, room), changed_by=user, changed_at=now, **values)  # type: ignore[arg-type]  # fields of the letter
    await letter.put(transaction, item)
    if "approval" in values:
        await plan(transaction, item, now)
    return item


async def stop(transaction: Transaction, room: RoomId) -> None:
    """Let a room get no letter any more."""
    await get(transaction, room)
    await due.cancel(transaction, KIND, room)
    await letter.remove(transaction, room)


async def skip(transaction: Transaction, room: RoomId, period: str, now: datetime) -> bool:
    """Let the letter of a period be none; return False if it was sent already."""
    return await letter.note(transaction, Issue(room, period, State.SKIPPED, now))


async def approve(transaction: Transaction, room: RoomId, period: str, now: datetime) -> State:
    """Let the letter of a period go out when it is due; one that was held goes out now.

    Raises UserError if that letter has come to an end already.
    """
    known = await letter.issue(transaction, room, period)
    if known is not None and known.state in FINAL:
        raise UserError("letter.over")
    await letter.note(transaction, Issue(room, period, State.APPROVED, now))
    if known is not None and known.state is State.HELD:
        await due.plan(transaction, Due(KIND, room, f"send {period} approved", now))
    return State.APPROVED


async def now(transaction: Transaction, room: RoomId, cause: EventId, at: datetime) -> str:
    """Send the next letter at once instead of at its time; return its period."""
    item = await get(transaction, room)
    period = period_of(item)
    known = await letter.issue(transaction, room, period)
    if known is not None and known.state in FINAL:
        raise UserError("letter.over")
    await letter.note(transaction, Issue(room, period, State.APPROVED, at))
    await due.plan(transaction, Due(KIND, room, f"send {period} {cause}", at))
    return period


async def plan(transaction: Transaction, item: Letter, at: datetime) -> None:
    """Plan the next letter of a room and, if it is to be approved, its draft."""
    await due.cancel(transaction, KIND, item.room_id)
    period = period_of(item)
    await due.plan(transaction, Due(KIND, item.room_id, f"send {period}", item.due_at))
    if item.approval != "none":
        shown_at = max(item.due_at - NOTICE, at)
        await due.plan(transaction, Due(KIND, item.room_id, f"draft {period}", shown_at))


async def go_on(
    transaction: Transaction, item: Letter, period: str, at: datetime, *, is_told: bool = True
) -> None:
    """Plan the letter after that of ``period``; what was missed meanwhile is in it.

    The introduction stays for the one that was not sent yet (``is_told`` False).
    """
    introduction = None if is_told else item.introduction
    if period != period_of(item):  # a letter that was held: the next one is planned already
        await letter.put(transaction, replace(item, introduction=introduction))
        return
    later = schedule.following(item.rrule, item.wall, item.zone, max(at, item.due_at))
    if later is not None:
        following = replace(item, due_at=later.astimezone(UTC), introduction=introduction)
        await letter.put(transaction, following)
        await plan(transaction, following, at)


async def move(transaction: Transaction, old: RoomId, new: RoomId, at: datetime) -> None:
    """Let the letters of a room follow it to its replacement."""
    await due.cancel(transaction, KIND, old)
    await letter.move(transaction, old, new)
    item = await letter.get(transaction, new)
    if item is not None:
        await plan(transaction, item, at)
