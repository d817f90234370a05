"""First contact: whoever is written to alone is told once how the bot deals with their data."""

from bot.i18n import Catalogue
from bot.ids import UserId
from bot.services import manner
from bot.services.direct import FirstContact
from bot.services.manner import Manner
from bot.services.onboarding import Voice, speech
from bot.services.outgoing import Outgoing
from bot.services.privacy import tell_once
from bot.storage.transaction import Transaction


def first_contact(
    words: Catalogue, usual: Manner, prefix: str, community: str, controller: str = ""
) -> FirstContact:
    """Return what tells the notice, in the person's language, unless they were told it before."""

    async def tell(transaction: Transaction, outgoing: Outgoing, user: UserId) -> None:
        how = await manner.of_member(transaction, user, usual)
        notice = speech.notice(Voice(words, how.language, prefix, community, controller))
        await tell_once(
            transaction, user, outgoing.now, lambda: outgoing.tell(user, notice, is_notice=True)
        )

    return tell
