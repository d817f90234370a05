"""Setting: what animators can decide for their room, and which values make sense."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from bot.errors import UserError
from bot.ids import RoomId, UserId
from bot.storage import room_setting
from bot.storage.room_setting import RoomSetting
from bot.storage.transaction import Reader, Transaction
from bot.text import fold
from bot.when import find_zone

_LONGEST_QUOTE = 40
"""Characters of a wrong value that are repeated to its author: enough to recognise it."""

_PREFIX = re.compile(r"[^\w\s/<>&]{1,3}")
"""As in the configuration: no word, no command of a client, and nothing that HTML escapes."""

_DEFAULT = frozenset({"default", "defaut", "reset", "-"})
"""What gives a setting its configured value back."""


@dataclass(frozen=True, slots=True)
class Line:
    """One setting as it is shown: its value, and who changed it when, if anybody did."""

    key: str
    value: str
    changed_by: UserId | None = None
    changed_at: datetime | None = None


_LANGUAGES: Mapping[str, str] = {
    **dict.fromkeys(("fr", "francais", "french"), "fr"),
    **dict.fromkeys(("en", "anglais", "english"), "en"),
}

_ACKS: Mapping[str, str] = {
    **dict.fromkeys(("message", "texte", "text"), "message"),
    "reaction": "reaction",
}


def _timezone(given: str) -> str | None:
    zone = find_zone(given)
    return zone.key if zone else None


def _prefix(given: str) -> str | None:
    return given if _PREFIX.fullmatch(given) else None


_READERS: Mapping[str, Callable[[str], str | None]] = {
    "language": lambda given: _LANGUAGES.get(fold(given)),
    "timezone": _timezone,
    "prefix": _prefix,
    "ack": lambda given: _ACKS.get(fold(given)),
}

KEYS = tuple(_READERS)
"""Every setting, in the order in which they are shown."""

_NAMES: Mapping[str, str] = {
    **{key: key for key in KEYS},
    "langue": "language",
    "lang": "language",
    "fuseau": "timezone",
    "zone": "timezone",
    "prefixe": "prefix",
    "signe": "prefix",
    "accuse": "ack",
    "reponse": "ack",
}


def find_key(given: str) -> str:
    """Return the setting that is called ``given`` in either language.

    Raises UserError, which names them all, if there is none.
    """
    key = _NAMES.get(fold(given.strip()))
    if key is None:
        raise UserError("setting.unknown_key", given=_quote(given), keys=", ".join(KEYS))
    return key


def read_value(key: str, given: str) -> str | None:
    """Return the value that ``given`` means for ``key``; None for the configured one.

    Raises UserError with an example for a value that makes no sense.
    """
    text = given.strip()
    if fold(text) in _DEFAULT and not (key == "prefix" and _prefix(text)):
        return None
    value = _READERS[key](text)
    if value is None:
        raise UserError(f"setting.wrong.{key}", given=_quote(text), key=key)
    return value


async def change(
    transaction: Transaction,
    room: RoomId,
    key: str,
    value: str | None,
    *,
    by: UserId,
    now: datetime,
) -> None:
    """Set ``key`` for ``room``, or give it back its configured value (None)."""
    if value is None:
        await room_setting.unset(transaction, room, key)
    else:
        await room_setting.put(transaction, RoomSetting(room, key, value, by, now))


async def lines(reader: Reader, room: RoomId, configured: Mapping[str, str]) -> list[Line]:
    """Return all settings of ``room``; ``configured`` holds the values of those never changed."""
    changed = await room_setting.of_room(reader, room)
    return [
        Line(key, changed[key].value, changed[key].changed_by, changed[key].changed_at)
        if key in changed
        else Line(key, configured[key])
        for key in KEYS
    ]


def _quote(given: str) -> str:
    return given if len(given) <= _LONGEST_QUOTE else given[: _LONGEST_QUOTE - 1] + "…"
