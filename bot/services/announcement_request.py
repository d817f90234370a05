"""Announcement request: what an animator's words ask of the announcements."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.errors import UserError
from bot.services import number
from bot.text import fold
from bot.when import Moment, When
from bot.when import parse as parse_when

_VERBS: Mapping[str, str] = {
    word: verb
    for verb, words in {
        "list": "list liste",
        "show": "show montre montrer voir affiche afficher",
        "edit": "edit modifie modifier corrige corriger",
        "move": "move deplace deplacer decale decaler reporte reporter",
        "cancel": "cancel delete annule annuler supprime supprimer stop",
        "now": "now maintenant",
        "confirm": "confirm confirme confirmer oui yes",
        "take": "take prends prendre reprends reprendre",
        "late": "late retard",
    }.items()
    for word in words.split()
}
_ROOM = re.compile(r"(?<!\S)(#[^\s:]+(?::[^\s,]+)?|![^\s:]+(?::[^\s,]+)?),?(?=\s|$)")
_NEVER = frozenset({"0", "0h", "non", "no", "never", "jamais", "off"})
_HOURS = re.compile(r"(\d{1,4})\s*(?:h|heures?|hours?)?")
_DAYS = re.compile(r"(\d{1,3})\s*(?:j|jours?|d|days?)")


@dataclass(frozen=True, slots=True)
class Create:
    """``text`` is to be said in the rooms named so (none: here) ``when``."""

    when: When
    text: str
    rooms: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Change:
    """``A<number>``: ``verb`` is one of show, edit, move, cancel, now, confirm, take, late.

    ``text`` goes with edit, ``when`` with move, ``hours`` with late.
    """

    verb: str
    number: int
    text: str = ""
    when: When | None = None
    hours: int = 0


@dataclass(frozen=True, slots=True)
class Listing:
    """What waits is to be shown."""


Asked = Create | Change | Listing


def parse(rest: str, *, now: datetime, zone: ZoneInfo, language: str) -> Asked:
    """Return what is asked for: ``when [#room …] | text``, ``list``, or ``edit A7 text``.

    Raises UserError (WhenError for a date that is not understood).
    """
    words = rest.strip()
    first, _, following = words.partition(" ")
    verb = _VERBS.get(fold(first))
    if not words or (verb == "list" and not following):
        return Listing()
    known = number.read(number.ANNOUNCEMENT, words)
    if known is not None:
        return Change("show", known)
    if verb is not None and verb != "list":
        target, _, given = following.strip().replace("|", " | ", 1).partition(" ")
        about = number.read(number.ANNOUNCEMENT, target)
        if about is not None:
            said = given.strip().removeprefix("|").strip()
            return _change(verb, about, said, now=now, zone=zone, language=language)
        if "|" not in words:
            raise UserError("announcement.which")
    return _create(words, now=now, zone=zone, language=language)


def _change(
    verb: str, about: int, given: str, *, now: datetime, zone: ZoneInfo, language: str
) -> Change:
    if verb == "edit":
        if not given:
            raise UserError("announcement.nothing_given")
        return Change(verb, about, text=given)
    if verb == "move":
        return Change(verb, about, when=parse_when(given, now=now, zone=zone, language=language))
    if verb == "late":
        return Change(verb, about, hours=_hours(given))
    if given:
        raise UserError("announcement.which")
    return Change(verb, about)


def _hours(given: str) -> int:
    if fold(given) in _NEVER:
        return 0
    if found := _HOURS.fullmatch(given.lower()):
        return int(found[1])
    if found := _DAYS.fullmatch(given.lower()):
        return 24 * int(found[1])
    raise UserError("announcement.late_unknown", given=given[:40])


def _create(words: str, *, now: datetime, zone: ZoneInfo, language: str) -> Create:
    head, mark, text = words.partition("|")
    if not mark or not text.strip():
        raise UserError("announcement.nothing_given")
    rooms = tuple(dict.fromkeys(_ROOM.findall(head)))
    phrase = " ".join(_ROOM.sub(" ", head).split())
    if _VERBS.get(fold(phrase)) == "now":
        return Create(Moment(now.astimezone(zone), zone), text.strip(), rooms)
    when = parse_when(phrase, now=now, zone=zone, language=language)
    return Create(when, text.strip(), rooms)
