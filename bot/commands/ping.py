"""``!ping``: whether the bot is there, which one it is, and how long an answer takes."""

from datetime import timedelta

from bot.command import Command, Context, Gathering, Intent

_LONGEST = timedelta(hours=24)
"""A longer way is none: the sender's clock is wrong, or the message waited for the bot."""


async def run(context: Context, _arguments: None) -> None:
    """Answer with the version and the milliseconds since the server's time stamp."""
    passed = context.now - context.message.sent_at
    clamped = min(max(passed, timedelta()), _LONGEST)
    ms = clamped // timedelta(milliseconds=1)
    context.answer(context.text("ping.answer", version=context.about.version, ms=ms))


def parse(_rest: str, _gathering: Gathering) -> None:
    """Take anything: who asks whether somebody is there gets an answer."""


PING: Command[None] = Command(
    noun="ping",
    english=("ping",),
    french=("ping",),
    intent=Intent.KNOW,
    run=run,
    parse=parse,
    only_answers=True,
)
