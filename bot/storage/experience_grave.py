"""Experience grave: what was withdrawn, so that a file which still holds it does not bring it back.

Nothing of an experience is here, nor of whom it was: only a digest of the event or the key in a
file that it came from.
"""

import hashlib
from collections.abc import Sequence

from sqlalchemy import Column, Table, Text, select

from bot.ids import EventId
from bot.storage.insert import insert_new
from bot.storage.personal import NOBODY, Erasure, Purpose, Until, personal
from bot.storage.table import metadata
from bot.storage.transaction import Reader, Transaction

experience_grave = Table(
    "experience_grave",
    metadata,
    Column("digest", Text, primary_key=True, info=NOBODY),
    info=personal(Purpose.PROTECT, Erasure.NONE, until=Until.ALWAYS),
)

_PORTION = 500


async def note(transaction: Transaction, source: EventId) -> None:
    """Remember that what came from ``source`` was withdrawn; noted twice, it is kept once."""
    statement = insert_new(transaction, experience_grave, "digest")
    await transaction.execute(statement, {"digest": _digest(source)})


async def among(reader: Reader, sources: Sequence[EventId]) -> frozenset[EventId]:
    """Return those of ``sources`` of which something was withdrawn."""
    by_digest = {_digest(source): source for source in sources}
    digests = list(by_digest)
    found: set[EventId] = set()
    for start in range(0, len(digests), _PORTION):
        few = digests[start : start + _PORTION]
        column = experience_grave.c.digest
        rows = await reader.execute(select(column).where(column.in_(few)))
        found |= {by_digest[str(row[0])] for row in rows}
    return frozenset(found)


def _digest(source: EventId) -> str:
    return hashlib.sha256(f"experience\0{source}".encode()).hexdigest()[:32]
