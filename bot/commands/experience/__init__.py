"""``!share``, ``!exp``, ``!media``, ``!reuse``: an experience is told, read, changed, taken up."""

from bot.commands.experience.experience import EXPERIENCE, USEFUL, WITHDRAW
from bot.commands.experience.media import FILES, MEDIA
from bot.commands.experience.reuse import REUSE
from bot.commands.experience.share import PIN, SHARE

__all__ = ["EXPERIENCE", "FILES", "MEDIA", "PIN", "REUSE", "SHARE", "USEFUL", "WITHDRAW"]
