"""Journey: what newcomers are asked, one thing after the other, and what they tell by it; pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.errors import UserError
from bot.services import form, profile
from bot.services.answer import Control, control
from bot.services.form import Draft, Effect, Form
from bot.services.profile import LIMITS, Field, World
from bot.text import fold

HELLO = "hello"
"""What is asked first: whether one wants to be asked at all."""

WORLDS: Mapping[str, World] = {
    "🌱": World.CIVIL,
    "🏛": World.PUBLIC,
    "💼": World.ECONOMY,
    "🔬": World.SCIENCE,
}
"""The reactions that name the world in which somebody works."""

_NUMBERS: Mapping[str, World] = dict(zip("1234", World, strict=True))


@dataclass(frozen=True, slots=True)
class Topic:
    """One question: its ``key`` in the form, and the field of the profile that it fills.

    ``words`` are the animators' own, by language; without any the usual ones are said.
    """

    key: str
    field: Field
    words: Mapping[str, str]

    def in_language(self, language: str) -> str | None:
        """Return the animators' words, in another language where this one has none."""
        return self.words.get(language) or next(iter(self.words.values()), None)


USUAL: Sequence[Topic] = tuple(
    Topic(field.value, field, {}) for field in (Field.ORGANISATION, Field.SEEKS, Field.OFFERS)
)
"""What is asked where the animators want nothing else."""


def form_of(topics: Sequence[Topic]) -> Form:
    """Return the form of ``topics``; where somebody works is followed by which world that is."""
    keys: list[str] = []
    for topic in topics:
        keys.append(topic.key)
        if topic.key == Field.ORGANISATION:
            keys.append(Field.WORLD.value)
    return Form(tuple(dict.fromkeys(keys)))


def field_of(topics: Sequence[Topic], key: str) -> Field:
    """Return the field of the profile that the answer to ``key`` goes into."""
    found = (topic.field for topic in topics if topic.key == key)
    return next(found, Field.WORLD if key == Field.WORLD else Field.ABOUT)


def advance(topics: Sequence[Topic], draft: Draft, text: str) -> tuple[Draft, Effect]:
    """Return the draft after ``text`` was said, and what is to be said next.

    Raises UserError for an answer that the profile cannot take, and for one that is none.
    """
    shape = form_of(topics)
    key = form.current(shape, draft)
    said = control(text)
    if key is None or said is not None:
        changed, effect = form.step(shape, draft, text)
        if effect is Effect.UNCLEAR:
            raise UserError("onboarding.unclear_answer")
        is_passed = key == Field.ORGANISATION and key in changed.skipped
        if is_passed and said in (Control.SKIP, Control.NO):
            return form.onward(shape, form.corrected(changed, Field.WORLD.value, None))
        return changed, effect
    if not text.strip():
        raise UserError("onboarding.unclear_answer")
    return form.onward(shape, answer(topics, draft, key, text))


def answer(topics: Sequence[Topic], draft: Draft, key: str, text: str | None) -> Draft:
    """Return the draft with another answer to ``key``, or without one.

    Raises UserError for one that the profile cannot take.
    """
    if text is None or control(text) in (Control.SKIP, Control.NO):
        return form.corrected(draft, key, None)
    if key == Field.WORLD:
        return form.corrected(draft, key, _world(text).value)
    field = field_of(topics, key)
    if len(text.strip()) > LIMITS[field]:
        raise UserError("onboarding.too_long", n=LIMITS[field])
    if key != Field.ORGANISATION:
        return form.corrected(draft, key, text)
    place, world = parted(text)
    draft = form.corrected(draft, key, place)
    return form.corrected(draft, Field.WORLD.value, world.value) if world else draft


def parted(text: str) -> tuple[str, World | None]:
    """Return where somebody works and the world of it: "mairie de Lyon, action publique".

    The world is left out of the first where it stands alone behind a comma or in brackets.
    """
    world = profile.read_world(text)
    before, comma, last = text.strip().rstrip(").").replace("(", ",").rpartition(",")
    named = profile.read_world(last) if comma else None
    if named is not None and before.strip(" ,") and fold(last).strip() in _NAMES[named]:
        return before.strip(" ,"), named
    return text.strip(), world


def told(topics: Sequence[Topic], draft: Draft) -> dict[Field, str]:
    """Return what the profile is to hold; several answers for one field stand on lines of it."""
    told: dict[Field, str] = {}
    for key in form_of(topics).fields:
        value = draft.values.get(key)
        if value is not None:
            field = field_of(topics, key)
            told[field] = f"{told[field]}\n{value}" if field in told else value
    return {field: value[: LIMITS[field]] for field, value in told.items()}


def _world(text: str) -> World:
    bare = text.strip().replace("\ufe0f", "")
    world = WORLDS.get(bare) or _NUMBERS.get(bare.strip(" .)")) or profile.read_world(text)
    if world is None:
        raise UserError("onboarding.unclear_world")
    return world


_NAMES: Mapping[World, frozenset[str]] = {
    World.CIVIL: frozenset({"societe civile", "civil society", "la societe civile"}),
    World.PUBLIC: frozenset({"action publique", "public action", "public", "l'action publique"}),
    World.ECONOMY: frozenset({"economie", "economy", "l'economie", "the economy"}),
    World.SCIENCE: frozenset({"science", "sciences", "la science"}),
}
