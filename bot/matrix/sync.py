"""Sync: the bot's own loop over ``/sync``, which journals before it moves on."""

import asyncio
import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any, Protocol

import orjson

from bot.clock import Clock
from bot.ids import RoomId, SyncToken, UserId
from bot.matrix import backoff, gap, invite
from bot.matrix.cipher import Cipher
from bot.matrix.http import Homeserver, MatrixError, NetworkError, client_path
from bot.matrix.journal import Batch, Echo, Journal, Picked, Sealed
from bot.matrix.parse import MalformedEventError, text_of
from bot.matrix.session import Session
from bot.storage.inbox import Entry

log = logging.getLogger(__name__)

TIMEOUT_MS = 30_000
"""How long the server may wait for news (the usual value of clients)."""

LATE_AFTER = 60.0
"""Seconds without an answered sync, after which what comes had been waiting for the bot."""

_ROOM_STATE = ("m.room.encryption", "m.room.tombstone")


def sync_filter(*, is_first: bool) -> str:
    """Return the filter that asks only for what the bot uses (Matrix 1.16, 6.2).

    The first sync wants no history: what was said before the bot came is not its business.
    """
    nothing: dict[str, object] = {"types": []}
    timeline: dict[str, object] = {"types": gap.WANTED, "limit": 1 if is_first else gap.PAGE}
    return orjson.dumps(
        {
            "presence": nothing,
            "account_data": nothing,
            "room": {
                "account_data": nothing,
                "ephemeral": nothing,
                "state": {"types": _ROOM_STATE, "lazy_load_members": True},
                "timeline": {**timeline, "lazy_load_members": True},
            },
        }
    ).decode()


class Follower(Protocol):
    """Who is told what the stream brought, after it is durable."""

    def on_entries(self, entries: Sequence[Entry]) -> None:
        """Handle what was journalled."""
        ...

    def on_echoes(self, echoes: Sequence[Echo]) -> None:
        """Note which of our own events came back."""
        ...

    async def on_keys(self, sessions: frozenset[str]) -> None:
        """Try again what waited for these room keys."""
        ...

    def on_recovery(self) -> None:
        """Go on at once: the homeserver answers again after it did not."""
        ...

    async def renew(self, error: MatrixError) -> Session:
        """Return a new session after the token was refused; raises OperatorError."""
        ...


