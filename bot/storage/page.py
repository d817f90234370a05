"""Page: what is left of a long answer, for whoever asks for more."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import cast

from sqlalchemy import Column, Table, Text, delete, select, update
from sqlalchemy import cast as cast_to

from bot.ids import UserId
from bot.storage.insert import upsert
from bot.storage.personal import CONVERSATION, FACT, WORDS, Erasure, Limit, Purpose, personal
from bot.storage.table import Json, UtcDateTime, metadata
from bot.storage.transaction import Reader, Transaction

page = Table(
    "page",
    metadata,
    Column("conversation", Text, primary_key=True, info=CONVERSATION),
    Column("pages", Json, nullable=False, info=WORDS),
    Column("created_at", UtcDateTime, nullable=False, info=FACT),
    info=personal(Purpose.ANSWER, Erasure.DELETED, Limit("created_at", days=7)),
)


@dataclass(frozen=True, slots=True)
class Page:
    """One message of a long answer: the plain text, the same as Matrix HTML, and whom it names.

    Experiences are no words here but their ``numbers``, all that are left: what they say and who
    may read it is looked up when they are asked for.
    """

    body: str = ""
    html: str = ""
    people: Sequence[UserId] = ()
    numbers: Sequence[int] = ()


async def replace(
    transaction: Transaction, conversation: str, pages: Sequence[Page], at: datetime
) -> None:
    """Keep ``pages`` as the rest of the conversation's newest long answer, instead of any other.

    Without pages nothing is left to show.
    """
    if not pages:
        await transaction.execute(delete(page).where(page.c.conversation == conversation))
        return
    rest = [asdict(item) for item in pages]
    statement = upsert(transaction, page, ("conversation",), "pages", "created_at")
    await transaction.execute(
        statement, {"conversation": conversation, "pages": rest, "created_at": at}
    )


async def next_numbers(reader: Reader, conversation: str) -> list[int]:
    """Return the numbers of the experiences that come next, if experiences do."""
    pages = await _load(reader, conversation)
    return list(pages[0].numbers) if pages else []


async def take(transaction: Transaction, conversation: str) -> tuple[Page, int] | None:
    """Take the next page out; return it and how many are left, or None when there is none."""
    pages = await _load(transaction, conversation)
    if not pages:
        return None
    first, *rest = pages
    if rest:
        left = [asdict(item) for item in rest]
        await transaction.execute(
            update(page).where(page.c.conversation == conversation).values(pages=left)
        )
    else:
        await transaction.execute(delete(page).where(page.c.conversation == conversation))
    return first, len(rest)


async def _load(reader: Reader, conversation: str) -> list[Page]:
    statement = select(page.c.pages).where(page.c.conversation == conversation)
    found = (await reader.execute(statement)).scalar()
    return [_page(item) for item in cast("list[dict[str, object]]", found or [])]


def _page(row: dict[str, object]) -> Page:
    # JSON has lists alone.
    plain = {
        name: tuple(value) if isinstance(value, list) else value for name, value in row.items()
    }
    return Page(**plain)  # type: ignore[arg-type]  # as `asdict` wrote it


async def forget_about(transaction: Transaction, user: UserId) -> None:
    """Delete the pages that name ``user``: what they hide now must not be shown with them."""
    shown = cast_to(page.c.pages, Text)
    await transaction.execute(delete(page).where(shown.contains(f'"{user}"', autoescape=True)))
