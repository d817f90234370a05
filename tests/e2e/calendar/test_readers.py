"""Other calendars: two readers find every meeting of a file at the instant at which it is."""

import json
import os
import shutil
import subprocess
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bot.ids import Oid
from bot.services.icalendar.writing import Entry, write
from bot.storage import attachment
from bot.storage.database import Database
from bot.web.feed import FeedPage
from tests.commands.calendar import bring
from tests.e2e.interop.element import NODE, install
from tests.played.programme import CHANGES, PROGRAMME
from tests.scene import Scene
from tests.services.icalendar.test_writing import calendar, meeting
from tests.web.test_feed import path_in, shelf, visiting

HERE = Path(__file__).parent
ZONES = (
    "Europe/Paris", "Europe/Dublin", "America/Toronto", "Africa/Casablanca", "Asia/Tokyo",
    "Australia/Lord_Howe", "America/Sao_Paulo", "Pacific/Noumea", "Indian/Reunion", "UTC",
)  # fmt: skip


@pytest.fixture(scope="session")
def readers(request: pytest.FixtureRequest) -> Path:
    """The directory in which the readers are installed."""
    assert request.config.cache is not None
    return install(request.config.cache.mkdir("calendar-readers"), HERE)


def read(readers: Path, data: bytes, first: str, last: str) -> dict[str, list[list[str]]]:
    script = readers / f"read.{os.getpid()}.mjs"
    shutil.copy(HERE / "read.mjs", script)
    done = subprocess.run(
        [NODE, script, first, last], input=data, capture_output=True, timeout=60, check=True,
        env={**os.environ, "TZ": "UTC"},
    )  # fmt: skip
    found: dict[str, list[list[str]]] = json.loads(done.stdout)
    return found


def instant(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%S}.000Z"


def test_both_read_summer_and_winter_without_an_hours_error(readers: Path) -> None:
    entries, expected = [], []
    for key in ZONES:
        for month in (1, 2, 3, 4, 7, 10, 11, 12):
            for year in (2026, 2028):
                wall = datetime(year, month, 20, 14, 15, tzinfo=ZoneInfo(key))
                title = f"{key} {year}-{month}"
                said = f"{wall:%Y-%m-%dT%H:%M}"
                entries.append(Entry(meeting(title, said, zone=key, uid=f"{title}@x")))
                expected.append([instant(wall), title])

    found = read(readers, write(entries, "x"), "2025-01-01", "2030-01-01")

    for reader in ("ical.js", "node-ical"):
        assert {title: at for at, title in found[reader]} == {title: at for at, title in expected}


def test_both_read_a_series_over_the_change_of_clocks(readers: Path) -> None:
    found = read(readers, write(calendar()[:2], "x"), "2026-09-01", "2027-05-01")

    expected = [
        ["2026-09-03T10:30:00.000Z", "Café"],
        ["2026-10-01T10:30:00.000Z", "Café"],
        ["2026-10-20T10:30:00.000Z", "Atelier lexique, niveau 2; débutants bienvenus"],
        ["2026-11-06T13:00:00.000Z", "Café"],  # moved from the 5th; the 3 December is called off
        ["2027-01-11T11:30:00.000Z", "Café"],  # closed on the 7th
        ["2027-02-04T11:30:00.000Z", "Café"],
        ["2027-03-04T11:30:00.000Z", "Café"],
        ["2027-04-01T10:30:00.000Z", "Café"],
    ]
    assert found["ical.js"] == expected
    assert found["node-ical"] == expected


async def test_both_read_a_feed_alike(readers: Path, sqlite_url: str) -> None:
    database = Database(sqlite_url)
    scene = Scene(database)
    await scene.say("!rdv Atelier lexique | mardi 20 octobre 12h30-14h | Lyon, Le Tuba")
    await scene.say("!rdv Café | chaque premier jeudi du mois à 12h30")
    await scene.say("!rdv déplacer C2 5 novembre | 6 novembre 14h")
    await scene.say("!rdv annuler C2 3 décembre")
    path = path_in(await scene.say("!ics abonner"))

    async with visiting(FeedPage(shelf(scene))) as visitor:
        got = await visitor.get(path, Accept_Encoding="gzip")
    await database.close()
    found = read(readers, got.text.encode(), "2026-09-01", "2027-02-28")

    assert found["ical.js"] == [
        ["2026-09-03T10:30:00.000Z", "Café"],
        ["2026-10-01T10:30:00.000Z", "Café"],
        ["2026-10-20T10:30:00.000Z", "Atelier lexique"],
        ["2026-11-06T13:00:00.000Z", "Café"],
        ["2027-01-07T11:30:00.000Z", "Café"],
        ["2027-02-04T11:30:00.000Z", "Café"],
    ]
    assert found["node-ical"] == found["ical.js"]


async def test_both_read_the_university_as_it_was_changed(readers: Path, scene: Scene) -> None:
    await bring(scene, PROGRAMME, "!ics importer oui")
    for at, words in CHANGES:
        scene.clock.at = min(at.astimezone(UTC), datetime(2026, 3, 27, 13, tzinfo=UTC))
        await scene.say(words)
    [file] = await scene.say("!ics")
    async with scene.database.read() as snapshot:
        data = await attachment.data(snapshot, Oid(file.oid))

    found = read(readers, data, "2026-03-01", "2026-04-30")

    expected = [
        ["2026-03-28T00:00:00.000Z", "Université d’été"],
        ["2026-03-28T08:30:00.000Z", "Café"],
        ["2026-03-28T13:00:00.000Z", "Atelier A"],
        ["2026-03-29T09:00:00.000Z", "Café"],  # moved, and clocks have gone forward
        ["2026-03-29T13:00:00.000Z", "Atelier B"],  # moved
        ["2026-03-30T07:30:00.000Z", "Café"],
    ]
    assert found["ical.js"] == expected
    assert found["node-ical"] == expected
    assert "4 inchangés" in await bring(scene, data.decode(), "!ics importer")
