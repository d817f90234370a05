"""Stands between a Matrix client and its homeserver and breaks requests as a plan says.

For tests and soaks alike::

    async with FaultProxy("http://127.0.0.1:8008", FaultPlan(rate=0.25, seed=7)) as proxy:
        ...  # give proxy.url to the client
        proxy.rate = 0  # calm after the storm
        print(proxy.counts)
"""

import asyncio
import math
from collections import Counter
from types import TracebackType
from typing import Self

import aiohttp
from aiohttp import web
from multidict import CIMultiDict, CIMultiDictProxy
from yarl import URL

from bench import lie
from bench.fault import Dice, Draw, Fault, FaultPlan

HOP_BY_HOP = frozenset(
    {"connection", "keep-alive", "transfer-encoding", "te", "trailer", "upgrade", "host"}
)
"""Headers that belong to one connection (RFC 9110, 7.6.1); the two sides here differ."""
LARGEST_BODY = 128 * 1024 * 1024
"""Bytes; above Synapse's default upload limit of 50 MiB."""


class FaultProxy:
    """A reverse proxy on 127.0.0.1 with faults.

    ``rate`` may be changed while it runs; ``counts`` says how often each fault happened;
    ``requests`` how many requests came. A server that is down is answered with 502, as a real
    proxy would.
    """

    def __init__(self, upstream: str, plan: FaultPlan) -> None:
        self.counts: Counter[Fault] = Counter()
        self.requests = 0
        self._upstream = URL(upstream)
        self._dice = Dice(plan)
        self._plan = plan
        self._runner: web.AppRunner | None = None
        self._session: aiohttp.ClientSession | None = None
        self._port = 0
        self._refused: set[str] = set()
        self._last_sync: tuple[str, web.Response] | None = None

    @property
    def url(self) -> str:
        """Return the address to give to the client, without a trailing slash."""
        return f"http://127.0.0.1:{self._port}"

    @property
    def rate(self) -> float:
        """Return the share of requests that break now."""
        return self._dice.rate

    @rate.setter
    def rate(self, value: float) -> None:
        self._dice.rate = value

    async def start(self, port: int = 0) -> None:
        """Listen on ``port`` of 127.0.0.1, or on a free one."""
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=0),
            timeout=aiohttp.ClientTimeout(total=None, sock_connect=5),
            auto_decompress=False,
            cookie_jar=aiohttp.DummyCookieJar(),
        )
        app = web.Application(client_max_size=LARGEST_BODY)
        app.router.add_route("*", "/{path:.*}", self._handle)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", port)
        await site.start()
        self._port = self._runner.addresses[0][1]

    async def stop(self) -> None:
        """Stop listening and close every connection; harmless if it never started."""
        if self._runner is not None:
            await self._runner.cleanup()
        if self._session is not None:
            await self._session.close()

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.stop()

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        self.requests += 1
        draw = self._dice.draw(request.method, request.path)
        if draw.fault is not None:
            self.counts[draw.fault] += 1
        token = request.headers.get("Authorization", "")
        if draw.fault is Fault.LOGGED_OUT and token:
            self._refused.add(token)
        if token in self._refused:
            return _logged_out()
        try:
            return await self._answer(request, draw)
        except (aiohttp.ClientError, OSError, TimeoutError):
            return _bad_gateway()

    async def _answer(self, request: web.Request, draw: Draw) -> web.StreamResponse:
        unasked = self._unasked(request, draw)
        if unasked is not None:
            return unasked
        if draw.fault is Fault.DELAY:
            await asyncio.sleep(draw.luck * self._plan.longest_delay)
        if draw.fault is Fault.DUPLICATE:
            await self._forward(request)
        whole = await self._forward(request, is_limited=draw.fault is Fault.LIMITED)
        if request.path.endswith("/sync") and whole.status == 200:
            self._last_sync = (request.headers.get("Authorization", ""), whole)
        return await _deliver(request, whole, draw)

    def _unasked(self, request: web.Request, draw: Draw) -> web.Response | None:
        """Return the answer where the server never sees the request; None where it is asked."""
        found: web.Response | None = None
        match draw.fault:
            case Fault.DROP_REQUEST:
                found = _hang_up(request)
            case Fault.LIMIT_BARE | Fault.LIMIT_HEADER | Fault.LIMIT_BODY:
                found = _limited(draw.fault, self._plan.retry_after_ms)
            case Fault.BAD_GATEWAY if draw.luck >= 0.5:
                found = _bad_gateway()
            case Fault.SERVER_ERROR if draw.luck >= 0.5:
                found = _broken()
            case Fault.REFUSED_POSITION:
                found = _refused_position()
            case Fault.AGAIN if self._last_sync and request.query.get("since"):
                found = self._repeated(request)
        return found

    def _repeated(self, request: web.Request) -> web.Response:
        """Return the last sync answer once more; it was given to this device, or is none."""
        assert self._last_sync is not None
        token, last = self._last_sync
        if token != request.headers.get("Authorization", ""):
            return _broken()
        return web.Response(status=last.status, body=last.body, headers=last.headers)

    async def _forward(self, request: web.Request, *, is_limited: bool = False) -> web.Response:
        assert self._session is not None, "start() comes first"
        body = await request.read()
        target = self._upstream.join(URL(request.raw_path, encoded=True))
        if is_limited:
            target = target.update_query(filter=lie.limited(request.query.get("filter", "{}")))
        async with self._session.request(
            request.method,
            target,
            data=body or None,
            headers=_end_to_end(request.headers),
            allow_redirects=False,
        ) as reply:
            content = await reply.read()
            headers = _end_to_end(reply.headers)
            headers.popall("Content-Length", None)
            return web.Response(status=reply.status, body=content, headers=headers)


