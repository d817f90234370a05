"""Ten people log, find, take up and withdraw experiences for half a year; the bot dies in between.

The whole bot runs on a model server, and is killed at its crash points, which chance picks. What
is judged in the end is what people can see, held against a ledger that the test keeps.
"""

import io
import json
import re
import zipfile
from pathlib import Path

import pytest

from bot.commands import COMMANDS, FILE_TWINS, TWINS
from bot.config.settings import WelcomeSettings
from bot.jobs import due_jobs
from bot.matrix.download import Downloads
from bot.matrix.media import media_in
from tests.matrix.life import Parts
from tests.matrix.sealing import OpenCipher
from tests.matrix.wire import MemoryHomeserver
from tests.matrix.world import World
from tests.story.community import Community, Told
from tests.story.village import ANNE, PEOPLE, TRUST, Village

DAYS, APART = 46, 4
"""Times that people do something, and days from one to the next: half a year."""

SEED = 20260324
"""Chance is the same every time; another number is another half year."""

AT_ONCE = 20
"""Things asked in one life of the bot: a busy machine answers them in good time."""

ROWS = [("k1", "zugurkibax"), ("k2", "mofaxteru"), ("k3", "pidolwexa"), ("k4", "varkomiste")]
"""Keys and words of a table that is imported."""


async def begun(url: str, seed: int) -> Community:
    """Return a community whose animator has said how its rooms are used."""
    village = Village()
    parts = Parts(
        cipher=OpenCipher,
        commands=COMMANDS,
        twins=TWINS,
        file_twins=FILE_TWINS,
        due_jobs=due_jobs("fr", WelcomeSettings()),
    )
    community = Community(World(url, village, parts), village, seed)
    await community.world.live()
    village.write(ANNE, "!réglages capture non", room=TRUST)
    village.write(ANNE, "!réglages suivi 3 mois")
    await community.world.live()
    return community


@pytest.fixture(
    params=["sqlite_url", pytest.param("empty_postgres_url", marks=pytest.mark.postgres)]
)
def url(request: pytest.FixtureRequest) -> str:
    """The URL of an empty migrated database, of each engine in turn."""
    return str(request.getfixturevalue(request.param))


@pytest.mark.timeout(120)
async def test_half_a_year_of_ten_people_adds_up(url: str) -> None:
    community = await begun(url, SEED)
    for day in range(DAYS):
        await live_a_day(community, day)
    assert len(community.kills) >= 12, community.kills
    assert len(community.withdrawn) >= 5
    assert any(told.status for told in community.told)

    nothing_withdrawn_is_to_be_seen(community)
    await cards_agree(community)
    await lineages_agree(community)
    await searches_agree(community)
    await exports_agree(community)
    await file_brings_nothing_back(community)
    if url.startswith("sqlite"):
        secrets_are_nowhere(community, Path(url.removeprefix("sqlite:///")))


async def live_a_day(community: Community, day: int) -> None:
    """Let three to five things happen, and what was planned for the day."""
    chance = community.chance
    acts = chance.choices(
        [community.share, community.capture, community.capture_of_another, community.edit,
         community.picture_of_another, community.complete, community.tag, community.add_picture,
         community.remove_picture, community.show, community.find_useful, community.take_up,
         community.widen, community.withdraw, community.tell_a_secret],
        weights=[6, 2, 2, 2, 2, 2, 2, 2, 1, 5, 4, 3, 1, 2, 1],
        k=chance.randint(3, 5),
    )  # fmt: skip
    acts = [community.answer_consent, community.go_back, *acts]
    telling = ["Souci guidé", f"la {community.guided}", "aperçu", "publier"]
    if day == 5:
        acts.append(lambda: community.begin_to_tell(PEOPLE[3]))
    elif 5 < day < 10:
        acts.append(lambda: community.go_on_telling(PEOPLE[3], telling[day - 6]))
    elif day == 15:
        acts.append(lambda: community.bring_a_file(ROWS))
    elif day == 30:
        acts.insert(0, community.withdraw_a_row)
    for asked in await community.open_followups():
        if chance.random() < 0.5:
            acts.insert(0, lambda asked=asked: community.answer_followup(asked))
    await community.day(*acts)
    await community.pass_by(APART)


async def heard(community: Community, *bodies: str, by: str = PEOPLE[0]) -> list[str]:
    """Ask things in the room, some at a time; return the one answer to each."""
    asked = list[str]()
    for start in range(0, len(bodies), AT_ONCE):
        few = bodies[start : start + AT_ONCE]
        asked += [community.village.write(by, body) for body in few]
        await community.world.live()
    answers = [community.village.answers(event) for event in asked]
    assert [len(found) for found in answers] == [1] * len(bodies)
    return [found[0][1] for found in answers]


def nothing_withdrawn_is_to_be_seen(community: Community) -> None:
    village = community.village
    seen = "\n".join(str(said) for room in village.rooms for _, said in village.messages(room))
    gone = {word for told in community.withdrawn for word in {told.word, *told.words, *told.tags}}
    assert {word for word in gone if word in seen} == set()
    assert {word for word in community.secrets if word in seen} == set()


