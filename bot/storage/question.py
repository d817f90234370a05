"""Question: what the bot asked somebody and waits for, and what their answer was to."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Boolean, Column, Index, Integer, Table, Text, delete, insert, select, update

from bot.ids import EventId, Oid, RoomId, UserId
from bot.storage.outbox import outbox
from bot.storage.personal import FACT, PERSON, Erasure, Limit, Purpose, personal
from bot.storage.table import Json, UtcDateTime, metadata
from bot.storage.transaction import Reader, Transaction


class State(StrEnum):
    """To be answered, or answered; a question that nobody waits for any more is deleted."""

    OPEN = "open"
    ANSWERED = "answered"


question = Table(
    "question",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True, info=FACT),
    Column("user_id", Text, nullable=False, info=PERSON),
    Column("noun", Text, nullable=False, info=FACT),
    Column("reference", Text, nullable=False, info=FACT),
    Column("room_id", Text, nullable=False, info=FACT),
    Column("needs_reply", Boolean, nullable=False, info=FACT),
    Column("buttons", Json, nullable=False, info=FACT),
    Column("oid", Text, nullable=False, unique=True, info=FACT),
    Column("asked_at", UtcDateTime, nullable=False, info=FACT),
    Column("since", UtcDateTime, nullable=True, info=FACT),
    Column("state", Text, nullable=False, info=FACT),
    Column("answer_event_id", Text, nullable=True, unique=True, info=FACT),
    Column("answered_at", UtcDateTime, nullable=True, info=FACT),
    sqlite_autoincrement=True,
    info=personal(
        Purpose.ANSWER,
        Erasure.DELETED,
        Limit("answered_at", setting="inbox_days"),
        Limit("asked_at", days=200),
    ),
)
Index("ix_question_user_id", question.c.user_id, question.c.id)
Index("ix_question_room_id", question.c.room_id)


@dataclass(frozen=True, slots=True)
class Question:
    """One question to ``user_id``, which the command ``noun`` asked and will hear the answer to.

    ``reference`` is the command's own note of what it is about. ``room_id`` is where it was asked;
    it may be a placeholder for the direct conversation. With ``needs_reply`` only a reply to it or
    a reaction on it counts, otherwise also what the person says next where they are alone with the
    bot. ``buttons`` are the reactions that are answers, beside those of every question. ``oid`` is
    the message that asks. What was sent before ``since``, by the clock of the person's server, was
    meant for something else.
    """

    user_id: UserId
    noun: str
    reference: str
    room_id: RoomId
    needs_reply: bool
    buttons: Sequence[str]
    oid: Oid
    asked_at: datetime
    since: datetime | None = None
    state: State = State.OPEN
    answer_event_id: EventId | None = None
    answered_at: datetime | None = None
    id: int = 0


_COLUMNS = [question.c[name] for name in Question.__slots__]
_IS_OPEN = question.c.state == State.OPEN


async def ask(transaction: Transaction, item: Question) -> None:
    """Keep a new open question.

    Of those answered in the direct conversation one stays open for each user and noun, the newest;
    of those that need a reply one for each user, noun and reference.
    """
    is_same = (question.c.user_id == item.user_id) & (question.c.noun == item.noun)
    is_same &= question.c.needs_reply.is_(item.needs_reply)
    if item.needs_reply:
        is_same &= question.c.reference == item.reference
    await transaction.execute(delete(question).where(is_same, _IS_OPEN))
    row = {name: getattr(item, name) for name in Question.__slots__ if name != "id"}
    await transaction.execute(insert(question).values({**row, "buttons": list(item.buttons)}))


async def newest(reader: Reader, user: UserId, noun: str | None = None) -> Question | None:
    """Return the open question that free text of ``user`` answers, where they are alone with us.

    With a ``noun``, the one that this command asked.
    """
    statement = select(*_COLUMNS).where(
        question.c.user_id == user, _IS_OPEN, question.c.needs_reply.is_(False)
    )
    if noun is not None:
        statement = statement.where(question.c.noun == noun)
    row = (await reader.execute(statement.order_by(question.c.id.desc()).limit(1))).first()
    return _question(dict(row._mapping)) if row else None  # noqa: SLF001  documented API


async def waiting(reader: Reader, users: Sequence[UserId], noun: str) -> frozenset[UserId]:
    """Return which of ``users`` have not answered what ``noun`` asked them alone."""
    statement = select(question.c.user_id).where(
        question.c.user_id.in_(users),
        question.c.noun == noun,
        _IS_OPEN,
        question.c.needs_reply.is_(False),
    )
    return frozenset(UserId(row.user_id) for row in await reader.execute(statement))


async def about(reader: Reader, user: UserId, noun: str, reference: str) -> Question | None:
    """Return the open question that ``noun`` asked ``user`` about ``reference``."""
    is_it = (question.c.noun == noun) & (question.c.reference == reference)
    return await _one(reader, select(*_COLUMNS).where(question.c.user_id == user, is_it, _IS_OPEN))


async def of_oid(reader: Reader, oid: Oid) -> Question | None:
    """Return the question that the message ``oid`` asks, whatever its state."""
    return await _one(reader, select(*_COLUMNS).where(question.c.oid == oid))


async def of_event(reader: Reader, event_id: EventId) -> Question | None:
    """Return the question that the bot's own event ``event_id`` asks, whatever its state."""
    statement = (
        select(*_COLUMNS)
        .join(outbox, outbox.c.oid == question.c.oid)
        .where(outbox.c.event_id == event_id)
    )
    return await _one(reader, statement)


