"""Recovery: the identity's way into the account's secret storage, and back out of it."""

from bot.errors import OperatorError
from bot.ids import UserId
from bot.matrix.encryption import unpadded
from bot.matrix.encryption.identity import USAGES, Identity
from bot.matrix.encryption.secret_storage import SecretStorage, StorageKey
from bot.matrix.http import Homeserver


async def keep(server: Homeserver, identity: Identity, storage_key: StorageKey) -> None:
    """Put the private keys where ``storage_key`` opens them; may be repeated."""
    contents = {_name(usage): unpadded.encode(identity.seed(usage)) for usage in USAGES}
    await SecretStorage(server, identity.user_id).keep(storage_key, contents)


async def recover(server: Homeserver, user_id: UserId, words: str) -> Identity:
    """Return the identity that a recovery key, or the passphrase in its place, opens.

    Raises OperatorError where it opens nothing, or there is nothing to open.
    """
    storage = SecretStorage(server, user_id)
    seeds = []
    for usage in USAGES:
        try:
            secret = await storage.open(_name(usage), words)
        except ValueError:
            raise OperatorError(
                "This is not the recovery key of the account's secret storage: a sign may be "
                "wrong, or it is the key of another account or of an earlier time."
            ) from None
        if secret is None:
            raise OperatorError(
                f"The secret storage of {user_id} holds no identity. In the client where the "
                "account is verified, set up recovery; then use the key that it shows."
            )
        seeds.append(unpadded.decode(secret))
    return Identity(user_id, *seeds)


def _name(usage: str) -> str:
    return f"m.cross_signing.{usage}"
