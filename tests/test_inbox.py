"""Events are handled in order within a room, side by side across rooms, and never for ever."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy.exc import OperationalError

from bot.ids import EventId, RoomId, UserId
from bot.inbox import FAILURES, STARTS, Inbox, is_trouble_elsewhere
from bot.matrix.http import MatrixError, NetworkError
from bot.storage import inbox
from bot.storage.database import Database
from bot.storage.inbox import Entry, Outcome, State

NOW = datetime(2026, 3, 24, 13, 0, tzinfo=UTC)
_BUSY = sqlite3.OperationalError("database is locked")
_BUSY.sqlite_errorname = "SQLITE_BUSY"
LOCKED = OperationalError("x", None, _BUSY)


class Handled:
    """Notes what it was given, does what the test says, and marks it as done."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.began: list[str] = []
        self.ended: list[str] = []
        self.given_up: list[str] = []
        self.act: Callable[[Entry], Awaitable[None]] = self._nothing

    async def _nothing(self, entry: Entry) -> None:
        del entry

    async def handle(self, entry: Entry) -> None:
        self.began.append(entry.event_id)
        await self.act(entry)
        await self.database.write(
            lambda t: _done(t, entry.event_id)  # the transaction of the handler
        )
        self.ended.append(entry.event_id)

    async def give_up(self, entry: Entry) -> None:
        self.given_up.append(entry.event_id)
        await self.database.write(lambda t: inbox.mark_dead(t, entry.event_id, None, NOW))


async def _done(transaction: Any, event_id: EventId) -> None:
    inbox.mark_done(transaction, event_id, Outcome.ANSWERED, None, NOW)


def entry(name: str, room: str = "!a:b", **more: Any) -> Entry:
    values = {"payload": {"x": name}, "received_at": NOW, **more}
    return Entry(EventId(f"${name}"), RoomId(room), UserId("@a:b"), "message", **values)


@pytest.fixture
def handler(database: Database) -> Handled:
    return Handled(database)


@asynccontextmanager
async def running(handler: Handled) -> AsyncIterator[tuple[Inbox, list[float]]]:
    slept: list[float] = []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)

    box = Inbox(handler.database, handler)
    box.sleep = sleep
    ready = asyncio.Event()
    task = asyncio.create_task(box.run(on_ready=ready))
    await ready.wait()
    try:
        yield box, slept
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def record(handler: Handled, *entries: Entry) -> list[Entry]:
    return await handler.database.write(lambda t: inbox.record(t, entries))


async def states(handler: Handled) -> dict[str, State]:
    async with handler.database.read() as snapshot:
        found = {name: await inbox.trace(snapshot, EventId(name)) for name in handler.began}
    return {name: trace.state for name, trace in found.items() if trace is not None}


async def test_events_of_a_room_keep_their_order(handler: Handled) -> None:
    async with running(handler) as (box, _):
        box.add(await record(handler, *map(entry, "abcdef")))
        await box.idle()
    assert handler.ended == [f"${name}" for name in "abcdef"]


async def test_rooms_do_not_wait_for_each_other(handler: Handled) -> None:
    gate = asyncio.Event()

    async def act(item: Entry) -> None:
        if item.room_id == "!slow":
            await gate.wait()

    handler.act = act
    async with running(handler) as (box, _):
        entries = await record(handler, entry("a", "!slow"), entry("b", "!slow"), entry("c", "!x"))
        box.add(entries)
        async with asyncio.timeout(5):
            while handler.ended != ["$c"]:  # noqa: ASYNC110  rows have no event
                await asyncio.sleep(0.001)
        assert handler.began == ["$a", "$c"]
        assert box.backlog == 2
        gate.set()
        await box.idle()
    assert handler.ended == ["$c", "$a", "$b"]


async def test_what_the_last_process_left_is_handled_first(handler: Handled) -> None:
    await record(handler, entry("a"), entry("b"))
    async with running(handler) as (box, _):
        box.add(await record(handler, entry("c")))
        await box.idle()
    assert handler.ended == ["$a", "$b", "$c"]


