"""Announcements: drafted, confirmed, changed, and said once in each room when their time comes."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.ids import RoomId, direct_room
from bot.jobs import DUE
from bot.scheduler import Around, Scheduler
from bot.storage import announcement, room
from bot.storage.announcement import State
from bot.storage.room import Room
from tests.scene import (
    ANIMATOR,
    ANIMATORS_ROOM,
    CATALOGUE,
    JO,
    MAX,
    OTHER_ROOM,
    PAIR,
    ROOM,
    Act,
    Scene,
    sent,
)

DIRECT = direct_room(ANIMATOR)
TOMORROW = datetime(2026, 3, 25, 8, 0, tzinfo=UTC)


@pytest.fixture
async def place(scene: Scene) -> Scene:
    """The rooms that the bot is in, with their addresses."""
    rooms = [Room(ROOM, joined_count=5), Room(OTHER_ROOM, joined_count=3)]
    await scene.database.write(lambda t: room.save(t, rooms))
    scene.server.aliases = {
        "#accueil:example.org": ROOM,
        "#ailleurs:example.org": OTHER_ROOM,
        "#nulle-part:example.org": RoomId("!nulle-part:example.org"),
    }
    return scene


async def fire(scene: Scene, at: datetime | None = None) -> list[Act]:
    """Let time pass, and say what is due; return what is said."""
    if at is not None:
        scene.clock.at = at
    before = {act.oid for act in await scene.acts()}
    around = Around(animators_room=ANIMATORS_ROOM, reader=scene.server)
    jobs = DUE
    await Scheduler(scene.database, scene.clock, CATALOGUE, jobs, [], around).fire_due()
    return [act for act in await scene.acts() if act.oid not in before]


async def ask(scene: Scene, words: str, **more: object) -> list[Act]:
    return await scene.say(words, sender=ANIMATOR, **more)  # type: ignore[arg-type]  # of the test


async def plan(scene: Scene, words: str) -> None:
    await ask(scene, words)
    await ask(scene, "!annonce confirme A1")


async def kept(scene: Scene, number: int = 1) -> announcement.Announcement:
    async with scene.database.read() as snapshot:
        found = await announcement.get(snapshot, number)
    assert found is not None
    return found


async def alone_with_the_bot(scene: Scene) -> RoomId:
    """Return the direct room of the animator, once it is open."""
    own = RoomId("!anne-and-the-bot:example.org")
    scene.rooms.pairs.add(own)
    scene.rooms.open.add(own)
    return own


def said_in(acts: list[Act], place: RoomId) -> list[str]:
    return [act.body for act in acts if act.room == place]


async def test_draft_is_shown_to_its_author_alone_before_it_is_said(place: Scene) -> None:
    acts = await ask(place, "!annonce demain 9h #accueil #ailleurs | Bonne **semaine** !")

    [preview] = [act for act in acts if act.room == DIRECT and act.type == "m.room.message"]
    [answer] = said_in(acts, ROOM)
    assert "mercredi 25 mars à 9h (Europe/Paris)" in preview.body
    assert "<strong>semaine</strong>" in preview.html
    assert [act.content["m.relates_to"] for act in acts if act.type == "m.reaction"]
    assert "A1" in answer
    assert "semaine" not in answer
    assert await fire(place, TOMORROW) == []
    assert (await kept(place)).state is State.DRAFT


@pytest.mark.parametrize("way", ["typed", "answered", "reacted"])
async def test_confirmed_announcement_is_said_once_in_every_room(place: Scene, way: str) -> None:
    acts = await ask(place, "!annonce demain 9h #accueil #ailleurs | Bonne **semaine** !")
    await place.deliver()
    own = await alone_with_the_bot(place)
    if way == "typed":
        await ask(place, "!annonce confirme A1")
    elif way == "answered":
        await ask(place, "oui", room=own)
    else:
        preview = next(act for act in acts if act.room == DIRECT)
        await place.react(sent(preview.oid), "✅", sender=ANIMATOR, room=own)
    assert (await kept(place)).state is State.PLANNED

    said = await fire(place, TOMORROW)

    assert sorted(act.room for act in said) == sorted([ROOM, OTHER_ROOM])
    for act in said:
        assert act.content["msgtype"] == "m.text"
        assert act.content["m.mentions"] == {}
        assert act.html == "Bonne <strong>semaine</strong> !"
    assert await fire(place, TOMORROW + timedelta(days=1)) == []
    assert (await kept(place)).state is State.DONE


async def test_no_to_the_preview_calls_it_off(place: Scene) -> None:
    acts = await ask(place, "!annonce demain 9h #accueil | Bonne semaine !")
    await place.deliver()
    preview = next(act for act in acts if act.room == DIRECT)
    own = await alone_with_the_bot(place)
    await place.react(sent(preview.oid), "❌", sender=ANIMATOR, room=own)

    assert (await kept(place)).state is State.CANCELLED
    assert await fire(place, TOMORROW) == []


@pytest.mark.parametrize(
    ("words", "part"),
    [
        ("!annonce demain 9h", "|"),
        ("!annonce demain 9h |", "|"),
        ("!annonce mardi 32 | x", "mardi 32"),
        ("!annonce demain 9h #nulle-part | x", "nulle-part"),
        ("!annonce demain 9h #inconnu | x", "inconnu"),
        ("!annonce montre A9", "A9"),
        ("!annonce montre", "A7"),
        ("!annonce retard A1 bientôt", "bientôt"),
        ("!annonce modifie A1", "|"),
    ],
)
async def test_what_is_not_understood_is_refused_with_an_example(
    place: Scene, words: str, part: str
) -> None:
    [act] = await ask(place, words)

    assert part in act.body
    async with place.database.read() as snapshot:
        assert await announcement.waiting(snapshot) == []


async def test_members_may_neither_announce_nor_see_what_waits(place: Scene) -> None:
    await plan(place, "!annonce demain 9h #accueil | Secret")
    for words in (
        *("!annonce demain 9h | x", "!annonce liste", "!annonce montre A1", "!annonce annule A1"),
        *("!annonce modifie A1 y", "!annonce maintenant A1", "!annonce prends A1"),
    ):
        [act] = await place.say(words, sender=JO)
        assert "Secret" not in act.body
    [act] = await place.say("annonce demain 9h #accueil | x", sender=JO, room=PAIR)
    assert ROOM in act.body
    assert (await kept(place)).owner == ANIMATOR
    assert len(await fire(place, TOMORROW)) == 1


async def test_whole_room_is_called_only_by_who_may_at_that_moment(place: Scene) -> None:
    place.server.levels[ANIMATOR] = 50
    await plan(place, "!annonce chaque jour 9h #accueil | @room c’est l’heure")

    [allowed] = await fire(place, TOMORROW)
    place.server.levels[ANIMATOR] = 49
    [refused] = await fire(place, TOMORROW + timedelta(days=1))

    assert allowed.content["m.mentions"] == {"room": True}
    assert refused.content["m.mentions"] == {}


async def test_call_without_the_right_is_refused_when_it_is_written(place: Scene) -> None:
    place.server.members[ANIMATORS_ROOM] = {MAX}
    [answer] = await place.say("!annonce demain 9h | @room x", sender=MAX)

    assert "@room" in answer.body.replace("\u2060", "")


async def test_recurring_announcement_keeps_its_hour_when_clocks_change(place: Scene) -> None:
    await plan(place, "!annonce chaque dimanche 9h #accueil | Bon dimanche")
    times = []
    for _ in range(3):
        times.append((await kept(place)).due_at)
        assert len(await fire(place, times[-1])) == 1

    # The clocks go forward on the 29th of March: 9:00 stays 9:00.
    assert times[0] == datetime(2026, 3, 29, 7, 0, tzinfo=UTC)
    assert [at.hour for at in times] == [7, 7, 7]
    assert await fire(place, times[-1]) == []


async def test_what_fell_due_while_away_comes_late_and_says_so(place: Scene) -> None:
    await plan(place, "!annonce demain 9h #accueil | Bonne semaine !")

    [act] = await fire(place, TOMORROW + timedelta(hours=5))

    assert act.body.startswith("Bonne semaine !")
    assert "mercredi 25 mars à 9h" in act.body
    assert "retard" in act.body


async def test_what_is_of_no_use_any_more_is_reported_instead(place: Scene) -> None:
    await ask(place, "!annonce demain 9h #accueil | Dans dix minutes !")
    await ask(place, "!annonce retard A1 non")
    await ask(place, "!annonce confirme A1")

    [act] = await fire(place, TOMORROW + timedelta(hours=1))

    assert act.room == ANIMATORS_ROOM
    assert "A1" in act.body
    assert (await kept(place)).state is State.DONE


async def test_room_that_the_bot_left_is_reported_and_the_others_go_on(place: Scene) -> None:
    await plan(place, "!annonce demain 9h #accueil #ailleurs | Bonne semaine !")
    await place.database.write(lambda t: room.forget(t, [OTHER_ROOM]))

    said = await fire(place, TOMORROW)

    assert said_in(said, ROOM) == ["Bonne semaine !"]
    assert OTHER_ROOM in said_in(said, ANIMATORS_ROOM)[0]
    shown = await place.answer("!annonce montre A1", sender=ANIMATOR)
    assert "pas dite" in shown


async def test_announcement_follows_its_room_to_a_replacement(place: Scene) -> None:
    new = RoomId("!nouveau:example.org")
    await plan(place, "!annonce chaque jour 9h #accueil | Bonjour")
    rooms = [Room(ROOM, replaced_by=new), Room(new)]
    await place.database.write(lambda t: room.save(t, rooms))
    await place.database.write(lambda t: announcement.move(t, ROOM, new))

    for days in range(2):
        assert said_in(await fire(place, TOMORROW + timedelta(days=days)), new) == ["Bonjour"]


async def test_other_animator_takes_over_and_history_tells(place: Scene) -> None:
    await plan(place, "!annonce demain 9h #accueil | Bonne semaine !")
    place.server.levels[MAX] = 50

    await place.say("!annonce modifie A1 Belle semaine !", sender=MAX)
    await place.say("!annonce déplace A1 demain 10h", sender=MAX)
    shown = await place.answer("!annonce A1", sender=MAX)

    assert (await kept(place)).owner == MAX
    for part in (f"{ANIMATOR} l’a écrite", f"{MAX} l’a modifiée", f"{MAX} l’a déplacée"):
        assert part in shown
    assert await fire(place, TOMORROW) == []
    assert said_in(await fire(place, TOMORROW + timedelta(hours=1)), ROOM) == ["Belle semaine !"]


async def test_now_says_it_once_and_only_then(place: Scene) -> None:
    await plan(place, "!annonce demain 9h #accueil | Bonne semaine !")

    await ask(place, "!annonce maintenant A1")

    assert said_in(await fire(place), ROOM) == ["Bonne semaine !"]
    assert await fire(place, TOMORROW) == []


async def test_now_of_a_recurring_one_is_beside_its_times(place: Scene) -> None:
    await plan(place, "!annonce chaque jour 9h #accueil | Bonjour")
    await ask(place, "!annonce maintenant A1")

    assert said_in(await fire(place), ROOM) == ["Bonjour"]
    assert said_in(await fire(place, TOMORROW), ROOM) == ["Bonjour"]


async def test_called_off_announcement_is_never_said(place: Scene) -> None:
    await plan(place, "!annonce chaque jour 9h #accueil | Bonjour")
    await ask(place, "!annonce annule A1")

    assert await fire(place, TOMORROW) == []
    assert "ne change plus" in await place.answer("!annonce confirme A1", sender=ANIMATOR)


async def test_corrected_command_is_a_draft_again_with_the_same_number(place: Scene) -> None:
    command = place.message("!annonce demain 9h #accueil | Bonne semain", sender=ANIMATOR)
    await place.hear(command)
    await ask(place, "!annonce confirme A1")
    await place.edit(command, "!annonce demain 9h #accueil | Bonne semaine")
    assert await fire(place, TOMORROW) == []
    place.clock.at = TOMORROW - timedelta(hours=1)
    await ask(place, "!annonce confirme A1")

    assert said_in(await fire(place, TOMORROW), ROOM) == ["Bonne semaine"]


async def test_redacted_command_calls_it_off(place: Scene) -> None:
    command = place.message("!annonce demain 9h #accueil | Bonjour", sender=ANIMATOR)
    await place.hear(command)
    await ask(place, "!annonce confirme A1")
    await place.redact(command.event_id, sender=ANIMATOR)

    assert await fire(place, TOMORROW) == []


async def test_list_shows_what_waits_next_first_in_both_languages(place: Scene) -> None:
    await ask(place, "!annonce jeudi 9h #accueil | Deux")
    await ask(place, "!annonce demain 9h #accueil | Un")
    french = await place.answer("!annonces", sender=ANIMATOR)
    await ask(place, "!lang en")
    english = await place.answer("!announce list", sender=ANIMATOR)

    assert french.index("Un") < french.index("Deux")
    assert "draft" in english
    assert "Wednesday 25 March" in english
