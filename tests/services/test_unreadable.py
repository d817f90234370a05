"""A message that the bot cannot read is asked for again: once, late, and in the right words."""

from collections.abc import Sequence
from datetime import timedelta

from bot.i18n import Catalogue
from bot.jobs.unreadable import unreadable_job
from bot.scheduler import Scheduler
from bot.services import unreadable
from bot.storage import inbox, member, room
from bot.storage.inbox import Entry, State
from bot.storage.room import Room
from bot.storage.transaction import Transaction
from tests.scene import JO, MAX, OTHER_ROOM, ROOM, Act, Scene

WORDS = Catalogue.load()


async def receive(scene: Scene, *entries: Entry) -> Sequence[Entry]:
    """Journal what cannot be read, and plan as the house does."""

    async def work(transaction: Transaction) -> Sequence[Entry]:
        await room.save(transaction, [Room(ROOM, is_encrypted=True)])
        new = await inbox.record(transaction, entries)
        await unreadable.plan(transaction, new, scene.clock.now())
        return new

    return await scene.database.write(work)


def sealed(scene: Scene, session: str = "session", **change: object) -> Entry:
    message = scene.message("?")
    values: dict[str, object] = {
        "event_id": message.event_id,
        "room_id": ROOM,
        "sender": JO,
        "kind": "unreadable",
        "payload": {"type": "m.room.encrypted"},
        "received_at": scene.clock.now(),
        "state": State.UNREADABLE,
        "session_id": session,
    }
    return Entry(**{**values, **change})  # type: ignore[arg-type]  # a test's own words


async def after(scene: Scene, seconds: float) -> list[Act]:
    """Return what the bot says within so many seconds."""
    before = len(await scene.acts())
    scene.clock.pass_by(timedelta(seconds=seconds))
    scheduler = Scheduler(scene.database, scene.clock, WORDS, [unreadable_job("en")], ())
    await scheduler.fire_due()
    return (await scene.acts())[before:]


async def test_message_is_asked_for_again_after_half_a_minute(scene: Scene) -> None:
    entry = sealed(scene)
    await receive(scene, entry)

    assert await after(scene, 29) == []
    [said] = await after(scene, 2)

    assert said.body == WORDS.text("error.undecryptable", "en")
    assert said.room == ROOM
    assert said.content["m.relates_to"] == {"m.in_reply_to": {"event_id": entry.event_id}}


async def test_member_is_asked_in_the_language_of_his_choice(scene: Scene) -> None:
    await scene.database.write(lambda t: member.set_language(t, JO, "fr"))
    await receive(scene, sealed(scene))

    [said] = await after(scene, 31)

    assert said.body == WORDS.text("error.undecryptable", "fr")


async def test_many_messages_under_one_key_are_asked_for_once(scene: Scene) -> None:
    first = sealed(scene)
    await receive(scene, first)
    scene.clock.pass_by(timedelta(seconds=20))
    await receive(scene, sealed(scene), sealed(scene))

    [said] = await after(scene, 11)

    assert said.content["m.relates_to"] == {"m.in_reply_to": {"event_id": first.event_id}}
    await receive(scene, sealed(scene))
    assert await after(scene, 600) == []


async def test_somebody_with_many_keys_is_asked_once_a_minute(scene: Scene) -> None:
    await receive(scene, *(sealed(scene, f"session{number}") for number in range(50)))

    assert len(await after(scene, 31)) == 1
    await receive(scene, sealed(scene, "later"))
    assert await after(scene, 31) == []
    scene.clock.pass_by(timedelta(minutes=2))
    await receive(scene, sealed(scene, "much later"))
    assert len(await after(scene, 31)) == 1


async def test_two_members_are_both_asked(scene: Scene) -> None:
    await receive(scene, sealed(scene), sealed(scene, sender=MAX))

    assert len(await after(scene, 31)) == 2


async def test_message_that_can_be_read_by_then_is_not_asked_for(scene: Scene) -> None:
    entry = sealed(scene)
    await receive(scene, entry)
    await scene.database.write(
        lambda t: inbox.mark_readable(t, entry.event_id, "message", {"body": "!ping"})
    )

    assert await after(scene, 31) == []


async def test_nothing_is_asked_in_a_room_that_the_bot_has_left(scene: Scene) -> None:
    await receive(scene, sealed(scene, room_id=OTHER_ROOM))

    assert await after(scene, 31) == []
