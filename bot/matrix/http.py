"""HTTP to the homeserver: one request, one answer or one error that says what it means."""

import os
from collections.abc import Mapping
from types import TracebackType
from typing import Any, Self
from urllib.parse import quote, urlsplit
from urllib.request import getproxies, proxy_bypass

import aiohttp

from bot.matrix import decode
from bot.matrix.retry_after import retry_after

REQUEST_TIMEOUT = 60.0
"""Seconds for an ordinary request; a long poll adds its own waiting time."""

CONNECTIONS = 32
"""Kept-alive connections to the homeserver; enough for eight sends in each of a few busy rooms."""

BODY_LIMIT_BYTES = 200 * 1024 * 1024
"""Largest answer that is read; a first sync of a large account is a few megabytes."""


class NetworkError(Exception):
    """No answer, or none that could be read: the request may or may not have been carried out."""


class TooLargeError(Exception):
    """An answer is longer than what was to be read of it."""


class MatrixError(Exception):
    """The homeserver answered with an error (Matrix 1.16, 2.1, standard error response).

    ``status`` is the HTTP status, ``errcode`` the ``M_…`` code or an empty string, ``retry_after``
    the seconds the server asks to wait, clamped to an hour, or None. ``body`` is the whole answer.
    """

    def __init__(
        self,
        status: int,
        errcode: str,
        message: str,
        *,
        retry_after: float | None = None,
        body: Mapping[str, object] | None = None,
    ) -> None:
        super().__init__(f"{status} {errcode} {message}".strip())
        self.status = status
        self.errcode = errcode
        self.message = message
        self.retry_after = retry_after
        self.body = body or {}

    @property
    def is_temporary(self) -> bool:
        """Return whether the same request may succeed later."""
        return self.status in (408, 429) or self.status >= 500


def is_away(error: Exception) -> bool:
    """Return whether an error means that the homeserver cannot be asked at present."""
    if isinstance(error, MatrixError):
        return error.is_temporary or error.status == 401
    return isinstance(error, NetworkError)


def path(*parts: str) -> str:
    """Return a URL path with each part escaped."""
    return "/" + "/".join(quote(part, safe="") for part in parts)


def client_path(*parts: str) -> str:
    """Return a path of the client-server API, version 3."""
    return "/_matrix/client/v3" + path(*parts)


class Homeserver:
    """The homeserver at ``base_url``, spoken to as the holder of ``access_token``."""

    def __init__(self, base_url: str, access_token: str | None = None) -> None:
        self.base_url = base_url.rstrip("/")
        self.access_token = access_token
        self.body_limit_bytes = BODY_LIMIT_BYTES
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
        """Close all connections."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def request(
        self,
        method: str,
        url_path: str,
        *,
        json: object = None,
        query: Mapping[str, str] | None = None,
        data: bytes | None = None,
        content_type: str = "application/json",
        timeout: float = REQUEST_TIMEOUT,  # noqa: ASYNC109  handed to aiohttp
    ) -> dict[str, Any]:
        """Send one request and return the JSON object of a 2xx answer.

        Raises MatrixError for an error answer and NetworkError when there is none, or one that is
        no JSON object. Never repeats by itself.
        """
        status, headers, body = await self.raw(
            method,
            url_path,
            query=query,
            data=decode.dumps(json) if json is not None else data,
            content_type=content_type,
            timeout=timeout,
        )
        answer = _object(body, is_good=200 <= status < 300)
        if 200 <= status < 300:
            return answer
        raise _error(status, headers, answer)

    async def file(self, url_path: str, *, limit_bytes: int) -> bytes:
        """Return the body of a 2xx answer, whatever it is.

        Raises TooLargeError when it has more than ``limit_bytes``, and as `request` does.
        """
        status, headers, body = await self.raw("GET", url_path, limit_bytes=limit_bytes)
        if 200 <= status < 300:
            return body
        raise _error(status, headers, _object(body, is_good=False))

    async def raw(
        self,
        method: str,
        url_path: str,
        *,
        query: Mapping[str, str] | None = None,
        data: bytes | None = None,
        content_type: str = "application/json",
        timeout: float = REQUEST_TIMEOUT,  # noqa: ASYNC109  handed to aiohttp
        limit_bytes: int | None = None,
    ) -> tuple[int, Mapping[str, str], bytes]:
        """Send one request; return status, headers and body whatever they are.

        Raises TooLargeError as soon as the body is longer than ``limit_bytes``.
        """
        headers = {"Authorization": f"Bearer {self.access_token}"} if self.access_token else {}
        if data is not None:
            headers["Content-Type"] = content_type
        try:
            async with self._open().request(
                method,
                self.base_url + url_path,
                params=query,
                data=data,
                headers=headers,
                timeout=aiohttp.ClientTimeout(total=timeout, connect=10),
                allow_redirects=False,
            ) as answer:
                body = bytearray()
                async for piece in answer.content.iter_any():
                    body += piece
                    if limit_bytes is not None and len(body) > limit_bytes:
                        raise TooLargeError(limit_bytes)
                    if len(body) > self.body_limit_bytes:
                        raise NetworkError("the answer is too large")
                return answer.status, answer.headers, bytes(body)
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise NetworkError(_reason(error)) from error

    def _open(self) -> aiohttp.ClientSession:
        if self._session is None:
            connector = aiohttp.TCPConnector(limit=CONNECTIONS, keepalive_timeout=60)
            self._session = aiohttp.ClientSession(
                connector=connector,
                cookie_jar=aiohttp.DummyCookieJar(),
                proxy=proxy_for(self.base_url),
            )
        return self._session


def _object(body: bytes, *, is_good: bool) -> dict[str, Any]:
    """Return the JSON object of an answer; of one that is an error, none is as good."""
    try:
        answer = decode.loads(body)
    except ValueError as error:
        if is_good:
            raise NetworkError("the answer is no JSON") from error
        answer = {}
    if not isinstance(answer, dict):
        raise NetworkError("the answer is no JSON object")
    return answer


def _reason(error: Exception) -> str:
    """Return in a few words why there was no answer."""
    match error:
        case aiohttp.ClientConnectorDNSError():
            return f"the name {error.host} is not known"
        case aiohttp.ClientConnectorCertificateError():
            return f"its certificate is not accepted: {error.certificate_error}"
        case aiohttp.ClientConnectorError() if error.os_error.errno:
            return os.strerror(error.os_error.errno).lower()
        case TimeoutError():
            return "no answer in time"
        case _:
            return f"{type(error).__name__}: {error}"


def proxy_for(url: str) -> str | None:
    """Return the proxy that the environment names for ``url``, if any.

    Asked once: aiohttp's own ``trust_env`` reads environment and netrc anew for each request, which
    was a tenth of the time of a send.
    """
    parts = urlsplit(url)
    if proxy_bypass(parts.hostname or ""):
        return None
    return getproxies().get(parts.scheme)


def _error(status: int, headers: Mapping[str, str], body: dict[str, Any]) -> MatrixError:
    errcode, message = body.get("errcode"), body.get("error")
    return MatrixError(
        status,
        errcode if isinstance(errcode, str) else "",
        message if isinstance(message, str) else "",
        retry_after=retry_after(headers, body),
        body=body,
    )
