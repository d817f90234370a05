"""Request: what somebody asks of a retour, read from the words after the command's name."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from bot.errors import UserError
from bot.ids import UserId
from bot.services.meeting import request
from bot.services.meeting.field import Speaker
from bot.services.number import MEETING, leading
from bot.services.retour.voice import Given, read_given
from bot.text import fold
from bot.when import WhenError

_WITHDRAW = frozenset({"retirer", "retire", "retirez", "withdraw", "remove", "stop"})
_PRESENT = frozenset({"presents", "present", "presence", "presences", "came", "attendance"})
_USER = re.compile(r"@[^\s:,]+:[^\s,]+")
_MARKS = " \t\n,:|"
_MOST_PRESENT = 100_000
_MOST_NAMED = 200


@dataclass(frozen=True, slots=True)
class Compile:
    """The retour on the last date, or the one on ``day``, is to be posted."""

    number: int | None
    day: date | None = None


@dataclass(frozen=True, slots=True)
class Present:
    """So many were there, or those ``users``."""

    number: int
    count: int | None
    users: tuple[UserId, ...] = ()


@dataclass(frozen=True, slots=True)
class Speak:
    """Somebody was there, or was not, or says what they take away."""

    number: int
    given: Given
    words: str


@dataclass(frozen=True, slots=True)
class Withdraw:
    """Somebody takes their words back."""

    number: int


Request = Compile | Present | Speak | Withdraw


def read(rest: str, speaker: Speaker, mentions: Iterable[UserId] = ()) -> Request:
    """Return what is asked for; raises UserError for what is not understood."""
    words = rest.strip()
    if not words:
        return Compile(None)
    found = leading(MEETING, words)
    if found is None:
        raise UserError("error.argument_unknown", given=words[:60])
    number, said = found[0], found[1].strip(_MARKS)
    if not said:
        return Compile(number)
    verb, _, following = said.partition(" ")
    if fold(said) in _WITHDRAW:
        return Withdraw(number)
    if fold(verb) in _PRESENT and following.strip():
        return _present(number, following, tuple(mentions))
    day = _day(said, speaker)
    if day is not None:
        return Compile(number, day)
    return Speak(number, read_given(said), said)


def _present(number: int, said: str, mentions: tuple[UserId, ...]) -> Present:
    named = [UserId(found) for found in _USER.findall(said)]
    users = tuple(dict.fromkeys([*named, *sorted(mentions)]))[:_MOST_NAMED]
    if users:
        return Present(number, None, users)
    first = said.split(maxsplit=1)[0]
    if not (first.isascii() and first.isdigit() and int(first) <= _MOST_PRESENT):
        raise UserError("retour.wrong_present", given=said[:60])
    return Present(number, int(first))


def _day(said: str, speaker: Speaker) -> date | None:
    """Return the day that is named, None where something else is said."""
    try:
        return request.read_past_day(said, speaker)
    except (UserError, WhenError):
        return None
