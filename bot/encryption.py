"""Opens the encryption of the bot's device, and lets the account vouch for that device."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from importlib import import_module

from bot.clock import Clock
from bot.config import Settings
from bot.identity import open_cross_signing, pickle_key_path, vouched
from bot.matrix.cipher import Cipher, NoCipher
from bot.matrix.encryption.listening import Listening
from bot.matrix.encryption.published import OwnDevice
from bot.matrix.encryption.verifier import Desk, Verifier
from bot.matrix.http import Homeserver
from bot.matrix.session import Account, Session
from bot.services.verification import Decision


@dataclass(frozen=True, slots=True)
class Encryption:
    """What reads and writes, and the fingerprint of who vouches for it; None where nobody does."""

    cipher: Cipher
    fingerprint: str | None = None
    begin: Callable[[Desk], Callable[[Decision], None]] | None = None
    """Lets people compare emojis at a desk, and returns what is to be told of their decisions."""
    follow: Callable[[], Awaitable[None]] | None = None
    """Follows the server's stream for comparisons alone, where no bot runs."""


async def open_encryption(
    settings: Settings, clock: Clock, server: Homeserver, account: Account, session: Session
) -> Encryption:
    """Open the encryption of the session's device, known and signed before anything is said.

    Raises DeviceLostError if the device cannot go on, OperatorError where the operator must act,
    and what requests raise.
    """
    if not settings.matrix.encryption:
        return Encryption(NoCipher())
    # nio and what it needs take 0.2 s to import: beside the loop, and only where they are used.
    module = await asyncio.to_thread(import_module, "bot.matrix.encryption.device")
    directory = settings.storage.data_dir / "crypto"
    cipher = await module.open_device(server, session, directory, pickle_key_path(settings), clock)
    try:
        signing = open_cross_signing(settings, server, account.password)
        machine = cipher.machine
        device = OwnDevice(session.device_id, machine.ed25519, machine.curve25519)
        identity = await vouched(signing, device)
    except BaseException:
        await cipher.close()
        raise
    if identity is None:
        return Encryption(cipher)
    listening = Listening(cipher, server, session.user_id)

    def begin(desk: Desk) -> Callable[[Decision], None]:
        listening.begin(Verifier(server, identity, device, clock, desk, listening.send))
        return listening.decide

    return Encryption(listening, identity.fingerprint, begin, listening.follow)
