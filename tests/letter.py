"""A community with rooms, experiences and letters, for tests of the letter."""

from datetime import UTC, datetime, timedelta

from bot.i18n import Catalogue
from bot.ids import EventId, RoomId, UserId
from bot.storage import experience, experience_interest
from bot.storage.database import Database
from bot.storage.experience import Experience, Visibility
from bot.storage.transaction import Transaction

WORDS = Catalogue.load()
FRIDAY = datetime(2026, 3, 27, 8, 0, tzinfo=UTC)  # 9:00 in Paris
MARIE, OMAR = UserId("@marie:example.org"), UserId("@omar:example.org")


async def tell(
    database: Database,
    room: RoomId,
    problem: str,
    at: datetime,
    *,
    author: UserId = MARIE,
    visibility: str = Visibility.ROOM,
    parent: int | None = None,
) -> Experience:
    """Share an experience."""

    async def work(transaction: Transaction) -> Experience:
        item = Experience(
            room_id=room,
            author=author,
            source_event_id=EventId(f"${room}{problem}{at.timestamp()}"),
            created_at=at,
            problem=problem,
            solution="on essaie",
            visibility=visibility,
            parent_id=parent,
        )
        return await experience.create(transaction, item)

    return await database.write(work)


async def a_week(database: Database, room: RoomId) -> list[Experience]:
    """Let a week happen in ``room``: shares, a reuse, and one that others want."""
    start = FRIDAY - timedelta(days=6)
    told = [
        await tell(database, room, problem, start + timedelta(hours=n))
        for n, problem in enumerate(
            ["Le courrier met dix jours", "Personne ne vient aux ateliers", "Trop de jargon <b>",
             "Des marchés illisibles", "Un guichet fermé le soir", "Le RGPD fait peur",
             "@room lisez ceci"]
        )
    ]  # fmt: skip
    told.append(
        await tell(
            database, room, "Le courrier, à Rennes", FRIDAY - timedelta(days=1), author=OMAR,
            parent=told[0].id,
        )
    )  # fmt: skip
    for name in ("@a:x", "@b:x", "@c:x"):
        await database.write(
            lambda t, name=name: experience_interest.add(  # type: ignore[misc]  # a test's lambda
                t, told[1].id, UserId(name), FRIDAY - timedelta(hours=5)
            )
        )
    return told
