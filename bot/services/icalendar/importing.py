"""Importing: the meetings of a calendar file come into a room; a known UID is never doubled."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from bot.errors import UserError
from bot.ids import EventId, RoomId
from bot.services.icalendar.reading import Found
from bot.services.meeting import change, entry, plan, revision, series
from bot.services.meeting.entry import MOST_PLANNED, Origin
from bot.services.outgoing import oid_of
from bot.storage import meeting, occurrence
from bot.storage.meeting import Meeting, State
from bot.storage.occurrence import Change
from bot.storage.transaction import Reader, Transaction


@dataclass(frozen=True, slots=True)
class Hand:
    """Who brings a file, and whether they animate the room: then they may change all in it."""

    origin: Origin
    is_animator: bool


@dataclass(frozen=True, slots=True)
class Known:
    """What the bot knows of the UIDs of a file, and how many meetings its room has to come."""

    meetings: Mapping[str, Meeting]
    changes: Mapping[int, Sequence[Change]]
    to_come: int


@dataclass(frozen=True, slots=True)
class Step:
    """What becomes of one meeting of the file: ``before`` is the one that is known by its UID."""

    after: Meeting
    changes: Sequence[Change]
    before: Meeting | None = None
    is_cancelled: bool = False


@dataclass(frozen=True, slots=True)
class Plan:
    """What importing does: in the order of the file. ``foreign`` may not be changed from here.

    Of the ``older`` ones a later version is known.
    """

    steps: Sequence[Step]
    unchanged: int
    past: int
    foreign: int
    older: int

    @property
    def created(self) -> int:
        """How many meetings are new."""
        return sum(step.before is None for step in self.steps)

    @property
    def cancelled(self) -> int:
        """How many known meetings are called off."""
        return sum(step.is_cancelled for step in self.steps)

    @property
    def changed(self) -> int:
        """How many known meetings become others."""
        return len(self.steps) - self.created - self.cancelled


async def known(reader: Reader, found: Sequence[Found], room: RoomId, now: datetime) -> Known:
    """Return what is known of ``found``, by three queries however many they are."""
    meetings = await meeting.of_uids(reader, sorted({each.uid for each in found}))
    changes = await occurrence.of_meetings(reader, [item.id for item in meetings.values()])
    return Known(meetings, changes, len(await meeting.to_come(reader, [room], now)))


def planned(found: Sequence[Found], what: Known, hand: Hand, now: datetime) -> Plan:
    """Return what importing ``found`` would do.

    Only meetings of the room are changed, by who holds them or an animator. What is over stays out,
    and a version that is older than the known one (RFC 5545, SEQUENCE). What the file calls off is
    called off. Rules are looked through for their end: not on the event loop, if they are many.
    """
    main = {each.uid: each for each in found if each.recurrence_id is None}
    dates: dict[str, list[Found]] = {}
    for each in found:
        if each.recurrence_id is not None:
            dates.setdefault(each.uid, []).append(each)
    steps: list[Step] = []
    counts = dict.fromkeys(("unchanged", "past", "foreign", "older"), 0)
    for each in main.values():
        before = what.meetings.get(each.uid)
        kept = what.changes.get(before.id, []) if before is not None else []
        changes = _changes(each, dates.get(each.uid, []))
        after = _meeting(each, changes, hand.origin, now, before)
        step = Step(after, changes, before, each.is_cancelled)
        verdict = _verdict(each, step, kept, hand, now)
        if verdict:
            counts[verdict] += 1
        else:
            steps.append(step)
    return Plan(steps, **counts)


def check_room(made: Plan, what: Known) -> None:
    """Raise UserError if the room would have too much to come."""
    if what.to_come + made.created > MOST_PLANNED:
        raise UserError("meeting.too_many", limit=MOST_PLANNED)


def _verdict(each: Found, step: Step, kept: Sequence[Change], hand: Hand, now: datetime) -> str:
    """Return why nothing is to be done, empty where something is."""
    before, origin = step.before, hand.origin
    if before is None:
        return "past" if each.is_cancelled or entry.is_over(step.after, now) else ""
    is_theirs = hand.is_animator or before.organiser == origin.organiser
    is_past = entry.is_over(step.after, now) and not each.is_cancelled
    if before.room_id != origin.room_id or not is_theirs:
        return "foreign"
    if before.state is not State.PLANNED or entry.is_over(before, now) or is_past:
        return "past"
    if each.sequence is not None and each.sequence < before.sequence:
        return "older"
    same = replace(step.after, sequence=before.sequence, over_at=before.over_at) == before
    changes = [replace(one, meeting_id=before.id) for one in step.changes]
    is_known = same and list(kept) == changes and not each.is_cancelled
    return "unchanged" if is_known else ""


async def apply(transaction: Transaction, made: Plan, now: datetime) -> None:
    """Do what was planned; those who come hear of what moved or was called off."""
    for step in made.steps:
        if step.before is None:
            item = await meeting.create(transaction, step.after)
            for each in step.changes:
                await occurrence.put(transaction, replace(each, meeting_id=item.id))
            await plan.plan(transaction, item, now)
        elif step.is_cancelled:
            await change.cancel(transaction, step.before, now)
        else:
            item = await change.save(transaction, step.before, step.after, now)
            await revision.revise(transaction, item, step.changes, now)


def _meeting(
    each: Found,
    changes: Sequence[Change],
    origin: Origin,
    now: datetime,
    known: Meeting | None,
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
        source_event_id=EventId(f"{origin.source}#{oid_of(each.uid, 0)}"),
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
        sequence=max(blank.sequence, each.sequence or 0),
        programme=None if known and each.description != known.description else blank.programme,
    )
    over_at = each.over_at or series.last_over(after, changes)
    return replace(after, over_at=over_at)


def _changes(each: Found, others: Sequence[Found]) -> list[Change]:
    if each.rrule is None:
        return []
    changes = {at: Change(0, at, at) for at in each.added}
    changes |= {at: Change(0, at) for at in each.left_out}
    for other in others:
        if other.recurrence_id is not None:
            start = None if other.is_cancelled else other.start.moment.astimezone(UTC)
            length = other.minutes if other.minutes != each.minutes else None
            changes[other.recurrence_id] = Change(0, other.recurrence_id, start, length)
    return [changes[at] for at in sorted(changes)]
