"""The letter by direct message: once a period, at its hour, with what that person may see."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.ids import RoomId
from bot.storage import experience, letter_subscription, room, room_setting
from bot.storage.experience import Visibility
from bot.storage.letter_subscription import Verdict
from bot.storage.room import Room
from bot.storage.room_setting import RoomSetting
from tests.letter import a_week, tell
from tests.scene import (
    ANIMATOR,
    ANIMATORS_ROOM,
    JO,
    MAX,
    NOW,
    OTHER_ROOM,
    PAIR,
    ROOM,
    Act,
    Scene,
    sent,
)

GOLDEN = Path(__file__).parent.parent / "golden"
MONDAY = datetime(2026, 3, 30, 7, 0, tzinfo=UTC)  # 9:00 in Paris, a day after summer time begins
DAY = timedelta(days=1)


@pytest.fixture
async def place(scene: Scene) -> Scene:
    """Two rooms of the community of which Jo is in one."""
    rooms = [Room(ROOM, joined_count=9), Room(OTHER_ROOM, joined_count=9), Room(ANIMATORS_ROOM)]
    await scene.database.write(lambda t: room.save(t, [*rooms, Room(PAIR, joined_count=2)]))
    return scene


async def until(scene: Scene, at: datetime) -> list[Act]:
    """Let time pass; return what Jo is told."""
    acts = await scene.wait(at - scene.clock.at)
    return [act for act in acts if act.room == f"direct:{JO}" and act.type == "m.room.message"]


async def verdicts(scene: Scene) -> dict[Verdict, int]:
    async with scene.database.read() as snapshot:
        return await letter_subscription.verdicts(snapshot, NOW, NOW + 99 * DAY)


@pytest.mark.parametrize(
    "words", ["!lettre subscribe weekly", "!abonnement semaine", "!Lettre abonne chaque semaine"]
)
async def test_letter_comes_on_monday_morning_once(place: Scene, words: str) -> None:
    assert "lundi 30 mars à 9h" in await place.answer(words)
    await tell(place.database, ROOM, "Le guichet ferme à midi", NOW)

    assert await until(place, MONDAY - timedelta(minutes=1)) == []
    [told] = await until(place, MONDAY)

    assert "guichet" in told.body
    assert "!désabonner" in told.body
    assert await until(place, MONDAY + 6 * DAY) == []


@pytest.mark.parametrize("language", ["fr", "en"])
async def test_letter_told_alone_reads_as_in_the_golden_file(
    place: Scene, language: str, request: pytest.FixtureRequest
) -> None:
    await place.say(f"!lang {language}")
    await place.say("!subscribe weekly")
    await a_week(place.database, ROOM)

    [told] = await until(place, MONDAY)

    path = GOLDEN / f"letter.alone.{language}.txt"
    if request.config.getoption("--golden"):
        path.write_text(told.body + "\n", encoding="utf-8")
    assert told.body + "\n" == path.read_text(encoding="utf-8")


async def test_month_begins_with_the_letter(place: Scene) -> None:
    await place.say("!abonnement mois")
    await tell(place.database, ROOM, "Le guichet ferme à midi", NOW - 20 * DAY)

    assert await until(place, MONDAY + DAY) == []
    assert len(await until(place, MONDAY + 2 * DAY)) == 1
    assert await until(place, MONDAY + 20 * DAY) == []


async def test_nobody_is_told_what_they_may_not_see(place: Scene) -> None:
    trust = RoomId("!confiance:example.org")
    await place.database.write(lambda t: room.save(t, [Room(trust, joined_count=9)]))
    chosen = RoomSetting(trust, "capture", "off", ANIMATOR, NOW)
    await place.database.write(lambda t: room_setting.put(t, chosen))
    place.server.members[trust] = {JO}
    await place.say("!abonnement semaine")
    await tell(place.database, ROOM, "Ici même", NOW)
    await tell(place.database, OTHER_ROOM, "Un secret", NOW)
    await tell(place.database, OTHER_ROOM, "Ouvert", NOW, visibility=Visibility.COMMUNITY)
    await tell(place.database, trust, "Confié", NOW, visibility=Visibility.PUBLIC)

    [told] = await until(place, MONDAY)

    assert "Ici même" in told.body
    assert "Ouvert" in told.body
    assert "secret" not in told.body
    assert "Confié" not in told.body


async def test_who_left_every_room_is_told_nothing_any_more(place: Scene) -> None:
    await place.say("!abonnement semaine")
    await tell(place.database, ROOM, "Ouvert", NOW, visibility=Visibility.PUBLIC)
    place.server.members[ROOM].discard(JO)

    assert await until(place, MONDAY) == []
    place.server.members[ROOM].add(JO)
    assert await until(place, MONDAY + 8 * DAY) == []


async def test_nothing_new_is_no_letter_and_the_next_tells_it_all(place: Scene) -> None:
    await place.say("!abonnement semaine")

    assert await until(place, MONDAY) == []
    await tell(place.database, ROOM, "Enfin", MONDAY + DAY)
    assert len(await until(place, MONDAY + 7 * DAY)) == 1


async def test_pause_puts_the_letter_off_and_one_comes_for_all_of_it(place: Scene) -> None:
    await place.say("!abonnement semaine")
    await place.say("!pause 3 semaines")
    await tell(place.database, ROOM, "Pendant la pause", NOW)

    assert await until(place, datetime(2026, 4, 14, 5, 59, tzinfo=UTC)) == []
    [told] = await until(place, datetime(2026, 4, 14, 6, 0, tzinfo=UTC))
    assert "Pendant la pause" in told.body


@pytest.mark.parametrize("words", ["désabonner", "unsubscribe", "lettre stop", "!lettre off"])
async def test_one_word_ends_it(place: Scene, words: str) -> None:
    await place.say("!abonnement semaine")
    await tell(place.database, ROOM, "Un souci", NOW)

    assert "ne recevrez plus" in await place.answer(words, room=PAIR)
    assert "ne recevez pas" in await place.answer(words, room=PAIR)
    assert await until(place, MONDAY) == []


async def test_who_comes_back_is_told_nothing_twice(place: Scene) -> None:
    await place.say("!abonnement semaine")
    await tell(place.database, ROOM, "Déjà dit", NOW)
    await until(place, MONDAY)
    await place.say("!désabonner")
    await place.say("!abonnement mois")
    await tell(place.database, ROOM, "Nouveau", MONDAY + timedelta(hours=5))

    [told] = await until(place, MONDAY + 2 * DAY)

    assert "Nouveau" in told.body
    assert "Déjà dit" not in told.body


async def test_one_tap_says_whether_it_was_useful_and_only_the_last_counts(place: Scene) -> None:
    await place.say("!abonnement semaine")
    await tell(place.database, ROOM, "Un souci", NOW)
    [told] = await until(place, MONDAY)
    offered = [
        act.content["m.relates_to"]["key"]  # type: ignore[index,call-overload]  # of the test
        for act in await place.acts()
        if act.type == "m.reaction"
    ]
    assert offered == ["👍", "👎"]
    await place.deliver()

    useful = place.reaction(sent(told.oid), "👍", room=PAIR)
    assert await place.hear(useful) == []
    assert await verdicts(place) == {Verdict.USEFUL: 1}
    await place.react(sent(told.oid), "👎", room=PAIR)
    assert await verdicts(place) == {Verdict.USELESS: 1}
    await place.redact(useful.event_id, room=PAIR)
    assert await verdicts(place) == {Verdict.USELESS: 1}
    await place.react(sent(told.oid), "👍", sender=MAX, room=PAIR)
    assert await verdicts(place) == {Verdict.USELESS: 1}
    assert "noté" in await place.answer("!lettre utile", room=PAIR)
    assert await verdicts(place) == {Verdict.USEFUL: 1}


async def test_opinion_of_a_letter_that_never_came_is_refused(place: Scene) -> None:
    assert "!abonnement" in await place.answer("!lettre utile")
    assert "!abonnement semaine" in await place.answer("!abonnement demain")


async def test_withdrawn_experience_is_not_in_the_letter(place: Scene) -> None:
    await place.say("!abonnement semaine")
    told = await a_week(place.database, ROOM)
    await place.database.write(lambda t: experience.erase(t, told[2].id))

    assert "jargon" not in (await until(place, MONDAY))[0].body


async def test_subscription_shows_when_the_next_one_comes(place: Scene) -> None:
    assert "ne recevez pas" in await place.answer("!abonnement")
    await place.say("!abonnement mois")

    assert "mercredi 1er avril à 9h" in await place.answer("!abonnement")


async def test_forgotten_subscriber_is_written_to_no_more(place: Scene) -> None:
    await place.say("!abonnement semaine")
    await tell(place.database, ROOM, "Un souci", NOW)
    await place.say("oubliezmoi", room=PAIR)
    await place.say("oubliezmoi effacer", room=PAIR)

    assert await until(place, MONDAY) == []
