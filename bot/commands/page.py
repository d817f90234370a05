"""``!more``: the rest of the last long answer."""

from bot.command import Command, Context, Gathering, Intent, Twin
from bot.errors import UserError
from bot.services import page


async def run(context: Context, _arguments: None) -> None:
    """Show the next page of what the person asked for last in this room."""
    if not await page.show_next(context.transaction, context.outgoing, context.message):
        raise UserError("page.nothing_more")


def parse(_rest: str, _gathering: Gathering) -> None:
    """Take anything: there is one rest to show."""


PAGE: Command[None] = Command(
    noun="page",
    english=("more",),
    french=("suite",),
    intent=Intent.FIND,
    run=run,
    parse=parse,
)

MORE = Twin(
    kind=page.CARD,
    key=page.MORE,
    noun="page",
    words=lambda _reference: "",
    is_for=page.is_for,
)
