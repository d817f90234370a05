"""Repair: what the program itself can do about a finding, if the operator agrees."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from bot.check.finding import Finding, Phrase, phrase
from bot.config.settings import StorageSettings
from bot.errors import OperatorError
from bot.lock import only_process
from bot.storage.backup import backups, rotate
from bot.storage.restore import rehearse, restore

KEPT = 3
"""Copies of the database that stay when a full disk is cleared."""


@dataclass(frozen=True, slots=True)
class Repair:
    """``offer`` asks the operator; ``act`` does it and returns what was done.

    ``act`` raises OperatorError where it cannot be done.
    """

    offer: Phrase
    act: Callable[[], Awaitable[Phrase]]


def repairs(finding: Finding, storage: StorageSettings, now: datetime) -> Iterator[Repair]:
    """Yield what can be done about ``finding``; nothing for what only a person can do."""
    if finding.is_good:
        return
    match finding.detail.message_id:
        case "cli.check.data_dir.open":
            yield _close(storage.data_dir)
        case "cli.check.database.no_place":
            place = Path(storage.url.get_secret_value().removeprefix("sqlite:///")).parent
            yield _make(place)
        case "cli.check.database.damaged":
            yield from _put_back(storage, now)
        case "cli.check.disk.free" if len(backups(storage.backup_dir)) > KEPT:
            yield _clear(storage.backup_dir)


def _close(data_dir: Path) -> Repair:
    async def act() -> Phrase:
        await asyncio.to_thread(data_dir.chmod, 0o700)
        return phrase("cli.doctor.closed", path=data_dir)

    return Repair(phrase("cli.doctor.close", path=data_dir), _guarded(act))


def _make(place: Path) -> Repair:
    async def act() -> Phrase:
        await asyncio.to_thread(place.mkdir, 0o700, parents=True, exist_ok=True)
        return phrase("cli.doctor.made", path=place)

    return Repair(phrase("cli.doctor.make", path=place), _guarded(act))


def _clear(directory: Path) -> Repair:
    async def act() -> Phrase:
        gone = await asyncio.to_thread(rotate, directory, KEPT)
        return phrase("cli.doctor.cleared", count=len(gone))

    offer = phrase("cli.doctor.clear", count=len(backups(directory)) - KEPT, path=directory)
    return Repair(offer, _guarded(act))


def _put_back(storage: StorageSettings, now: datetime) -> Iterator[Repair]:
    newest = backups(storage.backup_dir)
    if not newest:
        return

    async def act() -> Phrase:
        with only_process(storage.data_dir):
            sound = await _sound(newest, now)
            await restore(storage.url.get_secret_value(), sound, now=now)
            return phrase("cli.doctor.put_back", path=sound)

    yield Repair(phrase("cli.doctor.put_back_offer", path=newest[0]), _guarded(act))


async def _sound(copies: list[Path], now: datetime) -> Path:
    """Return the newest copy that can be restored; raises OperatorError if none can."""
    for copy in copies:
        try:
            await rehearse(copy, now=now)
        except OperatorError as error:
            refusal = error
        else:
            return copy
    raise refusal


def _guarded(act: Callable[[], Awaitable[Phrase]]) -> Callable[[], Awaitable[Phrase]]:
    async def guarded() -> Phrase:
        try:
            return await act()
        except OSError as error:
            raise OperatorError(f"{error.filename}: {error.strerror}") from error

    return guarded
