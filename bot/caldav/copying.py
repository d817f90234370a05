"""Copying: brings a calendar server to show the meetings of some rooms as they are.

Each object has its name from its UID, and its row is durable before it is sent: killed at any
moment, the same is written again over itself. The bot is right: what others change there is
overwritten when the meeting changes.
"""

import asyncio
import hashlib
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field

from bot.caldav.server import (
    ABSENT,
    AwayError,
    CalendarServer,
    ConflictError,
    LoginError,
    Present,
    RefusedError,
)
from bot.clock import Clock
from bot.ids import RoomId
from bot.matrix import backoff
from bot.matrix.backoff import Sleep
from bot.matrix.http import MatrixError, NetworkError
from bot.services import calendar_copy as rules
from bot.services.icalendar import writing
from bot.services.icalendar.writing import Entry
from bot.storage import calendar_copy
from bot.storage.calendar_copy import Copy
from bot.storage.database import Database

log = logging.getLogger(__name__)

EVERY = 60.0
"""Seconds between two looks at what changed; one costs milliseconds."""

AFTER_REFUSAL = 600.0
"""Seconds until an account or a room that is wrong is tried again: a person has to mend it."""


class UnknownRoomError(Exception):
    """A room of the configuration is not known to the homeserver."""


@dataclass(slots=True)
class Copying:
    """Writes the meetings of ``rooms`` (ids or aliases) to ``server``.

    ``room_of`` asks the homeserver for the room of an alias.
    """

    server: CalendarServer
    database: Database
    clock: Clock
    rooms: Sequence[str]
    room_of: Callable[[str], Awaitable[RoomId | None]]
    sleep: Sleep = asyncio.sleep
    _found: dict[str, RoomId] = field(default_factory=dict)
    _refused: dict[str, str] = field(default_factory=dict)

    async def run(self) -> None:
        """Copy what changed, again and again, until cancelled; whatever fails is tried again."""
        failures = 0
        try:
            while True:
                seconds = EVERY
                try:
                    await self.copy()
                    failures = 0
                except (AwayError, NetworkError, MatrixError) as error:
                    failures += 1
                    asked = error.retry_after if not isinstance(error, NetworkError) else None
                    seconds = backoff.delay(failures, asked)
                    log.warning("event=calendar_away wait=%.0f reason=%r", seconds, str(error))
                except (LoginError, UnknownRoomError) as error:
                    seconds = AFTER_REFUSAL
                    log.warning("event=calendar_refused remedy=%r", _remedy(error))
                except Exception:
                    seconds = AFTER_REFUSAL
                    log.exception("event=calendar_failed")
                await self.sleep(seconds)
        finally:
            await self.server.close()

    async def copy(self) -> None:
        """Bring the server up to date once.

        Raises AwayError and LoginError of the server, the errors of the homeserver while an alias
        cannot be asked for, and UnknownRoomError: before all rooms are known nothing is changed.
        """
        rooms = await self._rooms()
        async with self.database.read() as snapshot:
            places = await rules.followed(snapshot, rooms)
            given = await rules.given(snapshot, self.server.url, places, self.clock.now())
        work = await asyncio.to_thread(rules.work, given)
        for entry, version in work.written:
            if self._refused.get(entry.item.uid) != version:
                await self._attempt(self._write(entry, version, given.copies), entry.item.uid,
                                    version)  # fmt: skip
        for copy in work.gone:
            if self._refused.get(copy.uid) != "":
                await self._attempt(self._delete(copy), copy.uid, "")

    async def _rooms(self) -> list[RoomId]:
        for name in self.rooms:
            if name not in self._found:
                found = RoomId(name) if name.startswith("!") else await self.room_of(name)
                if found is None:
                    raise UnknownRoomError(name)
                self._found[name] = found
        return list(self._found.values())

    async def _attempt(self, act: Awaitable[None], uid: str, version: str) -> None:
        """Do ``act``; what is refused for good is left until it is another version, or a start."""
        try:
            await act
        except RefusedError as error:
            self._refused[uid] = version
            log.warning("event=calendar_object_refused status=%d uid=%s", error.status, uid)
        except ConflictError:
            # Somebody else writes there at this very moment: the next look finds it again.
            log.warning("event=calendar_conflict uid=%s", uid)

    async def _write(self, entry: Entry, version: str, copies: dict[str, Copy]) -> None:
        uid = entry.item.uid
        known = copies.get(uid)
        if known is None:
            known = Copy(self.server.url, uid)
            await self._note(known)
        data = await asyncio.to_thread(writing.write_resource, entry)
        name = name_of(uid)
        before = ABSENT if known.etag is None else Present(True, known.etag)
        try:
            etag = await self.server.put(name, data, before)
        except ConflictError:
            log.info("event=calendar_overwritten uid=%s", uid)
            etag = await self.server.put(name, data, await self.server.find(name))
        await self._note(Copy(self.server.url, uid, version, etag))

    async def _delete(self, copy: Copy) -> None:
        name = name_of(copy.uid)
        try:
            await self.server.delete(name, Present(True, copy.etag))
        except ConflictError:
            found = await self.server.find(name)
            if found.is_there:
                await self.server.delete(name, found)
        await self.database.write_patiently(lambda t: calendar_copy.remove(t, copy))

    async def _note(self, copy: Copy) -> None:
        await self.database.write_patiently(lambda t: calendar_copy.put(t, copy))


def name_of(uid: str) -> str:
    """Return the name of the object of a meeting: stable, and fit for every address."""
    return f"{hashlib.sha256(uid.encode()).hexdigest()[:40]}.ics"


def _remedy(error: LoginError | UnknownRoomError) -> str:
    if isinstance(error, LoginError):
        return "correct caldav.user and the password in caldav.password_file"
    return f"create {error}, or correct caldav.rooms"
