"""A feed shows what its owner may see at that moment, and nothing to anybody else."""

import asyncio
import gzip
import logging
import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta

import aiohttp
import pytest

from bot.matrix.http import NetworkError
from bot.storage import forgetting, subject
from bot.storage.feed import feed
from bot.web.feed import FEED_LIMIT, FeedPage, Shelf
from bot.web.listener import Listener
from tests.scene import ANIMATOR, CATALOGUE, JO, MAX, OTHER_ROOM, PAIR, ROOM, Act, Scene
from tests.services.icalendar.test_writing import calendar

WORKSHOP = "!rdv Atelier lexique | mardi 7 avril 12h30-14h | Lyon, Le Tuba"
COFFEE = "!rdv Café | chaque premier jeudi du mois à 12h30"
SECRET = re.compile(r"https://compagnon\.example\.org(/calendar/([A-Za-z0-9_-]{43})\.ics)")


@dataclass(frozen=True)
class Got:
    status: int
    headers: Mapping[str, str]
    text: str


@dataclass(frozen=True)
class Visitor:
    """Somebody who asks the bot's listener."""

    port: int
    session: aiohttp.ClientSession

    async def get(self, path: str, method: str = "GET", **headers: str) -> Got:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        url = f"http://127.0.0.1:{self.port}{path}"
        async with self.session.request(method, url, headers=named) as answer:
            data = await answer.read()
            if answer.headers.get("Content-Encoding") == "gzip":
                data = gzip.decompress(data)
            return Got(answer.status, answer.headers, data.replace(b"\r\n ", b"").decode())


def shelf(scene: Scene) -> Shelf:
    words = ("Les praticiens", "fr")
    return Shelf(scene.database, scene.server, CATALOGUE, scene.clock, *words)


@asynccontextmanager
async def visiting(page: FeedPage) -> AsyncIterator[Visitor]:
    listener = Listener([page])
    await listener.start("127.0.0.1", 0)
    async with aiohttp.ClientSession(auto_decompress=False) as session:
        yield Visitor(listener.port, session)
    await listener.stop()


@pytest.fixture
async def visitor(scene: Scene) -> AsyncIterator[Visitor]:
    async with visiting(FeedPage(shelf(scene))) as visitor:
        yield visitor


def path_in(acts: list[Act]) -> str:
    [found] = {match[1] for act in acts if (match := SECRET.search(act.body))}
    return found


async def test_feed_of_a_room_is_read(scene: Scene, visitor: Visitor) -> None:
    await scene.say(WORKSHOP)
    path = path_in(await scene.say("!ics abonner", sender=MAX))

    got = await visitor.get(path)

    assert got.status == 200
    assert got.headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert got.headers["Cache-Control"] == "private, no-cache"
    assert "SUMMARY:Atelier lexique" in got.text
    assert "X-WR-CALNAME:Les praticiens" in got.text
    assert "REFRESH-INTERVAL;VALUE=DURATION:PT1H" in got.text


async def test_packed_head_and_unchanged(scene: Scene, visitor: Visitor) -> None:
    await scene.say(WORKSHOP)
    path = path_in(await scene.say("!ics abonner"))

    plain = await visitor.get(path, Accept_Encoding="identity")
    packed = await visitor.get(path, Accept_Encoding="br, gzip;q=0.8")
    unwanted = await visitor.get(path, Accept_Encoding="gzip;q=0")
    head = await visitor.get(path, "HEAD", Accept_Encoding="identity")
    same = await visitor.get(path, If_None_Match=plain.headers["ETag"])

    assert "Content-Encoding" not in plain.headers
    assert "Content-Encoding" not in unwanted.headers
    assert packed.headers["Content-Encoding"] == "gzip"
    assert packed.text == plain.text
    assert int(packed.headers["Content-Length"]) < int(plain.headers["Content-Length"])
    assert (head.status, head.text) == (200, "")
    assert head.headers["Content-Length"] == plain.headers["Content-Length"]
    assert (same.status, same.text) == (304, "")
    assert same.headers["ETag"] == plain.headers["ETag"] == packed.headers["ETag"]


