"""Ground: what every part of the bot is built on, and the parts that follow from it alone."""

from dataclasses import dataclass

from bot.alert import Alert
from bot.clock import Clock
from bot.config import Settings
from bot.desk import AnimatorsDesk
from bot.i18n import Catalogue
from bot.ids import RoomId, UserId
from bot.matrix.cipher import Cipher
from bot.matrix.http import Homeserver
from bot.matrix.reader import Reader
from bot.matrix.rooms import Rooms
from bot.matrix.session import Session
from bot.router import Roles
from bot.storage.database import Database


@dataclass(frozen=True, slots=True)
class Ground:
    """What everything is built on."""

    settings: Settings
    database: Database
    clock: Clock
    words: Catalogue
    server: Homeserver
    session: Session
    cipher: Cipher
    reader: Reader
    rooms: Rooms
    animators_room: RoomId | None
    fingerprint: str | None


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
