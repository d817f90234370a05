"""Verifier: lets those who may ask compare emojis with the bot, and believes only a person's word.

It holds the comparisons under way; none survives a restart, and each ends after ten minutes.
"""

import logging
import secrets
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

from bot.clock import Clock
from bot.ids import RoomId, UserId
from bot.matrix.encryption import sas
from bot.matrix.encryption.identity import Identity
from bot.matrix.encryption.published import OwnDevice, look_up
from bot.matrix.encryption.sas import Party
from bot.matrix.encryption.verification import PREFIX, Answer, Phase, Verification
from bot.matrix.encryption.vouching import vouch_for_device, vouch_for_user
from bot.matrix.http import Homeserver, MatrixError, NetworkError, client_path
from bot.services.verification import Decision

log = logging.getLogger(__name__)

LASTS = timedelta(minutes=10)
"""How long a comparison may take (Matrix 1.16, 11.12.2.1)."""

AHEAD = timedelta(minutes=5)
"""How far a request's own time may be in the future (same place)."""

MOST = 10
"""Comparisons under way; who may ask is few."""


class Desk(Protocol):
    """Where a person sees the emojis, and hears what became of them."""

    async def may_ask(self, user_id: UserId) -> bool:
        """Return whether this person may compare emojis with the bot."""
        ...

    async def show(self, number: int, user_id: UserId, emojis: tuple[str, ...]) -> None:
        """Show the emojis of comparison ``number``, to be compared by a person."""
        ...

    async def tell(self, number: int, user_id: UserId, *, is_verified: bool) -> None:
        """Tell how a comparison that was shown has ended."""
        ...


SendInRoom = Callable[[RoomId, str, Mapping[str, Any]], Awaitable[None]]


@dataclass(slots=True)
class _Open:
    number: int
    verification: Verification
    until: datetime
    room: RoomId | None

    @property
    def user_id(self) -> UserId:
        return UserId(self.verification.theirs.user_id)


