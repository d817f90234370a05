"""Parcels reach their rooms once, in order within a conversation, however often it takes."""

import asyncio
from collections.abc import Mapping

import pytest

from bot.ids import RoomId
from bot.services.outgoing import Outgoing
from bot.storage import outbox
from bot.storage.database import Database
from bot.storage.outbox import State
from bot.storage.transaction import Transaction
from tests.matrix.exchange import Fault, refused
from tests.matrix.model_server import OTHER_ROOM, ROOM
from tests.matrix.speech import (
    LIMITED,
    hold_sends,
    say,
    spoken,
    states,
    text,
)
from tests.matrix.world import Bot, World, outbox_states, until


async def test_conversation_keeps_its_order_under_faults(speaker: World) -> None:
    speaker.model.faults += [
        Fault(None), Fault(refused(500, "M_UNKNOWN")), Fault(None, is_done=True), Fault(LIMITED),
    ]  # fmt: skip
    bodies = [f"{number}" for number in range(20)]
    assert await spoken(speaker, *bodies) == {"sent": 20}
    assert speaker.model.bodies() == bodies


async def test_conversation_waits_for_its_first_and_others_do_not(speaker: World) -> None:
    bot = await speaker.born()
    gate, held = hold_sends(bot)
    await say(bot, "a1", "a2", conversation="a")
    await say(bot, "b1", "b2", conversation="b")
    await say(bot, "c1", room=OTHER_ROOM)
    await until(lambda: len(held) >= 3)
    assert speaker.model.sends == []
    gate.set()
    await bot.settled()
    await bot.end()
    said = speaker.model.bodies()
    assert sorted(said) == ["a1", "a2", "b1", "b2"]
    assert said.index("a1") < said.index("a2")
    assert said.index("b1") < said.index("b2")


async def test_few_sends_are_in_flight_in_a_room(speaker: World) -> None:
    speaker.in_flight = 3
    bot = await speaker.born()
    gate, held = hold_sends(bot)
    for number in range(10):
        await say(bot, f"{number}", conversation=f"{number}")
        await say(bot, f"other {number}", conversation=f"other {number}", room=OTHER_ROOM)
    await until(lambda: len(held) >= 6)
    for _ in range(100):
        await asyncio.sleep(0)
    assert len(held) == 6
    gate.set()
    await bot.settled()
    await bot.end()
    assert len(speaker.model.bodies()) == len(speaker.model.bodies(OTHER_ROOM)) == 10


async def test_who_has_much_to_say_waits_until_little_is_left(speaker: World) -> None:
    bot = await speaker.born()
    gate, held = hold_sends(bot)
    for number in range(10):
        await say(bot, f"{number}", conversation=f"{number}")
    easing = asyncio.create_task(bot.sender.ease(4))
    await until(lambda: held)
    assert not easing.done()
    gate.set()
    await easing
    assert bot.sender.backlog <= 4
    await bot.settled()
    await bot.sender.ease(0)
    await bot.end()


@pytest.mark.parametrize(
    "fault",
    [Fault(None), Fault(None, is_done=True), Fault(refused(500, "M_UNKNOWN")),
     Fault(refused(502, ""), is_done=True), Fault(refused(408, "")), Fault(LIMITED),
     Fault((200, {}, b"<html>"), is_done=True), Fault((200, {}, b"{}"), is_done=True),
     Fault((200, {}, b'{"event_id": 7}'), is_done=True), Fault((200, {}, b"[]"))],
)  # fmt: skip
async def test_parcel_is_sent_once_whatever_happens_to_the_request(
    speaker: World, fault: Fault
) -> None:
    speaker.model.faults += [fault] * 3
    assert await spoken(speaker, "bonjour") == {"sent": 1}
    assert speaker.model.bodies() == ["bonjour"]
    assert len({request.path for request in speaker.model.sends}) == 1


async def test_waiting_doubles_and_is_bounded(speaker: World) -> None:
    speaker.model.faults += [Fault(None)] * 14
    await spoken(speaker, "bonjour")
    assert len(speaker.model.sends) == 15
    assert all(later <= 300 for later in speaker.slept)
    assert sum(speaker.slept) > 600


