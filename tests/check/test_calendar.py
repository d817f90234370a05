"""The check of the calendar server says what works, or what to do."""

from pathlib import Path

import pytest
from aiohttp import web

from bot.check.calendar import check_calendar
from bot.config import write_secret
from bot.config.settings import CaldavSettings
from tests.caldav.radicale import PASSWORD, USER, radicale
from tests.matrix.wire import serving


def settings(home: Path, url: str, password: str = PASSWORD) -> CaldavSettings:
    write_secret(home / "password", password)
    given = {"url": url, "user": USER, "password_file": home / "password", "rooms": ["#a:b"]}
    return CaldavSettings.model_validate(given)


async def found(given: CaldavSettings) -> str:
    finding = await check_calendar(given)
    assert finding is not None
    assert finding.is_good == (finding.detail.message_id == "cli.check.calendar.good")
    return finding.detail.message_id.removeprefix("cli.check.calendar.")


async def test_calendar_of_a_real_server_is_good_or_the_reason_is_told(tmp_path: Path) -> None:
    async with radicale(tmp_path) as server:
        assert await found(settings(tmp_path, server.url)) == "good"
        assert await found(settings(tmp_path, server.url, "wrong")) == "login"
        assert await found(settings(tmp_path, f"{server.url}-other")) == "absent"
    assert await found(settings(tmp_path, server.url)) == "silent"


@pytest.mark.parametrize(("status", "reason"), [(403, "right"), (200, "other"), (301, "other")])
async def test_other_answers_are_told(tmp_path: Path, status: int, reason: str) -> None:
    app = web.Application()

    async def answer(_: web.Request) -> web.Response:
        return web.Response(status=status)

    app.router.add_route("*", "/{path:.*}", answer)
    async with serving(app) as url:
        assert await found(settings(tmp_path, f"{url}/x")) == reason


async def test_nothing_is_checked_where_none_is_named() -> None:
    assert await check_calendar(CaldavSettings()) is None
