"""Who names a meeting and nothing else is asked the rest in private, and it appears in the room."""

from datetime import UTC, datetime, timedelta

from bot.storage import meeting
from bot.storage.meeting import Meeting
from tests.scene import JO, PAIR, ROOM, Act, Scene


async def stored(scene: Scene) -> Meeting | None:
    async with scene.database.read() as snapshot:
        return await meeting.get(snapshot, 1)


def words(acts: list[Act]) -> str:
    return "\n".join(act.body for act in acts if act.type == "m.room.message")


async def tell(scene: Scene, *answers: str) -> str:
    """Answer one question after the other in private; return what is said last."""
    said = ""
    for answer in answers:
        said = words(await scene.say(answer, room=PAIR))
    return said


async def test_title_alone_is_asked_about_and_the_card_appears_in_the_room(scene: Scene) -> None:
    started = await scene.say("!rdv Atelier lexique")
    spoken = [act for act in started if act.type == "m.room.message"]
    assert [act.room for act in spoken] == [ROOM, f"direct:{JO}"]
    assert "Quand a lieu" in spoken[1].body

    preview = await tell(scene, "mardi 7 avril 12h30-14h", "Lyon, https://x.example", "passer")
    assert "mardi 7 avril" in preview
    assert "Lyon" in preview
    assert await stored(scene) is None
    acts = await scene.say("publier", room=PAIR)

    item = await stored(scene)
    assert item is not None
    assert (item.room_id, item.title, item.place) == (ROOM, "Atelier lexique", "Lyon")
    assert item.organiser == JO
    assert item.starts_at == datetime(2026, 4, 7, 10, 30, tzinfo=UTC)
    [card] = [act for act in acts if act.room == ROOM and act.type == "m.room.message"]
    assert "C1" in card.body
    assert "C1" in words([act for act in acts if act.room != ROOM])


async def test_date_is_needed_and_what_is_none_is_asked_again(scene: Scene) -> None:
    await scene.say("!rdv Atelier")
    assert await tell(scene, "bientôt peut-être")
    assert "Quand a lieu" in await tell(scene, "passer", "aperçu")
    assert "mercredi 25 mars" in await tell(scene, "demain 14h", "aperçu")


async def test_draft_is_kept_and_tomorrow_stays_the_day_that_was_meant(scene: Scene) -> None:
    await scene.say("!rdv Atelier")
    later = await tell(scene, "dans 3 jours à 14h", "plus tard")
    assert "!rdv Atelier" in later.replace("\u00a0", " ")
    scene.clock.pass_by(timedelta(days=1))

    await scene.say("!rdv Atelier")
    assert "vendredi 27 mars" in await tell(scene, "aperçu")


async def test_stopped_draft_is_gone(scene: Scene) -> None:
    await scene.say("!rdv Atelier")
    assert "effacé" in await tell(scene, "stop")
    await scene.say("!rdv Autre chose")
    assert "Autre chose" in await tell(scene, "demain 14h", "aperçu")


async def test_date_that_has_passed_meanwhile_is_not_published(scene: Scene) -> None:
    await scene.say("!rdv Atelier")
    await tell(scene, "demain 14h", "aperçu")
    scene.clock.pass_by(timedelta(days=3))
    await tell(scene, "publier")
    assert await stored(scene) is None


async def test_edit_that_says_it_all_makes_the_meeting(scene: Scene) -> None:
    asked = scene.message("!rdv Atelier")
    await scene.hear(asked)
    await scene.edit(asked, "!rdv Atelier | mardi 7 avril 14h")
    item = await stored(scene)
    assert item is not None
    assert item.room_id == ROOM
    assert "n’existe plus" in await tell(scene, "demain 14h")


async def test_who_left_the_room_publishes_nothing_there(scene: Scene) -> None:
    await scene.say("!rdv Atelier")
    await tell(scene, "demain 14h", "aperçu")
    scene.server.members[ROOM].discard(JO)
    assert "plus dans le salon" in await tell(scene, "publier")
    assert await stored(scene) is None


async def test_answered_twice_makes_one_meeting(scene: Scene) -> None:
    await scene.say("!rdv Atelier")
    await tell(scene, "demain 14h", "aperçu", "publier", "publier")
    async with scene.database.read() as snapshot:
        assert len(await meeting.to_come(snapshot, [ROOM], scene.clock.now())) == 1
