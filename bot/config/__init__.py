"""Settings of the bot: what they are, where they are read from, what is said of wrong ones."""

from bot.config.secret import read_secret, write_secret
from bot.config.settings import Language, Settings
from bot.config.source import load_settings

__all__ = ["Language", "Settings", "load_settings", "read_secret", "write_secret"]
