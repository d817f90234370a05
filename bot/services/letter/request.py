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
        "subscribe": "subscribe abonne abonner abonnement subscription",
        "unsubscribe": "unsubscribe desabonne desabonner desabonnement",
        "useful": "useful utile",
        "useless": "useless inutile",
        "unuseful": "unuseful",
        "unuseless": "unuseless",
    }.items()
    for word in words.split()
}
_APPROVALS: Mapping[str, str] = {
    **dict.fromkeys(("none", "no", "off", "non", "sans", "aucune"), "none"),
    **dict.fromkeys(("send", "envoi", "envoie", "envoyer"), "send"),
    **dict.fromkeys(("hold", "attente", "attend", "attendre", "garde"), "hold"),
}
_EVERY: Mapping[str, str] = {
    word: every
    for every, words in {
        "weekly": "weekly week hebdo hebdomadaire semaine hebdomadairement",
        "monthly": "monthly month mensuel mensuelle mois mensuellement",
    }.items()
    for word in words.split()
}
_DATED = frozenset({"approve", "skip", "useful", "useless", "unuseful", "unuseless"})
_COMMUNITY = frozenset({"community", "communaute"})
_ROOM = re.compile(r"[#!][^\s:]+(?::\S+)?")
_PERIOD = re.compile(r"\d{4}-\d{2}-\d{2}")


@dataclass(frozen=True, slots=True)
class Asked:
    """``verb`` about the letter of the room named so (none: of this one).

    ``when`` and ``is_community`` go with schedule, ``text`` with intro, approval and
    subscribe, ``period`` with approve, skip and an opinion.
    """

    verb: str = "show"
    room: str = ""
    when: Recurrence | None = None
    is_community: bool = False
    text: str = ""
    period: str = ""


def parse(rest: str, *, now: datetime, zone: ZoneInfo, language: str) -> Asked:
    """Return what is asked for: ``[verb] [#room] …``; raises UserError."""
    verb, following = _verb(rest.strip())
    if verb == "subscribe":
        return parse_subscription(following)
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
    if given and not (verb in _DATED and _PERIOD.fullmatch(given)):
        raise UserError("letter.not_understood")
    return Asked(verb, room, period=given)


def _verb(words: str) -> tuple[str, str]:
    """Return what is to be done, and what follows; a room alone is to be shown."""
    first, _, following = words.partition(" ")
    verb = _VERBS.get(fold(first)) if first else "show"
    if verb is None and _ROOM.fullmatch(first):
        return "show", words
    if verb is None:
        raise UserError("letter.not_understood")
    return verb, following


def parse_subscription(given: str) -> Asked:
    """Return how often somebody wants the letter (``chaque semaine``); raises UserError.

    Without a word, that they want to know how it stands.
    """
    words = fold(given).replace("chaque", "").replace("every", "").split()
    chosen = [_EVERY.get(word.strip(".!")) for word in words]
    if len(chosen) > 1 or None in chosen:
        raise UserError("letter.every_unknown")
    return Asked("subscribe", text=chosen[0] or "" if chosen else "")


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
