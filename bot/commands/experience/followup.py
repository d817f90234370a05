"""Follow-up: an author says what became of their experience."""

from bot.command import Context
from bot.errors import UserError
from bot.services import experience_followup, number
from bot.services.answer import Control, control
from bot.storage import experience
from bot.storage.question import Question

_CLOSING = frozenset({Control.SKIP, Control.STOP, Control.LATER})


async def hear(context: Context, question: Question, answer: str | None) -> None:
    """Note the status that the author gives, or that they would rather not say."""
    kind, _, reference = question.reference.partition(":")
    if kind != experience_followup.QUESTION or answer is None:
        return
    item = await experience.get(context.transaction, int(reference))
    if item is None or item.author != context.person.user_id:
        context.answer(context.text("experience.followup_gone"))
        return
    found = experience_followup.read(answer)
    if found is None and control(answer) in _CLOSING:
        context.confirm(context.text("experience.followup_closed"))
        return
    if found is None:
        raise UserError("experience.followup_unclear")
    status, reason = found
    await experience_followup.record(context.transaction, item, status, reason, context.now)
    name = number.named(number.EXPERIENCE, item.id)
    context.confirm(context.text(f"experience.became.{status}", id=name))
