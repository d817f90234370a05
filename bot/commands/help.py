"""``!help``: what the person who asks may do in the place where they ask."""

from bot.command import Access, Command, Context, Gathering, Intent
from bot.errors import UserError
from bot.text import Text, bullets, paragraphs

_LONGEST_GIVEN = 40


def parse(rest: str, gathering: Gathering) -> str:
    """Return the name of the command that is asked about, or nothing for all."""
    return rest.strip().removeprefix(gathering.place.prefix).rstrip(" ?.!…\u00a0\u202f")


async def gather(gathering: Gathering, name: str) -> bool:
    """Return whether the person is an animator here; asked only for the list."""
    return not name and await gathering.is_animator()


async def run(context: Context, name: str) -> None:
    """Show one command, or all that the person may use here, grouped by what they want."""
    if not name:
        context.answer(_all(context))
        return
    command = context.registry.find(name)
    if command is None:
        raise UserError("error.unknown_command", given=name[:_LONGEST_GIVEN])
    context.answer(_one(context, command))


def _all(context: Context) -> Text:
    groups: list[Text] = []
    for intent in Intent:
        usable = [
            command
            for command in context.registry.commands
            if command.intent is intent
            and (command.access is Access.EVERYONE or context.is_animator)
        ]
        if usable:
            title = context.text(f"help.intent.{intent}")
            groups.append(paragraphs([title, bullets(_line(context, item) for item in usable)]))
    listed = context.text("help.list", groups=paragraphs(groups))
    if not context.place.is_pair:
        return listed
    return paragraphs([listed, context.text("help.pair")])


def _line(context: Context, command: Command[object]) -> Text:
    return context.text(
        "help.line",
        syntax=context.text(f"command.{command.noun}.syntax"),
        summary=context.text(f"command.{command.noun}.summary"),
    )


def _one(context: Context, command: Command[object]) -> Text:
    key = f"command.{command.noun}"
    shown = context.text(
        "help.command",
        syntax=context.text(f"{key}.syntax"),
        summary=context.text(f"{key}.summary"),
        example=context.text(f"{key}.example"),
    )
    main = command.name_in(context.person.language)
    others = [name for name in command.names if name != main]
    if not others:
        return shown
    return paragraphs([shown, context.text("help.command_names", names=", ".join(others))])


HELP: Command[str] = Command(
    noun="help",
    english=("help",),
    french=("aide",),
    intent=Intent.KNOW,
    run=run,
    parse=parse,
    gather=gather,
    only_answers=True,
)
