"""Catch-up: what was missed on one's topics, in one's rooms, told to oneself alone."""

from datetime import timedelta

import pytest

from bot.storage import room, visit
from bot.storage.room import Room
from tests.letter import tell
from tests.scene import JO, NOW, OTHER_ROOM, PAIR, ROOM, Act, Scene, sent


@pytest.fixture
async def place(scene: Scene) -> Scene:
    rooms = [Room(ROOM, joined_count=9), Room(OTHER_ROOM, joined_count=9)]
    await scene.database.write(lambda t: room.save(t, rooms))
    await tell(scene.database, ROOM, "Vieux sujet de compost", NOW - timedelta(days=60))
    await tell(scene.database, ROOM, "Le compost déborde", NOW - timedelta(days=6))
    await tell(scene.database, OTHER_ROOM, "Le compost ailleurs", NOW - timedelta(days=5))
    await tell(scene.database, ROOM, "Des marchés illisibles", NOW - timedelta(days=4))
    await tell(scene.database, ROOM, "Mon compost", NOW - timedelta(days=3), author=JO)
    return scene


def told(acts: list[Act]) -> str:
    """Return what was said to the person alone."""
    [act] = [act for act in acts if act.room == f"direct:{JO}"]
    return act.body


async def test_topics_of_the_profile_are_caught_up_on_in_private(place: Scene) -> None:
    await place.say("!moi cherche compost, ruches")

    acts = await place.say("!rattrapage")

    assert "Le compost déborde" in told(acts)
    for other in ("Vieux", "ailleurs", "marchés", "Mon compost"):
        assert other not in told(acts)
    assert all("compost" not in act.body for act in acts if act.room == ROOM)


async def test_tags_that_somebody_used_are_their_topics(place: Scene) -> None:
    await place.say("!partage Trop de devis #achat → on groupe")
    await tell(place.database, ROOM, "Un autre #achat", NOW - timedelta(hours=1))

    shown = await place.answer("!rattrapage", room=PAIR)

    assert "Un autre" in shown
    assert "Trop de devis" not in shown
    assert "marchés" not in shown


async def test_who_has_no_topics_sees_all_that_is_new(place: Scene) -> None:
    shown = await place.answer("!rattrapage", room=PAIR)

    assert "marchés" in shown
    assert "déborde" in shown
    assert "!moi" in shown


async def test_only_what_came_after_the_last_visit_is_told(place: Scene) -> None:
    place.clock.at = NOW - timedelta(days=5)
    await place.say("!ping")
    place.clock.at = NOW

    shown = await place.answer("!rattrapage", room=PAIR)

    assert "marchés" in shown
    assert "déborde" not in shown


async def test_nothing_new_says_so_in_english(place: Scene) -> None:
    await place.say("!lang en")
    place.clock.pass_by(timedelta(days=1))

    shown = await place.answer("!catchup", room=PAIR)

    assert shown.startswith("Nothing new on your topics since Tuesday 24 March")


async def test_what_is_too_much_is_refused_with_an_example(place: Scene) -> None:
    assert "!rattrapage" in await place.answer("!rattrapage hier")


async def back_after(scene: Scene, days: int) -> None:
    """Let Jo speak with the bot, and again after so many days, in which something happened."""
    await scene.say("!ping")
    await scene.deliver()
    scene.clock.pass_by(timedelta(days=days))
    last_week = scene.clock.at - timedelta(days=7)
    await tell(scene.database, ROOM, "Pendant votre absence", last_week)
    await scene.say("!ping")


async def offers(scene: Scene, after: timedelta) -> list[Act]:
    acts = await scene.wait(after)
    return [
        act for act in acts if act.type == "m.room.message" and (act.card or "").startswith("c")
    ]


async def test_who_is_back_after_three_weeks_is_offered_to_catch_up_once(place: Scene) -> None:
    await back_after(place, 21)
    assert await offers(place, timedelta(minutes=9)) == []

    [offer] = await offers(place, timedelta(minutes=1))

    assert offer.room == f"direct:{JO}"
    assert "une expérience peut vous intéresser" in offer.body
    await place.say("!ping")
    assert await offers(place, timedelta(days=1)) == []
    await place.deliver()
    [shown] = await place.react(sent(offer.oid), "👀", room=PAIR)
    assert "Pendant votre absence" in shown.body


async def test_who_was_there_lately_is_offered_nothing(place: Scene) -> None:
    await back_after(place, 20)

    assert await offers(place, timedelta(days=1)) == []


async def test_newcomer_is_offered_nothing(place: Scene) -> None:
    await place.say("!ping")

    assert await offers(place, timedelta(days=1)) == []


async def test_offer_is_not_made_in_a_pause_nor_after_it(place: Scene) -> None:
    await place.say("!pause 2 mois")
    await back_after(place, 30)

    assert await offers(place, timedelta(days=60)) == []


async def test_offer_waits_for_the_morning(place: Scene) -> None:
    place.clock.at = NOW + timedelta(hours=8)  # 22:00 in Paris, 23:00 in summer
    await back_after(place, 22)

    assert await offers(place, timedelta(hours=8)) == []
    assert len(await offers(place, timedelta(hours=2))) == 1


async def test_nothing_missed_is_no_offer(place: Scene) -> None:
    await place.say("!moi cherche ruches")
    await place.deliver()
    await back_after(place, 25)

    assert await offers(place, timedelta(days=1)) == []


async def test_who_catches_up_alone_is_offered_nothing(place: Scene) -> None:
    await back_after(place, 25)
    await place.say("!rattrapage")

    assert await offers(place, timedelta(days=1)) == []


async def test_offer_reads_in_english(place: Scene) -> None:
    await place.say("!lang en")
    await back_after(place, 25)

    [offer] = await offers(place, timedelta(minutes=10))

    assert "Good to see you again. Since Tuesday 24 March" in offer.body


async def test_forgotten_member_leaves_no_visit(place: Scene) -> None:
    await place.say("oubliezmoi", room=PAIR)
    await place.say("oubliezmoi effacer", room=PAIR)

    async with place.database.read() as snapshot:
        assert await visit.get(snapshot, JO) is None