async def test_unreadable_events_are_not_handled(handler: Handled) -> None:
    async with running(handler) as (box, _):
        box.add(await record(handler, entry("a", state=State.UNREADABLE, session_id="s")))
        await box.idle()
    assert handler.began == []


async def test_exception_is_tried_again_and_then_given_up(handler: Handled) -> None:
    async def act(item: Entry) -> None:
        if item.event_id == "$bad":
            raise ZeroDivisionError

    handler.act = act
    async with running(handler) as (box, slept):
        box.add(await record(handler, entry("bad"), entry("good")))
        await box.idle()
    assert handler.began == ["$bad"] * FAILURES + ["$good"]
    assert handler.given_up == ["$bad"]
    assert slept == [0.1, 0.5, 1.0, 2.0, 2.0]
    assert await states(handler) == {"$bad": State.DEAD, "$good": State.DONE}


async def test_failures_are_counted_across_processes(handler: Handled) -> None:
    await record(handler, entry("bad", failures=FAILURES - 1))

    async def act(item: Entry) -> None:
        del item
        raise ZeroDivisionError

    handler.act = act
    async with running(handler) as (box, _):
        await box.idle()
    assert handler.began == ["$bad"]
    assert handler.given_up == ["$bad"]


@pytest.mark.parametrize(("starts", "is_given_up"), [(STARTS - 1, False), (STARTS, True)])
async def test_event_that_kills_the_process_is_given_up(
    handler: Handled, starts: int, is_given_up: bool
) -> None:
    await record(handler, entry("deadly", starts=starts), entry("next"))
    async with running(handler) as (box, _):
        await box.idle()
    assert handler.given_up == (["$deadly"] if is_given_up else [])
    assert handler.ended[-1] == "$next"


@pytest.mark.parametrize(
    "trouble",
    [NetworkError("x"), MatrixError(500, "", ""), MatrixError(429, "", ""),
     MatrixError(401, "", ""), LOCKED],
    ids=repr,
)  # fmt: skip
async def test_trouble_elsewhere_is_waited_out_however_long(
    handler: Handled, trouble: Exception
) -> None:
    left = [trouble] * 1100  # More than 2^x can be a float: nine hours of waiting.

    async def act(item: Entry) -> None:
        del item
        if left:
            raise left.pop()

    handler.act = act
    async with running(handler) as (box, slept):
        box.add(await record(handler, entry("a")))
        await box.idle()
    assert (handler.ended, handler.given_up) == (["$a"], [])
    assert (len(slept), max(slept)) == (1100, 30.0)


async def test_giving_up_that_fails_leaves_the_event_for_the_next_start(handler: Handled) -> None:
    class Stuck(Handled):
        async def give_up(self, entry: Entry) -> None:
            del entry
            raise ZeroDivisionError

    stuck = Stuck(handler.database)
    await record(stuck, entry("bad", failures=FAILURES), entry("good"))
    async with running(stuck) as (box, _):
        await box.idle()
    assert stuck.ended == ["$good"]
    async with stuck.database.read() as snapshot:
        assert [left.event_id for left in await inbox.waiting(snapshot)] == ["$bad"]


async def test_add_outside_of_run_leaves_it_to_the_journal(handler: Handled) -> None:
    box = Inbox(handler.database, handler)
    box.add(await record(handler, entry("a")))
    assert (handler.began, box.backlog) == ([], 0)
    async with running(handler) as (box, _):
        await box.idle()
    assert handler.ended == ["$a"]


@pytest.mark.parametrize(
    ("error", "expected"),
    [(NetworkError("x"), True), (MatrixError(503, "", ""), True), (MatrixError(403, "", ""), False),
     (ValueError("x"), False), (LOCKED, True)],
)  # fmt: skip
def test_trouble_elsewhere_is_told_from_mistakes(error: Exception, expected: bool) -> None:
    assert is_trouble_elsewhere(error) == expected
