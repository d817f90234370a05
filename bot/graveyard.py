"""Graveyard: remembers who was forgotten outside the database too, for when a backup comes back.

The database and a file beside the session hold the same tombstones. One that only the file knows
was laid after the copy was made that the database was restored from: then it is done again. One
that only the database knows was laid just before a crash; and where even that was not done yet,
the sweep that is planned with every erasure tells of it.
"""

import asyncio
import logging
import os
from datetime import datetime
from functools import partial

import orjson

from bot.clock import Clock
from bot.config.settings import StorageSettings
from bot.ids import ANONYMOUS, UserId
from bot.pseudonym import Pseudonyms
from bot.services.erasure import Erased, erase, unswept
from bot.services.outgoing import Outgoing
from bot.storage import erasure, subject, wal
from bot.storage.database import Database
from bot.storage.erasure import Tombstone
from bot.storage.transaction import Transaction

log = logging.getLogger(__name__)

FILE_NAME = "erasures"


class Graveyard:
    """Keeps tombstones in ``database`` and in a file beside the session."""

    def __init__(
        self,
        database: Database,
        settings: StorageSettings,
        pseudonyms: Pseudonyms,
        clock: Clock,
    ) -> None:
        self._database = database
        self._url = settings.url.get_secret_value()
        self._file = settings.data_dir / FILE_NAME
        self._pseudonyms = pseudonyms
        self._clock = clock

    async def bury(self, erased: Erased) -> None:
        """Remember ``erased`` in both places, and take its words out of the log of the database."""
        is_empty = await self._lay([self._stone(erased)])
        log.info("event=erased is_log_empty=%s", is_empty)

    async def replay(self) -> int:
        """Do again what a restored backup does not know of; return how many were forgotten anew.

        To be called before anything is sent or handled.
        """
        filed = await asyncio.to_thread(self._read)
        async with self._database.read() as snapshot:
            known = await erasure.all_of(snapshot)
            known |= {self._stone(item) for item in await unswept(snapshot)}
            people = await subject.everybody(snapshot) if filed - known else frozenset()
        if known - filed:
            await self._lay(sorted(known - filed, key=lambda item: item.erased_at))
        by_pseudonym = {self._pseudonym(user): user for user in people if user != ANONYMOUS}
        again = 0
        for item in sorted(filed - known, key=lambda item: item.erased_at):
            user = by_pseudonym.get(item.pseudonym)
            again += user is not None
            await self._database.write_patiently(partial(self._again, item, user))
        if again:
            await wal.empty(self._url)
            log.warning("event=erasures_replayed count=%d", again)
        return again

    async def _lay(self, items: list[Tombstone]) -> bool:
        """Note ``items`` in both places; return whether the log of the database was emptied.

        The file comes last: after a crash, what it does not hold is done from the beginning.
        """
        for item in items:
            await self._database.write_patiently(partial(_note, item))
        is_empty = await wal.empty(self._url)
        await asyncio.to_thread(self._write, items)
        return is_empty

    async def _again(self, item: Tombstone, user: UserId | None, transaction: Transaction) -> None:
        now = self._clock.now()
        if user is not None:
            outgoing = Outgoing(transaction, f"erasure:{item.pseudonym}:{now.isoformat()}", now)
            await erase(transaction, outgoing, user, now, keeps_words=item.keeps_words)
        await erasure.note(transaction, item)

    def _stone(self, erased: Erased) -> Tombstone:
        return Tombstone(self._pseudonym(erased.user), erased.at, erased.keeps_words)

    def _pseudonym(self, user: UserId) -> str:
        return self._pseudonyms.of("erasure", user)

    def _read(self) -> frozenset[Tombstone]:
        try:
            lines = self._file.read_bytes().splitlines()
        except FileNotFoundError:
            return frozenset()
        return frozenset(_tombstone(line) for line in lines if line.endswith(b"}"))

    def _write(self, items: list[Tombstone]) -> None:
        """Append ``items``, each a line, safe on the disk."""
        if not items:
            return
        descriptor = os.open(self._file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        with os.fdopen(descriptor, "ab") as file:
            for item in items:
                # A line that a crash cut off is ended first; it is no tombstone.
                file.write(b"\n" + orjson.dumps(item) + b"\n")
            file.flush()
            os.fsync(file.fileno())


async def _note(item: Tombstone, transaction: Transaction) -> None:
    await erasure.note(transaction, item)


def _tombstone(line: bytes) -> Tombstone:
    row = orjson.loads(line)
    erased_at = datetime.fromisoformat(row["erased_at"])
    return Tombstone(row["pseudonym"], erased_at, bool(row["keeps_words"]))
