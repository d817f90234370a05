"""``!ics``: meetings go out as a calendar file, and come in from one."""

from bot.commands.meeting_file.file import FILE, MEETING_FILE

__all__ = ["FILE", "MEETING_FILE"]