async def test_answers_change_nothing_and_a_move_does(scene: Scene, visitor: Visitor) -> None:
    await scene.say(WORKSHOP)
    path = path_in(await scene.say("!ics abonner"))
    tag = (await visitor.get(path)).headers["ETag"]

    await scene.say("!participe C1", sender=MAX)
    await scene.wait(timedelta(seconds=10))
    assert (await visitor.get(path, If_None_Match=tag)).status == 304

    await scene.say("!rdv modifier C1 date mardi 14 avril 12h30-14h")
    moved = await visitor.get(path, If_None_Match=tag)
    assert moved.status == 200
    assert "DTSTART;TZID=Europe/Paris:20260414T123000" in moved.text
    assert "SEQUENCE:1" in moved.text


async def test_what_is_called_off_stays_and_says_so(scene: Scene, visitor: Visitor) -> None:
    await scene.say(WORKSHOP)
    path = path_in(await scene.say("!ics abonner"))
    await scene.say("!rdv annuler C1")

    text = (await visitor.get(path)).text

    assert "STATUS:CANCELLED" in text
    assert "SEQUENCE:1" in text


async def test_what_was_stays_for_half_a_year(scene: Scene, visitor: Visitor) -> None:
    await scene.say(WORKSHOP)
    path = path_in(await scene.say("!ics abonner"))
    scene.clock.pass_by(timedelta(days=100))
    assert "Atelier" in (await visitor.get(path)).text
    scene.clock.pass_by(timedelta(days=100))
    assert "Atelier" not in (await visitor.get(path)).text


async def test_personal_feed_follows_the_rooms_of_its_owner(scene: Scene, visitor: Visitor) -> None:
    await scene.say(WORKSHOP)
    await scene.say(COFFEE, room=OTHER_ROOM, sender=ANIMATOR)
    path = path_in(await scene.say("!ics abonner", room=PAIR))

    first = await visitor.get(path)
    scene.server.members[OTHER_ROOM].add(JO)
    second = await visitor.get(path)
    scene.server.members[ROOM].discard(JO)
    third = await visitor.get(path)

    assert [name in first.text for name in ("Atelier", "Café")] == [True, False]
    assert [name in second.text for name in ("Atelier", "Café")] == [True, True]
    assert [name in third.text for name in ("Atelier", "Café")] == [False, True]


async def test_mine_is_what_i_hold_or_come_to(scene: Scene, visitor: Visitor) -> None:
    await scene.say(WORKSHOP)
    await scene.say(COFFEE)
    path = path_in(await scene.say("!ics subscribe mine", sender=MAX))
    assert "BEGIN:VEVENT" not in (await visitor.get(path)).text

    await scene.say("!participe C2", sender=MAX)

    text = (await visitor.get(path)).text
    assert "SUMMARY:Café" in text
    assert "Atelier" not in text
    assert "X-WR-CALNAME:Les praticiens · mes rendez-vous" in text


async def test_unknown_revoked_and_left_are_the_same_nothing(
    scene: Scene, visitor: Visitor
) -> None:
    await scene.say(WORKSHOP)
    revoked = path_in(await scene.say("!ics abonner"))
    await scene.say("!ics révoquer")
    left = path_in(await scene.say("!ics abonner", sender=MAX))
    scene.server.members[ROOM].discard(MAX)

    nothings = [
        await visitor.get(path)
        for path in (revoked, left, f"/calendar/{'x' * 43}.ics", "/calendar/short.ics")
    ]

    assert {(got.status, got.text) for got in nothings} == {(404, "Not found\n")}
    assert len({frozenset(got.headers) for got in nothings}) == 1


async def test_who_leaves_or_is_forgotten_has_no_address(scene: Scene, visitor: Visitor) -> None:
    await scene.say(WORKSHOP)
    left = path_in(await scene.say("!ics abonner", sender=MAX))
    await scene.move(MAX, "leave", "join")
    async with scene.database.read() as snapshot:
        assert (await snapshot.execute(feed.select())).all() == []
    assert (await visitor.get(left)).status == 404  # though the server says that they came back

    forgotten = path_in(await scene.say("!ics abonner mes"))
    await scene.database.write(lambda t: forgetting.erase(t, JO, keeps_words=True))
    assert (await visitor.get(forgotten)).status == 404


