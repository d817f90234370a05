"""What tests of the calendar share: firing what is due, who was told what, files brought in."""

from collections.abc import Sequence
from datetime import timedelta

from bot.ids import EventId, UserId
from bot.job import DueJob, Firing
from bot.jobs import DUE
from bot.model import Media
from bot.services.outgoing import Outgoing
from bot.storage import due
from bot.storage.due import Due
from bot.storage.transaction import Transaction
from tests.scene import CATALOGUE, JO, Act, Scene

JOBS = {job.kind: job for job in DUE}


async def fire(scene: Scene, *, is_late: bool = False, jobs: Sequence[DueJob] = DUE) -> list[Act]:
    """Do all that is due now, and what comes of it, as the scheduler does; return what is said."""
    before = {act.oid for act in await scene.acts()}
    now = scene.clock.now()
    by_kind = {job.kind: job for job in jobs}
    while True:
        async with scene.database.read() as snapshot:
            ripe = await due.ripe(snapshot, now, 100)
        if not ripe:
            return [act for act in await scene.acts() if act.oid not in before]
        for item in ripe:

            async def work(transaction: Transaction, item: Due = item) -> None:
                if await due.claim(transaction, item, now):
                    cause = f"due:{item.kind}:{item.reference}:{item.occurrence}"
                    outgoing = Outgoing(transaction, cause, now)
                    firing = Firing(
                        item, now, now - item.due_at, transaction, outgoing, CATALOGUE,
                        is_late=is_late,
                    )  # fmt: skip
                    await by_kind[item.kind].run(firing)

            await scene.database.write(work)


async def later(scene: Scene, **length: float) -> list[Act]:
    """Let time pass and do what is due then."""
    scene.clock.pass_by(timedelta(**length))
    return await fire(scene)


def told(acts: Sequence[Act]) -> dict[str, list[str]]:
    """Return what people were told alone, by person."""
    found: dict[str, list[str]] = {}
    for act in acts:
        if act.room.startswith("direct:") and act.type == "m.room.message":
            found.setdefault(act.room.removeprefix("direct:"), []).append(act.body)
    return found


def messages(acts: Sequence[Act], room: str) -> list[str]:
    """Return what was said in ``room``, edits left out."""
    return [
        act.body
        for act in acts
        if act.room == room and act.type == "m.room.message" and act.target is None
    ]


async def bring(scene: Scene, text: str, words: str, *, sender: UserId = JO) -> str:
    """Send a calendar file and say ``words`` in reply to it; return the answer."""
    media = Media("m.file", "agenda.ics", "text/calendar", "mxc://x/y", len(text))
    scene.server.files["mxc://x/y"] = text.encode()
    file = scene.message("agenda.ics", media=media)
    scene.server.messages[file.event_id] = file
    [answer] = await scene.say(words, reply_to=EventId(file.event_id), sender=sender)
    return answer.body
