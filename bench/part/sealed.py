"""What encryption costs: a round trip beside the same in plaintext, and a key for 400 devices."""

import time
from datetime import timedelta
from pathlib import Path

from bench.arena import UP_WITHIN
from bench.measure import OURS, Measure, at_most, quantile
from bench.stage import Stage, stage
from bench.subject import COMPAGNON, Seat, Subject
from bench.watch import Watch
from bot.clock import SystemClock
from bot.demo.homeserver import Account
from bot.demo.member import Member
from bot.demo.room_event import RoomEvent
from bot.demo.sealed_member import ENCRYPTED, SealedMember
from bot.ids import DeviceId, EventId, RoomId, UserId
from bot.matrix.encryption.device import EncryptedDevice, open_device
from bot.matrix.http import Homeserver
from bot.matrix.session import Session

PART = "sealed"
WARM_UP = 10
PING = {"msgtype": "m.text", "body": "!ping", "m.mentions": {}}
PASSWORD = "password of a crowd"


async def run(subjects: list[Subject], *, quick: bool) -> list[Measure]:
    """Measure the bot alone: the others cannot encrypt, or not as strict clients want it."""
    del subjects
    async with stage(2, encrypted=True) as town:
        found = await _round_trips(town, 20 if quick else 80)
        return [*found, *await _first_words(town, 20 if quick else 200)]


async def _round_trips(town: Stage, rounds: int) -> list[Measure]:
    jo = town.members[0]
    assert isinstance(jo, SealedMember)
    account = await town.account("compagnon")
    seat = Seat(town.directory / "bot", account, town.synapse.home.base_url)
    [sealed] = await town.rooms(1, account.user_id, "sealed")
    plain = await jo.create_room("plain", invite=[account.user_id])
    process = COMPAGNON.process(seat)
    process.start()
    samples: dict[str, list[float]] = {"plain": [], "sealed": []}
    ear = await Member.login(town.synapse.home.base_url, await _again(town, jo.account))
    try:
        await town.joined({sealed: jo, plain: jo}, account.user_id, UP_WITHIN)
        for number in range(WARM_UP + rounds):
            for name, room in (("plain", plain), ("sealed", sealed)):
                took = await _round_trip(jo, ear, room, account.user_id, is_sealed=room == sealed)
                samples[name] += [took * 1000] if number >= WARM_UP else []
    finally:
        await ear.close()
        await process.kill()
    medians = {name: quantile(times, 0.5) for name, times in samples.items()}
    shown = [
        Measure(PART, f"round trip p50, {name}", "ms", {OURS: round(median, 1)}, samples=samples)
        for name, median in medians.items()
    ]
    ratio = round(medians["sealed"] / medians["plain"], 2)
    return [*shown, at_most(PART, "round trip p50", "× plain", {OURS: ratio}, 1.5)]


async def _round_trip(
    jo: SealedMember, ear: Member, room: RoomId, bot: str, *, is_sealed: bool
) -> float:
    """Return the seconds from a command that is ready to be sent until its answer is there.

    What the member's own client does to seal it is not the bot's affair.
    """
    kind, content = ("m.room.message", PING)
    if is_sealed:
        kind, content = ENCRYPTED, dict(await jo.device.encrypt(room, kind, PING))
    began = time.perf_counter()
    question: EventId = await Member.send_event(jo, room, kind, content)

    def is_answer(event: RoomEvent) -> bool:
        return event.sender == bot and event.reply_to == question

    await ear.wait_for(is_answer, timedelta(seconds=30))
    return time.perf_counter() - began


async def _again(town: Stage, account: Account) -> Account:
    localpart = account.user_id[1:].partition(":")[0]
    return await town.synapse.login(localpart, account.password)


async def _first_words(town: Stage, count: int) -> list[Measure]:
    """Speak for the first and second time in a room of ``count`` members with two devices each."""
    url, keys = town.synapse.home.base_url, town.directory / "crowd"
    room = await town.members[0].create_room("crowd")
    for number in range(count):
        for account in await _accounts(town, f"crowd{number}"):
            async with Homeserver(url, account.access_token) as server:
                await (await _device(server, account, keys)).close()
        async with Member(url, account) as member:
            await member.join(room)
    speaker = await town.account("speaker")
    async with Homeserver(url, speaker.access_token) as server:
        async with Member(url, speaker) as member:
            await member.join(room)
        device = await _device(server, speaker, keys)
        try:
            blocked, took = [], []
            for _ in range(2):
                began = time.perf_counter()
                async with Watch() as watch:
                    await device.encrypt(room, "m.room.message", PING)
                took.append(round(time.perf_counter() - began, 4))
                blocked.append(round(watch.longest, 4))
        finally:
            await device.close()
    crowd = f"{count} members, {2 * count} devices"
    return [
        Measure(PART, f"first message to {crowd}", "s", {OURS: took[0]}),
        at_most(PART, f"loop held by it, {crowd}", "s", {OURS: blocked[0]}, 0.5),
        at_most(PART, f"second message to {crowd}", "s", {OURS: took[1]}, 0.15),
    ]


async def _accounts(town: Stage, localpart: str) -> list[Account]:
    first = await town.synapse.register(localpart, PASSWORD)
    return [first, await town.synapse.login(localpart, PASSWORD)]


async def _device(server: Homeserver, account: Account, keys: Path) -> EncryptedDevice:
    session = Session(
        homeserver=server.base_url,
        user_id=UserId(account.user_id),
        device_id=DeviceId(account.device_id),
        access_token=account.access_token,
        epoch="",
    )
    return await open_device(server, session, keys, keys / "pickle_key", SystemClock())
