"""``!ics``: meetings go out as a file to whom they may be shown, and to nobody else."""

from bot.ids import Oid, direct_room
from bot.storage import attachment
from tests.scene import JO, MAX, OTHER_ROOM, PAIR, ROOM, Act, Scene, sent

WORKSHOP = "!rdv Atelier lexique | mardi 7 avril 12h30-14h | Lyon, Le Tuba"
COFFEE = "!rdv Café | chaque premier jeudi du mois à 12h30"


async def calendar(scene: Scene, act: Act) -> str:
    async with scene.database.read() as snapshot:
        data = await attachment.data(snapshot, Oid(act.oid))
    return data.replace(b"\r\n ", b"").decode()


async def test_one_meeting_is_sent_in_answer(scene: Scene) -> None:
    await scene.say(WORKSHOP)
    [file] = await scene.say("!ics C1", sender=MAX)

    assert (file.room, file.content["filename"]) == (ROOM, "C1.ics")
    assert file.content["info"]["mimetype"] == "text/calendar"  # type: ignore[index]  # JSON
    text = await calendar(scene, file)
    assert "DTSTART;TZID=Europe/Paris:20260407T123000" in text
    assert "TRIGGER:-P7D" in text


async def test_a_correction_keeps_the_uid_and_counts(scene: Scene) -> None:
    await scene.say(WORKSHOP)
    [first] = await scene.say("!ics C1")
    await scene.say("!rdv modifier C1 lieu Paris")
    [second] = await scene.say("!ics C1")

    before, after = await calendar(scene, first), await calendar(scene, second)
    uids = [next(x for x in text.splitlines() if x.startswith("UID:")) for text in (before, after)]
    assert uids[0] == uids[1]
    assert "SEQUENCE:0" in before
    assert "SEQUENCE:1" in after


async def test_mine_is_what_i_hold_or_come_to(scene: Scene) -> None:
    await scene.say(WORKSHOP)
    await scene.say(COFFEE)
    await scene.say("!participe C2", sender=MAX)
    [file] = await scene.say("!ics mes", sender=MAX)

    text = await calendar(scene, file)
    assert "SUMMARY:Café" in text
    assert "RRULE:FREQ=MONTHLY" in text
    assert "Atelier" not in text


async def test_everything_of_the_room(scene: Scene) -> None:
    await scene.say(WORKSHOP)
    await scene.say(COFFEE)
    [file] = await scene.say("!ics")
    assert (await calendar(scene, file)).count("BEGIN:VEVENT") == 2


async def test_a_click_on_the_card_sends_it_alone(scene: Scene) -> None:
    card, *_ = await scene.say(WORKSHOP)
    await scene.deliver()
    [file] = await scene.hear(scene.reaction(sent(card.oid), "📅", sender=MAX))
    assert file.room == direct_room(MAX)
    assert "SUMMARY:Atelier lexique" in await calendar(scene, file)


async def test_another_room_sees_nothing(scene: Scene) -> None:
    await scene.say(WORKSHOP)
    [answer] = await scene.say("!ics C1", room=OTHER_ROOM)
    assert answer.content["msgtype"] == "m.notice"
    assert "C1" in answer.body
    scene.server.members[ROOM].discard(JO)
    [answer] = await scene.say("!ics C1", room=PAIR)
    assert answer.content["msgtype"] == "m.notice"


async def test_nothing_to_come_and_nonsense_are_said(scene: Scene) -> None:
    [answer] = await scene.say("!ics")
    assert "Aucun rendez-vous" in answer.body
    [answer] = await scene.say("!ics demain")
    assert "demain" in answer.body
