"""``!ics import``: files come in after a look, once however often, and nobody else's is changed."""

from datetime import UTC, datetime

import pytest

from bot.storage import meeting, occurrence
from tests.commands.calendar import bring
from tests.scene import JO, MAX, ROOM, Scene

SERIES = """BEGIN:VCALENDAR
VERSION:2.0
BEGIN:VEVENT
UID:lexique@elsewhere
SUMMARY:Atelier lexique
DTSTART;TZID=Europe/Paris:20260407T123000
DTEND;TZID=Europe/Paris:20260407T140000
RRULE:FREQ=WEEKLY;COUNT=4
EXDATE;TZID=Europe/Paris:20260414T123000
END:VEVENT
BEGIN:VEVENT
UID:lexique@elsewhere
RECURRENCE-ID;TZID=Europe/Paris:20260421T123000
SUMMARY:Atelier lexique
DTSTART;TZID=Europe/Paris:20260422T140000
DTEND;TZID=Europe/Paris:20260422T153000
END:VEVENT
BEGIN:VEVENT
UID:old@elsewhere
SUMMARY:Passé
DTSTART:20200101T100000Z
END:VEVENT
BEGIN:VEVENT
UID:fast@elsewhere
SUMMARY:Vite
DTSTART:20260407T100000Z
RRULE:FREQ=SECONDLY
END:VEVENT
END:VCALENDAR
"""


async def stored(scene: Scene) -> list[meeting.Meeting]:
    async with scene.database.read() as snapshot:
        return await meeting.to_come(snapshot, [ROOM], scene.clock.now())


async def test_a_look_does_nothing_and_a_yes_does_it(scene: Scene) -> None:
    body = await bring(scene, SERIES, "!ics importer")
    assert "1 nouveaux" in body
    assert "1 passés" in body
    assert "Vite" in body
    assert "!ics importer oui" in body
    assert await stored(scene) == []

    await bring(scene, SERIES, "!ics importer oui")

    [item] = await stored(scene)
    assert (item.title, item.organiser, item.duration_minutes) == ("Atelier lexique", JO, 90)
    assert item.starts_at == datetime(2026, 4, 7, 10, 30, tzinfo=UTC)
    async with scene.database.read() as snapshot:
        changes = await occurrence.of_meeting(snapshot, item.id)
    assert [change.starts_at for change in changes] == [
        None,
        datetime(2026, 4, 22, 12, 0, tzinfo=UTC),
    ]


async def test_twice_is_once_and_a_known_uid_is_changed(scene: Scene) -> None:
    await bring(scene, SERIES, "!ics import yes")
    assert "1 inchangés" in await bring(scene, SERIES, "!ics import yes")
    later = SERIES.replace("SUMMARY:Atelier lexique", "SUMMARY:Atelier des mots")
    assert "1 modifiés" in await bring(scene, later, "!ics import yes")
    [item] = await stored(scene)
    assert (item.title, item.uid) == ("Atelier des mots", "lexique@elsewhere")
    assert item.sequence >= 1


async def test_somebody_else_changes_nothing(scene: Scene) -> None:
    await bring(scene, SERIES, "!ics import yes")
    later = SERIES.replace("SUMMARY:Atelier lexique", "SUMMARY:Volé")
    assert "quelqu’un d’autre" in await bring(scene, later, "!ics import yes", sender=MAX)
    [item] = await stored(scene)
    assert item.title == "Atelier lexique"


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("bonjour", "agenda"),
        ("BEGIN:VCALENDAR\n" + "BEGIN:VEVENT\nEND:VEVENT\n" * 201, "200"),
        ("BEGIN:VCALENDAR\nX:" + "a" * 30_000, "20000"),
        ("BEGIN:VCALENDAR\n" + "X:a\n" * 300_000, "1 Mo"),
    ],
)
async def test_what_is_too_much_is_said(scene: Scene, text: str, part: str) -> None:
    assert part in (await bring(scene, text, "!ics import")).replace("\u202f", "")


async def test_without_a_file_it_says_how(scene: Scene) -> None:
    [answer] = await scene.say("!ics import")
    assert ".ics" in answer.body


@pytest.mark.parametrize(
    ("length", "minutes"), [("PT30M", 30), ("P1DT2H", 1560), ("P1W", 10_080), ("+PT5400S", 90)]
)
async def test_length_may_be_said_instead_of_the_end(
    scene: Scene, length: str, minutes: int
) -> None:
    event = f"UID:x\nSUMMARY:Café\nDTSTART:20260407T100000Z\nDURATION:{length}"
    await bring(
        scene,
        f"BEGIN:VCALENDAR\nBEGIN:VEVENT\n{event}\nEND:VEVENT\nEND:VCALENDAR",
        "!ics import yes",
    )
    [item] = await stored(scene)
    assert item.duration_minutes == minutes


@pytest.mark.parametrize(("clock", "count"), [("BYHOUR=12;BYMINUTE=30", 1), ("BYHOUR=12,18", 0)])
async def test_rule_may_repeat_the_hour_of_the_start(scene: Scene, clock: str, count: int) -> None:
    await bring(scene, SERIES.replace("COUNT=4", f"COUNT=4;{clock}"), "!ics import yes")
    assert len(await stored(scene)) == count
