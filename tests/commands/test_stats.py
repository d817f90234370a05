"""Stats: what animators learn of their rooms, masked where it would point at people."""

from datetime import timedelta
from pathlib import Path

import pytest

from bot.ids import EventId, UserId
from bot.services.letter.composition import Weeks
from bot.services.stats import Health, Measure, to_csv
from bot.storage import newcomer, profile, request, room
from bot.storage.newcomer import Newcomer
from bot.storage.newcomer import State as Coming
from bot.storage.profile import Entry
from bot.storage.request import Request
from bot.storage.room import Room
from bot.storage.transaction import Transaction
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


GOLDEN = Path(__file__).parent.parent / "golden"
HOUR = timedelta(hours=1)


async def ask_and_answer(scene: Scene, hours: list[int | None]) -> None:
    """Let requests be asked ten days ago and answered so many hours later, or not at all."""
    asked_at = NOW - timedelta(days=10)

    async def work(transaction: Transaction) -> None:
        for n, waited in enumerate(hours):
            answered_at = None if waited is None else asked_at + waited * HOUR
            item = Request(ROOM, JO, "Qui ?", EventId(f"$q{n}"), asked_at, answered_at=answered_at)
            await request.create(transaction, item)

    await scene.database.write(work)


async def fill(scene: Scene, users: list[UserId], world: str) -> None:
    for user in users:
        entry = Entry(user, "world", world, False, NOW)
        await scene.database.write(lambda t, entry=entry: profile.put(t, entry, world))  # type: ignore[misc]  # a test's lambda


@pytest.mark.parametrize("language", ["fr", "en"])
async def test_stats_tell_numbers_and_mask_small_ones(
    place: Scene, language: str, request: pytest.FixtureRequest
) -> None:
    people = [UserId(f"@n{n}:example.org") for n in range(20)]
    place.server.members[ROOM] |= set(people)
    await fill(place, people[:12], "public")
    await fill(place, people[12:15], "science")
    await ask_and_answer(place, [1, 2, 3, 7, 80, None, None, None, None, None, None])
    await place.say(f"!lang {language}", sender=ANIMATOR)

    text, picture = await place.say("!bilan", sender=ANIMATOR)

    path = GOLDEN / f"stats.{language}.txt"
    if request.config.getoption("--golden"):
        path.write_text(text.body + "\n", encoding="utf-8")
    assert text.body + "\n" == path.read_text(encoding="utf-8")
    assert picture.content["msgtype"] == "m.image"
    assert "6" in picture.body.rpartition(":")[2]


@pytest.mark.parametrize(
    ("hours", "told"),
    [
        ([], "pas encore de réponse"),
        ([1, 1, 1, 1], "non donné"),
        ([1, 1, 5, 9, 9], "en 5 heures au plus"),
        ([1, 1, 1, 1, 1, None], "en une heure au plus"),
    ],
)
async def test_middle_time_of_few_answers_is_not_told(
    place: Scene, hours: list[int | None], told: str
) -> None:
    await ask_and_answer(place, hours)

    text = (await place.say("!bilan", sender=ANIMATOR))[0].body

    assert f"qui en ont eu une\u00a0: {told}" in text


@pytest.mark.parametrize(
    ("alone", "all_of_them", "told"), [(6, 7, "non donné"), (6, 6, "6"), (2, 9, "moins de 5")]
)
async def test_requests_left_alone_do_not_tell_how_few_were_answered(
    place: Scene, alone: int, all_of_them: int, told: str
) -> None:
    await ask_and_answer(place, [None] * alone + [1] * (all_of_them - alone))

    text = (await place.say("!bilan", sender=ANIMATOR))[0].body

    assert f"72 heures\u00a0: {told}" in text


async def test_hidden_worlds_are_not_counted(place: Scene) -> None:
    people = [UserId(f"@n{n}:example.org") for n in range(9)]
    place.server.members[ROOM] |= set(people)
    await fill(place, people, "public")
    for user in people[:4]:
        entry = Entry(user, "world", "public", True, NOW)
        await place.database.write(lambda t, entry=entry: profile.put(t, entry, ""))  # type: ignore[misc]  # a test's lambda

    text = (await place.say("!bilan", sender=ANIMATOR))[0].body

    assert "action publique (profils visibles)\u00a0: 5" in text


async def test_first_step_within_a_fortnight_counts_without_a_name(scene: Scene) -> None:
    people = [UserId(f"@n{n}:example.org") for n in range(6)]
    await scene.database.write(lambda t: room.save(t, [Room(ROOM, joined_count=9)]))
    for user in people:
        await scene.move(user)
    await scene.wait(timedelta(minutes=15))
    await scene.wait(timedelta(days=3))
    for user in people[:5]:
        await scene.say("!ping", sender=user)
    await scene.wait(timedelta(days=12))
    async with scene.database.read() as snapshot:
        found = await newcomer.counts(snapshot, [ROOM], NOW, scene.clock.at)
    assert found == (6, 5)


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
