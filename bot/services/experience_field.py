"""Experience field: how people call what can be told of an experience, and what fits there."""

from collections.abc import Mapping

from bot.errors import UserError
from bot.services import profile
from bot.storage.experience import FIELDS
from bot.text import fold

LIMITS: Mapping[str, int] = {
    **dict.fromkeys(FIELDS, 2000),
    **dict.fromkeys(("title", "place"), 120),
    "contact": 300,
}
"""Characters of each field."""

CLASSIFYING = frozenset({"title", "world", "place"})
"""Fields that the animators of the room may change as well, beside tags."""

_NAMES: Mapping[str, str] = {
    "title": "title titre intitulé",
    "context": "context contexte",
    "problem": "problem problème difficulté",
    "solution": "solution",
    "note": "note",
    "how": "how comment démarche",
    "result": "result results résultat résultats",
    "learned": "learned learnt appris leçon leçons enseignement",
    "conditions": "conditions condition",
    "to_adapt": "to_adapt adapt à_adapter adapter adaptation",
    "means": "means resources moyens moyen",
    "contact": "contact",
    "world": "world monde secteur",
    "place": "place lieu ville town",
}
_BY_NAME = {
    fold(name.replace("_", " ")): field for field, names in _NAMES.items() for name in names.split()
}
_NOTHING = frozenset({"-", "—", "clear", "effacer", "efface", "vider", "vide", "rien", "none"})
_LONGEST_GIVEN = 40


def split(text: str) -> tuple[str, str]:
    """Return the field that ``text`` begins with, and what follows: ``("to_adapt", "la durée")``.

    A colon may stand between. Raises UserError for words that begin with no field.
    """
    words = text.replace("\u00a0", " ").strip()
    for count in (2, 1):
        head = words.split(maxsplit=count)
        name = _BY_NAME.get(fold(" ".join(head[:count])).rstrip(" :"))
        if name is not None and len(head) >= count:
            rest = head[count] if len(head) > count else ""
            return name, rest.removeprefix(":").strip()
    raise UserError("experience.field_unknown", given=words.split("\n")[0][:_LONGEST_GIVEN])


def read(name: str, given: str) -> str | None:
    """Return ``given`` as the field ``name`` keeps it, or None where it is to be empty.

    Raises UserError for one that is too long, and for a world that is none.
    """
    value = given.strip()
    if not value or fold(value) in _NOTHING:
        return None
    if name == "world":
        world = profile.read_world(value)
        if world is None:
            raise UserError("profile.world_unknown", given=value[:_LONGEST_GIVEN])
        return world.value
    if len(value) > LIMITS[name]:
        raise UserError("experience.field_too_long", limit=LIMITS[name])
    return value if name not in ("title", "place") else " ".join(value.split())
