"""Experience token: what the index holds of an experience."""

from bot.storage.experience_index import detail_tokens, own_tokens
from bot.storage.experience_told import Experience, Visibility
from bot.storage.stem import tokens

_FIRST = frozenset({"title", "problem", "solution", "note"})
"""What an experience is about, with its tags; words found there count more than in details."""


def of(item: Experience) -> set[str]:
    """Return what the index holds of ``item``: its words, and what it can be filtered by.

    How to reach the author is no word to be found by.
    """
    told = {name: value for name, value in item.told.items() if name != "contact"}
    heads = (value for name, value in told.items() if name in _FIRST)
    first = tokens("\n".join([*heads, item.given_tags]))
    details = tokens("\n".join(value for name, value in told.items() if name not in _FIRST))
    own = own_tokens(
        item.room_id, item.author, item.tags, is_widened=item.visibility != Visibility.ROOM
    )
    return {*first, *detail_tokens(details - first), *own}
