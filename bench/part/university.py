"""A summer university on a real homeserver: 200 come, a session is moved, one is called off.

The bot is killed three times: among the answers, two seconds before the first reminders are due
(and started ten seconds later), and while the second are being said. Judged is what each person
finds in their direct messages, and what two other calendars read in the file that goes out.
"""

import asyncio
import re
import shutil
import tempfile
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TypeVar

import aiohttp

from bench.measure import OURS, Measure, at_most
from bench.stage import SERVER_NAME, GaveUpError
from bench.subject import Subject
from bench.university import CANCELLED, COMES, LATER, MOVED, PARIS, Heard, Programme, expected
from bot.demo import bot_process, homeserver
from bot.demo.bot_process import community_settings
from bot.demo.client_api import CLIENT, inner, text
from bot.demo.conversation import RunningBot
from bot.demo.homeserver import Synapse
from bot.demo.member import Member
from bot.demo.room_event import RoomEvent
from bot.ids import RoomId
from tests.e2e.calendar.test_readers import HERE, instant, read
from tests.e2e.interop.element import install

T = TypeVar("T")

PART = "university"
PASSWORD = "correct horse battery staple"
TOLD = ("⏰", "🗓", "❌")
TOGETHER = 10
"""Members who do something at the same time."""
BEFORE, AFTER = timedelta(seconds=2), timedelta(seconds=8)
"""The bot is away from so long before the first reminders are due until so long after."""
WITHIN = timedelta(minutes=6)
SETTLED = 5.0
"""Seconds in which something that is said twice would come."""


@dataclass(frozen=True, slots=True)
class Town:
    """Everybody: the homeserver, the one who organises in the room, the people, the bot."""

    synapse: Synapse
    organiser: Member
    people: Sequence[Member]
    room: RoomId
    bot: RunningBot


async def run(subjects: list[Subject], *, quick: bool) -> list[Measure]:
    """Play it once; other bots know no calendar."""
    del subjects
    directory = Path(tempfile.mkdtemp(prefix="compagnon-bench-"))
    readers = await asyncio.to_thread(install, directory / "readers", HERE)
    try:
        async with _town(directory, 20 if quick else 200) as town:
            programme, heard, last_ms = await _play(town)
            data = await _exported(town)
    finally:
        await asyncio.to_thread(shutil.rmtree, directory / "bot", ignore_errors=True)
    starts = [instant(at) for at in programme.starts()]
    span = (instant(programme.first - timedelta(days=1)), instant(LATER[-1] + timedelta(days=9)))
    found = await asyncio.to_thread(read, readers, data, *span)
    await asyncio.to_thread(shutil.rmtree, directory, ignore_errors=True)
    misread = sum([at for at, _ in dates] != starts for dates in found.values())
    return _told(town, heard, last_ms / 1000 - programme.first.timestamp(), misread)


def _told(town: Town, heard: Counter[Heard], seconds: float, misread: int) -> list[Measure]:
    wanted = expected(member.user_id for member in town.people)
    what = f"{len(town.people)} people on a Synapse"
    late = sum(count for (_, kind, _), count in heard.items() if kind == "⏰ late")
    return [
        _most(f"reminders and news due, {what}", "messages", wanted.total(), wanted.total()),
        _most("of them lost", "messages", (wanted - heard).total(), 0),
        _most("doubled, or due to nobody", "messages", (heard - wanted).total(), 0),
        Measure(PART, "due while the bot was killed, said to be late", "messages", {OURS: late}),
        Measure(PART, "until the last of them was said", "s", {OURS: round(seconds, 1)}),
        _most("readers that find other dates in the file", "of 2", misread, 0),
    ]


@asynccontextmanager
async def _town(directory: Path, count: int) -> AsyncIterator[Town]:
    synapse = await homeserver.start(directory / "synapse", server_name=SERVER_NAME)
    organiser, *people = await _together(
        [lambda n=n: _member(synapse, f"member{n}") for n in range(count + 1)]  # type: ignore[misc]  # a number each
    )
    room = await organiser.create_room("Université d’été")
    await _together([lambda m=m: m.join(room) for m in people])  # type: ignore[misc]  # a member each
    account = await synapse.register("compagnon", PASSWORD)
    settings = community_settings(synapse.home, account, name="Université", rooms=[room])
    settings["matrix"] |= {"encryption": False}  # what each person is told is read from outside
    settings |= {"quiet": {"hours": "off"}, "limits": {"commands_per_minute": 0}}
    bot = RunningBot(account, bot_process.prepare(directory / "bot", settings, PASSWORD))
    try:
        await organiser.sync(timedelta())
        await bot.arrive(synapse.home.base_url, [room])
        yield Town(synapse, organiser, people, room, bot)
    finally:
        await bot.process.kill()
        for member in (organiser, *people):
            await member.close()
        await synapse.stop()


async def _member(synapse: Synapse, name: str) -> Member:
    return Member(synapse.home.base_url, await synapse.register(name, PASSWORD))


async def _together(acts: Sequence[Callable[[], Awaitable[T]]]) -> list[T]:
    """Do all, a few at a time; return what each returns, in order."""
    gate = asyncio.Semaphore(TOGETHER)

    async def one(act: Callable[[], Awaitable[T]]) -> T:
        async with gate:
            return await act()

    return await asyncio.gather(*(one(act) for act in acts))