@pytest.mark.parametrize(
    ("headers", "body", "least"),
    [({"Retry-After": "7"}, b"{}", 7.0), ({}, b'{"retry_after_ms": 7000}', 7.0),
     ({"Retry-After": "7"}, b'{"retry_after_ms": 1}', 7.0), ({}, b"{}", 0.5),
     ({}, b'{"retry_after_ms": 1000000000000}', 3600.0)],
)  # fmt: skip
async def test_limit_is_respected_in_every_room(
    speaker: World, headers: Mapping[str, str], body: bytes, least: float
) -> None:
    speaker.model.faults.append(Fault((429, dict(headers), body)))
    began = speaker.clock.monotonic()
    bot = await speaker.born()
    await say(bot, "first")
    await until(lambda: speaker.slept)
    await say(bot, "second", room=OTHER_ROOM)
    await bot.settled()
    await bot.end()
    assert speaker.model.bodies() == ["first"]
    assert speaker.model.bodies(OTHER_ROOM) == ["second"]
    assert least <= speaker.clock.monotonic() - began <= 2 * least + 1


async def test_nudge_ends_the_wait_for_a_homeserver_that_was_away(speaker: World) -> None:
    bot = await speaker.born()
    asleep = asyncio.Event()

    async def sleep(_seconds: float) -> None:
        asleep.set()
        await asyncio.get_running_loop().create_future()

    bot.delivery.sleep = sleep
    speaker.model.faults.append(Fault(None))
    await say(bot, "bonjour")
    await asleep.wait()
    bot.delivery.nudge()
    await bot.settled()
    await bot.end()
    assert speaker.model.bodies() == ["bonjour"]


async def test_what_an_earlier_process_left_is_sent_in_order(speaker: World) -> None:
    bot = Bot(speaker, Database(speaker.url))
    await bot.build()
    await say(bot, "1", "2", "3")
    await bot.end()
    assert await states(speaker) == {"pending": 3}
    await speaker.live()
    assert speaker.model.bodies() == ["1", "2", "3"]


async def test_parcel_without_a_committed_row_is_not_sent(speaker: World) -> None:
    bot = await speaker.born()

    async def work(transaction: Transaction) -> None:
        Outgoing(transaction, "cause", speaker.clock.now()).say(RoomId(ROOM), text("never"))
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await bot.database.write(work)
    await bot.settled()
    await bot.end()
    assert (speaker.model.sends, await states(speaker)) == ([], {})


async def test_commit_after_the_end_waits_for_the_next_process(speaker: World) -> None:
    bot = await speaker.born()
    bot.tasks[1].cancel()
    with pytest.raises(asyncio.CancelledError):
        await bot.tasks[1]
    await say(bot, "bonjour")
    await bot.end()
    assert await states(speaker) == {"pending": 1}
    await speaker.live()
    assert speaker.model.bodies() == ["bonjour"]


async def test_same_act_enqueued_twice_is_said_once(speaker: World) -> None:
    bot = await speaker.born()
    await say(bot, "bonjour")
    await bot.settled()
    await say(bot, "bonjour")
    await bot.settled()
    assert await outbox_states(bot.database) == {"sent": 1}
    await bot.end()
    assert speaker.model.bodies() == ["bonjour"]


async def test_stopped_parcel_keeps_its_reason(speaker: World) -> None:
    speaker.model.faults.append(Fault(refused(403, "M_FORBIDDEN", "x" * 10_000)))
    await spoken(speaker, "bonjour")
    database = Database(speaker.url)
    async with database.read() as snapshot:
        found = await snapshot.execute(
            outbox.outbox.select().where(outbox.outbox.c.state == State.DEAD)
        )
        [row] = found
    await database.close()
    assert row.reason.startswith("403 M_FORBIDDEN x")
    assert len(row.reason) <= 500


async def test_withdrawn_parcels_are_not_sent(speaker: World) -> None:
    bot = await speaker.born()
    gate, held = hold_sends(bot)
    first, second, third = await say(bot, "a1", "a2", "a3", conversation="a")
    await until(lambda: held)

    async def work(transaction: Transaction) -> None:
        row = outbox.outbox
        await transaction.execute(row.delete().where(row.c.oid == second))

    await bot.database.write(work)
    bot.sender.withdraw(frozenset({second}))
    gate.set()
    await bot.settled()
    await bot.end()

    assert speaker.model.bodies() == ["a1", "a3"]
    assert first != third
