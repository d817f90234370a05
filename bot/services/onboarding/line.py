"""Line: what the animators of a room have newcomers told and asked, in their own words."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from bot.errors import UserError
from bot.i18n import LANGUAGES
from bot.ids import RoomId, UserId
from bot.services.onboarding.journey import USUAL, Topic
from bot.services.profile import Field, read_field
from bot.storage import onboarding_line
from bot.storage.onboarding_line import OnboardingLine
from bot.storage.transaction import Reader, Transaction

INTRODUCTION = "introduction"
"""The field of the line that says who the community is."""

MOST = 6
"""Questions of a room: more would not be answered between two meetings."""

LONGEST = 500
"""Characters of a line: what is read on a telephone without scrolling."""


async def topics_of(reader: Reader, room: RoomId | None) -> Sequence[Topic]:
    """Return what newcomers of ``room`` are asked."""
    lines = await _questions(reader, room) if room is not None else []
    fields = [line.field for line in lines]
    return [
        _topic(line, is_first=line.field not in fields[:place]) for place, line in enumerate(lines)
    ] or USUAL


async def introduction_of(reader: Reader, room: RoomId | None, language: str) -> str | None:
    """Return who the community of ``room`` is in its own words, in another language if need be."""
    if room is None:
        return None
    for line in await onboarding_line.of_room(reader, room):
        if line.field == INTRODUCTION:
            words = {"fr": line.fr, "en": line.en}
            return words.get(language) or line.fr or line.en
    return None


async def set_introduction(
    transaction: Transaction,
    room: RoomId,
    language: str,
    text: str | None,
    by: UserId,
    now: datetime,
) -> None:
    """Say in ``language`` who the community is; None stands for the usual words.

    Raises UserError for too long a text.
    """
    words = _checked(text) if text is not None else None
    for line in await onboarding_line.of_room(transaction, room):
        if line.field == INTRODUCTION:
            await onboarding_line.save(transaction, _worded(line, language, words, by, now))
            return
    line = OnboardingLine(room, INTRODUCTION, by, now)
    await onboarding_line.add(transaction, _worded(line, language, words, by, now))


async def add(
    transaction: Transaction, room: RoomId, language: str, text: str, by: UserId, now: datetime
) -> int:
    """Ask one question more; return its number. A field's name before it says where answers go.

    The field's name alone asks for it in the usual words.
    Raises UserError for too many questions or too long a one.
    """
    first, _, following = text.strip().partition(" ")
    field = read_field(first) if first.endswith(":") else None
    words = None if is_usual(text) else _checked(following if field is not None else text)
    lines = await _own(transaction, room, by, now)
    if len(lines) >= MOST:
        raise UserError("onboarding.too_many_questions", n=MOST)
    line = OnboardingLine(room, (field or Field.ABOUT).value, by, now)
    await onboarding_line.add(transaction, _worded(line, language, words, by, now))
    return len(lines) + 1


def is_usual(text: str) -> bool:
    """Return whether ``text`` is the name of a field alone: then it is asked in the usual words."""
    name = text.strip()
    return name.endswith(":") and " " not in name and read_field(name) is not None


async def edit(
    transaction: Transaction,
    room: RoomId,
    number: int,
    language: str,
    text: str,
    by: UserId,
    now: datetime,
) -> None:
    """Give a question other words in ``language``; raises UserError for one that is not there."""
    words = _checked(text)
    line = _numbered(await _own(transaction, room, by, now), number)
    await onboarding_line.save(transaction, _worded(line, language, words, by, now))


async def remove(
    transaction: Transaction, room: RoomId, number: int, by: UserId, now: datetime
) -> None:
    """Ask a question no more; raises UserError for one that is not there, and for the last."""
    lines = await _own(transaction, room, by, now)
    line = _numbered(lines, number)
    if len(lines) == 1:
        raise UserError("onboarding.last_question")
    await onboarding_line.remove(transaction, line.id)


async def _own(
    transaction: Transaction, room: RoomId, by: UserId, now: datetime
) -> list[OnboardingLine]:
    """Return the questions of the room; the usual ones become its own before they change."""
    lines = await _questions(transaction, room)
    if lines:
        return lines
    for topic in USUAL:
        await onboarding_line.add(transaction, OnboardingLine(room, topic.field.value, by, now))
    return await _questions(transaction, room)


async def _questions(reader: Reader, room: RoomId) -> list[OnboardingLine]:
    lines = await onboarding_line.of_room(reader, room)
    return [line for line in lines if line.field != INTRODUCTION]


def _topic(line: OnboardingLine, *, is_first: bool) -> Topic:
    words = {language: getattr(line, language) for language in LANGUAGES}
    said = {language: text for language, text in words.items() if text}
    # The usual questions keep their place in a form that is being filled in.
    key = line.field if is_first and line.field != Field.ABOUT else f"q{line.id}"
    return Topic(key, Field(line.field), said)


def _numbered(lines: list[OnboardingLine], number: int) -> OnboardingLine:
    if not 0 < number <= len(lines):
        raise UserError("onboarding.no_such_question", number=number)
    return lines[number - 1]


def _checked(text: str) -> str:
    words = text.strip()
    if not words:
        raise UserError("onboarding.question_missing")
    if len(words) > LONGEST:
        raise UserError("onboarding.too_long", n=LONGEST)
    return words


def _worded(
    line: OnboardingLine, language: str, words: str | None, by: UserId, now: datetime
) -> OnboardingLine:
    if language == "fr":
        return replace(line, fr=words, changed_by=by, changed_at=now)
    return replace(line, en=words, changed_by=by, changed_at=now)
