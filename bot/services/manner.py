"""Manner: how to speak where nobody is there to ask: language, zone and quiet hours of a place."""

from dataclasses import dataclass, replace
from datetime import time
from zoneinfo import ZoneInfo

from bot.config.settings import CommunitySettings, QuietSettings
from bot.ids import RoomId, UserId
from bot.storage import member, room_setting
from bot.storage.transaction import Reader
from bot.when import QuietHours, read_quiet_hours, zone_named


@dataclass(frozen=True, slots=True)
class Manner:
    """In which ``language`` and ``zone`` the clock's words are said, and when they may be.

    ``quiet`` are the hours in which nothing is said unasked, ``daily`` how often in a day of the
    zone it may be said at most.
    """

    language: str
    zone: ZoneInfo
    quiet: QuietHours
    daily: int


USUAL = Manner("fr", ZoneInfo("Europe/Paris"), QuietHours(time(20), time(8)), 2)
"""How to speak where the configuration says nothing either."""


def configured(community: CommunitySettings, quiet: QuietSettings) -> Manner:
    """Return what the configuration says."""
    hours = read_quiet_hours(quiet.hours) or USUAL.quiet
    zone = ZoneInfo(community.timezone)
    return Manner(community.language, zone, hours, quiet.messages_per_day)


async def of_room(reader: Reader, room: RoomId, usual: Manner) -> Manner:
    """Return how to speak in ``room``: as its animators chose, else as is ``usual``."""
    chosen = {key: item.value for key, item in (await room_setting.of_room(reader, room)).items()}
    return replace(
        usual,
        language=chosen.get("language", usual.language),
        zone=zone_named(chosen.get("timezone")) or usual.zone,
        quiet=read_quiet_hours(chosen.get("quiet", str(usual.quiet))) or usual.quiet,
    )


async def of_member(reader: Reader, user: UserId, usual: Manner) -> Manner:
    """Return how to speak with ``user``: as they chose, else as is ``usual``.

    ``usual`` may be that of a room which the message is about; no server is asked.
    """
    chosen = await member.get(reader, user)
    return replace(
        usual,
        language=chosen.language or usual.language,
        zone=zone_named(chosen.timezone) or usual.zone,
    )