@dataclass(slots=True)
class Verifier:
    """The comparisons of one device, for the identity that vouches for it."""

    server: Homeserver
    identity: Identity
    device: OwnDevice
    clock: Clock
    desk: Desk
    send_in_room: SendInRoom
    _open: dict[tuple[str, str], _Open] = field(default_factory=dict)
    _count: int = 0

    async def take_to_device(self, raw: Mapping[str, Any]) -> None:
        """Take an event that another device sent to this one; never raises for its content."""
        kind, sender, content = raw.get("type"), raw.get("sender"), raw.get("content")
        if not (isinstance(kind, str) and isinstance(sender, str) and isinstance(content, dict)):
            return
        flow = content.get("transaction_id")
        if kind.startswith(PREFIX) and isinstance(flow, str):
            await self._take(kind.removeprefix(PREFIX), sender, flow, content, None)

    async def take_in_room(self, room: RoomId, raw: Mapping[str, Any]) -> None:
        """Take an event of a room; never raises for its content."""
        kind, sender, content = raw.get("type"), raw.get("sender"), raw.get("content")
        if not (isinstance(kind, str) and isinstance(sender, str) and isinstance(content, dict)):
            return
        if is_request(raw):
            sent_at = raw.get("origin_server_ts")
            if content.get("to") == self.identity.user_id:
                asked = {**content, "timestamp": sent_at}
                await self._take("request", sender, str(raw.get("event_id")), asked, room)
            return
        relation = content.get("m.relates_to")
        flow = relation.get("event_id") if isinstance(relation, dict) else None
        if kind.startswith(PREFIX) and isinstance(flow, str):
            await self._take(kind.removeprefix(PREFIX), sender, flow, content, room)

    async def decide(self, decision: Decision) -> bool:
        """Do what a person said; return whether that comparison was waiting for it."""
        self._forget_old()
        found = [each for each in self._open.values() if each.number == decision.number]
        if not found or found[0].verification.phase is not Phase.COMPARING:
            return False
        verification = found[0].verification
        answers = verification.confirm() if decision.is_same else verification.refuse()
        await self._send(found[0], answers)
        await self._settle(found[0])
        return bool(answers)

    async def _take(
        self, kind: str, sender: str, flow: str, content: Mapping[str, Any], room: RoomId | None
    ) -> None:
        self._forget_old()
        if kind == "request":
            await self._begin(sender, flow, content, room)
            return
        found = self._open.get((sender, flow))
        if found is None or found.room != room:
            return
        before = found.verification.phase
        await self._send(found, found.verification.take(kind, content))
        if before is not Phase.COMPARING and found.verification.phase is Phase.COMPARING:
            await self.desk.show(found.number, found.user_id, found.verification.emojis)
        await self._settle(found)

    async def _begin(
        self, sender: str, flow: str, content: Mapping[str, Any], room: RoomId | None
    ) -> None:
        user_id, now = UserId(sender), self.clock.now()
        if (sender, flow) in self._open or len(self._open) >= MOST:
            return
        if not _is_timely(content.get("timestamp"), now) or sas.METHOD not in _methods(content):
            return
        if not await self.desk.may_ask(user_id):
            log.info("event=verification_not_for user=%s", user_id)
            return
        theirs = await self._party(user_id, content.get("from_device"))
        if theirs is None:
            return
        self._count += 1
        verification = Verification(flow, self._ours(), theirs, is_in_room=room is not None)
        opened = _Open(self._count, verification, now + LASTS, room)
        for earlier in [each for each in self._open.values() if each.user_id == user_id]:
            await self._send(earlier, earlier.verification.cancel("m.user"))
            await self._settle(earlier)
        self._open[sender, flow] = opened
        log.info("event=verification_begun user=%s number=%d", user_id, opened.number)
        await self._send(opened, [verification.ready()])

    async def _party(self, user_id: UserId, device_id: object) -> Party | None:
        """Return who asks, as the homeserver shows them; None where it does not know the device."""
        published = await look_up(self.server, user_id)
        key = published.device_key(device_id) if isinstance(device_id, str) else None
        is_this = user_id == self.identity.user_id and device_id == self.device.device_id
        if key is None or is_this:
            return None
        keys = {f"ed25519:{device_id}": key}
        if published.master is not None:
            keys[f"ed25519:{published.master}"] = published.master
        return Party(user_id, str(device_id), keys)

    def _ours(self) -> Party:
        master, device = self.identity.name("master"), self.device
        keys = {f"ed25519:{device.device_id}": device.ed25519, f"ed25519:{master}": master}
        return Party(self.identity.user_id, device.device_id, keys)

    async def _settle(self, found: _Open) -> None:
        """Let go of a comparison that has ended, publish what it proved, and tell of it."""
        verification = found.verification
        if verification.phase not in (Phase.DONE, Phase.CANCELLED):
            return
        if self._open.pop((found.user_id, verification.flow), None) is None:
            return
        is_verified = verification.phase is Phase.DONE
        log.info("event=verification_ended user=%s number=%d code=%.60r", found.user_id,
                 found.number, "done" if is_verified else verification.code)  # fmt: skip
        if is_verified:
            try:
                await self._vouch(verification)
            except (MatrixError, NetworkError, ValueError) as error:
                log.warning("event=vouching_failed user=%s reason=%r", found.user_id, str(error))
        if verification.emojis:
            await self.desk.tell(found.number, found.user_id, is_verified=is_verified)

    async def _vouch(self, verification: Verification) -> None:
        theirs = verification.theirs
        device_name = f"ed25519:{theirs.device_id}"
        masters = verification.proved - {device_name}
        if theirs.user_id != self.identity.user_id:
            for name in masters:
                await vouch_for_user(self.server, self.identity, theirs.user_id, theirs.keys[name])
        elif device_name in verification.proved:
            key = theirs.keys[device_name]
            await vouch_for_device(self.server, self.identity, theirs.device_id, key)

    async def _send(self, found: _Open, answers: list[Answer]) -> None:
        theirs = found.verification.theirs
        for answer in answers:
            kind = PREFIX + answer.kind
            if found.room is not None:
                await self.send_in_room(found.room, kind, answer.content)
                continue
            path = client_path("sendToDevice", kind, secrets.token_hex(8))
            messages = {theirs.user_id: {theirs.device_id: answer.content}}
            await self.server.request("PUT", path, json={"messages": messages})

    def _forget_old(self) -> None:
        now = self.clock.now()
        self._open = {key: each for key, each in self._open.items() if now < each.until}


def is_request(raw: Mapping[str, Any]) -> bool:
    """Return whether a room's event asks somebody to compare emojis."""
    content = raw.get("content")
    msgtype = content.get("msgtype") if isinstance(content, dict) else None
    return raw.get("type") == "m.room.message" and msgtype == f"{PREFIX}request"


def _is_timely(timestamp: object, now: datetime) -> bool:
    if not isinstance(timestamp, int) or not 0 <= timestamp < 2**48:
        return False
    asked_at = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=timestamp)
    return now - LASTS < asked_at < now + AHEAD


def _methods(content: Mapping[str, Any]) -> list[object]:
    methods = content.get("methods")
    return methods if isinstance(methods, list) else []
