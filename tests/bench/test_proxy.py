"""What the client and the server each see of every fault."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field

import aiohttp
import pytest
from aiohttp import web
from yarl import URL

from bench import lie
from bench.fault import EVERY_FAULT, NETWORK_FAULTS, SYNC_FAULTS, Dice, Fault, FaultPlan
from bench.proxy import FaultProxy

PATH = "/_matrix/client/v3/rooms/%21a%3Ab/send/m.room.message/t1?x=%2F"
BODY = {"event_id": "$one", "padding": "é" * 500}


@dataclass(slots=True)
class Upstream:
    """A server that answers everything and remembers what it was asked."""

    seen: list[tuple[str, str, bytes, str]] = field(default_factory=list)
    url: str = ""

    async def handle(self, request: web.Request) -> web.Response:
        token = request.headers.get("Authorization", "")
        self.seen.append((request.method, request.raw_path, await request.read(), token))
        return web.json_response(BODY, status=201, headers={"X-Server": "upstream"})


@pytest.fixture
async def upstream() -> AsyncIterator[Upstream]:
    server = Upstream()
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", server.handle)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    server.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    yield server
    await runner.cleanup()


@pytest.fixture
async def client() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


def always(fault: Fault, **settings: object) -> FaultPlan:
    return FaultPlan(rate=1.0, weights={fault: 1.0}, **settings)  # type: ignore[arg-type]  # test


async def ask(client: aiohttp.ClientSession, proxy: FaultProxy) -> tuple[int, str, dict[str, str]]:
    # POST: aiohttp sends an idempotent request again by itself when a connection breaks.
    url = URL(proxy.url + PATH, encoded=True)
    headers = {"Authorization": "Bearer secret"}
    async with client.post(url, data=b'{"body": "hi"}', headers=headers) as reply:
        return reply.status, await reply.text(), dict(reply.headers)


async def test_proxy_without_faults_changes_nothing(
    upstream: Upstream, client: aiohttp.ClientSession
) -> None:
    async with FaultProxy(upstream.url, FaultPlan(rate=0)) as proxy:
        status, text, headers = await ask(client, proxy)
    assert (status, json.loads(text), headers["X-Server"]) == (201, BODY, "upstream")
    assert upstream.seen == [("POST", PATH, b'{"body": "hi"}', "Bearer secret")]


@pytest.mark.parametrize(
    ("fault", "reached"),
    [(Fault.DROP_REQUEST, 0), (Fault.DROP_REPLY, 1), (Fault.TRUNCATE, 1)],
)
async def test_proxy_breaks_the_connection(
    upstream: Upstream, client: aiohttp.ClientSession, fault: Fault, reached: int
) -> None:
    async with FaultProxy(upstream.url, always(fault)) as proxy:
        with pytest.raises(aiohttp.ClientError):
            await ask(client, proxy)
    assert len(upstream.seen) == reached
    assert proxy.counts == {fault: 1}


async def test_proxy_truncated_reply_begins_like_the_whole(
    upstream: Upstream, client: aiohttp.ClientSession
) -> None:
    async with (
        FaultProxy(upstream.url, always(Fault.TRUNCATE)) as proxy,
        client.get(f"{proxy.url}/sync") as reply,
    ):
        received = await reply.content.readany()
        with pytest.raises(aiohttp.ClientPayloadError):
            await reply.content.read()
    whole = json.dumps(BODY).encode()
    assert whole.startswith(received)
    assert 0 < len(received) < len(whole)


async def test_proxy_duplicate_reaches_the_server_twice(
    upstream: Upstream, client: aiohttp.ClientSession
) -> None:
    async with FaultProxy(upstream.url, always(Fault.DUPLICATE)) as proxy:
        status, _text, _headers = await ask(client, proxy)
    assert status == 201
    assert len(upstream.seen) == 2
    assert upstream.seen[0] == upstream.seen[1]


async def test_proxy_delay_forwards_in_the_end(
    upstream: Upstream, client: aiohttp.ClientSession
) -> None:
    async with FaultProxy(upstream.url, always(Fault.DELAY, longest_delay=0.01)) as proxy:
        status, _text, _headers = await ask(client, proxy)
    assert (status, len(upstream.seen)) == (201, 1)


async def test_proxy_502_is_html_and_sometimes_hides_an_effect(
    upstream: Upstream, client: aiohttp.ClientSession
) -> None:
    async with FaultProxy(upstream.url, always(Fault.BAD_GATEWAY)) as proxy:
        replies = [await ask(client, proxy) for _ in range(20)]
    assert {(status, headers["Content-Type"]) for status, _, headers in replies} == {
        (502, "text/html; charset=utf-8")
    }
    assert 0 < len(upstream.seen) < 20


@pytest.mark.parametrize(
    ("fault", "header", "in_body"),
    [
        (Fault.LIMIT_BARE, None, None),
        (Fault.LIMIT_HEADER, "2", None),
        (Fault.LIMIT_BODY, None, 1500),
    ],
)
async def test_proxy_429_says_when_to_come_back_as_told(
    upstream: Upstream,
    client: aiohttp.ClientSession,
    fault: Fault,
    header: str | None,
    in_body: int | None,
) -> None:
    async with FaultProxy(upstream.url, always(fault, retry_after_ms=1500)) as proxy:
        status, text, headers = await ask(client, proxy)
    body = json.loads(text)
    assert (status, body["errcode"]) == (429, "M_LIMIT_EXCEEDED")
    assert (headers.get("Retry-After"), body.get("retry_after_ms")) == (header, in_body)
    assert upstream.seen == []


async def test_proxy_answers_502_while_the_server_is_down(client: aiohttp.ClientSession) -> None:
    async with FaultProxy("http://127.0.0.1:9", FaultPlan(rate=0)) as proxy:
        status, _text, _headers = await ask(client, proxy)
    assert status == 502


async def test_proxy_rate_can_fall_while_it_runs(
    upstream: Upstream, client: aiohttp.ClientSession
) -> None:
    async with FaultProxy(upstream.url, always(Fault.LIMIT_BARE)) as proxy:
        before, _, _ = await ask(client, proxy)
        proxy.rate = 0
        after, _, _ = await ask(client, proxy)
    assert (before, after) == (429, 201)


async def test_proxy_keeps_requests_apart_when_they_overlap(client: aiohttp.ClientSession) -> None:
    arrived = asyncio.Event()

    async def echo(request: web.Request) -> web.Response:
        if request.path == "/slow":
            await arrived.wait()
        else:
            arrived.set()
        return web.Response(text=request.path)

    async def fetch(proxy: FaultProxy, path: str) -> str:
        async with client.get(proxy.url + path) as reply:
            return await reply.text()

    async with (
        serve(echo) as url,
        FaultProxy(url, FaultPlan(rate=0)) as proxy,
        asyncio.timeout(5),
    ):
        answers = await asyncio.gather(fetch(proxy, "/slow"), fetch(proxy, "/quick"))
    assert list(answers) == ["/slow", "/quick"]


class serve:  # noqa: N801  reads like the context manager it is
    """A server on a free port whose every answer comes from one handler."""

    def __init__(self, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]) -> None:
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", handler)
        self._runner = web.AppRunner(app)

    async def __aenter__(self) -> str:
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        return f"http://127.0.0.1:{self._runner.addresses[0][1]}"

    async def __aexit__(self, *_: object) -> None:
        await self._runner.cleanup()


def draws(plan: FaultPlan, count: int = 500) -> list[Fault | None]:
    dice = Dice(plan)
    return [dice.draw("PUT", f"/send/{number}").fault for number in range(count)]


def test_dice_equal_seeds_give_equal_faults() -> None:
    assert draws(FaultPlan(seed=7)) == draws(FaultPlan(seed=7))
    assert draws(FaultPlan(seed=7)) != draws(FaultPlan(seed=8))


def test_dice_rate_and_weights_are_kept() -> None:
    faults = draws(FaultPlan(rate=0.25, seed=1), count=8000)
    broken = [fault for fault in faults if fault is not None]
    assert 0.22 < len(broken) / 8000 < 0.28
    assert set(broken) == set(NETWORK_FAULTS)


def test_dice_spares_paths_outside_the_filter() -> None:
    dice = Dice(FaultPlan(rate=1.0, only=r"^PUT .*/send/"))
    assert dice.draw("PUT", "/rooms/a/send/m.room.message/1").fault is not None
    assert dice.draw("GET", "/sync").fault is None


SYNC = "/_matrix/client/v3/sync?since=s1&filter=%7B%22room%22%3A%7B%7D%7D"


async def sync(
    client: aiohttp.ClientSession, proxy: FaultProxy, token: str = "one"
) -> tuple[int, bytes]:
    headers = {"Authorization": f"Bearer {token}"}
    async with client.get(URL(proxy.url + SYNC, encoded=True), headers=headers) as reply:
        return reply.status, await reply.read()


async def test_soft_logout_lasts_until_there_is_another_token(
    upstream: Upstream, client: aiohttp.ClientSession
) -> None:
    async with FaultProxy(upstream.url, always(Fault.LOGGED_OUT)) as proxy:
        status, body = await sync(client, proxy)
        proxy.rate = 0
        again, _ = await sync(client, proxy)
        renewed, _ = await sync(client, proxy, "two")
    assert (status, json.loads(body)["soft_logout"]) == (401, True)
    assert (again, renewed) == (401, 201)


async def test_nonsense_is_no_answer_though_the_server_has_acted(
    upstream: Upstream, client: aiohttp.ClientSession
) -> None:
    async with FaultProxy(upstream.url, always(Fault.NONSENSE)) as proxy:
        status, body = await sync(client, proxy)
    assert (status, len(upstream.seen)) == (200, 1)
    assert body in lie.NONSENSE


async def test_limited_sync_asks_for_one_event_a_room(
    upstream: Upstream, client: aiohttp.ClientSession
) -> None:
    async with FaultProxy(upstream.url, always(Fault.LIMITED)) as proxy:
        await sync(client, proxy)
    query = URL(upstream.seen[0][1]).query
    assert json.loads(query["filter"]) == {"room": {"timeline": {"limit": 1}}}
    assert query["since"] == "s1"


def test_junk_leaves_what_a_sync_answer_brings() -> None:
    event = {"event_id": "$a", "type": "m.room.message"}
    rooms = {"join": {"!r:b": {"timeline": {"events": [event]}}}}
    answer = json.loads(lie.with_junk(json.dumps({"next_batch": "s2", "rooms": rooms}).encode()))
    events = answer["rooms"]["join"]["!r:b"]["timeline"]["events"]
    assert (events.count(event), len(events)) == (1, 1 + 3 * len(lie.JUNK))
    assert answer["next_batch"] == "s2"


def test_faults_of_sync_happen_to_nothing_else() -> None:
    plan = FaultPlan(rate=1.0, seed=3, weights=EVERY_FAULT)
    assert set(draws(plan, count=2000)).isdisjoint(SYNC_FAULTS)
    dice = Dice(plan)
    met = {dice.draw("GET", "/_matrix/client/v3/sync").fault for _ in range(2000)}
    assert met >= SYNC_FAULTS
