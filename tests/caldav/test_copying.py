"""The meetings stand on a real calendar server as they are, whatever happens in between."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest
from aiohttp import web

from bot.caldav.copying import EVERY, Copying, UnknownRoomError, name_of
from bot.caldav.server import AwayError, CalendarServer, LoginError
from bot.ids import RoomId
from bot.storage import calendar_copy, forgetting, meeting, room
from bot.storage.database import Database
from tests.caldav.radicale import PASSWORD, USER, Radicale, radicale
from tests.matrix.wire import serving
from tests.scene import ANIMATOR, JO, MAX, OTHER_ROOM, ROOM, Scene

WORKSHOP = "!rdv Atelier lexique | mardi 7 avril 12h30-14h | Lyon, Le Tuba"
COFFEE = "!rdv Café | chaque premier jeudi du mois à 12h30"
ALIAS = "#accueil:example.org"


@pytest.fixture
async def scene(sqlite_url: str) -> AsyncIterator[Scene]:
    database = Database(sqlite_url)
    opened = Scene(database)
    opened.server.aliases[ALIAS] = ROOM
    yield opened
    await database.close()


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[Radicale]:
    async with radicale(tmp_path) as running:
        yield running


def copying(scene: Scene, url: str, *rooms: str, password: str = PASSWORD) -> Copying:
    client = CalendarServer(url, USER, password)
    names = rooms or (ALIAS,)
    return Copying(client, scene.database, scene.clock, names, scene.server.room_of)


async def copy(scene: Scene, url: str, *rooms: str) -> None:
    """Bring the server up to date once, as a process of its own does."""
    work = copying(scene, url, *rooms)
    try:
        await work.copy()
    finally:
        await work.server.close()


async def uid_of(scene: Scene, number: int) -> str:
    async with scene.database.read() as snapshot:
        found = await meeting.get(snapshot, number)
    assert found is not None
    return found.uid


async def test_meetings_come_change_and_go(scene: Scene, server: Radicale) -> None:
    await scene.say(WORKSHOP)
    await scene.say(COFFEE)
    withdrawn = scene.message("!rdv Erreur | mercredi 8 avril 9h")
    await scene.hear(withdrawn)
    await scene.say("!rdv Ailleurs | mercredi 8 avril 9h", room=OTHER_ROOM, sender=ANIMATOR)
    await copy(scene, server.url)

    first = await server.calendar()
    assert first.count("BEGIN:VEVENT") == 3
    assert "Ailleurs" not in first
    assert "DTSTART;TZID=Europe/Paris:20260407T123000" in first

    await scene.say("!rdv déplacer C1 mardi 14 avril 12h30-14h")
    await scene.say("!rdv déplacer C2 7 mai | 8 mai 14h")
    await scene.redact(withdrawn.event_id)
    await copy(scene, server.url)

    second = await server.calendar()
    assert "Erreur" not in second
    assert "DTSTART;TZID=Europe/Paris:20260414T123000" in second
    assert "RECURRENCE-ID;TZID=Europe/Paris:20260507T123000" in second
    assert second.count("BEGIN:VEVENT") == 3  # the date of the series that was moved is the third

    await scene.say("!rdv annuler C1")
    await copy(scene, server.url)
    assert "STATUS:CANCELLED" in await server.calendar()


async def test_what_is_over_stays_and_what_is_the_same_is_not_sent(
    scene: Scene, server: Radicale
) -> None:
    await scene.say(WORKSHOP)
    await copy(scene, server.url)
    scene.clock.pass_by(timedelta(days=200))
    await server.stop()
    await copy(scene, server.url)  # nothing to send: nobody notices that the server is away
    await server.start()
    assert "Atelier" in await server.calendar()


async def test_server_that_is_down_is_waited_for(scene: Scene, server: Radicale) -> None:
    await server.stop()
    await scene.say(WORKSHOP)
    work, waited = copying(scene, server.url), list[float]()

    async def sleep(seconds: float) -> None:
        waited.append(seconds)
        if len(waited) == 3:
            await server.start()
        if seconds == EVERY:
            raise asyncio.CancelledError

    work.sleep = sleep
    with pytest.raises(asyncio.CancelledError):
        await work.run()

    assert len(waited) == 4
    assert waited[0] <= 1.0 < waited[2] <= 4.0
    assert (await server.calendar()).count("BEGIN:VEVENT") == 1


async def test_what_others_changed_or_deleted_there_is_put_right(
    scene: Scene, server: Radicale
) -> None:
    await scene.say(WORKSHOP)
    await scene.say("!rdv Bilan | jeudi 9 avril 9h")
    await copy(scene, server.url)
    one, two = [name_of(await uid_of(scene, number)) for number in (1, 2)]
    _, text = await server.ask("GET", one)
    await server.ask("PUT", one, text.replace("Lyon", "Paris").encode())
    await server.ask("DELETE", two)

    for number in (1, 2):
        await scene.say(f"!rdv modifier C{number} lieu Nantes")
    await copy(scene, server.url)

    after = await server.calendar()
    assert after.count("LOCATION:Nantes") == 2
    assert "Paris," not in after.replace("Europe/Paris", "")

    await server.ask("PUT", one, (await server.ask("GET", one))[1].replace("Nantes", "X").encode())
    await server.ask("DELETE", two)
    work = copying(scene, server.url, OTHER_ROOM)  # the room is no more to be shown there
    await work.copy()
    await work.server.close()
    assert "BEGIN:VEVENT" not in await server.calendar()


async def test_room_that_is_replaced_keeps_its_copies(scene: Scene, server: Radicale) -> None:
    await scene.say(WORKSHOP)
    await copy(scene, server.url)
    before = room.Room(ROOM, replaced_by=OTHER_ROOM)
    await scene.database.write(lambda t: room.save(t, [before, room.Room(OTHER_ROOM)]))
    scene.server.predecessors[OTHER_ROOM] = ROOM
    await scene.upgrade(ROOM, OTHER_ROOM)
    await copy(scene, server.url)
    assert "Atelier" in await server.calendar()


async def test_who_is_forgotten_is_forgotten_there(scene: Scene, server: Radicale) -> None:
    await scene.say(WORKSHOP)
    await copy(scene, server.url)
    await scene.database.write(lambda t: forgetting.erase(t, JO, keeps_words=False))
    await copy(scene, server.url)
    assert "Atelier" not in await server.calendar()


async def test_wrong_password_and_unknown_room_change_nothing(
    scene: Scene, server: Radicale, caplog: pytest.LogCaptureFixture
) -> None:
    await scene.say(WORKSHOP)
    work = copying(scene, server.url, password="wrong")
    with pytest.raises(LoginError):
        await work.copy()
    await work.server.close()

    await copy(scene, server.url)
    scene.server.aliases.clear()
    with pytest.raises(UnknownRoomError):
        await copy(scene, server.url)
    assert "Atelier" in await server.calendar()
    assert "wrong" not in caplog.text


@dataclass
class Memory:
    """A calendar server that loses answers, holds them back, or refuses."""

    objects: dict[str, tuple[bytes, int]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    loses: bool = False
    status: int | None = None
    weak: str = ""
    arrived: asyncio.Event = field(default_factory=asyncio.Event)
    released: asyncio.Event = field(default_factory=asyncio.Event)
    _count: int = 0

    def app(self) -> web.Application:
        app = web.Application()
        app.router.add_route("*", "/calendar/{name}", self._answer)
        return app

    async def _answer(self, request: web.Request) -> web.Response:
        name, method = request.match_info["name"], request.method
        self.asked.append(method)
        known = self.objects.get(name)
        tag = f'"{known[1]}"' if known else None
        wanted = request.headers.get("If-Match")
        if self.status is not None:
            return web.Response(status=self.status, headers={"Retry-After": "7"})
        if (wanted and wanted != tag) or (known and request.headers.get("If-None-Match") == "*"):
            return web.Response(status=412)
        if method == "PUT":
            self._count += 1
            self.objects[name] = (await request.read(), self._count)
        elif method == "DELETE":
            self.objects.pop(name, None)
        if self.loses:
            self.arrived.set()
            await self.released.wait()
        after = self.objects.get(name)
        if after is None and method != "DELETE":
            return web.Response(status=404)
        headers = {"ETag": f'{self.weak}"{after[1]}"'} if after else {}
        return web.Response(status=204, headers=headers)


async def test_killed_before_the_answer_it_is_written_over_itself(scene: Scene) -> None:
    await scene.say(WORKSHOP)
    memory = Memory(loses=True)
    async with serving(memory.app()) as base:
        url = f"{base}/calendar"
        work = copying(scene, url)
        killed = asyncio.create_task(work.copy())
        await memory.arrived.wait()
        killed.cancel()
        await asyncio.gather(killed, return_exceptions=True)
        await work.server.close()
        memory.released.set()
        async with scene.database.read() as snapshot:
            [noted] = (await calendar_copy.of_server(snapshot, url)).values()
        assert noted.version is None  # known to be on its way: a withdrawal now would delete it

        memory.loses = False
        await copy(scene, url)
        await copy(scene, url)

    assert list(memory.objects) == [name_of(await uid_of(scene, 1))]
    assert memory.asked == ["PUT", "PUT", "HEAD", "PUT"]


async def test_withdrawn_while_it_was_on_its_way_it_goes(scene: Scene) -> None:
    await scene.say(WORKSHOP)
    memory = Memory(loses=True)
    async with serving(memory.app()) as base:
        work = copying(scene, f"{base}/calendar")
        killed = asyncio.create_task(work.copy())
        await memory.arrived.wait()
        killed.cancel()
        await asyncio.gather(killed, return_exceptions=True)
        await work.server.close()
        memory.released.set()
        await scene.database.write(lambda t: meeting.erase(t, 1))
        memory.loses = False
        await copy(scene, f"{base}/calendar")
    assert memory.objects == {}


async def test_server_without_strong_tags_is_written_all_the_same(scene: Scene) -> None:
    await scene.say(WORKSHOP)
    memory = Memory(weak="W/")
    async with serving(memory.app()) as base:
        await copy(scene, f"{base}/calendar")
        await scene.say("!rdv modifier C1 lieu Nantes")
        await copy(scene, f"{base}/calendar")
    [(data, _)] = memory.objects.values()
    assert b"LOCATION:Nantes" in data


async def test_busy_server_says_when_and_a_refused_object_is_left(scene: Scene) -> None:
    await scene.say(WORKSHOP)
    memory = Memory(status=503)
    async with serving(memory.app()) as base:
        with pytest.raises(AwayError) as caught:
            await copy(scene, f"{base}/calendar")
        assert caught.value.retry_after == 7

        memory.status = 403
        work = copying(scene, f"{base}/calendar")
        memory.asked.clear()
        await work.copy()
        await work.copy()
        assert memory.asked == ["PUT"]
        await scene.say("!rdv modifier C1 lieu Nantes", sender=JO)
        memory.status = None
        await work.copy()
        await work.server.close()
    assert len(memory.objects) == 1


async def test_answers_of_members_send_nothing(scene: Scene) -> None:
    await scene.say(WORKSHOP)
    memory = Memory()
    async with serving(memory.app()) as base:
        await copy(scene, f"{base}/calendar", RoomId(ROOM))
        await scene.say("!participe C1", sender=MAX)
        await scene.wait(timedelta(seconds=10))
        await copy(scene, f"{base}/calendar", RoomId(ROOM))
    assert memory.asked == ["PUT"]
    [(data, _)] = memory.objects.values()
    assert b"@jo" not in data
    assert b"METHOD" not in data
