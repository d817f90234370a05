"""Wording: what is said of a date that comes near, was moved or was called off."""

from dataclasses import replace

from bot.services.meeting import card
from bot.services.meeting.card import Look
from bot.services.meeting.news import News, What
from bot.services.meeting.series import Occurrence
from bot.services.number import MEETING, named
from bot.storage.meeting import Meeting
from bot.text import Code, Link, Said, Text
from bot.when import long_date

_IDS = {
    What.REMINDER: "meeting.reminder",
    What.MOVED: "meeting.moved_now",
    What.CANCELLED: "meeting.cancelled_news",
    What.ENDED: "meeting.ended_news",
    What.PLACE: "meeting.place_free",
}


def message(item: Meeting, news: News, date: Occurrence, look: Look) -> Text:
    """Return what is said of ``news`` to somebody with ``look``."""
    params: dict[str, object] = {
        "id": Code(named(MEETING, item.id)),
        "title": Said(item.title, item.organiser),
        "date": card.when(date, look),
        "where": where(item, look),
    }
    if news.what is What.REMINDER and news.missed is not None:
        missed = long_date(news.missed, zone=look.zone, language=look.language, with_zone=False,
                           now=look.now)  # fmt: skip
        return look.text("meeting.reminder_late", missed=missed, **params)
    if news.what is What.MOVED and news.earlier is not None:
        earlier = replace(date, start=news.earlier.astimezone(date.start.tzinfo), end=None)
        return look.text("meeting.moved_news", earlier=card.when(earlier, look, with_zone=False),
                         **params)  # fmt: skip
    return look.text(_IDS[news.what], **params)


def where(item: Meeting, look: Look) -> Text:
    """Return the place and the link, on lines of their own; nothing where none was said."""
    place = Said(item.place or item.link or "", item.organiser)
    if item.place and item.link:
        return look.text("meeting.where_both", place=place, link=Link(item.link))
    return look.text("meeting.where", place=place) if place.text else Text("", "")
