"""Whoever is alone with the bot for the first time is told how it deals with their data, once."""

import pytest

from bot.ids import RoomId
from bot.services.first_contact import first_contact
from bot.services.manner import USUAL
from bot.storage.database import Database
from tests.scene import CATALOGUE, JO, PAIR, Act, Scene

NEW = RoomId("!new:example.org")


@pytest.fixture
def scene(database: Database) -> Scene:
    scene = Scene(database)
    tell = first_contact(CATALOGUE, USUAL, "!", "Les praticiens")
    object.__setattr__(scene.surroundings, "first_contact", tell)
    return scene


def notices(acts: list[Act]) -> list[str]:
    """Return what was told alone that is no answer."""
    title = "Vos données, en bref"
    return [act.body for act in acts if act.room.startswith("direct:") and title in act.body]


async def test_who_opens_a_room_of_two_is_told(scene: Scene) -> None:
    assert len(notices(await scene.invite(NEW, is_direct=True))) == 1


async def test_who_writes_in_a_room_of_two_is_told_once(scene: Scene) -> None:
    assert len(notices(await scene.say("ping", room=PAIR))) == 1
    assert notices(await scene.say("ping", room=PAIR)) == []


async def test_another_room_later_tells_nothing_again(scene: Scene) -> None:
    await scene.say("ping", room=PAIR)
    assert notices(await scene.invite(NEW, is_direct=True)) == []


async def test_notice_follows_hello_in_its_conversation(scene: Scene) -> None:
    hello, notice = await scene.invite(NEW, is_direct=True)
    assert hello.conversation == notice.conversation
    assert JO in notice.conversation
