"""Who is an animator: by power in the room, by name, or by the animators' room."""

import pytest

from bot.ids import RoomId, UserId
from bot.router.right import Rights, Roles
from tests.scene import ANIMATOR, ANIMATORS_ROOM, BOT, JO, MAX, ROOM, PlayedServer


def rights(server: PlayedServer, user: UserId, roles: Roles | None = None) -> Rights:
    return Rights(roles or Roles(50, frozenset(), ANIMATORS_ROOM), server, ROOM, user)


@pytest.mark.parametrize(
    ("level", "is_animator"), [(100, True), (50, True), (49, False), (0, False)]
)
async def test_power_in_the_room_makes_an_animator(level: int, is_animator: bool) -> None:
    server = PlayedServer(levels={JO: level})

    assert await rights(server, JO).is_animator() is is_animator


async def test_creator_of_a_room_of_version_12_is_an_animator() -> None:
    server = PlayedServer(levels={}, creators=frozenset({JO}))

    assert await rights(server, JO).is_animator()
    assert not await rights(server, MAX).is_animator()


async def test_name_in_the_configuration_makes_an_animator_without_asking() -> None:
    server = PlayedServer(levels={}, breaks=RuntimeError("away"))

    assert await rights(server, JO, Roles(50, frozenset({JO}))).is_animator()


async def test_member_of_the_animators_room_is_an_animator() -> None:
    server = PlayedServer(levels={}, members={ANIMATORS_ROOM: {JO}})

    assert await rights(server, JO).is_animator()
    assert not await rights(server, MAX).is_animator()
    assert not await rights(server, JO, Roles(50)).is_animator()


async def test_server_is_asked_once() -> None:
    server = PlayedServer()
    asked = rights(server, ANIMATOR)

    assert await asked.is_animator()
    assert await asked.is_animator()
    assert len(server.asked) == 1


async def test_who_may_names_the_most_powerful_first_and_few() -> None:
    crowd = {UserId(f"@a{n}:x.org"): 50 for n in range(20)}
    server = PlayedServer(levels={**crowd, JO: 100, MAX: 10, BOT: 100})

    named = await rights(server, MAX).who_may(BOT)

    assert named[0] == JO
    assert len(named) == 5
    assert not {MAX, BOT} & set(named)


async def test_room_of_animators_is_another_room_than_the_members_say() -> None:
    server = PlayedServer(levels={}, members={RoomId("!fake:example.org"): {JO}})

    assert not await rights(server, JO).is_animator()
