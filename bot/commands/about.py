"""``!about``: who the bot is, what it keeps, and where its source is."""

from bot.command import Command, Context, Gathering, Intent
from bot.text import Link, paragraphs


async def run(context: Context, _arguments: None) -> None:
    """Answer with what the bot can say of itself."""
    about = context.about
    text = context.text(
        "about.text",
        community=about.community,
        version=about.version,
    )
    if about.source:
        text = paragraphs([text, context.text("about.source", source=Link(about.source))])
    if about.fingerprint is not None:
        fingerprint = context.text("about.fingerprint", fingerprint=about.fingerprint)
        text = paragraphs([text, fingerprint])
    context.answer(text)


def parse(_rest: str, _gathering: Gathering) -> None:
    """Take anything: whoever wants to know the bot gets an answer."""


ABOUT: Command[None] = Command(
    noun="about",
    english=("about",),
    french=("àpropos",),
    intent=Intent.KNOW,
    run=run,
    parse=parse,
    only_answers=True,
)
