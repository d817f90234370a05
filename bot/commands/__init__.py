"""The commands: one file per noun; a new command is one file and one line here."""

from collections.abc import Mapping

from bot.command import Command, Twin, listed
from bot.commands.about import ABOUT
from bot.commands.agenda import AGENDA
from bot.commands.announcement import ANNOUNCEMENT
from bot.commands.attendance import ANSWERS, GOING, MAYBE, NOT_GOING
from bot.commands.catchup import CATCHUP, OFFER
from bot.commands.companion import COMPANION, OFFERED
from bot.commands.desk import DESK
from bot.commands.experience import EXPERIENCE, FILES, MEDIA, PIN, REUSE, SHARE, USEFUL, WITHDRAW
from bot.commands.experience_export import EXPERIENCE_EXPORT
from bot.commands.experience_import import EXPERIENCE_IMPORT
from bot.commands.export import EXPORT
from bot.commands.forget import FORGET
from bot.commands.help import HELP
from bot.commands.language import LANGUAGE
from bot.commands.letter import DECISIONS, LETTER, SUBSCRIPTION, UNSUBSCRIPTION, VERDICTS
from bot.commands.meeting import BELL, FIRST, MEETING, SECOND, YES
from bot.commands.meeting_file import FILE, IMPORTING, MEETING_FILE
from bot.commands.notification import NOTIFICATION
from bot.commands.onboarding import ONBOARDING
from bot.commands.page import MORE, PAGE
from bot.commands.pause import PAUSE
from bot.commands.ping import PING
from bot.commands.privacy import PRIVACY
from bot.commands.profile import PROFILE
from bot.commands.reminder import REACTIONS, REMINDER
from bot.commands.request import REQUEST, SETTLEMENT
from bot.commands.retour import RETOUR
from bot.commands.search import LIST, SEARCH
from bot.commands.setting import SETTING
from bot.commands.stats import STATS
from bot.commands.timezone import TIMEZONE
from bot.commands.verification import VERIFICATION
from bot.commands.welcome import WELCOME
from bot.commands.who import WHO
from bot.file_twin import FileTwin
from bot.text import fold

COMMANDS: tuple[Command[object], ...] = (
    listed(SHARE),
    listed(EXPERIENCE),
    listed(REUSE),
    listed(MEDIA),
    listed(SEARCH),
    listed(LIST),
    listed(REQUEST),
    listed(CATCHUP),
    listed(SUBSCRIPTION),
    listed(PAGE),
    listed(PROFILE),
    listed(WHO),
    listed(ONBOARDING),
    listed(COMPANION),
    listed(REMINDER),
    listed(PAUSE),
    listed(UNSUBSCRIPTION),
    listed(ANNOUNCEMENT),
    listed(MEETING),
    listed(AGENDA),
    listed(MEETING_FILE),
    listed(GOING),
    listed(MAYBE),
    listed(NOT_GOING),
    listed(RETOUR),
    listed(NOTIFICATION),
    listed(PRIVACY),
    listed(EXPORT),
    listed(FORGET),
    listed(EXPERIENCE_EXPORT),
    listed(EXPERIENCE_IMPORT),
    listed(LETTER),
    listed(DESK),
    listed(STATS),
    listed(LANGUAGE),
    listed(TIMEZONE),
    listed(SETTING),
    listed(WELCOME),
    listed(VERIFICATION),
    listed(HELP),
    listed(ABOUT),
    listed(PING),
)
"""Every command, in the order in which help shows those of the same intent."""

TWINS: tuple[Twin, ...] = (
    OFFERED,
    *REACTIONS,
    MORE,
    PIN,
    USEFUL,
    WITHDRAW,
    *ANSWERS,
    BELL,
    FILE,
    FIRST,
    SECOND,
    YES,
    *DECISIONS,
    *VERDICTS,
    SETTLEMENT,
    OFFER,
)
"""What a reaction on a card does: the same as its typed twin."""

FILE_TWINS: tuple[FileTwin, ...] = FILES
"""What a file in answer to a card does: the same as its typed twin."""

KEEPING: frozenset[str] = frozenset(
    fold(name) for command in (SHARE, EXPERIENCE, REUSE, REQUEST) for name in command.names
)
"""Names, folded, of the commands that keep what is told with them; in a room of trust none does."""

ELSEWHERE: Mapping[tuple[str, str], str] = {
    (MEETING.noun, f"{verb} {yes}".strip()): MEETING_FILE.noun
    for verb in IMPORTING
    for yes in ("", "yes", "oui", "ok")
}
"""Nouns of the commands that do what others are asked for with these words, folded, alone."""
