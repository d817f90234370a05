"""Answer: what somebody means who answers a question of the bot with a word or a reaction."""

import re
from collections.abc import Mapping
from enum import StrEnum

from bot.text import fold, slips


class Control(StrEnum):
    """What can be said to any question, instead of an answer."""

    YES = "yes"
    NO = "no"
    SKIP = "skip"
    LATER = "later"
    STOP = "stop"
    BACK = "back"
    PREVIEW = "preview"
    PUBLISH = "publish"


BUTTONS: Mapping[str, Control] = {
    "✅": Control.YES,
    "👍": Control.YES,
    "❌": Control.NO,
    "👎": Control.NO,
    "⏭": Control.SKIP,
    "🕐": Control.LATER,
    "⏰": Control.LATER,
    "⏹": Control.STOP,
    "🛑": Control.STOP,
    "↩": Control.BACK,
    "⬅": Control.BACK,
    "👁": Control.PREVIEW,
    "📣": Control.PUBLISH,
}
"""Reactions and the word that each stands for; without variation selectors, as they are read."""

_WORDS: Mapping[Control, str] = {
    Control.YES: "yes y yep yeah ok okay sure go let's_go of_course with_pleasure yes_please "
    "yes_thanks oui o ouais ouep oui_merci d'accord daccord volontiers vas-y allez-y allons-y "
    "allez c'est_parti bien_sûr avec_plaisir entendu",
    Control.NO: "no n nope no_thanks no_thank_you non nan non_merci pas_question",
    Control.SKIP: "skip next pass skip_it next_question don't_know dunno suivant suivante passer "
    "passe passez je_passe question_suivante sauter saute ignorer je_ne_sais_pas sans_réponse",
    Control.LATER: "later not_now another_time maybe_later tomorrow plus_tard tard "
    "pas_maintenant pas_le_temps une_autre_fois demain tout_à_l'heure à_plus_tard",
    Control.STOP: "stop quit cancel enough stop_it no_more leave_me_alone "
    "laissez-moi_tranquille laisse-moi_tranquille arrêter arrête arrêtez "
    "arrêt stopper annuler annule abandonner abandon ça_suffit laisse_tomber laissez_tomber",
    Control.BACK: "back previous go_back undo retour précédent précédente revenir "
    "question_précédente arrière en_arrière revenir_en_arrière",
    Control.PREVIEW: "preview done finished finish that's_all aperçu apercevoir fini terminé "
    "terminer c'est_tout voilà",
    Control.PUBLISH: "publish post publier publie publiez poster",
}
_KNOWN: Mapping[str, Control] = {
    fold(phrase.replace("_", " ")): control
    for control, phrases in _WORDS.items()
    for phrase in phrases.split()
}

_LONGEST = max(map(len, _KNOWN)) + 2
_EDGES = re.compile(r"^[\W_]+|[\W_]+$")
_SPACES = re.compile(r"\s+")
_REPEATED = re.compile(r"(.)\1{2,}")


def control(text: str) -> Control | None:
    """Return what ``text`` means if it is one of the words or reactions of every question.

    Case, accents, punctuation, a polite "please" and a slip of the finger do not matter. An answer
    of more words than that is an answer; so is a short word that merely looks like another one
    ("bank" is not "back"). Any text is taken, and none raises.
    """
    bare = text.strip().replace("\ufe0f", "")
    if bare in BUTTONS:
        return BUTTONS[bare]
    words = _plain(bare[: 4 * _LONGEST])
    if not words or len(words) > _LONGEST:
        return None
    found = _KNOWN.get(words) or _KNOWN.get(_REPEATED.sub(r"\1", words))
    return found or _mistyped(words)


def _plain(text: str) -> str:
    words = _SPACES.sub(" ", _EDGES.sub("", fold(text)))
    for please in (" s'il vous plait", " s'il te plait", " svp", " stp", " please", " merci"):
        words = words.removesuffix(please)
    return _EDGES.sub("", words)


def _mistyped(words: str) -> Control | None:
    """Return the control that ``words`` is one slip away from, two for a long one.

    The first letter is hardly ever mistyped. In a word of four letters a wrong letter makes another
    word more often than a slip; a doubled, missing or swapped one does not. Nothing is published by
    a slip: "public" is what many of our members answer.
    """
    close = [
        (distance, known)
        for known in _KNOWN
        if _KNOWN[known] is not Control.PUBLISH
        and len(known) >= 4
        and len(words) >= 4
        and {known[0], known[1]} >= {words[0]}
        if (distance := slips(words, known)) <= (1 if len(known) < 9 else 2)
        if len(known) > 4 or len(words) != 4 or sorted(words) == sorted(known)
    ]
    return _KNOWN[min(close)[1]] if close else None
