"""Meaning: keeps a vector of each experience up to date, in the background."""

import asyncio
import logging
from collections.abc import Iterable, Sequence
from typing import Protocol

from bot.encoder import EXTRA
from bot.ports import Encoder
from bot.services import experience_meaning
from bot.storage import experience, experience_nearby, experience_vector
from bot.storage.database import Database
from bot.storage.transaction import Transaction

log = logging.getLogger(__name__)

_AT_ONCE = 16
"""Experiences encoded together: about 0.1 s, for which a search waits at most."""


class LoadableEncoder(Encoder, Protocol):
    """An encoder whose model is loaded before it is ready."""

    async def load(self) -> None:
        """Load the model; raises whatever goes wrong."""
        ...

    def close(self) -> None:
        """End it."""
        ...


class Meaning:
    """Makes the vectors that are missing: of what is told, of what was told before the extra came.

    What a crash left undone is found at the next start, because it is missing then.
    """

    def __init__(self, database: Database, encoder: LoadableEncoder) -> None:
        self.encoder = encoder
        self._database = database
        self._told: dict[int, None] = {}
        self._awake = asyncio.Event()

    def add(self, numbers: Iterable[int]) -> None:
        """Make the vectors of experiences that have new words."""
        self._told.update(dict.fromkeys(numbers))
        if self._told:
            self._awake.set()

    async def run(self) -> None:
        """Load the model and make what is missing, until cancelled; a failure only ends this."""
        try:
            await self.encoder.load()
            log.info("event=encoder_ready model=%s", self.encoder.model)
            await self._database.patiently(self.catch_up)
            while True:
                await self._awake.wait()
                self._awake.clear()
                await self._database.patiently(self.encode_told)
        except Exception:
            # Everything else works without it.
            log.exception(
                "event=encoder_failed remedy=%r", f"pip install --force-reinstall '{EXTRA}'"
            )
        finally:
            self.encoder.close()

    async def catch_up(self) -> int:
        """Make what is missing, the newest first; return how many there were."""
        count, before = 0, None
        while True:
            async with self._database.read() as snapshot:
                numbers = await experience_nearby.missing(
                    snapshot, self.encoder.model, _AT_ONCE, before
                )
            if not numbers:
                if count:
                    log.info("event=experiences_encoded count=%d", count)
                return count
            await self.encode_these(numbers)
            count, before = count + len(numbers), min(numbers)

    async def encode_told(self) -> None:
        """Make the vectors of what was added."""
        while self._told:
            numbers = list(self._told)[:_AT_ONCE]
            for number in numbers:
                del self._told[number]  # now: one that changes meanwhile is added anew
            try:
                await self.encode_these(numbers)
            except BaseException:
                self._told.update(dict.fromkeys(numbers))
                raise

    async def encode_these(self, numbers: Sequence[int]) -> None:
        """Make the vectors of ``numbers``; of words that change meanwhile none is kept."""
        async with self._database.read() as snapshot:
            items = await experience.get_all(snapshot, numbers)
        said = {item.id: experience_meaning.passages(item.told) for item in items}
        vectors = await self.encoder.encode(list(said.values()))
        made = dict(zip(said, vectors, strict=True))

        async def keep(transaction: Transaction) -> None:
            now = await experience.get_all(transaction, numbers)
            is_same = {
                item.id
                for item in now
                if experience_meaning.passages(item.told) == said.get(item.id)
            }
            kept = {number: made[number] for number in made if number in is_same}
            await experience_vector.write(transaction, self.encoder.model, kept)

        await self._database.write(keep)
