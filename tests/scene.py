"""A router on a real database: the server is played here, nothing else."""

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from sqlalchemy import select

from bot.address import Address
from bot.command import Command, Twin
from bot.commands import COMMANDS, FILE_TWINS, TWINS
from bot.config.settings import WelcomeSettings
from bot.errors import UserError
from bot.i18n import Catalogue
from bot.ids import EventId, Oid, RoomId, UserId
from bot.jobs import due_jobs
from bot.model import (
    Event,
    Invite,
    Media,
    Membership,
    Message,
    Reaction,
    Redaction,
    Upgrade,
    kind_of,
    to_payload,
)
from bot.person import About
from bot.ports import Encoder, PowerLevels, RefusedError
from bot.pseudonym import Pseudonyms
from bot.router import CommandTable, Preferences, Roles, Router, Surroundings
from bot.scheduler import Around, Scheduler
from bot.services.manner import USUAL
from bot.storage import inbox, outbox
from bot.storage.database import Database
from bot.storage.inbox import Entry, Outcome

NOW = datetime(2026, 3, 24, 13, 0, tzinfo=UTC)  # a Tuesday; 14:00 in Paris

BOT = UserId("@compagnon:example.org")
JO = UserId("@jo:example.org")
MAX = UserId("@max:example.org")
ANIMATOR = UserId("@anne:example.org")
ROOM = RoomId("!accueil:example.org")
OTHER_ROOM = RoomId("!ailleurs:example.org")
PAIR = RoomId("!jo-and-the-bot:example.org")
ANIMATORS_ROOM = RoomId("!animation:example.org")

CATALOGUE = Catalogue.load()


@dataclass
class HandClock:
    """A clock that is moved by hand."""

    at: datetime = NOW

    def now(self) -> datetime:
        return self.at

    def monotonic(self) -> float:
        return self.at.timestamp()

    def pass_by(self, time: timedelta) -> None:
        self.at += time


