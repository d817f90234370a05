"""Ground: what every part of the bot is built on, and the parts that follow from it alone."""

import logging
from dataclasses import dataclass

from bot.alert import Alert
from bot.clock import Clock
from bot.config import Settings
from bot.desk import AnimatorsDesk
from bot.encoder import SentenceEncoder, is_installed
from bot.encryption import Encryption
from bot.i18n import Catalogue
from bot.ids import RoomId, UserId
from bot.matrix.cipher import Cipher
from bot.matrix.direct import DirectRooms
from bot.matrix.http import Homeserver
from bot.matrix.reader import Reader
from bot.matrix.room_maker import RoomMaker
from bot.matrix.rooms import Rooms
from bot.matrix.session import Session
from bot.matrix.trio import TrioRooms
from bot.pseudonym import load_or_make
from bot.router import Roles
from bot.services.first_contact import first_contact
from bot.services.manner import configured
from bot.storage import room
from bot.storage.database import Database
from bot.text import render

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Ground:
    """What everything is built on.

    ``names`` are those by which the bot is spoken to, longest first. ``encoder`` is None without
    the extra.
    """

    settings: Settings
    database: Database
    clock: Clock
    words: Catalogue
    server: Homeserver
    session: Session
    cipher: Cipher
    reader: Reader
    rooms: Rooms
    directs: DirectRooms
    trios: TrioRooms
    names: tuple[str, ...]
    animators_room: RoomId | None
    fingerprint: str | None
    encoder: SentenceEncoder | None


async def lay(
    settings: Settings,
    database: Database,
    clock: Clock,
    server: Homeserver,
    session: Session,
    encryption: Encryption,
) -> Ground:
    """Return the ground for ``session``; asks the homeserver only for a few names.

    Raises MatrixError and NetworkError when it cannot be asked.
    """
    reader = Reader(server, encryption.cipher, clock)
    rooms, words = await _rooms(database), Catalogue.load()
    user_id = session.user_id
    maker = RoomMaker(server, user_id, clock, is_encrypting=settings.matrix.encryption)
    shown = await reader.profile_name(user_id) or user_id[1:].partition(":")[0]
    return Ground(
        settings=settings,
        database=database,
        clock=clock,
        words=words,
        server=server,
        session=session,
        cipher=encryption.cipher,
        reader=reader,
        rooms=rooms,
        directs=_directs(settings, database, rooms, words, shown, maker),
        trios=_trios(settings, database, rooms, words, maker),
        names=_names(user_id, shown),
        animators_room=await _animators_room(reader, settings.community.animators_room),
        fingerprint=encryption.fingerprint,
        encoder=SentenceEncoder() if settings.search.meaning and is_installed() else None,
    )


def _directs(
    settings: Settings,
    database: Database,
    rooms: Rooms,
    words: Catalogue,
    shown: str,
    maker: RoomMaker,
) -> DirectRooms:
    community = settings.community
    usual = configured(community, settings.quiet)
    return DirectRooms(
        server=maker.server,
        database=database,
        rooms=rooms,
        clock=maker.clock,
        user_id=UserId(settings.matrix.user_id),
        pseudonyms=load_or_make(settings.storage.data_dir),
        name=shown,
        maker=maker,
        first_contact=first_contact(
            words, usual, community.prefix, community.name, community.controller
        ),
    )


def _trios(
    settings: Settings, database: Database, rooms: Rooms, words: Catalogue, maker: RoomMaker
) -> TrioRooms:
    name = words.text("companion.room.name", settings.community.language)
    return TrioRooms(
        database=database,
        rooms=rooms,
        clock=maker.clock,
        user_id=maker.user_id,
        pseudonyms=load_or_make(settings.storage.data_dir),
        name=render(name, {}).body,
        maker=maker,
    )


async def _rooms(database: Database) -> Rooms:
    async with database.read() as snapshot:
        return Rooms(await room.load(snapshot))


async def _animators_room(reader: Reader, name: str | None) -> RoomId | None:
    if name is None or name.startswith("!"):
        return RoomId(name) if name else None
    found = await reader.room_of(name)
    if found is None:
        log.warning("event=room_unknown room=%s remedy=%r", name,
                    "create it, or correct community.animators_room")  # fmt: skip
    return found


def _names(user_id: UserId, shown: str) -> tuple[str, ...]:
    names = {user_id, user_id[1:].partition(":")[0], shown}
    return tuple(sorted(filter(None, names), key=len, reverse=True))


def alarm(ground: Ground) -> Alert:
    """Return what tells the animators of trouble."""
    language = ground.settings.community.language
    return Alert(ground.clock, ground.words, language, ground.animators_room)


def roles_of(ground: Ground) -> Roles:
    """Return who is an animator."""
    roles = ground.settings.roles
    animators = frozenset(UserId(name) for name in roles.animators)
    return Roles(roles.animator_power_level, animators, ground.animators_room)


def desk(ground: Ground) -> AnimatorsDesk:
    """Return where animators are asked to compare emojis."""
    community = ground.settings.community
    return AnimatorsDesk(
        database=ground.database,
        clock=ground.clock,
        words=ground.words,
        language=community.language,
        prefix=community.prefix,
        reader=ground.reader,
        roles=roles_of(ground),
        own_user_id=ground.session.user_id,
    )
