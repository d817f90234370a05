"""``!letter``: animators see to the letter of their rooms, members get it alone if they wish."""

from bot.commands.letter.letter import DECISIONS, LETTER
from bot.commands.letter.subscription import SUBSCRIPTION, UNSUBSCRIPTION, VERDICTS

__all__ = ["DECISIONS", "LETTER", "SUBSCRIPTION", "UNSUBSCRIPTION", "VERDICTS"]
