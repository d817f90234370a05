"""A newcomer in front of a router: greeted, asked, silent for days."""

from dataclasses import replace
from datetime import timedelta

from bot.ids import RoomId, UserId, direct_room
from bot.job import Firing
from bot.jobs import DUE
from bot.services import onboarding
from bot.services.manner import USUAL
from bot.services.onboarding import Talk, Voice
from bot.services.outgoing import Outgoing
from bot.storage import due
from bot.storage import onboarding as stored
from bot.storage.due import Due
from bot.storage.onboarding import Onboarding
from bot.storage.transaction import Transaction
from tests.scene import CATALOGUE, JO, PAIR, ROOM, Act, Scene, sent


def said(acts: list[Act]) -> list[str]:
    """Return what a reader of the room sees of ``acts``, without the reactions."""
    return [act.body for act in acts if act.type == "m.room.message"]


async def begin(
    scene: Scene, user: UserId = JO, *, room: RoomId | None = ROOM, language: str = "fr"
) -> list[Act]:
    """Greet somebody who has just come in; return what they are told alone."""
    before = len(await scene.acts())

    async def work(transaction: Transaction) -> bool:
        now = scene.clock.now()
        outgoing = Outgoing(transaction, f"due:welcome:{user}:1", now)
        voice = Voice(CATALOGUE, language, "!", "Les praticiens")
        talk = Talk(transaction, outgoing, voice, user, direct_room(user), now)
        return await onboarding.begin(talk, room)

    await scene.database.write(work)
    return (await scene.acts())[before:]


async def write(scene: Scene, *words: str) -> list[Act]:
    """Let Jo write one message after the other; return what the last one led to."""
    acts: list[Act] = []
    for each in words:
        scene.clock.pass_by(timedelta(seconds=20))
        acts = await scene.say(each, room=PAIR)
    return acts


async def tap(scene: Scene, key: str) -> list[Act]:
    """Let Jo react to the newest question; return what comes of it."""
    await scene.deliver()
    scene.clock.pass_by(timedelta(seconds=20))
    cards = [act for act in await scene.acts() if (act.card or "").startswith("question:")]
    return await scene.react(sent(cards[-1].oid), key, room=PAIR)


async def wait(scene: Scene, time: timedelta) -> list[Act]:
    """Let ``time`` pass, and do all that falls due; return what is said."""
    before = len(await scene.acts())
    scene.clock.pass_by(time)
    now = scene.clock.now()
    jobs = {job.kind: job for job in DUE}
    async with scene.database.read() as snapshot:
        ripe = await due.ripe(snapshot, now, 10)
    for item in ripe:

        async def work(transaction: Transaction, item: Due = item) -> None:
            if await due.claim(transaction, item, now):
                cause = f"due:{item.kind}:{item.reference}:{item.occurrence}"
                outgoing = Outgoing(transaction, cause, now)
                late_by = now - item.due_at
                usual = replace(USUAL, language=scene.preferences.language)
                firing = Firing(item, now, late_by, transaction, outgoing, CATALOGUE, usual)
                await jobs[item.kind].run(firing)

        await scene.database.write(work)
    return (await scene.acts())[before:]


async def state(scene: Scene, user: UserId = JO) -> Onboarding:
    """Return how far it is with somebody."""
    async with scene.database.read() as snapshot:
        found = await stored.of_user(snapshot, user)
    assert found is not None
    return found
