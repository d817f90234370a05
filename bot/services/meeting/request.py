"""Request: what somebody asks of a meeting, read from the words after the command's name."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta

from bot.errors import UserError
from bot.ids import UserId
from bot.services.meeting import field
from bot.services.meeting.entry import Wish
from bot.services.meeting.field import Speaker
from bot.services.number import MEETING, leading
from bot.text import fold
from bot.when import Moment, Span, WhenError

_SET = frozenset({"set", "change", "edit", "modifier", "modifie", "changer", "regler"})
_CANCEL = frozenset({"cancel", "delete", "annuler", "annule", "supprimer", "supprime"})
_MOVE = frozenset({"move", "deplacer", "deplace", "reporter", "reporte", "decaler", "decale"})
_CONFIRM = frozenset({"confirm", "yes", "oui", "ok", "confirmer", "confirme"})
_WHO = frozenset({"who", "qui", "inscrits", "participants"})
_FOLLOW = frozenset({"follow", "suivre", "suis"})
_UNFOLLOW = frozenset({"unfollow", "oublier", "oublie"})
_VERBS = _SET | _CANCEL | _MOVE | _CONFIRM | _WHO | _FOLLOW | _UNFOLLOW

_FOLLOWING = re.compile(
    r"(?:from|starting(?: from)?|as of|à partir d(?:u|e)|a partir d(?:u|e)|dès(?: le)?|des le)\s+",
    re.IGNORECASE,
)
_SECOND = frozenset({"2", "second", "seconde", "deuxieme", "b"})
_ARROW = re.compile(r"\s*(?:\||→|->|=>)\s*")
_USER = re.compile(r"@[^\s:,]+:[^\s,]+")
_LONGEST_GIVEN = 60
_YEAR = timedelta(days=360)
_MARKS = " \t\n,:|"


@dataclass(frozen=True, slots=True)
class Create:
    """A meeting is to be held; ``is_rolled`` tells that the nearest such date was past."""

    wish: Wish
    is_rolled: bool = False


@dataclass(frozen=True, slots=True)
class Show:
    """``C<number>`` is to be shown."""

    number: int


@dataclass(frozen=True, slots=True)
class Set:
    """The field ``name`` is to become ``value``; or ``users`` its co-organisers."""

    number: int
    name: str
    value: str
    users: tuple[UserId, ...] | None = None


@dataclass(frozen=True, slots=True)
class Guide:
    """A meeting was named and nothing else: the rest is asked."""

    title: str


@dataclass(frozen=True, slots=True)
class Cancel:
    """The whole meeting is called off, or its date on ``day``, or all from that day on."""

    number: int
    day: date | None = None
    is_following: bool = False


@dataclass(frozen=True, slots=True)
class Move:
    """The meeting, or its date on ``day``, takes place when ``phrase`` says."""

    number: int
    day: date | None
    phrase: str


@dataclass(frozen=True, slots=True)
class Confirm:
    """The date of a draft is meant, or its second meaning."""

    number: int
    is_other: bool


@dataclass(frozen=True, slots=True)
class Who:
    """Who answered what to a date, the next if none is said, is to be listed."""

    number: int
    day: date | None = None


@dataclass(frozen=True, slots=True)
class Follow:
    """Somebody wants the reminders without an answer, or no more."""

    number: int
    is_on: bool


Request = Create | Guide | Show | Set | Cancel | Move | Confirm | Who | Follow


def read(rest: str, speaker: Speaker, mentions: Iterable[UserId] = ()) -> Request:
    """Return what is asked for; raises UserError for what is not understood."""
    words = rest.strip()
    if not words:
        raise UserError("error.argument_missing")
    shown = leading(MEETING, words)
    if shown is not None and not shown[1]:
        return Show(shown[0])
    verb, _, following = words.partition(" ")
    verb = fold(verb.strip())
    # "!event C4 set capacity 20" reads as well as "!event set C4 capacity 20"
    if shown is not None:
        verb, _, following = shown[1].partition(" ")
        verb, following = fold(verb), f"{MEETING}{shown[0]} {following}"
    target = leading(MEETING, following)
    if verb in _VERBS and target is not None:
        number, said = target
        return _about(verb, number, said.strip(_MARKS), speaker, tuple(mentions))
    if shown is not None:
        raise UserError("error.argument_unknown", given=shown[1][:_LONGEST_GIVEN])
    if verb in _VERBS and not following.strip():
        raise UserError("meeting.which")
    return _create(words, speaker)


def _about(
    verb: str, number: int, said: str, speaker: Speaker, mentions: tuple[UserId, ...]
) -> Request:
    if verb in _SET:
        return _set(number, said, mentions)
    if verb in _CANCEL:
        return _cancel(number, said, speaker)
    if verb in _MOVE:
        return _move(number, said, speaker)
    if verb in _CONFIRM:
        return Confirm(number, fold(said) in _SECOND)
    if verb in _WHO:
        return Who(number, _known_day(said, speaker) if said else None)
    return Follow(number, verb in _FOLLOW)


def _set(number: int, said: str, mentions: tuple[UserId, ...]) -> Set:
    name, _, value = said.partition(" ")
    if fold(name.rstrip(":=")) in field.COORGANISERS:
        named = [UserId(found) for found in _USER.findall(value)]
        return Set(number, name, value, tuple(dict.fromkeys([*named, *sorted(mentions)])))
    if not name or not value.strip():
        raise UserError("meeting.set_what")
    return Set(number, name, value.strip().removeprefix("=").strip())


def _cancel(number: int, said: str, speaker: Speaker) -> Cancel:
    if not said:
        return Cancel(number)
    found = _FOLLOWING.match(said)
    phrase = said[found.end() :] if found else said
    return Cancel(number, read_day(phrase, speaker), is_following=found is not None)


def _move(number: int, said: str, speaker: Speaker) -> Move:
    parts = [part for part in _ARROW.split(said, maxsplit=1) if part]
    if not parts:
        raise UserError("meeting.set_what")
    if len(parts) == 1:
        return Move(number, None, parts[0])
    return Move(number, read_day(parts[0], speaker), parts[1])


def read_day(phrase: str, speaker: Speaker) -> date:
    """Return the day that a phrase names, in the zone of who says it."""
    when = field.read_when(phrase, speaker)
    if not isinstance(when, Moment | Span):
        raise UserError("meeting.which_date_of", given=phrase[:_LONGEST_GIVEN])
    return when.start.date()


def read_past_day(phrase: str, speaker: Speaker) -> date:
    """Return the last day that a phrase names, as `read_day`: ``7 avril`` is that of this year."""
    return read_day(phrase, replace(speaker, now=speaker.now - _YEAR))


def _known_day(phrase: str, speaker: Speaker) -> date:
    """Return the day that a phrase names: the next, or one that is past."""
    try:
        when = field.read_when(phrase, speaker)
    except (UserError, WhenError):
        return read_past_day(phrase, speaker)
    if isinstance(when, Moment | Span) and not when.is_rolled:
        return when.start.date()
    return read_past_day(phrase, speaker)


def _create(words: str, speaker: Speaker) -> Create | Guide:
    """Read ``title | when | where | description``, or the same on lines of their own."""
    parts = words.split("|") if "|" in words else words.split("\n")
    title, phrase, where, *rest = (*[part.strip() for part in parts], "", "", "")[: len(parts) + 3]
    if not title:
        raise UserError("meeting.title_missing")
    if not phrase:
        return Guide(title)
    when = field.read_when(phrase, speaker)
    place, link = field.split_place(where)
    separator = " | " if "|" in words else "\n"
    description = separator.join(part for part in rest if part) or None
    wish = Wish(title, when, place, link, description)
    return Create(wish, isinstance(when, Moment | Span) and when.is_rolled)
