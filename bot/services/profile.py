"""Profile: which fields a member may fill, what each takes, and who may see it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.errors import UserError
from bot.ids import EventId, UserId
from bot.services import privacy
from bot.services.privacy import Choice
from bot.storage import page, profile
from bot.storage.profile import Entry
from bot.storage.transaction import Reader, Transaction
from bot.text import fold

_LONGEST_GIVEN = 40


class Field(StrEnum):
    """What a member may say of themselves, in the order in which it is shown."""

    NAME = "name"
    JOB = "job"
    ORGANISATION = "organisation"
    WORLD = "world"
    PLACE = "place"
    SIZE = "size"
    TALENTS = "talents"
    TOOLS = "tools"
    OFFERS = "offers"
    SEEKS = "seeks"
    ABOUT = "about"


class World(StrEnum):
    """Where somebody works; the four worlds that a community brings together."""

    CIVIL = "civil"
    PUBLIC = "public"
    ECONOMY = "economy"
    SCIENCE = "science"


FIELD_NAMES: Mapping[Field, tuple[str, ...]] = {
    Field.NAME: ("nom", "name", "prenom", "firstname"),
    Field.JOB: ("metier", "job", "fonction", "poste", "profession", "role", "work"),
    Field.ORGANISATION: ("organisation", "organization", "structure", "employeur", "employer"),
    Field.WORLD: ("monde", "world", "secteur", "sector"),
    Field.PLACE: ("lieu", "place", "ville", "town", "city", "territoire", "region"),
    Field.SIZE: ("taille", "size", "effectif", "headcount"),
    Field.TALENTS: ("talents", "talent", "competences", "competence", "skills", "skill"),
    Field.TOOLS: ("outils", "tools", "outil", "tool"),
    Field.OFFERS: ("offre", "offers", "offres", "offer", "propose", "j'offre", "apporte"),
    Field.SEEKS: ("cherche", "seeks", "recherche", "seek", "je-cherche", "besoins", "needs"),
    Field.ABOUT: ("bio", "about", "presentation", "apropos", "a-propos"),
}
"""What people call each field, folded; the French and the English main names come first."""

LIMITS: Mapping[Field, int] = {
    **dict.fromkeys(Field, 200),
    Field.NAME: 80,
    Field.TALENTS: 500,
    Field.TOOLS: 500,
    Field.OFFERS: 500,
    Field.SEEKS: 500,
    Field.ABOUT: 1_000,
}
"""Signs that a field takes: what stays readable on a telephone."""

_WORLD_NAMES: Mapping[World, tuple[str, ...]] = {
    World.CIVIL: ("civile", "civil", "association", "associatif", "citoyen", "citizen", "ong"),
    World.PUBLIC: ("publique", "public", "etat", "collectivite", "mairie", "administration"),
    World.ECONOMY: ("economie", "economique", "economy", "entreprise", "company", "prive"),
    World.SCIENCE: ("science", "scientifique", "recherche", "research", "universite", "university"),
}
_WORLD_WORDS: Mapping[World, str] = {
    World.CIVIL: "société civile, civil society",
    World.PUBLIC: "action publique, public action",
    World.ECONOMY: "économie, economy",
    World.SCIENCE: "science, sciences",
}
_WORD = re.compile(r"[a-z]+")
_BY_NAME = {name: field for field, names in FIELD_NAMES.items() for name in names}


@dataclass(frozen=True, slots=True)
class Filled:
    """One field of a profile that holds something."""

    field: Field
    value: str
    is_hidden: bool


def read_field(given: str) -> Field | None:
    """Return the field that somebody calls ``given``, in either language, or None."""
    return _BY_NAME.get(fold(given).strip(" :"))


def read_world(given: str) -> World | None:
    """Return the world that ``given`` names, or None for none or several: "une mairie"."""
    words = set(_WORD.findall(fold(given)))
    singular = words | {word.removesuffix("s") for word in words}
    found = [world for world, names in _WORLD_NAMES.items() if singular & set(names)]
    return found[0] if len(found) == 1 else None


def check(field: Field, value: str) -> str:
    """Return ``value`` as the field keeps it.

    Raises UserError for one that is too long, or no world where a world is asked for.
    """
    words = value.strip() if field is Field.ABOUT else " ".join(value.split())
    if field is Field.WORLD:
        world = read_world(words)
        if world is None:
            raise UserError("profile.world_unknown", given=words[:_LONGEST_GIVEN])
        return world.value
    if len(words) > LIMITS[field]:
        raise UserError("profile.too_long", n=LIMITS[field], length=len(words))
    return words


async def set_field(
    transaction: Transaction,
    user: UserId,
    field: Field,
    value: str,
    now: datetime,
    *,
    source: EventId | None = None,
) -> str:
    """Write what ``user`` says of themselves, over what they said before; return what is kept.

    Nothing but blanks clears the field. A field stays hidden or visible as it was; a new one is
    visible to those who share a room with the member. ``source`` is the command that says it: what
    it filled goes when it is redacted. Raises UserError for a value that does not fit.
    """
    kept = check(field, value) if value.strip() else ""
    if not kept:
        await clear_field(transaction, user, field)
        return kept
    known = (await profile.of_user(transaction, user)).get(field)
    is_hidden = known is not None and known.is_hidden
    entry = Entry(user, field, kept, is_hidden, now, source)
    await profile.put(transaction, entry, words_of(field, kept))
    await privacy.agree_by_act(transaction, user, Choice.DIRECTORY, now)
    return kept


async def clear_field(transaction: Transaction, user: UserId, field: Field) -> bool:
    """Forget what ``user`` said in ``field``; return whether there was anything."""
    known = (await profile.of_user(transaction, user)).get(field)
    if known is None or known.value is None:
        return False
    await profile.clear(transaction, known)
    await page.forget_about(transaction, user)
    return True


async def set_hidden(
    transaction: Transaction, user: UserId, field: Field, now: datetime, *, is_hidden: bool
) -> None:
    """Hide a field from everybody, or show it to those who share a room; effective at once.

    A field that is empty remembers the choice for what will be said in it.
    """
    known = (await profile.of_user(transaction, user)).get(field)
    value = known.value if known else None
    source = known.source_event_id if known else None
    entry = Entry(user, field, value, is_hidden, now, source)
    await profile.put(transaction, entry, words_of(field, value or ""))
    await page.forget_about(transaction, user)


async def take_back(transaction: Transaction, source: EventId) -> bool:
    """Forget what the command ``source`` filled; return whether there was anything."""
    filled = await profile.of_source(transaction, source)
    for entry in filled:
        await profile.clear(transaction, entry)
    return bool(filled)


async def of_user(reader: Reader, user: UserId) -> list[Filled]:
    """Return what ``user`` said of themselves, in the order of the fields."""
    return filled_of(await profile.of_user(reader, user))


async def hidden_of(reader: Reader, user: UserId) -> frozenset[Field]:
    """Return the fields that ``user`` hides, empty ones too."""
    entries = await profile.of_user(reader, user)
    return frozenset(Field(name) for name, entry in entries.items() if entry.is_hidden)


def filled_of(entries: Mapping[str, Entry]) -> list[Filled]:
    """Return what a member's ``entries`` say, in the order of the fields."""
    known = ((field, entries.get(field)) for field in Field)
    return [
        Filled(field, entry.value, entry.is_hidden)
        for field, entry in known
        if entry is not None and entry.value
    ]


def words_of(field: Field, value: str) -> str:
    """Return the words under which a value is found: a world by its names in both languages."""
    if field is Field.WORLD and value:
        return _WORLD_WORDS[World(value)]
    return value
