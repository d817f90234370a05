"""Importing: the meetings of a calendar file come into a room; a known UID is never doubled."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from bot.errors import UserError
from bot.ids import EventId
from bot.services.icalendar.reading import Found
from bot.services.meeting import change, entry, plan, series
from bot.services.meeting.entry import MOST_PLANNED, Origin
from bot.storage import meeting, occurrence
from bot.storage.meeting import Meeting, State
from bot.storage.occurrence import Change
from bot.storage.transaction import Reader, Transaction


@dataclass(frozen=True, slots=True)
class Step:
    """What becomes of one meeting of the file: ``before`` is the one that is known by its UID."""

    after: Meeting
    changes: Sequence[Change]
    before: Meeting | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """What importing does: in the order of the file. ``foreign`` may not be changed from here."""

    steps: Sequence[Step]
    unchanged: int
    past: int
    foreign: int

    @property
    def created(self) -> int:
        """How many meetings are new."""
        return sum(step.before is None for step in self.steps)


async def planned(
    reader: Reader, found: Sequence[Found], origin: Origin, now: datetime, *, is_animator: bool
) -> Plan:
    """Return what importing ``found`` would do; raises UserError if it is too much for the room.

    Only meetings of the room are changed, by who holds them or an animator. What is over or called
    off stays out.
    """
    main = {each.uid: each for each in found if each.recurrence_id is None}
    dates: dict[str, list[Found]] = {}
    for each in found:
        if each.recurrence_id is not None:
            dates.setdefault(each.uid, []).append(each)
    steps, unchanged, past, foreign = [], 0, 0, 0
    for number, each in enumerate(main.values()):
        known = await meeting.of_uid(reader, each.uid)
        is_ours = known is None or (
            known.room_id == origin.room_id and (is_animator or known.organiser == origin.organiser)
        )
        after = _meeting(each, origin, number, now, known)
        changes = _changes(
            each, [one for one in found if one.uid == each.uid and one.recurrence_id]
        )
        if not is_ours:
            foreign += 1
        elif each.is_cancelled or entry.is_over(after, now) or _is_done(known):
            past += 1
        elif known is not None and await _is_same(reader, known, after, changes):
            unchanged += 1
        else:
            steps.append(Step(after, changes, known))
    made = Plan(steps, unchanged, past, foreign)
    if len(await meeting.to_come(reader, [origin.room_id], now)) + made.created > MOST_PLANNED:
        raise UserError("meeting.too_many", limit=MOST_PLANNED)
    return made


async def apply(transaction: Transaction, made: Plan, now: datetime) -> None:
    """Do what was planned; those who come hear of what moved."""
    for step in made.steps:
        if step.before is None:
            item = await meeting.create(transaction, step.after)
        else:
            item = await change.save(transaction, step.before, step.after, now)
            await occurrence.clear(transaction, item.id)
        for each in step.changes:
            await occurrence.put(transaction, replace(each, meeting_id=item.id))
        await plan.plan(transaction, item, now)


def _is_done(known: Meeting | None) -> bool:
    return known is not None and known.state is not State.PLANNED


async def _is_same(
    reader: Reader, known: Meeting, after: Meeting, changes: Sequence[Change]
) -> bool:
    kept = await occurrence.of_meeting(reader, known.id)
    return after == known and kept == [replace(each, meeting_id=known.id) for each in changes]


def _meeting(
    each: Found, origin: Origin, number: int, now: datetime, known: Meeting | None
) -> Meeting:
    moment = each.start.moment
    blank = known or Meeting(
        uid=each.uid,
        room_id=origin.room_id,
        organiser=origin.organiser,
        title=each.title,
        wall="",
        zone="",
        starts_at=now,
        language=origin.language,
        source_event_id=EventId(f"{origin.source}#{number}"),
        created_at=now,
        changed_at=now,
    )
    after = replace(
        blank,
        title=each.title,
        description=each.description,
        place=each.place,
        link=each.link,
        wall=f"{moment:%Y-%m-%dT%H:%M}",
        zone=str(moment.tzinfo),
        starts_at=moment.astimezone(UTC),
        duration_minutes=each.minutes,
        is_all_day=each.start.is_all_day,
        rrule=each.rrule,
        programme=None if known and each.description != known.description else blank.programme,
    )
    return replace(after, over_at=series.last_over(after, []))


def _changes(each: Found, others: Sequence[Found]) -> list[Change]:
    if each.rrule is None:
        return []
    changes = {at: Change(0, at) for at in each.left_out}
    for other in others:
        if other.recurrence_id is not None:
            start = None if other.is_cancelled else other.start.moment.astimezone(UTC)
            length = other.minutes if other.minutes != each.minutes else None
            changes[other.recurrence_id] = Change(0, other.recurrence_id, start, length)
    return [changes[at] for at in sorted(changes)]
