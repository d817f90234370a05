"""``!notify``: how somebody hears of the meetings they come to: alone, by name, or not at all."""

from bot.command import Command, Context, Gathering, Intent
from bot.errors import UserError
from bot.storage import member
from bot.storage.member import Notified
from bot.text import fold

_LONGEST_GIVEN = 40

_WORDS = {
    **dict.fromkeys(("dm", "direct", "message", "prive", "private", "mp"), Notified.DIRECT),
    **dict.fromkeys(("mention", "salon", "room", "mentions"), Notified.MENTION),
    **dict.fromkeys(("off", "non", "no", "none", "rien", "nothing", "stop"), Notified.NOTHING),
}


def parse(rest: str, _gathering: Gathering) -> Notified | None:
    """Return what is chosen, or None to be told what holds now."""
    given = rest.strip()
    if not given:
        return None
    found = _WORDS.get(fold(given))
    if found is None:
        raise UserError("error.argument_unknown", given=given[:_LONGEST_GIVEN])
    return found


async def run(context: Context, chosen: Notified | None) -> None:
    """Note the choice, or say it."""
    user = context.person.user_id
    if chosen is None:
        kept = (await member.get(context.transaction, user)).notified
        context.answer(context.text(f"notification.{Notified(kept or Notified.DIRECT)}"))
        return
    await member.set_notified(context.transaction, user, chosen)
    context.confirm(context.text(f"notification.{chosen}"))


NOTIFICATION: Command[Notified | None] = Command(
    noun="notification",
    english=("notify",),
    french=("prévenir", "prévenez"),
    intent=Intent.QUIET,
    run=run,
    parse=parse,
    changes_preferences=True,
)
