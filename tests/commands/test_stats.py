"""Stats: what animators learn of their rooms, masked where it would point at people."""

from datetime import timedelta

import pytest

from bot.services.letter.composition import Weeks
from bot.services.stats import Health, Measure, to_csv
from bot.storage import newcomer, room
from bot.storage.newcomer import Newcomer
from bot.storage.newcomer import State as Coming
from bot.storage.room import Room
from tests.letter import tell
from tests.scene import ANIMATOR, JO, NOW, OTHER_ROOM, ROOM, Scene


@pytest.fixture
async def place(scene: Scene) -> Scene:
    rooms = [Room(ROOM, joined_count=9), Room(OTHER_ROOM, joined_count=9)]
    await scene.database.write(lambda t: room.save(t, rooms))
    first = await tell(scene.database, OTHER_ROOM, "Ailleurs", NOW - timedelta(days=80))
    for n in range(12):
        await tell(scene.database, ROOM, f"Souci {n}", NOW - timedelta(days=14 - n))
    await tell(scene.database, ROOM, "Repris", NOW - timedelta(days=2), parent=first.id)
    for n in range(11):
        came = NOW - timedelta(days=3)
        item = Newcomer(ROOM, f"p{n}", Coming.GREETED, came, came, has_stepped=n < 6)
        await scene.database.write(lambda t, item=item: newcomer.save(t, item))  # type: ignore[misc]  # a test's lambda
    return scene


FRENCH = """\
Le bilan de vos 2 salons, sur 30 jours

• membres aujourd’hui\u00a0: moins de 5
• nouvelles arrivées\u00a0: 11
• premiers pas de ces personnes avec moi, peu après leur arrivée\u00a0: 6
• expériences partagées\u00a0: 12
• reprises\u00a0: moins de 5
• rendez-vous passés\u00a0: 0
• personnes qui avaient dit y venir\u00a0: 0

En dessous de 5, le nombre n’est pas donné\u00a0: il désignerait des personnes. \
En tableau\u00a0: !bilan export csv"""

ENGLISH = """\
Your 2 rooms in numbers, over 30 days

• members today: fewer than 5
• newcomers: 11
• first steps of theirs with me, soon after they came: 6
• experiences shared: 12
• reuses: fewer than 5
• events held: 0
• people who had said they would come: 0

Below 5 no number is given: it would point at people. As a table: !stats export csv"""


@pytest.mark.parametrize(("language", "words", "said"), [
    ("fr", "!bilan", FRENCH), ("en", "!stats", ENGLISH),
])  # fmt: skip
async def test_stats_tell_numbers_and_mask_small_ones(
    place: Scene, language: str, words: str, said: str
) -> None:
    await place.say(f"!lang {language}", sender=ANIMATOR)

    text, picture = await place.say(words, sender=ANIMATOR)

    assert text.body == said
    assert picture.content["msgtype"] == "m.image"
    assert "6" in picture.body.rpartition(":")[2]


async def test_stats_come_as_a_table(place: Scene) -> None:
    [table] = await place.say("!bilan export csv", sender=ANIMATOR)

    assert table.content["msgtype"] == "m.file"
    assert table.content["filename"] == "bilan.csv"


async def test_meetings_that_took_place_count_with_who_said_they_would_come(place: Scene) -> None:
    await place.say("!rdv Café | demain 9h", sender=ANIMATOR)
    await place.say("!oui C1", sender=ANIMATOR)
    place.clock.pass_by(timedelta(days=3))

    text = (await place.say("!bilan", sender=ANIMATOR))[0]

    assert "rendez-vous passés\u00a0: moins de 5" in text.body


async def test_stats_are_for_animators(place: Scene) -> None:
    assert "12" not in await place.answer("!bilan", sender=JO)


async def test_stats_name_an_example_for_what_they_do_not_understand(place: Scene) -> None:
    assert "!bilan export csv" in await place.answer("!bilan hier", sender=ANIMATOR)


@pytest.mark.parametrize(
    ("value", "whole", "told"),
    [(0, None, "0"), (4, None, "<5"), (5, None, "5"), (6, 11, "6"), (8, 11, ""), (7, 7, "7")],
)
def test_number_is_not_told_that_points_at_few(value: int, whole: int | None, told: str) -> None:
    health = Health([Measure("stepped", value, whole)], Weeks((), ()))

    table = to_csv(health, NOW).decode()

    assert table.splitlines()[1] == f"stepped,{told},2026-02-22,2026-03-24"
