"""Hears the bots' answers through `/sync` as a member's client does, and when each came."""

import asyncio
import contextlib
import json
import time
from collections.abc import Callable, Collection
from datetime import timedelta
from typing import Self

from bot.demo.client_api import ClientApi, inner, listed, text
from bot.demo.homeserver import Account
from bot.demo.room_event import parsed
from bot.ids import RoomId

WAIT = timedelta(seconds=30)


class Listener:
    """One member's client, deaf to the members; ``answers`` says when each command was answered.

    Times are those of ``time.perf_counter``. While ``pause`` is not 0 it listens only that often,
    so as not to keep a busy homeserver from its work; what it then misses is in the history.
    """

    def __init__(self, base_url: str, account: Account, members: Collection[str]) -> None:
        self.answers: dict[str, float] = {}
        self.pause = 0.0
        self._api = ClientApi(base_url, account.access_token, patience=timedelta(seconds=60))
        self._filter = _filter(members)
        self._heard = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        since = await self._sync("", timedelta())
        self._task = asyncio.create_task(self._follow(since))
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task
        await self._api.close()

    async def answered(self, commands: Collection[str], idle: timedelta) -> int:
        """Wait until all are answered, or no more are for ``idle``; return how many are."""
        missing = set(commands) - self.answers.keys()
        with contextlib.suppress(TimeoutError):
            while missing:
                self._heard.clear()
                async with asyncio.timeout(idle.total_seconds()):
                    await self._heard.wait()
                missing -= self.answers.keys()
        return len(commands) - len(missing)

    async def any_answered(self, commands: Collection[str], within: timedelta) -> bool:
        """Wait until one of the commands is answered; False if none is in time."""
        return await self._until(lambda: not self.answers.keys().isdisjoint(commands), within)

    async def counted(self, answers: int, within: timedelta) -> bool:
        """Wait until so many commands in all have been answered; False if not in time."""
        return await self._until(lambda: len(self.answers) >= answers, within)

    async def _until(self, condition: Callable[[], bool], within: timedelta) -> bool:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(within.total_seconds()):
                while not condition():
                    self._heard.clear()
                    await self._heard.wait()
        return condition()

    async def _follow(self, since: str) -> None:
        while True:
            since = await self._sync(since, WAIT)
            await asyncio.sleep(self.pause)

    async def _sync(self, since: str, wait: timedelta) -> str:
        query = {"filter": self._filter, "timeout": str(round(wait.total_seconds() * 1000))}
        query |= {"since": since} if since else {}
        answer = await self._api.request("GET", "/_matrix/client/v3/sync", query=query, wait=wait)
        now = time.perf_counter()
        for room_id, room in inner(answer, "rooms", "join").items():
            timeline = inner(room, "timeline") if isinstance(room, dict) else {}
            for event in listed(timeline, "events"):
                reply_to = parsed(RoomId(room_id), event).reply_to
                if reply_to and self.answers.setdefault(reply_to, now) == now:
                    self._heard.set()
        return text(answer, "next_batch")


def _filter(members: Collection[str]) -> str:
    nothing: dict[str, list[str]] = {"types": []}
    messages = {"types": ["m.room.message"], "not_senders": sorted(members), "limit": 1000}
    room = {"timeline": messages, "state": nothing, "ephemeral": nothing, "account_data": nothing}
    return json.dumps({"room": room, "presence": nothing, "account_data": nothing})
