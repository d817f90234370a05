"""Experience: what can be done with one experience, by its number."""

from bot.command import Command, Context, Gathering, Intent, Twin
from bot.commands.experience import consent, followup, life, media, share, tree
from bot.commands.experience.asked import (
    SILENTLY,
    Asked,
    Capture,
    Delete,
    Guide,
    Pieces,
    Show,
    Tell,
    Tree,
    Unpin,
    parse,
)
from bot.commands.experience.life import WITHDRAWAL
from bot.commands.experience.seen import CARD, Seen, see, show
from bot.commands.experience.seen import USEFUL as USEFUL_KEY
from bot.services import experience, experience_consent
from bot.storage.question import Question


async def gather(gathering: Gathering, asked: Asked) -> object:
    """Ask the server for the message that is captured, or for who may see and do what."""
    if isinstance(asked, Tell | Capture | Unpin | Guide):
        return await share.gather(gathering, asked)
    if isinstance(asked, Tree):
        return await tree.gather(gathering, asked.number)
    return await see(gathering, asked.number)


async def run(context: Context, asked: Asked) -> None:
    """Keep, show, change or delete an experience."""
    if isinstance(asked, Tell | Capture | Unpin | Guide):
        await share.run(context, asked)
    elif isinstance(asked, Tree):
        await tree.run(context, asked.number)
    elif isinstance(context.facts, Seen):
        seen = context.facts
        is_doomed = isinstance(asked, Delete)
        item = await experience.show(
            context.transaction, asked.number, seen.sight, is_doomed=is_doomed
        )
        if isinstance(asked, Show):
            await show(context, item, seen.names)
        elif isinstance(asked, Pieces):
            await media.show_pieces(context, item)
        else:
            await life.run(context, asked, item, seen)


async def gather_answer(
    gathering: Gathering, question: Question, answer: str | None
) -> consent.Agreed | None:
    """Ask the server for what an author agrees to have kept."""
    is_consent = question.reference.startswith(experience_consent.QUESTION)
    return await consent.gather(gathering, question, answer) if is_consent else None


async def hear(context: Context, question: Question, answer: str | None) -> None:
    """Hear whether a message may be kept, or what became of an experience."""
    if question.reference.startswith(experience_consent.QUESTION):
        await consent.hear(context, question, answer)
    else:
        await followup.hear(context, question, answer)


EXPERIENCE: Command[Asked] = Command(
    noun="experience",
    english=("exp", "experience"),
    french=("exp", "expérience"),
    intent=Intent.SHARE,
    run=run,
    parse=parse,
    gather=gather,
    hear=hear,
    gather_answer=gather_answer,
    is_editable=True,
    take_back=share.take_back,
    needs_zone=True,
)

USEFUL = Twin(
    kind=CARD,
    key=USEFUL_KEY,
    noun="experience",
    words=lambda reference: f"useful E{reference} {SILENTLY}",
    is_for=lambda _reference, _room, _user: True,
    undo=("experience", lambda reference: f"useful E{reference} no {SILENTLY}"),
)

WITHDRAW = Twin(
    kind=WITHDRAWAL,
    key="✅",
    noun="experience",
    words=lambda reference: f"delete E{reference.partition('|')[0]} yes",
    is_for=lambda reference, _room, user: reference.partition("|")[2] == user,
)