async def cards_agree(community: Community) -> None:
    asked = [f"!exp E{told.number}" for told in community.told]
    for told, card in zip(community.told, await heard(community, *asked), strict=True):
        card_agrees(community, told, card)


def card_agrees(community: Community, told: Told, card: str) -> None:
    """The card tells what the ledger says."""
    children = sum(other.parent is told for other in community.told)
    assert told.word in card
    assert counted(card, r"Reprise (\d+|une) fois") == children, card
    assert counted(card, r"servir à (\d+|une) personne") == len(told.useful), (card, told)
    attached = card.replace("Une pièce jointe", "Pièces jointes\u00a0: 1")
    assert counted(attached, r"Pièces jointes\u00a0: (\d+)") == len(told.pieces), (card, told)
    assert counted(card, r"Reprend E(\d+)\b") == (told.parent.number if told.parent else 0)
    assert {word for word in told.tags if f"#{word}" not in card} == set()
    assert ("Adaptée depuis" in card, "Arrêtée" in card) == (
        told.status == "adapted", told.status == "stopped",
    )  # fmt: skip


async def lineages_agree(community: Community) -> None:
    lines = {told.number: {told.number} for told in community.told}
    for told in community.told:
        if told.parent is not None:
            lines[told.parent.number].add(told.number)
    asked = [f"!exp arbre E{number}" for number in lines]
    for family, tree in zip(lines.values(), await heard(community, *asked), strict=True):
        assert family <= {int(number) for number in re.findall(r"\bE(\d+)\b", tree)}


async def searches_agree(community: Community) -> None:
    """Each is found by its word while it is there, and all are listed."""
    everything = [*community.told, *community.withdrawn]
    found = await heard(community, *(f"!cherche {told.word}" for told in everything))
    for told, answer in zip(everything, found, strict=True):
        assert (f"E{told.number} " in answer) == (told in community.told), (told, answer)
    listed = set[int]()
    [page] = await heard(community, "!exps")
    while True:
        listed |= {int(number) for number in re.findall(r"^\W*E(\d+) ", page, re.MULTILINE)}
        if "!suite" not in page:
            break
        [page] = await heard(community, "!suite")
    assert listed == {told.number for told in community.told}


async def exports_agree(community: Community) -> None:
    """All three forms hold the same, and what the ledger says."""
    held = {told.source: told for told in community.told}
    for form in ("md", "json", "csv"):
        files = await exported(community, form)
        text = "".join(files.values())
        assert all(told.word in text for told in community.told)
        assert not any(told.word in text for told in community.withdrawn)
        if form == "md":
            assert len(files) == len(held)
        if form == "json":
            rows = {row["key"]: row for row in json.loads(files["experiences.json"])}
            assert {key: row["author"] for key, row in rows.items()} == {
                key: told.author for key, told in held.items()
            }
            assert {key: row.get("parent") for key, row in rows.items()} == {
                key: told.parent.source if told.parent else None for key, told in held.items()
            }


async def exported(community: Community, form: str) -> dict[str, str]:
    """Let Anne export; return the files of the archive that she is sent alone."""
    village = community.village
    [answer] = await heard(community, f"!exporte {form}", by=ANNE)
    assert "tête à tête" in answer
    village.accept()
    await community.world.live()
    said = [content for _, content in village.messages(village.alone_with(ANNE))]
    [*_, file] = [content for content in said if content["msgtype"] == "m.file"]
    media = media_in(file)
    assert media is not None
    data = await Downloads(MemoryHomeserver(village)).download(media, limit_bytes=1_000_000)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name).decode("utf-8-sig") for name in archive.namelist()}


async def file_brings_nothing_back(community: Community) -> None:
    """The table that Anne imported in spring is imported once more."""
    gone = sum(told.source.startswith("import:") for told in community.withdrawn)
    assert gone, "no imported row was withdrawn"
    lines = [f"{key},Souci ancien,Le remède {word}" for key, word in ROWS]
    paper = community.village.paper(ANNE, "\n".join(["key,problem,solution", *lines]).encode())
    asking = community.village.write(ANNE, "!importe", to=paper)
    await community.world.live()
    [(_, answer)] = community.village.answers(asking)
    assert answer.count("elle a été retirée ici, elle le reste") == gone
    assert "à créer\u00a0: 0" in answer


def secrets_are_nowhere(community: Community, file: Path) -> None:
    """No word of the room of trust is in the database, or in what lies beside it."""
    kept = b"".join(path.read_bytes() for path in file.parent.glob(f"{file.name}*"))
    assert community.secrets
    assert {word for word in community.secrets if word.encode() in kept} == set()


def counted(card: str, pattern: str) -> int:
    found = re.search(pattern, card)
    return 0 if found is None else 1 if found[1] == "une" else int(found[1])
