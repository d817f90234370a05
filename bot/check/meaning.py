"""Check of the optional search by meaning: whether it is on, and how to get it."""

from bot.check.finding import Finding, phrase
from bot.config.settings import SearchSettings
from bot.encoder import EXTRA, is_installed


def check_meaning(settings: SearchSettings) -> Finding:
    """Tell whether experiences are found by their meaning; nothing needs doing where they are not.

    The bot is whole without it.
    """
    name = phrase("cli.check.meaning")
    if not settings.meaning:
        return Finding(name, phrase("cli.check.meaning.off"))
    if not is_installed():
        return Finding(name, phrase("cli.check.meaning.absent", extra=f"'{EXTRA}'"))
    return Finding(name, phrase("cli.check.meaning.good"))
