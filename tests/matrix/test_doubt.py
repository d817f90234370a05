"""What may have been said already is looked for, and held rather than said twice."""

import asyncio
from datetime import timedelta

import pytest

from bot.ids import EventId, Oid, RoomId
from bot.matrix.batch import Echo
from bot.services.outgoing import Outgoing
from bot.storage import echo, outbox
from bot.storage.database import Database
from bot.storage.transaction import Transaction
from tests.matrix.exchange import Fault, refused
from tests.matrix.model_server import BOT, ROOM
from tests.matrix.speech import (
    ANIMATORS,
    say,
    states,
    stuck,
    text,
)
from tests.matrix.world import Bot, World, outbox_states, until


async def test_edit_redaction_and_reaction_follow_what_they_relate_to(speaker: World) -> None:
    bot = await speaker.born()

    async def work(transaction: Transaction) -> None:
        out = Outgoing(transaction, "cause", speaker.clock.now())
        first = out.say(RoomId(ROOM), text("old"), conversation="c")
        out.react(RoomId(ROOM), first, "👍", conversation="c")
        out.edit(RoomId(ROOM), first, text("new"), conversation="c")
        out.redact(RoomId(ROOM), first, conversation="c")

    await bot.database.write(work)
    await bot.settled()
    await bot.end()
    message, reaction, edit, redaction = speaker.model.rooms[ROOM].events[-4:]
    target = message["event_id"]
    assert reaction["content"]["m.relates_to"]["event_id"] == target
    assert edit["content"]["m.relates_to"] == {"rel_type": "m.replace", "event_id": target}
    assert redaction["content"]["redacts"] == target
    assert len({request.parts[-1] for request in speaker.model.sends}) == 4


async def test_relation_to_what_an_earlier_process_sent_is_found(speaker: World) -> None:
    bot = await speaker.born()
    [oid] = await say(bot, "old")
    await bot.settled()
    await bot.end()
    bot = await speaker.born()
    await bot.database.write(lambda t: _redact(Outgoing(t, "later", speaker.clock.now()), oid))
    await bot.settled()
    await bot.end()
    assert speaker.model.bodies() == []


async def _redact(outgoing: Outgoing, oid: Oid) -> None:
    outgoing.redact(RoomId(ROOM), oid, conversation=ROOM)


async def test_relation_to_what_was_never_sent_is_dead(speaker: World) -> None:
    bot = await speaker.born()
    await bot.database.write(
        lambda t: _redact(Outgoing(t, "later", speaker.clock.now()), Oid("unknown"))
    )
    await bot.settled()
    assert await outbox_states(bot.database) == {"dead": 1, "sent": 1}
    await bot.end()


async def test_same_reaction_twice_is_done(speaker: World) -> None:
    bot = await speaker.born()
    speaker.model.faults.append(Fault(refused(400, "M_DUPLICATE_ANNOTATION")))

    async def work(transaction: Transaction) -> None:
        out = Outgoing(transaction, "cause", speaker.clock.now())
        out.react(RoomId(ROOM), EventId("$e1"), "👍", conversation="c")

    await bot.database.write(work)
    await bot.settled()
    assert await outbox_states(bot.database) == {"sent": 1}
    await bot.end()


@pytest.mark.parametrize("is_done", [True, False])
async def test_old_parcel_is_looked_for_before_it_is_sent(speaker: World, is_done: bool) -> None:
    await stuck(speaker, is_done=is_done)
    speaker.clock.pass_by(timedelta(hours=21))
    speaker.model.transactions.clear()  # As servers do after a day.
    bot = await speaker.born()
    await bot.sender.idle()
    await bot.end()
    assert speaker.model.bodies() == ["bonjour"]
    assert speaker.model.count("messages") >= 1
    assert await states(speaker) == {"sent": 1}


async def test_young_parcel_is_sent_without_a_search(speaker: World) -> None:
    await stuck(speaker, is_done=True)
    bot = await speaker.born()
    await bot.sender.idle()
    await bot.end()
    assert speaker.model.bodies() == ["bonjour"]
    assert speaker.model.count("messages") == 0


async def test_uncertain_parcel_is_looked_for(speaker: World) -> None:
    await stuck(speaker, is_done=True)
    database = Database(speaker.url)
    await database.write(outbox.mark_uncertain)
    await database.close()
    speaker.model.transactions.clear()
    bot = await speaker.born()
    await bot.sender.idle()
    await bot.end()
    assert speaker.model.bodies() == ["bonjour"]


async def test_parcel_is_held_when_the_history_cannot_be_read(speaker: World) -> None:
    await stuck(speaker, is_done=False)
    sealed = speaker.model.event(BOT, "m.room.encrypted", {"session_id": "lost"})
    speaker.model.rooms[ROOM].events.append(sealed)
    speaker.clock.pass_by(timedelta(hours=21))
    sealed["origin_server_ts"] += 21 * 3_600_000
    bot = await speaker.born()
    await bot.settled()
    assert await outbox_states(bot.database) == {"held": 1, "sent": 1}
    await bot.end()
    assert len(speaker.model.bodies(ANIMATORS)) == 1
    await speaker.live()
    assert await states(speaker) == {"held": 1, "sent": 1}


async def test_what_is_known_to_be_something_else_need_not_be_readable(speaker: World) -> None:
    await stuck(speaker, is_done=False)
    sealed = speaker.model.event(BOT, "m.room.encrypted", {"session_id": "lost"})
    speaker.model.rooms[ROOM].events.append(sealed)
    speaker.clock.pass_by(timedelta(hours=21))
    sealed["origin_server_ts"] += 21 * 3_600_000
    earlier = {EventId(str(sealed["event_id"])): Oid("another")}
    database = Database(speaker.url)
    await database.write(lambda t: echo.record(t, earlier, speaker.clock.now()))
    await database.close()
    bot = await speaker.born()
    await bot.settled()
    assert await outbox_states(bot.database) == {"sent": 1}
    await bot.end()
    assert speaker.model.bodies().count("bonjour") == 1


async def test_echo_before_the_reply_spares_the_second_attempt(speaker: World) -> None:
    speaker.model.faults.append(Fault(None, is_done=True))
    bot = await speaker.born()
    asleep, go = asyncio.Event(), asyncio.Event()

    async def sleep(_seconds: float) -> None:
        asleep.set()
        await go.wait()

    bot.delivery.sleep = sleep
    [oid] = await say(bot, "bonjour")
    await asleep.wait()
    await until(lambda: oid in bot.delivery.echoes)
    speaker.model.transactions.clear()
    go.set()
    await bot.settled()
    await bot.end()
    assert len(speaker.model.sends) == 1
    assert speaker.model.bodies() == ["bonjour"]


async def test_echo_marks_the_parcel_as_sent(speaker: World) -> None:
    await stuck(speaker, is_done=True)
    speaker.model.stream.append((ROOM, speaker.model.rooms[ROOM].events[-1]))
    bot = Bot(speaker, Database(speaker.url))
    await bot.build()
    await bot.sync.step(timeout_ms=0)
    assert await outbox_states(bot.database) == {"sent": 1}
    await bot.end()


async def test_late_echo_of_what_is_known_to_be_sent_is_forgotten(speaker: World) -> None:
    bot = await speaker.born()
    [oid] = await say(bot, "bonjour")
    await bot.settled()
    bot.delivery.note([Echo(EventId("$x"), oid)])
    assert bot.delivery.echoes == {}
    await bot.end()
