"""Two ways to the model server: in memory, and over real HTTP."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from urllib.parse import quote, urlencode

from aiohttp import web

from bot.matrix.http import REQUEST_TIMEOUT, Homeserver, NetworkError, TooLargeError
from tests.matrix.exchange import request_of
from tests.matrix.model_server import TOKEN, ModelServer


class MemoryHomeserver(Homeserver):
    """The bot's own HTTP client, with the model server in place of the network.

    A sync that finds nothing new waits for news, as a long poll does, if the bot lets it wait.
    """

    def __init__(self, model: ModelServer, access_token: str | None = TOKEN) -> None:
        super().__init__("http://model", access_token)
        self._model = model
        self.is_cut_off = False

    async def raw(
        self,
        method: str,
        url_path: str,
        *,
        query: Mapping[str, str] | None = None,
        data: bytes | None = None,
        content_type: str = "application/json",
        timeout: float = REQUEST_TIMEOUT,  # noqa: ASYNC109  as the class it stands in for
        limit_bytes: int | None = None,
    ) -> tuple[int, Mapping[str, str], bytes]:
        del content_type, timeout
        await asyncio.sleep(0)
        url = f"{url_path}?{urlencode(query or {}, quote_via=quote)}"
        request = request_of(method, url, data, self.access_token)
        if request.parts == ["sync"] and int(request.query["timeout"]) >= 1000:
            while request.query.get("since") == f"s{len(self._model.stream)}":
                if self._model.extra or self._model.faults or self._model.token != request.token:
                    break
                await self._model.grown.wait()
        if self.is_cut_off:
            await asyncio.get_running_loop().create_future()
        found = self._model.handle(request)
        await asyncio.sleep(0)
        if found is None:
            raise NetworkError("the reply was lost")
        if limit_bytes is not None and len(found[2]) > limit_bytes:
            raise TooLargeError(limit_bytes)
        return found


@asynccontextmanager
async def over_http(model: ModelServer) -> AsyncIterator[str]:
    """Serve the model on a free port of this machine; give its address.

    A request whose answer is lost has its connection closed.
    """

    async def serve(request: web.Request) -> web.StreamResponse:
        token = request.headers.get("Authorization", "").removeprefix("Bearer ") or None
        body = await request.read()
        found = model.handle(request_of(request.method, request.raw_path, body, token))
        if found is None:
            assert request.transport is not None
            request.transport.abort()
            return web.Response()
        status, headers, content = found
        return web.Response(status=status, headers=headers, body=content)

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", serve)
    async with serving(app) as url:
        yield url


@asynccontextmanager
async def serving(app: web.Application) -> AsyncIterator[str]:
    """Serve any application on a free port of this machine; give its address."""
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()
