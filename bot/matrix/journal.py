"""Journal: picks what is addressed to the bot out of a sync answer, and makes it durable (T1)."""

import logging
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import orjson

from bot import crash
from bot.address import Address
from bot.ids import DeviceId, EventId, Oid, RoomId, SyncToken, UserId
from bot.matrix import entry, media, parse
from bot.matrix.batch import Batch, Echo, Picked, Sealed, Unreadable
from bot.matrix.cipher import Cipher, UnreadableError
from bot.matrix.departure import leave
from bot.matrix.discretion import discreet
from bot.matrix.mark import Marks, Written
from bot.matrix.rooms import Rooms
from bot.matrix.tracking import tracked
from bot.matrix.waiting import within_limits
from bot.model import Event, Membership, Message, Reaction, Redaction, Upgrade
from bot.storage import (
    echo,
    inbox,
    room,
    sync_position,
    unreadable,
)
from bot.storage.database import Database
from bot.storage.transaction import Transaction

log = logging.getLogger(__name__)

ANSWERABLE = ("m.text", "m.emote")
"""Message types that can be commands; a notice is never answered (Matrix 1.16, ``m.notice``)."""

TOKEN_LAG = timedelta(seconds=2)
"""How long the saved token may stay behind while nothing comes that is for the bot."""


