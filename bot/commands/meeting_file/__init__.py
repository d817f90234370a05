"""``!ics``: meetings go out as a calendar file, and come in from one."""

from bot.commands.meeting_file.file import FILE, MEETING_FILE
from bot.commands.meeting_file.intake import NAMES as IMPORTING

__all__ = ["FILE", "IMPORTING", "MEETING_FILE"]
