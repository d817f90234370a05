"""Listening: a cipher that overhears the requests to compare emojis, and passes them on."""

import asyncio
import logging
import secrets
from collections.abc import Awaitable, Callable, Collection, Iterator, Mapping
from contextlib import suppress
from functools import partial
from typing import Any

import orjson

from bot.ids import EventId, RoomId
from bot.matrix.cipher import Cipher, NotReadyError, UnreadableError
from bot.matrix.encryption.to_device import ENCRYPTED
from bot.matrix.encryption.verification import PREFIX
from bot.matrix.encryption.verifier import Verifier, is_request
from bot.matrix.http import Homeserver, MatrixError, NetworkError, client_path
from bot.matrix.parse import MalformedEventError, text_of
from bot.services.verification import Decision

log = logging.getLogger(__name__)

_ONLY_TALK = orjson.dumps(
    {
        "presence": {"types": []},
        "account_data": {"types": []},
        "room": {
            "account_data": {"types": []},
            "ephemeral": {"types": []},
            "state": {"types": []},
            "timeline": {"limit": 20, "lazy_load_members": True},
        },
    }
).decode()
"""What is asked for where nothing but comparisons is of interest."""

WAITING = 100
"""Events that wait for the verifier; more at once is no person comparing emojis."""

POLL_SECONDS = 30
"""How long the server may hold an answer back."""

Work = Callable[[Verifier], Awaitable[object]]


class Listening:
    """Fulfils ``Cipher`` through another one; ``begin`` lets a verifier hear along.

    What it hears is done beside the sync loop, in order. In a room clients ask in plaintext even
    where it is encrypted (matrix-js-sdk 43); what the bot answers there is always encrypted.
    """

    def __init__(self, cipher: Cipher, server: Homeserver, user_id: str) -> None:
        self._cipher = cipher
        self._server = server
        self._user_id = user_id
        self._work: asyncio.Queue[Work] = asyncio.Queue(WAITING)
        self._heard: set[str] = set()
        self._task: asyncio.Task[None] | None = None

    def begin(self, verifier: Verifier) -> None:
        """Let ``verifier`` have what is heard from now on."""
        self._task = asyncio.create_task(self._serve(verifier), name="verifier")

    def decide(self, decision: Decision) -> None:
        """Do what a person said of the emojis."""
        self._add(lambda verifier: verifier.decide(decision))

    async def follow(self) -> None:
        """Follow the server's stream for the sake of comparisons alone, until cancelled.

        For where no bot runs: what is said in rooms is left for it, since no token is kept; keys
        that come for the device are kept. Raises what requests raise.
        """
        query = {"filter": _ONLY_TALK, "timeout": "0"}
        while True:
            answer = await self._server.request(
                "GET", client_path("sync"), query=query, timeout=POLL_SECONDS + 60
            )
            await self.receive(answer)
            await self.upkeep()
            for room, raw in _said_in_rooms(answer):
                if raw.get("type") == ENCRYPTED:
                    with suppress(UnreadableError, MalformedEventError):
                        self.decrypt(room, raw)
            since = text_of(answer.get("next_batch"), limit=4096)
            query |= {"since": since, "timeout": str(POLL_SECONDS * 1000)}

    async def receive(self, answer: Mapping[str, Any]) -> frozenset[str]:
        """Take what a sync answer holds for the device."""
        keys = await self._cipher.receive(answer)
        for raw in _events(answer.get("to_device")):
            if str(raw.get("type")).startswith(PREFIX):
                self._add(partial(_take_to_device, raw=raw))
        for room, raw in _said_in_rooms(answer):
            self._hear(room, raw)
        return keys

    def decrypt(self, room: RoomId, raw: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return the raw event with its decrypted type and content."""
        event = self._cipher.decrypt(room, raw)
        self._hear(room, event)
        return event

    async def upkeep(self) -> frozenset[str]:
        """Do what the server and other devices wait for."""
        return await self._cipher.upkeep()

    async def keep(self, event_ids: Collection[EventId]) -> None:
        """Make durable that these decrypted events were heard."""
        await self._cipher.keep(event_ids)

    async def encrypt(
        self, room: RoomId, event_type: str, content: Mapping[str, Any]
    ) -> Mapping[str, Any]:
        """Return the content of an ``m.room.encrypted`` event."""
        return await self._cipher.encrypt(room, event_type, content)

    async def send(self, room: RoomId, event_type: str, content: Mapping[str, Any]) -> None:
        """Send into an encrypted room, once: what a lost comparison needs is a new comparison."""
        sealed = await self._cipher.encrypt(room, event_type, content)
        path = client_path("rooms", room, "send", "m.room.encrypted", secrets.token_hex(12))
        await self._server.request("PUT", path, json=sealed)

    async def close(self) -> None:
        """Stop listening, and close the cipher."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        await self._cipher.close()

    def _hear(self, room: RoomId, event: Mapping[str, Any]) -> None:
        event_id = str(event.get("event_id"))
        is_ours = event.get("sender") == self._user_id
        is_meant = str(event.get("type")).startswith(PREFIX) or is_request(event)
        if is_meant and not is_ours and event_id not in self._heard:
            self._heard.add(event_id)
            self._add(partial(_take_in_room, room=room, raw=event))

    def _add(self, work: Work) -> None:
        if self._task is None or self._work.full():
            log.warning("event=verification_dropped")
            return
        self._work.put_nowait(work)

    async def _serve(self, verifier: Verifier) -> None:
        while True:
            work = await self._work.get()
            if len(self._heard) > WAITING * 10:
                self._heard.clear()  # what is older than a comparison is passed over anyway
            try:
                await work(verifier)
            except (MatrixError, NetworkError, NotReadyError) as error:
                log.warning("event=verification_trouble reason=%r", str(error))
            except Exception:
                log.exception("event=verification_failed")


async def _take_to_device(verifier: Verifier, raw: Mapping[str, Any]) -> None:
    await verifier.take_to_device(raw)


async def _take_in_room(verifier: Verifier, room: RoomId, raw: Mapping[str, Any]) -> None:
    await verifier.take_in_room(room, raw)


def _said_in_rooms(answer: Mapping[str, Any]) -> Iterator[tuple[RoomId, Mapping[str, Any]]]:
    """Yield the events of a sync answer's joined rooms; what is malformed is passed over."""
    sections = answer.get("rooms")
    joined = sections.get("join") if isinstance(sections, dict) else None
    for room, section in joined.items() if isinstance(joined, dict) else ():
        for raw in _events(section.get("timeline") if isinstance(section, dict) else None):
            yield RoomId(room), raw


def _events(section: object) -> Iterator[Mapping[str, Any]]:
    events = section.get("events") if isinstance(section, dict) else None
    for raw in events if isinstance(events, list) else ():
        if isinstance(raw, dict):
            yield raw
