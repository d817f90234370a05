"""A member hides a field, asks for their data and is forgotten, while the bot is killed at random.

All of it is read with the engine of Element in strict mode, in encrypted rooms on a real Synapse.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest_asyncio

from bot.demo.conversation import RunningBot
from bot.demo.homeserver import Synapse
from bot.demo.member import Member
from bot.ids import RoomId
from tests.e2e.command_line import compagnon
from tests.e2e.interop.element import PATIENCE, Element, Shown
from tests.e2e.interop.newcomer import Newcomer, is_well

MakeBot = Callable[..., Awaitable[RunningBot]]
MakeElement = Callable[..., Awaitable[Element]]
Rows = Mapping[str, Sequence[Mapping[str, object]]]

SECRET = "xylophonecanari"
FIELD = f"marionnettes et {SECRET}"


@dataclass(frozen=True)
class Scene:
    """Alix alone with the bot, and both with Basile in a room."""

    alix: Newcomer
    basile: Element
    room: str

    @property
    def bot(self) -> RunningBot:
        return self.alix.bot

    async def who(self, word: str) -> Shown:
        """Let Basile ask in the room who knows something."""
        return await self.basile.ask(self.room, self.bot.user_id, f"!qui {word}")

    async def quoting(self) -> list[tuple[str, str]]:
        """Return room and event of what the bot said, and edited, with Alix's words in it."""
        element = self.alix.element
        return [
            (room, each.event_id)
            for room in (self.room, self.alix.room)
            for each in await element.messages(room)
            if each.sender == self.bot.user_id and SECRET in json.dumps(each.content)
        ]

    def leaking(self) -> list[str]:
        """Return which files of the bot hold Alix's words, the logs of its databases included."""
        files = self.bot.process.config_path.parent.rglob("*")
        return [str(f) for f in files if f.is_file() and SECRET.encode() in f.read_bytes()]

    async def data(self, known: frozenset[str] = frozenset()) -> tuple[str, Rows]:
        """Ask for Alix's data, and return the event of the new file and what it holds."""
        element, room = self.alix.element, self.alix.room
        await element.send(room, "mesdonnées")
        await self.alix.kill()
        async with asyncio.timeout(PATIENCE):
            while True:
                files = [each for each in await self.alix.heard() if each.body == "mydata.json"]
                new = [each for each in files if each.event_id not in known]
                if new:
                    break
                await asyncio.sleep(0.1)
        assert is_well(new[0])
        text = await element.do("read_file", room=room, event_id=new[0].event_id)
        return new[0].event_id, json.loads(text)["data"]


async def until_nothing(look: Callable[[], Awaitable[object]]) -> None:
    """Wait until there is nothing left to see; TimeoutError if there always is."""
    async with asyncio.timeout(PATIENCE):
        while await look():  # noqa: ASYNC110  neither rooms nor files tell of every change
            await asyncio.sleep(0.1)


@pytest_asyncio.fixture
async def scene(alix: Element, make_bot: MakeBot, make_element: MakeElement) -> Scene:
    bot = await make_bot()
    basile = await make_element("basile")
    room = await alix.create_room("Accueil", bot.user_id, basile.user_id)
    await basile.do("join", room=room)
    for user in (bot.user_id, basile.user_id):
        await alix.do("wait_joined", room=room, user=user)
    await basile.do("wait_joined", room=room, user=bot.user_id)
    direct = await alix.create_dm(bot.user_id)
    return Scene(Newcomer(alix, bot, direct, seed=20261123), basile, room)


