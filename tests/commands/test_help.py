"""What help shows, to whom, where; the whole page is compared with a golden file."""

from pathlib import Path

import pytest

from bot.i18n import LANGUAGES
from tests.scene import ANIMATOR, BOT, JO, PAIR, Scene

GOLDEN = Path(__file__).parent.parent / "golden"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("who", "sender"), [("member", JO), ("animator", ANIMATOR)])
async def test_help_reads_well(
    scene: Scene, language: str, who: str, sender: str, request: pytest.FixtureRequest
) -> None:
    await scene.say(f"!lang {language}", sender=ANIMATOR)
    await scene.say(f"!lang {language}", sender=JO)

    shown = await scene.answer("!help", sender=sender)

    path = GOLDEN / f"help.{who}.{language}.txt"
    if request.config.getoption("--golden"):
        path.write_text(shown + "\n", encoding="utf-8")
    assert shown + "\n" == path.read_text(encoding="utf-8")


async def test_help_asks_the_server_who_is_an_animator(scene: Scene) -> None:
    await scene.say("!help")

    assert scene.server.asked[0].startswith("power_levels")


@pytest.mark.parametrize("asked", ["ping", "!ping", "PING", "ping ?"])
async def test_help_on_a_command_shows_syntax_example_and_names(scene: Scene, asked: str) -> None:
    answer = await scene.answer(f"!aide {asked}")

    assert "!ping" in answer
    assert BOT not in answer


async def test_help_on_an_unknown_command_says_so(scene: Scene) -> None:
    assert "zzz" in await scene.answer("!aide zzz")


async def test_help_in_a_room_of_two_says_that_the_prefix_is_not_needed(scene: Scene) -> None:
    in_pair = await scene.answer("aide", room=PAIR)
    in_room = await scene.answer("!aide")

    assert len(in_pair) > len(in_room)
