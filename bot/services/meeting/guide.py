"""Guide: what somebody is asked who named a meeting and nothing else, and what comes of it."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from bot.errors import UserError
from bot.services.form import Draft, Form
from bot.services.meeting import entry, field
from bot.services.meeting.entry import Origin, Wish
from bot.services.meeting.field import Speaker
from bot.storage.meeting import Meeting
from bot.when import Moment, Span

FORM = Form(fields=("title", "when", "place", "description"))
"""The title is known when it begins; without a date there is no meeting."""

OFFERS = ("⏭", "👁", "🕐", "⏹")
"""Skip, see what it looks like, later, stop."""

PUBLISHING = ("📣", "↩", "🕐", "⏹")
"""Publish, go back, later, stop."""

_LONGEST = {
    "title": entry.LONGEST_TITLE,
    "place": entry.LONGEST_PLACE,
    "description": entry.LONGEST_TEXT,
}


def read(name: str, text: str, speaker: Speaker) -> str:
    """Return ``text`` as the answer to the field ``name``; raises UserError for what does not fit.

    A date is kept with the moment at which it was said: "tomorrow" means the same a day later.
    """
    if name != "when":
        limit = _LONGEST[name]
        if len(text) > limit:
            raise UserError("meeting.too_long", limit=limit)
        return text
    when = field.read_when(text, speaker)
    if isinstance(when, Moment) and when.is_vague:
        raise UserError("meeting.vague")
    if isinstance(when, Moment | Span) and when.other_start is not None:
        both = (when.start, when.other_start)
        first, second = (each.isoformat(timespec="minutes") for each in both)
        raise UserError("meeting.two_meanings", first=first, second=second)
    return f"{speaker.now.isoformat()} {text}"


def said(name: str, values: Mapping[str, str]) -> str:
    """Return what was answered to the field ``name``, in the words of who did."""
    return values[name].partition(" ")[2] if name == "when" else values[name]


def is_told(draft: Draft) -> bool:
    """Return whether there is something to publish."""
    return "title" in draft.values and "when" in draft.values


def wish(draft: Draft, speaker: Speaker) -> Wish:
    """Return what is wished by a draft that is told."""
    values = draft.values
    at = datetime.fromisoformat(values["when"].partition(" ")[0])
    when = field.read_when(said("when", values), replace(speaker, now=at))
    place, link = field.split_place(values.get("place", ""))
    return Wish(values["title"], when, place, link, values.get("description"))


def preview(draft: Draft, origin: Origin, speaker: Speaker) -> Meeting:
    """Return the meeting as it would be; raises UserError for a date that has passed meanwhile."""
    item = entry.drawn_up(wish(draft, speaker), origin, speaker.now)
    if entry.is_over(item, speaker.now):
        raise UserError("meeting.guide_past")
    return item
