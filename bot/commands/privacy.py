"""``!privacy``: what the bot keeps, for what, and what somebody agrees to."""

from dataclasses import dataclass

from bot.command import Command, Context, Gathering, Intent
from bot.errors import UserError
from bot.services import privacy
from bot.services.privacy import Choice, read_choice
from bot.text import Text, bullets, fold, paragraphs
from bot.when import long_date

_YES = frozenset({"oui", "yes", "on", "accepter", "agree"})
_NO = frozenset({"non", "no", "off", "refuser", "refuse", "retirer"})
_LONGEST_GIVEN = 40


@dataclass(frozen=True, slots=True)
class Decide:
    """The person agrees to ``choice``, or does not any more."""

    choice: Choice
    is_yes: bool


def parse(rest: str, _gathering: Gathering) -> Decide | None:
    """Return the decision; None where the notice is to be shown."""
    words = rest.split()
    if not words:
        return None
    answers = [word for word in words if fold(word) in _YES | _NO]
    choice = next((found for word in words if (found := read_choice(word)) is not None), None)
    if len(answers) != 1 or choice is None:
        raise UserError("privacy.choice_unknown", given=rest.strip()[:_LONGEST_GIVEN])
    return Decide(choice, is_yes=fold(answers[0]) in _YES)


async def run(context: Context, asked: Decide | None) -> None:
    """Show the notice with what the person agrees to, or note a decision."""
    user, now = context.person.user_id, context.now
    if asked is None:
        await privacy.note_shown(context.transaction, user, now)
        context.answer(await _notice(context))
        return
    label = context.text(f"privacy.choice.{asked.choice}")
    if asked.is_yes:
        await privacy.agree(context.transaction, user, asked.choice, now)
        context.confirm(context.text("privacy.agreed", choice=label))
    else:
        await privacy.withdraw(context.transaction, user, asked.choice, now)
        context.confirm(context.text("privacy.withdrawn", choice=label))


async def _notice(context: Context) -> Text:
    agreed = await privacy.agreed(context.transaction, context.person.user_id)
    choices: list[Text] = []
    for choice in Choice:
        label = context.text(f"privacy.choice.{choice}")
        since = agreed.get(choice)
        if since is None:
            choices.append(context.text("privacy.choice_no", choice=label))
            continue
        zone, language = context.person.zone, context.person.language
        day = since.astimezone(zone).date()
        date = long_date(day, zone=zone, language=language, with_zone=False, now=context.now)
        choices.append(context.text("privacy.choice_yes", choice=label, date=date))
    controller = context.about.controller or context.about.community
    parts = [
        context.text("privacy.notice", controller=controller, version=privacy.VERSION),
        context.text("privacy.kept"),
        context.text("privacy.choices"),
        bullets(choices),
        context.text("privacy.rights"),
    ]
    return paragraphs(parts)


PRIVACY: Command[Decide | None] = Command(
    noun="privacy",
    english=("privacy",),
    french=("confidentialité", "vieprivée", "rgpd"),
    intent=Intent.PRIVACY,
    run=run,
    parse=parse,
)
