from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
import pytest_asyncio
from aiohttp import web
from aiohttp.test_utils import RawTestServer

from bot.check import Finding
from bot.check.homeserver import check_homeserver
from bot.matrix.http import Homeserver

NOW = datetime(2026, 3, 18, 9, 0, tzinfo=UTC)


class FixedClock:
    def now(self) -> datetime:
        return NOW

    def monotonic(self) -> float:
        return 0.0


class Answer:
    """What the stub homeserver answers to everything."""

    status = 200
    body = '{"versions": ["v1.1", "v1.16"]}'
    date = format_datetime(NOW, usegmt=True)


@pytest.fixture
def answer() -> Answer:
    return Answer()


@pytest_asyncio.fixture
async def server(answer: Answer) -> AsyncIterator[Homeserver]:
    async def serve(_: web.BaseRequest) -> web.Response:
        return web.Response(status=answer.status, text=answer.body, headers={"Date": answer.date})

    async with RawTestServer(serve) as stub, Homeserver(str(stub.make_url(""))) as there:
        yield there


def _ids(findings: list[Finding]) -> list[tuple[bool, str]]:
    return [
        (finding.is_good, finding.detail.message_id.removeprefix("cli.check."))
        for finding in findings
    ]


async def test_homeserver_that_answers_is_good_with_its_newest_version(
    server: Homeserver,
) -> None:
    findings = await check_homeserver(server, FixedClock())

    assert _ids(findings) == [(True, "homeserver.good"), (True, "clock.good")]
    assert findings[0].detail.params["version"] == "v1.16"


@pytest.mark.parametrize("hours", [-1, 1])
async def test_clock_that_is_wrong_is_a_cross(
    server: Homeserver, answer: Answer, hours: int
) -> None:
    answer.date = format_datetime(NOW + timedelta(hours=hours), usegmt=True)

    findings = await check_homeserver(server, FixedClock())

    assert _ids(findings)[1] == (False, "clock.wrong")
    assert findings[1].detail.params == {"seconds": 3600}


async def test_clock_that_the_server_does_not_tell_is_not_judged(
    server: Homeserver, answer: Answer
) -> None:
    answer.date = "yesterday"

    assert _ids(await check_homeserver(server, FixedClock()))[1] == (True, "clock.unknown")


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (200, "<html>It works!</html>"),
        (200, "[]"),
        (200, '{"versions": []}'),
        (404, '{"versions": ["v1.16"]}'),
        (301, ""),
    ],
)
async def test_server_of_another_kind_is_a_cross(
    server: Homeserver, answer: Answer, status: int, body: str
) -> None:
    answer.status, answer.body = status, body

    assert _ids(await check_homeserver(server, FixedClock())) == [(False, "homeserver.other")]


async def test_server_that_is_down_is_a_cross() -> None:
    async with Homeserver("http://127.0.0.1:9") as server:
        findings = await check_homeserver(server, FixedClock())

    assert _ids(findings) == [(False, "homeserver.silent")]
