"""Asked: what somebody wants of an experience who types ``!exp``."""

from dataclasses import dataclass

from bot.command import Gathering
from bot.errors import UserError
from bot.services import (
    experience,
    experience_consent,
    experience_field,
    experience_followup,
    number,
)
from bot.services.experience import Share
from bot.storage.experience import Status, Visibility, tags
from bot.text import fold

_LONGEST_GIVEN = 40

_VERBS = {
    "edit": "edit modify modifie modifier corrige corriger change changer complète compléter",
    "tag": "tag tags étiquette étiquettes mot-clé",
    "delete": "delete remove supprime supprimer efface effacer retire retirer",
    "see": "visibility visible visibilité",
    "tree": "tree lineage arbre lignée",
    "undo": "undo annule annuler rétablir rétablis",
    "status": "status état statut suivi",
    "useful": "useful utile",
    "media": "media pièces pièce fichiers files attachments",
}
_VERB = {fold(word): verb for verb, words in _VERBS.items() for word in words.split()}

_VISIBILITIES = {
    **dict.fromkeys(("room", "salon", "ici", "here"), Visibility.ROOM),
    **dict.fromkeys(("community", "communaute", "tous", "all"), Visibility.COMMUNITY),
    **dict.fromkeys(("public", "publique", "everybody"), Visibility.PUBLIC),
}
_YES = frozenset({"yes", "oui", "ok", "confirm", "confirmer"})
_NO = frozenset({"no", "non", "-"})

SILENTLY = "🔁"
"""After ``useful E12``: somebody reacted, and the card itself says it."""


@dataclass(frozen=True, slots=True)
class Tell:
    """The words of an experience were given."""

    said: Share


@dataclass(frozen=True, slots=True)
class Capture:
    """The message that the command replies to is meant, or one that was pinned by a reaction."""

    is_pinned: bool = False


@dataclass(frozen=True, slots=True)
class Unpin:
    """The reaction that pinned the message was taken away."""


@dataclass(frozen=True, slots=True)
class Guide:
    """Nothing was told yet: it is to be asked for."""


@dataclass(frozen=True, slots=True)
class Show:
    """``E<number>`` is to be shown."""

    number: int


@dataclass(frozen=True, slots=True)
class Tree:
    """What ``E<number>`` takes up, and what takes it up."""

    number: int


@dataclass(frozen=True, slots=True)
class Pieces:
    """The files of ``E<number>`` are to be sent again."""

    number: int


@dataclass(frozen=True, slots=True)
class Edit:
    """``field`` of ``E<number>`` is to be ``value``, None for nothing; no field asks which."""

    number: int
    field: str | None = None
    value: str | None = None


@dataclass(frozen=True, slots=True)
class Tag:
    """Tags are to be added to ``E<number>`` and removed from it."""

    number: int
    added: frozenset[str]
    removed: frozenset[str]


@dataclass(frozen=True, slots=True)
class See:
    """``visibility`` is who may see ``E<number>``."""

    number: int
    visibility: Visibility


@dataclass(frozen=True, slots=True)
class Undo:
    """The last change of ``E<number>`` is to be taken back."""

    number: int


@dataclass(frozen=True, slots=True)
class Become:
    """``status`` is what became of ``E<number>``, and why."""

    number: int
    status: Status
    reason: str


@dataclass(frozen=True, slots=True)
class Useful:
    """``E<number>`` could work at the person's place, or not after all."""

    number: int
    is_useful: bool
    is_silent: bool


@dataclass(frozen=True, slots=True)
class Delete:
    """``E<number>`` is to be deleted; without ``is_sure`` that is asked first."""

    number: int
    is_sure: bool


About = Show | Tree | Pieces | Edit | Tag | See | Undo | Become | Useful | Delete
Sharing = Tell | Capture | Unpin | Guide
Asked = Sharing | About


def parse_share(rest: str, gathering: Gathering) -> Sharing:
    """Return what is told; nothing but a reply means the message that is replied to."""
    if rest.strip() == experience_consent.PIN and gathering.message.reply_to is not None:
        return Capture(is_pinned=True)
    if rest.strip() == experience_consent.UNPIN and gathering.message.reply_to is not None:
        return Unpin()
    if not rest.strip():
        return Guide() if gathering.message.reply_to is None else Capture()
    return Tell(experience.parse(rest))


def parse(rest: str, gathering: Gathering) -> Asked:
    """Return what is asked for: ``E12``, ``edit E12 how …`` and the like, or what is told."""
    words = rest.strip()
    leading = number.leading(number.EXPERIENCE, words)
    if leading is not None:
        known, following = leading
        if _VERB.get(fold(following)) == "media":
            return Pieces(known)
        return _about("edit", known, following) if following else Show(known)
    first, _, following = words.partition(" ")
    verb = _VERB.get(fold(first))
    if verb is not None and not following:
        raise UserError("error.argument_missing")
    meant = number.leading(number.EXPERIENCE, following) if verb is not None else None
    if verb is not None and meant is not None:
        return _about(verb, *meant)
    return parse_share(rest, gathering)


def _about(verb: str, known: int, rest: str) -> About:
    match verb:
        case "edit":
            found: About = _edit(known, rest)
        case "tag":
            found = _tag(known, rest)
        case "see":
            found = See(known, _visibility(rest))
        case "status":
            found = _become(known, rest)
        case "useful":
            found = Useful(known, not set(fold(rest).split()) & _NO, SILENTLY in rest)
        case "delete":
            found = Delete(known, fold(rest) in _YES)
        case "tree":
            found = Tree(known)
        case "media":
            found = Pieces(known)
        case _:
            found = Undo(known)
    return found


def _edit(known: int, rest: str) -> Edit:
    if not rest:
        return Edit(known)
    field, value = experience_field.split(rest)
    if not value:
        raise UserError("experience.field_empty", id=number.named(number.EXPERIENCE, known))
    return Edit(known, field, experience_field.read(field, value))


def _tag(known: int, rest: str) -> Tag:
    added, removed = set[str](), set[str]()
    for word in rest.replace(",", " ").split():
        bare = word.lstrip("+-–—#")
        found = tags(f"#{bare}")
        (removed if word[0] in "-–—" else added).update(found)
    if not added and not removed:
        raise UserError("experience.tag_missing", id=number.named(number.EXPERIENCE, known))
    return Tag(known, frozenset(added), frozenset(removed))


def _visibility(rest: str) -> Visibility:
    found = _VISIBILITIES.get(fold(rest.strip()))
    if found is None:
        raise UserError("experience.visibility_unknown", given=rest[:_LONGEST_GIVEN])
    return found


def _become(known: int, rest: str) -> Become:
    found = experience_followup.read(rest)
    if found is None:
        raise UserError("experience.status_unknown", id=number.named(number.EXPERIENCE, known))
    return Become(known, *found)
