"""``!ask``: somebody asks the room, others reply to the message, and ✅ says that it is settled."""

from dataclasses import dataclass

from bot.command import Command, Context, Gathering, Intent, Twin
from bot.errors import UserError
from bot.services import number, request, setting
from bot.services.number import REQUEST as KIND
from bot.services.request import CARD, FRESH, SETTLED
from bot.storage import request as stored
from bot.storage.request import Request
from bot.text import Code, Said, Text, bullets, fold, paragraphs

_LIST = frozenset({"liste", "list", "ouvertes", "open"})
_SETTLE = frozenset({"reglee", "regle", "resolue", "resolu", "settled", "solved", "done"})
_REOPEN = frozenset({"rouvrir", "reopen"})
_MOST = 10
"""Requests in one list: one screen."""


@dataclass(frozen=True, slots=True)
class Asked:
    """``words`` are asked of the room; or ``verb`` is to be done with ``Q<number>``."""

    words: str = ""
    verb: str = "ask"
    number: int = 0


def parse(rest: str, gathering: Gathering) -> Asked:
    """Return what is asked, or what is to be done with a request; raises UserError."""
    first, _, given = rest.strip().partition(" ")
    name = fold(first).strip(".!")
    alone = number.read(KIND, rest)
    if alone is not None:
        return Asked(verb="show", number=alone)
    if name in _SETTLE | _REOPEN:
        found = number.read(KIND, given)
        if found is not None:
            return Asked(verb="settle" if name in _SETTLE else "reopen", number=found)
    if not rest.strip() or (name in _LIST and not given):
        return Asked(verb="list")
    if gathering.place.is_pair:
        raise UserError("request.in_a_room")
    return Asked(request.check(rest))


async def gather(gathering: Gathering, asked: Asked) -> bool:
    """Ask whether the person is an animator, where that matters; in a room of trust, refuse."""
    if asked.verb == "ask":
        async with gathering.database.read() as snapshot:
            if not await setting.captures(snapshot, gathering.place.room_id):
                raise UserError("experience.not_kept_here")
        return False
    return asked.verb in {"settle", "reopen"} and await gathering.is_animator()


async def run(context: Context, asked: Asked) -> None:
    """Ask the room, list what is open, or note that something is settled."""
    if asked.verb == "ask":
        await _ask(context, asked.words)
        return
    if asked.verb == "list":
        await _list(context)
        return
    item = await request.find(context.transaction, asked.number, context.place.room_id)
    if asked.verb == "show":
        context.answer(_shown(context, item))
        return
    if item.asker != context.person.user_id and not context.is_animator:
        raise UserError("request.not_yours")
    is_settled = asked.verb == "settle"
    await request.settle(context.transaction, item, context.now, is_settled=is_settled)
    if not context.is_quiet:
        context.confirm(context.text(f"request.{asked.verb}", id=_id(item)))


async def _ask(context: Context, words: str) -> None:
    room, asker = context.place.room_id, context.person.user_id
    item, is_new = await request.ask(
        context.transaction, room, asker, context.source, words, context.now
    )
    if not is_new:
        context.confirm(context.text("request.changed", id=_id(item)))
        return
    oid = context.outgoing.upcoming
    context.answer(context.text("request.asked", id=_id(item)), card=f"{CARD}:{item.id}")
    context.outgoing.offer(room, oid, [SETTLED], conversation=f"{room}|{asker}")
    await stored.note_card(context.transaction, item.id, oid)


async def _list(context: Context) -> None:
    rooms = [context.place.room_id]
    found, count = await stored.still_open(context.transaction, rooms, context.now - FRESH, _MOST)
    if not found:
        context.answer(context.text("request.none_open"))
        return
    shown = [_shown(context, item) for item in found]
    context.answer(paragraphs([context.text("request.list", n=count), bullets(shown)]))


def _shown(context: Context, item: Request) -> Text:
    state = "settled" if item.settled_at else "answered" if item.answered_at else "waiting"
    return context.text(
        f"request.line.{state}", id=_id(item), words=Said(request.title(item), item.asker)
    )


def _id(item: Request) -> Code:
    return Code(number.named(KIND, item.id))


REQUEST: Command[Asked] = Command(
    noun="request",
    english=("ask", "request", "requests"),
    french=("demande", "demander", "demandes"),
    intent=Intent.FIND,
    run=run,
    parse=parse,
    gather=gather,
    is_editable=True,
    take_back=request.take_back,
)

SETTLEMENT = Twin(
    CARD,
    SETTLED,
    "request",
    lambda reference: f"settled Q{reference}",
    lambda _reference, _room, _user: True,
    ("request", lambda reference: f"reopen Q{reference}"),
)
"""One tap settles it: of who asked, or of an animator."""
