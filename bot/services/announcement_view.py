"""Announcement view: how animators are shown what will be said, where, when, and by whom."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Protocol
from zoneinfo import ZoneInfo

from bot.services.announcement_delivery import room_link
from bot.services.number import ANNOUNCEMENT, named
from bot.storage.announcement import OPEN, Announcement
from bot.storage.announcement_delivery import Delivery
from bot.storage.announcement_history import Deed
from bot.text import Code, Text, bullets, paragraphs, render, written
from bot.when import Recurrence, describe, long_date

_LONGEST_LINE = 80


class Say(Protocol):
    """Returns a text of the catalogue in the language of who reads it."""

    def __call__(self, message_id: str, *, n: int | None = None, **params: object) -> Text:
        """Fill the message with ``params``."""
        ...


def next_date(item: Announcement, language: str, now: datetime) -> str:
    """Return when ``item`` is said next, in its own zone, which is named."""
    zone = ZoneInfo(item.zone)
    return long_date(item.due_at, zone=zone, language=language, with_zone=True, now=now)


def line(say: Say, message_id: str, item: Announcement, language: str, now: datetime) -> Text:
    """Return a sentence about ``item``."""
    return say(
        message_id,
        id=named(ANNOUNCEMENT, item.id),
        date=next_date(item, language, now),
        hours=item.late_hours,
    )


def preview(say: Say, item: Announcement, language: str, now: datetime) -> Text:
    """Return what the rooms will read, between when and where, and how to confirm it."""
    head = say(
        "announcement.preview",
        id=named(ANNOUNCEMENT, item.id),
        date=_when(say, item, language, now),
        rooms=_rooms(item),
    )
    foot = say("announcement.confirm", id=Code(named(ANNOUNCEMENT, item.id)))
    rule = render("---", {})
    return paragraphs([head, rule, written(item.text), rule, foot])


def listing(say: Say, items: Sequence[Announcement], language: str, now: datetime) -> Text:
    """Return all that waits, the next one first."""
    if not items:
        return say("announcement.list_empty")
    shown = bullets(
        say(
            f"announcement.line.{item.state}",
            id=named(ANNOUNCEMENT, item.id),
            date=_when(say, item, language, now),
            text=" ".join(written(item.text).body.split())[:_LONGEST_LINE],
        )
        for item in items
    )
    return say("announcement.list", n=len(items), items=shown)


def card(
    say: Say,
    item: Announcement,
    deliveries: Sequence[Delivery],
    deeds: Sequence[Deed],
    language: str,
    zone: ZoneInfo,
    now: datetime,
) -> Text:
    """Return all there is to know of one: words, rooms, what was said where, and who did what."""
    is_open = item.state in OPEN
    parts = [
        say(
            f"announcement.card.{item.state}",
            id=named(ANNOUNCEMENT, item.id),
            date=_when(say, item, language, now) if is_open else "",
            owner=item.owner,
            rooms=_rooms(item),
        ),
        written(item.text),
    ]

    def at(moment: datetime) -> str:
        return long_date(moment, zone=zone, language=language, with_zone=False, now=now)

    if deliveries:
        parts.append(say("announcement.deliveries", items=_told(say, deliveries, at)))
    if deeds:
        done = bullets(
            say(f"announcement.deed.{deed.act}", author=deed.user_id, date=at(deed.at))
            for deed in deeds
        )
        parts.append(say("announcement.deeds", items=done))
    return paragraphs(parts)


def _told(say: Say, deliveries: Sequence[Delivery], at: Callable[[datetime], str]) -> Text:
    return bullets(
        say(
            f"announcement.delivery.{one.outcome}",
            room=room_link(one.room_id),
            date=at(one.at),
            reason=one.reason or "",
        )
        for one in deliveries
    )


def _when(say: Say, item: Announcement, language: str, now: datetime) -> Text:
    date = next_date(item, language, now)
    if item.rrule is None:
        return say("announcement.once", date=date)
    zone = ZoneInfo(item.zone)
    start = datetime.fromisoformat(item.wall).replace(tzinfo=zone)
    repeat = describe(Recurrence(item.rrule, start, zone), language=language)
    return say("announcement.repeating", date=date, repeat=repeat)


def _rooms(item: Announcement) -> Text:
    links = [render("{room}", {"room": room_link(room)}) for room in item.rooms]
    joined = ", ".join(f"{{r{n}}}" for n in range(len(links)))
    return render(joined or "—", {f"r{n}": link for n, link in enumerate(links)})
