"""A member says, edits, takes back, and misses nothing of what others say."""

import asyncio
from datetime import timedelta

import pytest

from bot.demo import homeserver
from bot.demo.client_api import RequestRefusedError
from bot.demo.homeserver import Synapse
from bot.demo.member import Member
from bot.ids import RoomId

pytestmark = pytest.mark.e2e

Pair = tuple[Member, Member]


async def shared_room(pair: Pair) -> RoomId:
    ines, jo = pair
    return await jo.join(await ines.create_room("Accueil"))


async def test_history_is_whole_and_oldest_first(pair: Pair) -> None:
    ines, jo = pair
    room = await shared_room(pair)
    sent = [await ines.send(room, f"ligne {number}") for number in range(12)]

    history = await jo.history(room)

    assert [event.event_id for event in history if event.msgtype] == sent
    assert history[0].type == "m.room.create"


async def test_burst_is_seen_whole_and_in_order(pair: Pair) -> None:
    ines, jo = pair
    room = await shared_room(pair)
    mark = jo.mark()
    sent = [await ines.send(room, f"ligne {number}") for number in range(120)]

    await jo.wait_for(lambda event: event.event_id == sent[-1], after=mark)
    seen = []
    async for event in jo.follow(mark):
        seen += [event.event_id] if event.msgtype else []
        if event.event_id == sent[-1]:
            break

    assert seen == sent


async def test_what_came_before_the_waiting_is_not_missed(pair: Pair) -> None:
    ines, jo = pair
    room = await shared_room(pair)
    first = await ines.send(room, "un")
    second = await ines.send(room, "deux")
    await jo.wait_for(lambda event: event.event_id == second)

    seen = await jo.wait_for(lambda event: event.event_id == first, timedelta())

    assert seen.body == "un"


async def test_several_may_wait_with_one_member(pair: Pair) -> None:
    ines, jo = pair
    room = await shared_room(pair)
    said = await ines.send(room, "bonjour")
    reaction = asyncio.create_task(jo.wait_for(lambda event: event.reaction == "👍"))
    edit = asyncio.create_task(jo.wait_for(lambda event: event.relation == "m.replace"))

    await ines.react(room, said, "👍")
    await ines.edit(room, said, "bonsoir")

    assert (await reaction).related_to == said
    assert ((await edit).related_to, (await edit).body) == (said, "bonsoir")


async def test_waiting_in_vain_ends_with_timeout(pair: Pair) -> None:
    with pytest.raises(TimeoutError):
        await pair[0].wait_for(lambda _: False, timedelta(milliseconds=100))


async def test_reply_in_a_thread_names_both(pair: Pair) -> None:
    ines, jo = pair
    room = await shared_room(pair)
    root = await ines.send(room, "une question")
    other = await jo.send(room, "une réponse", thread=root)
    said = await ines.send(room, "merci", thread=root, reply_to=other)

    event = await jo.wait_for(lambda event: event.event_id == said)

    assert (event.relation, event.related_to, event.reply_to) == ("m.thread", root, other)


async def test_redacted_message_is_seen_as_such(pair: Pair) -> None:
    ines, jo = pair
    room = await shared_room(pair)
    said = await ines.send(room, "oups")
    redaction = await ines.redact(room, said)

    history = {event.event_id: event for event in await jo.history(room)}

    assert history[said].is_redacted
    assert history[said].body == ""
    assert history[redaction].redacts == said


async def test_direct_room_has_both(pair: Pair) -> None:
    ines, jo = pair
    room = await ines.create_dm(jo.user_id)
    await jo.join(room)

    assert await ines.members(room) == {ines.user_id, jo.user_id}


async def test_refusal_says_why(pair: Pair) -> None:
    ines, jo = pair
    private = await ines.create_room("Animation", public=False)

    with pytest.raises(RequestRefusedError) as refused:
        await jo.join(private)

    assert (refused.value.status, refused.value.errcode) == (403, "M_FORBIDDEN")


async def test_patient_member_outlives_a_homeserver(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    synapse: Synapse = await homeserver.start(tmp_path_factory.mktemp("mortal"))
    try:
        account = await synapse.register("jo", "a password")
        patience = timedelta(seconds=30)
        async with await Member.login(synapse.home.base_url, account, patience=patience) as jo:
            room = await jo.create_room("Accueil")
            await synapse.kill()
            sending = asyncio.create_task(jo.send(room, "encore là ?"))
            await synapse.start_again()
            sent = await sending

            said = [event.event_id for event in await jo.history(room) if event.msgtype]
        assert said == [sent]
    finally:
        await synapse.stop()
