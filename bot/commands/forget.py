"""``!forgetme``: everything that is kept of somebody goes, once they typed a word for it."""

from bot.command import Command, Context, Gathering, Intent
from bot.errors import UserError
from bot.services import erasure
from bot.text import Text, fold, paragraphs

_DELETE = frozenset({"effacer", "efface", "delete", "erase"})
_KEEP = frozenset({"anonymiser", "anonymise", "anonymize", "anonyme"})
_LONGEST_GIVEN = 40


def parse(rest: str, _gathering: Gathering) -> bool | None:
    """Return whether contributions stay without a name; None while nothing is confirmed."""
    word = fold(rest).strip(" .!")
    if not word:
        return None
    if word not in _DELETE | _KEEP:
        raise UserError("forget.word_unknown", given=rest.strip()[:_LONGEST_GIVEN])
    return word in _KEEP


async def run(context: Context, keeps_words: bool | None) -> None:
    """Say what would go; or forget the person, and say what was done and what was impossible."""
    if keeps_words is None:
        context.answer(context.text("forget.asked"))
        return
    receipt = await erasure.erase(
        context.transaction,
        context.outgoing,
        context.person.user_id,
        context.now,
        keeps_words=keeps_words,
    )
    parts: list[Text] = [context.text("forget.done")]
    if keeps_words:
        parts.append(context.text("forget.kept"))
    if receipt.taken_back:
        parts.append(context.text("forget.taken_back", n=receipt.taken_back))
    if receipt.unreachable:
        parts.append(context.text("forget.unreachable", n=receipt.unreachable))
    parts.append(context.text("forget.elsewhere"))
    context.outgoing.answer(context.message, paragraphs(parts))


FORGET: Command[bool | None] = Command(
    noun="forget",
    english=("forgetme",),
    french=("oubliezmoi", "oubliemoi", "oubliez-moi"),
    intent=Intent.PRIVACY,
    run=run,
    parse=parse,
    changes_preferences=True,
)
