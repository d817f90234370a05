"""Reading: scenes written down as a person reads them, for golden files."""

import shutil
from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from pathlib import Path

from bot.ids import RoomId, UserId, direct_user
from bot.services import direct
from bot.services.content import LEAVE
from bot.storage import outbox, room
from bot.storage.database import Database
from bot.storage.room import Room
from bot.storage.transaction import Transaction
from tests.scene import ANIMATOR, BOT, JO, MAX, PAIR, ROOM, Act, Scene

MAX_PAIR = RoomId("!max-and-the-bot:example.org")
ANNE_PAIR = RoomId("!anne-and-the-bot:example.org")
TRIO = RoomId("!trio:example.org")
ALONE = {JO: PAIR, MAX: MAX_PAIR, ANIMATOR: ANNE_PAIR}
_ALONE_WITH = {place: user for user, place in ALONE.items()}
_LONGEST = 60


class Reading:
    """What is said in one scene, line by line; everybody is alone with the bot somewhere."""

    def __init__(self, scene: Scene, language: str, title: str) -> None:
        self.scene = scene
        self.language = language
        self.lines = [f"=== {title} ===", ""]

    async def open(self) -> None:
        """Let the rooms be there."""
        scene = self.scene
        await scene.preferences.load()
        for user, place in ALONE.items():
            scene.rooms.pairs.add(place)
            scene.rooms.open.add(place)
            scene.server.members[place] = {user, BOT}
        rooms = [Room(ROOM, joined_count=4), *(Room(name, joined_count=2) for name in _ALONE_WITH)]
        await scene.database.write(lambda t: room.save(t, rooms))

    def word(self, french: str, english: str) -> str:
        """Return the word in the language of the scene."""
        return french if self.language == "fr" else english

    async def says(self, user: UserId, french: str, english: str, *, here: bool = False) -> None:
        """Let somebody say something: alone with the bot, or ``here`` in the room."""
        place = ROOM if here else ALONE[user]
        await self.says_in(place, user, self.word(french, english))

    async def says_in(self, place: RoomId, user: UserId, words: str) -> None:
        """Let somebody say something in a room."""
        shown = f"{words[:_LONGEST]}…" if len(words) > _LONGEST else words
        where = " (in private)" * (place in _ALONE_WITH)
        self.lines += [f"{_name(user)}{where}: {shown}", ""]
        self.scene.clock.pass_by(timedelta(minutes=1))
        self.note(await self.scene.say(words, sender=user, room=place))
        await self.scene.deliver()

    async def waits(self, time: timedelta = timedelta()) -> None:
        """Let time pass."""
        if time:
            shown = f"{time.days} days" if time.days else f"{time.seconds // 60} minutes"
            self.lines += [f"... {shown} ...", ""]
        self.note(await self.scene.wait(time))
        await self.scene.deliver()

    async def is_refused(self, act: Callable[[], Awaitable[object]], reason: str) -> None:
        """Do something, and let what is to be said privately because of it be impossible."""
        deliver, self.scene.deliver = self.scene.deliver, _nothing  # type: ignore[method-assign]
        await act()
        self.scene.deliver = deliver  # type: ignore[method-assign]
        self.lines += [f"... {reason} ...", ""]
        before = {each.oid for each in await self.scene.acts()}

        async def work(transaction: Transaction) -> None:
            for parcel in await outbox.pending(transaction):
                if parcel.fallback is not None:
                    await direct.miss(transaction, parcel, "403", self.scene.clock.now())

        await self.scene.database.write(work)
        self.note([each for each in await self.scene.acts() if each.oid not in before])
        await self.scene.deliver()

    def note(self, acts: list[Act]) -> None:
        """Write down what the bot does."""
        for act in acts:
            if act.type == LEAVE:
                self.lines += ["compagnon leaves the room", ""]
            if act.type != "m.room.message" or act.content.get("msgtype") == "m.file":
                continue
            indented = (f"    {line}".rstrip() for line in act.body.split("\n"))
            self.lines += [f"compagnon{_place(act.room)}:", *indented, ""]


Play = Callable[[Reading], Awaitable[None]]


async def read_aloud(
    plays: Mapping[str, Play], language: str, template: Path, directory: Path
) -> str:
    """Return what is said in ``plays``, each on a database of its own."""
    lines: list[str] = []
    for number, (title, play) in enumerate(plays.items()):
        path = directory / f"{number}.db"
        shutil.copy(template, path)
        database = Database(f"sqlite:///{path}")
        reading = Reading(Scene(database, language=language), language, title)
        await reading.open()
        await play(reading)
        await database.close()
        lines += reading.lines
    return "\n".join(lines)


def _name(user: UserId) -> str:
    return user[1:].partition(":")[0]


def _place(place: RoomId) -> str:
    user = direct_user(place) or _ALONE_WITH.get(place)
    if user is not None:
        return f" (to {_name(user)} in private)"
    return " (in the room of three)" if place == TRIO or place.startswith("trio:") else ""


async def _nothing() -> None:
    pass
