"""What the server refuses for good, or what may not be said, stops alone and is told once."""

from typing import Any

import pytest

from bot.ids import RoomId
from bot.matrix.cipher import NoCipher
from bot.storage.room import Room as KnownRoom
from tests.matrix.exchange import Fault, refused
from tests.matrix.model_server import BOT, OTHER_ROOM, ROOM
from tests.matrix.speech import ANIMATORS, say, spoken
from tests.matrix.world import World, outbox_states, until


@pytest.mark.parametrize("status", [400, 403, 404, 405, 413, 418])
async def test_refusal_is_told_once_and_the_room_goes_on(speaker: World, status: int) -> None:
    speaker.model.faults.append(Fault(refused(status, "M_FORBIDDEN", "because")))
    assert await spoken(speaker, "refused", "next") == {"dead": 1, "sent": 2}
    assert speaker.model.bodies() == ["next"]
    [alert] = speaker.model.bodies(ANIMATORS)
    assert "because" in alert
    await speaker.live()
    assert len(speaker.model.bodies(ANIMATORS)) == 1


async def test_alert_that_is_refused_makes_no_alert(speaker: World) -> None:
    speaker.model.faults.append(Fault(refused(403, "M_FORBIDDEN")))
    assert await spoken(speaker, "alert", room=ANIMATORS) == {"dead": 1}


async def test_answer_to_a_room_the_bot_was_removed_from_is_refused_not_held_up(
    speaker: World,
) -> None:
    bot = await speaker.born()
    bot.rooms.drop(RoomId(ROOM))
    speaker.model.rooms[ROOM].members.remove(BOT)
    await say(bot, "bonjour")
    await bot.settled()
    assert await outbox_states(bot.database) == {"dead": 1, "sent": 1}
    await bot.end()


async def test_mistake_of_ours_holds_one_parcel_and_no_other(speaker: World) -> None:
    class Broken(NoCipher):
        async def encrypt(self, room: RoomId, event_type: str, content: Any) -> Any:
            del room, event_type, content
            raise ZeroDivisionError

    bot = await speaker.born()
    bot.delivery._cipher = Broken()
    bot.rooms.keep(KnownRoom(RoomId(OTHER_ROOM), is_encrypted=True))
    await say(bot, "bonjour", room=OTHER_ROOM)
    await say(bot, "bonjour ici")
    await bot.settled()
    assert await outbox_states(bot.database) == {"held": 1, "sent": 2}
    await bot.end()
    assert speaker.model.bodies() == ["bonjour ici"]


async def test_nothing_readable_goes_to_an_encrypted_or_unknown_room(speaker: World) -> None:
    bot = await speaker.born()
    bot.rooms.keep(KnownRoom(RoomId(OTHER_ROOM), is_encrypted=True))
    bot.rooms.drop(RoomId(ROOM))
    await say(bot, "secret", room=OTHER_ROOM)
    await say(bot, "early")
    await until(lambda: len(speaker.slept) >= 20)
    assert speaker.model.sends == []
    bot.rooms.keep(KnownRoom(RoomId(ROOM)))
    await until(speaker.model.bodies)
    assert await outbox_states(bot.database) == {"pending": 1, "sent": 1} or bot.is_busy
    await bot.end()
    assert speaker.model.bodies(OTHER_ROOM) == []
