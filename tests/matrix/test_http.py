"""One request gives one answer, or one error that says what it means."""

import asyncio

import pytest
from aiohttp import web

from bot.matrix.http import Homeserver, MatrixError, NetworkError, client_path
from tests.matrix.wire import serving


async def _once(response: web.Response) -> dict[str, object]:
    app = web.Application()

    async def serve(request: web.Request) -> web.Response:
        del request
        return response

    app.router.add_route("*", "/{path:.*}", serve)
    async with serving(app) as url, Homeserver(url, "secret") as server:
        return await server.request("GET", "/anything")


def _error(status: int, body: str = "{}", **headers: str) -> web.Response:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return web.Response(status=status, text=body, headers=named)


async def test_request_returns_a_large_answer() -> None:
    assert await _once(web.json_response({"a": "x" * 3_000_000})) == {"a": "x" * 3_000_000}


async def test_request_returns_an_answer_that_comes_in_pieces() -> None:
    app = web.Application()

    async def serve(request: web.Request) -> web.StreamResponse:
        reply = web.StreamResponse()
        await reply.prepare(request)
        for piece in (b'{"a"', b": ", b"1}"):
            await reply.write(piece)
            await asyncio.sleep(0)
        return reply

    app.router.add_get("/", serve)
    async with serving(app) as url, Homeserver(url) as server:
        assert await server.request("GET", "/") == {"a": 1}


async def test_answer_beyond_the_limit_is_not_read() -> None:
    app = web.Application()

    async def serve(request: web.Request) -> web.Response:
        del request
        return web.json_response("x" * 100_000)

    app.router.add_get("/", serve)
    async with serving(app) as url, Homeserver(url) as server:
        server.body_limit_bytes = 50_000
        with pytest.raises(NetworkError, match="too large"):
            await server.request("GET", "/")


@pytest.mark.parametrize("body", ["", "<html>502</html>", "[]", "null", '{"a":'])
async def test_answer_that_is_no_object_is_a_network_error(body: str) -> None:
    with pytest.raises(NetworkError):
        await _once(web.Response(text=body))


async def test_truncated_answer_is_a_network_error() -> None:
    app = web.Application()

    async def serve(request: web.Request) -> web.StreamResponse:
        reply = web.StreamResponse()
        reply.content_length = 100
        await reply.prepare(request)
        await reply.write(b'{"a": 1}')
        assert request.transport is not None
        request.transport.close()
        return reply

    app.router.add_get("/", serve)
    async with serving(app) as url, Homeserver(url) as server:
        with pytest.raises(NetworkError):
            await server.request("GET", "/")


async def test_homeserver_that_is_down_is_a_network_error() -> None:
    async with serving(web.Application()) as url:
        pass
    async with Homeserver(url) as server:
        with pytest.raises(NetworkError):
            await server.request("GET", "/")


async def test_error_without_json_still_tells_its_status() -> None:
    with pytest.raises(MatrixError) as caught:
        await _once(_error(502, "<html>"))
    assert (caught.value.status, caught.value.errcode, caught.value.is_temporary) == (502, "", True)


@pytest.mark.parametrize(
    ("status", "is_temporary"),
    [(400, False), (401, False), (403, False), (404, False), (408, True), (413, False),
     (429, True), (500, True), (503, True), (599, True)],
)  # fmt: skip
async def test_error_tells_whether_trying_again_may_help(status: int, is_temporary: bool) -> None:
    with pytest.raises(MatrixError) as caught:
        await _once(_error(status, '{"errcode": "M_X", "error": "because"}'))
    assert caught.value.is_temporary == is_temporary
    assert str(caught.value) == f"{status} M_X because"


@pytest.mark.parametrize(
    ("body", "headers", "seconds"),
    [
        ("{}", {}, None),
        ('{"retry_after_ms": 1500}', {}, 1.5),
        ("{}", {"Retry_After": "7"}, 7.0),
        ('{"retry_after_ms": 1500}', {"Retry_After": "7"}, 7.0),
        ('{"retry_after_ms": 1000000000000}', {}, 3600.0),
        ('{"retry_after_ms": -5}', {}, 0.0),
        ('{"retry_after_ms": "soon"}', {}, None),
        ('{"retry_after_ms": NaN}', {}, None),
        ("{}", {"Retry_After": "soon"}, None),
        ("{}", {"Retry_After": "9" * 400}, 3600.0),
        ("{}", {"Retry_After": "Wed, 21 Oct 2026 07:28:30 GMT",
                "Date": "Wed, 21 Oct 2026 07:28:00 GMT"}, 30.0),
        ("{}", {"Retry_After": "Wed, 21 Oct 2026 07:28:30 GMT",
                "Date": "Wed, 21 Oct 2020 07:28:00 GMT"}, 3600.0),
    ],
)  # fmt: skip
async def test_error_tells_how_long_to_wait_clamped_to_an_hour(
    body: str, headers: dict[str, str], seconds: float | None
) -> None:
    with pytest.raises(MatrixError) as caught:
        await _once(_error(429, body, **headers))
    assert caught.value.retry_after == seconds


async def test_token_is_in_the_header_and_never_in_an_error() -> None:
    seen: list[str] = []
    app = web.Application()

    async def serve(request: web.Request) -> web.Response:
        seen.append(request.headers["Authorization"])
        seen.append(request.raw_path)
        return _error(403, '{"errcode": "M_FORBIDDEN"}')

    app.router.add_get("/{path:.*}", serve)
    async with serving(app) as url, Homeserver(url, "canary") as server:
        with pytest.raises(MatrixError) as caught:
            await server.request("GET", client_path("rooms", "!a/b:c", "state"))
    assert seen == ["Bearer canary", "/_matrix/client/v3/rooms/!a%2Fb:c/state"]
    assert "canary" not in repr(caught.value)
