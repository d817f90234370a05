"""Rotation: how long a room wants one key to be used, as far as that is sane."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from bot.ids import RoomId
from bot.matrix.http import Homeserver, MatrixError, client_path

ENCRYPTION = "m.room.encryption"

_MOST_MESSAGES = 10_000
_SHORTEST, _LONGEST = timedelta(hours=1), timedelta(days=28)
"""The rust engine of other clients has the same bounds, but no longest; a month is enough."""


@dataclass(frozen=True, slots=True)
class Rotation:
    """After how many messages or how much time a room's key ends (Matrix 1.16, 11.12.1)."""

    messages: int = 100
    period: timedelta = timedelta(days=7)


class Rotations:
    """What each encrypted room wants, asked once in a run and then followed in the sync answers."""

    def __init__(self, server: Homeserver) -> None:
        self._server = server
        self._known: dict[RoomId, Rotation] = {}

    def note(self, answer: Mapping[str, Any]) -> None:
        """Take from a sync answer what rooms want now."""
        for room, content in _settings_in(answer):
            self._known[room] = rotation_in(content)

    async def of(self, room: RoomId) -> Rotation:
        """Return what ``room`` wants; raises what requests raise, but for a room without it."""
        if room not in self._known:
            found: Mapping[str, Any] = {}
            try:
                url = client_path("rooms", room, "state", ENCRYPTION, "")
                found = await self._server.request("GET", url)
            except MatrixError as error:
                if error.status != 404:
                    raise
            self._known.setdefault(room, rotation_in(found))
        return self._known[room]


def rotation_in(content: object) -> Rotation:
    """Return what the content of the state says; what is no number counts as not said."""
    content = content if isinstance(content, dict) else {}
    usual = Rotation()
    messages = _number(content.get("rotation_period_msgs"), usual.messages)
    # Held against the bounds as a number: a timedelta of 2^53 milliseconds is one too many.
    period_ms = _number(content.get("rotation_period_ms"), _in_ms(usual.period))
    period_ms = min(max(period_ms, _in_ms(_SHORTEST)), _in_ms(_LONGEST))
    return Rotation(min(max(messages, 1), _MOST_MESSAGES), timedelta(milliseconds=period_ms))


def _number(value: object, otherwise: int) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) else otherwise


def _in_ms(period: timedelta) -> int:
    return round(period.total_seconds() * 1000)


def _settings_in(answer: Mapping[str, Any]) -> Iterator[tuple[RoomId, object]]:
    """Yield room and content of each setting; the state of an answer comes before its timeline."""
    sections = answer.get("rooms")
    joined = sections.get("join") if isinstance(sections, dict) else None
    for name, raw in joined.items() if isinstance(joined, dict) else ():
        for part in ("state", "timeline"):
            section = raw.get(part) if isinstance(raw, dict) else None
            events = section.get("events") if isinstance(section, dict) else None
            for event in events if isinstance(events, list) else ():
                is_it = isinstance(event, dict) and event.get("type") == ENCRYPTION
                if is_it and event.get("state_key") == "":
                    yield RoomId(name), event.get("content")
