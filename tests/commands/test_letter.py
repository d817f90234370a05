"""The letter: scheduled, drafted, approved, skipped, and sent once a period with what is new."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.ids import RoomId, UserId
from bot.jobs import DUE
from bot.scheduler import Around, Scheduler
from bot.storage import experience, letter, room, room_setting
from bot.storage.experience import Visibility
from bot.storage.letter import State
from bot.storage.room import Room
from bot.storage.room_setting import RoomSetting
from tests.letter import FRIDAY, MARIE, a_week, tell
from tests.scene import (
    ANIMATOR,
    ANIMATORS_ROOM,
    CATALOGUE,
    JO,
    OTHER_ROOM,
    ROOM,
    Act,
    PlayedServer,
    Scene,
    sent,
)

GOLDEN = Path(__file__).parent.parent / "golden"
DAY = timedelta(days=1)


@pytest.fixture
async def place(scene: Scene) -> Scene:
    """Two rooms of the community, and the animators' own."""
    rooms = [Room(ROOM, joined_count=9), Room(OTHER_ROOM, joined_count=9), Room(ANIMATORS_ROOM)]
    await scene.database.write(lambda t: room.save(t, rooms))
    scene.server.members[ANIMATORS_ROOM] = {ANIMATOR}
    scene.server.aliases = {"#ailleurs:example.org": OTHER_ROOM}
    return scene


async def fire(scene: Scene, at: datetime) -> list[Act]:
    """Let time pass, and say what is due; return what is said."""
    scene.clock.at = at
    before = {act.oid for act in await scene.acts()}
    around = Around(animators_room=ANIMATORS_ROOM, reader=scene.server)
    await Scheduler(scene.database, scene.clock, CATALOGUE, DUE, [], around).fire_due()
    return [act for act in await scene.acts() if act.oid not in before]


def in_room(acts: list[Act], place: RoomId = ROOM) -> list[Act]:
    return [act for act in acts if act.room == place and act.type == "m.room.message"]


async def ask(scene: Scene, words: str, **more: object) -> list[Act]:
    return await scene.say(words, sender=ANIMATOR, **more)  # type: ignore[arg-type]  # of the test


async def schedule(scene: Scene, approval: str = "non") -> None:
    await ask(scene, "!lettre programme vendredi 9h")
    await ask(scene, f"!lettre relecture {approval}")


async def state_of(scene: Scene, period: str = "2026-03-27") -> State | None:
    async with scene.database.read() as snapshot:
        found = await letter.issue(snapshot, ROOM, period)
    return None if found is None else found.state


async def test_letter_goes_out_once_at_its_local_hour(place: Scene) -> None:
    await schedule(place)
    await a_week(place.database, ROOM)
    assert await fire(place, FRIDAY - timedelta(minutes=1)) == []

    [said, *_] = in_room(await fire(place, FRIDAY))

    assert "Expériences partagées\u00a0: 7" in said.body
    assert said.content["m.mentions"] == {}
    assert "<b>" not in said.html.replace("&lt;b&gt;", "")
    assert await state_of(place) is State.SENT
    assert await fire(place, FRIDAY + timedelta(hours=1)) == []


async def test_next_letter_keeps_its_hour_across_dst_and_tells_only_what_is_new(
    place: Scene,
) -> None:
    await schedule(place)
    await a_week(place.database, ROOM)
    await fire(place, FRIDAY)
    await tell(place.database, ROOM, "Après le changement d’heure", FRIDAY + 2 * DAY)
    following = datetime(2026, 4, 3, 7, 0, tzinfo=UTC)  # 9:00 in Paris, in summer

    assert in_room(await fire(place, following - timedelta(minutes=1))) == []
    [said, *_] = in_room(await fire(place, following))

    assert "Après le changement" in said.body
    assert "jargon" not in said.body


async def test_nothing_new_is_no_letter_and_said_to_the_animators(place: Scene) -> None:
    await schedule(place)

    acts = await fire(place, FRIDAY)

    assert in_room(acts) == []
    assert "Rien de neuf" in in_room(acts, ANIMATORS_ROOM)[0].body
    assert await state_of(place) is State.EMPTY


@pytest.mark.parametrize("language", ["fr", "en"])
async def test_letter_reads_as_in_the_golden_file(
    place: Scene, language: str, request: pytest.FixtureRequest
) -> None:
    await schedule(place)
    if language == "en":
        await ask(place, "!settings language en")
    await ask(place, "!lettre intro Quelle semaine ! Merci à **toutes et tous**.")
    await a_week(place.database, ROOM)

    said = in_room(await fire(place, FRIDAY))[0]

    path = GOLDEN / f"letter.{language}.txt"
    if request.config.getoption("--golden"):
        path.write_text(said.body + "\n", encoding="utf-8")
    assert said.body + "\n" == path.read_text(encoding="utf-8")


