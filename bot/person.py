"""Person: who speaks with the bot, in which place, and what the bot can say of itself."""

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from bot.ids import RoomId, UserId
from bot.services.manner import USUAL
from bot.when import QuietHours


@dataclass(frozen=True, slots=True)
class Person:
    """Who speaks: their language (``fr`` or ``en``) and zone, as resolved for this place."""

    user_id: UserId
    language: str
    zone: ZoneInfo


@dataclass(frozen=True, slots=True)
class Place:
    """Where it is said. ``is_pair`` tells a room of two, in which no prefix is needed."""

    room_id: RoomId
    prefix: str
    language: str
    zone: ZoneInfo
    acknowledges_by_reaction: bool
    is_pair: bool
    quiet: QuietHours = USUAL.quiet


@dataclass(frozen=True, slots=True)
class About:
    """What the bot can say of itself.

    ``public_url`` is where the world reaches its own pages, empty where it does not.
    """

    user_id: UserId
    community: str
    version: str
    source: str
    fingerprint: str | None = None
    controller: str = ""
    public_url: str = ""
