"""The real bot on a real homeserver, killed at every labelled point, loses and doubles nothing.

What is judged is the room's history alone. A point that is never reached fails.
"""

import asyncio
import os
import signal
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime, timedelta

import pytest

from bot import crash
from bot.demo.conversation import RunningBot
from bot.demo.member import Member
from bot.demo.process import Process
from bot.demo.room_event import RoomEvent
from bot.ids import EventId, RoomId
from bot.services.attachment import Attachment
from bot.services.outgoing import Outgoing, conversation_with
from bot.services.reminder import KIND
from bot.storage import due, reminder
from bot.storage.database import Database
from bot.storage.due import Due
from bot.storage.reminder import Reminder
from bot.storage.transaction import Transaction
from tests.e2e.conftest import MakeBot, MakeMember

KILLS: Sequence[str] = (
    "journal.received",
    "journal.committed",
    "handle.started:2",
    "handle.prepared:2",
    "handle.committed:2",
    "due.claimed",
    "due.committed",
    "upload.reserved",
    "upload.done",
    "upload.noted",
    "send.before_request:2",
    "send.after_request",
    "send.after_request:3",
    "send.before_mark:2",
    "send.after_mark:2",
    "database.before_commit",
    "database.before_commit:4",
    "database.before_commit:6",
    "database.after_commit:2",
    "database.after_commit:5",
)
"""Where to die, and at which passing; at least one for each label."""

BOTS = 3
"""Bots that live side by side, each killed again and again: a start costs a second of processor."""

DIES_WITHIN = 30.0
"""Seconds; the points are passed in the first second."""


def _text(kill: str) -> str:
    """Return what a member is reminded of, of which no other begins the same."""
    return f"Arroser ({kill})"


def _name(kill: str) -> str:
    """Return what the file is called that is sent around one kill."""
    return f"Compte rendu {kill.replace(':', ' ')}.txt"


def test_every_point_is_killed() -> None:
    assert {kill.partition(":")[0] for kill in KILLS} == crash.POINTS


@pytest.mark.e2e
@pytest.mark.timeout(300)
async def test_kill_at_every_point_loses_and_doubles_nothing(
    make_member: MakeMember, make_bot: MakeBot
) -> None:
    async def verdicts(kills: Sequence[str]) -> dict[str, str]:
        jo = await make_member("jo")
        room = await jo.create_room("Accueil")
        bot = await make_bot(room, more={"limits": {"commands_per_minute": 0}})
        return await _verdicts(bot, jo, room, kills)

    found = await asyncio.gather(*(verdicts(KILLS[first::BOTS]) for first in range(BOTS)))

    right = "killed; answered once, in order; reminded once; file shown once"
    assert {kill: words for one in found for kill, words in one.items()} == dict.fromkeys(
        KILLS, right
    )


async def _verdicts(
    bot: RunningBot, jo: Member, room: RoomId, kills: Sequence[str]
) -> dict[str, str]:
    """Let a bot die at each of ``kills`` in turn; return what the room shows in the end."""
    await bot.process.stop()
    asked: dict[str, list[EventId]] = {}
    ends: dict[str, str] = {}
    for kill in kills:
        await _plan_reminder(bot, room, jo, kill)
        await _attach_file(bot, room, kill)
        asked[kill] = [await jo.send(room, "!ping") for _ in range(3)]
        dying = _armed(bot, kill)
        dying.start()
        try:
            asked[kill] += [await jo.send(room, "!ping") for _ in range(3)]
            code = await _end_of(dying)
        finally:
            await dying.kill()
        ends[kill] = "killed" if code == -signal.SIGKILL else f"not killed there ({code})"
    await bot.process.start()
    await bot.settled_answers(jo, room)
    history = await jo.history(room)
    await bot.process.stop()
    return {kill: f"{ends[kill]}; {_shown(bot, history, kill, asked[kill])}" for kill in kills}


def _shown(
    bot: RunningBot, history: Sequence[RoomEvent], kill: str, asked: Sequence[EventId]
) -> str:
    """Return what the room's history shows of the commands and the reminder before one kill."""
    answers = [bot.answers(history, question) for question in asked]
    reminded = sum(event.sender == bot.user_id and _text(kill) in event.body for event in history)
    files = sum(event.sender == bot.user_id and event.body == _name(kill) for event in history)
    place = {event.event_id: index for index, event in enumerate(history)}
    order = [place[given[0].event_id] for given in answers if given]
    if [len(given) for given in answers] == [1] * len(asked) and order == sorted(order):
        shown = f"reminded {_times(reminded)}; file shown {_times(files)}"
        return f"answered once, in order; {shown}"
    return f"answers {[len(given) for given in answers]} at {order}"


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count} times"


def _armed(bot: RunningBot, kill: str) -> Process:
    """Return the bot's process, to die at ``kill``."""
    config = bot.process.config_path
    return Process(
        ["bot", "run", "--config", str(config)],
        log_path=config.with_name("armed.log"),
        environment={**os.environ, "COMPAGNON_CRASH_AT": kill},
    )


async def _end_of(process: Process) -> int | None:
    """Return the exit code of a process that ends soon; None if it does not."""
    try:
        async with asyncio.timeout(DIES_WITHIN):
            while process.is_running:  # noqa: ASYNC110  a process has no event here
                await asyncio.sleep(0.02)
    except TimeoutError:
        return None
    return process.exit_code


async def _attach_file(bot: RunningBot, room: RoomId, kill: str) -> None:
    """Enqueue a file, as if a process had died before it could send it."""
    file = Attachment(_name(kill), "text/plain", b"Ce qui s'est dit.")

    async def work(transaction: Transaction) -> None:
        Outgoing(transaction, f"test:{kill}", datetime.now(UTC)).attach(room, file)

    await _written(bot, work)


async def _written(bot: RunningBot, work: Callable[[Transaction], Awaitable[None]]) -> None:
    """Write into the database of a bot that is not running."""
    database = Database(f"sqlite:///{bot.process.config_path.with_name('compagnon.db')}")
    await database.write(work)
    await database.close()


async def _plan_reminder(bot: RunningBot, room: RoomId, jo: Member, kill: str) -> None:
    """Plan something that has just fallen due, as if it had been asked for a while ago."""
    now = datetime.now(UTC)
    at = now - timedelta(seconds=1)
    item = Reminder(
        owner=jo.user_id,
        room_id=room,
        conversation=conversation_with(room, jo.user_id),
        text=_text(kill),
        due_at=at,
        wall=at.replace(tzinfo=None).isoformat(timespec="minutes"),
        zone="UTC",
        language="fr",
        source_event_id=EventId(f"${kill}"),
        created_at=at,
    )

    async def work(transaction: Transaction) -> None:
        number = str((await reminder.create(transaction, item)).id)
        await due.plan(transaction, Due(KIND, number, at.isoformat(), at))

    await _written(bot, work)