async def test_draft_is_shown_the_day_before_and_sent_when_nobody_answers(place: Scene) -> None:
    await schedule(place, "envoi")
    await a_week(place.database, ROOM)

    acts = await fire(place, FRIDAY - DAY)

    [draft] = in_room(acts, ANIMATORS_ROOM)
    assert "jargon" in draft.body
    keys = [act.content["m.relates_to"]["key"] for act in acts if act.type == "m.reaction"]  # type: ignore[index,call-overload]  # of the test
    assert keys == ["✅", "✏", "⏭"]
    assert in_room(acts) == []
    assert len(in_room(await fire(place, FRIDAY))) >= 1


@pytest.mark.parametrize(
    ("key", "outcome"), [("✅", State.SENT), ("⏭", State.SKIPPED), (None, State.HELD)]
)
async def test_one_tap_decides_about_a_draft(place: Scene, key: str | None, outcome: State) -> None:
    await schedule(place, "attente")
    await a_week(place.database, ROOM)
    [draft] = in_room(await fire(place, FRIDAY - DAY), ANIMATORS_ROOM)
    await place.deliver()
    if key is not None:
        await place.react(sent(draft.oid), key, sender=ANIMATOR, room=ANIMATORS_ROOM)

    acts = await fire(place, FRIDAY)

    assert await state_of(place) is outcome
    assert bool(in_room(acts)) is (outcome is State.SENT)


async def test_held_letter_goes_out_when_it_is_approved_and_the_next_stays(place: Scene) -> None:
    await schedule(place, "attente")
    await a_week(place.database, ROOM)
    await fire(place, FRIDAY - DAY)
    await fire(place, FRIDAY)

    await ask(place, f"!lettre approuve {ROOM} 2026-03-27", room=ANIMATORS_ROOM)
    [said, *_] = in_room(await fire(place, FRIDAY + timedelta(hours=2)))

    assert "jargon" in said.body
    assert await state_of(place) is State.SENT
    async with place.database.read() as snapshot:
        item = await letter.get(snapshot, ROOM)
    assert item is not None
    assert item.due_at == datetime(2026, 4, 3, 7, 0, tzinfo=UTC)


async def test_pencil_says_how_to_write_the_introduction(place: Scene) -> None:
    await schedule(place, "envoi")
    await a_week(place.database, ROOM)
    [draft] = in_room(await fire(place, FRIDAY - DAY), ANIMATORS_ROOM)
    await place.deliver()

    [act] = await place.react(sent(draft.oid), "✏", sender=ANIMATOR, room=ANIMATORS_ROOM)
    assert f"intro {ROOM}" in act.body
    await ask(place, f"!lettre intro {ROOM} Quelle semaine !", room=ANIMATORS_ROOM)

    assert "Quelle semaine !" in in_room(await fire(place, FRIDAY))[0].body


async def test_now_is_instead_of_the_one_that_was_planned(place: Scene) -> None:
    await schedule(place)
    await a_week(place.database, ROOM)
    await ask(place, "!lettre maintenant")

    assert len(in_room(await fire(place, FRIDAY - timedelta(hours=20)))) >= 1
    assert in_room(await fire(place, FRIDAY)) == []
    await tell(place.database, ROOM, "Plus tard", FRIDAY + DAY)
    assert len(in_room(await fire(place, FRIDAY + 7 * DAY))) >= 1


async def test_withdrawn_experience_vanishes_from_the_letter_that_waits(place: Scene) -> None:
    await schedule(place, "envoi")
    told = await a_week(place.database, ROOM)
    await fire(place, FRIDAY - DAY)
    await place.database.write(lambda t: experience.erase(t, told[2].id))

    said = in_room(await fire(place, FRIDAY))[0]

    assert "jargon" not in said.body


async def test_letter_never_tells_what_is_less_visible_than_itself(place: Scene) -> None:
    secret, opened = "Un secret d’ailleurs", "Ouvert à tous"
    await tell(place.database, OTHER_ROOM, secret, FRIDAY - DAY)
    await tell(place.database, OTHER_ROOM, opened, FRIDAY - DAY, visibility=Visibility.COMMUNITY)
    await ask(place, "!lettre programme communauté vendredi 9h")
    await ask(place, "!lettre relecture non")

    said = in_room(await fire(place, FRIDAY))[0]

    assert opened in said.body
    assert secret not in said.body


