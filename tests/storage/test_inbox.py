"""The inbox has one row per event, in the order of arrival, and blanks what was handled."""

from datetime import UTC, datetime, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, text

from bot.config.settings import RetentionSettings
from bot.ids import EventId, RoomId, UserId
from bot.storage import inbox, retention
from bot.storage.database import Database
from bot.storage.inbox import Entry, Outcome, State, Trace

DAYS: dict[str, int] = RetentionSettings().model_dump()
NOW = datetime(2026, 3, 24, 13, 0, tzinfo=UTC)


def _entry(name: object, **values: object) -> Entry:
    given = {"payload": {"body": f"!ping {name}"}, "received_at": NOW, **values}
    return Entry(EventId(f"${name}"), RoomId("!r"), UserId("@a"), "message", **given)  # type: ignore[arg-type]


async def _record(database: Database, *entries: Entry) -> list[Entry]:
    return await database.write(lambda t: inbox.record(t, entries))


async def test_record_returns_new_entries_in_order(database: Database) -> None:
    new = await _record(database, *map(_entry, "abc"))
    assert [(e.event_id, e.seq) for e in new] == [("$a", 1), ("$b", 2), ("$c", 3)]
    async with database.read() as reader:
        assert await inbox.waiting(reader) == new


async def test_record_knows_what_came_before(database: Database) -> None:
    await _record(database, *map(_entry, "ab"))
    new = await _record(database, *map(_entry, "cabd"))
    assert [e.event_id for e in new] == ["$c", "$d"]


async def test_record_takes_an_event_once_from_one_response(database: Database) -> None:
    assert [e.event_id for e in await _record(database, *map(_entry, "abab"))] == ["$a", "$b"]
    assert await _record(database) == []


async def test_record_takes_a_long_gap_at_once(database: Database) -> None:
    new = await _record(database, *map(_entry, range(3000)))
    assert [e.event_id for e in new] == [f"${n}" for n in range(3000)]


async def test_entry_comes_back_as_it_was(database: Database) -> None:
    late = _entry("a", is_late=True, state=State.UNREADABLE, session_id="s", payload={"é": [None]})
    (new,) = await _record(database, late)
    async with database.read() as reader:
        assert await inbox.unreadable(reader) == [new]
        assert await inbox.waiting(reader) == []
    assert new.is_late
    assert new.payload == {"é": [None]}


async def test_mark_done_blanks_payload_and_leaves_trace(database: Database) -> None:
    await _record(database, _entry("a"))

    async def work(transaction: inbox.Transaction) -> None:
        inbox.mark_done(transaction, EventId("$a"), Outcome.ANSWERED, "ping", NOW)

    await database.write(work)
    async with database.read() as reader:
        assert await inbox.waiting(reader) == []
        assert await inbox.trace(reader, EventId("$a")) == Trace(
            sender=UserId("@a"),
            room_id=RoomId("!r"),
            kind="message",
            state=State.DONE,
            outcome=Outcome.ANSWERED,
            command="ping",
            answered_by=None,
        )
        assert await inbox.trace(reader, EventId("$b")) is None
        assert (await reader.execute(text("SELECT payload FROM inbox"))).scalar() is None
        assert await inbox.known(reader, [EventId("$a"), EventId("$b")]) == {"$a"}
        assert await inbox.known(reader, []) == frozenset()


async def test_failures_and_starts_are_counted_apart(database: Database) -> None:
    await _record(database, _entry("a"))
    for expected in (1, 2):
        assert await database.write(lambda t: inbox.mark_failed(t, EventId("$a"))) == expected
    (again,) = await database.write(inbox.start_again)
    assert (again.starts, again.failures) == (2, 2)


async def test_dead_letter_keeps_payload_until_retention(database: Database) -> None:
    await _record(database, _entry("a"))
    await database.write(lambda t: inbox.mark_dead(t, EventId("$a"), "ping", NOW))
    async with database.read() as reader:
        trace = await inbox.trace(reader, EventId("$a"))
        assert trace is not None
        assert (trace.state, trace.outcome) == (State.DEAD, Outcome.BROKEN)
        assert "!ping" in str((await reader.execute(text("SELECT payload FROM inbox"))).scalar())


async def test_readable_event_waits_in_its_place(database: Database) -> None:
    await _record(database, _entry("a", state=State.UNREADABLE, session_id="s"), _entry("b"))
    await database.write(
        lambda t: inbox.mark_readable(t, EventId("$a"), "message", {"body": "!aide"})
    )
    async with database.read() as reader:
        assert [(e.event_id, e.payload, e.session_id) for e in await inbox.waiting(reader)] == [
            ("$a", {"body": "!aide"}, None),
            ("$b", {"body": "!ping b"}, None),
        ]


async def test_forget_deletes_what_was_handled_before(database: Database) -> None:
    await _record(database, *map(_entry, "abc"))

    async def work(transaction: inbox.Transaction) -> None:
        inbox.mark_done(transaction, EventId("$a"), Outcome.IGNORED, None, NOW)
        inbox.mark_done(transaction, EventId("$b"), Outcome.IGNORED, None, NOW + timedelta(days=1))

    await database.write(work)
    gone = await database.write(lambda t: retention.forget(t, DAYS, NOW + timedelta(30, 3600)))
    async with database.read() as reader:
        names = [EventId("$a"), EventId("$b"), EventId("$c")]
        assert (gone["inbox"], await inbox.known(reader, names)) == (1, {"$b", "$c"})


@settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(st.lists(st.integers(0, 12))))
async def test_however_often_events_come_each_is_kept_once(
    database: Database, responses: list[list[int]]
) -> None:
    await database.write(lambda t: t.execute(delete(inbox.inbox)))
    new = [e for names in responses for e in await _record(database, *map(_entry, names))]
    flat = [f"${name}" for names in responses for name in names]
    assert [e.event_id for e in new] == list(dict.fromkeys(flat))
    async with database.read() as reader:
        assert await inbox.waiting(reader) == new