async def of_answer(reader: Reader, event_id: EventId) -> Question | None:
    """Return the question that the event ``event_id`` answered."""
    return await _one(reader, select(*_COLUMNS).where(question.c.answer_event_id == event_id))


async def asking(reader: Reader, events: Sequence[EventId]) -> set[tuple[EventId, UserId]]:
    """Return which of ``events`` ask a question that is still open, and whom."""
    if not events:
        return set()
    statement = (
        select(outbox.c.event_id, question.c.user_id)
        .join(question, outbox.c.oid == question.c.oid)
        .where(outbox.c.event_id.in_(events), _IS_OPEN)
    )
    return {(EventId(row.event_id), UserId(row.user_id)) for row in await reader.execute(statement)}


async def answers(reader: Reader, user: UserId, noun: str) -> dict[str, EventId]:
    """Return which event answered what ``noun`` asked ``user``, by reference, the newest ones."""
    statement = (
        select(question.c.reference, question.c.answer_event_id)
        .where(question.c.user_id == user, question.c.noun == noun)
        .where(question.c.answer_event_id.is_not(None))
        .order_by(question.c.id)
    )
    rows = await reader.execute(statement)
    return {row.reference: EventId(row.answer_event_id) for row in rows}


async def close(transaction: Transaction, number: int, answer: EventId, at: datetime) -> bool:
    """Note the event that answers an open question; return False if it was answered before."""
    statement = (
        update(question)
        .where(question.c.id == number, _IS_OPEN)
        .values(state=State.ANSWERED, answer_event_id=answer, answered_at=at)
    )
    return (await transaction.execute(statement)).rowcount == 1


async def reopen(transaction: Transaction, number: int) -> None:
    """Wait on for an answer: what was given was none."""
    await transaction.execute(
        update(question)
        .where(question.c.id == number)
        .values(state=State.OPEN, answer_event_id=None, answered_at=None)
    )


async def cancel(
    transaction: Transaction, user: UserId, noun: str, reference: str | None = None
) -> int:
    """Wait no more for what ``noun`` asked ``user``; return how many questions were open."""
    statement = delete(question).where(
        question.c.user_id == user, question.c.noun == noun, _IS_OPEN
    )
    if reference is not None:
        statement = statement.where(question.c.reference == reference)
    return (await transaction.execute(statement)).rowcount


async def move(transaction: Transaction, old: RoomId, new: RoomId) -> None:
    """Let what was asked in ``old`` be answered in ``new``."""
    await transaction.execute(update(question).where(question.c.room_id == old).values(room_id=new))


async def forget_rooms(transaction: Transaction, rooms: Sequence[RoomId]) -> None:
    """Delete what was asked in rooms that the bot has left."""
    await transaction.execute(delete(question).where(question.c.room_id.in_(rooms)))


async def _one(reader: Reader, statement: object) -> Question | None:
    row = (await reader.execute(statement)).first()  # type: ignore[arg-type]  # a select of ours
    return _question(dict(row._mapping)) if row else None  # noqa: SLF001  documented API


def _question(row: dict[str, object]) -> Question:
    values = {**row, "state": State(str(row["state"])), "needs_reply": bool(row["needs_reply"])}
    return Question(**values)  # type: ignore[arg-type]  # columns and fields are the same names
