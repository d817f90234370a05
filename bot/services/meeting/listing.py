"""Listing: who answered what to a date, as pages."""

from collections.abc import Sequence

from bot.services import page
from bot.services.meeting.card import Look
from bot.storage.attendee import Answer, Attendee
from bot.storage.meeting import Meeting
from bot.text import Said, Text, bullets, paragraphs

_LISTED = (Answer.GOING, Answer.WAITING, Answer.MAYBE, Answer.NOT_GOING)


def people(answers: Sequence[Attendee], item: Meeting, look: Look) -> list[Text]:
    """Return who answered what, as pages; none where nobody did."""
    found = [
        look.text(f"meeting.who.{answer}", member=each.user_id)
        for answer in _LISTED
        for each in answers
        if each.answer is answer
    ]

    def page_of(items: Sequence[Text], left: int, is_first: bool) -> Text:
        shown = bullets(items)
        if is_first:
            shown = look.text(
                "meeting.who_list", title=Said(item.title, item.organiser), items=shown
            )
        return paragraphs([shown, look.text("meeting.rest", left=left)]) if left else shown

    return page.paged(found, page_of)