@dataclass
class PlayedServer:
    """What the homeserver would say, and what it was asked to do."""

    levels: dict[UserId, int] = field(default_factory=lambda: {ANIMATOR: 50, BOT: 0})
    creators: frozenset[UserId] = frozenset()
    members: dict[RoomId, set[UserId]] = field(default_factory=dict)
    messages: dict[EventId, Message] = field(default_factory=dict)
    timezones: dict[UserId, str] = field(default_factory=dict)
    aliases: dict[str, RoomId] = field(default_factory=dict)
    predecessors: dict[RoomId, RoomId] = field(default_factory=dict)
    closed: set[str] = field(default_factory=set)
    joined: list[str] = field(default_factory=list)
    left: list[RoomId] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    breaks: Exception | None = None
    files: dict[str, bytes] = field(default_factory=dict)
    """What lies at a content URI, as its sender had it."""

    async def power_levels(self, room: RoomId) -> PowerLevels:
        self._ask(f"power_levels {room}")
        return PowerLevels(self.levels, 0, 50, 0, self.creators)

    async def is_member(self, room: RoomId, user: UserId) -> bool:
        self._ask("is_member")
        return user in self.members.get(room, set())

    async def joined_rooms_of(self, user: UserId, rooms: frozenset[RoomId]) -> frozenset[RoomId]:
        self._ask("joined_rooms_of")
        return frozenset(room for room in rooms if user in self.members.get(room, set()))

    async def members_of(self, room: RoomId) -> Mapping[UserId, str | None]:
        self._ask(f"members_of {room}")
        return {user: user[1:].partition(":")[0].title() for user in self.members.get(room, set())}

    async def message(self, room: RoomId, event: EventId) -> Message | None:
        self._ask("message")
        found = self.messages.get(event)
        return found if found is not None and found.room_id == room else None

    async def timezone_of(self, user: UserId) -> str | None:
        self._ask("timezone_of")
        return self.timezones.get(user)

    async def display_name_of(self, room: RoomId, user: UserId) -> str | None:
        self._ask(f"display_name_of {room}")
        return user[1:].partition(":")[0]

    async def room_of(self, alias: str) -> RoomId | None:
        self._ask("room_of")
        return self.aliases.get(alias)

    async def predecessor(self, room: RoomId) -> RoomId | None:
        self._ask("predecessor")
        return self.predecessors.get(room)

    async def download(self, media: Media, *, limit_bytes: int) -> bytes:
        self._ask("download")
        data = self.files.get(media.content_uri)
        if data is None:
            raise UserError("media.out_of_reach", name=media.name)
        if len(data) > limit_bytes:
            raise UserError("media.too_large", name=media.name, limit=limit_bytes // 1_000_000)
        return data

    async def join(self, room: str) -> RoomId:
        if room in self.closed:
            raise RefusedError(room)
        self.joined.append(room)
        return RoomId(room)

    async def leave(self, room: RoomId) -> None:
        self.left.append(room)

    def _ask(self, what: str) -> None:
        self.asked.append(what)
        if self.breaks is not None:
            raise self.breaks


@dataclass
class PlayedRooms:
    """The rooms the bot is in."""

    pairs: set[RoomId] = field(default_factory=lambda: {PAIR})
    open: set[RoomId] = field(default_factory=lambda: {ROOM, OTHER_ROOM, PAIR, ANIMATORS_ROOM})

    trios: set[RoomId] = field(default_factory=set)

    def is_pair(self, room: RoomId) -> bool:
        return room in self.pairs

    def is_trio(self, room: RoomId) -> bool:
        return room in self.trios

    def is_open(self, room: RoomId) -> bool:
        return room in self.open


@dataclass(frozen=True)
class Act:
    """One row of the outbox as a reader of the room would tell it."""

    oid: str
    room: RoomId
    type: str
    body: str
    html: str
    content: dict[str, object]
    target: str | None
    card: str | None
    conversation: str


class Scene:
    """Somebody says something, the router handles it, and what the bot does about it is returned.

    ``limit`` is 0 unless a test is about it, so that none runs into it by the way.
    """

    def __init__(
        self,
        database: Database,
        *,
        commands: Sequence[Command[object]] = COMMANDS,
        twins: Sequence[Twin] = TWINS,
        language: str = "fr",
        limit: int = 0,
        roles: Roles | None = None,
        allowed_inviters: Sequence[str] = ("*:example.org",),
        public_url: str = "https://compagnon.example.org",
        encoder: Encoder | None = None,
    ) -> None:
        self.database = database
        self.clock = HandClock()
        self.server = PlayedServer()
        self.rooms = PlayedRooms()
        everybody = {JO, MAX, ANIMATOR, BOT}
        self.server.members = {ROOM: set(everybody), OTHER_ROOM: {ANIMATOR, BOT}, PAIR: {JO, BOT}}
        self._numbers = itertools.count(1)
        preferences = Preferences(database, language=language, timezone="Europe/Paris", prefix="!")
        self.preferences = preferences
        source = "https://example.org/source"
        self.about = About(BOT, "Les praticiens", "1.2.3", source, public_url=public_url)
        self.surroundings = Surroundings(
            database=database,
            clock=self.clock,
            words=CATALOGUE,
            about=self.about,
            address=Address(BOT, ("Compagnon", "compagnon", BOT), "!", preferences.prefixes),
            preferences=preferences,
            registry=CommandTable(commands),
            reader=self.server,
            files=self.server,
            homeservers=self.server,
            rooms=self.rooms,
            roles=roles or Roles(50, frozenset(), ANIMATORS_ROOM),
            pseudonyms=Pseudonyms(b"key"),
            encoder=encoder,
        )
        self.router = Router(
            self.surroundings,
            twins=twins,
            file_twins=FILE_TWINS,
            commands_per_minute=limit,
            allowed_inviters=allowed_inviters,
        )

    def message(
        self,
        body: str,
        *,
        sender: UserId = JO,
        room: RoomId = ROOM,
        **more: object,
    ) -> Message:
        """Return a message that is sent now, with an event id of its own."""
        at = self.clock.now()
        event = EventId(f"$event{next(self._numbers)}")
        values: dict[str, object] = {"sent_at": at, "received_at": at, "body": body, **more}
        return Message(event, room, sender, **values)  # type: ignore[arg-type]  # a test's own words

    async def record(self, event: Event, *, is_late: bool = False) -> Entry:
        """Journal ``event`` as the sync loop does."""
        entry = Entry(
            event_id=event.event_id,
            room_id=event.room_id,
            sender=event.sender,
            kind=kind_of(event),
            payload=to_payload(event),
            received_at=event.received_at,
            is_late=is_late,
        )
        recorded = await self.database.write(lambda t: inbox.record(t, [entry]))
        return recorded[0] if recorded else entry

    async def hear(self, event: Event, *, is_late: bool = False) -> list[Act]:
        """Journal and handle ``event``; return what the bot does about it, in order."""
        before = {act.oid for act in await self.acts()}
        await self.router.handle(await self.record(event, is_late=is_late))
        return [act for act in await self.acts() if act.oid not in before]

    async def say(
        self, body: str, *, sender: UserId = JO, room: RoomId = ROOM, **more: object
    ) -> list[Act]:
        """Let somebody say ``body``; return what the bot does about it."""
        return await self.hear(self.message(body, sender=sender, room=room, **more))

    async def answer(
        self, body: str, *, sender: UserId = JO, room: RoomId = ROOM, **more: object
    ) -> str:
        """Let somebody say ``body`` and return the plain text of the one answer."""
        acts = await self.say(body, sender=sender, room=room, **more)
        [act] = [act for act in acts if act.type == "m.room.message"]
        return act.body

    async def edit(
        self, original: Message, body: str, *, sender: UserId | None = None
    ) -> list[Act]:
        """Let somebody replace a message by ``body``; return what the bot does about it."""
        edit = self.message(
            body,
            sender=sender or original.sender,
            room=original.room_id,
            replaces=original.event_id,
        )
        return await self.hear(edit)

    async def redact(
        self, target: EventId, *, sender: UserId = JO, room: RoomId = ROOM
    ) -> list[Act]:
        """Let somebody redact an event; return what the bot does about it."""
        at = self.clock.now()
        event = EventId(f"$event{next(self._numbers)}")
        return await self.hear(Redaction(event, room, sender, at, at, target))

    async def react(
        self, target: EventId, key: str, *, sender: UserId = JO, room: RoomId = ROOM
    ) -> list[Act]:
        """Let somebody react to an event; return what the bot does about it."""
        return await self.hear(self.reaction(target, key, sender=sender, room=room))

    def reaction(
        self, target: EventId, key: str, *, sender: UserId = JO, room: RoomId = ROOM
    ) -> Reaction:
        """Return a reaction that is given now, with an event id of its own."""
        at = self.clock.now()
        event = EventId(f"$event{next(self._numbers)}")
        return Reaction(event, room, sender, at, at, target, key)

    async def invite(
        self, room: RoomId, *, sender: UserId = JO, is_direct: bool = False
    ) -> list[Act]:
        """Let somebody invite the bot; return what it says."""
        at = self.clock.now()
        event = EventId(f"$event{next(self._numbers)}")
        return await self.hear(Invite(event, room, sender, at, at, is_direct))

    async def move(
        self,
        user: UserId,
        membership: str = "join",
        previous: str | None = None,
        *,
        room: RoomId = ROOM,
        ago: timedelta = timedelta(),
    ) -> list[Act]:
        """Let somebody come into a room, or leave it; return what the bot does at once.

        With ``ago`` it happened that long ago, while the bot was down.
        """
        at = self.clock.now()
        event = EventId(f"$event{next(self._numbers)}")
        moved = Membership(event, room, user, at - ago, at, user, membership, previous)
        return await self.hear(moved, is_late=bool(ago)) if moved.is_move else []

    async def wait(self, time: timedelta = timedelta()) -> list[Act]:
        """Let time pass and what is due be done; return what the bot does."""
        before = {act.oid for act in await self.acts()}
        self.clock.pass_by(time)
        around = Around(
            replace(USUAL, language=self.preferences.language),
            ANIMATORS_ROOM,
            "!",
            self.server,
            pseudonyms=self.surroundings.pseudonyms,
        )
        jobs = due_jobs(self.preferences.language, WelcomeSettings())
        scheduler = Scheduler(self.database, self.clock, CATALOGUE, jobs, (), around)
        while await scheduler.fire_due():
            pass
        return [act for act in await self.acts() if act.oid not in before]

    async def upgrade(self, room: RoomId, replacement: RoomId) -> list[Act]:
        """Let the room be replaced; return what the bot says."""
        at = self.clock.now()
        event = EventId(f"$event{next(self._numbers)}")
        return await self.hear(Upgrade(event, room, ANIMATOR, at, at, replacement))

    async def fire(self) -> list[Act]:
        """Let what is due now be done; return what the bot does."""
        return await self.wait()

    async def acts(self) -> list[Act]:
        """Return everything in the outbox, in order."""
        async with self.database.read() as snapshot:
            rows = await snapshot.execute(select(outbox.outbox).order_by(outbox.outbox.c.seq))
            return [_act(dict(row._mapping)) for row in rows]

    async def deliver(self) -> None:
        """Mark everything in the outbox as sent, as the event ``$sent-<oid>``."""
        now = self.clock.now()
        marks = {Oid(act.oid): (EventId(sent(act.oid)), now) for act in await self.acts()}
        await self.database.write(lambda t: outbox.mark_all_sent(t, marks))

    async def outcome(self, event: EventId) -> Outcome | None:
        """Return what became of an event."""
        async with self.database.read() as snapshot:
            trace = await inbox.trace(snapshot, event)
        assert trace is not None
        return trace.outcome


def sent(oid: str) -> EventId:
    """Return the event that an act becomes when it is delivered."""
    return EventId(f"$sent-{oid}")


def elsewhere(message: Message, room: RoomId) -> Message:
    """Return the same message in another room, as a new event."""
    return replace(message, event_id=EventId(message.event_id + "'"), room_id=room)


def _act(row: dict[str, object]) -> Act:
    content = row["content"] if isinstance(row["content"], dict) else {}
    return Act(
        oid=str(row["oid"]),
        room=RoomId(str(row["room_id"])),
        type=str(row["event_type"]),
        body=str(content.get("body", "")),
        html=str(content.get("formatted_body", "")),
        content=content,
        target=None if row["target"] is None else str(row["target"]),
        card=None if row["card"] is None else str(row["card"]),
        conversation=str(row["conversation"]),
    )
