"""Unreadable: tries again what was journalled as ciphertext, when its room key has come."""

from collections.abc import Collection
from dataclasses import replace
from functools import partial

from bot.matrix.batch import Unreadable
from bot.matrix.journal import Journal
from bot.model import Event, kind_of, to_payload
from bot.storage import inbox, unreadable
from bot.storage.database import Database
from bot.storage.inbox import Entry, State
from bot.storage.transaction import Transaction


async def read_again(
    database: Database, journal: Journal, sessions: Collection[str] | None = None
) -> list[Entry]:
    """Decrypt what waits for the room keys ``sessions``, for any if None; return what can be read.

    Each becomes an entry like any other, in its old place; what turns out to be nothing for the bot
    is deleted. What still cannot be read stays.
    """
    waiting = await database.patiently(partial(_waiting, database))
    picked: dict[str, tuple[Entry, Event | None]] = {}
    for entry in waiting:
        if sessions is not None and entry.session_id not in sessions:
            continue
        found = journal.pick(entry.payload, entry.room_id, entry.received_at)
        if not isinstance(found, Unreadable):
            picked[entry.event_id] = (entry, found if isinstance(found, Event) else None)
    if not picked:
        return []

    async def work(transaction: Transaction) -> list[Entry]:
        events = [event for _, event in picked.values() if event is not None]
        wanted = {event.event_id for event in await journal.tracked(transaction, events)}
        readable = [
            _readable(entry, event)
            for entry, event in picked.values()
            if event is not None and event.event_id in wanted
        ]
        for entry in readable:
            await inbox.mark_readable(transaction, entry.event_id, entry.kind, entry.payload)
        nothing = [entry.event_id for entry, _ in picked.values() if entry.event_id not in wanted]
        await unreadable.let_go(transaction, nothing)
        return readable

    readable = await database.write_patiently(work)
    await journal.keep(readable)
    return readable


async def _waiting(database: Database) -> list[Entry]:
    async with database.read() as snapshot:
        return await inbox.unreadable(snapshot)


def _readable(entry: Entry, event: Event) -> Entry:
    return replace(
        entry,
        kind=kind_of(event),
        payload=to_payload(event),
        state=State.WAITING,
        session_id=None,
    )
