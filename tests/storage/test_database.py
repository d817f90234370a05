"""Group commits: units share a commit, and each is still all or nothing."""

import asyncio
import sqlite3
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, insert, select, text
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.ext.asyncio import create_async_engine

from bot.errors import UserError
from bot.ids import Oid, RoomId
from bot.storage import outbox
from bot.storage.database import Database
from bot.storage.outbox import Parcel
from bot.storage.sync_position import sync_position as table
from bot.storage.transaction import Transaction
from bot.storage.trouble import trouble

NOW = datetime(2026, 3, 24, 13, 0, tzinfo=UTC)

_insert = insert(table)


def _row(name: object) -> dict[str, object]:
    return {"device_id": f"D{name}", "token": "t", "saved_at": NOW}


async def _names(database: Database) -> set[str]:
    async with database.read() as reader:
        return {str(row[0]) for row in await reader.execute(select(table.c.device_id))}


async def test_write_returns_result_of_work(database: Database) -> None:
    async def work(transaction: Transaction) -> str:
        await transaction.execute(_insert, _row(1))
        return "done"

    assert await database.write(work) == "done"
    assert await _names(database) == {"D1"}


async def test_failing_unit_leaves_no_trace_and_others_stay(database: Database) -> None:
    announced = _listen(database)

    async def work(transaction: Transaction, number: int) -> int:
        await transaction.execute(_insert, _row(number))
        transaction.defer(_insert, _row(f"later{number}"))
        transaction.announce(number)
        if number % 3 == 0:
            raise UserError("test.refused", number=number)
        return number

    results = await asyncio.gather(
        *(database.write(lambda t, n=n: work(t, n)) for n in range(30)), return_exceptions=True
    )
    good = [n for n in range(30) if n % 3]
    assert [r for r in results if isinstance(r, int)] == good
    assert sum(isinstance(r, UserError) for r in results) == 10
    assert await _names(database) == {f"D{n}" for n in good} | {f"Dlater{n}" for n in good}
    assert sorted(announced) == good


async def test_failing_statement_leaves_no_trace_and_others_stay(database: Database) -> None:
    async def work(transaction: Transaction, number: int) -> None:
        await transaction.execute(_insert, _row(number))
        if number == 5:
            await transaction.execute(_insert, _row(number))

    results = await asyncio.gather(
        *(database.write(lambda t, n=n: work(t, n)) for n in range(10)), return_exceptions=True
    )
    assert [n for n, r in enumerate(results) if isinstance(r, IntegrityError)] == [5]
    assert await _names(database) == {f"D{n}" for n in range(10) if n != 5}


async def test_failing_deferred_row_fails_its_own_unit_only(database: Database) -> None:
    announced = _listen(database)

    async def work(transaction: Transaction, number: int) -> None:
        transaction.defer(_insert, _row(1 if number == 4 else number))
        transaction.announce(number)

    results = await asyncio.gather(
        *(database.write(lambda t, n=n: work(t, n)) for n in range(8)), return_exceptions=True
    )
    assert [n for n, r in enumerate(results) if r is not None] == [4]
    assert await _names(database) == {f"D{n}" for n in range(8) if n != 4}
    assert sorted(announced) == [n for n in range(8) if n != 4]


async def test_deferred_rows_are_written_in_order(database: Database) -> None:
    async def work(transaction: Transaction, number: int) -> None:
        for part in range(3):
            outbox.enqueue(transaction, _parcel(f"{number}.{part}"))

    await asyncio.gather(*(database.write(lambda t, n=n: work(t, n)) for n in range(20)))
    async with database.read() as reader:
        sent = [parcel.oid for parcel in await outbox.pending(reader)]
    assert sent == [f"{n}.{part}" for n in range(20) for part in range(3)]


async def test_failed_commit_calls_nobody_and_tells_the_waiting(database: Database) -> None:
    announced = _listen(database)

    async def work(transaction: Transaction) -> None:
        transaction.announce("committed")
        transaction.defer(_insert, {**_row(1), "saved_at": None})

    with pytest.raises(IntegrityError):
        await database.write(work)
    assert announced == []
    assert await _names(database) == set()


async def test_400_concurrent_writes_lose_none(database: Database) -> None:
    async def work(transaction: Transaction, number: int) -> None:
        await transaction.execute(_insert, _row(number))

    await asyncio.gather(*(database.write(lambda t, n=n: work(t, n)) for n in range(400)))
    assert await _names(database) == {f"D{n}" for n in range(400)}


