"""``!ics import``: files come in after a look, once however often, and nobody else's is changed."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from bot.ids import EventId
from bot.services.icalendar import intake, reading, writing
from bot.services.icalendar.importing import Hand
from bot.services.icalendar.intake import KIND, PORTION
from bot.services.meeting.entry import Origin
from bot.storage import draft, due, meeting, occurrence
from tests.commands.calendar import bring, fire, told
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


def file_of(*events: str, method: str = "PUBLISH") -> str:
    """Return a calendar file of ``events``, their properties a line each."""
    lines = "".join(f"BEGIN:VEVENT\n{each}\nEND:VEVENT\n" for each in events)
    return f"BEGIN:VCALENDAR\nMETHOD:{method}\n{lines}END:VCALENDAR\n"


CAFE = "UID:cafe@elsewhere\nSUMMARY:Café\nDTSTART;TZID=Europe/Paris:20260409T090000"


@pytest.mark.parametrize("words", ["!event import oui", "!rdv importer yes", "!evt Import OUI"])
async def test_event_import_is_the_same(scene: Scene, words: str) -> None:
    assert "1 nouveaux" in await bring(scene, SERIES, words)
    assert len(await stored(scene)) == 1


async def test_a_meeting_may_be_called_import(scene: Scene) -> None:
    await scene.say("!rdv import | 9 avril 9h")
    assert [item.title for item in await stored(scene)] == ["import"]


async def test_older_version_is_left_and_said(scene: Scene) -> None:
    await bring(scene, file_of(f"{CAFE}\nSEQUENCE:3"), "!ics import oui")
    older = file_of(f"{CAFE}\nSEQUENCE:2".replace("Café", "Ancien"))
    assert "plus ancien" in await bring(scene, older, "!ics import oui")
    newer = file_of(f"{CAFE}\nSEQUENCE:9".replace("Café", "Nouveau"))
    await bring(scene, newer, "!ics import oui")

    [item] = await stored(scene)
    assert (item.title, item.sequence) == ("Nouveau", 9)


@pytest.mark.parametrize(
    "gone",
    [
        file_of(f"{CAFE}\nSTATUS:CANCELLED"),
        file_of("UID:cafe@elsewhere\nDTSTART:20260409T070000Z", method="CANCEL"),
    ],
)
async def test_file_calls_a_meeting_off_and_those_who_come_hear_of_it(
    scene: Scene, gone: str
) -> None:
    await bring(scene, file_of(CAFE), "!ics import oui")
    await scene.say("!participe C1", sender=MAX)
    assert "1 rendez-vous annulé" in await bring(scene, gone, "!ics import")
    assert len(await stored(scene)) == 1

    await bring(scene, gone, "!ics import oui")

    assert await stored(scene) == []
    assert "Annulé" in told(await fire(scene))[MAX][0]
    assert "1 passés ou annulés" in await bring(scene, gone, "!ics import oui")


async def test_dates_of_a_file_that_move_or_fall_out_are_told(scene: Scene) -> None:
    weekly = f"{CAFE}\nRRULE:FREQ=WEEKLY;COUNT=4"
    await bring(scene, file_of(weekly), "!ics import oui")
    await scene.say("!participe C1 toutes", sender=MAX)
    moved = (
        "UID:cafe@elsewhere\nRECURRENCE-ID;TZID=Europe/Paris:20260416T090000\n"
        "SUMMARY:Café\nDTSTART;TZID=Europe/Paris:20260417T100000"
    )
    gone = moved.replace("0416T", "0423T").replace("0417T", "0423T") + "\nSTATUS:CANCELLED"

    await bring(scene, file_of(weekly, moved, gone), "!ics import oui")

    news = sorted(body[:1] for body in told(await fire(scene))[MAX])
    assert news == sorted(["🗓", "❌"])
    assert "inchangés" in await bring(scene, file_of(weekly, moved, gone), "!ics import oui")


async def test_listed_dates_come_in_and_go_out_again(scene: Scene) -> None:
    listed = f"{CAFE}\nRDATE;TZID=Europe/Paris:20260416T090000,20260423T140000"
    await bring(scene, file_of(listed), "!ics import oui")
    agenda = await scene.answer("!agenda avril")
    for day in ("9 avril", "16 avril", "23 avril"):
        assert day in agenda
    assert "Revient" not in await scene.answer("!rdv C1")

    [item] = await stored(scene)
    async with scene.database.read() as snapshot:
        written = writing.write(await writing.entries(snapshot, [item]), "x").decode()
    assert "RDATE;TZID=Europe/Paris:20260416T090000" in written
    assert "inchangés" in await bring(scene, written, "!ics import oui")


async def test_large_file_comes_in_by_portions_and_once(scene: Scene) -> None:
    events = [CAFE.replace("cafe@", f"cafe{n}@") for n in range(35)]
    assert "35 nouveaux" in await bring(scene, file_of(*events), "!ics import oui")
    assert len(await stored(scene)) == PORTION

    await fire(scene)

    items = await stored(scene)
    assert len(items) == 35
    assert len({item.uid for item in items}) == 35
    async with scene.database.read() as snapshot:
        assert await due.pending_of_kind(snapshot, KIND) == []
        assert (await snapshot.execute(select(draft.draft))).first() is None
    assert "35 inchangés" in await bring(scene, file_of(*events), "!ics import oui")


def test_what_waits_of_a_file_is_read_as_it_was_written() -> None:
    found, _ = reading.read(SERIES.encode(), ZoneInfo("Europe/Paris"))
    hand = Hand(Origin(JO, ROOM, "fr", EventId("$file")), is_animator=True)
    assert intake._load(intake._dump(hand, found)) == (hand, found)
