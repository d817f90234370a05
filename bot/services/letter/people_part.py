"""People part: who came and agreed to have it told, and who is to be thanked."""

from bot.services.experience_listing import name_of
from bot.services.letter.entry import LINES, Entry, Pen, Section
from bot.storage import letter_material as material
from bot.storage.letter_material import Person, Span
from bot.storage.transaction import Reader
from bot.text import Said, joined


async def newcomers(reader: Reader, span: Span) -> list[Person] | None:
    """Return who came in the span and agreed to have it told in the letter."""
    return await material.newcomers(reader, span, LINES) or None


async def thanked(reader: Reader, span: Span) -> list[Person] | None:
    """Return whose experiences others took up in the span."""
    return await material.taken_up(reader, span, LINES) or None


def _write_newcomers(pen: Pen, found: list[Person]) -> Entry | None:
    """Name those who are still there: the room knows a name of them."""
    return _named(pen, "newcomer", [one for one in found if one.user_id in pen.names])


def _write_thanks(pen: Pen, found: list[Person]) -> Entry | None:
    return _named(pen, "thanks", found)


def _named(pen: Pen, noun: str, people: list[Person]) -> Entry | None:
    """Name ``people`` without calling them: a letter is no reason for their telephone to ring."""
    if not people:
        return None
    names = [Said(name_of(one.user_id, pen.names), one.user_id) for one in people]
    shown = joined([pen.text("letter.name", name=name) for name in names], ", ")
    return Entry(pen.text(f"letter.{noun}", names=shown))


NEWCOMERS = Section("newcomer", newcomers, _write_newcomers)
THANKS = Section("thanks", thanked, _write_thanks)
