"""Says from a room's history which experiences a search in it must find."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from bot.demo.room_event import RoomEvent

_EXPERIENCE = re.compile(r"\bE-?(\d+)\b")
_SHARE = re.compile(r"!(?:share|partage)\s+(.*)", re.DOTALL | re.IGNORECASE)
_SEARCH = re.compile(r"!(?:search|cherche)\s+(\w+)", re.IGNORECASE)


@dataclass(slots=True)
class _Share:
    """One message that made, or may have made, an experience; ``text`` None when it is redacted."""

    author: str
    text: str | None
    id: str
    is_withdrawn: bool = False


def experience_id(body: str) -> str:
    """Return the number of the first experience that ``body`` names, or nothing."""
    found = _EXPERIENCE.search(body)
    return found[1] if found else ""


def wrong_searches(
    history: Sequence[RoomEvent], answers: Mapping[str, Sequence[RoomEvent]]
) -> Iterator[tuple[RoomEvent, str]]:
    """Yield each search whose answer is not what the room's history up to it entails, and why.

    A room is handled in order, so an edit or a redaction before the search counts, whoever made it.
    The text of what was redacted later is gone from the history: it may be found, or not.
    """
    shares: dict[str, _Share] = {}
    for event in history:
        answer = next(iter(answers.get(event.event_id, ())), None)
        _follow(shares, event, experience_id(answer.body) if answer else "")
        search = _SEARCH.match(event.body) if event.relation != "m.replace" else None
        if search and answer:
            found = set(_EXPERIENCE.findall(answer.body))
            expected, possible = _entailed(shares, search[1])
            if not expected <= found or len(found - expected) > possible:
                yield event, f"{event.body}: found {sorted(found)}, expected {sorted(expected)}"


def _follow(shares: dict[str, _Share], event: RoomEvent, answered_id: str) -> None:
    if event.type == "m.room.redaction" and event.redacts in shares:
        shares[event.redacts].is_withdrawn = True
    elif event.relation == "m.replace":
        share = shares.get(event.related_to)
        new = _SHARE.match(event.body)
        if share and new and share.author == event.sender:
            share.text = new[1]
    elif event.is_redacted and event.type == "m.room.message":
        shares[event.event_id] = _Share(event.sender, None, answered_id)
    elif share_text := _SHARE.match(event.body):
        shares[event.event_id] = _Share(event.sender, share_text[1], answered_id)


def _entailed(shares: Mapping[str, _Share], word: str) -> tuple[set[str], int]:
    """Return the numbers that a search for ``word`` must find, and how many more it may find.

    What was redacted later counts among these: its text is gone, and so may be the answer to it.
    """
    living = [share for share in shares.values() if not share.is_withdrawn]
    expected = {s.id for s in living if s.id and s.text is not None and word in s.text.split()}
    return expected, sum(share.text is None for share in living)
