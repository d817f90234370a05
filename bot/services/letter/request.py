"""Request: what somebody's words ask of the letter."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.errors import UserError
from bot.text import fold
from bot.when import Recurrence, WhenError
from bot.when import parse as parse_when

_VERBS: Mapping[str, str] = {
    word: verb
    for verb, words in {
        "show": "show montre etat",
        "preview": "preview apercu",
        "schedule": "schedule programme programmer chaque every",
        "now": "now maintenant envoie envoyer",
        "skip": "skip passe passer saute",
        "off": "off stop arrete arreter",
        "intro": "intro introduction edit modifie",
        "approve": "approve approuve approuver ok",
        "approval": "approval relecture",
    }.items()
    for word in words.split()
}
_APPROVALS: Mapping[str, str] = {
    **dict.fromkeys(("none", "no", "off", "non", "sans", "aucune"), "none"),
    **dict.fromkeys(("send", "envoi", "envoie", "envoyer"), "send"),
    **dict.fromkeys(("hold", "attente", "attend", "attendre", "garde"), "hold"),
}
_COMMUNITY = frozenset({"community", "communaute"})
_ROOM = re.compile(r"[#!][^\s:]+(?::\S+)?")
_PERIOD = re.compile(r"\d{4}-\d{2}-\d{2}")


@dataclass(frozen=True, slots=True)
class Asked:
    """``verb`` about the letter of the room named so (none: of this one).

    ``when`` and ``is_community`` go with schedule, ``text`` with intro and approval, ``period``
    with approve and skip.
    """

    verb: str = "show"
    room: str = ""
    when: Recurrence | None = None
    is_community: bool = False
    text: str = ""
    period: str = ""


def parse(rest: str, *, now: datetime, zone: ZoneInfo, language: str) -> Asked:
    """Return what is asked for: ``[verb] [#room] …``; raises UserError."""
    first, _, following = rest.strip().partition(" ")
    if not first:
        return Asked()
    verb = _VERBS.get(fold(first))
    if verb is None and _ROOM.fullmatch(first):
        verb, following = "show", rest.strip()
    if verb is None:
        raise UserError("letter.not_understood")
    given = following.strip()
    room, _, other = given.partition(" ")
    if _ROOM.fullmatch(room):
        given = other.strip()
    else:
        room = ""
    if verb == "schedule":
        return _schedule(given, room, now=now, zone=zone, language=language)
    if verb == "approval":
        chosen = _APPROVALS.get(fold(given))
        if chosen is None:
            raise UserError("letter.approval_unknown")
        return Asked(verb, room, text=chosen)
    if verb == "intro":
        return Asked(verb, room, text=given)
    if given and not (verb in {"approve", "skip"} and _PERIOD.fullmatch(given)):
        raise UserError("letter.not_understood")
    return Asked(verb, room, period=given)


def _schedule(given: str, room: str, *, now: datetime, zone: ZoneInfo, language: str) -> Asked:
    first, _, other = given.partition(" ")
    is_community = fold(first) in _COMMUNITY
    phrase = other.strip() if is_community else given
    every = "chaque" if language == "fr" else "every"
    words = phrase if fold(phrase.partition(" ")[0]) in {"chaque", "every"} else f"{every} {phrase}"
    try:
        when = parse_when(words, now=now, zone=zone, language=language)
    except WhenError:
        raise UserError("letter.not_recurring") from None  # "every" was our word, not theirs
    if not isinstance(when, Recurrence):
        raise UserError("letter.not_recurring")
    return Asked("schedule", room, when=when, is_community=is_community)
