"""A calendar follows the meetings of real rooms: at its address, and on a server."""

import asyncio
import re
import socket
from collections.abc import Awaitable, Callable
from pathlib import Path

import aiohttp

from bot.demo.conversation import RunningBot
from bot.demo.member import Member
from bot.ids import RoomId
from tests.caldav.radicale import PASSWORD, USER, radicale
from tests.e2e.test_direct_message import joins

MakeBot = Callable[..., Awaitable[RunningBot]]

WORKSHOP = "!rdv Atelier lexique | demain 12h30-14h | Lyon, Le Tuba"
PUBLIC = "https://compagnon.example.org"


async def test_calendar_follows_at_its_address_and_on_a_server(
    make_bot: MakeBot, jo: Member, camille: Member, room: RoomId, tmp_path: Path
) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    (tmp_path / "caldav").write_text(PASSWORD)
    (tmp_path / "caldav").chmod(0o600)
    async with radicale(tmp_path) as server, aiohttp.ClientSession() as session:
        caldav = {"url": server.url, "user": USER, "password_file": str(tmp_path / "caldav"),
                  "rooms": [room]}  # fmt: skip
        web = {"listen": f"127.0.0.1:{port}", "public_url": PUBLIC}
        bot = await make_bot(room, more={"web": web, "caldav": caldav})
        pair = await camille.create_dm(bot.user_id)
        await joins(camille, pair, bot.user_id)

        async def read(address: str) -> tuple[int, str]:
            url = address.replace(PUBLIC, f"http://127.0.0.1:{port}")
            async with session.get(url) as answer:
                return answer.status, await answer.text()

        await jo.send(room, WORKSHOP)
        assert "Atelier lexique" in (await bot.answer(jo, room, "!agenda")).body
        told = await bot.answer(camille, pair, "ics abonner")
        found = re.search(rf"{PUBLIC}/calendar/([\w-]+)\.ics", told.body)
        assert found is not None
        status, text = await read(found[0])
        assert (status, text.count("SUMMARY:Atelier lexique")) == (200, 1)

        await bot.process.stop()
        await bot.process.start()  # it looks at once what has to be on the server
        async with asyncio.timeout(20):
            while "Atelier lexique" not in await server.calendar():  # noqa: ASYNC110  another program
                await asyncio.sleep(0.1)

        await camille.leave(room)
        status, text = await read(found[0])
        assert (status, "Atelier" in text) == (200, False)
        await bot.answer(camille, pair, "ics révoquer")
        assert (await read(found[0]))[0] == 404
        assert found[1] not in bot.process.log
        assert PASSWORD not in bot.process.log
