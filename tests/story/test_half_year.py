"""Ten people log, find, take up and withdraw experiences for half a year, with restarts between."""

import io
import re
import zipfile
from datetime import timedelta

from sqlalchemy import func, select

from bot.ids import Oid, RoomId, UserId
from bot.storage import attachment, experience, experience_interest, experience_showing
from bot.storage.database import Database
from bot.storage.experience import experience as table
from bot.storage.room import Room
from bot.storage.room import save as save_rooms
from tests.scene import ANIMATOR, BOT, ROOM, Scene

PEOPLE = [UserId(f"@p{n}:example.org") for n in range(10)]
WEEKS = 26
ALONE = RoomId("!anne-and-the-bot:example.org")


async def reborn(database: Database) -> Scene:
    """Return the bot after a restart: what it knows is in the database alone."""
    scene = Scene(database)
    scene.server.members[ROOM] |= set(PEOPLE)
    await scene.preferences.load()
    return scene


async def test_half_a_year_of_ten_people_adds_up(database: Database) -> None:
    scene = await reborn(database)
    await database.write(lambda t: save_rooms(t, [Room(RoomId(ROOM), joined_count=12)]))
    alive: dict[int, UserId] = {}
    parents: dict[int, int] = {}
    interested: set[tuple[int, UserId]] = set()
    created = 0
    for week in range(WEEKS):
        author, other = PEOPLE[week % 10], PEOPLE[(week + 3) % 10]
        command = scene.message(f"!partage Souci{week} vécu → remède{week}", sender=author)
        entry = await scene.record(command)
        await scene.router.handle(entry)
        await scene.router.handle(entry)  # the process died before it knew
        created += 1
        alive[created] = author
        shared = created
        await scene.say(f"!exp E{shared}", sender=other)
        await scene.say(f"!exp useful E{shared}", sender=other)
        interested.add((shared, other))
        if week % 3 == 0:
            await scene.say(f"!reprendre E{shared} adapté{week} chez nous", sender=other)
            created += 1
            alive[created], parents[created] = other, shared
        if week % 5 == 4:
            await scene.redact(command.event_id, sender=author)
            del alive[shared]
            interested -= {pair for pair in interested if pair[0] == shared}
            parents = {child: parent for child, parent in parents.items() if parent != shared}
        await scene.deliver()
        await scene.wait(timedelta(days=7))
    ended, scene = scene, await reborn(database)
    scene._numbers, scene.clock.at = ended._numbers, ended.clock.at
    async with database.read() as snapshot:
        rows = (await snapshot.execute(select(table.c.id, table.c.author, table.c.parent_id))).all()
        assert {int(row.id): row.author for row in rows} == alive
        assert {int(r.id): int(r.parent_id) for r in rows if r.parent_id} == parents
        counts = await experience_interest.counts(snapshot, list(alive))
        assert counts == {number: 1 for number, _ in interested}
        reuses = await experience.reuse_counts(snapshot, list(alive))
        assert sum(reuses.values()) == len(parents)
        shown = select(func.distinct(experience_showing.experience_showing.c.experience_id))
        assert {int(row[0]) for row in await snapshot.execute(shown)} <= set(alive)
    for week in range(WEEKS):
        found = await scene.answer(f"!cherche remède{week}", sender=PEOPLE[1])
        assert ("Souci" in found) == (week % 5 != 4)
    for words, suffix in (("", ".md"), (" json", ".json"), (" csv", ".csv")):
        files = await exported(scene, f"!exporter expériences{words}")
        text = "".join(body for name, body in files.items() if name.endswith(suffix))
        if suffix == ".md":
            assert len(files) == len(alive)
        told = {week for week in range(WEEKS) if re.search(rf"remède{week}\b", text)}
        assert told == {week for week in range(WEEKS) if week % 5 != 4}


async def exported(scene: Scene, words: str) -> dict[str, str]:
    """Return the files of the archive that Anne, who animates the room, is sent."""
    scene.rooms.pairs.add(ALONE)
    scene.rooms.open.add(ALONE)
    scene.server.members[ALONE] = {ANIMATOR, BOT}
    acts = await scene.say(words, sender=ANIMATOR, room=ALONE)
    [file] = [act for act in acts if act.content.get("msgtype") == "m.file"]
    async with scene.database.read() as snapshot:
        data = await attachment.data(snapshot, Oid(file.oid))
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name).decode("utf-8-sig") for name in archive.namelist()}