async def test_room_of_trust_is_in_no_letter(place: Scene) -> None:
    await tell(place.database, OTHER_ROOM, "Confié", FRIDAY - DAY, visibility=Visibility.PUBLIC)
    trust = RoomSetting(OTHER_ROOM, "capture", "off", ANIMATOR, FRIDAY)
    await place.database.write(lambda t: room_setting.put(t, trust))
    await ask(place, "!lettre programme communauté vendredi 9h")
    await ask(place, "!lettre relecture non")

    assert in_room(await fire(place, FRIDAY)) == []


async def test_quiet_hours_hold_the_letter_until_they_are_over(place: Scene) -> None:
    await schedule(place)
    await ask(place, "!réglages calme 8h-12h")
    await a_week(place.database, ROOM)

    assert in_room(await fire(place, FRIDAY)) == []
    assert len(in_room(await fire(place, FRIDAY + timedelta(hours=3)))) >= 1
    assert await state_of(place) is State.SENT


async def test_bar_chart_comes_with_the_letter_where_there_is_something_to_see(
    place: Scene,
) -> None:
    await schedule(place)
    await tell(place.database, ROOM, "La semaine d’avant", FRIDAY - 10 * DAY)
    await a_week(place.database, ROOM)

    said, picture = in_room(await fire(place, FRIDAY))

    assert said.content["msgtype"] == "m.text"
    assert picture.content["msgtype"] == "m.image"
    assert "0, 0, 0, 0, 0, 0, 1, 8" in picture.body


async def test_preview_is_for_the_animator_alone(place: Scene) -> None:
    await schedule(place)
    await a_week(place.database, ROOM)
    place.clock.at = FRIDAY - DAY

    acts = await ask(place, "!lettre aperçu")

    [shown] = [act for act in acts if act.room.startswith("direct:")]
    assert "jargon" in shown.body
    assert "jargon" not in in_room(acts)[0].body


@pytest.mark.parametrize(
    "words", ["!lettre programme vendredi 9h", "!lettre maintenant", "!lettre intro x", "!lettre"]
)
async def test_members_decide_nothing_about_the_letter(place: Scene, words: str) -> None:
    await schedule(place)
    refused = await place.answer(words, sender=JO)

    assert "animent" in refused
    assert await fire(place, FRIDAY - 2 * DAY) == []


@pytest.mark.parametrize(
    "words",
    [
        *(
            "!lettre programme",
            "!lettre programme 32",
            "!lettre danse",
            "!lettre relecture peut-être",
        ),
        *("!lettre aperçu #inconnu", "!lettre programme #ailleurs"),
    ],
)
async def test_what_is_not_understood_is_refused_with_an_example(place: Scene, words: str) -> None:
    [act] = await ask(place, words)

    assert "lettre" in act.body
    async with place.database.read() as snapshot:
        assert await letter.all_letters(snapshot) == []


async def test_letter_follows_its_room_to_a_replacement(place: Scene) -> None:
    new = RoomId("!nouveau:example.org")
    await schedule(place)
    place.server.predecessors[new] = ROOM
    await place.upgrade(ROOM, new)
    await tell(place.database, new, "Dans le nouveau salon", FRIDAY - DAY)

    assert "nouveau salon" in in_room(await fire(place, FRIDAY), new)[0].body


async def test_letter_tells_of_the_next_events_of_its_room(place: Scene) -> None:
    await schedule(place)
    await ask(place, "!rdv Atelier lexique | samedi 28 mars 14h-16h | Lyon")
    await ask(place, "!rdv Dans longtemps | samedi 30 mai 14h-16h | Lyon")

    said = in_room(await fire(place, FRIDAY))[-1]

    assert "Atelier lexique" in said.body
    assert "samedi 28 mars de 14h à 16h" in said.body
    assert "longtemps" not in said.body


async def test_known_series_alone_is_no_reason_for_a_letter(place: Scene) -> None:
    await schedule(place)
    await ask(place, "!rdv Café | chaque jeudi 9h")

    first = in_room(await fire(place, FRIDAY))
    second = in_room(await fire(place, FRIDAY + timedelta(days=7)))

    assert any("📰" in act.body and "Café" in act.body for act in first)
    assert not any("📰" in act.body for act in second)
    assert await state_of(place, "2026-04-03") is State.EMPTY


class NamingServer(PlayedServer):
    """A server on which Marie has a name of her own in each room."""

    async def display_name_of(self, room: RoomId, user: UserId) -> str | None:
        return "Marie de la mairie" if (room, user) == (ROOM, MARIE) else None


async def test_letter_names_authors_as_their_room_shows_them(place: Scene) -> None:
    place.server = NamingServer()
    await schedule(place)
    await a_week(place.database, ROOM)

    said = in_room(await fire(place, FRIDAY))[0]

    assert "Marie de la mairie" in said.body
    assert "omar" in said.body
