"""Delivery: gets one parcel to the homeserver, however often that takes, and never twice."""

import asyncio
import logging
from collections import OrderedDict, defaultdict
from collections.abc import Callable, Sequence
from datetime import timedelta
from functools import partial

from bot import crash
from bot.clock import Clock
from bot.errors import UserError
from bot.ids import EventId, Oid, RoomId, TxnId
from bot.matrix import backoff, history, wire
from bot.matrix.backoff import Sleep
from bot.matrix.batch import Echo
from bot.matrix.cipher import Cipher, NotReadyError
from bot.matrix.http import Homeserver, MatrixError, NetworkError, client_path
from bot.matrix.rooms import Rooms
from bot.matrix.session import Session
from bot.matrix.upload import NoFileError, Uploads
from bot.storage import echo, outbox
from bot.storage.database import Database
from bot.storage.outbox import Parcel, State

log = logging.getLogger(__name__)

MEMORY = timedelta(hours=20)
"""How long a homeserver is trusted to recognise a transaction id; Synapse keeps them for 24 h."""

REMEMBERED = 10_000
"""Oids of delivered parcels kept in memory, to tell a late echo from a surprising one."""


class GivenUpError(Exception):
    """A parcel will not be tried again: ``state`` is DEAD or HELD, ``reason`` says why."""

    def __init__(self, state: State, reason: str) -> None:
        super().__init__(reason)
        self.state = state
        self.reason = reason


class WithdrawnError(Exception):
    """A parcel is not to be sent: its row and its words are gone."""


