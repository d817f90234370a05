"""``!verify``: what an animator saw when comparing the bot's emojis with their own."""

from bot.command import Access, Command, Context, Gathering, Intent
from bot.errors import UserError
from bot.services import verification
from bot.services.verification import Decision


def parse(rest: str, _gathering: Gathering) -> Decision:
    """Return the decision of ``<number> yes|no``, in either language; never one by default."""
    number, _, word = rest.strip().partition(" ")
    is_same = verification.sameness(word)
    if not (number.isascii() and number.isdigit()) or is_same is None:
        raise UserError("verification.syntax")
    return Decision(int(number[:9]), is_same)


async def run(context: Context, decision: Decision) -> None:
    """Hand the decision on; how the comparison ends is told in the animators' room."""
    verification.decide(context.transaction, decision)
    noted = "verification.noted" if decision.is_same else "verification.noted_different"
    context.confirm(context.text(noted, number=decision.number))


VERIFICATION: Command[Decision] = Command(
    noun="verification",
    english=("verify",),
    french=("vérifie", "vérifier"),
    intent=Intent.SETTLE,
    run=run,
    parse=parse,
    access=Access.ANIMATOR,
)