class Sync:
    """Follows the server's event stream for one session, from ``token`` on."""

    def __init__(
        self,
        server: Homeserver,
        session: Session,
        journal: Journal,
        cipher: Cipher,
        clock: Clock,
        token: SyncToken | None,
        follower: Follower,
    ) -> None:
        self._server = server
        self._session = session
        self._journal = journal
        self._rooms = journal.rooms
        self._cipher = cipher
        self._clock = clock
        self._token = token
        self._follower = follower
        self._failures = 0
        self._filters = {first: sync_filter(is_first=first) for first in (True, False)}
        self.answered_at: float | None = None

    async def run(self, *, on_ready: Callable[[], None]) -> None:
        """Follow the stream until cancelled; ``on_ready`` is called after the first answer."""
        is_ready = False
        while True:
            try:
                # Without waiting the first time: what had to wait for the bot is there at once.
                await self.step(timeout_ms=TIMEOUT_MS if is_ready else 0)
            except (MatrixError, NetworkError) as error:
                await self._recover(error)
                continue
            if not is_ready:
                is_ready = True
                on_ready()

    async def step(self, *, timeout_ms: int) -> None:
        """Ask once, journal what is new, and only then move on."""
        since = self._token
        answer = await self._ask(since, timeout_ms)
        now = self._clock.now()
        keys = await self._cipher.receive(answer)
        batch = Batch(is_late=self._is_late())
        await self._read(answer, since, batch)
        token = SyncToken(text_of(answer.get("next_batch"), limit=4096))
        new = await self._journal.commit(batch, self._session.device_id, token, now)
        self._token = token
        was_away, self._failures = self._failures > 0, 0
        self.answered_at = self._clock.monotonic()
        if was_away:
            log.info("event=homeserver_back")
            self._follower.on_recovery()
        await self._cipher.upkeep()
        self._follower.on_echoes([item for item in batch.picked if isinstance(item, Echo)])
        self._follower.on_entries(new)
        if keys:
            await self._follower.on_keys(keys)

    def _is_late(self) -> bool:
        last = self.answered_at
        return last is None or self._clock.monotonic() - last > LATE_AFTER

    async def _ask(self, since: SyncToken | None, timeout_ms: int) -> dict[str, Any]:
        # Synapse answers an identical request from a cache for two minutes: vary it after an error.
        timeout_ms += self._failures
        query = {"timeout": str(timeout_ms), "filter": self._filters[since is None]}
        if since is not None:
            query["since"] = since
        seconds = timeout_ms / 1000 + 60
        try:
            answer = await self._server.request(
                "GET", client_path("sync"), query=query, timeout=seconds
            )
            text_of(answer.get("next_batch"), limit=4096)
        except MalformedEventError as error:
            raise NetworkError("the sync answer has no token") from error
        return answer

    async def _recover(self, error: MatrixError | NetworkError) -> None:
        self._failures += 1
        if isinstance(error, MatrixError) and error.status == 401:
            log.warning("event=token_refused errcode=%s", error.errcode)
            self._session = await self._follower.renew(error)
            return
        retry_after = error.retry_after if isinstance(error, MatrixError) else None
        # A long poll that breaks while the server restarts should not wait minutes afterwards.
        seconds = backoff.delay(self._failures, retry_after, longest=30.0)
        log.warning("event=sync_failed attempt=%d wait=%.1f reason=%r", self._failures, seconds,
                    str(error))  # fmt: skip
        await asyncio.sleep(seconds)

    async def _read(self, answer: Mapping[str, Any], since: str | None, batch: Batch) -> None:
        sections = answer.get("rooms")
        sections = sections if isinstance(sections, dict) else {}
        for room_id, raw in _objects(sections.get("join")):
            await self._read_room(room_id, raw, since, batch)
        for room_id, raw in _objects(sections.get("leave")):
            # A kick arrives together with the last commands: what they ask for still counts.
            if room_id in self._rooms:
                batch.picked += await self._pick_all(room_id, raw, since)
                batch.left.append(room_id)
                log.info("event=room_left room=%s", room_id)
        for room_id, raw in _objects(sections.get("invite")):
            token = str(answer.get("next_batch"))
            invited = invite.read(room_id, raw, self._session.user_id, token, self._clock.now())
            if invited is not None:
                batch.picked.append(invited)

    async def _read_room(
        self, room_id: RoomId, raw: Mapping[str, Any], since: str | None, batch: Batch
    ) -> None:
        is_new = room_id not in self._rooms
        picked = await self._pick_all(room_id, raw, since) if since is not None else []
        is_sealed = any(isinstance(item, Sealed) for item in picked)
        room = self._rooms.learn(room_id, raw, self._clock.now(), is_sealed=is_sealed)
        if room is not None:
            if is_new and room.joined_count == 0:
                room = replace(room, joined_count=await self._count(room_id))
            batch.rooms.append(room)
        batch.picked += picked

    async def _pick_all(
        self, room_id: RoomId, raw: Mapping[str, Any], since: str | None
    ) -> list[Picked]:
        """Return what is for the bot in a room's timeline and in the gap before it, in order."""
        now = self._clock.now()
        timeline = raw.get("timeline")
        timeline = timeline if isinstance(timeline, dict) else {}
        events = timeline.get("events")
        events = events if isinstance(events, list) else []
        is_ours = partial(_is_member_of, user_id=self._session.user_id)
        is_new = room_id not in self._rooms
        is_cut = timeline.get("limited") is True
        if is_new:
            joins = [index for index, event in enumerate(events) if is_ours(event)]
            is_cut = is_cut and not joins
            events = events[joins[-1] + 1 :] if joins else events

        def pick(event: object) -> Picked | None:
            return self._journal.pick(event, room_id, now)

        picked: list[Picked] = []
        if is_cut:
            stop = None if is_new else since
            start = timeline.get("prev_batch")
            until = is_ours if is_new else None
            picked = await gap.fill(self._server, room_id, (start, stop), pick, until)
        return picked + [item for event in events if (item := pick(event)) is not None]

    async def _count(self, room_id: RoomId) -> int:
        """Ask how many are joined, for servers that leave the summary out."""
        answer = await self._server.request("GET", client_path("rooms", room_id, "joined_members"))
        joined = answer.get("joined")
        return len(joined) if isinstance(joined, dict) else 0


def _objects(section: object) -> Iterable[tuple[RoomId, Mapping[str, Any]]]:
    if not isinstance(section, dict):
        return []
    return [(RoomId(name), raw) for name, raw in section.items() if isinstance(raw, dict)]


def _is_member_of(event: object, user_id: UserId) -> bool:
    return (
        isinstance(event, dict)
        and event.get("type") == "m.room.member"
        and event.get("state_key") == user_id
    )