class Journal:
    """Reads raw events, writes the journal; what is not addressed to the bot leaves no trace."""

    def __init__(
        self,
        database: Database,
        rooms: Rooms,
        address: Address,
        cipher: Cipher,
        marks: Marks | None = None,
        withheld: frozenset[str] = frozenset(),
    ) -> None:
        self._database = database
        self.rooms = rooms
        self._address = address
        self._cipher = cipher
        self.marks = marks or Marks(database)
        self._withheld = withheld
        self._echoes: dict[EventId, Oid] = {}
        self._saved_at: datetime | None = None
        self.quarantined = 0

    def pick(self, raw: object, room_id: RoomId, now: datetime) -> Picked | None:
        """Return what a raw event of the server is to the bot; None for nothing. Never raises."""
        try:
            return self._read(parse.mapping_of(raw), room_id, now)
        except UnreadableError:
            return None
        except parse.MalformedEventError as error:
            self._quarantine(raw, room_id, error)
        except Exception as error:  # noqa: BLE001  whatever a server sends must not stop the sync
            self._quarantine(raw, room_id, error)
        return None

    def _quarantine(self, raw: object, room_id: RoomId, error: Exception) -> None:
        self.quarantined += 1
        event_id = raw.get("event_id") if isinstance(raw, dict) else None
        log.warning(
            "event=event_malformed room=%s event_id=%.60r reason=%s:%.100s",
            room_id, event_id, type(error).__name__, error,
        )  # fmt: skip

    def _read(self, raw: Mapping[str, Any], room_id: RoomId, now: datetime) -> Picked | None:
        is_encrypted = raw.get("type") == "m.room.encrypted" and not parse.is_state(raw)
        if raw.get("sender") == self._address.user_id:
            return self._echo(raw, room_id, is_encrypted=is_encrypted)
        if is_encrypted:
            if _is_redacted(raw):
                return None
            try:
                raw = self._cipher.decrypt(room_id, raw)
            except UnreadableError as error:
                return _unreadable(raw, room_id, error)
        elif _is_redacted(raw):
            return None
        elif raw.get("type") == "m.room.encryption" and raw.get("state_key") == "":
            return Sealed(parse.event_id_of(raw), room_id)
        event = parse.parse(raw, room_id, now, is_encrypted=is_encrypted)
        return event if event is not None and self._is_of_interest(event) else None

    def _echo(self, raw: Mapping[str, Any], room_id: RoomId, *, is_encrypted: bool) -> Echo | None:
        if is_encrypted:
            raw = self._cipher.decrypt(room_id, raw)
        oid = parse.oid_in(raw.get("content"))
        return Echo(parse.event_id_of(raw), oid) if oid is not None else None

    def _is_of_interest(self, event: Event) -> bool:
        if isinstance(event, Message):
            if event.msgtype not in ANSWERABLE and event.media is None:
                return False
            if event.media is not None and media.targets_of(event):
                return True
            is_related = event.replaces is not None or bool(media.targets_of(event))
            return is_related or self._words_of(event) is not None
        if isinstance(event, Membership):
            return event.user_id != self._address.user_id and event.is_move
        return isinstance(event, (Reaction, Redaction, Upgrade))

    def _words_of(self, message: Message) -> str | None:
        # A picture may have words with it everywhere: they are meant for the bot if they say so.
        is_pair = message.media is None and self.rooms.is_pair(message.room_id)
        return self._address.command_of(message, is_pair=is_pair)

    async def commit(
        self, batch: Batch, device: DeviceId, token: SyncToken, now: datetime
    ) -> list[inbox.Entry]:
        """Make the batch and the token durable together; return the entries that are new.

        Where there is nothing but chatter and our own echoes, the token may stay behind for a
        moment: a restart then reads them again, and nothing comes of it.
        """
        self._note([item for item in batch.picked if isinstance(item, Echo)], now)
        if self._saved_at is not None and batch.is_idle and now - self._saved_at < TOKEN_LAG:
            return []
        crash.point("journal.received")
        echoes = dict(self._echoes)

        async def work(transaction: Transaction) -> tuple[list[inbox.Entry], Written]:
            # First, so that a reaction on what was sent a moment ago finds it.
            written = await self.marks.write(transaction)
            picked = await within_limits(transaction, await self.tracked(transaction, batch.picked))
            await _take_back(transaction, picked)
            new = await inbox.record(transaction, entry.entries(picked, now, is_late=batch.is_late))
            await echo.record(transaction, echoes, now)
            if batch.rooms:
                await room.save(transaction, batch.rooms)
            if batch.left:
                await leave(transaction, batch.left, now)
            await sync_position.save(transaction, device, token, now)
            return new, written

        # A full disk or a restarting database is waited for: what came is still in our hands.
        new, written = await self._database.write_patiently(work)
        await self.keep(new)
        self.marks.settle(written)
        self._saved_at = now
        self._echoes = {key: oid for key, oid in self._echoes.items() if key not in echoes}
        for changed in batch.rooms:
            self.rooms.keep(changed)
        for room_id in batch.left:
            self.rooms.drop(room_id)
        crash.point("journal.committed")
        return new

    async def keep(self, entries: Sequence[inbox.Entry]) -> None:
        """See to it that what was journalled is never believed as another event.

        Only now, since chatter is to leave no trace: who wants a command taken twice would have to
        kill the bot between the two.
        """
        heard = [each.event_id for each in entries if each.state is not inbox.State.UNREADABLE]
        if heard:
            await self._cipher.keep(heard)

    def _note(self, echoes: Sequence[Echo], now: datetime) -> None:
        for item in echoes:
            self._echoes[item.event_id] = item.oid
            self.marks.note(item.oid, item.event_id, now)

    async def tracked(
        self, transaction: Transaction, picked: Sequence[Picked]
    ) -> list[Event | Unreadable]:
        """Return what remains when forgeries and relations to unknown things are let go."""
        events = await tracked(transaction, self._admitted(picked), self._words_of)
        return await discreet(transaction, events, self._words_of, self._withheld)

    def _admitted(self, picked: Sequence[Picked]) -> list[Event | Unreadable]:
        """Return the events without plaintext messages sent when their room was encrypted."""
        sealed: set[RoomId] = set()
        admitted: list[Event | Unreadable] = []
        for item in picked:
            if isinstance(item, Sealed):
                sealed.add(item.room_id)
            elif not isinstance(item, Echo):
                is_sealed = item.room_id in sealed or (
                    item.room_id in self.rooms and self.rooms.is_encrypted(item.room_id)
                )
                if is_sealed and isinstance(item, Message) and not item.is_encrypted:
                    self.quarantined += 1
                    log.warning("event=plaintext_refused event_id=%.60r", item.event_id)
                else:
                    admitted.append(item)
        return admitted


def _is_redacted(raw: Mapping[str, Any]) -> bool:
    unsigned = raw.get("unsigned")
    return isinstance(unsigned, dict) and "redacted_because" in unsigned


def _unreadable(
    raw: Mapping[str, Any], room_id: RoomId, error: UnreadableError
) -> Unreadable | None:
    if error.session_id is None:
        return None
    try:
        orjson.dumps(raw)
    except orjson.JSONEncodeError as unfit:
        # Nested too deep or with numbers too large for the journal: no client wrote that.
        raise parse.MalformedEventError("a ciphertext that cannot be kept") from unfit
    return Unreadable(
        event_id=parse.event_id_of(raw),
        room_id=room_id,
        sender=UserId(parse.id_of(raw.get("sender"), "@")),
        session_id=parse.text_of(error.session_id),
        raw=raw,
    )


async def _take_back(transaction: Transaction, picked: Sequence[Picked]) -> None:
    """See to it that what is redacted before its key has come is never read."""
    for item in picked:
        if isinstance(item, Redaction):
            await unreadable.take_back(transaction, item.room_id, item.target)
