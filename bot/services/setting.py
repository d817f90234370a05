"""Setting: what the animators of a room may choose for it, and what each choice may be."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from bot.errors import UserError
from bot.ids import RoomId, UserId
from bot.services import closing
from bot.services.meeting import offset, plan
from bot.storage import room_setting
from bot.storage.room_setting import RoomSetting
from bot.storage.transaction import Reader, Transaction
from bot.text import fold
from bot.when import find_zone, read_quiet_hours

_LONGEST_GIVEN = 40

_LANGUAGES = {
    **dict.fromkeys(("fr", "francais", "french"), "fr"),
    **dict.fromkeys(("en", "anglais", "english"), "en"),
}
_ACKS = {
    **dict.fromkeys(("message", "messages"), "message"),
    **dict.fromkeys(("reaction", "reactions"), "reaction"),
}
_SWITCHES = {
    **dict.fromkeys(("on", "oui", "yes", "marche", "active"), "on"),
    **dict.fromkeys(("off", "non", "no", "arret", "desactive"), "off"),
}
_USER = re.compile(r"@[^\s:@]{1,200}:[^\s:@]{1,200}(:\d{1,5})?")
"""A user id or a pattern of them; as long as the specification lets an id be, and no longer."""

_MOST_BOTS = 20

_MOST_MONTHS = 36
"""Three years on, nobody remembers."""

_CLOSINGS = {
    **dict.fromkeys(("skip", "skipped", "saute", "sauter"), "skip"),
    **dict.fromkeys(("shift", "shifted", "reporte", "reporter", "decale"), "shift"),
}
_DEFAULT = frozenset({"default", "defaut", "reset"})

SPOKEN = frozenset({"on", "off", "message", "reaction", "skip", "shift", "fr", "en"})
"""The values that are words: each is said in the reader's language, and read back in it."""

PREFIX_SIGNS = 3
"""Signs of a prefix at most, as in the configuration."""


@dataclass(frozen=True, slots=True)
class Key:
    """One setting: its names in both languages (folded), and what it makes of a given value.

    ``read`` returns the value as it is kept, or None for one that does not fit.
    """

    name: str
    names: tuple[str, ...]
    read: Callable[[str], str | None]


def _prefix(given: str) -> str | None:
    is_word = any(sign.isalnum() or sign.isspace() or sign in "/<>&`" for sign in given)
    return given if 0 < len(given) <= PREFIX_SIGNS and not is_word else None


def _zone(given: str) -> str | None:
    zone = find_zone(given)
    return zone.key if zone is not None else None


def _quiet(given: str) -> str | None:
    hours = read_quiet_hours(given)
    return str(hours) if hours is not None else None


def _months(given: str) -> str | None:
    count = fold(given).removesuffix("mois").removesuffix("months").strip()
    if count.isdecimal() and 1 <= int(count) <= _MOST_MONTHS:
        return str(int(count))
    return "off" if _SWITCHES.get(fold(given)) == "off" else None


def _bots(given: str) -> str | None:
    users = given.replace(",", " ").split()
    if _SWITCHES.get(fold(given)) == "off":
        return "off"
    is_list = 0 < len(users) <= _MOST_BOTS and all(map(_USER.fullmatch, users))
    return " ".join(users) if is_list else None


def _one_of(words: Mapping[str, str]) -> Callable[[str], str | None]:
    return lambda given: words.get(fold(given))


KEYS: tuple[Key, ...] = (
    Key("language", ("language", "lang", "langue"), _one_of(_LANGUAGES)),
    Key("timezone", ("timezone", "tz", "fuseau"), _zone),
    Key("prefix", ("prefix", "prefixe", "signe"), _prefix),
    Key("ack", ("ack", "reponse", "confirmation"), _one_of(_ACKS)),
    Key("followup", ("followup", "suivi", "nouvelles"), _months),
    Key("capture", ("capture", "recueil"), _one_of(_SWITCHES)),
    Key(closing.KEY, ("closed", "fermeture", "fermetures", "conges", "vacances"), closing.read),
    Key(closing.MODE, ("closing", "report"), _one_of(_CLOSINGS)),
    Key(plan.OFFSETS, ("reminders", "rappels"), offset.read),
    Key("welcome", ("welcome", "accueil"), _one_of(_SWITCHES)),
    Key("bots", ("bots", "bot", "robots", "robot"), _bots),
    Key("quiet", ("quiet", "quiet_hours", "calme", "silence"), _quiet),
)
"""Every setting of a room, in the order in which they are shown."""

_TIMING = frozenset({closing.KEY, closing.MODE, plan.OFFSETS})
"""What says when people are reminded: the plans of the room's meetings follow at once."""

LATER = frozenset(
    {
        *("tone", "ton"),
    }
)
"""What will be settled here one day, folded: said kindly instead of called unknown."""


def find_key(given: str) -> Key:
    """Return the setting called ``given``; raises UserError for one that is not there (yet)."""
    word = fold(given)
    for key in KEYS:
        if word in key.names:
            return key
    if word in LATER:
        raise UserError("setting.later", given=given[:_LONGEST_GIVEN])
    raise UserError("setting.unknown_key", given=given[:_LONGEST_GIVEN])


def read_value(key: Key, given: str) -> str | None:
    """Return a value as it is kept, or None for the default; raises UserError if it is neither."""
    if fold(given) in _DEFAULT:
        return None
    value = key.read(given)
    if value is None:
        raise UserError(f"setting.wrong.{key.name}", given=given[:_LONGEST_GIVEN])
    return value


async def change(
    transaction: Transaction, room: RoomId, key: Key, value: str | None, by: UserId, at: datetime
) -> None:
    """Set a room's ``key`` to ``value`` (one that `read_value` returned), or to the default."""
    if value is None:
        await room_setting.unset(transaction, room, key.name)
    else:
        await room_setting.put(transaction, RoomSetting(room, key.name, value, by, at))
    if key.name in _TIMING:
        await plan.plan_room(transaction, room, at)


async def captures(reader: Reader, room: RoomId) -> bool:
    """Return whether experiences are shared in ``room``: not where trust asks that none is kept."""
    chosen = (await room_setting.of_room(reader, room)).get("capture")
    return chosen is None or chosen.value != "off"


async def trusted(reader: Reader) -> frozenset[RoomId]:
    """Return the rooms of trust: nothing that was shared there is shown, to whomever."""
    return await room_setting.rooms_with(reader, "capture", "off")


async def greets(reader: Reader, room: RoomId) -> bool:
    """Return whether newcomers are greeted in ``room``: wherever nobody chose otherwise."""
    chosen = (await room_setting.of_room(reader, room)).get("welcome")
    return chosen is None or chosen.value != "off"
