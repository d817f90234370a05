"""The outbox has one row per cause; echoes tell which of them arrived."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import text

from bot.config.settings import RetentionSettings
from bot.ids import EventId, Oid, RoomId
from bot.storage import echo, outbox, retention
from bot.storage.database import Database
from bot.storage.outbox import Parcel, State
from bot.storage.transaction import Transaction

DAYS: dict[str, int] = RetentionSettings().model_dump()
DAYS: dict[str, int] = RetentionSettings().model_dump()
NOW = datetime(2026, 3, 24, 13, 0, tzinfo=UTC)


def _parcel(oid: str, body: str = "pong", **values: object) -> Parcel:
    content = {"body": body}
    return Parcel(Oid(oid), RoomId("!r"), "!r|@a", "m.room.message", content, NOW, **values)  # type: ignore[arg-type]


async def _enqueue(database: Database, *parcels: Parcel) -> None:
    async def work(transaction: Transaction) -> None:
        for parcel in parcels:
            outbox.enqueue(transaction, parcel)

    await database.write(work)


async def _mark_sent(database: Database, oid: str, event_id: str, at: datetime = NOW) -> None:
    await database.write(lambda t: outbox.mark_all_sent(t, {Oid(oid): (EventId(event_id), at)}))


async def test_parcels_wait_in_order_and_as_they_were(database: Database) -> None:
    parcels = [_parcel("b", card="experience:12"), _parcel("a", target="$x")]
    await _enqueue(database, *parcels)
    async with database.read() as reader:
        assert await outbox.pending(reader) == parcels
        assert await outbox.oldest_pending(reader) == NOW
        assert await outbox.count(reader) == {State.PENDING: 2}


async def test_same_cause_is_enqueued_once(database: Database) -> None:
    await _enqueue(database, _parcel("a", "first"), _parcel("a", "again"))
    await _enqueue(database, _parcel("a", "later"))
    async with database.read() as reader:
        assert await outbox.pending(reader) == [_parcel("a", "first")]


async def test_sent_parcel_is_blanked_and_not_enqueued_again(database: Database) -> None:
    await _enqueue(database, _parcel("a", card="experience:12"))
    await _mark_sent(database, "a", "$a")
    await _enqueue(database, _parcel("a"))
    async with database.read() as reader:
        assert await outbox.pending(reader) == []
        assert await outbox.oldest_pending(reader) is None
        assert await outbox.sent_event(reader, Oid("a")) == "$a"
        assert await outbox.card(reader, EventId("$a")) == "experience:12"
        assert await outbox.card(reader, EventId("$b")) is None
        assert (await reader.execute(text("SELECT content FROM outbox"))).scalar() is None


async def test_first_event_of_a_parcel_counts(database: Database) -> None:
    await _enqueue(database, _parcel("a"))
    await _mark_sent(database, "a", "$first")
    await _mark_sent(database, "a", "$second")
    async with database.read() as reader:
        assert await outbox.sent_event(reader, Oid("a")) == "$first"


async def test_stopped_parcel_is_out_of_the_way(database: Database) -> None:
    await _enqueue(database, _parcel("a"), _parcel("b"), _parcel("c"))
    await database.write(lambda t: outbox.mark_stopped(t, Oid("a"), State.DEAD, "M_FORBIDDEN"))
    await database.write(lambda t: outbox.mark_stopped(t, Oid("b"), State.HELD, "unsure"))
    async with database.read() as reader:
        assert await outbox.pending(reader) == [_parcel("c")]
        assert await outbox.count(reader) == {State.PENDING: 1, State.DEAD: 1, State.HELD: 1}


async def test_forget_deletes_what_was_sent_before(database: Database) -> None:
    await _enqueue(database, *map(_parcel, "abc"))
    await _mark_sent(database, "a", "$a", NOW)
    await _mark_sent(database, "b", "$b", NOW + timedelta(days=1))
    gone = await database.write(lambda t: retention.forget(t, DAYS, NOW + timedelta(30, 3600)))
    assert gone["outbox"] == 1
    async with database.read() as reader:
        assert await outbox.sent_event(reader, Oid("a")) is None
        assert await outbox.sent_event(reader, Oid("b")) == "$b"
        assert await outbox.pending(reader) == [_parcel("c")]


async def test_echo_tells_which_event_a_parcel_became(database: Database) -> None:
    seen = {EventId("$a"): Oid("a"), EventId("$b"): Oid("b")}
    await database.write(lambda t: echo.record(t, seen, NOW))
    await database.write(lambda t: echo.record(t, seen, NOW + timedelta(days=1)))
    await database.write(lambda t: echo.record(t, {}, NOW))
    async with database.read() as reader:
        assert await echo.event_of(reader, Oid("a")) == "$a"
        assert await echo.event_of(reader, Oid("c")) is None
        assert await echo.known(reader, [EventId("$b"), EventId("$c")]) == {"$b"}
        assert await echo.known(reader, []) == frozenset()


async def test_echo_without_sent_parcel_is_unclaimed(database: Database) -> None:
    await _enqueue(database, _parcel("a"), _parcel("b"))
    await _mark_sent(database, "a", "$a")
    seen = {EventId(f"${oid}"): Oid(oid) for oid in "abc"}
    await database.write(lambda t: echo.record(t, seen, NOW))
    async with database.read() as reader:
        assert await echo.unclaimed(reader) == {"b": "$b", "c": "$c"}


async def test_echo_forget_deletes_what_was_seen_before(database: Database) -> None:
    await database.write(lambda t: echo.record(t, {EventId("$a"): Oid("a")}, NOW))
    later = NOW + timedelta(days=1)
    await database.write(lambda t: echo.record(t, {EventId("$b"): Oid("b")}, later))
    gone = await database.write(lambda t: retention.forget(t, DAYS, later + timedelta(30)))
    assert gone["echo"] == 1
    async with database.read() as reader:
        assert await echo.known(reader, [EventId("$a"), EventId("$b")]) == {"$b"}
