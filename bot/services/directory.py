"""Directory: who is found by what they say of themselves or shared, and why."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.ids import UserId
from bot.services import profile
from bot.services.privacy import Choice
from bot.services.profile import Filled
from bot.storage import consent
from bot.storage import profile as stored
from bot.storage.experience import Experience
from bot.storage.stem import searched
from bot.storage.transaction import Reader

MOST_EXPERIENCES = 3
"""Experiences that are named as the reason why somebody is listed."""


@dataclass(frozen=True, slots=True)
class Hit:
    """Somebody who was found: by these lines of their profile, and by these experiences."""

    user: UserId
    lines: tuple[Filled, ...]
    experiences: tuple[int, ...]


async def find(
    reader: Reader,
    words: str,
    among: Mapping[UserId, str | None],
    shared: Sequence[Experience],
) -> list[Hit]:
    """Return who of ``among`` (with what they are called) is found by ``words``, the best first.

    The best have the most of the words in what they show of themselves, at least half of them;
    authors of ``shared``, which was found by the same words, come with these. Who withdrew from
    the directory is not found by either. A few statements, however many members there are.
    """
    terms = searched(words)
    hidden = await consent.withdrawn(reader, Choice.DIRECTORY)
    allowed = [user for user in among if user not in hidden]
    matches = await stored.find(reader, terms, allowed)
    numbers: dict[UserId, list[int]] = {}
    for item in shared:
        if item.author in among and item.author not in hidden:
            numbers.setdefault(item.author, []).append(item.id)
    needed = (len(terms) + 1) // 2
    scores = {user: len(hits) for user, hits in matches.items() if len(hits) >= needed}
    found = {*scores, *numbers}
    entries = await stored.of_users(reader, sorted(scores))
    ranked = sorted(
        found,
        key=lambda user: (-scores.get(user, 0), -len(numbers.get(user, [])), among[user] or user),
    )
    return [
        Hit(
            user,
            tuple(
                item
                for item in profile.filled_of(entries.get(user, {}))
                if user in scores and item.field in set().union(*matches[user].values())
            ),
            tuple(numbers.get(user, [])[:MOST_EXPERIENCES]),
        )
        for user in ranked
    ]
