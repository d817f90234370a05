"""The zone somebody chose, else their profile's, else the room's."""

import pytest

from tests.scene import JO, MAX, Scene


@pytest.mark.parametrize(
    ("words", "zone", "time"),
    [
        ("Europe/London", "Europe/London", "13:00"),
        ("montréal", "America/Toronto", "09:00"),
        ("la réunion", "Indian/Reunion", "17:00"),
        ("america/martinique", "America/Martinique", "09:00"),
    ],
)
async def test_timezone_is_shown_with_the_time_there(
    scene: Scene, words: str, zone: str, time: str
) -> None:
    answer = await scene.answer(f"!fuseau {words}")

    assert zone in answer
    assert time in answer
    assert zone in await scene.answer("!fuseau")


@pytest.mark.parametrize("words", ["Atlantis", "../../etc/passwd", "Europe", "+25:00"])
async def test_timezone_that_is_none_is_refused(scene: Scene, words: str) -> None:
    refused = await scene.answer(f"!timezone {words}")

    assert words[:8] in refused
    assert "Europe/Paris" in await scene.answer("!timezone")


async def test_timezone_comes_from_the_profile(scene: Scene) -> None:
    scene.server.timezones = {JO: "America/Cayenne", MAX: "no/such"}

    assert "America/Cayenne" in await scene.answer("!timezone", sender=JO)
    assert "Europe/Paris" in await scene.answer("!timezone", sender=MAX)


async def test_chosen_timezone_comes_before_the_profile(scene: Scene) -> None:
    scene.server.timezones = {JO: "America/Cayenne"}
    await scene.say("!timezone Europe/London")

    assert "Europe/London" in await scene.answer("!timezone")
