"""Who is given the key of a room, when, and when it ends."""

import asyncio
import time
from datetime import timedelta

import pytest
import vodozemac

from bot.ids import RoomId
from bot.matrix.cipher import NotReadyError, UnreadableError
from bot.matrix.encryption import canonical_json
from bot.matrix.http import MatrixError, NetworkError
from tests.matrix.encryption.conftest import BOT, JO, MAX, SECRET, Client, MakeClient
from tests.matrix.encryption.key_server import ROOM, Fault, KeyServer
from tests.scene import HandClock


@pytest.fixture
async def max_(make_client: MakeClient) -> Client:
    """Somebody on another server."""
    return await make_client(MAX, "MAXDEVICE")


async def reads(client: Client, event: dict[str, object]) -> bool:
    """Return whether the client can read the event, after looking at the server."""
    await client.sync()
    await client.device._devices.refresh({str(event["sender"])})
    try:
        return client.read(event)["content"] == SECRET
    except UnreadableError:
        return False


async def test_many_messages_at_once_share_one_key(bot: Client, jo: Client) -> None:
    events = await asyncio.gather(*(bot.say() for _ in range(20)))

    assert len({event["content"]["session_id"] for event in events}) == 1
    assert bot.server.requests["sendToDevice/m.room.encrypted"] == 1
    assert [await reads(jo, event) for event in events] == [True] * 20


async def test_rooms_share_keys_side_by_side(bot: Client, jo: Client, server: KeyServer) -> None:
    rooms = [f"!room{number}:example.org" for number in range(5)]
    for room in rooms:
        server.members[room] = {BOT, JO}
        server.invited[room] = set()

    events = await asyncio.gather(*(bot.say(room=room) for room in rooms))

    await jo.sync()
    await jo.device._devices.refresh({BOT})
    read = [jo.read(event, room) for event, room in zip(events, rooms, strict=True)]
    assert [event["content"] for event in read] == [SECRET] * 5
    assert server.requests["keys/claim"] == 1


async def test_sender_that_is_cancelled_stops_nobody_else(
    bot: Client, jo: Client, server: KeyServer
) -> None:
    reached, go_on = asyncio.Event(), asyncio.Event()

    async def hold(path: str) -> None:
        if "sendToDevice" in path:
            reached.set()
            await go_on.wait()

    server.before = hold
    first = asyncio.create_task(bot.say())
    second = asyncio.create_task(bot.say())
    await reached.wait()
    first.cancel()
    await asyncio.gather(first, return_exceptions=True)
    go_on.set()

    assert await reads(jo, await second)
    assert first.cancelled()
    assert await reads(jo, await bot.say())


async def test_everybody_cancelled_the_next_is_heard(
    bot: Client, jo: Client, server: KeyServer
) -> None:
    reached, go_on = asyncio.Event(), asyncio.Event()

    async def hold(path: str) -> None:
        if "keys/claim" in path:
            reached.set()
            await go_on.wait()

    server.before = hold
    only = asyncio.create_task(bot.say())
    await reached.wait()
    only.cancel()
    await asyncio.gather(only, return_exceptions=True)
    go_on.set()

    assert await reads(jo, await bot.say())


@pytest.mark.parametrize("is_done", [False, True], ids=["request lost", "reply lost"])
@pytest.mark.parametrize("part", ["joined_members", "keys/query", "keys/claim", "sendToDevice"])
async def test_message_waits_until_the_key_is_shared(
    part: str, is_done: bool, bot: Client, jo: Client, server: KeyServer
) -> None:
    bot.device._olm.sleep = no_sleep
    error = MatrixError(502, "", "bad gateway")
    server.faults += [Fault(part, error, is_done) for _ in range(3)]
    heard = 0
    for _ in range(3):
        try:
            event = await bot.say()
        except MatrixError:
            continue
        assert await reads(jo, event)
        heard += 1

    assert heard >= 1 if part == "sendToDevice" else heard == 0
    assert await reads(jo, await bot.say())


