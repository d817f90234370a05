"""Wish: what an animator wants newcomers told and asked, as it is written in the chat."""

from dataclasses import dataclass
from datetime import datetime

from bot.errors import UserError
from bot.ids import RoomId, UserId
from bot.services.onboarding import line, speech
from bot.services.onboarding.talk import Voice
from bot.storage.transaction import Transaction
from bot.text import Text, fold

_LIST = frozenset({"", "list", "liste"})
_ADD = frozenset({"add", "ajoute", "ajouter", "ajoutez"})
_EDIT = frozenset({"edit", "modifie", "modifier", "modifiez", "change", "changer"})
_REMOVE = frozenset({"remove", "delete", "retire", "retirer", "retirez", "supprime", "supprimer"})
_LANGUAGES = {
    **dict.fromkeys(("fr", "francais", "french"), "fr"),
    **dict.fromkeys(("en", "anglais", "english"), "en"),
}
_USUAL = frozenset({"default", "defaut", "reset"})
_LONGEST_GIVEN = 40


@dataclass(frozen=True, slots=True)
class Listing:
    """The questions are to be shown."""


@dataclass(frozen=True, slots=True)
class Adding:
    """One question more is to be asked; ``language`` None is the one of who says it."""

    language: str | None
    text: str


@dataclass(frozen=True, slots=True)
class Editing:
    """The question ``number`` is to have other words."""

    number: int
    language: str | None
    text: str


@dataclass(frozen=True, slots=True)
class Removing:
    """The question ``number`` is not to be asked any more."""

    number: int


@dataclass(frozen=True, slots=True)
class Introducing:
    """Newcomers are to be told who we are in these words; None stands for the usual ones."""

    language: str | None
    text: str | None


Wish = Listing | Adding | Editing | Removing | Introducing


def read_question(given: str) -> Wish:
    """Return what ``add …``, ``edit 2 …``, ``remove 2`` or ``list`` asks for; else UserError."""
    verb, _, following = given.strip().partition(" ")
    word = fold(verb)
    if word in _LIST:
        return Listing()
    if word in _ADD:
        return Adding(*_worded(following))
    if word in _EDIT:
        number, _, text = following.strip().partition(" ")
        return Editing(_number(number), *_worded(text))
    if word in _REMOVE:
        return Removing(_number(following))
    raise UserError("onboarding.unknown_wish", given=verb[:_LONGEST_GIVEN])


def read_introduction(given: str) -> Introducing:
    """Return in which words newcomers are to be told who we are; raises UserError for none."""
    language, text = _worded(given)
    return Introducing(language, None if fold(text) in _USUAL else text)


async def grant(
    transaction: Transaction, wish: Wish, room: RoomId, by: UserId, now: datetime, voice: Voice
) -> Text:
    """Do what is wished for newcomers of ``room``; return the answer. Raises UserError."""
    match wish:
        case Adding(language, text):
            spoken = language or voice.language
            number = await line.add(transaction, room, spoken, text, by, now)
            usual = line.is_usual(text)
            key = "onboarding.question_usual" if usual else "onboarding.question_added"
            return voice.text(key, number=number)
        case Editing(number, language, text):
            spoken = language or voice.language
            await line.edit(transaction, room, number, spoken, text, by, now)
            return voice.text("onboarding.question_changed", number=number)
        case Removing(number):
            await line.remove(transaction, room, number, by, now)
            return voice.text("onboarding.question_removed")
        case Introducing(language, text):
            spoken = language or voice.language
            await line.set_introduction(transaction, room, spoken, text, by, now)
            return voice.text("onboarding.introduced")
        case Listing():
            topics = await line.topics_of(transaction, room)
            own = await line.introduction_of(transaction, room, voice.language)
            return speech.overview(voice, topics, own)


def _worded(given: str) -> tuple[str | None, str]:
    first, _, rest = given.strip().partition(" ")
    language = _LANGUAGES.get(fold(first))
    text = (rest if language is not None else given).strip()
    if not text:
        raise UserError("onboarding.question_missing")
    return language, text


def _number(given: str) -> int:
    bare = given.strip().rstrip(".")
    if not (bare.isascii() and bare.isdigit() and len(bare) < 4):
        raise UserError("onboarding.no_such_question", number=given.strip()[:_LONGEST_GIVEN])
    return int(bare)
