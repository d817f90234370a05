"""Announcement delivery: said in each room once, late only while it is of use, never silently."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.i18n import Catalogue
from bot.ids import Oid, RoomId, UserId
from bot.services import announcement as rules
from bot.services import manner, schedule
from bot.services.manner import Manner
from bot.services.number import ANNOUNCEMENT, named
from bot.services.outgoing import Outgoing
from bot.storage import announcement, announcement_delivery, due, room
from bot.storage.announcement import Announcement, State
from bot.storage.announcement_delivery import Delivery, Outcome
from bot.storage.due import Due
from bot.storage.transaction import Transaction
from bot.text import Link, Text, paragraphs, render, written
from bot.when import long_date

LATE = timedelta(minutes=5)
"""From here on it is said that it comes late; below, nobody minds."""


@dataclass(frozen=True, slots=True)
class Means:
    """How it is said: ``caller`` is who may mention the whole room, as the server says just now.

    What cannot be said is reported in the ``animators_room``, or else to the owner.
    """

    outgoing: Outgoing
    words: Catalogue
    usual: Manner
    animators_room: RoomId | None = None
    caller: UserId | None = None
    prefix: str = "!"


def room_link(room: RoomId) -> Link:
    """Return how a room is named: clients show its name instead."""
    return Link(f"https://matrix.to/#/{room}", room)


def room_of(item: Due) -> RoomId:
    """Return the room that an occurrence is for."""
    return RoomId(item.occurrence.split(" ")[1])


async def deliver(transaction: Transaction, item: Due, now: datetime, means: Means) -> bool:
    """Say one occurrence in its room, and plan the next one there; False if it was called off."""
    found = await announcement.get(transaction, int(item.reference))
    if found is None or found.state is not State.PLANNED:
        return False
    wanted = room_of(item)
    place = await _place(transaction, wanted)
    planned_at = datetime.fromisoformat(item.occurrence.split(" ")[0])
    late_by = now - planned_at
    if place is None:
        outcome, oid = Outcome.REFUSED, None
    elif late_by >= LATE and late_by > timedelta(hours=found.late_hours):
        outcome, oid = Outcome.MISSED, None
    else:
        outcome, oid = Outcome.SAID, await _say(transaction, found, place, planned_at, now, means)
    if outcome is not Outcome.SAID:
        await _report(transaction, found, wanted, outcome, means)
    delivery = Delivery(found.id, item.occurrence, place or wanted, outcome, now, oid)
    await announcement_delivery.record(transaction, delivery)
    await _go_on(transaction, found, item, place or wanted, now)
    return True


async def _place(transaction: Transaction, wanted: RoomId) -> RoomId | None:
    """Return the room that is ``wanted`` now, or what replaced it; None if the bot is in neither.

    Rooms are followed as far as the bot knows them: a cycle ends after as many steps.
    """
    known = await room.load(transaction)
    place: RoomId | None = wanted
    for _ in known:
        current = known.get(place) if place is not None else None
        if current is None or current.replaced_by is None:
            break
        place = current.replaced_by
    return place if place in known else None


async def _say(
    transaction: Transaction,
    found: Announcement,
    place: RoomId,
    planned_at: datetime,
    now: datetime,
    means: Means,
) -> Oid:
    text = written(found.text)
    if now - planned_at >= LATE:
        how = await manner.of_room(transaction, place, means.usual)
        date = long_date(planned_at, zone=how.zone, language=how.language, with_zone=True, now=now)
        note = render(means.words.text("announcement.late", how.language), {"date": date})
        text = paragraphs([text, note])
    calls = rules.CALL in found.text and means.caller == found.owner
    return means.outgoing.say(place, text, is_notice=False, calls_room=calls)


async def _report(
    transaction: Transaction,
    found: Announcement,
    wanted: RoomId,
    outcome: Outcome,
    means: Means,
) -> None:
    """Tell the animators what was not said; the other rooms go on."""
    target = means.animators_room
    if target is not None:
        how = await manner.of_room(transaction, target, means.usual)
    else:
        how = await manner.of_member(transaction, found.owner, means.usual)
    template = means.words.text(f"announcement.not_said.{outcome}", how.language)
    name = named(ANNOUNCEMENT, found.id)
    text: Text = render(template, {"id": name, "room": room_link(wanted), "prefix": means.prefix})
    if target is not None:
        means.outgoing.say(target, text, is_notice=False)
    else:
        means.outgoing.tell(found.owner, text)


async def _go_on(
    transaction: Transaction,
    found: Announcement,
    item: Due,
    room_id: RoomId,
    now: datetime,
) -> None:
    """Plan the next occurrence in this room, or end what is said everywhere."""
    stamp, *more = item.occurrence.split(" ")
    planned_at = datetime.fromisoformat(stamp)
    is_extra = len(more) > 1  # an animator wanted it at once, beside its times
    after = schedule.following(found.rrule, found.wall, found.zone, max(now, planned_at))
    if after is not None and not is_extra:
        if after != found.due_at:
            await announcement.save(transaction, replace(found, due_at=after))
        await due.plan(transaction, rules.occurrence(found.id, after, room_id))
    elif not await due.pending(transaction, rules.KIND, str(found.id)):
        await announcement.end(transaction, found.id, State.DONE, now)
