"""Reference: how a card says which meeting it shows, and which date of a series."""

from bot.services.meeting import CARD, series
from bot.services.meeting.series import Occurrence
from bot.storage.meeting import Meeting


def card(item: Meeting, name: str) -> str:
    """Return what a card on the date kept under ``name`` is about: ``meeting:4/20261020T103000Z``.

    Of a meeting that is no series it is ``meeting:4``.
    """
    return f"{CARD}:{item.id}/{name}" if name else f"{CARD}:{item.id}"


def card_on(item: Meeting, date: Occurrence | None) -> str:
    """Return what a card is about that shows ``date``: reactions on it answer to that one."""
    return card(item, series.known_as(item, date) if date is not None else "")


def read(reference: str) -> tuple[int, str] | None:
    """Return the number of a meeting and the name of its date, None for what is no such thing."""
    number, _, name = reference.partition("/")
    return (int(number), name) if number.isdigit() else None
