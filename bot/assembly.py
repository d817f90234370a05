"""Assembly: builds every part of the bot for one login, once."""

import logging
from collections.abc import Callable, Coroutine

from bot import __version__
from bot.address import Address
from bot.caldav.copying import Copying
from bot.caldav.server import CalendarServer
from bot.clock import Clock
from bot.commands import COMMANDS, FILE_TWINS, KEEPING, TWINS
from bot.config import Settings, read_secret
from bot.encryption import Encryption, open_encryption
from bot.graveyard import Graveyard
from bot.ground import Ground, alarm, desk, lay, roles_of
from bot.house import House
from bot.inbox import Inbox
from bot.jobs import cron_jobs, due_jobs
from bot.matrix.delivery import Delivery
from bot.matrix.download import Downloads
from bot.matrix.http import Homeserver
from bot.matrix.journal import Journal
from bot.matrix.mark import Marks
from bot.matrix.sender import Sender
from bot.matrix.session import Account, Session, settle
from bot.matrix.sync import Sync
from bot.meaning import Meaning
from bot.owner import Owner
from bot.person import About
from bot.router import CommandTable, Preferences, Router, Surroundings
from bot.scheduler import Around, Scheduler
from bot.services.manner import configured
from bot.services.user_pattern import UserPatterns
from bot.storage.database import Database
from bot.succession import Successor, doubt, place_of
from bot.web.feed import FeedPage, Shelf

log = logging.getLogger(__name__)


async def build(
    settings: Settings,
    database: Database,
    clock: Clock,
    server: Homeserver,
    account: Account,
    session: Session,
) -> House:
    """Build all parts for ``session``; asks the homeserver only for a few names.

    Raises MatrixError and NetworkError when it cannot be asked.
    """
    encryption = await open_encryption(settings, clock, server, account, session)
    try:
        return await _furnish(settings, database, clock, server, account, session, encryption)
    except BaseException:
        await encryption.cipher.close()
        raise


async def _furnish(
    settings: Settings,
    database: Database,
    clock: Clock,
    server: Homeserver,
    account: Account,
    session: Session,
    encryption: Encryption,
) -> House:
    ground = await lay(settings, database, clock, server, session, encryption)
    graveyard = Graveyard(database, settings.storage, ground.directs.pseudonyms, clock)
    await graveyard.replay()
    place = await place_of(database, session.device_id)
    address, router = await _router(ground)
    if place.former is not None:
        told = alarm(ground)
        successor = Successor(session.device_id, server, ground.cipher, database, clock, told)
        await successor.succeed(place.former, place.own)
    if session.is_fresh:
        await doubt(database)
        settle(settings.storage.data_dir, session)
    house = _house(ground, account, address, router, graveyard)
    house.copying = _copying(ground)
    house.sync = Sync(server, session, house.journal, ground.cipher, clock, place.token, house)
    # Said now, a reminder would arrive with the homeserver, and not say how late it is.
    house.scheduler.is_held = lambda: house.sync.is_away
    house.scheduler.ease = house.sender.ease
    house.sync.is_inherited, house.sync.reached_at = place.former is not None, place.at
    if encryption.begin is not None:
        house.decide = encryption.begin(desk(ground))
    database.on_announced = house.on_announced
    return house


async def _router(ground: Ground) -> tuple[Address, Router]:
    community = ground.settings.community
    preferences = Preferences(
        ground.database,
        language=community.language,
        timezone=community.timezone,
        prefix=community.prefix,
        quiet=configured(ground.settings.community, ground.settings.quiet).quiet,
    )
    await preferences.load()
    user_id = ground.session.user_id
    address = Address(user_id, ground.names, community.prefix, preferences.prefixes)
    surroundings = Surroundings(
        database=ground.database,
        clock=ground.clock,
        words=ground.words,
        about=_about(ground),
        address=address,
        preferences=preferences,
        registry=CommandTable(COMMANDS),
        reader=ground.reader,
        files=Downloads(ground.server),
        homeservers=ground.reader,
        rooms=ground.rooms,
        roles=roles_of(ground),
        pseudonyms=ground.directs.pseudonyms,
        first_contact=ground.directs.first_contact,
        greeting_delay=ground.settings.welcome.batch,
        bots=UserPatterns(community.bots),
        encoder=ground.encoder,
    )
    router = Router(
        surroundings,
        twins=TWINS,
        file_twins=FILE_TWINS,
        commands_per_minute=ground.settings.limits.commands_per_minute,
        allowed_inviters=community.allowed_inviters,
    )
    return address, router


def _about(ground: Ground) -> About:
    community = ground.settings.community
    return About(
        ground.session.user_id,
        community.name,
        __version__,
        community.source_url,
        ground.fingerprint,
        community.controller or community.name,
        ground.settings.web.calendars_url,
    )


def _house(
    ground: Ground, account: Account, address: Address, router: Router, graveyard: Graveyard
) -> House:
    settings, database, clock = ground.settings, ground.database, ground.clock
    owner = Owner()
    delivery = Delivery(
        ground.server,
        database,
        ground.rooms,
        ground.cipher,
        clock,
        ground.session,
        settings.limits.room_sends_in_flight,
    )
    marks = Marks(database)
    sender = Sender(delivery, database, clock, ground.directs, ground.trios, marks)
    alert = sender.alarm = alarm(ground)
    jobs = due_jobs(settings.community.language, settings.welcome)
    cron = cron_jobs(settings.retention, settings.storage)
    return House(
        settings=settings,
        clock=clock,
        database=database,
        server=ground.server,
        account=account,
        session=ground.session,
        cipher=ground.cipher,
        rooms=ground.rooms,
        reader=ground.reader,
        journal=Journal(database, ground.rooms, address, ground.cipher, marks, KEEPING),
        delivery=delivery,
        sender=sender,
        inbox=Inbox(database, router),
        scheduler=Scheduler(database, clock, ground.words, jobs, cron, _around(ground)),
        owner=owner,
        alarm=alert,
        graveyard=graveyard,
        feeds=FeedPage(_shelf(ground)),
        meaning=Meaning(database, ground.encoder) if ground.encoder is not None else None,
    )


def _copying(ground: Ground) -> Callable[[], Coroutine[object, object, None]] | None:
    caldav = ground.settings.caldav
    if not caldav.url or caldav.password_file is None:
        return None
    server = CalendarServer(caldav.url, caldav.user, read_secret(caldav.password_file))
    return Copying(server, ground.database, ground.clock, caldav.rooms, ground.reader.room_of).run


def _shelf(ground: Ground) -> Shelf:
    community = ground.settings.community
    return Shelf(
        ground.database,
        ground.reader,
        ground.words,
        ground.clock,
        community.name,
        community.language,
    )


def _around(ground: Ground) -> Around:
    community = ground.settings.community
    usual = configured(community, ground.settings.quiet)
    place = ground.animators_room
    made = ground.directs.pseudonyms
    return Around(usual, place, community.prefix, ground.reader, community.name, made)