def _end_to_end(headers: CIMultiDictProxy[str]) -> CIMultiDict[str]:
    return CIMultiDict((k, v) for k, v in headers.items() if k.lower() not in HOP_BY_HOP)


def _hang_up(request: web.Request) -> web.Response:
    """Close the connection without a byte; the response that is returned goes nowhere."""
    if request.transport is not None:
        request.transport.abort()
    return web.Response()


def _bad_gateway() -> web.Response:
    page = "<html><body><h1>502 Bad Gateway</h1></body></html>"
    return web.Response(status=502, text=page, content_type="text/html")


def _limited(fault: Fault, retry_after_ms: int) -> web.Response:
    body: dict[str, str | int] = {"errcode": "M_LIMIT_EXCEEDED", "error": "Too Many Requests"}
    headers: dict[str, str] = {}
    if fault is Fault.LIMIT_BODY:
        body["retry_after_ms"] = retry_after_ms
    if fault is Fault.LIMIT_HEADER:
        headers["Retry-After"] = str(math.ceil(retry_after_ms / 1000))
    return web.json_response(body, status=429, headers=headers)


def _broken() -> web.Response:
    body = {"errcode": "M_UNKNOWN", "error": "Internal server error"}
    return web.json_response(body, status=500)


def _logged_out() -> web.Response:
    """Refuse the token as a server does whose logins last for some hours (Matrix 1.16, 5.7.1)."""
    body = {"errcode": "M_UNKNOWN_TOKEN", "error": "Access token has expired", "soft_logout": True}
    return web.json_response(body, status=401)


def _refused_position() -> web.Response:
    body = {"errcode": "M_UNKNOWN", "error": "Invalid stream token"}
    return web.json_response(body, status=400)


async def _deliver(request: web.Request, whole: web.Response, draw: Draw) -> web.StreamResponse:
    """Return what the client sees of the server's reply ``whole``."""
    seen: web.StreamResponse = whole
    match draw.fault:
        case Fault.DROP_REPLY:
            seen = _hang_up(request)
        case Fault.BAD_GATEWAY:
            seen = _bad_gateway()
        case Fault.SERVER_ERROR:
            seen = _broken()
        case Fault.NONSENSE:
            seen = web.Response(body=lie.nonsense(draw.luck), content_type="application/json")
        case Fault.JUNK if whole.status == 200 and isinstance(whole.body, bytes):
            seen = web.Response(body=lie.with_junk(whole.body), content_type="application/json")
        case Fault.TRUNCATE:
            seen = await _truncate(request, whole)
    return seen


async def _truncate(request: web.Request, whole: web.Response) -> web.StreamResponse:
    """Send the headers and half of the body of ``whole``, then close the connection."""
    assert isinstance(whole.body, bytes)
    half = web.StreamResponse(status=whole.status, headers=whole.headers)
    half.content_length = len(whole.body)
    await half.prepare(request)
    await half.write(whole.body[: len(whole.body) // 2])
    if request.transport is not None:
        request.transport.close()  # not abort(): the half that was written still goes out
    return half