async def test_key_that_is_not_taken_is_sent_again_the_same(
    bot: Client, jo: Client, server: KeyServer
) -> None:
    waited: list[float] = []

    async def sleep(seconds: float) -> None:
        waited.append(seconds)

    bot.device._olm.sleep = sleep
    limited = MatrixError(429, "M_LIMIT_EXCEEDED", "", retry_after=7.0)
    server.faults += [Fault("sendToDevice", limited), Fault("sendToDevice", NetworkError("gone"))]

    event = await bot.say()

    assert await reads(jo, event)
    assert waited[0] == 7.0
    assert len(waited) == 2


async def test_refused_key_leaves_the_message_waiting(bot: Client, server: KeyServer) -> None:
    await bot.say()
    server.members[ROOM].add(JO)
    bot.device._members._versions[RoomId(ROOM)] += 1
    bot.device._members._known.clear()
    server.faults.append(Fault("joined_members", MatrixError(403, "M_FORBIDDEN", "not there")))

    with pytest.raises(NotReadyError):
        await bot.say()


async def test_device_that_appears_is_given_the_present_key(
    bot: Client, jo: Client, make_client: MakeClient
) -> None:
    before = await bot.say()
    second = await make_client(JO, "JOSECOND")
    await bot.sync()

    after = await bot.say()

    assert before["content"]["session_id"] == after["content"]["session_id"]
    assert await reads(second, after)
    assert not await reads(second, before)
    assert await reads(jo, after)


async def test_device_named_like_the_bots_is_given_the_key_too(
    bot: Client, make_client: MakeClient
) -> None:
    # nio leaves out every device with our id, whosever it is.
    namesake = await make_client(JO, bot.name)

    assert await reads(namesake, await bot.say())


async def test_device_that_is_gone_ends_the_key(
    bot: Client, jo: Client, server: KeyServer, make_client: MakeClient
) -> None:
    second = await make_client(JO, "JOSECOND")
    before = await bot.say()
    server.remove(second.place)
    await bot.sync()

    after = await bot.say()

    assert before["content"]["session_id"] != after["content"]["session_id"]
    assert await reads(jo, after)


async def test_member_who_leaves_ends_the_key(
    bot: Client, jo: Client, max_: Client, server: KeyServer
) -> None:
    before = await bot.say()
    assert await reads(max_, before)
    server.leave(MAX)
    await bot.sync()

    after = await bot.say()

    assert not await reads(max_, after)
    assert await reads(jo, after)


async def test_member_who_joins_is_given_the_key(bot: Client, make_client: MakeClient) -> None:
    await bot.say()
    late = await make_client(MAX, "LATE")
    await bot.sync()

    assert await reads(late, await bot.say())


async def test_invited_member_can_read_after_joining(
    bot: Client, server: KeyServer, make_client: MakeClient
) -> None:
    invited = await make_client(MAX, "INVITED", enters=False)
    server.invited[ROOM].add(MAX)

    assert await reads(invited, await bot.say())


async def test_gap_in_the_timeline_makes_the_members_be_asked_again(
    bot: Client, server: KeyServer, make_client: MakeClient
) -> None:
    await bot.say()
    late = await make_client(MAX, "LATE")
    server.room_events.clear()
    timeline = {"events": [], "limited": True}
    await bot.device.receive({"rooms": {"join": {ROOM: {"timeline": timeline}}}})

    assert await reads(late, await bot.say())


async def test_key_ends_after_a_hundred_messages(bot: Client, jo: Client) -> None:
    events = [await bot.say() for _ in range(101)]

    sessions = [event["content"]["session_id"] for event in events]
    assert (len(set(sessions[:100])), len(set(sessions))) == (1, 2)
    assert await reads(jo, events[-1])


async def test_a_hundred_and_more_at_once_are_all_readable(bot: Client, jo: Client) -> None:
    events = await asyncio.gather(*(bot.say() for _ in range(250)))

    assert all([await reads(jo, event) for event in events])


