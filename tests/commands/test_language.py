"""The language somebody chose holds everywhere, at once."""

import pytest

from bot.storage import room_setting
from bot.storage.room_setting import RoomSetting
from tests.scene import ANIMATOR, JO, MAX, NOW, PAIR, ROOM, Scene


@pytest.mark.parametrize("words", ["en", "EN", "english", "Anglais", "en_GB", "en-US"])
async def test_language_is_answered_in_the_chosen_one(scene: Scene, words: str) -> None:
    assert "English" in await scene.answer(f"!langue {words}")


async def test_language_holds_in_every_room_and_for_nobody_else(scene: Scene) -> None:
    before = await scene.answer("!aide ping", sender=JO)
    await scene.say("lang en", sender=JO, room=PAIR)

    assert "For example" in await scene.answer("!help ping", sender=JO)
    assert await scene.answer("!help ping", sender=MAX) == before


async def test_language_that_is_not_spoken_is_refused(scene: Scene) -> None:
    assert "klingon" in await scene.answer("!lang klingon")


async def test_language_alone_says_the_present_one(scene: Scene) -> None:
    assert "français" in await scene.answer("!langue")


async def test_language_of_the_room_is_spoken_to_those_who_chose_none(scene: Scene) -> None:
    setting = RoomSetting(ROOM, "language", "en", ANIMATOR, NOW)
    await scene.database.write(lambda transaction: room_setting.put(transaction, setting))
    await scene.preferences.load()
    await scene.say("!langue fr", sender=MAX)

    assert "For example" in await scene.answer("!help ping", sender=JO)
    assert "Par exemple" in await scene.answer("!help ping", sender=MAX)


async def test_language_is_remembered_by_the_next_process(scene: Scene) -> None:
    await scene.say("!lang en", sender=JO)
    restarted = Scene(scene.database)
    restarted._numbers = scene._numbers

    assert "English" in await restarted.answer("!lang", sender=JO)