async def test_two_writers_lose_none(database: Database, database_url: str) -> None:
    async def work(transaction: Transaction, number: int) -> None:
        await transaction.execute(_insert, _row(number))

    other = Database(database_url)
    both = (database, other)
    await asyncio.gather(*(both[n % 2].write(lambda t, n=n: work(t, n)) for n in range(100)))
    await other.close()
    assert await _names(database) == {f"D{n}" for n in range(100)}


async def test_read_sees_one_moment(database: Database) -> None:
    async def work(transaction: Transaction) -> None:
        await transaction.execute(_insert, _row(1))

    count = select(func.count()).select_from(table)
    async with database.read() as reader:
        before = (await reader.execute(count)).scalar()
        await database.write(work)
        after = (await reader.execute(count)).scalar()
    assert (before, after) == (0, 0)
    assert await _names(database) == {"D1"}


async def test_cancelled_writer_is_still_committed(database: Database) -> None:
    started = asyncio.Event()

    async def work(transaction: Transaction) -> None:
        started.set()
        await transaction.execute(_insert, _row(1))

    task = asyncio.create_task(database.write(work))
    await started.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await database.close()
    assert await _names(database) == {"D1"}


@settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(st.tuples(st.sampled_from(["ok", "raise", "clash", "late"]), st.integers(0, 5))))
async def test_units_are_all_or_nothing(database: Database, units: list[tuple[str, int]]) -> None:
    await database.write(lambda t: t.execute(text("DELETE FROM sync_position")))
    kept: list[str] = []

    async def work(transaction: Transaction, place: int, kind: str, name: int) -> None:
        await transaction.execute(_insert, _row(f"{place}a"))
        if kind == "clash":
            await transaction.execute(_insert, _row(f"shared{name}"))
        if kind == "late":
            transaction.defer(_insert, _row(f"shared{name}"))
        transaction.defer(_insert, _row(f"{place}b"))
        if kind == "raise":
            raise UserError("test.refused")

    results = await asyncio.gather(
        *(database.write(lambda t, i=i, u=u: work(t, i, *u)) for i, u in enumerate(units)),
        return_exceptions=True,
    )
    for place, result in enumerate(results):
        if not isinstance(result, Exception):
            kept += [f"D{place}a", f"D{place}b"]
    names = await _names(database)
    assert {name for name in names if "shared" not in name} == set(kept)
    # Of those that wanted the same row exactly one got it.
    wanted = {f"Dshared{name}" for kind, name in units if kind in {"clash", "late"}}
    assert {name for name in names if "shared" in name} == wanted


async def test_locked_database_is_told_to_operator(tmp_path: Path) -> None:
    path = tmp_path / "bot.db"
    holder = sqlite3.connect(path, isolation_level=None)
    holder.execute("CREATE TABLE kept (name)")
    holder.execute("BEGIN IMMEDIATE")
    engine = create_async_engine(f"sqlite+aiosqlite:///{path}", connect_args={"timeout": 0})
    with pytest.raises(DBAPIError) as caught:
        async with engine.begin() as connection:
            await connection.execute(text("INSERT INTO kept VALUES (1)"))
    await engine.dispose()
    holder.close()
    assert "locked by another program" in str(trouble(caught.value))


async def test_full_disk_is_told_to_operator_and_loses_nothing(tmp_path: Path) -> None:
    opened = Database(f"sqlite:///{tmp_path / 'bot.db'}")
    create = text("CREATE TABLE kept (name TEXT)")
    await opened.write(lambda t: t.execute(create))
    await opened.write(lambda t: t.execute(text("PRAGMA max_page_count = 10")))

    async def fill(transaction: Transaction) -> None:
        await transaction.execute(text("INSERT INTO kept VALUES ('before')"))
        await transaction.execute(text("INSERT INTO kept VALUES (:big)"), {"big": "x" * 100_000})

    with pytest.raises(DBAPIError) as caught:
        await opened.write(fill)
    assert "disk is full" in str(trouble(caught.value))
    await opened.write(lambda t: t.execute(text("INSERT INTO kept VALUES ('after')")))
    async with opened.read() as reader:
        rows = [row[0] for row in await reader.execute(text("SELECT name FROM kept"))]
    await opened.close()
    assert rows == ["after"]


def _listen(database: Database) -> list[Any]:
    """Return the list to which everything is added that is announced after a commit."""
    announced: list[Any] = []
    database.on_announced = announced.extend
    return announced


def _parcel(oid: str) -> Parcel:
    return Parcel(Oid(oid), RoomId("!r"), "!r", "m.room.message", {"body": "x"}, NOW)
