"""Plain requests to a homeserver's client-server API, with their errors as one exception."""

import asyncio
from collections.abc import Mapping
from datetime import timedelta
from typing import Self
from urllib.parse import quote

import aiohttp
from yarl import URL

JsonObject = Mapping[str, object]

CLIENT = "/_matrix/client/v3"
"""Where the paths of the client-server API begin (Matrix 1.16)."""

TRANSIENT_STATUS = frozenset({408, 429, 500, 502, 503, 504})
"""Answers after which the same request may be sent again (architecture: Send)."""

PAUSE_SECONDS = 0.1
"""Between two attempts while the homeserver is away: short, it is on this machine."""


class RequestRefusedError(Exception):
    """The homeserver answered a request with an error."""

    def __init__(self, request: str, status: int, content: JsonObject) -> None:
        self.status = status
        self.errcode = str(content.get("errcode", ""))
        self.retry_after_ms = number(content, "retry_after_ms")
        self.reason = str(content.get("error", ""))
        super().__init__(f"{request}: {status} {self.errcode} {self.reason}")


class ClientApi:
    """Sends JSON requests to one homeserver, as one account or as nobody.

    With ``patience`` a request that fails in passing (no connection, 429, 5xx) is sent again, the
    same, until that time is over; without it the first failure is raised. Use it as an async
    context manager, or call ``close``.
    """

    def __init__(
        self,
        base_url: str,
        access_token: str | None = None,
        *,
        patience: timedelta = timedelta(),
    ) -> None:
        self.base_url = base_url
        self._patience = patience
        self._headers = {"Authorization": f"Bearer {access_token}"} if access_token else {}
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def close(self) -> None:
        """Close the connections."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def request(
        self,
        method: str,
        path: str,
        content: JsonObject | None = None,
        *,
        query: Mapping[str, str] | None = None,
        wait: timedelta = timedelta(),
    ) -> JsonObject:
        """Send one request and return the object it was answered with.

        ``path`` begins at ``/_matrix`` and is already percent-encoded; ``wait`` is how long the
        server was asked to hold the answer back, added to the time limit. Raises
        RequestRefusedError, aiohttp.ClientError or TimeoutError.
        """
        loop = asyncio.get_running_loop()
        deadline = loop.time() + self._patience.total_seconds()
        while True:
            try:
                return await self._once(method, path, content, query, wait)
            except (RequestRefusedError, aiohttp.ClientError, TimeoutError) as error:
                pause = _pause(error)
                if pause is None or loop.time() + pause > deadline:
                    raise
                # No event could be waited for here: nobody says when a server will be back.
                await asyncio.sleep(pause)

    async def _once(
        self,
        method: str,
        path: str,
        content: JsonObject | None,
        query: Mapping[str, str] | None,
        wait: timedelta,
    ) -> JsonObject:
        if self._session is None:
            self._session = aiohttp.ClientSession(headers=self._headers)
        if content is None and method in {"POST", "PUT"}:
            content = {}
        limit = aiohttp.ClientTimeout(total=30 + wait.total_seconds())
        # The path has `%23` for `#` and the like, which must arrive as it is.
        url = URL(self.base_url + path, encoded=True).update_query(query or {})
        async with self._session.request(method, url, json=content, timeout=limit) as response:
            try:
                answer: object = await response.json(content_type=None)
            except ValueError:
                answer = None
            found = answer if isinstance(answer, dict) else {}
            if response.status != 200:
                raise RequestRefusedError(f"{method} {path}", response.status, found)
            return found


def part(value: str) -> str:
    """Return the value percent-encoded for one part of a path."""
    return quote(value, safe="")


def text(content: JsonObject, *path: str) -> str:
    """Return the string at the path inside nested objects; empty when there is none."""
    found = _at(content, path)
    return found if isinstance(found, str) else ""


def number(content: JsonObject, *path: str) -> int:
    """Return the integer at the path inside nested objects; 0 when there is none."""
    found = _at(content, path)
    return found if isinstance(found, int) else 0


def inner(content: JsonObject, *path: str) -> JsonObject:
    """Return the object at the path inside nested objects; empty when there is none."""
    found = _at(content, path)
    return found if isinstance(found, dict) else {}


def listed(content: JsonObject, *path: str) -> list[JsonObject]:
    """Return the objects of the list at the path inside nested objects."""
    found = _at(content, path)
    return [item for item in found if isinstance(item, dict)] if isinstance(found, list) else []


def _at(content: object, path: tuple[str, ...]) -> object:
    for key in path:
        if not isinstance(content, Mapping):
            return None
        content = content.get(key)
    return content


def _pause(error: Exception) -> float | None:
    """Seconds before the next attempt, or None when another attempt is pointless."""
    if not isinstance(error, RequestRefusedError):
        return PAUSE_SECONDS
    if error.status not in TRANSIENT_STATUS:
        return None
    return max(PAUSE_SECONDS, error.retry_after_ms / 1000)
