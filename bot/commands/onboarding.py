"""``!start``: a few questions are asked in private, or gone on with; and their answers."""

from bot.command import Command, Context, Gathering, Intent
from bot.ids import direct_room
from bot.services import direct, onboarding
from bot.services.onboarding import NOUN, Talk, Voice
from bot.storage.question import Question


def parse(_rest: str, _gathering: Gathering) -> None:
    """Take anything: there is one thing to start."""


async def run(context: Context, _arguments: None) -> None:
    """Go on with the questions where the person is alone with the bot."""
    if not context.place.is_pair:
        await direct.ask_again(context.transaction, context.person.user_id, context.now)
        context.answer(context.text("onboarding.started"))
    came_in = None if context.place.is_pair else context.place.room_id
    await onboarding.resume(_talk(context), came_in)


async def hear(context: Context, asked: Question, answer: str | None) -> None:
    """Take an answer, or a correction of one."""
    if answer is None or context.is_edit:
        await onboarding.correct(_talk(context), asked, answer)
    else:
        await onboarding.hear(_talk(context), asked, answer)


def _talk(context: Context) -> Talk:
    user, is_pair = context.person.user_id, context.place.is_pair
    about = context.about
    return Talk(
        transaction=context.transaction,
        outgoing=context.outgoing,
        voice=Voice(
            context.words,
            context.person.language,
            context.place.prefix,
            about.community,
            about.controller,
        ),
        user=user,
        room=context.message.room_id if is_pair else direct_room(user),
        now=context.now,
        prompt=context.message if is_pair else None,
    )


ONBOARDING: Command[None] = Command(
    noun=NOUN,
    english=("start",),
    french=("commencer", "démarrer"),
    intent=Intent.MEET,
    run=run,
    parse=parse,
    hear=hear,
)
