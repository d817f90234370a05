"""Reuse: somebody does at their place what an experience tells, and says what they adapted."""

from dataclasses import dataclass

from bot.command import Command, Context, Gathering, Intent
from bot.commands.experience import share
from bot.commands.experience.seen import Seen, see
from bot.errors import UserError
from bot.services import experience, experience_notice, experience_showing, number
from bot.services.experience import Share
from bot.storage import experience as stored


@dataclass(frozen=True, slots=True)
class Reuse:
    """``E<number>`` was taken up, and ``said`` is what was adapted."""

    number: int
    said: Share


def parse(rest: str, _gathering: Gathering) -> Reuse:
    """Return what ``E12 what I adapted`` says."""
    leading = number.leading(number.EXPERIENCE, rest)
    if leading is None:
        raise UserError("experience.reuse_which")
    known, words = leading
    if not words:
        raise UserError("experience.reuse_how", id=number.named(number.EXPERIENCE, known))
    return Reuse(known, experience.parse(words.lstrip(" :,-–—")))


async def gather(gathering: Gathering, asked: Reuse) -> Seen:
    """Ask the server whether the person may see what they take up."""
    return await see(gathering, asked.number)


async def run(context: Context, asked: Reuse) -> None:
    """Keep a child of the experience; its author hears of it.

    An edit only gives the child other words, whatever became of what it took up.
    """
    if not isinstance(context.facts, Seen):
        return
    transaction = context.transaction
    if context.is_edit:
        await share.keep(context, asked.said, context.source)
        return
    parent = await experience.show(transaction, asked.number, context.facts.sight)
    await share.keep(context, asked.said, context.source, parent=parent.id)
    child = await stored.of_source(transaction, context.source)
    if child is None:
        return
    await experience_showing.changed(transaction, parent.id, context.now)
    if parent.author != child.author:
        await experience_notice.plan_reuse(transaction, child, context.now)


REUSE: Command[Reuse] = Command(
    noun="experience_reuse",
    english=("reuse",),
    french=("reprendre", "reprise", "reprends"),
    intent=Intent.SHARE,
    run=run,
    parse=parse,
    gather=gather,
    is_editable=True,
    take_back=share.take_back,
)
