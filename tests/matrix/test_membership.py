"""Who comes and who goes is journalled, a new name is not, and no name outlives the handling."""

from typing import Any

import pytest

from bot.storage import inbox, newcomer
from bot.storage.database import Database
from tests.matrix.model_server import BOT, ROOM
from tests.matrix.world import World

NEW = "@new:example.org"


def member(world: World, membership: str, before: str | None, user: str = NEW, **more: Any) -> None:
    """Let somebody's membership change, as the server tells it."""
    unsigned = {"prev_content": {"membership": before}} if before else {}
    content = {"membership": membership, "displayname": "Nouvelle"}
    model = world.model
    event = model.event(user, "m.room.member", content, state_key=user)
    model.add(ROOM, {**event, "unsigned": {**unsigned, **more}})


async def rows(world: World) -> tuple[list[Any], list[Any]]:
    """Return what the inbox and the table of newcomers hold."""
    database = Database(world.url)
    async with database.read() as snapshot:
        journal = list(await snapshot.execute(inbox.inbox.select()))
        known = list(await snapshot.execute(newcomer.newcomer.select()))
    await database.close()
    return journal, known


@pytest.mark.parametrize(
    ("membership", "before", "state"),
    [("join", None, "waiting"), ("join", "invite", "waiting"), ("join", "leave", "waiting"),
     ("leave", "join", "left"), ("ban", "join", "left")],
)  # fmt: skip
async def test_coming_and_going_is_noted(
    world: World, membership: str, before: str | None, state: str
) -> None:
    member(world, membership, before)
    await world.live()
    journal, known = await rows(world)
    assert [(row.kind, row.sender, row.payload) for row in journal] == [("membership", "", None)]
    assert [row.state for row in known] == [state]


@pytest.mark.parametrize(
    ("membership", "before"), [("join", "join"), ("invite", None), ("leave", None), ("knock", None)]
)
async def test_anything_else_leaves_no_trace(
    world: World, membership: str, before: str | None
) -> None:
    member(world, membership, before)
    await world.live()
    assert await rows(world) == ([], [])


async def test_previous_membership_that_is_not_told_is_no_arrival(world: World) -> None:
    member(world, "join", None, replaces_state="$earlier")
    await world.live()
    assert await rows(world) == ([], [])


async def test_own_membership_is_not_journalled(world: World) -> None:
    member(world, "join", None, user=BOT)
    await world.live()
    assert await rows(world) == ([], [])


async def test_arrivals_in_a_gap_count(world: World) -> None:
    world.model.timeline_limit = 1
    for number in range(5):
        member(world, "join", None, user=f"@new{number}:example.org")
        world.model.say("chatter")
    await world.live()
    _, known = await rows(world)
    assert len(known) == 5


@pytest.mark.parametrize("label", ["journal.committed", "handle.started", "handle.committed"])
async def test_kill_notes_an_arrival_once(world: World, label: str) -> None:
    member(world, "join", None)
    assert await world.live(until=label)
    await world.live()
    journal, known = await rows(world)
    assert (len(journal), len(known)) == (1, 1)