class Delivery:
    """Knows how to send, when to try again, and when to look first.

    A parcel is tried again with the same transaction id, which the server recognises for a day;
    after that, or when another device may have sent it, the room's history is searched first. At
    most ``in_flight`` requests are under way in one room, and none while ``may_send()`` is False.
    """

    def __init__(
        self,
        server: Homeserver,
        database: Database,
        rooms: Rooms,
        cipher: Cipher,
        clock: Clock,
        session: Session,
        in_flight: int,
    ) -> None:
        self.sleep: Sleep = asyncio.sleep
        self.may_send: Callable[[], bool] = lambda: True
        self._server = server
        self._database = database
        self._rooms = rooms
        self._cipher = cipher
        self._uploads = Uploads(server, database)
        self._clock = clock
        self.session = session
        self.echoes: dict[Oid, EventId] = {}
        self.withdrawn: set[Oid] = set()
        self._slots: defaultdict[RoomId, asyncio.Semaphore] = defaultdict(
            lambda: asyncio.Semaphore(in_flight)
        )
        self._sent: OrderedDict[Oid, EventId] = OrderedDict()
        self._not_before = 0.0
        self._nudge = asyncio.Event()

    def note(self, echoes: Sequence[Echo]) -> None:
        """Take notice of our own events that came back, before or after we know they were sent."""
        for item in echoes:
            if item.oid not in self._sent:
                self.echoes[item.oid] = item.event_id

    def remember(self, oid: Oid, event_id: EventId) -> None:
        """Keep in mind that ``oid`` became ``event_id``."""
        self._sent[oid] = event_id
        self.echoes.pop(oid, None)
        if len(self._sent) > REMEMBERED:
            self._sent.popitem(last=False)

    def refuse_withdrawn(self, oid: Oid) -> None:
        """Raise WithdrawnError if ``oid`` is not to be sent any more."""
        if oid in self.withdrawn:
            raise WithdrawnError(oid)

    def nudge(self) -> None:
        """Try at once what waits because the homeserver was away."""
        self._nudge.set()
        self._nudge = asyncio.Event()

    async def deliver(self, parcel: Parcel) -> EventId:
        """Return the id of the parcel's event once the server has it.

        Tries for as long as it may help. Raises WithdrawnError, and GivenUpError when the server
        refuses for good, or when nobody can know whether it was sent before.
        """
        attempts, is_searched = 0, False
        while True:
            self.refuse_withdrawn(parcel.oid)
            found = self.echoes.pop(parcel.oid, None)
            if found is not None:
                return found
            try:
                async with self._slots[parcel.room_id]:
                    await self._wait_for_permission()
                    if not is_searched and self._is_doubtful(parcel):
                        earlier = await self._search(parcel)
                        if earlier is not None:
                            return earlier
                        is_searched = True
                    return await self._send(parcel)
            except (NetworkError, NotReadyError) as error:
                attempts += 1
                await self._wait(parcel, attempts, error, None)
            except MatrixError as error:
                self._judge(error)
                attempts += 1
                await self._wait(parcel, attempts, error, error.retry_after)

    async def _send(self, parcel: Parcel) -> EventId:
        target = await self._target_of(parcel)
        txn_id = self.txn_id_of(parcel)
        is_encrypted = parcel.event_type != wire.LEAVE and await self._is_encrypted(parcel.room_id)
        try:
            parcel = await self._uploads.complete(parcel, is_encrypted=is_encrypted)
        except (NoFileError, UserError) as error:
            raise GivenUpError(State.DEAD, str(error)) from error
        if not self.may_send():
            # Another process may be sending this by now.
            raise NotReadyError("this process does not surely act for the bot")
        crash.point("send.before_request")
        try:
            event_id = await wire.put(
                self._server, self._cipher, parcel, txn_id, target, is_encrypted=is_encrypted
            )
        except MatrixError as error:
            if error.errcode == "M_DUPLICATE_ANNOTATION":
                # Only a reaction of ours can be in the way of the same reaction of ours.
                return EventId("")
            raise
        crash.point("send.after_request")
        return event_id

    def txn_id_of(self, parcel: Parcel) -> TxnId:
        """Return the transaction id of ``parcel``: the same at each attempt on this device."""
        return wire.txn_id_of(self.session.epoch, parcel)

    async def _is_encrypted(self, room: RoomId) -> bool:
        """Return whether the room is encrypted; raises NotReadyError if that is not known yet."""
        if room not in self._rooms:
            # The stream will tell of it soon, or the bot was removed: then this is refused.
            await self._server.request("GET", client_path("rooms", room, "joined_members"))
            raise NotReadyError("the stream has not told of the room yet")
        return self._rooms.is_encrypted(room)

    def _is_doubtful(self, parcel: Parcel) -> bool:
        if parcel.event_type in (wire.REDACTION, wire.LEAVE):
            return False
        return parcel.is_uncertain or self._clock.now() - parcel.created_at > MEMORY

    async def _search(self, parcel: Parcel) -> EventId | None:
        """Return the event that the parcel already became; raises GivenUpError if nobody can know.

        What is known to be another parcel need not be readable. The other device of the bot gave us
        its keys, but perhaps we do not know that device yet: then upkeep asks for it.
        """
        find = partial(
            history.find,
            self._server,
            self._cipher,
            self.session.user_id,
            parcel.room_id,
            parcel.oid,
            parcel.created_at,
        )
        try:
            return await find()
        except history.NotReadableError:
            await self._cipher.upkeep()
        try:
            return await find()
        except history.NotReadableError as error:
            known = await self._database.patiently(partial(self._known, error.event_ids))
            if known.issuperset(error.event_ids):
                return None
            # Prefer a gap to a duplicate: a person decides.
            raise GivenUpError(State.HELD, str(error)) from error

    async def _known(self, event_ids: list[EventId]) -> frozenset[EventId]:
        async with self._database.read() as snapshot:
            return await outbox.sent_events(snapshot, event_ids) | await echo.known(
                snapshot, event_ids
            )

    async def _target_of(self, parcel: Parcel) -> EventId | None:
        if parcel.target is None or not parcel.target.startswith("oid:"):
            return EventId(parcel.target) if parcel.target is not None else None
        oid = Oid(parcel.target.removeprefix("oid:"))
        known = self._sent.get(oid)
        if known is None:

            async def look() -> EventId | None:
                async with self._database.read() as snapshot:
                    return await outbox.sent_event(snapshot, oid)

            known = await self._database.patiently(look)
        if not known:
            raise GivenUpError(State.DEAD, "what it relates to was never sent")
        return known

    def _judge(self, error: MatrixError) -> None:
        """Return if trying again may help; raises GivenUpError if the server refuses for good."""
        if error.is_temporary or error.status == 401:
            if error.status == 429 and error.retry_after is not None:
                until = self._clock.monotonic() + error.retry_after
                self._not_before = max(self._not_before, until)
            return
        raise GivenUpError(State.DEAD, str(error)[:500]) from error

    async def _wait_for_permission(self) -> None:
        seconds = self._not_before - self._clock.monotonic()
        if seconds > 0:
            await self.sleep(seconds)

    async def _wait(
        self, parcel: Parcel, attempt: int, error: Exception, retry_after: float | None
    ) -> None:
        seconds = backoff.delay(attempt, retry_after)
        log.warning("event=send_failed oid=%s attempt=%d wait=%.1f reason=%r", parcel.oid,
                    attempt, seconds, str(error)[:200])  # fmt: skip
        if retry_after is not None:
            await self.sleep(seconds)
        else:
            await backoff.sleep_until(self._nudge, seconds, self.sleep)
