"""``!lang``: in which language the bot answers somebody, wherever they speak."""

from dataclasses import replace

from bot.command import Command, Context, Gathering, Intent
from bot.errors import UserError
from bot.storage import member
from bot.text import fold

_LONGEST_GIVEN = 40

CODES = {
    **dict.fromkeys(("fr", "fra", "french", "francais", "francaise"), "fr"),
    **dict.fromkeys(("en", "eng", "english", "anglais", "anglaise"), "en"),
}
"""What people call the languages of the catalogues, folded."""


def parse(rest: str, _gathering: Gathering) -> str | None:
    """Return the code of the language that is meant, or None to be told the present one."""
    given = rest.strip()
    if not given:
        return None
    code = CODES.get(fold(given).split("-")[0].split("_")[0])
    if code is None:
        raise UserError("language.unknown", given=given[:_LONGEST_GIVEN])
    return code


async def run(context: Context, code: str | None) -> None:
    """Note the language and answer in it, or say which one it is."""
    if code is None:
        context.answer(context.text("language.shown"))
        return
    await member.set_language(context.transaction, context.person.user_id, code)
    context.person = replace(context.person, language=code)
    context.confirm(context.text("language.set"))


LANGUAGE: Command[str | None] = Command(
    noun="language",
    english=("lang", "language"),
    french=("langue",),
    intent=Intent.SETTLE,
    run=run,
    parse=parse,
    changes_preferences=True,
)
