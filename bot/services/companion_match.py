"""Companion match: who suits a newcomer best; pure, from what both show of themselves."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from bot.ids import UserId
from bot.services.profile import Field, Filled
from bot.storage.stem import searched, tokens

MOST_NEWCOMERS = 3
"""Newcomers whom one member guides at a time; who has so many is not asked."""

_TOPICS = (Field.SEEKS, Field.TALENTS, Field.OFFERS)
_MOST_SHARED = 3
_SHARED, _OTHER_WORLD, _EACH_NEWCOMER = 2, 1, 2


@dataclass(frozen=True, slots=True)
class Traits:
    """What counts of somebody: topics as they wrote them, their tokens, and their world."""

    topics: tuple[str, ...] = ()
    tokens: frozenset[str] = frozenset()
    world: str | None = None


def traits_of(filled: Iterable[Filled]) -> Traits:
    """Return what counts of a profile; what somebody hides does not, since it would show."""
    shown = {item.field: item.value for item in filled if not item.is_hidden}
    values = [shown[field] for field in _TOPICS if field in shown]
    parts = (part.strip() for value in values for part in value.replace(";", ",").split(","))
    topics = tuple(dict.fromkeys(part for part in parts if part))
    return Traits(topics, tokens(" , ".join(values)), shown.get(Field.WORLD))


def shared(newcomer: Traits, member: Traits) -> tuple[str, ...]:
    """Return the newcomer's topics, in their words, of which the member speaks too; at most 3."""
    common = (
        topic
        for topic in newcomer.topics
        if any(word.stems & member.tokens for word in searched(topic))
    )
    return tuple(common)[:_MOST_SHARED]


def score(newcomer: Traits, member: Traits, load: int) -> int:
    """Return how well a member suits who guides ``load`` newcomers now; more is better.

    Two points for each shared topic, one for another world, two less for each newcomer they have.
    """
    is_other = None not in (newcomer.world, member.world) and newcomer.world != member.world
    common = len(shared(newcomer, member))
    return _SHARED * common + _OTHER_WORLD * is_other - _EACH_NEWCOMER * load


def ranked(
    newcomer: Traits, members: Mapping[UserId, Traits], loads: Mapping[UserId, int]
) -> list[UserId]:
    """Return who may be asked, the best first; of equals who has fewer newcomers."""
    free = [user for user in members if loads.get(user, 0) < MOST_NEWCOMERS]
    return sorted(
        free,
        key=lambda user: (
            -score(newcomer, members[user], loads.get(user, 0)),
            loads.get(user, 0),
            user,
        ),
    )
