"""Experience vector: what an experience means, as numbers that the model of an extra made of it.

A vector tells something of the words it was made of, and so goes with them: when they change, when
the experience is withdrawn and when its author is forgotten.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Column, ForeignKey, LargeBinary, Table, Text, delete

from bot.storage.insert import upsert
from bot.storage.personal import FACT, NOBODY, WORDS, Belongs, Erasure, Purpose, Until, personal
from bot.storage.table import metadata
from bot.storage.transaction import Transaction

experience_vector = Table(
    "experience_vector",
    metadata,
    Column(
        "experience_id",
        ForeignKey("experience.id", ondelete="CASCADE"),
        primary_key=True,
        info=FACT,
    ),
    Column("model", Text, nullable=False, info=NOBODY),
    Column("vector", LargeBinary, nullable=False, info=WORDS),
    info=personal(
        Purpose.MEMORY,
        Erasure.CHOSEN,
        until=Until.REMOVED,
        belongs=Belongs("experience_id", "experience"),
    ),
)


@dataclass(frozen=True, slots=True)
class Told:
    """``E<number>`` has new words; announced with the commit, for whoever makes vectors."""

    number: int


async def write(transaction: Transaction, model: str, vectors: Mapping[int, bytes]) -> None:
    """Keep the ``vectors`` of experiences that are there, instead of what they had."""
    rows = [
        {"experience_id": number, "model": model, "vector": vector}
        for number, vector in vectors.items()
    ]
    if rows:
        statement = upsert(transaction, experience_vector, ("experience_id",), "model", "vector")
        await transaction.execute(statement, rows)


async def remove(transaction: Transaction, number: int) -> None:
    """Forget what ``E<number>`` meant: its words change or go."""
    table = experience_vector
    await transaction.execute(delete(table).where(table.c.experience_id == number))