async def test_silent_server_of_another_keeps_nobody_waiting_for_long(
    bot: Client, jo: Client, max_: Client, server: KeyServer, clock: HandClock
) -> None:
    server.silent.add("elsewhere.example.org")

    event = await bot.say()
    await bot.say()

    assert await reads(jo, event)
    assert server.requests["keys/query"] <= 5
    server.silent.clear()
    clock.pass_by(timedelta(minutes=6))
    server.changes[bot.place].add(JO)
    await bot.sync()
    assert await reads(max_, await bot.say())


async def test_device_without_keys_is_tried_again_later(
    bot: Client, jo: Client, max_: Client, server: KeyServer, clock: HandClock
) -> None:
    kept = server.one_time_keys.pop(max_.place), server.fallback_keys.pop(max_.place)
    first = await bot.say()
    claims = server.requests["keys/claim"]
    await bot.say()
    assert server.requests["keys/claim"] == claims
    assert await reads(jo, first)

    server.one_time_keys[max_.place], server.fallback_keys[max_.place] = kept
    clock.pass_by(timedelta(minutes=6))

    assert await reads(max_, await bot.say())


async def test_new_process_speaks_under_a_new_key(
    bot: Client, jo: Client, make_client: MakeClient
) -> None:
    before = await bot.say()
    await bot.device.close()
    again = await make_client(BOT, bot.name)

    after = await again.say()

    assert before["content"]["session_id"] != after["content"]["session_id"]
    assert await reads(jo, before)
    assert await reads(jo, after)
    assert again.read(before)["content"] == SECRET


@pytest.mark.parametrize("is_done", [False, True], ids=["before it is sent", "after it is sent"])
async def test_sharing_that_was_not_finished_is_done_again_by_the_next_process(
    is_done: bool, bot: Client, jo: Client, server: KeyServer, make_client: MakeClient
) -> None:
    bot.device._olm.sleep = no_sleep
    server.faults += [Fault("sendToDevice", NetworkError("died"), is_done) for _ in range(3)]
    with pytest.raises(NetworkError):
        await bot.say()
    await bot.device.close()
    again = await make_client(BOT, bot.name)

    assert await reads(jo, await again.say())


async def no_sleep(_: float) -> None:
    return


def add_device(server: KeyServer, user: str, name: str) -> None:
    """Let somebody have a device that only has keys."""
    account = vodozemac.Account()
    account.generate_one_time_keys(1)

    def signed(content: dict[str, object]) -> dict[str, object]:
        signature = account.sign(canonical_json.encode(content)).to_base64()
        return {**content, "signatures": {user: {f"ed25519:{name}": signature}}}

    keys = {
        f"curve25519:{name}": account.curve25519_key.to_base64(),
        f"ed25519:{name}": account.ed25519_key.to_base64(),
    }
    server.device_keys[user, name] = signed(
        {"algorithms": [], "device_id": name, "user_id": user, "keys": keys}
    )
    for key_id, key in account.one_time_keys.items():
        one_time = signed({"key": key.to_base64()})
        server.one_time_keys[user, name][f"signed_curve25519:{key_id}"] = one_time


async def test_key_for_four_hundred_devices_holds_nobody_up(bot: Client, server: KeyServer) -> None:
    for number in range(200):
        user = f"@member{number}:example.org"
        server.members[ROOM].add(user)
        for which in ("phone", "laptop"):
            add_device(server, user, f"{which}{number}")
    longest = 0.0

    async def watch() -> None:
        nonlocal longest
        last = time.perf_counter()
        while True:
            await asyncio.sleep(0)
            now = time.perf_counter()
            longest, last = max(longest, now - last), now

    watching = asyncio.create_task(watch())
    await bot.say()
    first = longest
    started_at = time.perf_counter()
    await bot.say()
    second = time.perf_counter() - started_at
    watching.cancel()

    assert sum(len(queue) for queue in server.queues.values()) == 400
    # Measured: 0.06 and 0.0002 on a busy machine; these are the limits that were promised.
    assert first < 0.5
    assert second < 0.15