async def speak(scene: Scene) -> None:
    """Let Alix say her words in every way that the bot repeats them."""
    alix = scene.alix
    await alix.write(f"moi talents {FIELD}", "noté dans votre profil")
    element, bot = alix.element, scene.bot
    words = f"!partage {SECRET} perdu → retrouvé"
    await element.ask(scene.room, bot.user_id, words)
    await element.ask(scene.room, bot.user_id, "!exp E1")
    mistaken = await element.send(scene.room, f"!moi {SECRET}")
    await element.answer_to(scene.room, bot.user_id, mistaken)
    await element.do("edit", room=scene.room, event_id=mistaken, body=f"!moi {SECRET}s")
    await alix.kill()
    given = {"room": scene.room, "sender": bot.user_id, "words": f"{SECRET}s"}
    await element.do("wait_message", **given)
    await alix.write(f"rappel demain 9h {SECRET}", "R1")


async def test_hidden_field_is_found_by_nobody_else(scene: Scene) -> None:
    await scene.alix.write(f"moi talents {FIELD}", "noté dans votre profil")
    assert SECRET in ((await scene.who("marionnettes")).body or "")

    await scene.alix.write("moi cacher talents", "C’est caché")

    hidden = await scene.who("marionnettes")
    assert "Je ne trouve personne" in (hidden.body or "")
    assert is_well(hidden)
    assert FIELD in ((await scene.alix.write("moi", "🔒 caché")).body or "")
    assert scene.alix.kills == 3


async def test_member_is_given_everything_and_then_forgotten(
    scene: Scene, synapse: Synapse
) -> None:
    alix = scene.alix
    await speak(scene)
    assert SECRET in ((await scene.who("marionnettes")).body or "")

    file, rows = await scene.data()
    assert {"profile", "experience", "reminder"} <= rows.keys()
    assert SECRET in json.dumps([rows["profile"], rows["experience"], rows["reminder"]])
    quoting = await scene.quoting()
    assert len({room for room, _event in quoting}) == 2
    assert scene.leaking()

    await alix.write("oubliezmoi", "rien ne pourra être rétabli")
    receipt = await alix.write("oubliezmoi effacer", "C’est fait")

    assert is_well(receipt)
    await until_nothing(scene.quoting)
    await until_nothing(lambda: asyncio.to_thread(scene.leaking))
    async with Member(synapse.home.base_url, alix.element.account) as raw:
        for room in {room for room, _event in quoting}:
            history = await raw.history(RoomId(room))
            gone = {event.event_id for event in history if event.is_redacted}
            assert {event for place, event in quoting if place == room} <= gone
    assert "Je ne trouve personne" in ((await scene.who("marionnettes")).body or "")
    _file, left = await scene.data(known=frozenset({file}))
    # Of the farewell itself there is something until two minutes later, but not a word.
    # Asking again is a new first contact: the notice is told, and that it was is noted.
    assert left.keys() <= {"consent", "direct_room", "due", "echo", "inbox", "outbox", "quote"}
    assert {row.get("command", "export") for row in left["inbox"]} <= {"forget", "export"}
    assert SECRET not in json.dumps(left)
    said = await alix.heard()
    assert sum("C’est fait" in (each.body or "") for each in said) == 1


async def test_whole_bot_forgets_again_after_an_older_copy_is_restored(scene: Scene) -> None:
    alix, process = scene.alix, scene.bot.process
    await alix.write(f"moi talents {FIELD}", "noté dans votre profil", is_killed=False)
    config = process.config_path
    taken = await compagnon("backup", "--config", config)
    assert taken.code == 0, taken.printed
    await alix.write("oubliezmoi effacer", "C’est fait", is_killed=False)
    await process.stop()

    restored = await compagnon("restore", "--config", config)
    assert restored.code == 0, restored.printed
    database = Path(config.parent, "compagnon.db")
    assert SECRET.encode() in await asyncio.to_thread(database.read_bytes)
    await process.start()

    assert "event=erasures_replayed count=1" in process.log
    assert SECRET.encode() not in await asyncio.to_thread(database.read_bytes)
    assert "rien dit de vous" in ((await alix.write("moi", "rien dit de vous")).body or "")
    said = await alix.heard()
    assert sum("C’est fait" in (each.body or "") for each in said) == 1
