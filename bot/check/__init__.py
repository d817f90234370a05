"""Whether the bot can work: each thing it needs, good or with what to do about it."""

from collections.abc import AsyncIterator
from contextlib import suppress

from bot.check.calendar import check_calendar
from bot.check.database import check_database
from bot.check.directory import check_data_dir, check_disk
from bot.check.finding import Finding, Phrase, phrase
from bot.check.homeserver import check_homeserver, check_login
from bot.check.identity import check_identity
from bot.check.meaning import check_meaning
from bot.check.room import check_room, visitor
from bot.clock import Clock
from bot.config import Settings
from bot.matrix.http import Homeserver, MatrixError, NetworkError

__all__ = ["Finding", "Phrase", "examine", "phrase"]


async def examine(settings: Settings, clock: Clock) -> AsyncIterator[Finding]:
    """Yield what is found, as it is found; what needs something that failed is left out.

    Changes nothing, but that the first check logs in and keeps the session, as ``run`` would.
    """
    directory = check_data_dir(settings.storage.data_dir)
    yield directory
    yield check_disk(settings.storage.data_dir)
    yield await check_database(settings.storage)
    yield check_meaning(settings.search)
    calendar = await check_calendar(settings.caldav)
    if calendar is not None:
        yield calendar
    async with Homeserver(settings.matrix.homeserver) as server:
        reached = await check_homeserver(server, clock)
        for finding in reached:
            yield finding
        # A login is kept in the directory.
        if not reached[0].is_good or not directory.is_good:
            return
        login = await check_login(server, settings)
        yield login
        if not login.is_good:
            return
        # An expired login is mended at the start; a homeserver without encryption is no fault.
        with suppress(MatrixError, NetworkError):
            yield await check_identity(server, settings)
        async for finding in _examine_rooms(server, settings):
            yield finding


async def _examine_rooms(server: Homeserver, settings: Settings) -> AsyncIterator[Finding]:
    community = settings.community
    try:
        bot = await visitor(server, settings.matrix.user_id)
    except (MatrixError, NetworkError):
        return  # an expired login: the bot logs in again when it starts, and then knows its rooms
    rooms = [*community.rooms, *filter(None, [community.animators_room])]
    for room in dict.fromkeys(rooms):
        for finding in await check_room(bot, room):
            yield finding
    if not rooms and not bot.joined and not community.allowed_inviters:
        name, detail = phrase("cli.check.rooms"), phrase("cli.check.rooms.none")
        yield Finding(name, detail, phrase("cli.check.rooms.none.remedy"))
