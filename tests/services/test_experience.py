"""What is shared is read as it was meant, changed by who may, and seen where it was told."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import UserError
from bot.ids import EventId, RoomId, UserId
from bot.services import experience, setting
from bot.services.experience import MAX_LENGTH, Share, parse
from bot.services.experience_card import TITLE_LENGTH, title
from bot.services.experience_sight import Sight
from bot.storage.database import Database
from bot.storage.experience import Experience
from bot.storage.transaction import Transaction

NOW = datetime(2026, 3, 24, 13, 0, tzinfo=UTC)
A, B = RoomId("!a:x"), RoomId("!b:x")
JO, INES, ANNE = UserId("@jo:x"), UserId("@ines:x"), UserId("@anne:x")
SAID = Share(problem="Trop long", solution="une affiche")


@pytest.mark.parametrize(
    "text",
    [
        "Trop long → une affiche",
        "Trop long→une affiche",
        "  Trop long -> une affiche ",
        "Trop long --> une affiche",
        "Trop long => une affiche",
        "Trop long ==> une affiche",
        "Trop long —> une affiche",
        "Trop long ⇒ une affiche",
        "Trop long ➡\ufe0f une affiche",
        "Trop long\nune affiche",
        "Trop long\n\nune affiche",
        "Trop long →\nune affiche",
    ],
)
def test_problem_and_solution_are_parted(text: str) -> None:
    assert parse(text) == SAID


def test_first_arrow_parts_and_lines_stay_in_the_solution() -> None:
    assert parse("a → b → c\nd") == Share(problem="a", solution="b → c\nd")
    assert parse("a\nb\nc") == Share(problem="a", solution="b\nc")


@pytest.mark.parametrize(
    "text", ["Une idée", "→ Une idée", "Une idée →", "Une idée\n", "Une idée => -"]
)
def test_one_part_alone_is_a_note(text: str) -> None:
    assert parse(text) == Share(note="Une idée")


@pytest.mark.parametrize("text", ["", "  \n ", "→", "-> ...", "!?"])
def test_nothing_given_is_told(text: str) -> None:
    with pytest.raises(UserError) as caught:
        parse(text)
    assert caught.value.message_id == "experience.nothing_given"


def test_too_long_is_told_with_the_limit() -> None:
    assert parse("x" * MAX_LENGTH).note
    with pytest.raises(UserError) as caught:
        parse("x" * (MAX_LENGTH + 1))
    assert (caught.value.message_id, caught.value.params) == (
        "experience.too_long",
        {"limit": MAX_LENGTH},
    )


@given(st.text())
def test_whatever_is_said_is_kept_or_refused(text: str) -> None:
    try:
        said = parse(text)
    except UserError:
        return
    parts = [part for part in (said.problem, said.solution, said.note) if part]
    assert (said.note is None) == (said.problem is not None) == (said.solution is not None)
    assert all(part in text for part in parts)


def test_title_is_one_short_line() -> None:
    def titled(text: str) -> str:
        return title(Experience(A, JO, EventId("$e"), NOW, note=text))

    assert titled("un\ndeux  trois") == "un deux trois"
    assert len(titled("mot " * 100)) <= TITLE_LENGTH
    assert titled("mot " * 100).endswith("mot…")
    assert len(titled("x" * 500)) == TITLE_LENGTH


async def _share(
    database: Database,
    said: Share = SAID,
    *,
    author: UserId = JO,
    source: str = "$e",
) -> tuple[Experience, bool]:
    return await database.write(
        lambda t: experience.share(t, said, room=A, author=author, source=EventId(source), now=NOW)
    )


async def test_share_again_from_the_same_event_corrects_it(database: Database) -> None:
    first, is_new = await _share(database)
    assert is_new
    again, is_new = await _share(database, Share(note="autre"))
    assert not is_new
    assert (again.id, again.note, again.problem, again.edited_at) == (first.id, "autre", None, NOW)
    assert await _share(database, Share(note="autre")) == (again, False)


async def test_event_of_somebody_else_is_not_corrected(database: Database) -> None:
    await _share(database)
    with pytest.raises(UserError, match="own_message_only"):
        await _share(database, author=INES)


async def test_show_keeps_to_the_rooms_that_may_see_it(database: Database) -> None:
    item, _ = await _share(database)
    async with database.read() as reader:
        assert await experience.show(reader, item.id, Sight(frozenset({A, B}))) == item
        for number, sight, message_id in (
            (item.id, Sight(frozenset({B})), "experience.not_visible"),
            (99, Sight(frozenset({A})), "experience.not_found"),
        ):
            with pytest.raises(UserError) as caught:
                await experience.show(reader, number, sight)
            assert (caught.value.message_id, caught.value.params) == (
                message_id,
                {"id": f"E{number}"},
            )


async def _erase(database: Database, user: UserId, *, is_animated: bool = False) -> str:
    async def work(transaction: Transaction) -> str:
        sight = Sight(frozenset({A}), trusted=frozenset({A}))
        item = await experience.show(transaction, 1, sight, is_doomed=True)
        await experience.erase(transaction, item, user, NOW, is_animated=is_animated)
        return "erased"

    try:
        return await database.write(work)
    except UserError as error:
        return error.message_id


async def test_only_author_and_animators_of_its_room_erase(database: Database) -> None:
    await _share(database)
    assert await _erase(database, INES) == "experience.not_yours"
    assert await _erase(database, ANNE, is_animated=True) == "erased"
    assert await _erase(database, ANNE, is_animated=True) == "experience.not_found"


async def test_author_erases_what_was_shared(database: Database) -> None:
    await _share(database)
    assert await _erase(database, JO) == "erased"


async def test_redacted_source_takes_its_experience_with_it(database: Database) -> None:
    item, _ = await _share(database)
    assert await database.write(lambda t: experience.take_back(t, EventId("$e"), NOW))
    assert not await database.write(lambda t: experience.take_back(t, EventId("$e"), NOW))
    async with database.read() as reader:
        with pytest.raises(UserError, match="not_found"):
            await experience.show(reader, item.id, Sight(frozenset({A})))


async def test_room_of_trust_keeps_and_shows_nothing(database: Database) -> None:
    item, _ = await _share(database)
    capture = setting.find_key("capture")
    await database.write(lambda t: setting.change(t, A, capture, "off", ANNE, NOW))
    with pytest.raises(UserError, match="not_kept_here"):
        await _share(database, source="$other")
    async with database.read() as reader:
        with pytest.raises(UserError, match="not_visible"):
            await experience.show(reader, item.id, Sight(frozenset({A}), trusted=frozenset({A})))
    assert await _erase(database, JO) == "erased"


async def test_correction_is_dated(database: Database) -> None:
    item, _ = await _share(database)
    later = NOW + timedelta(days=1)
    corrected = await database.write(
        lambda t: experience.correct(t, item, Share(note="neuf"), later)
    )
    async with database.read() as reader:
        assert await experience.show(reader, item.id, Sight(frozenset({A}))) == corrected
    assert corrected.edited_at == later