async def _play(town: Town) -> tuple[Programme, Counter[Heard], int]:
    organiser, room, bot = town.organiser, town.room, town.bot
    await bot.answer(organiser, room, "!réglages rappels 1m")
    # The whole minute after the answers are given, as long as they may take.
    ready = datetime.now(UTC) + timedelta(seconds=25 + 0.6 * len(town.people))
    programme = Programme(ready.replace(second=0, microsecond=0) + timedelta(minutes=1))
    file = await _upload(town, programme.file())
    done = await bot.answer(organiser, room, "!ics importer oui", reply_to=file.event_id)
    if "6 nouveaux" not in done.body:
        raise GaveUpError(f"the programme was not imported: {done.body}")
    await _answer_all(town)
    local = programme.moved_to.astimezone(PARIS)
    await bot.answer(organiser, room, f"!rdv déplacer C{MOVED} {local:%d/%m/%Y %Hh%M}")
    await bot.answer(organiser, room, f"!rdv annuler C{CANCELLED}")
    if datetime.now(UTC) > programme.first - BEFORE:
        raise GaveUpError("the first reminders were due before all had answered")
    await _until(programme.first - BEFORE)
    await bot.process.kill()
    await _until(programme.first + AFTER)
    await bot.process.start()
    await _until(programme.first + timedelta(seconds=60.5))
    await bot.process.kill()
    await bot.process.start()
    return programme, *await _settled(town)


async def _answer_all(town: Town) -> None:
    """Let each say to what they come, and kill the bot among them."""

    async def come(index: int, member: Member) -> None:
        for number, each in COMES.items():
            if index % each == 0:
                await member.send(town.room, f"!participe C{number}")

    half = len(town.people) // 2
    acts = [lambda i=i, m=m: come(i, m) for i, m in enumerate(town.people)]
    await _together(acts[:half])
    await town.bot.process.kill()
    await _together(acts[half:])
    await town.bot.process.start()
    ping = await town.organiser.send(town.room, "!ping")  # answered after all that was said before
    await town.bot.answer_to(town.organiser, ping, within=WITHIN)


async def _until(at: datetime) -> None:
    await asyncio.sleep((at - datetime.now(UTC)).total_seconds())


async def _settled(town: Town) -> tuple[Counter[Heard], int]:
    """Return what everybody heard once nothing more comes, and when the last late one was said."""
    wanted = expected(member.user_id for member in town.people)
    end = asyncio.get_running_loop().time() + WITHIN.total_seconds()
    while wanted - (await _heard(town))[0] and asyncio.get_running_loop().time() < end:  # noqa: ASYNC110  another account's rooms: only asking
        await asyncio.sleep(SETTLED)
    await asyncio.sleep(SETTLED)
    return await _heard(town)


async def _heard(town: Town) -> tuple[Counter[Heard], int]:
    found = await _together([lambda m=m: _messages(town, m) for m in town.people])  # type: ignore[misc]  # a member each
    heard: Counter[Heard] = Counter()
    last_ms = 0
    for member, events in zip(town.people, found, strict=True):
        for event in events:
            if event.body[:1] not in TOLD:
                continue  # how to speak with the bot, said once in each direct message
            number = re.search(r"\bC(\d)\b", event.body)
            kind = event.body[:1] + (" late" if "en retard" in event.body else "")
            heard[member.user_id, kind, int(number[1]) if number else 0] += 1
            last_ms = max(last_ms, event.origin_server_ts if kind == "⏰ late" else 0)
    return heard, last_ms


async def _messages(town: Town, member: Member) -> list[RoomEvent]:
    """Return all that the bot said to somebody alone, in however many rooms."""
    api = member._api  # noqa: SLF001  a member's own requests
    answer = await api.request("GET", f"{CLIENT}/sync", query={"timeout": "0"})
    for room in inner(answer, "rooms", "invite"):
        await member.join(room)
    rooms = {*inner(answer, "rooms", "invite"), *inner(answer, "rooms", "join")} - {town.room}
    events = [event for room in rooms for event in await member.history(RoomId(room))]
    return [e for e in events if e.sender == town.bot.user_id and e.type == "m.room.message"]


async def _upload(town: Town, calendar: str) -> RoomEvent:
    """Send the calendar file into the room; return the event."""
    data = calendar.encode()
    headers = {
        "Authorization": f"Bearer {town.organiser.account.access_token}",
        "Content-Type": "text/calendar",
    }
    url = f"{town.synapse.home.base_url}/_matrix/media/v3/upload"
    async with (
        aiohttp.ClientSession(headers=headers) as session,
        session.post(url, data=data) as response,
    ):
        uri = text(await response.json(), "content_uri")
    info = {"mimetype": "text/calendar", "size": len(data)}
    content = {"msgtype": "m.file", "body": "programme.ics", "url": uri, "info": info}
    sent = await town.organiser.send_event(town.room, "m.room.message", content)
    return await town.organiser.wait_for(lambda event: event.event_id == sent)


async def _exported(town: Town) -> bytes:
    answer = await town.bot.answer(town.organiser, town.room, "!ics")
    path = text(answer.content, "url").removeprefix("mxc://")
    headers = {"Authorization": f"Bearer {town.organiser.account.access_token}"}
    url = f"{town.synapse.home.base_url}/_matrix/client/v1/media/download/{path}"
    async with aiohttp.ClientSession(headers=headers) as session, session.get(url) as response:
        return await response.read()


def _most(what: str, unit: str, value: float, limit: float) -> Measure:
    return at_most(PART, what, unit, {OURS: value}, limit)
