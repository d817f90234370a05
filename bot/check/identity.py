"""Check of the account's encryption identity: it is the one kept here, or there is none yet."""

from bot.check.finding import Finding, phrase
from bot.config import Settings
from bot.errors import OperatorError
from bot.identity import open_cross_signing
from bot.ids import UserId
from bot.matrix.encryption import identity_file
from bot.matrix.encryption.identity import grouped
from bot.matrix.encryption.published import look_up
from bot.matrix.http import Homeserver


async def check_identity(server: Homeserver, settings: Settings) -> Finding:
    """Find out whether ``run`` could let the account vouch for the bot's device; changes nothing.

    Raises MatrixError and NetworkError.
    """
    name = phrase("cli.check.identity")
    published = await look_up(server, UserId(settings.matrix.user_id))
    if published.master is None:
        return Finding(name, phrase("cli.check.identity.none"))
    foreign = Finding(
        name, phrase("cli.check.identity.foreign"), phrase("cli.check.identity.foreign.remedy")
    )
    if not identity_file.files(settings.storage.data_dir):
        return foreign
    try:
        kept = open_cross_signing(settings, server, None).kept(published.master)
    except OperatorError as error:
        detail = phrase("cli.check.identity.locked")
        return Finding(name, detail, phrase("cli.check.identity.locked.remedy", error=error))
    if kept is None:
        return foreign
    return Finding(name, phrase("cli.check.identity.good", key=grouped(published.master)))
