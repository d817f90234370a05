"""Experiences are kept, found, and gone for good when they are erased; alike on both engines."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from bot.ids import EventId, RoomId, UserId
from bot.storage import experience, experience_index, experience_search
from bot.storage.database import Database
from bot.storage.experience import Experience, tags
from bot.storage.experience_index import COUNT_LIMIT, Filter

NOW = datetime(2026, 3, 24, 13, 0, tzinfo=UTC)
A, B = RoomId("!a:x"), RoomId("!b:x")
JO, INES = UserId("@jo:x"), UserId("@ines:x")


async def _share(
    database: Database,
    problem: str,
    solution: str | None = None,
    *,
    room: RoomId = A,
    author: UserId = JO,
    days: int = 0,
    how: str | None = None,
) -> int:
    async with database.read() as reader:
        source = EventId(f"${await experience.count(reader, [A, B])}")
    at = NOW + timedelta(days=days)
    item = Experience(room, author, source, at, problem=problem, solution=solution, how=how)
    return (await database.write(lambda t: experience.create(t, item))).id


async def _search(database: Database, words: str, *rooms: RoomId, **more: object) -> list[int]:
    wanted = Filter(frozenset(rooms or {A}), **more)  # type: ignore[arg-type]
    async with database.read() as reader:
        return (await experience_search.search(reader, words, wanted)).numbers


async def _newest(database: Database, *rooms: RoomId, **more: object) -> list[int]:
    wanted = Filter(frozenset(rooms or {A}), **more)  # type: ignore[arg-type]
    async with database.read() as reader:
        return (await experience_search.newest(reader, wanted)).numbers


async def test_created_experience_comes_back(database: Database) -> None:
    item = Experience(A, JO, EventId("$e"), NOW, note="À lire #Achat")
    created = await database.write(lambda t: experience.create(t, item))
    async with database.read() as reader:
        assert await experience.get(reader, created.id) == created
        assert await experience.of_source(reader, EventId("$e")) == created
        assert await experience.get(reader, 999) is None
        assert await experience.of_source(reader, EventId("$x")) is None
        assert await experience.get_all(reader, [999, created.id]) == [created]
        assert await experience.get_all(reader, []) == []
    assert (created.id, created.room_id, created.note) == (1, A, "À lire #Achat")


async def test_id_of_erased_experience_is_never_used_again(database: Database) -> None:
    first = await _share(database, "un")
    assert await database.write(lambda t: experience.erase(t, first))
    assert not await database.write(lambda t: experience.erase(t, first))
    assert await _share(database, "deux") == first + 1


async def test_same_source_is_kept_once(database: Database) -> None:
    item = Experience(A, JO, EventId("$e"), NOW, note="un")
    await database.write(lambda t: experience.create(t, item))
    with pytest.raises(Exception, match=r"(?i)unique"):
        await database.write(lambda t: experience.create(t, item))
    assert await _newest(database) == [1]


async def test_search_ignores_accents_and_inflections(database: Database) -> None:
    number = await _share(database, "Trop de réunions", "un élu à l’accueil")
    for words in ("reunion", "RÉUNIONS", "élus", "l'accueil", "trop reunions elus", "accue"):
        assert await _search(database, words) == [number], words
    assert await _search(database, "budget") == []


async def test_search_never_leaves_its_rooms(database: Database) -> None:
    here = await _share(database, "budget", room=A)
    there = await _share(database, "budget", room=B)
    assert await _search(database, "budget", A) == [here]
    assert await _search(database, "budget", B) == [there]
    assert await _search(database, "budget", A, B) == [there, here]
    assert await _newest(database, A) == [here]
    async with database.read() as reader:
        assert (await experience_search.search(reader, "budget", Filter(frozenset()))).numbers == []


async def test_all_words_come_before_some_and_newer_before_older(database: Database) -> None:
    both_old = await _share(database, "budget participatif")
    one = await _share(database, "budget")
    both_new = await _share(database, "participation au budget #participatif")
    begins = await _share(database, "budgétisation participative")
    assert await _search(database, "budget participatif") == [both_new, both_old, begins, one]


async def test_half_of_the_words_is_enough(database: Database) -> None:
    three = await _share(database, "budget quartier école transports")
    two = await _share(database, "budget école")
    one = await _share(database, "budget")
    assert await _search(database, "budget école cantine") == [two, three]
    assert await _search(database, "budget école cantine mairie") == [two, three]
    assert await _search(database, "quartier école transports mairie vote") == [three]
    assert await _search(database, "budget cantine") == [one, two, three]


async def test_many_good_hits_leave_no_place_for_half_good_ones(database: Database) -> None:
    await _share(database, "budget")
    full = [await _share(database, f"budget école {n}") for n in range(10)]
    assert await _search(database, "budget école") == full[::-1]


async def test_filters_narrow_search_and_list(database: Database) -> None:
    old = await _share(database, "budget #achat", author=JO)
    tagged = await _share(database, "budget #Achat #été", author=INES, days=1)
    new = await _share(database, "budget", author=JO, days=2)
    for find in (_newest, lambda d, **more: _search(d, "budgets", **more)):
        assert await find(database) == [new, tagged, old]  # type: ignore[operator]
        assert await find(database, author=JO) == [new, old]  # type: ignore[operator]
        assert await find(database, tags=frozenset({"achat"})) == [tagged, old]  # type: ignore[operator]
        assert await find(database, tags=frozenset({"achat", "ete"})) == [tagged]  # type: ignore[operator]
        assert await find(database, since=NOW + timedelta(days=1)) == [new, tagged]  # type: ignore[operator]
        assert await find(database, since=NOW + timedelta(days=9)) == []  # type: ignore[operator]


async def test_hits_are_counted_up_to_a_limit(database: Database) -> None:
    async def work(transaction: experience.Transaction) -> None:
        for n in range(COUNT_LIMIT + 20):
            item = Experience(A, JO, EventId(f"${n}"), NOW, note=f"budget {n + 1000}")
            await experience.create(transaction, item)

    await database.write(work)
    wanted = Filter(frozenset({A}))
    async with database.read() as reader:
        for hits in (
            await experience_search.search(reader, "budget", wanted),
            await experience_search.newest(reader, wanted),
        ):
            assert hits.is_capped
            assert hits.numbers == list(range(COUNT_LIMIT + 20, 20, -1))


async def test_edited_words_replace_the_old_ones(database: Database) -> None:
    number = await _share(database, "budget #achat", "une affiche")
    async with database.read() as reader:
        before = await experience.get(reader, number)
    assert before is not None
    edited = experience.Experience(
        A, JO, before.source_event_id, NOW, note="une fresque #vote", edited_at=NOW, id=number
    )
    await database.write(lambda t: experience.update_text(t, edited))
    async with database.read() as reader:
        assert await experience.get(reader, number) == edited
    assert await _search(database, "affiche") == []
    assert await _search(database, "fresque") == [number]
    assert await _newest(database, tags=frozenset({"achat"})) == []
    assert await _newest(database, tags=frozenset({"vote"})) == [number]


async def test_erased_experience_is_found_nowhere(database: Database) -> None:
    kept = await _share(database, "budget #achat")
    number = await _share(database, "budget #achat")
    await database.write(lambda t: experience.erase(t, number))
    assert await _search(database, "budget") == [kept]
    assert await _newest(database, tags=frozenset({"achat"})) == [kept]
    async with database.read() as reader:
        for table in ("experience", "experience_tag", "experience_index"):
            rows = (await reader.execute(text(f"SELECT count(*) FROM {table}"))).scalar()
            assert rows == 1, table


def _files_with(directory: Path, word: bytes) -> list[str]:
    return [path.name for path in directory.glob("bot.db*") if word in path.read_bytes()]


async def test_erased_words_leave_the_file(database: Database, tmp_path: Path) -> None:
    if not database.is_sqlite:
        pytest.skip("the file of a PostgreSQL server is not ours")
    for n in range(50):
        await _share(database, f"mot{n} secretissime")
    for number in range(1, 51):
        await database.write(lambda t, n=number: experience.erase(t, n))  # type: ignore[misc]
    await database.write(experience_index.scrub)
    async with database.read() as reader:
        await reader.execute(text("PRAGMA wal_checkpoint(TRUNCATE)"))
    await database.close()
    assert not _files_with(tmp_path, b"secretissim")


async def test_moved_experiences_are_found_in_the_new_room(database: Database) -> None:
    number = await _share(database, "budget #achat")
    await database.write(lambda t: experience.move(t, A, B))
    assert await _search(database, "budget", A) == []
    assert await _search(database, "budget", B, tags=frozenset({"achat"})) == [number]


async def test_author_is_found_by_the_beginning_of_the_id(database: Database) -> None:
    await _share(database, "un", author=UserId("@jo_1:x"))
    await _share(database, "deux", author=JO)
    async with database.read() as reader:
        assert await experience_search.find_author(reader, [A], "@jo") == JO
        assert await experience_search.find_author(reader, [A], "@jo:x") == JO
        assert await experience_search.find_author(reader, [A], "@jo%1") is None
        assert await experience_search.find_author(reader, [A], "@jo-1") is None
        assert await experience_search.find_author(reader, [B], "@jo") is None


@pytest.mark.parametrize(
    "words",
    [
        *('"', '" OR "', "NEAR(budget école, 2)", "-budget", "budget*", "tokens:budget", "^budget"),
        *("budget AND", "(((", "'; DROP TABLE experience", "\0budget", "budget:*", "!budget"),
        *("a|b&c", "<->", "budget " * 5000, "\ud800", "_rdeadbeef", "{budget}", "NOT NOT"),
    ],
)
async def test_operators_mean_nothing(database: Database, words: str) -> None:
    number = await _share(database, "budget école deux NEAR not drop table experience")
    assert await _search(database, words) in ([], [number])
    assert await _search(database, "budget") == [number]


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.text())
async def test_any_search_is_answered(database: Database, words: str) -> None:
    await _search(database, words, tags=frozenset({"x"}), author=JO, since=NOW)
    await _search(database, f"budget {words}")


def test_tags_begin_a_word() -> None:
    assert tags("#Achat, (#vote-en-ligne) #été. #Achat") == {"achat", "vote-en-ligne", "ete"}
    assert tags("E#1 #12 https://x.org/#ancre a#b ## #") == frozenset()


async def test_what_was_told_first_comes_before_details(database: Database) -> None:
    told = await _share(database, "affiche au marché")
    in_details = await _share(database, "réunion", how="une affiche chez le boulanger")
    older_note = await _share(database, "vote")
    assert await _search(database, "affiche") == [told, in_details]
    assert await _search(database, "affiche boulanger") == [in_details, told]
    assert await _search(database, "vote") == [older_note]


async def test_one_slip_is_forgiven_where_nothing_else_is_found(database: Database) -> None:
    number = await _share(database, "subvention pour l’atelier")
    for slip in ("subvetnion", "subvantions", "subvenntion", "subvenion", "atellier"):
        assert await _search(database, slip) == [number], slip
    assert await _search(database, "subvantion atelier") == [number]
    assert await _search(database, "subbvantion") == []
    other = await _share(database, "subversion")
    assert await _search(database, "subversion") == [other]
