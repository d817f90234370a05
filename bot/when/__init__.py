"""Dates as people say them in French and English: strict, every token understood or refused."""

from bot.when.description import describe
from bot.when.error import Code, WhenError
from bot.when.model import Moment, Recurrence, Span, When
from bot.when.phrase import parse, split
from bot.when.quiet import QuietHours, read_quiet_hours
from bot.when.wording import as_text, long_date
from bot.when.zone import find_zone, zone_named

__all__ = [
    "Code",
    "Moment",
    "QuietHours",
    "Recurrence",
    "Span",
    "When",
    "WhenError",
    "as_text",
    "describe",
    "find_zone",
    "long_date",
    "parse",
    "read_quiet_hours",
    "split",
    "zone_named",
]
