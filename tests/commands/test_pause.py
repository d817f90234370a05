"""A pause: until when, and what is understood."""

from datetime import UTC, datetime

import pytest

from bot.storage import member
from tests.scene import JO, Scene


async def paused_until(scene: Scene) -> datetime | None:
    async with scene.database.read() as snapshot:
        return (await member.get(snapshot, JO)).paused_until


@pytest.mark.parametrize(
    ("words", "until"),
    [
        ("2 weeks", datetime(2026, 4, 6, 22, 0, tzinfo=UTC)),
        ("2 semaines", datetime(2026, 4, 6, 22, 0, tzinfo=UTC)),
        ("pendant 3 jours", datetime(2026, 3, 26, 23, 0, tzinfo=UTC)),
        ("for 3 days", datetime(2026, 3, 26, 23, 0, tzinfo=UTC)),
        ("2h", datetime(2026, 3, 24, 15, 0, tzinfo=UTC)),
        ("jusqu'à vendredi", datetime(2026, 3, 26, 23, 0, tzinfo=UTC)),
        ("jusqu’au 3 avril 9h", datetime(2026, 4, 3, 7, 0, tzinfo=UTC)),
        ("until friday", datetime(2026, 3, 26, 23, 0, tzinfo=UTC)),
    ],
)
async def test_pause_lasts_until_what_was_said(scene: Scene, words: str, until: datetime) -> None:
    answer = await scene.answer(f"!pause {words}")

    assert await paused_until(scene) == until
    assert "2026" not in answer


@pytest.mark.parametrize("words", ["hier", "toujours", "-3 jours", "32 mars", "0 jours", "🙂"])
async def test_pause_that_is_not_understood_is_refused(scene: Scene, words: str) -> None:
    assert "2 semaines" in await scene.answer(f"!pause {words}")
    assert await paused_until(scene) is None


@pytest.mark.parametrize("words", ["stop", "STOP", "fin", "arrêt"])
async def test_pause_can_be_stopped(scene: Scene, words: str) -> None:
    await scene.say("!pause 2 semaines")

    await scene.say(f"!pause {words}")

    assert await paused_until(scene) is None


async def test_pause_alone_says_how_it_stands(scene: Scene) -> None:
    none = await scene.answer("!pause")
    await scene.say("!pause 2 semaines")
    shown = await scene.answer("!pause")

    assert "7 avril" in shown
    assert shown != none
