"""The settings of a room: shown with who changed what, changed by animators, in force at once."""

from datetime import timedelta

import pytest

from bot.config.settings import CommunitySettings
from bot.i18n import Catalogue
from bot.ids import UserId
from bot.services import setting
from bot.services.user_pattern import UserPatterns
from bot.storage import room_setting
from tests.scene import ANIMATOR, JO, OTHER_ROOM, ROOM, Scene, sent


async def chosen(scene: Scene) -> dict[str, str]:
    async with scene.database.read() as snapshot:
        found = await room_setting.of_room(snapshot, ROOM)
    return {key: item.value for key, item in found.items()}


@pytest.mark.parametrize(
    ("words", "key", "value"),
    [
        ("language en", "language", "en"),
        ("langue anglais", "language", "en"),
        ("timezone montréal", "timezone", "America/Toronto"),
        ("fuseau Europe/London", "timezone", "Europe/London"),
        ("prefix ~", "prefix", "~"),
        ("préfixe = ?!", "prefix", "?!"),
        ("ack reaction", "ack", "reaction"),
        ("ack Réaction", "ack", "reaction"),
        ("capture off", "capture", "off"),
        ("capture non", "capture", "off"),
        ("quiet 22h-7h30", "quiet", "22:00-07:30"),
        ("calme off", "quiet", "off"),
        ("robots @a:example.org, @_irc_*:x.org:8448", "bots", "@a:example.org @_irc_*:x.org:8448"),
        ("bots off", "bots", "off"),
    ],
)
async def test_setting_is_changed_by_an_animator(
    scene: Scene, words: str, key: str, value: str
) -> None:
    await scene.say(f"!réglages {words}", sender=ANIMATOR)

    assert await chosen(scene) == {key: value}


@pytest.mark.parametrize(
    "words",
    [
        *("language klingon", "timezone atlantis", "prefix abc", "prefix !!!!", "prefix /"),
        *("ack maybe", "capture maybe", "quiet soon", "colour blue", "welcome maybe", "ton vous"),
        *("bots weather", "bots @x:", "bots @a:example.org weather"),
    ],
)
async def test_setting_that_does_not_fit_is_refused(scene: Scene, words: str) -> None:
    answer = await scene.answer(f"!settings {words}", sender=ANIMATOR)

    assert words.rsplit(maxsplit=1)[-1] in answer or words.split(maxsplit=1)[0] in answer
    assert await chosen(scene) == {}


async def test_setting_is_not_for_members(scene: Scene) -> None:
    refused = await scene.answer("!settings prefix ~", sender=JO)

    assert ANIMATOR in refused
    assert await chosen(scene) == {}


async def test_settings_show_who_changed_what_and_when(scene: Scene) -> None:
    await scene.say("!settings ack message", sender=ANIMATOR)

    shown = await scene.answer("!settings", sender=ANIMATOR)

    assert ANIMATOR in shown
    assert "24 mars" in shown
    assert "Europe/Paris" in shown


async def test_setting_goes_back_to_the_default(scene: Scene) -> None:
    await scene.say("!settings prefix ~", sender=ANIMATOR)
    await scene.say("~settings prefix default", sender=ANIMATOR)

    assert await chosen(scene) == {}
    assert len(await scene.say("!ping")) == 1


async def test_prefix_holds_at_once_in_its_room_only(scene: Scene) -> None:
    await scene.say("!settings prefix ~", sender=ANIMATOR)

    assert await scene.say("!ping") == []
    assert len(await scene.say("~ping")) == 1
    assert len(await scene.say("!ping", room=OTHER_ROOM)) == 1
    assert "~aide" in await scene.answer("~help")


async def test_room_that_prefers_quiet_gets_a_reaction_for_a_success(scene: Scene) -> None:
    await scene.say("!settings ack reaction", sender=ANIMATOR)
    done = scene.message("!lang en")

    [act] = await scene.hear(done)

    assert (act.type, act.target) == ("m.reaction", done.event_id)
    assert len(await scene.say("!lang klingon")) == 1


async def test_edit_in_a_room_that_prefers_quiet_is_silent(scene: Scene) -> None:
    await scene.say("!settings ack reaction", sender=ANIMATOR)
    command = scene.message("!partage A → B")
    await scene.hear(command)

    assert await scene.edit(command, "!partage A → C") == []


async def test_edit_of_what_was_answered_by_a_reaction_is_answered_anew(scene: Scene) -> None:
    await scene.say("!settings ack reaction", sender=ANIMATOR)
    command = scene.message("!partage A → B")
    await scene.hear(command)
    await scene.say("!settings ack message", sender=ANIMATOR)

    [answer] = await scene.edit(command, "!partage A → C")

    assert (answer.type, answer.target) == ("m.room.message", None)


async def test_prefix_is_remembered_by_the_next_process(scene: Scene) -> None:
    await scene.say("!settings prefix ~", sender=ANIMATOR)
    restarted = Scene(scene.database)
    restarted._numbers = scene._numbers
    await restarted.preferences.load()

    assert len(await restarted.say("~ping")) == 1
    assert await restarted.say("!ping") == []


async def test_timezone_of_the_room_holds_for_those_who_chose_none(scene: Scene) -> None:
    await scene.say("!settings timezone montréal", sender=ANIMATOR)

    assert "America/Toronto" in await scene.answer("!timezone", sender=JO)


@pytest.mark.parametrize("language", ["fr", "en"])
async def test_every_setting_is_shown_by_a_name_and_a_value_that_are_read_back(
    scene: Scene, language: str
) -> None:
    await scene.say(f"!lang {language}", sender=ANIMATOR)
    words = Catalogue.load()
    shown = await scene.answer("!settings", sender=ANIMATOR)

    for key in setting.KEYS:
        name = words.text(f"setting.name.{key.name}", language)
        assert f"({name}, " in shown
        assert setting.find_key(name) is key
    for value in setting.SPOKEN:
        said = words.text(f"setting.value.{value}", language)
        assert any(key.read(said) == value for key in setting.KEYS if key.name != "prefix")


async def test_setting_without_any_reminder_says_so(scene: Scene) -> None:
    answer = await scene.answer("!réglages rappels non", sender=ANIMATOR)

    assert answer.endswith("\u00a0: non")


@pytest.mark.parametrize("named", ["@robo:example.org", "@rob*:example.org"])
async def test_bot_that_an_animator_names_is_not_greeted_and_does_not_count(
    scene: Scene, named: str
) -> None:
    robo = UserId("@robo:example.org")
    await scene.say(f"!réglages robots {named}", sender=ANIMATOR)
    scene.server.members[ROOM].add(robo)

    assert await scene.move(robo) == []
    assert await scene.wait(timedelta(minutes=10)) == []
    await scene.say("!partage Une gare vide → un café")
    shown = await scene.say("!exp E1")
    await scene.deliver()
    assert await scene.react(sent(shown[0].oid), "🔁", sender=robo) == []


def test_accounts_of_bridges_are_known_without_being_named() -> None:
    bots = UserPatterns(CommunitySettings.model_fields["bots"].default)

    assert bots.matches(UserId("@_discord_123:example.org"))
    assert not bots.matches(UserId("@discord_lover:example.org"))