async def test_new_address_ends_the_others_of_the_same(scene: Scene, visitor: Visitor) -> None:
    first = path_in(await scene.say("!ics abonner"))
    mine = path_in(await scene.say("!ics abonner mes"))
    second = path_in(await scene.say("!ics nouvelle"))
    assert [(await visitor.get(path)).status for path in (first, mine, second)] == [404, 200, 200]


async def test_homeserver_away_is_said_and_passes(scene: Scene, visitor: Visitor) -> None:
    path = path_in(await scene.say("!ics abonner"))
    scene.server.breaks = NetworkError("away")
    got = await visitor.get(path)
    assert (got.status, got.headers["Retry-After"]) == (503, "300")
    scene.server.breaks = None
    assert (await visitor.get(path)).status == 200


async def test_one_feed_is_not_asked_without_end(scene: Scene, visitor: Visitor) -> None:
    path = path_in(await scene.say("!ics abonner"))
    other = path_in(await scene.say("!ics abonner", sender=MAX))
    for _ in range(FEED_LIMIT):
        assert (await visitor.get(path)).status == 200
    asked = len(scene.server.asked)
    got = await visitor.get(path)
    assert (got.status, got.headers["Retry-After"]) == (429, "60")
    assert len(scene.server.asked) == asked
    assert (await visitor.get(other)).status == 200


async def test_who_tries_addresses_is_stopped_and_others_are_not(scene: Scene) -> None:
    path = path_in(await scene.say("!ics abonner"))
    async with visiting(FeedPage(shelf(scene), caller_limit=3)) as visitor:
        tries = [
            await visitor.get(f"/calendar/{n:043}.ics", X_Forwarded_For="192.0.2.1")
            for n in range(4)
        ]
        other = await visitor.get(path, X_Forwarded_For="192.0.2.1, 192.0.2.2")
    assert [got.status for got in tries] == [404, 404, 404, 429]
    assert other.status == 200


async def test_secret_is_neither_kept_nor_logged(
    scene: Scene, visitor: Visitor, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    caplog.set_level(logging.WARNING, "aiosqlite")  # as `bot.log` does
    path = path_in(await scene.say("!ics abonner"))
    await scene.deliver()
    secret = path.removeprefix("/calendar/").removesuffix(".ics")
    await visitor.get(path)
    scene.server.breaks = NetworkError("away")
    await visitor.get(path)
    scene.server.breaks = ZeroDivisionError("a mistake of ours")
    assert (await visitor.get(path)).status == 500

    assert "a mistake of ours" in caplog.text
    assert secret not in caplog.text
    async with scene.database.read() as snapshot:
        rows = await subject.rows(snapshot, JO)
    assert set(rows["feed"][0]) == {"user_id", "scope", "room_id", "created_at"}
    assert secret not in str(rows)


async def test_same_sight_is_written_once(scene: Scene) -> None:
    await scene.say(WORKSHOP)
    page = FeedPage(shelf(scene))
    opened = [SECRET.search(act.body) for user in (JO, MAX)
              for act in await scene.say("!ics abonner", sender=user)]  # fmt: skip
    files = []
    for secret in [match[2] for match in opened if match]:
        item = await page._opened(secret)
        assert item is not None
        seen = await page._seen(item)
        assert seen is not None
        files.append(await page._file(*seen))
    assert len(files) == 2
    assert files[0] is files[1]


async def test_large_feed_does_not_hold_the_others_up(scene: Scene) -> None:
    turns = 0
    page = FeedPage(shelf(scene))
    series = calendar()[0]
    many = [replace(series, item=replace(series.item, uid=f"{n}@x", id=n)) for n in range(500)]

    async def turn() -> None:
        nonlocal turns
        while True:
            await asyncio.sleep(0.001)
            turns += 1

    turning = asyncio.create_task(turn())
    file = await page._file(many, "x")
    turning.cancel()
    assert file.plain.count(b"BEGIN:VEVENT") >= 500
    assert turns > 5  # written on the loop itself it would be two
