"""``!subscribe`` and ``!unsubscribe``: the letter by direct message, and whether it was useful."""

from datetime import datetime
from zoneinfo import ZoneInfo

from bot.command import Command, Context, Gathering, Intent, Twin
from bot.errors import UserError
from bot.services.letter import subscription
from bot.services.letter.request import Asked, parse_subscription
from bot.services.letter.subscription import BUTTONS, CARD
from bot.storage import letter_subscription as store
from bot.storage.letter_subscription import Every, Verdict
from bot.text import Text
from bot.when import long_date

_JUDGED = {"useful": Verdict.USEFUL, "useless": Verdict.USELESS}
_UNDONE = "un"
"""What the word begins with that takes an opinion back: nobody types it."""

OWN = frozenset({"subscribe", "unsubscribe", *_JUDGED, *(_UNDONE + word for word in _JUDGED)})
"""What concerns nobody but the one who asks."""


def parse(rest: str, _gathering: Gathering) -> Asked:
    """Return how often the letter is wanted; raises UserError."""
    return parse_subscription(rest)


def parse_end(_rest: str, _gathering: Gathering) -> Asked:
    """Return that it is not wanted any more: the name of the command says it all."""
    return Asked("unsubscribe")


async def run(context: Context, asked: Asked) -> None:
    """Subscribe, show the subscription, end it, or note what somebody thought of a letter."""
    transaction, user = context.transaction, context.person.user_id
    if asked.verb == "unsubscribe":
        was_there = await subscription.unsubscribe(transaction, user)
        context.confirm(
            context.text("letter.unsubscribed" if was_there else "letter.no_subscriber")
        )
    elif asked.verb != "subscribe":
        await _judge(context, asked)
    elif asked.text:
        how = (context.person.language, context.person.zone)
        every = Every(asked.text)
        at = await subscription.subscribe(transaction, user, every, how, context.now)
        context.answer(_line(context, f"letter.subscribed.{every}", at))
    else:
        known = await store.get(transaction, user)
        if known is None:
            context.answer(context.text("letter.no_subscriber"))
            return
        at = subscription.following(known.every, ZoneInfo(known.zone), context.now)
        context.answer(_line(context, f"letter.subscribed.{known.every}", at))


async def _judge(context: Context, asked: Asked) -> None:
    transaction, user = context.transaction, context.person.user_id
    last = await store.last(transaction, user)
    period = asked.period or (last.period if last else "")
    undone = _JUDGED.get(asked.verb.removeprefix(_UNDONE)) if asked.verb not in _JUDGED else None
    if undone is not None:
        await store.unjudge(transaction, user, period, undone)
    elif not await store.judge(transaction, user, period, _JUDGED[asked.verb]):
        raise UserError("letter.no_copy")
    elif not context.is_quiet:
        context.confirm(context.text("letter.judged"))


def _line(context: Context, message_id: str, at: datetime) -> Text:
    zone, language = context.person.zone, context.person.language
    date = long_date(at, zone=zone, language=language, with_zone=True, now=context.now)
    return context.text(message_id, date=date)


SUBSCRIPTION: Command[Asked] = Command(
    noun="letter_subscription",
    english=("subscribe", "subscription"),
    french=("abonnement", "abonner", "m'abonner", "abonne"),
    intent=Intent.FIND,
    run=run,
    parse=parse,
    needs_zone=True,
)

UNSUBSCRIPTION: Command[Asked] = Command(
    noun="letter_unsubscription",
    english=("unsubscribe",),
    french=("désabonner", "désabonnement", "désabonne"),
    intent=Intent.QUIET,
    run=run,
    parse=parse_end,
)


def _twin(key: str, verb: str) -> Twin:
    """Return what a tap below somebody's letter does; taking it away takes the opinion back."""

    def words(reference: str) -> str:
        return f"{verb} {reference}"

    undo = ("letter", lambda reference: f"{_UNDONE}{verb} {reference}")
    return Twin(CARD, key, "letter", words, lambda _reference, _room, _user: True, undo)


VERDICTS = tuple(_twin(key, verb) for key, verb in zip(BUTTONS, _JUDGED, strict=True))
"""Was it useful? One tap says so, and only animators learn how many thought so."""
