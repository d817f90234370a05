"""``!companion``: members offer to guide newcomers, and newcomers ask for a guide."""

from collections.abc import Mapping
from enum import StrEnum

from bot.command import Command, Context, Gathering, Intent, Twin
from bot.errors import UserError
from bot.services import companion, privacy
from bot.services.answer import Control, control
from bot.services.companion import MEMBER, Voice
from bot.services.privacy import Choice
from bot.storage import companion as stored
from bot.storage import trio
from bot.storage.companion import State
from bot.storage.question import Question
from bot.text import Mention, fold, lines

_LONGEST_GIVEN = 40
_DECLINING = frozenset({Control.NO, Control.STOP, Control.SKIP, Control.LATER})


class Asked(StrEnum):
    """What somebody may ask of the command."""

    ON = "on"
    OFF = "off"
    SHOW = "show"
    PLEASE = "please"
    STOP = "stop"
    STATUS = "status"
    RENOUNCE = "renounce"


_WORDS: Mapping[Asked, str] = {
    Asked.ON: "on oui yes",
    Asked.OFF: "off non no",
    Asked.SHOW: "show voir montrer",
    Asked.PLEASE: "please ask demande demander cherche",
    Asked.STOP: "stop fin arret arreter",
    Asked.STATUS: "status etat bilan",
    Asked.RENOUNCE: "renounce renonce renoncer",
}
_BY_WORD = {word: asked for asked, words in _WORDS.items() for word in words.split()}


def parse(rest: str, _gathering: Gathering) -> Asked:
    """Return what is asked for; nothing shows how it stands."""
    word = fold(rest.strip())
    found = _BY_WORD.get(word) if word else Asked.SHOW
    if found is None:
        raise UserError("companion.unknown", given=rest.strip()[:_LONGEST_GIVEN])
    return found


async def gather(gathering: Gathering, asked: Asked) -> None:
    """Refuse the counts to those who are no animators."""
    if asked is Asked.STATUS and not await gathering.is_animator():
        raise UserError("companion.animators_only")


async def run(context: Context, asked: Asked) -> None:
    """Do what is asked."""
    transaction, user, now = context.transaction, context.person.user_id, context.now
    match asked:
        case Asked.ON:
            await privacy.agree(transaction, user, Choice.COMPANION, now)
            context.confirm(context.text("companion.on"))
        case Asked.OFF:
            await privacy.withdraw(transaction, user, Choice.COMPANION, now)
            await companion.close_open(transaction, user, now)
            context.confirm(context.text("companion.off"))
        case Asked.PLEASE:
            await companion.begin(transaction, user, now)
            context.confirm(context.text("companion.begun"))
        case Asked.STOP:
            await _stop(context)
        case Asked.RENOUNCE:
            await _renounce(context)
        case Asked.STATUS:
            await _show_counts(context)
        case Asked.SHOW:
            await _show(context)


async def _stop(context: Context) -> None:
    """End what there is; in the room of three the goodbye is the answer, since the bot leaves."""
    is_there = await trio.of_room(context.transaction, context.message.room_id) is not None
    if not await companion.stop(_voice(context), context.person.user_id):
        raise UserError("companion.nothing")
    if not is_there:
        context.confirm(context.text("companion.stopped"))


async def _renounce(context: Context) -> None:
    """End a search; two who met are not parted by a reaction that somebody tidies away."""
    search = await stored.of_newcomer(context.transaction, context.person.user_id)
    if search is not None and search.state is State.PAIRED:
        await _show(context)
    else:
        await _stop(context)


async def _show_counts(context: Context) -> None:
    numbers = await companion.status(context.transaction)
    context.answer(
        context.text(
            "companion.status",
            willing=numbers["willing"],
            seeking=numbers["seeking"],
            paired=numbers["paired"],
            stuck=numbers["stuck"],
        )
    )


async def _show(context: Context) -> None:
    """Say how it stands with who asks; no names, since others may read it."""
    user = context.person.user_id
    is_on = Choice.COMPANION in await privacy.agreed(context.transaction, user)
    search = await stored.of_newcomer(context.transaction, user)
    said = [context.text("companion.is_on" if is_on else "companion.is_off")]
    if search is not None:
        said.append(context.text(f"companion.search.{search.state}"))
    context.answer(lines(said))


async def hear(context: Context, asked: Question, answer: str | None) -> None:
    """Note the yes or the no of a member or of a newcomer; whoever takes it back has not said it.

    What is decided already is ended by the command, which tells the other one.
    """
    if answer is None:
        return
    given = control(answer)
    if given is not Control.YES and given not in _DECLINING:
        raise UserError("companion.unclear")
    kind, _, number = asked.reference.partition(":")
    is_yes = given is Control.YES
    if kind == MEMBER:
        await _hear_member(context, int(number), is_yes=is_yes)
    else:
        await _hear_newcomer(context, int(number), is_yes=is_yes)


async def _hear_member(context: Context, number: int, *, is_yes: bool) -> None:
    request = await stored.get_request(context.transaction, number)
    is_theirs = request is not None and request.member == context.person.user_id
    if request is None or not is_theirs:
        context.answer(context.text("companion.settled"))
        return
    decide = companion.accept if is_yes else companion.refuse
    if not await decide(context.transaction, request, context.now):
        context.answer(context.text("companion.settled"))
        return
    context.answer(context.text("companion.member_yes" if is_yes else "companion.member_no"))


async def _hear_newcomer(context: Context, number: int, *, is_yes: bool) -> None:
    voice, search = _voice(context), await stored.get(context.transaction, number)
    is_theirs = search is not None and search.newcomer == context.person.user_id
    if search is None or not is_theirs or search.state is not State.OFFERED:
        context.answer(context.text("companion.settled"))
    elif not is_yes:
        await companion.withdraw(voice, search)
        context.answer(context.text("companion.newcomer_no"))
    else:
        guide = await companion.meet(voice, search)
        if guide is None:
            context.answer(context.text("companion.settled"))
            return
        context.answer(context.text("companion.met_member", member=Mention(guide)))


def _voice(context: Context) -> Voice:
    return Voice(
        context.transaction,
        context.outgoing,
        context.words,
        context.place.language,
        context.place.prefix,
        context.now,
    )


COMPANION: Command[Asked] = Command(
    noun="companion",
    english=("companion",),
    french=("compagnonnage", "parrainage", "parrain"),
    intent=Intent.MEET,
    run=run,
    parse=parse,
    gather=gather,
    hear=hear,
)

OFFERED = Twin(
    kind=companion.OFFER,
    key=companion.OFFER_KEY,
    noun="companion",
    words=lambda _reference: Asked.PLEASE,
    is_for=lambda reference, _room, user: reference == user,
    undo=("companion", lambda _reference: Asked.RENOUNCE),
)
"""One tap on the first steps asks for a companion; taking it away stops the search."""
