"""Sync: the bot's own loop over ``/sync``, which journals before it moves on."""

import asyncio
import logging
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any, Protocol

import orjson

from bot.clock import Clock
from bot.ids import SyncToken
from bot.matrix import backoff, gap
from bot.matrix.backoff import Sleep
from bot.matrix.batch import Batch, Echo
from bot.matrix.cipher import Cipher
from bot.matrix.http import Homeserver, MatrixError, NetworkError, client_path
from bot.matrix.intake import Intake
from bot.matrix.journal import Journal
from bot.matrix.parse import MalformedEventError, text_of
from bot.matrix.session import Session
from bot.storage.inbox import Entry

log = logging.getLogger(__name__)

TIMEOUT_MS = 30_000
"""How long the server may wait for news (the usual value of clients)."""

LATE_AFTER = 60.0
"""Seconds without an answered sync, after which what comes had been waiting for the bot."""

REFUSALS = 20
"""Times in a row, some eight minutes, that the server refuses our position before we let it go."""

MARGIN = timedelta(minutes=10)
"""How much further back than where we were is read: clocks of servers differ by seconds."""

_ROOM_STATE = ("m.room.create", "m.room.encryption", "m.room.tombstone")


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

    async def on_keys(self, sessions: frozenset[str]) -> Sequence[Entry]:
        """Return what waited for these room keys and is now to be handled."""
        ...

    def on_recovery(self) -> None:
        """Go on at once: the homeserver answers again after it did not, or a room is known now."""
        ...

    def on_position_lost(self) -> None:
        """Tell somebody: the server does not know where we were, and history is read instead."""
        ...

    async def renew(self, error: MatrixError) -> Session:
        """Return a new session after the token was refused; raises OperatorError."""
        ...


class Sync:
    """Follows the server's event stream for one session, from ``token`` on.

    With ``is_inherited`` the token was another device's of the same account. ``reached_at`` is when
    the stream was journalled up to the token: where the server does not take it any more, the rooms
    are read back to that moment instead, and the journal knows what it has.
    """

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
        self.sleep: Sleep = asyncio.sleep
        self._server = server
        self._session = session
        self._journal = journal
        self._intake = Intake(server, journal, clock, session.user_id)
        self._cipher = cipher
        self._clock = clock
        self._token = token
        self.is_inherited = False
        self.reached_at: datetime | None = None
        self._missed_from: datetime | None = None
        self._follower = follower
        self._failures = 0
        self._refusals = 0
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
        await self._intake.read(answer, since, batch, self._missed_from)
        token = SyncToken(text_of(answer.get("next_batch"), limit=4096))
        new = await self._journal.commit(batch, self._session.device_id, token, now)
        self._token, self.is_inherited = token, False
        self.reached_at, self._missed_from = now, None
        if new:
            log.debug("event=journalled entries=%d", len(new))
        was_away, self._failures = self._failures > 0, 0
        self._refusals = 0
        self.answered_at = self._clock.monotonic()
        if was_away:
            log.info("event=homeserver_back")
        if was_away or batch.has_new_room:
            self._follower.on_recovery()
        try:
            keys |= await self._cipher.upkeep()
        finally:
            # Whatever becomes of the upkeep: what is journalled is handled.
            self._follower.on_echoes([item for item in batch.picked if isinstance(item, Echo)])
            readable = await self._follower.on_keys(keys) if keys else []
            self._follower.on_entries(sorted([*readable, *new], key=lambda entry: entry.seq))

    @property
    def is_away(self) -> bool:
        """Return whether the homeserver did not answer the last time."""
        return self._failures > 0

    def _is_late(self) -> bool:
        last = self.answered_at
        return last is None or self._clock.monotonic() - last > LATE_AFTER

    async def _ask(self, since: SyncToken | None, timeout_ms: int) -> dict[str, Any]:
        # Synapse answers an identical request from a cache for two minutes: vary it after an error.
        timeout_ms += self._failures
        is_first = since is None and self._missed_from is None
        query = {"timeout": str(timeout_ms), "filter": self._filters[is_first]}
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
            try:
                self._session = await self._follower.renew(error)
            except (MatrixError, NetworkError) as trouble:
                error = trouble
            else:
                return
        if isinstance(error, MatrixError) and error.status == 400 and self._is_let_go(error):
            return
        retry_after = error.retry_after if isinstance(error, MatrixError) else None
        # A long poll that breaks while the server restarts should not wait minutes afterwards.
        seconds = backoff.delay(self._failures, retry_after, longest=30.0)
        log.warning("event=sync_failed attempt=%d wait=%.1f reason=%r", self._failures, seconds,
                    str(error))  # fmt: skip
        await self.sleep(seconds)

    def _is_let_go(self, error: MatrixError) -> bool:
        """Return whether the position that the server refused is given up: it was restored, say.

        What was said since then is looked for in the rooms' history.
        """
        self._refusals += 1
        if self._token is None or (self._refusals < REFUSALS and not self.is_inherited):
            return False
        log.error("event=position_refused reason=%r", str(error))
        if not self.is_inherited:
            self._follower.on_position_lost()
        self._token, self.is_inherited, self._refusals = None, False, 0
        self._missed_from = None if self.reached_at is None else self.reached_at - MARGIN
        return True
