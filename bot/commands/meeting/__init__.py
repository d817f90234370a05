"""``!event``: a meeting is put into the calendar, at once or guided, changed and called off."""

from bot.commands.meeting.event import BELL, FIRST, MEETING, SECOND, YES

__all__ = ["BELL", "FIRST", "MEETING", "SECOND", "YES"]
