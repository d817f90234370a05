"""The listener serves its pages, or says what the operator can do."""

import asyncio

import pytest
from aiohttp import web

from bot.errors import OperatorError
from bot.web.listener import Listener
from tests.matrix.wire import serving


async def test_taken_port_is_an_operators_matter() -> None:
    async with serving(web.Application()) as url:
        listener = Listener([])
        with pytest.raises(OperatorError, match=r"web\.listen") as caught:
            await listener.start("127.0.0.1", int(url.rpartition(":")[2]))
        assert caught.value.exit_code == 2
        await listener.stop()


async def test_stop_before_start_is_nothing() -> None:
    await asyncio.wait_for(Listener([]).stop(), 1)
