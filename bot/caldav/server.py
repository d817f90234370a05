"""Server: one calendar on a CalDAV server; one request, one answer or one error that says more."""

from base64 import b64encode
from dataclasses import dataclass
from types import TracebackType
from typing import Self

import aiohttp

from bot.matrix.http import proxy_for
from bot.matrix.retry_after import retry_after

REQUEST_TIMEOUT = 30.0
"""Seconds for one request; an object has a few kilobytes."""

_TEMPORARY = frozenset({408, 423, 425, 429, 507})
"""Beside 5xx: what may succeed later without anybody changing anything here."""


class AwayError(Exception):
    """The server gives no answer, or says to come back later; ``retry_after`` is in seconds."""

    def __init__(self, reason: str, retry_after: float | None = None) -> None:
        super().__init__(reason)
        self.retry_after = retry_after


class LoginError(Exception):
    """The server does not take the account."""


class RefusedError(Exception):
    """The server refuses one object for good, with this HTTP ``status``."""

    def __init__(self, status: int) -> None:
        super().__init__(f"status {status}")
        self.status = status


class ConflictError(Exception):
    """What stands on the server is not what was thought to stand there."""


@dataclass(frozen=True, slots=True)
class Present:
    """Whether an object is there, and its strong entity tag, if the server tells one."""

    is_there: bool
    etag: str | None = None


ABSENT = Present(is_there=False)


class CalendarServer:
    """The calendar at ``url``, written as ``user``. Follows no redirect, reads no answer's body."""

    def __init__(self, url: str, user: str, password: str) -> None:
        self.url = url.rstrip("/")
        # RFC 7617, 2 and 2.1.
        self._login = f"Basic {b64encode(f'{user}:{password}'.encode()).decode()}"
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Close the connection."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def status(self) -> int:
        """Return the status of a question about the calendar itself (RFC 4918, 9.1)."""
        status, _ = await self._ask("PROPFIND", "", headers={"Depth": "0"})
        return status

    async def find(self, name: str) -> Present:
        """Return whether the object ``name`` is there."""
        status, headers = await self._ask("HEAD", name)
        if status in (404, 410):
            return ABSENT
        return Present(True, _etag(_good(status, headers)))

    async def put(self, name: str, data: bytes, before: Present) -> str | None:
        """Write an object over what was there ``before``; return its new entity tag, if told.

        Raises ConflictError if something else is there, and the other errors of this module.
        """
        more = {"Content-Type": "text/calendar; charset=utf-8", **_condition(before)}
        status, headers = await self._ask("PUT", name, data=data, headers=more)
        return _etag(_good(status, headers))

    async def delete(self, name: str, before: Present) -> None:
        """Delete an object as it was ``before``; one that is gone is gone.

        Raises ConflictError if something else is there, and the other errors of this module.
        """
        status, headers = await self._ask("DELETE", name, headers=_condition(before))
        if status not in (404, 410):
            _good(status, headers)

    async def _ask(
        self,
        method: str,
        name: str,
        *,
        data: bytes | None = None,
        headers: dict[str, str] | None = None,
    ) -> tuple[int, dict[str, str]]:
        try:
            async with self._open().request(
                method,
                f"{self.url}/{name}",
                data=data,
                headers=headers,
                timeout=aiohttp.ClientTimeout(total=REQUEST_TIMEOUT, connect=10),
                allow_redirects=False,
            ) as answer:
                return answer.status, {key.title(): value for key, value in answer.headers.items()}
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise AwayError(type(error).__name__) from error

    def _open(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = aiohttp.ClientSession(
                headers={"Authorization": self._login},
                cookie_jar=aiohttp.DummyCookieJar(),
                proxy=proxy_for(self.url),
            )
        return self._session


def _condition(before: Present) -> dict[str, str]:
    if not before.is_there:
        return {"If-None-Match": "*"}
    return {"If-Match": before.etag} if before.etag is not None else {}


def _etag(headers: dict[str, str]) -> str | None:
    """Return the entity tag if it is a strong one: a weak one never matches (RFC 9110, 13.1.1)."""
    etag = headers.get("Etag", "")
    return etag if etag.startswith('"') else None


def _good(status: int, headers: dict[str, str]) -> dict[str, str]:
    if 200 <= status < 300:
        return headers
    if status in _TEMPORARY or status >= 500:
        raise AwayError(f"status {status}", retry_after(headers, {}))
    if status == 401:
        raise LoginError
    if status == 412:
        raise ConflictError
    raise RefusedError(status)
