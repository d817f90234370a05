"""``!share``, ``!exp``, ``!reuse``: an experience is told, read, changed, taken up, withdrawn."""

from bot.commands.experience.experience import EXPERIENCE, USEFUL, WITHDRAW
from bot.commands.experience.reuse import REUSE
from bot.commands.experience.share import SHARE

__all__ = ["EXPERIENCE", "REUSE", "SHARE", "USEFUL", "WITHDRAW"]
