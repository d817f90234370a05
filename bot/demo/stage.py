"""Sets the stage of the demo: homeserver, people, rooms and bot, all real, all ended together."""

import importlib.util
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from pathlib import Path

from bot.demo import bot_process, homeserver
from bot.demo.bot_process import BotError, community_settings
from bot.demo.cast import ANIMATION, ANIMATOR, BOT, COMMUNITY, PEOPLE, PLACES
from bot.demo.client_api import RequestRefusedError
from bot.demo.conversation import RunningBot
from bot.demo.grounds import Grounds
from bot.demo.homeserver import Account, HomeserverError, Synapse
from bot.demo.member import Member
from bot.demo.script import Person, Place
from bot.demo.sealed_member import SealedMember
from bot.errors import OperatorError
from bot.ids import RoomId

JOIN_WITHIN = timedelta(seconds=20)
"""For the bot to accept an invitation."""


@dataclass(slots=True)
class Stage:
    """Everybody who is there, under the names the story uses.

    ``rooms`` are those of ``PLACES`` by their key, ``directs`` those of a member with the bot by
    the member's name; ``readers`` has somebody who can read each room's history.
    """

    language: str
    password: str
    synapse: Synapse
    bot: RunningBot
    people: dict[str, Person]
    members: dict[str, Member]
    rooms: dict[str, RoomId]
    directs: dict[str, RoomId]
    readers: dict[RoomId, Member]
    _keys: Path = field(repr=False)
    _exit: AsyncExitStack = field(repr=False)

    async def enter(self, person: Person) -> Member:
        """Let one more person register (or log in), come on stage and be followed."""
        account = await _arrive(self.synapse, person, self.language, self.password)
        directory = self._keys / account.device_id
        member = await SealedMember.enter(self.synapse.home.base_url, account, directory)
        self.people[person.name] = person
        self.members[person.name] = await self._exit.enter_async_context(member)
        return member

    async def direct(self, name: str) -> RoomId:
        """Return the encrypted direct room of a member with the bot, opened now if there is none.

        TimeoutError when the bot does not come.
        """
        if name not in self.directs:
            member = self.members[name]
            room = await member.create_dm(self.bot.user_id)
            await member.wait_for(partial(self.bot.joins, room), JOIN_WITHIN)
            self.directs[name] = room
            self.readers[room] = member
        return self.directs[name]


@asynccontextmanager
async def set_up(grounds: Grounds, language: str) -> AsyncIterator[Stage]:
    """Start everything, hand it over, and end everything whatever happens.

    Raises OperatorError when the homeserver or the bot does not start.
    """
    async with AsyncExitStack() as stack:
        synapse = await _start_homeserver(grounds)
        stack.push_async_callback(synapse.stop)
        password = grounds.note.password
        account = await _arrive(synapse, BOT, language, password)
        settings = community_settings(
            synapse.home,
            account,
            name=COMMUNITY.in_language(language),
            language=language,
            rooms=[synapse.home.alias(place.alias.in_language(language)) for place in PLACES],
            animators_room=synapse.home.alias(ANIMATION.alias.in_language(language)),
            animators=[synapse.home.user_id(ANIMATOR.name)],
        )
        process = bot_process.prepare(grounds.path / "bot", settings, password)
        bot = RunningBot(account, process)
        keys = grounds.path / "members"
        stage = Stage(language, password, synapse, bot, {}, {}, {}, {}, {}, keys, stack)
        for person in PEOPLE:
            await stage.enter(person)
        for place in PLACES:
            stage.rooms[place.key] = await _open(stage, place)
        stack.push_async_callback(process.stop)
        try:
            await _bring_in(stage)
        except BotError as error:
            raise OperatorError(f"The demo's bot did not start: {error}") from error
        except TimeoutError:
            raise OperatorError("The demo's bot did not come into its rooms.") from None
        yield stage


async def _start_homeserver(grounds: Grounds) -> Synapse:
    if importlib.util.find_spec("synapse") is None:
        raise OperatorError("The demo needs a homeserver: pip install 'compagnon[demo]'.")
    directory = grounds.path / "homeserver"
    try:
        try:
            return await homeserver.start(directory, port=grounds.note.port)
        except HomeserverError:
            if grounds.note.port is None:
                raise
            # The port of last time is somebody else's now.
            return await homeserver.start(directory)
    except HomeserverError as error:
        raise OperatorError(f"The demo's homeserver did not start: {error}") from error


async def _arrive(synapse: Synapse, person: Person, language: str, password: str) -> Account:
    shown_as = person.shown_as.in_language(language)
    try:
        return await synapse.register(person.name, password, display_name=shown_as)
    except RequestRefusedError as error:
        if error.errcode != "M_USER_IN_USE":
            raise
        return await synapse.login(person.name, password)


async def _open(stage: Stage, place: Place) -> RoomId:
    """Create a room, or find the kept one, with everybody in it who may be."""
    alias = place.alias.in_language(stage.language)
    animator = stage.members[ANIMATOR.name]
    try:
        room = await animator.join(stage.synapse.home.alias(alias))
    except RequestRefusedError as error:
        if error.errcode != "M_NOT_FOUND":
            raise
        room = await animator.create_room(
            place.title.in_language(stage.language),
            alias=alias,
            topic=place.topic.in_language(stage.language),
            invite=[stage.bot.user_id],
            public=place.is_public,
        )
    if place.is_public:
        for member in stage.members.values():
            await member.join(room)
    stage.readers[room] = animator
    return room


async def _bring_in(stage: Stage) -> None:
    """Start the bot; in a kept demo it is in its rooms already."""
    animator = stage.members[ANIMATOR.name]
    there = [await animator.members(room) for room in stage.rooms.values()]
    if all(stage.bot.user_id in members for members in there):
        await stage.bot.process.start()
    else:
        await stage.bot.arrive(stage.synapse.home.base_url, stage.rooms.values())
