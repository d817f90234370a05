"""Doubt: what is asked about the date of a draft before anybody sees it."""

from zoneinfo import ZoneInfo

from bot.services.meeting.card import Look
from bot.services.number import MEETING, named
from bot.storage.meeting import Meeting
from bot.text import Text
from bot.when import long_date

CARD = "meeting_draft"
"""Kind of the card on a question about a date that has two meanings, or is far away."""

FIRST, SECOND, YES = "1️⃣", "2️⃣", "✅"


def keys(item: Meeting) -> tuple[str, ...]:
    """Return the reactions that answer the question."""
    return (YES,) if item.other_at is None else (FIRST, SECOND)


def question(item: Meeting, prefix: str, look: Look) -> Text:
    """Return the question; each meaning is told with its offset, which tells October's hours."""
    zone = ZoneInfo(item.zone)
    given = {"id": named(MEETING, item.id), "title": item.title, "prefix": prefix}
    first, second = (
        long_date(each, zone=zone, language=look.language, with_zone=True)
        + f" · UTC{each.astimezone(zone):%z}"
        for each in (item.starts_at, item.other_at or item.starts_at)
    )
    if item.other_at is None:
        return look.text("meeting.ask_far", date=first, **given)
    return look.text("meeting.ask_which", first=first, second=second, **given)
